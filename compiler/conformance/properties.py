"""L1: what must hold in every position of every game, whatever its rules: types, zones and visibility say so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.conformance.determinize import Fields, determinize
from compiler.conformance.diff import compare
from compiler.conformance.engine import Engine, Observed, Setup
from compiler.conformance.lockstep import Episode, compare_observed
from compiler.conformance.names import Names
from compiler.conformance.state_checks import out_of_bounds, zone_problem
from compiler.ir import hir

View = Callable[[Fields, int], Any]
"""What a player observes in a snapshot's fields."""

PROPERTIES: Mapping[str, str] = {
    "bounds": "every field is within its bounds",
    "zones": "every instance is in exactly one zone, and piles know only what they hold",
    "accepts": "every legal action is accepted",
    "refuses": "every action that is not legal is reported and changes nothing",
    "no dead end": "a game that is not over has a legal action, and one that is over has none",
    "no faults": "the rules never do what has no meaning",
    "unseen": "what a player observes and may do does not depend on what the player cannot see",
    "round trip": "a snapshot survives being written as JSON",
}


@dataclass(frozen=True)
class Violation:
    """A property that does not hold: in which episode, after how many decisions, and what is wrong."""

    name: str
    episode: int
    decisions: int
    detail: str

    def to_json(self) -> dict[str, Any]:
        return {"property": self.name, "episode": self.episode, "decisions": self.decisions, "detail": self.detail}


