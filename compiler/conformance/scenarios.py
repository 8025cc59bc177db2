"""L2: the scenarios of a specification, on the interpreter and on every other engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.backends.interp import Game, Interp, RulesError, Tape, TapeError, run_scenario
from compiler.backends.interp.state import fresh
from compiler.conformance.engine import Draw, Engine, Observed, Setup
from compiler.conformance.interp_engine import InterpEngine
from compiler.conformance.lockstep import compare_observed
from compiler.conformance.names import Names
from compiler.ir import hir
from compiler.ir.actions import encode
from compiler.ir.types import RowT, strip_optional
from compiler.source import Span


@dataclass(frozen=True)
class ScenarioFailure:
    """What went otherwise than a scenario says."""

    scenario: str
    engine: str
    message: str
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        place = {"file": self.span.file.display, "line": self.span.line} if self.span else {"file": None, "line": None}
        return {"scenario": self.scenario, "engine": self.engine, "message": self.message, **place}


@dataclass(frozen=True)
class Script:
    """A scenario as it went on the interpreter."""

    setup: Setup
    start: Observed
    steps: tuple[tuple[int, Observed], ...]


@dataclass
class ScenarioResult:
    """How one engine fared. A scenario is skipped where it fails on the interpreter or the engine takes no outcomes."""

    scenarios: int = 0
    passed: int = 0
    skipped: int = 0
    failures: list[ScenarioFailure] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        failures = [failure.to_json() for failure in self.failures]
        return {"scenarios": self.scenarios, "passed": self.passed, "skipped": self.skipped, "failures": failures}


def check_scenarios(
    program: hir.Program, interp: InterpEngine, engines: Sequence[Engine], names: Names
) -> dict[str, ScenarioResult]:
    """Every scenario on the interpreter and, where it holds there, on the other engines, by the name of the engine."""
    results = {engine.name: ScenarioResult() for engine in (interp, *engines)}
    for scenario in program.scenarios:
        found = run_scenario(interp.interp, scenario)
        messages = [(failure.message, failure.span) for failure in found]
        _count(results[interp.name], scenario, interp.name, messages)
        script = record(interp, scenario) if engines and not found else None
        for engine in engines:
            if script is None or not engine.tapes:
                results[engine.name].scenarios += 1
                results[engine.name].skipped += 1
                continue
            problem = _again(engine, script, names)
            _count(results[engine.name], scenario, engine.name, [(problem, None)] if problem else [])
    return results


def _count(
    result: ScenarioResult, scenario: hir.Scenario, engine: str, problems: Sequence[tuple[str, Span | None]]
) -> None:
    result.scenarios += 1
    result.passed += not problems
    result.failures += [ScenarioFailure(scenario.title, engine, text, at or scenario.span) for text, at in problems]


def record(interp: InterpEngine, scenario: hir.Scenario) -> Script | None:
    """Play a scenario that holds, and write down everything about it; None where it cannot start from a position."""
    fields = _given(interp.interp, scenario)
    program = interp.interp.program
    first = _outcomes(interp.interp, scenario.start_draws, fields)
    setup = Setup({}, 0, fields, tape=first)
    seen = start = interp.reset([setup])[0]
    steps: list[tuple[int, Observed]] = []
    for step in scenario.steps:
        values = [_value(interp.interp, arg, seen.fields) for arg in step.args]
        action = encode(program, step.action, values, seen.decider)
        if action is None or seen.error:
            return None
        outcomes = _outcomes(interp.interp, step.draws, seen.fields)
        seen = interp.step([action], [outcomes])[0]
        steps.append((action, seen))
    return Script(Setup(_params(program, fields), 0, fields, tape=start.draws), start, tuple(steps))


def _again(engine: Engine, script: Script, names: Names) -> str | None:
    """What is different on another engine, given the same outcomes."""
    seen = engine.reset([script.setup])[0]
    difference = compare_observed(script.start, seen, names)
    if difference:
        return f"at the start: {difference}"
    for number, (action, expected) in enumerate(script.steps, start=1):
        seen = engine.step([action], [expected.draws])[0]
        difference = compare_observed(expected, seen, names)
        if difference:
            return f"after {number} decisions, the last being {names.name(action)}: {difference}"
    return None


def _given(interp: Interp, scenario: hir.Scenario) -> dict[str, Any]:
    """The fields from which a scenario starts."""
    block = interp.block(scenario.given)
    captured: dict[str, Any] = {}

    class _CapturedError(Exception):
        pass

    def prepare(game: Game) -> None:
        block(game)
        captured.update(interp.fields(game.state))
        raise _CapturedError

    try:
        Game(interp, fresh(interp.program, {}, {}), 0, Tape(or_hash=True), prepare)
    except _CapturedError:
        pass
    except (RulesError, TapeError) as error:
        raise AssertionError("a scenario that holds has a position to start from") from error
    return captured


def _outcomes(interp: Interp, draws: Sequence[tuple[hir.DrawKind, hir.Expr]], fields: Any) -> tuple[Draw, ...]:
    return tuple((kind.name, _value(interp, value, fields)) for kind, value in draws)


def _value(interp: Interp, expr: hir.Expr, fields: Any) -> int:
    return interp.expression(expr)(fresh(interp.program, {}, fields))


def _params(program: hir.Program, fields: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The parameter fields of a position, apart."""
    found: dict[str, tuple[int, ...]] = {}
    for declared in program.fields.values():
        if declared.param and isinstance(strip_optional(declared.type), RowT):
            value = fields[declared.id]
            found[declared.id] = (value,) if declared.owner is None else tuple(value)
    return found
