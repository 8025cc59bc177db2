"""One process of a verification: plays episodes, checks their properties, and lets followers play them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from compiler.backends.interp import Interp
from compiler.backends.interp.coverage import Key
from compiler.conformance import properties
from compiler.conformance.adapter import Adapter, AdapterError
from compiler.conformance.coverage import Ledger, Places
from compiler.conformance.engine import Engine, Replaceable, Setup
from compiler.conformance.interp_engine import InterpEngine, InterpShadow, view
from compiler.conformance.lockstep import (
    Divergence,
    EngineFollower,
    Episode,
    Follower,
    Plan,
    ReferenceFollower,
    follow,
    play,
)
from compiler.conformance.names import Names
from compiler.conformance.policies import Taste, policies
from compiler.conformance.properties import Checks
from compiler.conformance.reference import FaultError, open_reference
from compiler.conformance.schedule import INJECTED, PLAIN, Round, plan_round, ready
from compiler.conformance.setups import Setups, episode_rng, param_tables
from compiler.diagnostics import SpecError
from compiler.ir import hir
from compiler.ir.rows import rows_of
from compiler.manifest import PythonTarget, Target, load_target

INTERP = "interp"


@dataclass(frozen=True)
class Job:
    """What all processes of a verification share."""

    program: hir.Program
    root: Path
    """The folder from which references are imported and commands run."""
    engine: str
    adapter: PythonTarget | None
    references: Mapping[str, Target]
    taste: Taste
    policies: tuple[str, ...]
    setups: Setups
    seed: int
    timeout: float
    property_episodes: int
    """The properties are checked in so many episodes."""
    lockstep: bool
    episodes: int
    counters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What is counted in every episode: by name, an action, a verb or a field of players."""


@dataclass(frozen=True)
class Found:
    """A disagreement and the episode that leads to it."""

    number: int
    policy: str
    setup: Setup
    actions: tuple[int, ...]
    divergence: Divergence
    round: Round

    @property
    def rank(self) -> tuple[int, int]:
        """Short ones first."""
        return len(self.actions), self.number


@dataclass
class Tally:
    """How one follower fared."""

    episodes: int = 0
    decisions: int = 0
    divergences: int = 0
    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    """The shortest disagreement of each signature."""
    fault: str | None = None

    def add(self, found: Found) -> None:
        """Count a disagreement, and keep it if it is the shortest of its kind."""
        self.divergences += 1
        self._keep(found)

    def _keep(self, found: Found) -> None:
        signature = found.divergence.difference.signature
        kept = self.found.get(signature)
        if kept is None or found.rank < kept.rank:
            self.found[signature] = found

    def merge(self, other: Tally) -> None:
        self.episodes += other.episodes
        self.decisions += other.decisions
        self.divergences += other.divergences
        self.fault = self.fault or other.fault
        for found in other.found.values():
            self._keep(found)


@dataclass
class Outcome:
    """What came of some episodes."""

    episodes: int = 0
    decisions: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    saturated: Counter[str] = field(default_factory=Counter)
    checks: Checks = field(default_factory=Checks)
    tallies: dict[str, Tally] = field(default_factory=dict)
    executed: Ledger = field(default_factory=Ledger)
    compared: Ledger = field(default_factory=Ledger)
    by_policy: dict[str, Counter[str]] = field(default_factory=dict)
    """For each policy: episodes, decisions, and what the manifest wants counted."""

    def note(self, episode: Episode, counted: Mapping[str, int]) -> None:
        """Add an episode to the account of its policy."""
        account = self.by_policy.setdefault(episode.policy, Counter())
        account.update({"episodes": 1, "decisions": len(episode.steps), **counted})

    def merge(self, other: Outcome) -> None:
        self.episodes += other.episodes
        self.decisions += other.decisions
        self.endings.update(other.endings)
        self.actions.update(other.actions)
        self.saturated.update(other.saturated)
        self.checks.merge(other.checks)
        self.executed.merge(other.executed)
        self.compared.merge(other.compared)
        for policy, account in other.by_policy.items():
            self.by_policy.setdefault(policy, Counter()).update(account)
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, Tally()).merge(tally)


