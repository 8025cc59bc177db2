"""From disagreements to traces, and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from compiler.conformance.adapter import AdapterError
from compiler.conformance.engine import Setup
from compiler.conformance.interp_engine import Taped
from compiler.conformance.lockstep import Divergence, Episode, ReferenceFollower, follow, replay
from compiler.conformance.reference import FaultError
from compiler.conformance.report import Replayed
from compiler.conformance.runner import Found, Runner
from compiler.conformance.schedule import Round
from compiler.conformance.setups import owners
from compiler.conformance.shrink import Shown, shrink
from compiler.conformance.spans import executed_lines
from compiler.conformance.trace import Trace, TraceDifference, TraceSetup, TraceStep
from compiler.diagnostics import SpecError, did_you_mean
from compiler.ir import hir
from compiler.ir.rows import rows_of
from compiler.ir.types import RowT, strip_optional
from compiler.paths import display_path


def written_down(runner: Runner, found: Found, spec_hash: str, seconds: float) -> Trace:
    """A disagreement as a trace: played again, shrunk, and with the lines of the rules that ran in its last step.

    First decisions are left out with the luck of the key, which then falls otherwise; then with outcomes given, so that
    what is left goes as before.
    """
    runner.begin(found.round)
    name = found.divergence.follower
    by_key = _attempt(runner, found.setup, name)
    shown = by_key(runner.names.all(found.actions))
    if shown is None or shown.divergence.difference.signature != found.divergence.difference.signature:
        episode, _ = replay(runner.engine, found.setup, runner.names.all(found.actions), runner.names)
        return _trace(runner, found, Shown(episode, found.divergence), spec_hash)  # seen once, and not again
    began = time.monotonic()
    best = shrink(shown, lambda episode: runner.names.all(episode.actions), by_key, seconds / 2)
    if runner.engine.tapes:
        given = _taped_attempt(runner, name)
        start = given(best.episode)(_taped_items(runner, best.episode))
        if start is not None and start.divergence.difference.signature == shown.divergence.difference.signature:
            left = seconds - (time.monotonic() - began)
            shorter = shrink(start, lambda episode: _taped_items(runner, episode), given(best.episode), left)
            best = shorter if len(shorter.episode.steps) < len(best.episode.steps) else best
    trace = _trace(runner, found, best, spec_hash)
    before = len(found.actions)
    return trace.model_copy(update={"shrunk_from": before}) if len(trace.steps) < before else trace


def replay_trace(runner: Runner, trace: Trace, path: Path, current_hash: str, name: str) -> tuple[Replayed, list[str]]:
    """Play a trace again, against the follower `name`. The second result is notes.

    Raises SpecError (E0804) for a trace that does not fit the specification.
    """
    notes = []
    stale = trace.spec_hash != current_hash
    if trace.game != runner.job.program.name:
        raise _unfit(path, f"it is of the game '{trace.game}', not of '{runner.job.program.name}'")
    if trace.setup.rows:
        runner.begin(Round(0, trace.setup.rows))
    program = runner.program
    if stale:
        notes.append(f"{display_path(path)} was made from another version of the specification")
    setup = _setup_of(program, trace, path)
    actions = [step.action for step in trace.steps]
    for index, action in enumerate(actions):
        if runner.names.id(action) is None:
            raise _unfit(
                path, f"step {index + 1}: there is no action '{action}'", did_you_mean(action, runner.names.every)
            )
    if trace.taped and not runner.engine.tapes:
        raise _unfit(path, f"its outcomes are given, which the engine '{runner.engine.name}' does not take")
    draws = [step.draws for step in trace.steps] if trace.taped else None
    episode, refused = replay(runner.engine, setup, actions, runner.names, draws)
    divergence = _follow(runner, name, episode)
    if divergence is None and refused is not None:
        where = f"step {len(episode.steps) + 1}: '{refused}' is not legal there"
        raise _unfit(path, f"{where}, in this version of the specification" if stale else where)
    if not stale and _draws(episode) != [list(trace.start_draws), *(list(step.draws) for step in trace.steps)]:
        notes.append("other random outcomes were drawn than the trace recorded")
    if divergence is None:
        detail = f"{len(episode.steps)} decisions against {name}: no difference"
        return Replayed(path, False, False, len(episode.steps), detail), notes
    after = f"after {actions[divergence.decisions - 1]}" if divergence.decisions else "at the start"
    expected = trace.difference
    same = divergence.decisions == expected.step and divergence.difference.path == expected.path
    detail = f"{after} ({divergence.decisions} decisions) against {name}: {divergence.difference}"
    return Replayed(path, True, same, divergence.decisions, detail), notes


def _attempt(runner: Runner, setup: Setup, follower: str) -> Callable[[Sequence[str]], Shown | None]:
    def attempt(actions: Sequence[str]) -> Shown | None:
        episode, _ = replay(runner.engine, setup, actions, runner.names, skip=True)
        divergence = _follow(runner, follower, episode)
        return Shown(episode, divergence) if divergence else None

    return attempt


def _taped_attempt(runner: Runner, follower: str) -> Callable[[Episode], Callable[[Sequence[Taped]], Shown | None]]:
    """Attempts in which outcomes are given, beginning like an episode."""

    def beginning_like(first: Episode) -> Callable[[Sequence[Taped]], Shown | None]:
        setup = replace(first.setup, tape=first.start.draws)

        def attempt(steps: Sequence[Taped]) -> Shown | None:
            start, taken = runner.interp.guided(setup, steps, runner.names)
            names, draws = [name for name, _ in taken], [outcomes for _, outcomes in taken]
            episode, _ = replay(runner.engine, replace(setup, tape=start), names, runner.names, draws)
            divergence = _follow(runner, follower, episode)
            return Shown(episode, divergence) if divergence else None

        return attempt

    return beginning_like


def _taped_items(runner: Runner, episode: Episode) -> list[Taped]:
    return [(runner.names.name(step.action), step.seen.draws) for step in episode.steps]


def _follow(runner: Runner, name: str, episode: Episode) -> Divergence | None:
    try:
        return follow(runner.follower(name), episode)
    except FaultError as fault:
        raise SpecError.single("E0807", None, f"the reference '{name}' failed: {fault}") from fault
    except AdapterError as error:
        raise SpecError.single("E0805", None, f"the adapter failed: {error}") from error


def _trace(runner: Runner, found: Found, shown: Shown, spec_hash: str) -> Trace:
    job, episode = runner.job, shown.episode
    follower = runner.follower(found.divergence.follower)
    steps = []
    for index, step in enumerate(episode.steps):
        before = episode.before(index)
        name = runner.names.name(step.action)
        spelt = follower.spelt(before, step.action) if isinstance(follower, ReferenceFollower) else name
        reference = spelt if spelt != name else None
        steps.append(TraceStep(player=before.decider, action=name, draws=list(step.seen.draws), reference=reference))
    return Trace(
        game=job.program.name,
        spec_hash=spec_hash,
        engine=job.engine,
        reference=found.divergence.follower,
        policy=found.policy,
        seed=job.seed,
        episode=found.number,
        taped=episode.setup.tape is not None,
        setup=_setup_to(runner, episode.setup),
        start_draws=list(episode.start.draws),
        steps=steps,
        difference=TraceDifference(
            step=shown.divergence.decisions,
            spec=_lines_of_last_step(runner, episode),
            **shown.divergence.difference.to_json(),
        ),
    )


def _lines_of_last_step(runner: Runner, episode: Episode) -> list[str]:
    """The lines of the rules that the interpreter runs in the last decision (at reset, where there is none)."""
    interp, taped = runner.interp, episode.setup.tape is not None
    interp.drain()
    interp.reset([episode.setup])
    for step in episode.steps:
        interp.drain()
        if interp.step([step.action], [step.seen.draws] if taped else None)[0].error:
            return []
    return executed_lines(runner.program, interp.drain())


def _setup_to(runner: Runner, setup: Setup) -> TraceSetup:
    program = runner.program
    params: dict[str, list[int | str]] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    for field_id, values in setup.params.items():
        type_ = strip_optional(program.fields[field_id].type)
        table = program.tables[type_.table] if isinstance(type_, RowT) else None
        params[field_id] = [table.keys[value] if table and value >= 0 else value for value in values]
        if table is not None and table.name in runner.round.given:
            known = rows_of(program, table.name)
            used = sorted({value for value in values if value >= 0})
            rows.setdefault(table.name, []).extend(known[value] for value in used)
    fields = dict(setup.fields) if setup.fields is not None else None
    return TraceSetup(params=params, key=setup.key, fields=fields, rows=rows)


def _setup_of(program: hir.Program, trace: Trace, path: Path) -> Setup:
    params: dict[str, tuple[int, ...]] = {}
    for field_id, values in trace.setup.params.items():
        field = program.fields.get(field_id)
        if field is None or not field.param:
            raise _unfit(path, f"the game has no parameter '{field_id}'")
        if len(values) != owners(program, field):
            raise _unfit(path, f"'{field_id}' needs {owners(program, field)} values, and has {len(values)}")
        params[field_id] = tuple(_param(program, field, value, path) for value in values)
    if missing := [field.id for field in program.fields.values() if field.param and field.id not in params]:
        raise _unfit(path, f"it gives no '{missing[0]}'")
    tape = tuple(trace.start_draws) if trace.taped else None
    return Setup(params, trace.setup.key, trace.setup.fields, tape)


def _param(program: hir.Program, field: hir.Field, value: int | str, path: Path) -> int:
    type_ = strip_optional(field.type)
    if isinstance(value, str):
        if not isinstance(type_, RowT) or value not in program.tables[type_.table].keys:
            keys = program.tables[type_.table].keys if isinstance(type_, RowT) else ()
            raise _unfit(path, f"'{value}' is no row for '{field.id}'", did_you_mean(value, keys))
        return program.tables[type_.table].keys.index(value)
    low, high = program.bounds(field.type)
    if not low <= value <= high:
        raise _unfit(path, f"{value} is no value for '{field.id}'")
    return value


def _draws(episode: Episode) -> list[list[tuple[str, int]]]:
    return [list(episode.start.draws), *(list(step.seen.draws) for step in episode.steps)]


def _unfit(path: Path, why: str, suggestion: str | None = None) -> SpecError:
    message = f"{display_path(path)} does not fit the specification: {why}"
    return SpecError.single("E0804", None, message, suggestion=suggestion)
