"""Scenarios: a position, decisions with their draws, and expectations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.backends.interp.errors import RulesError, TapeError
from compiler.backends.interp.game import Game, Interp
from compiler.backends.interp.luck import Outcome, Tape
from compiler.backends.interp.state import fresh
from compiler.ir import hir
from compiler.ir.actions import encode
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Failure:
    """What went otherwise than a scenario says."""

    message: str
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" if self.span else self.message


def run_scenario(interp: Interp, scenario: hir.Scenario, key: int = 0) -> list[Failure]:
    """Play a scenario. Draws it does not list come from the hash of `key`."""
    return _Run(interp, scenario).failures_of(key)


class _Run:
    def __init__(self, interp: Interp, scenario: hir.Scenario) -> None:
        self.interp = interp
        self.scenario = scenario
        self.span = scenario.span

    def failures_of(self, key: int) -> list[Failure]:
        try:
            return self._play(key)
        except RulesError as error:
            return [Failure(error.message, error.span or self.span)]
        except TapeError as error:
            return [Failure(str(error), self.span)]

    def _play(self, key: int) -> list[Failure]:
        given = self.interp.block(self.scenario.given)
        tape = Tape(or_hash=True)

        def prepare(game: Game) -> None:
            given(game)
            game.luck.log = []
            tape.feed(self._outcomes(game, self.scenario.start_draws))

        game = Game(self.interp, fresh(self.interp.program, {}, {}), key, tape, prepare)
        for step in self.scenario.steps:
            self.span = step.span or self.span
            refused = self._step(game, step)
            if refused:
                return [Failure(refused, self.span)]
        faults = [Failure(str(event), self.scenario.span) for event in game.events if event.kind == "fault"]
        expected = [expr for expr in self.scenario.then if not self._value(game, expr)]
        return faults + [Failure(self._unmet(game, expr), expr.span or self.span) for expr in expected]

    def _step(self, game: Game, step: hir.ScenarioStep) -> str | None:
        """Take a decision; what is wrong with it, if anything is."""
        if game.over:
            return f"{step.action.name} comes after the end of the game"
        program = self.interp.program
        values = [self._value(game, arg) for arg in step.args]
        action = encode(program, step.action, values, game.decider)
        if action is None:
            return f"no action {step.action.name} of player {game.decider} has the parameters {values}"
        if not game.step(action, self._outcomes(game, step.draws)):
            legal = ", ".join(map(game.action_name, game.legal))
            return f"{game.action_name(action)} is not legal for player {game.decider}, who may: {legal}"
        return None

    def _outcomes(self, game: Game, draws: Iterable[tuple[hir.DrawKind, hir.Expr]]) -> list[Outcome]:
        return [(kind.name, self._value(game, value)) for kind, value in draws]

    def _value(self, game: Game, expr: hir.Expr) -> int:
        return self.interp.expression(expr)(game.state)

    def _unmet(self, game: Game, expr: hir.Expr) -> str:
        written = expr.span.text if expr.span else "an expectation"
        if isinstance(expr, hir.Apply) and len(expr.args) == 2:
            left, right = (self._value(game, arg) for arg in expr.args)
            return f"{written}: does not hold ({left} and {right})"
        return f"{written}: does not hold"
