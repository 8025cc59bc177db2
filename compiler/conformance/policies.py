"""Who plays the episodes: uniform, eager and greedy players, and a mixture of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

STRAY = 0.1
"""How often the eager player moves at random, so that it does not see the same few games."""

TRIED = 4
"""How many actions the greedy player looks at in one decision, each of which plays the game again."""


@dataclass(frozen=True)
class Taste:
    """What a manifest says about playing well: `verify: {eager: [...], last: [...], score: FIELD}`."""

    eager: tuple[str, ...] = ()
    """Action names by falling preference; those that are named nowhere come after these."""
    last: tuple[str, ...] = ()
    """Actions taken only where nothing else is left, such as the end of a turn."""
    score: str | None = None
    """A per-player field that grows as a player comes closer to winning."""


@dataclass(frozen=True)
class Outlook:
    """What a player would have after an action: rewards where the game is over, else the score field."""

    over: bool
    rewards: tuple[float, ...]
    score: tuple[float, ...]


@dataclass(frozen=True)
class Position:
    """A decision to be made."""

    decider: int
    legal: Sequence[int]
    kinds: Sequence[str]
    """The action declaration of each legal action, its name up to the first colon."""
    lookahead: Callable[[int], Outlook] | None = None


class Policy(Protocol):
    """Chooses one of the legal actions; the same random numbers give the same choice."""

    looks_ahead: ClassVar[bool]

    def choose(self, position: Position, rng: random.Random) -> int: ...


@dataclass(frozen=True)
class Uniform:
    """Any legal action, each as likely."""

    looks_ahead: ClassVar[bool] = False

    def choose(self, position: Position, rng: random.Random) -> int:
        return rng.choice(list(position.legal))


@dataclass(frozen=True)
class Eager:
    """Acts while it can, in the order of preference that the manifest gives."""

    taste: Taste
    looks_ahead: ClassVar[bool] = False

    def choose(self, position: Position, rng: random.Random) -> int:
        if rng.random() < STRAY:
            return rng.choice(list(position.legal))
        ranks = [self.rank(kind) for kind in position.kinds]
        best = min(ranks)
        return rng.choice([action for action, rank in zip(position.legal, ranks, strict=True) if rank == best])

    def rank(self, kind: str) -> int:
        """The place of an action in the order of preference, the best first."""
        if kind in self.taste.last:
            return len(self.taste.eager) + 1
        return self.taste.eager.index(kind) if kind in self.taste.eager else len(self.taste.eager)


@dataclass(frozen=True)
class Greedy:
    """Looks one action ahead for reward and score, with a few of the actions; among equals it is eager."""

    taste: Taste
    looks_ahead: ClassVar[bool] = True

    def choose(self, position: Position, rng: random.Random) -> int:
        if position.lookahead is None or len(position.legal) == 1:
            return Eager(self.taste).choose(position, rng)
        tried = rng.sample(range(len(position.legal)), min(len(position.legal), TRIED))
        values = {i: _advantage(position.lookahead(position.legal[i]), position.decider) for i in tried}
        best = [index for index, value in sorted(values.items()) if value == max(values.values())]
        rest = Position(position.decider, [position.legal[i] for i in best], [position.kinds[i] for i in best])
        return Eager(self.taste).choose(rest, rng)


@dataclass(frozen=True)
class Mixed:
    """At each decision one of the others, drawn anew."""

    players: tuple[Policy, ...]
    looks_ahead: ClassVar[bool] = True

    def choose(self, position: Position, rng: random.Random) -> int:
        return rng.choice(self.players).choose(position, rng)


def policies(taste: Taste) -> Mapping[str, Policy]:
    """Every policy by name."""
    uniform, eager, greedy = Uniform(), Eager(taste), Greedy(taste)
    return {"uniform": uniform, "eager": eager, "greedy": greedy, "mixed": Mixed((uniform, eager, eager, greedy))}


def _advantage(outlook: Outlook, player: int) -> tuple[float, float]:
    """Reward, then score, each against the best of the others."""
    return _lead(outlook.rewards, player) if outlook.over else 0.0, _lead(outlook.score, player)


def _lead(values: Sequence[float], player: int) -> float:
    if not 0 <= player < len(values):
        return 0.0
    return values[player] - max((value for other, value in enumerate(values) if other != player), default=0.0)
