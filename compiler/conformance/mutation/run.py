"""Makes mutants, records games, and sends the mutants through them, in several processes where asked for."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compiler.conformance.mutation.killing import LEVELS, REFERENCE, SCENARIOS, Stage, Verdict, holding, judge
from compiler.conformance.mutation.outcome import Account, MutationReport
from compiler.conformance.mutation.recording import record
from compiler.conformance.runner import INTERP, Runner
from compiler.conformance.verify import Options, job_of
from compiler.diagnostics import SpecError
from compiler.ir import hir
from compiler.manifest import Spec
from compiler.mutate import Mutant, mutants

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

EPISODES = 1500
"""Games that are recorded at most."""


@dataclass(frozen=True)
class MutationOptions:
    """What `specc mutate` is asked for."""

    count: int = 300
    seed: int = 0
    episodes: int = EPISODES
    workers: int = 1
    references: tuple[str, ...] = ()


def mutate(
    options: MutationOptions, spec: Spec, program: hir.Program, *, console: Console | None = None
) -> MutationReport:
    """Make mutants of a specification, and find out who notices them.

    Raises SpecError for options that make no sense and for references that fail.
    """
    began = time.perf_counter()
    made = list(mutants(program, options.seed, options.count))
    asked = Options(levels=("L1", "L3"), seed=options.seed, engine=INTERP, references=options.references)
    runner = Runner(job_of(asked, spec, program, INTERP))
    try:
        with _progress(console) as progress:
            bar = progress.add_task("games", total=options.episodes)
            places = {mutant.within[0] for mutant in made if mutant.within}
            recording = record(runner, places, options.episodes, lambda n: progress.advance(bar, n))
            progress.remove_task(bar)
            compares = bool(runner.follower_names) and recording.disagreed < recording.episodes
            stage = Stage(runner, recording, holding(runner), compares)
            bar = progress.add_task("mutants", total=len(made))
            accounts = []
            for mutant, verdict in zip(made, _judged(stage, made, options.workers), strict=True):
                accounts.append(Account(mutant, verdict))
                progress.advance(bar)
    finally:
        runner.close()
    if recording.disagreed:
        message = (
            f"in {recording.disagreed} of {recording.episodes} games the rules themselves disagree with a reference"
        )
        raise SpecError.single("E0807", None, message, suggestion="`specc verify` shows where: mutants come after that")
    levels = [level for level in LEVELS if (level != REFERENCE or compares) and (level != SCENARIOS or stage.scenarios)]
    recorded = {
        "episodes": recording.episodes,
        "decisions": recording.decisions,
        "scenarios": len(stage.scenarios),
        "scenarios_left_out": len(program.scenarios) - len(stage.scenarios),
    }
    seconds = time.perf_counter() - began
    return MutationReport(program.name, spec.source.display, options.seed, accounts, levels, recorded, seconds)


_SHARED: list[tuple[Stage, Sequence[Mutant]]] = []  # what a forked process works with; locals are known by identity


def _judged(stage: Stage, made: Sequence[Mutant], workers: int) -> Iterator[Verdict]:
    """The verdicts, in the order of the mutants."""
    if workers <= 1:
        yield from (judge(stage, mutant) for mutant in made)
        return
    _SHARED[:] = [(stage, made)]
    context = multiprocessing.get_context("fork")  # recordings are large, and no JAX runs here
    with context.Pool(workers) as pool:
        yield from pool.imap(_judge, range(len(made)), chunksize=4)
    _SHARED.clear()


def _judge(number: int) -> Verdict:
    stage, made = _SHARED[0]
    return judge(stage, made[number])


@contextmanager
def _progress(console: Console | None) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = console is not None and console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown, auto_refresh=False) as progress:
        yield progress
