"""The admitted fills whose texts are most like a text, as examples in its prompt."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[a-zA-Z]+|\d+|\[[^\]]{1,3}\]")


@dataclass(frozen=True)
class Fill:
    """A text and the effect that was admitted for it."""

    digits: str
    text: str
    effect: str


class Similar:
    """Finds fills by their texts: cosine of word counts, rare words counting more. Ties go by hash."""

    def __init__(self, fills: Sequence[Fill]) -> None:
        self._fills = sorted(fills, key=lambda fill: fill.digits)
        self._documents: Counter[str] = Counter()
        for fill in self._fills:
            self._documents.update(set(_words(fill.text)))
        self._vectors = [self._vector(fill.text) for fill in self._fills]

    def nearest(self, text: str, digits: str, count: int = 3) -> list[Fill]:
        """The most similar fills of other texts, the most similar first."""
        wanted = self._vector(text)
        scored = [
            (-round(_cosine(wanted, vector), 9), fill.digits, fill)
            for fill, vector in zip(self._fills, self._vectors, strict=True)
            if fill.digits != digits
        ]
        return [fill for score, _, fill in sorted(scored, key=lambda item: item[:2])[:count] if score < -0.05]

    def _vector(self, text: str) -> dict[str, float]:
        counts = Counter(_words(text))
        total = len(self._fills) + 1
        found = {word: n * math.log(1 + total / (1 + self._documents[word])) for word, n in sorted(counts.items())}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {word: value / length for word, value in found.items()}


def _words(text: str) -> list[str]:
    return ["#" if word.isdigit() else word.lower() for word in _WORD.findall(text)]


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    return sum(value * right.get(word, 0.0) for word, value in left.items())
