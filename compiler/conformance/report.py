"""What a verification found, for programs (JSON) and for people (the terminal)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.conformance.coverage import Figure, RowCoverage
from compiler.conformance.pairs import Pairs
from compiler.conformance.properties import PROPERTIES, Checks
from compiler.conformance.scenarios import ScenarioResult
from compiler.paths import display_path

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from compiler.conformance.trace import Trace

SHOWN = 8
"""How many findings of one kind are listed for people; the JSON has all of them."""


@dataclass(frozen=True)
class Disagreement:
    """A disagreement, shrunk and written down."""

    trace: Trace
    path: Path

    def to_json(self) -> dict[str, Any]:
        difference = self.trace.difference.model_dump(mode="json")
        action = self.trace.steps[-1].action if self.trace.steps else None
        return {
            "trace": display_path(self.path),
            "episode": self.trace.episode,
            "policy": self.trace.policy,
            "decisions": len(self.trace.steps),
            "shrunk_from": self.trace.shrunk_from,
            "action": action,
            "difference": difference,
        }


@dataclass
class FollowerResult:
    """L3 with one follower."""

    episodes: int = 0
    decisions: int = 0
    divergences: int = 0
    fault: str | None = None
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.divergences and self.fault is None and self.episodes > 0

    def to_json(self) -> dict[str, Any]:
        return {
            "episodes": self.episodes,
            "decisions": self.decisions,
            "divergences": self.divergences,
            "fault": self.fault,
            "traces": [disagreement.to_json() for disagreement in self.disagreements],
        }


@dataclass(frozen=True)
class Played:
    """The episodes that L1 and L3 looked at."""

    episodes: int
    decisions: int
    seconds: float
    endings: Mapping[str, int]
    policies: Sequence[str]
    actions: Mapping[str, int]
    """How often an action of each declaration was taken."""
    saturated: Mapping[str, int]
    by_policy: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """For each policy: episodes, decisions, and what the manifest wants counted, summed over episodes."""

    @property
    def per_episode(self) -> dict[str, dict[str, float]]:
        """The same as means per episode."""
        return {
            policy: {name: round(n / counts["episodes"], 2) for name, n in counts.items() if name != "episodes"}
            for policy, counts in sorted(self.by_policy.items())
        }

    def to_json(self) -> dict[str, Any]:
        seconds = max(self.seconds, 1e-9)
        return {
            "episodes": self.episodes,
            "decisions": self.decisions,
            "seconds": round(self.seconds, 3),
            "episodes_per_second": round(self.episodes / seconds, 2),
            "decisions_per_second": round(self.decisions / seconds, 1),
            "endings": dict(self.endings),
            "policies": list(self.policies),
            "actions": dict(sorted(self.actions.items())),
            "saturated": dict(self.saturated),
            "by_policy": {policy: dict(counts) for policy, counts in sorted(self.by_policy.items())},
            "per_episode": self.per_episode,
        }


@dataclass(frozen=True)
class Replayed:
    """What became of a trace."""

    path: Path
    diverges: bool
    same: bool
    """Whether it disagrees where the trace says, and in the same way."""
    decisions: int
    detail: str

    def to_json(self) -> dict[str, Any]:
        return {
            "trace": display_path(self.path),
            "diverges": self.diverges,
            "same": self.same,
            "decisions": self.decisions,
            "detail": self.detail,
        }


@dataclass
class Report:
    """Everything a verification found. Levels that did not run are None."""

    game: str
    spec: str
    spec_hash: str
    engine: str
    seed: int
    properties: Checks | None = None
    scenarios: dict[str, ScenarioResult] | None = None
    lockstep: dict[str, FollowerResult] | None = None
    coverage: dict[str, Figure] = field(default_factory=dict)
    rows: Sequence[RowCoverage] = ()
    pairs: Pairs | None = None
    played: Played | None = None
    replayed: Replayed | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at is as it must be."""
        return (
            not (self.properties and self.properties.violations)
            and not any(result.failures for result in (self.scenarios or {}).values())
            and all(result.ok for result in (self.lockstep or {}).values())
            and not (self.replayed and self.replayed.diverges)
        )

    def rarer_than(self, least: int) -> list[str]:
        """The rows and texts that were compared less often."""
        figures = [self.coverage[name] for name in ("cards", "texts") if name in self.coverage]
        return [name for figure in figures for name, times in figure.times.items() if times < least]

    def to_json(self) -> dict[str, Any]:
        """The machine-readable form, described in docs/verify.md."""
        levels: dict[str, Any] = {}
        if self.properties is not None:
            violations = [violation.to_json() for violation in self.properties.violations]
            levels["L1"] = {"ok": not violations, "checks": self.properties.counts, "violations": violations}
        if self.scenarios is not None:
            levels["L2"] = {name: result.to_json() for name, result in self.scenarios.items()}
        if self.lockstep is not None:
            levels["L3"] = {name: result.to_json() for name, result in self.lockstep.items()}
        return {
            "ok": self.ok,
            "game": self.game,
            "spec": self.spec,
            "spec_hash": self.spec_hash,
            "engine": self.engine,
            "seed": self.seed,
            "levels": levels,
            "coverage": {name: figure.to_json() for name, figure in self.coverage.items()},
            "pairs": self.pairs.to_json() if self.pairs else None,
            "play": self.played.to_json() if self.played else None,
            "replay": self.replayed.to_json() if self.replayed else None,
            "notes": self.notes,
        }

    def print(self, console: Console) -> None:
        """For people."""
        from rich.markup import escape

        for line in self._lines():
            console.print(line, soft_wrap=isinstance(line, str))
        for note in self.notes:
            console.print(f"[cyan]note[/cyan]: {escape(note)}", soft_wrap=True)
        if self.replayed is None:
            console.print("[bold green]verified[/bold green]" if self.ok else "[bold red]not verified[/bold red]")

    def _lines(self) -> list[Any]:
        lines: list[Any] = []
        if self.replayed is not None:
            lines += _replay_lines(self.replayed)
        if self.properties is not None:
            lines += _property_lines(self.properties)
        if self.scenarios is not None:
            lines += _scenario_lines(self.scenarios)
        if self.lockstep is not None:
            lines += _lockstep_lines(self.lockstep, self.spec)
        if self.coverage:
            lines.append(_coverage_table(self.coverage))
        if self.pairs is not None and self.pairs.total:
            lines.append(_pairs_line(self.pairs))
        if self.played is not None:
            lines.append(_played_line(self.played))
            lines += _policy_lines(self.played)
        return lines


