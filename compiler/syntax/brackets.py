"""Matching brackets, before anything else is read.

Where all match, a file is one region. Where they do not, the file is cut at the lines that look like the start of a
declaration, so that one missing brace breaks one declaration; the regions that do not match are reported, once each.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from lark import Token

from compiler.diagnostics import Diagnostics, Note
from compiler.source import SourceFile
from compiler.syntax.words import DECLARATIONS

MAX_NESTING = 100

_CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
_TEXT = {"LPAR": "(", "LSQB": "[", "LBRACE": "{", "RPAR": ")", "RSQB": "]", "RBRACE": "}"}
_PAIR = {"(": ")", "[": "]", "{": "}"}


def regions(
    raw: list[Token], source: SourceFile, sink: Diagnostics, is_broken: Callable[[list[Token]], bool]
) -> list[list[Token]]:
    """The parts of a file whose brackets match; the others are reported, unless something in them was already."""
    if _Matcher(raw, source).run():
        return [raw]
    good = []
    starts = [0, *(n for n in range(1, len(raw)) if starts_declaration(raw, n)), len(raw)]
    for start, end in pairwise(starts):
        matcher = _Matcher(raw[start:end], source, raw[end] if end < len(raw) else None)
        if matcher.run():
            good.append(raw[start:end])
        elif not is_broken(raw[start:end]):
            matcher.report(sink)
    return good


class _Matcher:
    """Matches the brackets of a run of tokens and remembers the first that does not match."""

    def __init__(self, tokens: list[Token], source: SourceFile, following: Token | None = None) -> None:
        self.tokens = tokens
        self.source = source
        self.following = following
        self.open: list[Token] = []
        self.suspect: Token | None = None  # an opener whose closer, by indentation, belongs to another
        self.problem: tuple[str, Token, str] | None = None
        self.where: Token | None = None

    def run(self) -> bool:
        after_newline = True
        for token in self.tokens:
            kind = token.type
            if kind in ("LPAR", "LSQB", "LBRACE"):
                self.open.append(token)
                if len(self.open) > MAX_NESTING:
                    self.problem = ("E0115", token, f"brackets are nested more than {MAX_NESTING} deep")
                    return False
            elif kind in _CLOSERS and not self._close(token, after_newline):
                return False
            after_newline = kind == "NEWLINE"
        if not self.open:
            return True
        opener = self.suspect if self.suspect in self.open else self.open[-1]
        self._unclosed(opener or self.open[-1], self.following)
        return False

    def _close(self, token: Token, first_of_line: bool) -> bool:
        if not self.open:
            self.problem = ("E0104", token, f"this '{token}' closes nothing")
            return False
        opener = self.open.pop()
        if opener.type == _CLOSERS[token.type]:
            if first_of_line and self.suspect is None and opener.type == "LBRACE":
                self._compare_indentation(opener, token)
            return True
        if token.type == "RBRACE" or any(_CLOSERS[token.type] == outer.type for outer in self.open):
            self._unclosed(opener, token)
        else:
            self.problem = ("E0104", token, f"this '{token}' closes nothing")
        return False

    def _compare_indentation(self, opener: Token, closer: Token) -> None:
        column = self._indent(closer)
        if column != self._indent(opener) and any(self._indent(outer) == column for outer in self.open):
            self.suspect = opener

    def _indent(self, token: Token) -> int:
        line = self.source.line(token.line or 1)
        return len(line) - len(line.lstrip())

    def _unclosed(self, opener: Token, where: Token | None) -> None:
        self.problem = ("E0103", opener, f"this '{opener}' is never closed")
        self.where = where

    def report(self, sink: Diagnostics) -> None:
        assert self.problem
        code, token, message = self.problem
        notes = []
        suggestion = None
        if code == "E0103":
            if self.where is not None:
                place = self.source.span(self.where.start_pos or 0, self.where.end_pos or 0)
                notes.append(Note(f"'{_PAIR[str(token)]}' is missing before this", place))
            else:
                notes.append(Note(f"the file ends without its '{_PAIR[str(token)]}'"))
        elif code == "E0115":
            suggestion = "name the inner parts with 'let', 'func' or 'verb'"
        sink.error(
            code,
            self.source.span(token.start_pos or 0, token.end_pos or 0),
            message,
            notes=notes,
            suggestion=suggestion,
        )


def starts_declaration(raw: list[Token], position: int) -> bool:
    """Whether a token, first on its line and unindented, looks like the start of a declaration."""
    if position + 1 >= len(raw):
        return False
    token = raw[position]
    if token.column != 1 or raw[position - 1].type != "NEWLINE":
        return False
    following = raw[position + 1]
    if token in DECLARATIONS:
        return following.type in ("NAME", "LBRACE", "STRING", "INT")
    return token.type == "NAME" and following.type in ("ROWKEY", "STRING")
