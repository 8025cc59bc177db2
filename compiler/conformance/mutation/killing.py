"""Three ways to notice a mutant, each on its own: scenarios, the recorded reference, and the properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.backends.interp import RulesError, TapeError, run_scenario
from compiler.conformance import properties
from compiler.conformance.adapter import AdapterError
from compiler.conformance.engine import Observed, Setup
from compiler.conformance.lockstep import Episode, Step
from compiler.conformance.mutation.recording import Recording, Window, begun, same, shown
from compiler.conformance.runner import Runner
from compiler.conformance.setups import episode_rng
from compiler.ir import hir
from compiler.mutate import Mutant
from compiler.mutate.mutant import Place

SCENARIOS, REFERENCE, PROPERTIES = "scenarios", "reference", "properties"
LEVELS = (SCENARIOS, REFERENCE, PROPERTIES)

TRIED = 3
"""Games in which the properties are looked at."""
DECISIONS = 60
"""Decisions of such a game."""


@dataclass(frozen=True)
class Stage:
    """What all mutants are sent through."""

    runner: Runner
    recording: Recording
    scenarios: Sequence[tuple[hir.Scenario, frozenset[Place]]]
    """Those that hold, with the places that each runs, the shortest first."""
    compares: bool
    """Whether a reference followed the recorded games."""


@dataclass
class Verdict:
    """What became of a mutant. Levels that did not notice it are absent."""

    killed: dict[str, str] = field(default_factory=dict)
    """By level: what was noticed."""
    reached: int = 0
    """Windows in which the place of the mistake ran."""
    differs: bool = False
    """Whether any position was another one, seen or not."""


def judge(stage: Stage, mutant: Mutant) -> Verdict:
    """Send a mutant through all levels."""
    verdict = Verdict()
    with stage.runner.interp.interp.replaced(mutant.unit, mutant.code):
        for level, look in ((SCENARIOS, _scenarios), (REFERENCE, _windows), (PROPERTIES, _properties)):
            found = look(stage, mutant, verdict)
            if found is not None:
                verdict.killed[level] = found
        stage.runner.interp.drain()
    return verdict


def holding(runner: Runner) -> list[tuple[hir.Scenario, frozenset[Place]]]:
    """The scenarios that hold for the rules as they are, with the places that they run."""
    found = []
    for scenario in runner.program.scenarios:
        runner.interp.drain()
        if not run_scenario(runner.interp.interp, scenario):
            found.append((scenario, frozenset(runner.interp.drain())))
    return sorted(found, key=lambda item: (len(item[1]), item[0].title))


def _scenarios(stage: Stage, mutant: Mutant, verdict: Verdict) -> str | None:
    """The first scenario that does not hold any more."""
    for scenario, places in stage.scenarios:
        if mutant.within and mutant.within[0] not in places:
            continue
        try:
            failures = run_scenario(stage.runner.interp.interp, scenario)
        except Exception as error:  # a mutant may do anything
            return f"{scenario.title}: {type(error).__name__}: {error}"
        if failures:
            return f"{scenario.title}: {failures[0].message}"
    return None


def _windows(stage: Stage, mutant: Mutant, verdict: Verdict) -> str | None:
    """The first difference from what was recorded, as far as a reference sees it."""
    for window in stage.recording.of(mutant.within):
        verdict.reached += 1
        found = _window(stage, window, verdict)
        if found is not None:
            verdict.differs = True
            if stage.compares:
                return found
    return None


def _window(stage: Stage, window: Window, verdict: Verdict) -> str | None:
    """What a reference would notice in a window."""
    try:
        game = begun(stage.runner, window)
        found = _difference(stage, game, window.start, verdict)
        for step in window.steps:
            if found is not None:
                return found
            if not game.step(step.action, step.seen.draws):
                return f"{stage.runner.names.name(step.action)} is not legal"
            found = _difference(stage, game, step.seen, verdict)
        return found
    except (RulesError, TapeError, ValueError) as error:
        return str(error)
    except AdapterError:
        return "a position that no reference could be told"
    except Exception as error:  # a mutant may do anything
        return f"{type(error).__name__}: {error}"


def _difference(stage: Stage, game: Any, seen: Observed, verdict: Verdict) -> str | None:
    if same(stage.runner, game, seen):
        return None
    verdict.differs = True
    names = stage.runner.names
    if game.legal != seen.legal:
        missing = sorted(set(seen.legal) - set(game.legal))
        extra = sorted(set(game.legal) - set(seen.legal))
        parts = [
            f"{word} {', '.join(names.all(ids[:3]))}" for word, ids in (("missing", missing), ("extra", extra)) if ids
        ]
        return f"legal actions: {'; '.join(parts)}"
    adapter = stage.runner.adapter
    position: Mapping[str, Any] = shown(game)
    expected, got = adapter.canonical(seen.state), adapter.canonical(position)
    difference = properties.compare("state", expected, got)
    return str(difference) if difference else None


def _properties(stage: Stage, mutant: Mutant, verdict: Verdict) -> str | None:
    """The first property that does not hold in games that the mutant plays on its own."""
    runner = stage.runner
    for number, window in enumerate(stage.recording.of(mutant.within)[:TRIED]):
        try:
            checks = _checked(runner, _played_on(runner, window, number), number)
        except Exception as error:  # a mutant may do anything
            return f"{type(error).__name__}: {error}"
        if checks.violations:
            violation = checks.violations[0]
            return f"{violation.name}: {violation.detail}"
    return None


def _checked(runner: Runner, episode: Episode, number: int) -> properties.Checks:
    rng = episode_rng(runner.job.seed, number, "mutant")
    checks = properties.check_episode(runner.program, episode, runner.view, rng)
    if not checks.violations and episode.ending != "error":
        checks.merge(properties.check_unseen_masks(runner.program, runner.interp, episode, runner.names, rng))
    if not checks.violations and episode.ending != "error":
        checks.merge(properties.check_refusals(runner.interp, episode, runner.names, rng))
    return checks


def _played_on(runner: Runner, window: Window, number: int) -> Episode:
    """A game from the start of a window, with luck and choices of its own."""
    rng = episode_rng(runner.job.seed, number, "wander")
    params = {name: tuple(value) if isinstance(value, list) else (value,) for name, value in window.params.items()}
    setup = Setup(params, window.key, window.fields)
    seen = start = runner.interp.reset([setup])[0]
    steps: list[Step] = []
    while seen.legal and seen.error is None and len(steps) < DECISIONS:
        action = window.steps[0].action if not steps and window.steps else -1
        if action not in seen.legal:
            action = rng.choice(seen.legal)
        seen = runner.interp.step([action])[0]
        steps.append(Step(action, seen))
    ending = "error" if seen.error else "over" if seen.over else "cut" if seen.legal else "dead end"
    return Episode(number, "uniform", setup, start, tuple(steps), ending)
