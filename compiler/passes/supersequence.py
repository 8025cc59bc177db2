"""A short common supersequence: one list of steps that every given list of steps is a subsequence of.

The shortest one is NP-hard for many sequences; majority merge followed by pruning is within a few steps on effect
programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def embed(supersequence: Sequence[K], sequence: Sequence[K]) -> list[int] | None:
    """The leftmost positions of ``sequence`` in ``supersequence``, or None where it does not fit."""
    positions = []
    at = 0
    for step in sequence:
        while at < len(supersequence) and supersequence[at] != step:
            at += 1
        if at == len(supersequence):
            return None
        positions.append(at)
        at += 1
    return positions


def common_supersequence(sequences: Sequence[tuple[K, ...]]) -> list[K]:
    """A common supersequence, deterministic in the order of ``sequences``."""
    distinct = list(dict.fromkeys(sequences))
    order = {step: rank for rank, step in enumerate(dict.fromkeys(s for seq in distinct for s in seq))}
    best: list[K] | None = None
    for weight_by_rest in (True, False):
        merged = _prune(_majority_merge(distinct, order, weight_by_rest), distinct)
        if best is None or len(merged) < len(best):
            best = merged
    return best or []


def _majority_merge(sequences: Sequence[tuple[K, ...]], order: dict[K, int], weight_by_rest: bool) -> list[K]:
    merged: list[K] = []
    at = [0] * len(sequences)
    while True:
        votes: Counter[K] = Counter()
        wanted_later: Counter[K] = Counter()
        for i, sequence in enumerate(sequences):
            if at[i] < len(sequence):
                votes[sequence[at[i]]] += len(sequence) - at[i] if weight_by_rest else 1
                wanted_later.update(set(sequence[at[i] + 1 :]))
        if not votes:
            return merged
        # A step that many sequences still want later is better put off: one position then serves more of them.
        step = max(votes, key=lambda s: (votes[s] / (1 + wanted_later[s]), -order[s]))
        merged.append(step)
        for i, sequence in enumerate(sequences):
            if at[i] < len(sequence) and sequence[at[i]] == step:
                at[i] += 1


def _prune(merged: list[K], sequences: Sequence[tuple[K, ...]]) -> list[K]:
    """Drop every position that no sequence needs."""
    i = len(merged) - 1
    while i >= 0:
        shorter = merged[:i] + merged[i + 1 :]
        if all(embed(shorter, sequence) is not None for sequence in sequences):
            merged = shorter
        i -= 1
    return merged
