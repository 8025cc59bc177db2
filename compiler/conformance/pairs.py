"""Which verbs and hooks ran together: in one decision, and in one episode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

_SHIFT = 16


class PairCounts:
    """Counts of pairs of numbers, kept as one number each so that they are small between processes."""

    def __init__(self) -> None:
        self.decisions: Counter[int] = Counter()
        self.episodes: Counter[int] = Counter()

    def add(self, together: Mapping[frozenset[int], int]) -> None:
        """The decisions of one episode: what ran in each, and in how many it did."""
        everything: set[int] = set()
        for ran, times in together.items():
            everything |= ran
            for pair in _pairs(ran):
                self.decisions[pair] += times
        self.episodes.update(_pairs(everything))

    def merge(self, other: PairCounts) -> None:
        self.decisions.update(other.decisions)
        self.episodes.update(other.episodes)


def _pairs(ran: Iterable[int]) -> list[int]:
    return [low << _SHIFT | high for low, high in combinations(sorted(ran), 2)]


@dataclass(frozen=True)
class Pairs:
    """How often two verbs or hooks ran in one compared decision and in one compared episode."""

    names: tuple[str, ...]
    decisions: Mapping[tuple[str, str], int]
    """By names, in their order."""
    episodes: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, names: Mapping[int, str], counts: PairCounts) -> Pairs:
        """From numbers to names; numbers of one name count together."""
        listed = tuple(dict.fromkeys(names.values()))
        order = {name: position for position, name in enumerate(listed)}

        def named(counted: Counter[int]) -> dict[tuple[str, str], int]:
            found: Counter[tuple[str, str]] = Counter()
            for pair, times in counted.items():
                low, high = names.get(pair >> _SHIFT), names.get(pair & (1 << _SHIFT) - 1)
                if low is not None and high is not None and low != high:
                    found[(low, high) if order[low] < order[high] else (high, low)] += times
            return dict(found)

        return cls(listed, named(counts.decisions), named(counts.episodes))

    @property
    def total(self) -> int:
        return len(self.names) * (len(self.names) - 1) // 2

    def never(self) -> list[tuple[str, str]]:
        """The pairs that were never in one episode."""
        return [pair for pair in combinations(self.names, 2) if not self.episodes.get(pair)]

    def to_json(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "pairs": self.total,
            "in one decision": len(self.decisions),
            "in one episode": len(self.episodes),
            "never": [list(pair) for pair in self.never()],
            "times": [[a, b, self.decisions.get((a, b), 0), n] for (a, b), n in sorted(self.episodes.items())],
        }