def _replay_lines(replayed: Replayed) -> list[str]:
    from rich.markup import escape

    mark = "[bold red]still diverges[/bold red]" if replayed.diverges else "[bold green]no longer diverges[/bold green]"
    if replayed.diverges and not replayed.same:
        mark = "[bold red]diverges, but otherwise than the trace says[/bold red]"
    return [f"{escape(display_path(replayed.path))}: {mark}", f"  {escape(replayed.detail)}"]


def _property_lines(checks: Checks) -> list[str]:
    from rich.markup import escape

    total = sum(checks.counts.values())
    lines = [f"[bold]L1[/bold] properties: {total} checks, {_mark(len(checks.violations), 'violation')}"]
    by_name: dict[str, list[Any]] = {}
    for violation in checks.violations:
        by_name.setdefault(violation.name, []).append(violation)
    for name, found in by_name.items():
        lines.append(f"  [red]{name}[/red] ({PROPERTIES.get(name, name)}): {len(found)} of {checks.counts[name]}")
        for violation in found[:SHOWN]:
            where = f"episode {violation.episode}, after {violation.decisions} decisions"
            lines.append(f"    {where}: {escape(violation.detail)}")
    return lines


def _scenario_lines(results: Mapping[str, ScenarioResult]) -> list[str]:
    from rich.markup import escape

    lines = []
    for engine, result in results.items():
        skipped = f", {result.skipped} skipped" if result.skipped else ""
        failed = len({failure.scenario for failure in result.failures})
        lines.append(
            f"[bold]L2[/bold] scenarios on {engine}: {result.passed} of {result.scenarios} hold{skipped}, "
            f"{_mark(failed, 'failure')}"
        )
        for failure in result.failures[:SHOWN]:
            place = f"{failure.span}: " if failure.span else ""
            lines.append(f"  {escape(place)}[bold]{escape(failure.scenario)}[/bold]: {escape(failure.message)}")
    return lines