@dataclass
class Checks:
    """How often each property was checked, and where it did not hold."""

    counts: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def count(self, name: str, problem: str | None, episode: int, decisions: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
        if problem is not None:
            self.violations.append(Violation(name, episode, decisions, problem))

    def merge(self, other: Checks) -> None:
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.violations += other.violations


def check_state(program: hir.Program, seen: Observed) -> Iterator[tuple[str, str | None]]:
    """The properties of a snapshot alone."""
    yield "bounds", out_of_bounds(program, seen.fields)
    yield "zones", zone_problem(program, seen.fields)
    difference = compare("state", seen.state, json.loads(json.dumps(seen.state)))
    yield "round trip", str(difference) if difference else None


def check_episode(
    program: hir.Program, episode: Episode, view: View | None, rng: random.Random, samples: int = 4
) -> Checks:
    """The properties that an episode as recorded shows; what depends on unseen things is tried in a few positions."""
    checks = Checks()
    positions = [episode.start, *(step.seen for step in episode.steps)]
    tried = set(rng.sample(range(len(positions)), min(samples, len(positions))))
    for index, seen in enumerate(positions):
        found = dict(check_state(program, seen))
        for name, problem in found.items():
            checks.count(name, problem, episode.number, index)
        checks.count("accepts", seen.error, episode.number, index)
        checks.count("no faults", "; ".join(seen.faults) or None, episode.number, index)
        if seen.error is None:
            checks.count("no dead end", _dead_end(seen), episode.number, index)
        if view is not None and index in tried and not any(found.values()):
            for player in range(program.players):
                checks.count("unseen", _leak(program, seen, player, view, rng), episode.number, index)
    return checks


def check_refusals(engine: Engine, episode: Episode, names: Names, rng: random.Random, samples: int = 4) -> Checks:
    """Play an episode again and try actions that are not legal, now and then and after its end."""
    checks = Checks()
    tried = {*rng.sample(range(len(episode.steps) + 1), min(samples, len(episode.steps) + 1)), len(episode.steps)}
    seen = engine.reset([episode.setup])[0]
    for index in range(len(episode.steps) + 1):
        drawn = rng.sample(range(len(names)), min(len(names), 16))
        illegal = [action for action in drawn if action not in seen.legal][:2]
        for action in [*illegal, -1, len(names)] if index in tried else ():
            after = engine.step([action])[0]
            checks.count("refuses", _accepted(seen, after, action, names), episode.number, index)
        if index < len(episode.steps):
            seen = engine.step([episode.steps[index].action])[0]
            expected = episode.steps[index].seen
            difference = compare_observed(expected, seen, names)
            problem = f"the game goes on differently after refusals: {difference}" if difference else None
            checks.count("refuses", problem, episode.number, index + 1)
            if difference:
                break
    return checks


def check_branches(
    program: hir.Program, engine: Engine, episode: Episode, names: Names, rng: random.Random, samples: int = 2
) -> Checks:
    """In a few positions, take a legal action that the episode did not take."""
    checks = Checks()
    forks = [index for index in range(len(episode.steps)) if len(episode.before(index).legal) > 1]
    for index in rng.sample(forks, min(samples, len(forks))):
        other = rng.choice([a for a in episode.before(index).legal if a != episode.steps[index].action])
        engine.reset([episode.setup])
        for step in episode.steps[:index]:
            engine.step([step.action])
        after = engine.step([other])[0]
        problem = f"{names.name(other)}: {after.error}" if after.error else None
        checks.count("accepts", problem, episode.number, index + 1)
        if problem is None:
            checks.count("no dead end", _dead_end(after), episode.number, index + 1)
        for name, detail in check_state(program, after):
            checks.count(name, detail, episode.number, index + 1)
    return checks


def check_unseen_masks(
    program: hir.Program, engine: Engine, episode: Episode, names: Names, rng: random.Random, samples: int = 4
) -> Checks:
    """Whether what a player may do stays the same in other worlds that look the same to that player.

    A game cannot go on from any snapshot, only from where its rules provide for it: the check is made where the
    snapshot itself leads back to the same decision.
    """
    checks = Checks()
    positions = [seen for seen in (episode.start, *(step.seen for step in episode.steps)) if not seen.over]
    for index in sorted(rng.sample(range(len(positions)), min(samples, len(positions)))):
        seen = positions[index]
        if any(problem for _, problem in check_state(program, seen)):
            continue
        again = _resumed(engine, episode.setup, seen.fields)
        if again.error is not None or again.draws or again.legal != seen.legal or again.fields != seen.fields:
            continue
        world = determinize(program, seen.fields, seen.decider, rng)
        other = _resumed(engine, episode.setup, world)
        problem = None
        if other.error is None and other.legal != seen.legal:
            changed = sorted(set(names.all(seen.legal)) ^ set(names.all(other.legal)))
            problem = f"player {seen.decider} can tell from the legal actions what is hidden: {', '.join(changed[:5])}"
        checks.count("unseen", problem, episode.number, index)
    return checks


def agree(left: Engine, right: Engine, setups: Sequence[Setup], names: Names, choose: random.Random) -> Checks:
    """Play the same games on two engines (jit and no jit, one lane and many, vmap and batch): all must be the same.

    Each engine plays with the number of lanes that it has.
    """
    checks = Checks()
    width = max(left.lanes, right.lanes)
    property_name = f"{left.name} = {right.name}"
    for first in range(0, len(setups), width):
        batch = setups[first : first + width]
        played = _play_uniformly(left, batch, choose)
        for lane, (record, again) in enumerate(zip(played, _repeat(right, batch, played), strict=True)):
            differences = (
                (index, compare_observed(a, b, names))
                for index, (a, b) in enumerate(zip(record[1], again, strict=True))
            )
            index, difference = next(((i, d) for i, d in differences if d), (len(again) - 1, None))
            checks.count(property_name, str(difference) if difference else None, first + lane, index)
    return checks


_Record = tuple[list[int], list[Observed]]


def _play_uniformly(engine: Engine, setups: Sequence[Setup], rng: random.Random, limit: int = 500) -> list[_Record]:
    """Random games: the actions of each, and what was seen from the start on."""
    records: list[_Record] = []
    for first in range(0, len(setups), engine.lanes):
        batch: list[_Record] = [([], [seen]) for seen in engine.reset(setups[first : first + engine.lanes])]
        for _ in range(limit):
            actions = [rng.choice(seen[-1].legal) if seen[-1].legal else None for _, seen in batch]
            if not any(action is not None for action in actions):
                break
            for (taken, seen), action, after in zip(batch, actions, engine.step(actions), strict=True):
                if action is not None:
                    taken.append(action)
                    seen.append(after)
        records += batch
    return records


def _repeat(engine: Engine, setups: Sequence[Setup], played: Sequence[_Record]) -> list[list[Observed]]:
    """The same games on another engine."""
    result: list[list[Observed]] = []
    for first in range(0, len(setups), engine.lanes):
        seen = [[start] for start in engine.reset(setups[first : first + engine.lanes])]
        listed = [taken for taken, _ in played[first : first + engine.lanes]]
        for index in range(max(map(len, listed), default=0)):
            actions = [taken[index] if index < len(taken) else None for taken in listed]
            for lane, (action, after) in enumerate(zip(actions, engine.step(actions), strict=True)):
                if action is not None:
                    seen[lane].append(after)
        result += seen
    return result


def _resumed(engine: Engine, setup: Setup, fields: Fields) -> Observed:
    return engine.reset([Setup(setup.params, setup.key, fields=fields)])[0]


def _accepted(before: Observed, after: Observed, action: int, names: Names) -> str | None:
    shown = names.name(action) if 0 <= action < len(names) else str(action)
    if after.error is None:
        return f"{shown} is not legal, and is not refused"
    difference = compare("state", before.state, after.state) or compare("legal", before.legal, after.legal)
    return f"{shown} is refused, but changes {difference}" if difference else None


def _dead_end(seen: Observed) -> str | None:
    if seen.over and seen.legal:
        return "the game is over, and there are legal actions"
    return "the game is not over, and there is no legal action" if not seen.over and not seen.legal else None


def _leak(program: hir.Program, seen: Observed, player: int, view: View, rng: random.Random) -> str | None:
    world = determinize(program, seen.fields, player, rng)
    difference = compare("view", view(seen.fields, player), view(world, player))
    return f"player {player} observes what is hidden: {difference}" if difference else None
