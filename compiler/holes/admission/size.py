"""Before anything reads an answer: how long it is, and that it is plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.answer import MOST_EFFECT

MOST_LINES = 120
MOST_IN_A_LINE = 400
_BRACKETS = 40
"""How deep brackets may nest, by their number alone."""


def check(case: Case) -> Iterator[Finding]:
    """Refuses what is empty, too long, too deep, or has characters that nobody can see."""
    text = case.answer.effect
    if not case.answer.understood:
        yield Finding("size", Severity.REFUSE, "the answer says that it does not understand the text")
    elif not text.strip():
        yield Finding("size", Severity.REFUSE, "the answer has no effect")
    lines = text.splitlines()
    if len(text) > MOST_EFFECT or len(lines) > MOST_LINES or any(len(line) > MOST_IN_A_LINE for line in lines):
        most = f"{MOST_EFFECT} characters, {MOST_LINES} lines of {MOST_IN_A_LINE}"
        yield Finding("size", Severity.REFUSE, f"the effect is too long: {most} are the most")
    unseen = sorted({f"U+{ord(char):04X}" for char in text if _is_unseen(char)})
    if unseen:
        yield Finding("size", Severity.REFUSE, f"the effect has characters that nobody sees: {', '.join(unseen[:5])}")
    if _depth(text) > _BRACKETS:
        yield Finding("size", Severity.REFUSE, f"brackets nest more than {_BRACKETS} deep")


def _is_unseen(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def _depth(text: str) -> int:
    deepest = depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest
