"""Lockstep: an engine plays episodes, followers play them again, and both accounts are compared after each decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from compiler.conformance.adapter import Adapter
from compiler.conformance.diff import Difference, compare, compare_legal
from compiler.conformance.engine import Draw, Engine, Observed, Setup
from compiler.conformance.names import Names
from compiler.conformance.policies import Outlook, Policy, Position
from compiler.conformance.reference import Answer, Reference, RefusalError
from compiler.conformance.setups import episode_rng

Ending = Literal["over", "cut", "error", "dead end"]

MAX_DECISIONS = 5000
"""An episode with more decisions is cut."""


@dataclass(frozen=True, slots=True)
class Step:
    """A decision and what it led to."""

    action: int
    seen: Observed


@dataclass(frozen=True, slots=True)
class Episode:
    """A game as one engine played it."""

    number: int
    policy: str
    setup: Setup
    start: Observed
    steps: tuple[Step, ...]
    ending: Ending

    @property
    def actions(self) -> tuple[int, ...]:
        return tuple(step.action for step in self.steps)

    def before(self, index: int) -> Observed:
        """The position in which the decision of an index is made."""
        return self.steps[index - 1].seen if index else self.start

    def cut(self, decisions: int) -> Episode:
        """The first decisions of the episode."""
        return replace(self, steps=self.steps[:decisions], ending="cut")


@dataclass(frozen=True, slots=True)
class Plan:
    """An episode to be played."""

    number: int
    setup: Setup
    policy_name: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first disagreement of an episode: after `decisions` decisions."""

    follower: str
    decisions: int
    difference: Difference


class Follower(Protocol):
    """Plays an episode again. Both methods compare with what the engine showed."""

    name: str

    def start(self, setup: Setup, seen: Observed) -> Difference | None:
        """A new game."""
        ...

    def step(self, before: Observed, action: int, seen: Observed) -> Difference | None:
        """One decision."""
        ...

    def close(self) -> None:
        """The follower is not used any more."""
        ...


def follow(follower: Follower, episode: Episode) -> Divergence | None:
    """The first disagreement of a follower with an episode, or None."""
    difference = follower.start(episode.setup, episode.start)
    before = episode.start
    for index, step in enumerate(episode.steps):
        if difference:
            return Divergence(follower.name, index, difference)
        difference = follower.step(before, step.action, step.seen)
        before = step.seen
    return Divergence(follower.name, len(episode.steps), difference) if difference else None


def play(
    engine: Engine, plans: Sequence[Plan], seed: int, names: Names, shadow: Callable[[], Shadow] | None = None
) -> Iterator[Episode]:
    """Play episodes, as many at a time as the engine has lanes. `shadow` makes what policies look ahead with."""
    for first in range(0, len(plans), engine.lanes):
        yield from _play_batch(engine, plans[first : first + engine.lanes], seed, names, shadow)


class Shadow(Protocol):
    """A second account of a running game that can be asked what an action would lead to."""

    def reset(self, setup: Setup) -> None: ...

    def step(self, action: int) -> None: ...

    def outlook(self, action: int) -> Outlook: ...


def _play_batch(
    engine: Engine, plans: Sequence[Plan], seed: int, names: Names, shadow: Callable[[], Shadow] | None
) -> list[Episode]:
    games = [_Game(plan, seed, shadow) for plan in plans]
    for game, seen in zip(games, engine.reset([plan.setup for plan in plans]), strict=True):
        game.begin(seen)
    while any(game.ending is None for game in games):
        actions = [game.choose(names) for game in games]
        for game, action, seen in zip(games, actions, engine.step(actions), strict=True):
            if action is not None:
                game.advance(action, seen)
    return [game.episode() for game in games]


class _Game:
    """An episode while it is played."""

    def __init__(self, plan: Plan, seed: int, shadow: Callable[[], Shadow] | None) -> None:
        self.plan = plan
        self.rng = episode_rng(seed, plan.number, "policy")
        self.shadow = shadow() if shadow is not None and plan.policy.looks_ahead else None
        self.steps: list[Step] = []
        self.ending: Ending | None = None
        self.start: Observed | None = None

    def begin(self, seen: Observed) -> None:
        self.start = seen
        self.ending = _ending(seen, 0)
        if self.shadow is not None:
            self.shadow.reset(self.plan.setup)

    def choose(self, names: Names) -> int | None:
        """The next action, or None where the episode has ended."""
        if self.ending is not None:
            return None
        seen = self.seen
        kinds = [names.kind(action) for action in seen.legal]
        lookahead = self.shadow.outlook if self.shadow is not None else None
        return self.plan.policy.choose(Position(seen.decider, seen.legal, kinds, lookahead), self.rng)

    def advance(self, action: int, seen: Observed) -> None:
        self.steps.append(Step(action, seen))
        self.ending = _ending(seen, len(self.steps))
        if self.shadow is not None and self.ending is None:
            self.shadow.step(action)

    @property
    def seen(self) -> Observed:
        assert self.start is not None
        return self.steps[-1].seen if self.steps else self.start

    def episode(self) -> Episode:
        assert self.start is not None
        plan = self.plan
        return Episode(plan.number, plan.policy_name, plan.setup, self.start, tuple(self.steps), self.ending or "cut")


