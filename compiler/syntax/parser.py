"""Parsing one file with Lark: lex, lay out, parse each declaration, report each damaged one once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedToken

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile
from compiler.syntax import ast, layout, mistakes
from compiler.syntax.builder import Builder


class _KeepForLayout:
    """Tells Lark to lex the terminals that no rule uses: the layout pass needs them."""

    always_accept = ("NEWLINE", "SEMICOLON", *mistakes.TERMINALS)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


class Parser:
    """The parser of the rule language. One file at a time: a lock guards the builder's current file."""

    def __init__(self, grammar: str, table_cache: Path | None) -> None:
        self._lock = threading.Lock()
        self._builder = Builder()
        options: dict[str, Any] = {
            "parser": "lalr",
            "lexer": "basic",
            "start": "declaration",
            "keep_all_tokens": True,
            "postlex": _KeepForLayout(),
            "transformer": self._builder,
        }
        if table_cache is not None:
            options["cache"] = str(table_cache)
        self._lark = Lark(grammar, **options)

    def parse(self, source: SourceFile, sink: Diagnostics) -> ast.Module | None:
        """The module, or None after reporting what is wrong with it."""
        found = Diagnostics()
        with self._lock:
            self._builder.source = source
            self._builder.sink = found
            raw = list(mistakes.replaced(self._lark.lex(source.text), source, found))
            declarations = [self._declaration(tokens, found) for tokens in layout.declarations(raw, source, found)]
        sink.extend(found)
        if not found.ok:
            return None
        good = tuple(declaration for declaration in declarations if declaration is not None)
        return ast.Module(source.path.as_posix(), good, source.span(0, len(source.text)))

    def _declaration(self, tokens: list[Token], sink: Diagnostics) -> ast.Decl | None:
        interactive = self._lark.parse_interactive(start="declaration")
        position = 0
        try:
            for position, token in enumerate(tokens):  # noqa: B007
                interactive.feed_token(token)
            position = len(tokens)
            return interactive.feed_eof(tokens[-1])
        except UnexpectedToken:
            mistakes.report(tokens, position, interactive.accepts(), self._builder.source, sink)
            return None


@cache
def parser(grammar: str, table_cache: Path | None) -> Parser:
    """The parser for a grammar, built once per process."""
    return Parser(grammar, table_cache)
