"""Making the game that shows a disagreement as short as can be found in a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from compiler.conformance.lockstep import Divergence, Episode

SECONDS = 20.0
"""How long one disagreement is worked on."""

SHORT = 4
"""Runs up to this width are tried at every place: decisions that belong together stand side by side."""


@dataclass(frozen=True)
class Shown:
    """A game and the disagreement that it ends in."""

    episode: Episode
    divergence: Divergence


T = TypeVar("T")
Items = Callable[[Episode], list[T]]
"""What an attempt needs of each decision of an episode, such as its name."""
Attempt = Callable[[Sequence[T]], Shown | None]
"""Plays these decisions with the same setup as far as they are legal; what they show."""


def shrink(
    shown: Shown, items: Items[T], attempt: Attempt[T], seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Shown:  # fmt: skip
    """A shorter game with a disagreement of the same signature, of the same follower.

    The episode is cut behind the disagreement, which is the shortest prefix that shows it; then runs of decisions are
    left out, long ones first, as long as what is left can be played and still shows it.
    """
    best = _cut(shown)
    deadline = clock() + seconds
    before = None
    while before != len(best.episode.steps) and clock() < deadline:
        before = len(best.episode.steps)
        width = max(1, before // 2)
        while width and clock() < deadline:
            best = _without_runs(best, width, items, attempt, lambda: clock() < deadline)
            width //= 2
    return best


def _without_runs(best: Shown, width: int, items: Items[T], attempt: Attempt[T], in_time: Callable[[], bool]) -> Shown:
    """Leave out runs of one width, from the end to the beginning: what stands late depends on less."""
    start = len(best.episode.steps) - width
    while start >= 0 and in_time():
        decisions = items(best.episode)
        found = attempt(decisions[:start] + decisions[start + width :])
        if found is not None and _same(found, best) and len(found.episode.steps) < len(best.episode.steps):
            best = _cut(found)
            start = min(start, len(best.episode.steps)) - width
        else:
            start -= width if width > SHORT else 1
    return best


def _cut(shown: Shown) -> Shown:
    return Shown(shown.episode.cut(shown.divergence.decisions), shown.divergence)


def _same(left: Shown, right: Shown) -> bool:
    return (
        left.divergence.follower == right.divergence.follower
        and left.divergence.difference.signature == right.divergence.difference.signature
    )
