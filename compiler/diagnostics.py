"""Errors and warnings about a specification: collected per stage, reported together, drawn with carets."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from compiler.codes import CODES
from compiler.paths import display_path
from compiler.source import SourceFile, Span, UndecodableSourceError


class Severity(StrEnum):
    """How much a diagnostic matters: errors stop the build."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark below a diagnostic, possibly about another place ("first defined here")."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `suggestion` is a sentence that says what to write instead."""

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    notes: tuple[Note, ...] = ()
    suggestion: str | None = None

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Orders diagnostics by place; those without one come first."""
        return (*(self.span.sort_key if self.span else ("", 0, 0)), self.code, self.message)

    def to_json(self) -> dict[str, Any]:
        """The machine-readable form; `file`, `line` and `col` are null where there is no place."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            **_place(self.span),
            "notes": [{"message": note.message, **_place(note.span)} for note in self.notes],
            "suggestion": self.suggestion,
        }


class Diagnostics:
    """Collects the findings of a stage, each once.

    A stage reports everything it can, then calls `raise_if_errors`, so that the user sees all errors at once.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span | None, str], Diagnostic] = {}

    def __iter__(self) -> Iterator[Diagnostic]:
        """The findings, in order of place."""
        return iter(sorted(self._found.values(), key=lambda diagnostic: diagnostic.sort_key))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def ok(self) -> bool:
        """Whether no error was reported; warnings are allowed."""
        return not self.errors

    @property
    def errors(self) -> list[Diagnostic]:
        """The errors, in order of place."""
        return [diagnostic for diagnostic in self if diagnostic.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Diagnostic]:
        """The warnings, in order of place."""
        return [diagnostic for diagnostic in self if diagnostic.severity is Severity.WARNING]

    def error(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        suggestion: str | None = None,
        notes: Iterable[Note | str] = (),
    ) -> None:
        """Report an error. `code` is a key of `compiler.codes.CODES` that starts with E."""
        self._report(Severity.ERROR, code, span, message, suggestion, notes)

    def warning(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        suggestion: str | None = None,
        notes: Iterable[Note | str] = (),
    ) -> None:
        """Report a warning. `code` is a key of `compiler.codes.CODES` that starts with W."""
        self._report(Severity.WARNING, code, span, message, suggestion, notes)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take over the findings of another collector."""
        for diagnostic in diagnostics:
            self._found.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)

    def raise_if_errors(self) -> None:
        """End a stage: raise SpecError with everything found so far if an error is among it."""
        if not self.ok:
            raise SpecError(self)

    def _report(
        self,
        severity: Severity,
        code: str,
        span: Span | None,
        message: str,
        suggestion: str | None,
        notes: Iterable[Note | str],
    ) -> None:
        if code not in CODES or code[0] != severity.name[0]:
            raise ValueError(f"{code} is not a code for a {severity} in compiler/codes.py")
        as_notes = tuple(Note(note) if isinstance(note, str) else note for note in notes)
        self.extend([Diagnostic(code, severity, message, span, as_notes, suggestion)])


class SpecError(Exception):
    """A specification is wrong; `diagnostics` says how."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(render(self.diagnostics))

    def __reduce__(self) -> tuple[type["SpecError"], tuple[tuple[Diagnostic, ...]]]:
        return SpecError, (self.diagnostics,)

    @classmethod
    def single(
        cls,
        code: str,
        span: Span | None,
        message: str,
        *,
        suggestion: str | None = None,
        notes: Iterable[Note | str] = (),
    ) -> "SpecError":
        """An error that stands alone."""
        diagnostics = Diagnostics()
        diagnostics.error(code, span, message, suggestion=suggestion, notes=notes)
        return cls(diagnostics)


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """A suggestion that names the candidate most like `name`, or None when nothing is near."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(candidates, reverse=True)}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return f"did you mean '{by_folded[near[0]]}'?" if near else None


def read_source(path: str | Path, diagnostics: Diagnostics, span: Span | None = None) -> SourceFile | None:
    """Read a source file, or report why it cannot be read. `span` is the place that asked for it."""
    shown = display_path(Path(path))
    try:
        return SourceFile.read(path)
    except FileNotFoundError:
        diagnostics.error("E0001", span, f"no such file: {shown}")
    except IsADirectoryError:
        diagnostics.error("E0002", span, f"{shown} is a directory, not a file")
    except UndecodableSourceError as error:
        notes = [Note("needed here", span)] if span else []
        diagnostics.error("E0003", error.span, f"{shown} is not UTF-8 text", notes=notes)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        diagnostics.error("E0002", span, f"cannot read {shown}: {getattr(error, 'strerror', None) or error}")
    return None


MOST_ALIKE = 8
"""So many warnings of one code are shown; errors are shown all."""


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """All findings as plain text, with carets and a closing count."""
    return "".join(text for _, text in segments(diagnostics))


def segments(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, str]]:
    """The rendered findings as (role, text) pairs, so that a terminal can colour them.

    Roles: `error`, `warning`, `message`, `frame`, `source`, `note`, `help`.
    """
    counts = dict.fromkeys(Severity, 0)
    warned: dict[str, int] = {}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
        if diagnostic.severity is Severity.WARNING:
            warned[diagnostic.code] = warned.get(diagnostic.code, 0) + 1
            if warned[diagnostic.code] > MOST_ALIKE:
                continue
        yield from _segments(diagnostic)
        yield "frame", "\n"
    for code, count in warned.items():
        if count > MOST_ALIKE:
            yield "warning", f"warning[{code}]"
            yield "message", f": {count - MOST_ALIKE} more like these; --json lists them all\n"
            yield "frame", "\n"
    summary = ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count)
    if summary:
        yield "error" if counts[Severity.ERROR] else "warning", summary
        yield "frame", "\n"


def _segments(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    role = str(diagnostic.severity)
    yield role, f"{diagnostic.severity}[{diagnostic.code}]"
    yield "message", f": {diagnostic.message}\n"
    if diagnostic.span:
        yield from _excerpt(diagnostic.span, role)
    for note in diagnostic.notes:
        yield "note", f"  note: {note.message}\n"
        if note.span:
            yield from _excerpt(note.span, "note")
    if diagnostic.suggestion:
        yield "help", f"  help: {diagnostic.suggestion}\n"


def _excerpt(span: Span, role: str) -> Iterator[tuple[str, str]]:
    """The first line of a span, underlined."""
    line, col = span.file.line_col(span.start)
    last_line = span.file.line_col(max(span.start, span.end - 1))[0]
    text = span.file.line(line)
    gutter = " " * len(str(line))
    before = text[: col - 1]
    marked = text[col - 1 : col - 1 + span.end - span.start]
    yield "frame", f"{gutter}--> {span}\n{gutter} |\n{line} | "
    yield "source", f"{_visible(text)}\n"
    yield "frame", f"{gutter} | "
    yield role, " " * _width(before) + "^" * max(1, _width(marked))
    yield "frame", f" … to line {last_line}\n" if last_line > line else "\n"


def _visible(text: str) -> str:
    """`text` without tabs and control characters, which would move the carets or the terminal's cursor."""
    return "".join("    " if char == "\t" else char if char.isprintable() else "�" for char in text)


def _width(text: str) -> int:
    """Terminal columns that `text` takes when made visible."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in _visible(text)
    )


def _place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"file": None, "line": None, "col": None}
    return {"file": span.file.display, "line": span.line, "col": span.col}
