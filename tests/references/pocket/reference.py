"""The interface: reset, inject, step and state, in process or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from random import Random
from typing import Any, TextIO

from . import cards  # noqa: F401  (they register themselves)
from .canonical import read_game, write_state
from .draws import DrawQueue, Draws, Oracle
from .game import Game, check_deck_rules, read_decks
from .model import IllegalRequest
from .registry import Steps

Answer = dict[str, Any]


class PocketReference:
    """Follows a game. A refused request leaves everything as it was.

    With a source of randomness it can also lead: where draws are left out it makes them, and `last_draws` reports them.
    """

    def __init__(self, random: Random | None = None) -> None:
        self.last_draws: list[Any] = []  # those of the last request that was taken
        self._random = random
        self._game: Game | None = None
        self._steps: Steps[None] | None = None
        self._start: Callable[[Draws], tuple[Game, Steps[None]]] | None = None
        self._log: list[tuple[str, list[Any]]] = []  # each action since the start, with its draws
        self._opening_draws: list[Any] = []

    def reset(self, decks: Any, energy: Any, draws: Any = None) -> Answer:
        """A new game, up to its first decision."""

        own = deepcopy((decks, energy))  # kept for an undo, whatever the caller does with the originals

        def start(source: Draws) -> tuple[Game, Steps[None]]:
            players = read_decks(*own)
            for player in players:
                check_deck_rules(player)
            game = Game(players, source)
            return game, game.play()

        return self._begin(start, draws)

    def inject(self, state: Any, decks: Any, energy: Any) -> Answer:
        """A game that goes on from a state in the main part of a turn."""

        own = deepcopy((state, decks, energy))

        def start(source: Draws) -> tuple[Game, Steps[None]]:
            game = read_game(*own, source)
            return game, game.resume()

        return self._begin(start, [])

    def step(self, action: str, draws: Any = None) -> Answer:
        """Takes a decision and goes on to the next one."""
        game = self._running()
        if game.over:
            raise IllegalRequest("the game is over")
        if not isinstance(action, str) or action not in game.options:
            raise IllegalRequest(f"not legal: {action!r}")
        source, given = self._source(draws)
        try:
            self._advance(action, source)
        except IllegalRequest:
            self._undo()
            raise
        self.last_draws = given
        self._log.append((action, given))
        return self.state()

    def state(self) -> Answer:
        game = self._running()
        return {"state": write_state(game), "legal": sorted(game.options)}

    def _running(self) -> Game:
        if self._game is None:
            raise IllegalRequest("no game has begun")
        return self._game

    def _source(self, draws: Any) -> tuple[Draws, list[Any]]:
        """Where the draws come from, and the list that holds them (in the end, where they are made up)."""
        if draws is None and self._random:
            oracle = Oracle(self._random)
            return oracle, oracle.made
        if draws is None:
            draws = []
        if not isinstance(draws, (list, tuple)):
            raise IllegalRequest("draws must be a list")
        return DrawQueue(draws), list(draws)

    def _begin(self, start: Callable[[Draws], tuple[Game, Steps[None]]], draws: Any) -> Answer:
        source, given = self._source(draws)
        game, steps = start(source)
        next(steps, None)  # up to the first decision
        source.check_used_up()
        self._game, self._steps, self._start = game, steps, start
        self._opening_draws = self.last_draws = given
        self._log = []
        return self.state()

    def _advance(self, action: str, source: Draws) -> None:
        assert self._game is not None
        assert self._steps is not None
        self._game.draws = source
        try:
            self._steps.send(action)
        except StopIteration:
            assert self._game.over
        source.check_used_up()

    def _undo(self) -> None:
        """A step failed half way: plays the game again up to it."""
        assert self._start is not None
        self._game, self._steps = self._start(DrawQueue(self._opening_draws))
        next(self._steps, None)
        for action, draws in self._log:
            self._advance(action, DrawQueue(draws))


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
