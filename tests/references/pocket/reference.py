"""The interface: reset, inject, step and state, in process or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from . import cards_pokemon, cards_trainers  # noqa: F401  (they register the cards)
from .canonical import read_game, write_state
from .draws import DrawQueue, Oracle
from .game import Game, check_deck_rules, read_decks
from .model import IllegalRequest
from .registry import Steps

Answer = dict[str, Any]


class PocketReference:
    """Follows a game. A refused request leaves everything as it was.

    With an oracle it makes the draws itself: pass None as draws and read them from `oracle.made()`.
    """

    def __init__(self, oracle: Oracle | None = None) -> None:
        self._oracle = oracle
        self._game: Game | None = None
        self._steps: Steps[None] | None = None
        self._begin_again: Callable[[], None] | None = None
        self._log: list[tuple[str, list[Any]]] = []

    def reset(self, decks: Any, energy: Any, draws: Iterable[Any] | None = None) -> Answer:
        """A new game, up to its first decision."""
        given = self._listed(draws)

        def begin() -> None:
            source = self._source(given)
            game = Game(read_decks(decks, energy), source)
            for player in game.players:
                check_deck_rules(player)
            self._begin(game, game.play(), source)

        return self._start(begin)

    def inject(self, state: Any, decks: Any, energy: Any) -> Answer:
        """A game that goes on from a state in the main part of a turn."""

        def begin() -> None:
            source = self._source([])
            game = read_game(state, decks, energy, source)
            self._begin(game, game.resume(), source)

        return self._start(begin)

    def step(self, action: str, draws: Iterable[Any] | None = None) -> Answer:
        """Takes a decision and goes on to the next one."""
        game = self._running()
        if game.over:
            raise IllegalRequest("the game is over")
        if not isinstance(action, str) or action not in game.options:
            raise IllegalRequest(f"not legal: {action!r}")
        given = self._listed(draws)
        source = self._source(given)
        try:
            self._advance(action, source)
        except IllegalRequest:
            self._undo()
            raise
        self._log.append((action, given))
        return self.state()

    def state(self) -> Answer:
        game = self._running()
        return {"state": write_state(game), "legal": sorted(game.options)}

    def _running(self) -> Game:
        if self._game is None:
            raise IllegalRequest("no game has begun")
        return self._game

    @staticmethod
    def _listed(draws: Iterable[Any] | None) -> list[Any]:
        if draws is None:
            return []
        if not isinstance(draws, (list, tuple)):
            raise IllegalRequest("draws must be a list")
        return list(draws)

    def _source(self, draws: list[Any]) -> DrawQueue | Oracle:
        return self._oracle or DrawQueue(draws)

    def _start(self, begin: Callable[[], None]) -> Answer:
        begin()
        self._begin_again = begin
        self._log = []
        return self.state()

    def _begin(self, game: Game, steps: Steps[None], source: DrawQueue | Oracle) -> None:
        next(steps, None)  # up to the first decision
        if isinstance(source, DrawQueue):
            source.check_used_up()
        self._game, self._steps = game, steps

    def _advance(self, action: str, source: DrawQueue | Oracle) -> None:
        assert self._game is not None
        assert self._steps is not None
        self._game.draws = source
        try:
            self._steps.send(action)
        except StopIteration:
            assert self._game.over
        if isinstance(source, DrawQueue):
            source.check_used_up()

    def _undo(self) -> None:
        """A step failed half way: plays the game again up to it."""
        assert self._begin_again is not None
        self._begin_again()
        for action, draws in self._log:
            self._advance(action, self._source(draws))


def factory() -> PocketReference:
    return PocketReference()


def serve(requests: Iterable[str], answers: TextIO) -> None:
    """One JSON request a line, one JSON answer a line."""
    reference = factory()
    for line in requests:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            answer = {} if request.get("op") == "quit" else _answer(reference, request)
        except IllegalRequest as refusal:
            answer = {"error": str(refusal)}
        except (json.JSONDecodeError, AttributeError, KeyError) as error:
            answer = {"error": f"malformed request: {error!r}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if not answer:
            return


def _answer(reference: PocketReference, request: dict[str, Any]) -> Answer:
    operation = request.get("op")
    if operation == "reset":
        return reference.reset(request["decks"], request["energy"], request.get("draws"))
    if operation == "inject":
        return reference.inject(request["state"], request["decks"], request["energy"])
    if operation == "step":
        return reference.step(request["action"], request.get("draws"))
    if operation == "state":
        return reference.state()
    raise IllegalRequest(f"unknown op: {operation!r}")