def _lockstep_lines(results: Mapping[str, FollowerResult], spec: str) -> list[str]:
    from rich.markup import escape

    lines = []
    for name, result in results.items():
        lines.append(
            f"[bold]L3[/bold] against {escape(name)}: {result.episodes} episodes, {result.decisions} decisions, "
            f"{_mark(result.divergences, 'divergence')}"
        )
        if result.fault:
            lines.append(f"  [bold red]given up[/bold red]: {escape(result.fault)}")
        for disagreement in result.disagreements[:SHOWN]:
            trace, difference = disagreement.trace, disagreement.trace.difference
            after = f"after {escape(trace.steps[-1].action)}" if trace.steps else "at the start"
            shrunk = f", shrunk from {trace.shrunk_from}" if trace.shrunk_from else ""
            lines.append(f"  [red]{escape(describe(trace))}[/red]")
            lines.append(f"    {after} (episode {trace.episode}, {len(trace.steps)} decisions{shrunk})")
            lines += [f"    [blue]{escape(line)}[/blue]" for line in difference.spec[:SHOWN]]
            lines.append(f"    specc verify {escape(spec)} --replay {escape(display_path(disagreement.path))}")
    return lines


def describe(trace: Trace) -> str:
    """A trace's disagreement in one line."""
    found = trace.difference
    if found.kind == "refused":
        return f"{trace.reference} refuses {found.got or found.path}: {found.expected}"
    if found.missing is not None or found.extra is not None:
        parts = [f"missing {', '.join(found.missing)}"] if found.missing else []
        parts += [f"extra {', '.join(found.extra)}"] if found.extra else []
        return f"legal actions: {'; '.join(parts)}"
    return f"{found.path}: {trace.reference} has {found.expected!r}, {trace.engine} has {found.got!r}"


def _coverage_table(coverage: Mapping[str, Figure]) -> Any:
    from rich.table import Table

    table = Table(title="Coverage of the specification", title_justify="left")
    table.add_column("")
    for heading in ("total", "executed", "compared", "at least", "median"):
        table.add_column(heading, justify="right")
    table.add_column("never compared", overflow="fold")
    for name, figure in coverage.items():
        never = ", ".join(figure.never[:SHOWN]) + (f" … {len(figure.never)} in all" * (len(figure.never) > SHOWN))
        counts = (figure.total, figure.executed, figure.compared, f"{figure.least} ×", f"{figure.median} ×")
        table.add_row(name, *map(str, counts), never)
    return table


def _pairs_line(pairs: Pairs) -> str:
    never = pairs.never()
    shown = "; ".join(f"{a} + {b}" for a, b in never[:SHOWN])
    more = f" … {len(never)} in all" if len(never) > SHOWN else ""
    gaps = f"; never: {shown}{more}" if never else ""
    return f"[bold]L2[/bold] interactions: {len(pairs.episodes)} of {pairs.total} pairs compared in one episode, " \
           f"{len(pairs.decisions)} in one decision{gaps}"  # fmt: skip


def _policy_lines(played: Played) -> list[str]:
    """What was counted, by policy."""
    return [
        f"  {policy}: {', '.join(f'{value:g} {name}' for name, value in counts.items())} per episode"
        for policy, counts in played.per_episode.items()
    ]


def _played_line(played: Played) -> str:
    data = played.to_json()
    endings = ", ".join(f"{count} {ending}" for ending, count in sorted(played.endings.items()))
    return (
        f"{played.episodes} episodes ({endings}), {played.decisions} decisions in {played.seconds:.1f} s: "
        f"{data['episodes_per_second']:g} episodes/s, {data['decisions_per_second']:g} decisions/s"
    )


def _mark(count: int, noun: str) -> str:
    return f"[bold red]{count} {noun}s[/bold red]" if count else f"[green]no {noun}s[/green]"
