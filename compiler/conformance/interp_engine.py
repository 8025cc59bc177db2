"""The interpreter as an engine, and as what greedy players look ahead with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from compiler.backends.interp import Game, Interp, RulesError, Tape, TapeError, observe, snapshot
from compiler.backends.interp.coverage import Key
from compiler.backends.interp.state import fresh
from compiler.conformance.coverage import drain
from compiler.conformance.engine import Draw, Observed, Setup
from compiler.conformance.names import Names
from compiler.conformance.policies import Outlook
from compiler.diagnostics import SpecError
from compiler.ir import hir
from compiler.ir.rows import Given, with_rows

Taped = tuple[str, Sequence[Draw]]
"""An action by name, and the outcomes that follow it."""


class _Guide(Tape):
    """Recorded outcomes as far as they fit: one that is impossible is replaced, and what is left over is forgotten."""

    def pop(self, kind: str, possible: Sequence[int]) -> int:
        try:
            return super().pop(kind, possible)
        except TapeError:
            return possible[0]

    def check_used_up(self) -> None:
        self.__init__(or_hash=True)  # an empty tape again


class InterpEngine:
    """Games of the interpreter, one after the other."""

    name = "interp"
    tapes = True

    def __init__(self, program: hir.Program, lanes: int = 1, *, coverage: bool = False, views: bool = False) -> None:
        self.lanes = lanes
        self.interp = Interp(program, coverage=coverage)
        self._own, self._covers = program, coverage
        self._views = range(program.players) if views else ()
        self._lanes: list[_Lane] = []
        self._together: Counter[frozenset[int]] = Counter()

    @property
    def program(self) -> hir.Program:
        """The program, with the rows that were given."""
        return self.interp.program

    def give(self, given: Given) -> None:
        """Play with other rows. Raises SpecError (E0801) where a row cannot be."""
        try:
            program = with_rows(self._own, given) if given else self._own
        except ValueError as error:
            raise SpecError.single("E0801", None, str(error)) from error
        self.interp = Interp(program, coverage=self._covers)

    def reset(self, setups: Sequence[Setup]) -> list[Observed]:
        if len(setups) > self.lanes:
            raise ValueError(f"{len(setups)} games for {self.lanes} lanes")
        self._lanes = []
        for setup in setups:
            self._lanes.append(_Lane(self.interp, setup, self._views))
            self._decided()
        return [lane.seen for lane in self._lanes]

    def step(self, actions: Sequence[int | None], draws: Sequence[Sequence[Draw]] | None = None) -> list[Observed]:
        found = []
        for lane, action, outcomes in zip(self._lanes, actions, draws or [()] * len(actions), strict=True):
            found.append(lane.step(action, outcomes))
            self._decided()
        return found

    def guided(self, setup: Setup, steps: Sequence[Taped], names: Names) -> tuple[tuple[Draw, ...], list[Taped]]:
        """Play the actions that are legal, with these outcomes as far as they fit: all outcomes as they were then.

        The first result is those up to the first decision.
        """
        try:
            guide = _Guide(setup.tape or (), or_hash=True)
            game = self.interp.new_game(native_params(self.interp, setup), setup.key, guide, setup.fields)
        except (RulesError, ValueError):
            return (), []
        start, taken = tuple(game.draws), []
        for name, draws in steps:
            action = names.id(name)
            if action in game.legal:
                try:
                    game.step(action, draws)
                except RulesError:
                    break
                taken.append((name, tuple(game.draws)))
        return start, taken

    def _decided(self) -> None:
        """Note what ran together in one decision."""
        if self.interp.coverage is not None and (ran := self.interp.coverage.ran):
            self._together[frozenset(ran)] += 1
            ran.clear()

    def drain_together(self) -> Counter[frozenset[int]]:
        """Which procedures and methods ran in one decision since the last call, by their numbers, and how often."""
        together, self._together = self._together, Counter()
        return together

    def drain(self) -> dict[Key, int]:
        """What ran since the last call; nothing without coverage."""
        return drain(self.interp.coverage) if self.interp.coverage is not None else {}


class _Lane:
    def __init__(self, interp: Interp, setup: Setup, views: Sequence[int]) -> None:
        self._views = views
        self._events = 0
        self._game: Game | None = None
        tape = None if setup.tape is None else Tape(setup.tape, or_hash=True)
        try:
            self._game = interp.new_game(native_params(interp, setup), setup.key, tape, setup.fields)
            self.seen = self._look(self._game)
        except (RulesError, TapeError, ValueError) as error:  # ValueError: fields that make no sense
            self.seen = Observed({"fields": dict(setup.fields or {})}, (), (), -1, False, (), error=str(error))

    def step(self, action: int | None, draws: Sequence[Draw]) -> Observed:
        if action is None or self._game is None:
            self.seen = _still(self.seen, self.seen.error)
            return self.seen
        try:
            accepted = self._game.step(action, draws)
        except (RulesError, TapeError) as error:
            self._game = None
            self.seen = _still(self.seen, str(error))
            return self.seen
        if not accepted:
            return _still(self.seen, f"action {action} is not legal")
        self.seen = self._look(self._game)
        return self.seen

    def _look(self, game: Game) -> Observed:
        events, self._events = game.events[self._events :], len(game.events)
        return Observed(
            state=snapshot(game),
            legal=game.legal,
            draws=tuple(game.draws),
            decider=game.decider,
            over=game.over,
            rewards=game.rewards,
            faults=tuple(str(event) for event in events if event.kind != "saturated"),
            saturated=tuple(str(event) for event in events if event.kind == "saturated"),
            views=tuple(observe(game, player) for player in self._views),
        )


def native_params(interp: Interp, setup: Setup) -> dict[str, Any]:
    """Params as the interpreter takes them: a global one is its only value."""
    fields = interp.program.fields
    return {name: values[0] if fields[name].owner is None else list(values) for name, values in setup.params.items()}


def _still(seen: Observed, error: str | None) -> Observed:
    """The same position, where nothing happened."""
    return Observed(seen.state, seen.legal, (), seen.decider, seen.over, seen.rewards, error=error, views=seen.views)


@dataclass(frozen=True)
class _Position:
    """As much of a game as `observe` reads."""

    interp: Interp
    state: Any


def view(interp: Interp, fields: Mapping[str, Any], player: int) -> list[int]:
    """What a player observes in a snapshot's fields."""
    return observe(cast(Game, _Position(interp, fresh(interp.program, {}, fields))), player)


class InterpShadow:
    """A game of the interpreter that runs along with another engine's, to look ahead with."""

    def __init__(self, interp: Interp, score: str | None) -> None:
        self._interp = interp
        self._score = f"player.{score}" if score else None
        self._game: Game | None = None

    def reset(self, setup: Setup) -> None:
        try:
            self._game = self._interp.new_game(native_params(self._interp, setup), setup.key, setup.tape, setup.fields)
        except (RulesError, TapeError, ValueError):
            self._game = None

    def step(self, action: int) -> None:
        if self._game is not None:
            try:
                self._game.step(action)
            except RulesError:
                self._game = None

    def outlook(self, action: int) -> Outlook:
        """What follows an action: with the same luck as the game will have."""
        if self._game is None:
            return Outlook(False, (), ())
        game = self._game.copy()
        try:
            game.step(action)
        except RulesError:
            return Outlook(False, (), ())
        score = game.state[self._score] if self._score else ()
        return Outlook(game.over, tuple(game.rewards), tuple(score))