def _ending(seen: Observed, decisions: int) -> Ending | None:
    if seen.error is not None:
        return "error"
    if seen.over:
        return "over"
    if not seen.legal:
        return "dead end"
    return "cut" if decisions >= MAX_DECISIONS else None


def replay(
    engine: Engine,
    setup: Setup,
    actions: Sequence[str],
    names: Names,
    draws: Sequence[Sequence[Draw]] | None = None,
    *,
    skip: bool = False,
) -> tuple[Episode, str | None]:
    """Play actions by name, up to the first that is not legal, which is the second result.

    `draws`, for a setup with a tape, are the outcomes after each action. With `skip`, actions that are not legal are
    left out instead.
    """
    start = engine.reset([setup])[0]
    steps: list[Step] = []
    ending = _ending(start, 0)
    for index, name in enumerate(actions):
        seen = steps[-1].seen if steps else start
        action = names.id(name)
        if ending is not None or action is None or action not in seen.legal:
            if skip and ending is None:
                continue
            return Episode(0, "replay", setup, start, tuple(steps), ending or "cut"), name
        after = engine.step([action], [draws[index]] if draws is not None else None)[0]
        steps.append(Step(action, after))
        ending = _ending(after, len(steps))
    return Episode(0, "replay", setup, start, tuple(steps), ending or "cut"), None


class EngineFollower:
    """Another engine, with the same key (or given the same outcomes): it must show the same things, bit for bit."""

    def __init__(self, engine: Engine, names: Names, name: str | None = None) -> None:
        self.name = name or engine.name
        self._engine = engine
        self._names = names
        self._taped = False

    def start(self, setup: Setup, seen: Observed) -> Difference | None:
        self._taped = setup.tape is not None
        return compare_observed(self._engine.reset([setup])[0], seen, self._names)

    def step(self, before: Observed, action: int, seen: Observed) -> Difference | None:
        found = self._engine.step([action], [seen.draws] if self._taped else None)[0]
        return compare_observed(found, seen, self._names)

    def close(self) -> None:
        pass


def compare_observed(expected: Observed, got: Observed, names: Names) -> Difference | None:
    """The first difference between what two engines show of one position."""
    if got.error != expected.error and None in (got.error, expected.error):
        return Difference("error", "error", expected.error, got.error)
    draws = compare("draws", [list(d) for d in expected.draws], [list(d) for d in got.draws], "draws")
    plain_fields = (
        compare(kind, getattr(expected, kind), getattr(got, kind), kind) for kind in ("over", "decider", "rewards")
    )
    return (
        draws
        or compare("state", expected.fields, got.fields)
        or compare("state", expected.state.get("counter"), got.state.get("counter"), "counter")
        or compare_legal(names.all(expected.legal), names.all(got.legal))
        or next(filter(None, plain_fields), None)
        or (compare("view", expected.views, got.views, "view") if expected.views and got.views else None)
    )


class ReferenceFollower:
    """A reference, fed with the engine's actions and draws in its own words."""

    def __init__(self, name: str, reference: Reference, adapter: Adapter, names: Names) -> None:
        self.name = name
        self._reference = reference
        self._adapter = adapter
        self._names = names

    def start(self, setup: Setup, seen: Observed) -> Difference | None:
        if setup.fields is not None:
            return self._ask("inject", self._adapter.inject(setup.params, seen.state), seen)
        arguments: Mapping[str, Any] = {**self._adapter.setup(setup.params), "draws": self._adapter.draws(seen.draws)}
        return self._ask("reset", arguments, seen)

    def step(self, before: Observed, action: int, seen: Observed) -> Difference | None:
        arguments = {"action": self.spelt(before, action), "draws": self._adapter.draws(seen.draws)}
        return self._ask("step", arguments, seen)

    def use(self, adapter: Adapter) -> None:
        """Speak through another adapter from the next game on."""
        self._adapter = adapter

    def spelt(self, before: Observed, action: int) -> str:
        """The reference's name of a legal action."""
        if not self._adapter.translates_actions:
            return self._names.name(action)
        translated = self._adapter.actions(before.state, self._names.all(before.legal))
        return translated[before.legal.index(action)]

    def close(self) -> None:
        self._reference.close()

    def _ask(self, operation: str, arguments: Mapping[str, Any], seen: Observed) -> Difference | None:
        if seen.error is not None:
            return Difference("error", "error", None, seen.error)
        try:
            answer = self._reference.request(operation, arguments)
        except RefusalError as refusal:
            return Difference("refused", operation, str(refusal), arguments.get("action"))
        return self._compare(answer, seen)

    def _compare(self, answer: Answer, seen: Observed) -> Difference | None:
        state = compare("state", answer.state, self._adapter.canonical(seen.state))
        return state or compare_legal(answer.legal, self._adapter.actions(seen.state, self._names.all(seen.legal)))
