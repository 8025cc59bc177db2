"""Source files and the spans that point into them."""

from bisect import bisect_right
from codecs import BOM_UTF8
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compiler.paths import display_path


class SourceFile:
    """A text with a name. Offsets count characters of `text`, in which every line ends with a bare newline.

    Two source files are equal when path and text are, so that spans compare across processes and pickles.
    """

    def __init__(self, path: str | Path, text: str) -> None:
        self.path = Path(path)
        self.text = text

    @classmethod
    def read(cls, path: str | Path) -> "SourceFile":
        """Read a UTF-8 file. Raises OSError, or UndecodableSourceError when it is not UTF-8."""
        raw = Path(path).read_bytes().removeprefix(BOM_UTF8)
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            before = _normalise(raw[: error.start].decode())
            broken = cls(path, _normalise(raw.decode(errors="replace")))
            raise UndecodableSourceError(broken.span(len(before), len(before) + 1)) from error
        return cls(path, _normalise(text))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SourceFile):
            return NotImplemented
        return self is other or (self.path == other.path and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"SourceFile({self.display!r})"

    def __reduce__(self) -> tuple[type["SourceFile"], tuple[Path, str]]:
        return SourceFile, (self.path, self.text)  # leaves the line index out of pickles

    @property
    def display(self) -> str:
        """The path as diagnostics show it."""
        return display_path(self.path)

    def span(self, start: int, end: int) -> "Span":
        """The span of `text[start:end]`."""
        return Span(self, start, end)

    def line_col(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of an offset; the end of the text is a place, too."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its newline."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        while (newline := self.text.find("\n", starts[-1])) >= 0:
            starts.append(newline + 1)
        return starts


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range `start..end` of a source file. Every AST node carries one, so it holds nothing else."""

    file: SourceFile
    start: int
    end: int

    def __reduce__(self) -> tuple[type["Span"], tuple[SourceFile, int, int]]:
        return Span, (self.file, self.start, self.end)

    def __repr__(self) -> str:
        return f"Span({self})"

    def __str__(self) -> str:
        return f"{self.file.display}:{self.line}:{self.col}"

    @property
    def line(self) -> int:
        """The 1-based line of the first character."""
        return self.file.line_col(self.start)[0]

    @property
    def col(self) -> int:
        """The 1-based column of the first character."""
        return self.file.line_col(self.start)[1]

    @property
    def text(self) -> str:
        """The characters spanned."""
        return self.file.text[self.start : self.end]

    @property
    def sort_key(self) -> tuple[str, int, int]:
        """Orders spans by file, then by place."""
        return str(self.file.path), self.start, self.end

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of `other`."""
        return Span(self.file, self.start, other.end)


class UndecodableSourceError(Exception):
    """A file is not UTF-8; `span` is the first undecodable byte, in a text that shows it replaced."""

    def __init__(self, span: Span) -> None:
        super().__init__(f"{span}: not UTF-8")
        self.span = span


def _normalise(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
