"""What a mutant is."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compiler.ir import hir
from compiler.ir.units import Code, Unit, with_unit
from compiler.source import Span


class Kind(StrEnum):
    """What a mutant gets wrong."""

    NUMBER = "number"
    """A number, or the direction in which it counts."""
    TARGET = "target"
    """Whom or what something is done to."""
    CONDITION = "condition"
    """When something is done, or to which of many."""
    ORDER = "order"
    """What comes first, or which end of a pile."""
    CHOOSER = "chooser"
    """Who decides."""
    DURATION = "duration"
    """For how long something lasts."""
    OMISSION = "omission"
    """A step is left out."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The mistake as a person would make it: other text in the place of a span."""

    span: Span
    text: str

    def lines(self) -> tuple[list[str], list[str]]:
        """The lines of the source that the edit touches, before and after."""
        source, start, end = self.span.file.text, self.span.start, self.span.end
        first = source.rfind("\n", 0, start) + 1
        last = source.find("\n", end)
        last = len(source) if last < 0 else last
        before = source[first:last]
        after = source[first:start] + self.text + source[end:last]
        return before.splitlines(), after.splitlines()

    def applied(self) -> str:
        """The whole source file with the mistake in it."""
        source = self.span.file.text
        return source[: self.span.start] + self.text + source[self.span.end :]


Place = tuple[str | int, ...]
"""A place that the interpreter counts (`compiler.backends.interp.coverage.Key`)."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """Rules with one mistake in one unit. `code` takes the place of the unit's code, and is as well typed."""

    kind: Kind
    unit: Unit
    code: Code
    edit: Edit
    within: tuple[Place, ...]
    """The counted places in which the mistake lies, the innermost first; none in a function."""

    @property
    def span(self) -> Span:
        """Where the mistake is."""
        return self.edit.span

    @property
    def id(self) -> str:
        """The same for the same mistake in the same text."""
        span = self.span
        said = f"{span.file.path.name}\0{span.start}\0{span.end}\0{self.edit.text}\0{self.unit}"
        return hashlib.sha256(said.encode()).hexdigest()[:10]

    def applied(self, program: hir.Program) -> hir.Program:
        """The program with the mistake."""
        return with_unit(program, self.unit, self.code)

    def diff(self) -> str:
        """The lines that differ, as `-` and `+`."""
        before, after = self.edit.lines()
        found = difflib.ndiff([line.strip() for line in before], [line.strip() for line in after])
        return "\n".join(line for line in found if line[:1] in "-+")

    def to_json(self, program: hir.Program) -> dict[str, Any]:
        """The mutant as JSON values."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "unit": self.unit.text(program),
            "file": self.span.file.display,
            "line": self.span.line,
            "diff": self.diff(),
        }
