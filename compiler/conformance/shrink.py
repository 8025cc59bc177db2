"""Making the game that shows a disagreement as short as can be found in a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compiler.conformance.lockstep import Divergence, Episode

SECONDS = 20.0
"""How long one disagreement is worked on."""


@dataclass(frozen=True)
class Shown:
    """A game and the disagreement that it ends in."""

    episode: Episode
    divergence: Divergence


Attempt = Callable[[Sequence[str]], Shown | None]
"""Plays these actions with the same setup as far as they are legal; what they show, cut behind the disagreement."""


def shrink(
    shown: Shown, names: Callable[[int], str], attempt: Attempt, seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Shown:  # fmt: skip
    """A shorter game with a disagreement of the same signature, of the same follower.

    The episode is cut behind the disagreement, which is the shortest prefix that shows it; then runs of decisions are
    left out, long ones first, as long as what is left can be played and still shows it.
    """
    best = _cut(shown)
    deadline = clock() + seconds
    width = max(1, len(best.episode.steps) // 2)
    while width:
        best, improved = _without_runs(best, width, names, attempt, lambda: clock() < deadline)
        if clock() >= deadline:
            break
        if not improved or width > 1:
            width //= 2
    return best


def _without_runs(
    best: Shown, width: int, names: Callable[[int], str], attempt: Attempt, in_time: Callable[[], bool]
) -> tuple[Shown, bool]:
    """Leave out runs of one width, from the end to the beginning: what stands late depends on less."""
    improved = False
    start = len(best.episode.steps) - width
    while start >= 0 and in_time():
        actions = [names(action) for action in best.episode.actions]
        found = attempt(actions[:start] + actions[start + width :])
        if found is not None and _same(found, best) and len(found.episode.steps) < len(best.episode.steps):
            best, improved = _cut(found), True
            start = min(start, len(best.episode.steps)) - width
        else:
            start -= width if width > 1 else 1
    return best, improved


def _cut(shown: Shown) -> Shown:
    return Shown(shown.episode.cut(shown.divergence.decisions), shown.divergence)


def _same(left: Shown, right: Shown) -> bool:
    return (
        left.divergence.follower == right.divergence.follower
        and left.divergence.difference.signature == right.divergence.difference.signature
    )
