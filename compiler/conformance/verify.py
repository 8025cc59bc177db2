"""`specc verify`: runs the levels that are asked for, and reports."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.conformance.engine import Engine, Paired
from compiler.conformance.policies import Taste, policies
from compiler.conformance.pool import Pool, Task, check
from compiler.conformance.properties import Checks, agree
from compiler.conformance.report import Disagreement, FollowerResult, Played, Report
from compiler.conformance.retrace import replay_trace, written_down
from compiler.conformance.runner import INTERP, Job, Outcome, Runner, Tally
from compiler.conformance.scenarios import check_scenarios
from compiler.conformance.schedule import ROUND, Round
from compiler.conformance.setups import Setups, episode_rng
from compiler.conformance.shrink import SECONDS
from compiler.conformance.trace import Trace, read_trace, spec_hash
from compiler.diagnostics import SpecError, did_you_mean
from compiler.files import MANIFEST
from compiler.ir import hir
from compiler.manifest import Spec, Target, parse_target

if TYPE_CHECKING:
    from rich.console import Console

LEVELS = ("L1", "L2", "L3")
ENGINES = ("jax", INTERP)
EPISODES = 100
PROPERTY_EPISODES = 50
"""L1 looks at no more episodes than these."""
PAIRED_EPISODES = 8
"""Games that the ways to run an engine are compared in."""
BATCHED_PROPERTY_EPISODES = 8
"""Of these, so many are used to try actions on a batched engine, which takes its time for a single game."""
NO_REFERENCE = "none"
LANES = 64
"""Games that a batched engine plays at a time."""
CHUNK = 4
"""Episodes in one task of a process."""
SHRUNK = 3
"""Disagreements of one follower that are shrunk and written down."""


@dataclass(frozen=True)
class Options:
    """What `specc verify` is asked for. None and empty: what the manifest says, else the defaults."""

    levels: tuple[str, ...] = LEVELS
    episodes: int | None = None
    seed: int = 0
    decks: tuple[str, ...] = ()
    """Keys or titles of the rows given at reset, or `random`."""
    policies: tuple[str, ...] = ()
    engine: str | None = None
    references: tuple[str, ...] = ()
    """Names in the manifest, or `python:MODULE:FACTORY`, or `cmd:COMMAND LINE`."""
    replay: Path | None = None
    workers: int = 1
    timeout: float = 30.0
    """Seconds that a program may take for an answer."""
    traces: Path = Path(".specc-cache/traces")
    """Where disagreements are written down."""
    shrink_seconds: float = SECONDS


EngineFactory = Callable[[hir.Program, int], Engine]
"""Makes an engine under test with so many lanes."""


def verify(
    options: Options,
    spec: Spec,
    program: hir.Program,
    *,
    engines: Mapping[str, EngineFactory] | None = None,
    console: Console | None = None,
) -> Report:
    """Verify a specification. Raises SpecError for options that make no sense and for adapters and traces that fail.

    `engines` adds engines to the known ones. With a `console`, progress is shown on it.
    """
    trace = read_trace(options.replay) if options.replay is not None else None
    engine_name = _engine_name(options, spec, trace, engines or {})
    job = job_of(options, spec, program, engine_name, trace)
    digest = spec_hash(_sources(spec))
    report = Report(program.name, spec.source.display, digest, engine_name, options.seed)
    if engine_name == INTERP and options.engine is None and not _is_built(spec):
        report.notes.append("the engine is not built (`specc build` does that): the interpreter is verified")
    lanes = min(LANES, job.episodes)
    engine = None if engine_name == INTERP else _engine(engine_name, spec, program, lanes, engines or {})
    runner = Runner(job, engine)
    try:
        for name in job.references:
            runner.follower(name)  # a reference that cannot be loaded is told before anything else
        _ = runner.adapter
        if trace is not None and options.replay is not None:
            name = next(iter(job.references), trace.reference)
            report.replayed, report.notes = replay_trace(runner, trace, options.replay, digest, name)
            return report
        _run(options, runner, report, console)
    finally:
        runner.close()
    return report


def _run(options: Options, runner: Runner, report: Report, console: Console | None) -> None:
    job = runner.job
    if "L2" in options.levels:
        others = () if runner.engine is runner.interp else (runner.engine,)
        report.scenarios = check_scenarios(job.program, runner.interp, others, runner.names)
        runner.interp.drain()
    if "L3" in options.levels and not job.lockstep:
        report.notes.append("L3 was left out: the engine is the interpreter, and the manifest names no reference")
    episodes = job.episodes if job.lockstep else job.property_episodes
    if not episodes:
        return
    began = time.perf_counter()
    outcome = Outcome()
    with _progress(console, episodes) as advance:
        for part in _outcomes(runner, episodes, options.workers, outcome):
            outcome.merge(part)
            advance(part)
    seconds = time.perf_counter() - began
    report.played = Played(
        outcome.episodes,
        outcome.decisions,
        seconds,
        outcome.endings,
        job.policies,
        outcome.actions,
        outcome.saturated,
        outcome.by_policy,
    )
    if outcome.endings["cut"]:
        report.notes.append(f"{outcome.endings['cut']} episodes were cut, since they did not come to an end")
    if outcome.saturated:
        places = ", ".join(sorted(outcome.saturated)[:3])
        more = " …" * (len(outcome.saturated) > 3)
        report.notes.append(f"values left their bounds {outcome.saturated.total()} times, and were cut: {places}{more}")
    if job.property_episodes:
        report.properties = _ordered(outcome.checks)
    if job.lockstep:
        digest = report.spec_hash
        report.lockstep = {
            name: _result(runner, outcome.tallies.get(name, Tally()), digest, options) for name in runner.follower_names
        }
    report.coverage = runner.places.figures(outcome.executed, outcome.compared)
    report.rows = runner.places.row_coverage(outcome.compared)
    sites = runner.interp.interp.coverage.sites if runner.interp.interp.coverage is not None else {}
    report.pairs = runner.places.pairs(sites, outcome.compared) if job.lockstep else None


def _outcomes(runner: Runner, episodes: int, workers: int, so_far: Outcome) -> Iterator[Outcome]:
    """What came of all episodes, piece by piece; `so_far` holds the pieces before, for rounds to be planned from."""
    own = Outcome()
    if runner.job.property_episodes and isinstance(runner.engine, Paired):
        setups = [runner.job.setups.episode(number) for number in range(PAIRED_EPISODES)]
        for left, right in runner.engine.pairs():
            own.checks.merge(agree(left, right, setups, runner.names, episode_rng(runner.job.seed, 0, "pairs")))
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(Pool(runner.job, workers)) if workers > 1 else None
        for first in range(0, episodes, ROUND):
            round_ = runner.next_round(first // ROUND, so_far.compared)
            runner.begin(round_)
            numbers = range(first, min(first + ROUND, episodes))
            if runner.engine is runner.interp:
                tasks = _numbered_tasks(round_, numbers)
            else:
                tasks = _played_tasks(runner, numbers, own.checks)
            yield from pool.outcomes(tasks) if pool is not None else (check(runner, task) for task in tasks)
    yield own


def _numbered_tasks(round_: Round, numbers: range) -> Iterator[Task]:
    for first in range(0, len(numbers), CHUNK):
        yield round_, numbers[first : first + CHUNK]


def _played_tasks(runner: Runner, numbers: range, checks: Checks) -> Iterator[Task]:
    """Episodes of an engine that lives in this process, for others to check; what needs the engine is checked here."""
    tried = min(runner.job.property_episodes, BATCHED_PROPERTY_EPISODES)
    for first in range(0, len(numbers), runner.engine.lanes):
        batch = list(runner.play(numbers[first : first + runner.engine.lanes]))
        for episode in batch:
            if episode.number < tried:
                runner.check_engine(episode, checks)
        for start in range(0, len(batch), CHUNK):
            yield runner.round, batch[start : start + CHUNK]


def _result(runner: Runner, tally: Tally, digest: str, options: Options) -> FollowerResult:
    """A follower's account, with its first disagreements shrunk and written down."""
    result = FollowerResult(tally.episodes, tally.decisions, tally.divergences, tally.fault)
    for found in sorted(tally.found.values(), key=lambda found: found.rank)[:SHRUNK]:
        trace = written_down(runner, found, digest, options.shrink_seconds)
        result.disagreements.append(Disagreement(trace, trace.write(options.traces)))
    return result


