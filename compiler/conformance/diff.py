"""Where two values first differ, as a path that a person can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ABSENT = "<absent>"
"""Stands for the value of a field that only one side has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: `expected` is what the follower says, `got` what the engine under test says.

    Kinds: state, legal, draws, decider, over, rewards, view, refused (a reference does not accept the action or its
    draws) and error (the engine itself reports one).
    """

    kind: str
    path: str
    expected: Any
    got: Any

    @property
    def signature(self) -> tuple[str, str]:
        """What stays the same when the disagreement is met in another place of the same kind."""
        detail = str(self.expected) if self.kind == "refused" else ""
        return self.kind, re.sub(r"\d+", "", self.path + detail)

    def to_json(self) -> dict[str, Any]:
        """The machine-readable form; a difference of legal actions also lists what is missing and extra."""
        result = {"kind": self.kind, "path": self.path, "expected": self.expected, "got": self.got}
        if self.kind == "legal" and isinstance(self.expected, list) and isinstance(self.got, list):
            result["missing"], result["extra"] = missing_and_extra(self.expected, self.got)
        return result

    def __str__(self) -> str:
        if self.kind == "refused":
            return f"refused: {self.expected}"
        if self.kind == "error":
            return f"the engine reports: {self.got}"
        if self.kind == "legal" and isinstance(self.expected, list) and isinstance(self.got, list):
            missing, extra = missing_and_extra(self.expected, self.got)
            parts = [f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("extra", extra)) if names]
            return f"legal actions: {'; '.join(parts)}"
        return f"{self.path}: expected {self.expected!r}, got {self.got!r}"


def compare(kind: str, expected: Any, got: Any, root: str = "") -> Difference | None:
    """The first field in which `got` differs from `expected`, or None. Lists and tuples are the same."""
    if expected == got:
        return None
    found = _first(plain(expected), plain(got), root)
    return Difference(kind, found[0] or kind, found[1], found[2]) if found else None


def compare_legal(expected: Sequence[str], got: Sequence[str]) -> Difference | None:
    """Whether both offer the same actions, in whatever order."""
    left, right = sorted(expected), sorted(got)
    return Difference("legal", "legal", left, right) if left != right else None


def missing_and_extra(expected: Sequence[str], got: Sequence[str]) -> tuple[list[str], list[str]]:
    """What only `expected` has, and what only `got` has."""
    left, right = Counter(expected), Counter(got)
    return sorted((left - right).elements()), sorted((right - left).elements())


def plain(value: Any) -> Any:
    """A value as JSON would carry it: lists for tuples, text for the keys of mappings."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _first(expected: Any, got: Any, path: str) -> tuple[str, Any, Any] | None:
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for key in [*expected, *(key for key in got if key not in expected)]:
            found = _first(expected.get(key, ABSENT), got.get(key, ABSENT), f"{path}.{key}" if path else str(key))
            if found:
                return found
        return None
    both = isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got)
    if both and any(isinstance(item, (Mapping, list)) for item in expected):
        pairs = enumerate(zip(expected, got, strict=True))
        return next(filter(None, (_first(left, right, f"{path}[{i}]") for i, (left, right) in pairs)), None)
    # Lists of plain values are shown whole: one place of a hand of cards tells nothing.
    return None if expected == got else (path, expected, got)
