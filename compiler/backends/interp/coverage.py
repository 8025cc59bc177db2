"""What of a specification has been executed, and how often."""

from __future__ import annotations

from collections.abc import Mapping

Key = tuple[str | int, ...]
"""``("proc", name)`` · ``("method", table, method, row key)`` · ``("if", place, "then" | "else")`` ·
``("choose", site, action, "offered" | "taken")`` · ``("draw", kind, place)``."""


class Coverage:
    """Counts per place of a program; places never reached count 0."""

    def __init__(self, counts: Mapping[Key, int] | None = None) -> None:
        self._index: dict[Key, int] = {}
        self.counters: list[int] = []
        """One per place; the functions of the program add to it."""
        self.ran: set[int] = set()
        """The procedures and methods that ran, by the number of their counter, since somebody cleared it."""
        for key, count in (counts or {}).items():
            self.counters[self.site(key)] += count

    def site(self, key: Key) -> int:
        """The counter of a place, new or known."""
        index = self._index.setdefault(key, len(self.counters))
        if index == len(self.counters):
            self.counters.append(0)
        return index

    @property
    def sites(self) -> dict[Key, int]:
        """The number of each place's counter."""
        return dict(self._index)

    @property
    def counts(self) -> dict[Key, int]:
        return {key: self.counters[index] for key, index in self._index.items()}

    @property
    def missed(self) -> list[Key]:
        """The places never reached."""
        return [key for key, count in self.counts.items() if not count]

    def merge(self, other: Coverage) -> None:
        """Add the counts of another run of the same program."""
        for key, count in other.counts.items():
            self.counters[self.site(key)] += count

    def summary(self) -> dict[str, tuple[int, int]]:
        """Per kind of place: how many were reached, of how many."""
        found: dict[str, tuple[int, int]] = {}
        for key, count in self.counts.items():
            reached, total = found.get(str(key[0]), (0, 0))
            found[str(key[0])] = reached + bool(count), total + 1
        return found

    def to_json(self) -> list[list[str | int]]:
        return [[*key, count] for key, count in sorted(self.counts.items(), key=lambda item: tuple(map(str, item[0])))]

    @classmethod
    def from_json(cls, rows: list[list[str | int]]) -> Coverage:
        return cls({tuple(key): int(count) for *key, count in rows})
