"""What a hole asks for: where it stands, what the row is, which methods may be given, and what the text says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from compiler.explain import explain_row
from compiler.ir import hir
from compiler.source import Span
from compiler.texts import HASH_PREFIX

_INSIDE = re.compile(r"\bon\s+[A-Za-z_]\w*\s*\{\s*$")


@dataclass(frozen=True)
class Place:
    """One row with a hole."""

    table: str
    row: int
    key: str
    method: str
    """The procedure that the hole stands for."""
    is_whole: bool
    """Whether it is the row's own body, so that `on` and `gives` clauses may stand in it."""
    facts: tuple[str, ...]
    """The row and those it stands in, outermost first, in English."""
    file: str
    """The stem of the rules file."""


@dataclass(frozen=True)
class Contract:
    """A hole to be filled. The same text in several rows is one hole with several places."""

    digits: str
    text: str | None
    """The normal form of the text; None where no store has it."""
    places: tuple[Place, ...]
    signature: tuple[str, ...]
    """What may be written, as declarations of methods."""

    @property
    def hash(self) -> str:
        return HASH_PREFIX + self.digits

    @property
    def name(self) -> str:
        """How people are told which hole it is."""
        more = len(self.places) - 1
        return f"{self.places[0].key}{f' and {more} more' if more else ''}"

    @property
    def version(self) -> str:
        """Changes with anything that the answer depends on, the vocabulary aside."""
        shown = repr((self.digits, self.signature, [(p.table, p.method, p.is_whole, p.facts) for p in self.places]))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def contracts(program: hir.Program, holes: tuple[hir.Hole, ...], texts: dict[str, str]) -> list[Contract]:
    """The contracts of holes, in the order of their first places. `texts` has texts by digits."""
    grouped: dict[str, list[hir.Hole]] = {}
    for hole in sorted(holes, key=lambda hole: hole.span.sort_key if hole.span else ("", 0, 0)):
        grouped.setdefault(hole.hash, []).append(hole)
    return [
        Contract(digits, texts.get(digits), tuple(_place(program, hole) for hole in same), _signature(program, same[0]))
        for digits, same in grouped.items()
    ]


def _place(program: hir.Program, hole: hir.Hole) -> Place:
    table = program.tables[hole.table]
    file = hole.span.file.path.stem if hole.span else ""
    facts = tuple(_facts(program, table, hole.row))
    return Place(hole.table, hole.row, table.keys[hole.row], hole.method, _is_whole(hole.span), facts, file)


def _is_whole(span: Span | None) -> bool:
    return span is None or not _INSIDE.search(span.file.text[max(0, span.start - 200) : span.start])


def _facts(program: hir.Program, table: hir.Table, row: int) -> Iterator[str]:
    if table.parent is not None:
        above = table.data["parent"][row]
        assert isinstance(above, int)
        yield from _facts(program, program.tables[table.parent], above)
    explained = explain_row(program, table, row)
    title = explained.title if explained.title != explained.key else ""
    name = f"{explained.form} {explained.key}{f' “{title}”' if title else ''}"
    yield f"{name}: {', '.join(explained.facts)}" if explained.facts else name


def _signature(program: hir.Program, hole: hir.Hole) -> tuple[str, ...]:
    """The procedure itself first, then what else the row may give."""
    methods = program.tables[hole.table].methods
    rest = [method for name, method in methods.items() if name != hole.method] if _is_whole(hole.span) else []
    return tuple(method_line(method) for method in (methods[hole.method], *rest))


def method_line(method: hir.Method) -> str:
    """The declaration of a method, with what its author remarks on it."""
    if method.span is None:
        return f"method {method.name}"
    remark = comment_after(method.span)
    return f"{' '.join(method.span.text.split())}{f'  # {remark}' if remark else ''}"


def comment_after(span: Span) -> str:
    """The comment at the end of the line on which something ends."""
    rest = span.file.text[span.end :].partition("\n")[0]
    return rest.partition("#")[2].strip() if "#" in rest else ""