def _ordered(checks: Checks) -> Checks:
    """Violations in the order of episodes, however they were found."""
    return Checks(checks.counts, sorted(checks.violations, key=lambda v: (v.episode, v.decisions, v.name)))


@contextmanager
def _progress(console: Console | None, episodes: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar that grows with each outcome, with the speed so far."""
    if console is None or not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[speed]}"), console=console, transient=True) as progress:
        bar = progress.add_task("episodes", total=episodes, speed="")
        began, done = time.perf_counter(), Outcome()

        def advance(part: Outcome) -> None:
            done.episodes += part.episodes
            done.decisions += part.decisions
            seconds = max(time.perf_counter() - began, 1e-9)
            speed = f"{done.episodes / seconds:.1f} episodes/s, {done.decisions / seconds:.0f} decisions/s"
            progress.update(bar, completed=done.episodes, speed=speed)

        yield advance


# --- options ----------------------------------------------------------------------------------------------------------


def job_of(options: Options, spec: Spec, program: hir.Program, engine: str, trace: Trace | None = None) -> Job:
    """What all processes of a verification share. Raises SpecError for options that make no sense."""
    manifest = spec.manifest
    unknown = [level for level in options.levels if level not in LEVELS]
    if unknown:
        raise _wrong(f"there is no level '{unknown[0]}'", f"the levels are {', '.join(LEVELS)}")
    if options.workers < 1 or (options.episodes is not None and options.episodes < 1):
        raise _wrong("there must be at least one process and one episode")
    taste = _taste(spec, program)
    names = options.policies or manifest.verify.policies or ("uniform", "eager")
    known = policies(taste)
    for name in names:
        if name not in known:
            raise _wrong(f"there is no policy '{name}'", did_you_mean(name, known) or f"choose of {', '.join(known)}")
    wanted = options.references
    if trace is not None and not wanted:
        wanted = (trace.reference,) if trace.reference != INTERP else ()
    references = _references(spec, wanted) if wanted or trace is None else {}
    if trace is not None and len(references) > 1:
        raise _wrong("a trace is replayed against one reference")
    followers = len(references) + (engine != INTERP)
    if options.levels == ("L3",) and not followers and trace is None:
        raise _wrong(
            "there is nothing to compare with", "name a reference, or verify another engine than the interpreter"
        )
    episodes = options.episodes or manifest.verify.episodes or EPISODES
    return Job(
        program=program,
        root=spec.root,
        engine=engine,
        adapter=manifest.adapter,
        references=references,
        taste=taste,
        policies=names,
        setups=Setups.of(program, options.seed, options.decks),
        seed=options.seed,
        timeout=options.timeout,
        property_episodes=min(episodes, PROPERTY_EPISODES) if "L1" in options.levels else 0,
        lockstep="L3" in options.levels and followers > 0,
        episodes=episodes,
        counters=_counters(spec, program),
    )


def _counters(spec: Spec, program: hir.Program) -> dict[str, tuple[str, str]]:
    """What the manifest wants counted. Raises SpecError (E0014) where it names what the game does not have."""
    found = {}
    for key, text in spec.manifest.verify.count.items():
        kind, _, name = text.partition(" ")
        known = {
            "action": list(program.actions),
            "verb": [words.replace("_", " ") for words in program.procs],
            "field": [field.name for field in program.fields.values() if field.owner == "player"],
        }[kind]
        if name not in known:
            message = f"verify.count.{key}: the game has no {kind} '{name}'"
            span = spec.span("verify", "count", key)
            raise SpecError.single("E0014", span, message, suggestion=did_you_mean(name, known))
        found[key] = kind, f"player.{name}" if kind == "field" else name.replace(" ", "_") if kind == "verb" else name
    return found


def _taste(spec: Spec, program: hir.Program) -> Taste:
    """What the manifest says about playing. Raises SpecError (E0014) where it names what the game does not have."""
    verify_section = spec.manifest.verify
    for key in ("eager", "last"):
        for index, name in enumerate(getattr(verify_section, key)):
            if name not in program.actions:
                span = spec.span("verify", key, index)
                message = f"verify.{key}: the game has no action '{name}'"
                raise SpecError.single("E0014", span, message, suggestion=did_you_mean(name, program.actions))
    if verify_section.score is not None and f"player.{verify_section.score}" not in program.fields:
        known = [field.name for field in program.fields.values() if field.owner == "player"]
        message = f"verify.score: players have no field '{verify_section.score}'"
        suggestion = did_you_mean(verify_section.score, known)
        raise SpecError.single("E0014", spec.span("verify", "score"), message, suggestion=suggestion)
    return Taste(verify_section.eager, verify_section.last, verify_section.score)


def _references(spec: Spec, wanted: Sequence[str]) -> dict[str, Target]:
    """The references of these names and targets; all of the manifest's where no name is given, and none for `none`."""
    known = spec.manifest.references
    if tuple(wanted) == (NO_REFERENCE,) and NO_REFERENCE not in known:
        return {}
    if not wanted:
        return dict(known)
    found: dict[str, Target] = {}
    for name in wanted:
        if name in known:
            found[name] = known[name]
            continue
        if ":" not in name:
            listed = f"the manifest has {', '.join(known)}" if known else "the manifest has none"
            raise _wrong(f"there is no reference '{name}'", did_you_mean(name, known) or listed)
        try:
            found[name] = parse_target(name)
        except ValueError as error:
            raise _wrong(f"the reference '{name}' {error}") from error
    return found


def _engine_name(options: Options, spec: Spec, trace: Trace | None, engines: Mapping[str, EngineFactory]) -> str:
    known = (*ENGINES, *engines)
    name = options.engine or (trace.engine if trace is not None else None)
    if name is None:
        return "jax" if "jax" in engines or (_has_jax_engine() and _is_built(spec)) else INTERP
    if name not in known:
        raise _wrong(f"there is no engine '{name}'", did_you_mean(name, known) or f"choose of {', '.join(known)}")
    return name


def _is_built(spec: Spec) -> bool:
    return (spec.root / "generated" / spec.manifest.engine / MANIFEST).is_file()


def _has_jax_engine() -> bool:
    return importlib.util.find_spec("compiler.conformance.jax_engine") is not None


def _engine(name: str, spec: Spec, program: hir.Program, lanes: int, engines: Mapping[str, EngineFactory]) -> Engine:
    if name in engines:
        return engines[name](program, lanes)
    if name == "jax" and _has_jax_engine():
        return importlib.import_module("compiler.conformance.jax_engine").JaxEngine.of(spec, lanes)
    raise _wrong(f"the engine '{name}' is not there in this installation")


def _sources(spec: Spec) -> list[tuple[str, str]]:
    """The files that make up a specification, by their path from the manifest, and their text."""
    folder = spec.source.path.parent
    sources = [(spec.source.path.name, spec.source.text)]
    for path in (*spec.rules, *spec.filled):
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        sources.append((name, path.read_text(encoding="utf-8", errors="replace")))
    return sources


def _wrong(message: str, suggestion: str | None = None) -> SpecError:
    return SpecError.single("E0802", None, message, suggestion=suggestion)
