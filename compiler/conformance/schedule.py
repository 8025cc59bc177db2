"""Which rows take part in which episodes: those that were compared the least come first.

Where a game's adapter can make rows (`rows`), episodes are played in rounds. Each round has rows of its own, made
around what earlier rounds compared too seldom; where the adapter can make positions (`position`), most episodes
start from one in which such rows stand ready. The same seed gives the same rounds.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.conformance.adapter import Adapter
from compiler.conformance.setups import episode_rng
from compiler.ir.rows import Given

ROUND = 1024
"""Episodes with the same rows."""
ROWS = 96
"""Rows of each table in a round; a byte must be able to count them, since engines are built for few."""
WANTED = 5
"""Rows that a made row is made around, where it has room for them."""
READY = 4
"""Rows that stand ready in a position."""
INJECTED = 0.7
"""The share of episodes that start from a position."""
ENOUGH = 100
"""How often a row must have been compared at least, so that it is not wanted more than others."""


@dataclass(frozen=True)
class Round:
    """A stretch of episodes: the rows that are given, and how much each other row is wanted in them."""

    number: int = -1
    given: Given = field(default_factory=dict)
    need: Mapping[str, float] = field(default_factory=dict)


PLAIN = Round()
"""The rows of the rules themselves, and no positions."""


def plan_round(
    number: int, seed: int, adapter: Adapter, own: Given, times: Mapping[str, int], *, kept: int = ROWS // 2
) -> Round:
    """The round of a number, after rows were compared so often. The first begins with rows of the rules themselves,
    but no more than `kept` of a table; what is kept beyond half a round makes it longer.
    """
    rng = episode_rng(seed, number, "round")
    need = needs(times)
    made: dict[str, list[Mapping[str, Any]]] = {}
    if number == 0:
        made = {table: list(rows[:kept]) for table, rows in own.items()}
    sizes = {table: max(ROWS, len(made.get(table, ())) + ROWS // 2) for table in own}
    while any(len(made.get(table, ())) < size for table, size in sizes.items()):
        for table, row in adapter.rows(rng, drawn(rng, need, WANTED)).items():
            rows = made.setdefault(table, [])
            if len(rows) < sizes.get(table, ROWS):
                rows.append({**row, "key": f"made-{number}-{len(rows)}"})
    return Round(number, made, need)


def needs(times: Mapping[str, int]) -> dict[str, float]:
    """How much each row is wanted: up to twenty times as much as one that was compared as often as others."""
    if not times:
        return {}
    goal = max(ENOUGH, sorted(times.values())[len(times) // 2])
    return {key: 0.05 + max(0.0, 1 - count / goal) ** 2 for key, count in times.items()}


def drawn(rng: random.Random, need: Mapping[str, float], count: int) -> list[str]:
    """So many different keys, those that are wanted more with more luck."""
    keys = [(rng.random() ** (1 / weight), key) for key, weight in sorted(need.items())]
    return [key for _, key in sorted(keys, reverse=True)[:count]]


def ready(rng: random.Random, need: Mapping[str, float], taking_part: Sequence[str]) -> list[str]:
    """The rows that a position is made around, of those that take part."""
    return drawn(rng, {key: need[key] for key in taking_part if key in need}, READY)
