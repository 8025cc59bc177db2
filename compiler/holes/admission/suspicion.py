"""Texts that speak to a reader or a program rather than about the game: a person looks at whatever comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity

MOST_TEXT = 700
"""A text is a few sentences; in characters."""

_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        ("it speaks of instructions or prompts", r"\b(instruction|prompt|system message|assistant|language model)"),
        ("it asks to ignore or forget something", r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(rule|above|previous|earlier|text|check)"),  # noqa: E501
        ("it speaks of the compiler or of its files", r"\b(compiler|admission|admit this|specc|json|yaml|schema|tool call|environment variable|api key)\b"),  # noqa: E501
        ("it has the signs of a template, of code or of markup", r"\{\{|\{%|\$\{|<\s*/?\s*[a-z]+[^>]{0,60}>|```|\bimport os\b|__\w+__|\beval\b|\bexec\b"),  # noqa: E501
        ("it has statements of the rule language", r"[{}]|\bfinish \w+:|\bgives \w+ =|\+=|-=|==|:="),
        ("it has an address", r"https?://|www\.|\bfile:"),
        ("it has escapes", r"\\[nrtux\"\\]|%[0-9a-f]{2}|&#?\w+;"),
        ("it gives orders to whoever writes the effect", r"\b(write|output|respond|reply|answer|return|print|encode|implement)\b.{0,40}\b(effect|code|statement|following|exactly|instead|with)\b"),  # noqa: E501
    )
)  # fmt: skip


def check(case: Case) -> Iterator[Finding]:
    """Doubts every answer to a text that has a sign of being aimed at something else than players."""
    text = case.contract.text
    if text is None:
        return
    for reason, pattern in _SIGNS:
        if pattern.search(text):
            yield Finding("suspicion", Severity.DOUBT, f"the text is not like a rule: {reason}")
    if len(text) > MOST_TEXT:
        yield Finding("suspicion", Severity.DOUBT, f"the text is {len(text)} characters long")
    if any(ord(char) > 0x2FFF for char in text) or _mixes_scripts(text):
        yield Finding("suspicion", Severity.DOUBT, "the text mixes scripts whose letters look alike")


def _mixes_scripts(text: str) -> bool:
    """Latin letters beside Greek or Cyrillic ones in one word."""
    return re.search(r"[a-zA-Z][\u0370-\u04ff]|[\u0370-\u04ff][a-zA-Z]", text) is not None