class Runner:
    """The tools of one process. Close it when done."""

    def __init__(self, job: Job, engine: Engine | None = None) -> None:
        """`engine` is the one under test, where it is not the interpreter."""
        self.job = job
        self.names = Names(job.program)
        self.interp = InterpEngine(job.program, coverage=True, views=job.engine != INTERP)
        self.engine: Engine = engine or self.interp
        self.round = PLAIN
        self.setups = job.setups
        self.places = Places(job.program, self.interp.interp.coverage.counts if self.interp.interp.coverage else ())
        self._policies = policies(job.taste)
        self._looker: Interp | None = None
        self._adapter: Adapter | None = None
        self._followers: dict[str, Follower] = {}
        self._broken: set[str] = set()

    @property
    def program(self) -> hir.Program:
        """The program, with the rows of the round."""
        return self.interp.program

    @cached_property
    def given_tables(self) -> tuple[str, ...]:
        """The tables whose rows the adapter can make; none where rows are chosen or an engine plays only its own."""
        if self.job.setups.fixed or not isinstance(self.engine, Replaceable) or not self.adapter.makes_rows:
            return ()
        return tuple(param_tables(self.job.program))

    def next_round(self, number: int, compared: Ledger) -> Round:
        """The round of a number, from what was compared before it."""
        if not self.given_tables:
            return PLAIN
        own = {table: rows_of(self.job.program, table) for table in self.given_tables}
        return plan_round(number, self.job.seed, self.adapter, own, self.places.row_times(compared))

    def begin(self, round_: Round) -> None:
        """Play with the rows of a round from now on."""
        if round_.number == self.round.number:
            return
        self.round = round_
        self.interp.give(round_.given)
        if self.engine is not self.interp and isinstance(self.engine, Replaceable):
            self.engine.give(round_.given)
        self.setups = replace(self.job.setups, program=self.program)
        self._looker = None
        self._adapter = replace(self.adapter, program=self.program)
        for follower in self._followers.values():
            if isinstance(follower, ReferenceFollower):
                follower.use(self._adapter)

    def close(self) -> None:
        """End the programs of references."""
        for follower in self._followers.values():
            follower.close()
        self._followers.clear()

    @property
    def follower_names(self) -> tuple[str, ...]:
        """Who plays the episodes again."""
        own = () if self.job.engine == INTERP else (INTERP,)
        return (*own, *self.job.references)

    def follower(self, name: str) -> Follower:
        """A follower by name, made when it is first asked for. Raises FaultError where it cannot be had."""
        if name not in self._followers:
            if name == INTERP:
                self._followers[name] = EngineFollower(self.interp, self.names)
            else:
                target = self.job.references[name]
                reference = open_reference(target, self.job.root, self.job.timeout)
                self._followers[name] = ReferenceFollower(name, reference, self.adapter, self.names)
        return self._followers[name]

    @property
    def adapter(self) -> Adapter:
        if self._adapter is None:
            self._adapter = load_adapter(self.job.program, self.job.adapter, self.job.root)
        return self._adapter

    def plan(self, number: int) -> Plan:
        """What an episode starts from and who plays it."""
        name = self.job.policies[number % len(self.job.policies)]
        setup = self.setups.episode(number)
        rng = episode_rng(self.job.seed, number, "position")
        if self.round.given and self.adapter.makes_positions and rng.random() < INJECTED:
            taking_part = sorted(self.places.key(row) for row in self.places.taking_part(self.program, setup.params))
            wanted = ready(rng, self.round.need, taking_part)
            setup = replace(setup, fields=self.adapter.position(setup.params, rng, wanted))
        return Plan(number, setup, name, self._policies[name])

    def play(self, numbers: Sequence[int]) -> Iterable[Episode]:
        """Play episodes on the engine under test."""
        return play(self.engine, [self.plan(number) for number in numbers], self.job.seed, self.names, self._shadow)

    def check(self, episode: Episode, into: Outcome) -> None:
        """Everything that is to be found out about an episode that was just played."""
        into.episodes += 1
        into.decisions += len(episode.steps)
        into.endings[episode.ending] += 1
        into.actions.update(self.names.kind(action) for action in episode.actions)
        for step in (episode.start, *(step.seen for step in episode.steps)):
            into.saturated.update(finding.partition(" = ")[0] for finding in step.saturated)
        reached, together = self.interp.drain(), self.interp.drain_together()
        taking_part = self.places.taking_part(self.program, episode.setup.params)
        if self.job.lockstep:
            agreed = self._follow(episode, into)
            reached, together = reached or self.interp.drain(), together or self.interp.drain_together()
            if agreed:
                into.compared.add(reached, taking_part, together)
        into.executed.add(reached, taking_part)
        into.note(episode, self.counted(episode, reached))
        if episode.number < self.job.property_episodes:
            self._check_properties(episode, into.checks)
            self.interp.drain()
            self.interp.drain_together()

    def counted(self, episode: Episode, reached: Mapping[Key, int]) -> dict[str, int]:
        """What the manifest wants counted, in an episode."""
        return {name: self._count(what, episode, reached) for name, what in self.job.counters.items()}

    def _count(self, what: tuple[str, str], episode: Episode, reached: Mapping[Key, int]) -> int:
        kind, name = what
        if kind == "action":
            return sum(self.names.kind(action) == name for action in episode.actions)
        if kind == "verb":
            return reached.get(("proc", name), 0)
        last, first = episode.before(len(episode.steps)).fields, episode.start.fields
        return sum(last[name]) - sum(first[name]) if name in last and name in first else 0

    def _follow(self, episode: Episode, into: Outcome) -> bool:
        """Whether followers agree with an episode, at least one and all of them."""
        agreed = []
        for name in self.follower_names:
            tally = into.tallies.setdefault(name, Tally())
            if name in self._broken:
                continue
            try:
                divergence = follow(self.follower(name), episode)
            except (FaultError, AdapterError) as fault:
                self._broken.add(name)
                tally.fault = f"the adapter failed: {fault}" if isinstance(fault, AdapterError) else str(fault)
                continue
            agreed.append(divergence is None)
            tally.episodes += 1
            tally.decisions += divergence.decisions if divergence else len(episode.steps)
            if divergence:
                taken = episode.actions[: divergence.decisions]
                tally.add(Found(episode.number, episode.policy, episode.setup, taken, divergence, self.round))
        return bool(agreed) and all(agreed)

    def _check_properties(self, episode: Episode, into: Checks) -> None:
        program, names = self.program, self.names
        rng = episode_rng(self.job.seed, episode.number, "properties")
        into.merge(properties.check_episode(program, episode, self.view, rng))
        if episode.ending != "error":
            into.merge(properties.check_unseen_masks(program, self.interp, episode, names, rng))
        if self.job.engine == INTERP:
            self.check_engine(episode, into)

    def check_engine(self, episode: Episode, into: Checks) -> None:
        """Properties for which the engine under test must play on."""
        rng = episode_rng(self.job.seed, episode.number, "engine")
        if episode.ending != "error":
            into.merge(properties.check_refusals(self.engine, episode, self.names, rng))
            into.merge(properties.check_branches(self.program, self.engine, episode, self.names, rng))

    def view(self, fields: properties.Fields, player: int) -> object:
        """What a player observes in a snapshot's fields."""
        return view(self.interp.interp, fields, player)

    def _shadow(self) -> InterpShadow:
        if self._looker is None:
            self._looker = Interp(self.program)
        return InterpShadow(self._looker, self.job.taste.score)


def load_adapter(program: hir.Program, target: PythonTarget | None, root: Path) -> Adapter:
    """The adapter that a manifest names; the identity where it names none. Raises SpecError (E0017)."""
    if target is None:
        return Adapter(program, {})
    factory = load_target(target, root)
    try:
        return Adapter.of(program, factory())
    except Exception as error:  # the module is the user's, and may raise anything
        message = f"{target.module}:{target.factory}() raised {type(error).__name__}: {error}"
        raise SpecError.single("E0017", None, message) from error
