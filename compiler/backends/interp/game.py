"""Programs made playable, and games of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any

from compiler.backends.interp.coverage import Coverage
from compiler.backends.interp.errors import Event, RulesError
from compiler.backends.interp.luck import Luck, Outcome, Tape
from compiler.backends.interp.runtime import Over
from compiler.backends.interp.shown import observer, writer
from compiler.backends.interp.space import Teller
from compiler.backends.interp.state import copied, fresh
from compiler.backends.interp.translate import Translation
from compiler.backends.interp.zones import State
from compiler.ir import hir
from compiler.ir.actions import action_ids, action_names
from compiler.ir.units import Code, Unit
from compiler.source import Span

Options = dict[int, tuple[int, ...]]  # of a choose: action id → alternative and the values of its locals


class Interp:
    """One program, compiled once and reusable."""

    def __init__(self, program: hir.Program, *, coverage: bool = False, teller: Teller | None = None) -> None:
        self.program = program
        self.coverage = Coverage() if coverage else None
        """What all games of this interpreter have executed, if asked for."""
        self._translation = Translation(program, self.coverage, teller)
        self._translation.translate()
        self.play = self._original_play = self._translation.space.names["play"]

    @property
    def source(self) -> str:
        """The program as Python, for reading."""
        return self._translation.source

    @cached_property
    def action_names(self) -> tuple[str, ...]:
        return action_names(self.program)

    @cached_property
    def action_ids(self) -> dict[str, int]:
        return action_ids(self.program)

    @cached_property
    def observers(self) -> tuple[Callable[[State], list[int]], ...]:
        """What each player observes of a state."""
        return tuple(observer(self.program, viewer) for viewer in range(self.program.players))

    @cached_property
    def fields(self) -> Callable[[State], dict[str, Any]]:
        """The fields of a state as JSON values."""
        return writer(self.program)

    def new_game(
        self,
        params: Mapping[str, Any] | None = None,
        key: int = 0,
        tape: Tape | Iterable[Outcome] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Game:
        """A game at its first decision.

        `params` and `fields` (any fields, zones included) are in the form of `snapshot`'s fields and set before `play`
        starts; what no given zone holds is in the start zones. With a tape, its outcomes take the place of the hash, in
        this game for good.
        """
        return Game(self, fresh(self.program, params or {}, fields or {}), key, tape)

    @contextmanager
    def replaced(self, unit: Unit, code: Code) -> Iterator[None]:
        """Games that start and go on inside run other code in the place of a unit's (see `compiler.ir.units`)."""
        with self._translation.replaced(unit, code):
            self.play = self._translation.space.names["play"]
            try:
                yield
            finally:
                self.play = self._original_play

    def block(self, block: hir.Block) -> Any:
        """A function of a game that runs a block, in which nothing is chosen."""
        return self._translation.block(block)

    def expression(self, expr: hir.Expr) -> Any:
        """A function of a state that evaluates an expression."""
        return self._translation.expression(expr)

    def span_of(self, traceback: TracebackType | None) -> Span | None:
        """The place in the rules of the innermost of our functions in a traceback."""
        span = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self._translation.filename:
                span = self._translation.line_spans[traceback.tb_lineno - 1] or span
            traceback = traceback.tb_next
        return span


class Game:
    """One game. After `__init__` and after each step it waits for a decision or is over."""

    def __init__(
        self,
        interp: Interp,
        state: State,
        key: int,
        tape: Tape | Iterable[Outcome] | None,
        prepare: Callable[[Game], None] | None = None,
    ) -> None:
        """Takes the state over. `prepare` may change it before `play` starts."""
        self.interp = interp
        self.state = state
        self.events: list[Event] = []
        """Saturated stores and faults so far."""
        self.legal: tuple[int, ...] = ()
        """The ids of the legal actions, ascending."""
        self.error = False
        """Whether the last step's action was illegal, and ignored."""
        self.luck = Luck(key, tape if tape is None or isinstance(tape, Tape) else Tape(tape))
        self._options: Options = {}
        if prepare is not None:
            prepare(self)
        self._origin, self._first_tick = copied(state), self.luck.counter
        self._rules: Generator[tuple[int, Options], Any, None] = interp.play(self)
        self._go_on(None)
        self._first_draws = self.draws
        self.past: list[tuple[int, list[Outcome]]] = []
        """The actions taken so far, each with the outcomes reported after it."""

    @property
    def decider(self) -> int:
        """The player who decides; -1 when the game is over."""
        return self.state["decider"][0]

    @property
    def over(self) -> bool:
        return bool(self.state["over"][0])

    @property
    def rewards(self) -> tuple[int, ...]:
        return tuple(self.state["player.reward"])

    @property
    def draws(self) -> list[Outcome]:
        """The outcomes reported since the last decision."""
        return self.luck.log

    @property
    def counter(self) -> int:
        """How many draws there have been."""
        return self.luck.counter

    @property
    def fault(self) -> bool:
        """Whether something happened that well-made rules never do; other backends may differ from then on."""
        return any(event.kind == "fault" for event in self.events)

    def step(self, action: int, draws: Iterable[Outcome] = ()) -> bool:
        """Take a decision and go on to the next. `draws` are put on the tape first.

        False, with nothing changed but `error` and `draws`, where the action is not legal.
        """
        picked = self._options.get(action)
        self.luck.log = []
        self.error = picked is None
        if self.error:
            return False
        if self.luck.tape is not None:
            self.luck.tape.feed(draws)
        self.state["player.reward"][:] = [0] * self.interp.program.players  # a reward is for one decision
        self._go_on(picked)
        self.past.append((action, self.draws))
        return True

    def action_name(self, action: int) -> str:
        return self.interp.action_names[action]

    def copy(self) -> Game:
        """The same game again, played up to here; its events are those of the rules, too."""

        def prepare(game: Game) -> None:
            game.luck.counter = self._first_tick

        tape = self.luck.tape and Tape(self._first_draws, or_hash=self.luck.tape.or_hash)
        game = Game(self.interp, copied(self._origin), self.luck.key, tape, prepare)
        for action, draws in self.past:
            game.step(action, draws)
        return game

    def _go_on(self, picked: tuple[int, ...] | None) -> None:
        self._options, self.legal = {}, ()  # so they stay if the rules break off
        try:
            by, self._options = self._rules.send(picked)
            self.state["decider"][0] = by
        except Over:
            self._end()
        except StopIteration:
            self.events.append(Event("fault", "play came to its end without finish"))
            self._end()
        except IndexError as error:
            span = self.interp.span_of(error.__traceback__)
            raise RulesError("the index is beyond the end", span) from error
        self.legal = tuple(sorted(self._options))
        if self.luck.tape is not None:
            self.luck.tape.check_used_up()

    def _end(self) -> None:
        self.state["over"][0], self.state["decider"][0] = 1, -1


def snapshot(game: Game) -> dict[str, Any]:
    """The whole state as JSON values, in one canonical form."""
    return {
        "fields": game.interp.fields(game.state),
        "counter": game.counter,
        "legal": list(game.legal),
        "decider": game.decider,
        "over": game.over,
        "rewards": list(game.rewards),
    }


def observe(game: Game, player: int) -> list[int]:
    """What a player may see; see `observation_names`."""
    return game.interp.observers[player](game.state)
