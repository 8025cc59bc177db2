"""Numbers and names: what the text says and the effect never uses, and the other way round."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.ir import hir
from compiler.ir.types import EnumT, IntT, RowT, TextT, strip_optional
from compiler.ir.walk import walk

_SPELT = {
    "two": 2, "twice": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
_SMALL = frozenset({-1, 0, 1})
"""Numbers that rules need for reasons of their own, and that texts say without digits ("a card")."""


def check(case: Case) -> Iterator[Finding]:
    """Doubts a number or a name that only one side has. Names are values of enums, and titles of rows."""
    if case.contract.text is None:
        yield Finding("mentions", Severity.NOTE, "the text is not here, so that nothing can be held against it")
        return
    text = _folded(case.contract.text)
    said, possible = _numbers(text)
    used, written = _used_numbers(case)
    for number in sorted(said - used - _SMALL):
        yield Finding("mentions", Severity.DOUBT, f"the text says {number}, and the effect never uses it")
    for number in sorted(written - said - possible - _SMALL):
        yield Finding("mentions", Severity.DOUBT, f"the effect uses {number}, which the text does not say")
    yield from _names(case, text)


def _numbers(text: str) -> tuple[set[int], set[int]]:
    """The numbers that a text says in digits, and those that it may mean by words."""
    digits = {int(found) for found in re.findall(r"(?<![\w.])\d{1,6}(?!\w)", text)}
    spelt = {value for word, value in _SPELT.items() if re.search(rf"\b{word}\b", text)}
    return digits, spelt


def _used_numbers(case: Case) -> tuple[set[int], set[int]]:
    """The numbers of the effect, those of constants that it names included; and those that it writes as numbers."""
    used: set[int] = set()
    written: set[int] = set()
    for _, body in case.bodies():
        for node in walk(body):
            if isinstance(node, hir.Const) and isinstance(strip_optional(node.type), IntT):
                used.add(abs(node.value))
                if node.span is not None and node.span.text.lstrip("-") == str(abs(node.value)):
                    written.add(abs(node.value))
    return used, written


def _names(case: Case, text: str) -> Iterator[Finding]:
    program, source = case.checked, _folded(re.sub(r"#.*", "", case.answer.effect)).replace("_", " ")
    facts = _folded(" ".join(fact for place in case.contract.places for fact in place.facts))
    for name in sorted(_used_names(case)):
        if name not in case.unsaid and not any(_says(text, form) for form in _forms(case, name)):
            yield Finding("mentions", Severity.DOUBT, f"the effect uses '{name}', which the text does not say")
    for enum in program.enums.values():
        for value in enum.values:
            said = any(_says(text, form) for form in _forms(case, value))
            if said and value not in case.unsaid and not _says(source, value.replace("_", " ")):
                yield Finding("mentions", Severity.DOUBT, f"the text says '{value}', and the effect never uses it")
    for table in program.tables.values():
        for title in sorted(set(table.titles)):
            folded = _folded(title)
            if len(folded) > 3 and _says(text, folded) and not _says(source, folded) and not _says(facts, folded):
                yield Finding("mentions", Severity.DOUBT, f"the text says '{title}', and the effect never uses it")


def _used_names(case: Case) -> set[str]:
    program = case.checked
    found: set[str] = set()
    for _, body in case.bodies():
        for node in walk(body):
            if not isinstance(node, hir.Const) or node.value < 0:
                continue
            match strip_optional(node.type):
                case EnumT(name):
                    found.add(program.enums[name].values[node.value])
                case RowT(table):
                    found.add(program.tables[table].titles[node.value])
                case TextT():
                    found.add(program.texts[node.value])
    return found


def _forms(case: Case, name: str) -> list[str]:
    """How a text may say a name of the rules."""
    return [_folded(form) for form in (name.replace("_", " "), *case.words.get(name, ()))]


def _says(text: str, form: str) -> bool:
    start, end = (r"\b" if form[:1].isalnum() else ""), (r"s?\b" if form[-1:].isalnum() else "")
    return re.search(f"{start}{re.escape(form)}{end}", text) is not None


def _folded(text: str) -> str:
    """Small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in plain if not unicodedata.combining(char))
