"""Parsing one file with Lark: lex, lay out, parse each declaration, report each broken one once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedToken
from lark.lexer import PatternStr

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile
from compiler.syntax import ast, brackets, layout, mistakes
from compiler.syntax.builder import Builder

MAX_DEPTH = 150
"""How deep the tree of a declaration may be, so that recursive walks stay within Python's limit."""

MAX_ERRORS = 50
"""How many errors of one file are reported."""


class _KeepForLayout:
    """Tells Lark to lex the terminals that no rule uses: the layout pass needs them."""

    always_accept = ("NEWLINE", "SEMICOLON", *mistakes.WRONG_TERMINALS)

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
        self._texts = {
            terminal.name: terminal.pattern.value
            for terminal in self._lark.terminals
            if isinstance(terminal.pattern, PatternStr)
        }

    def parse(self, source: SourceFile, sink: Diagnostics) -> ast.Module | None:
        """The module, or None after reporting what is wrong with it."""
        return self._module(source, sink, is_body=False)

    def parse_body(self, source: SourceFile, sink: Diagnostics) -> ast.Module | None:
        """A file of statements, as a module that holds one `play` of them; or None after reporting what is wrong."""
        module = self._module(source, sink, is_body=True)
        if module is None:
            return None
        start = source.span(0, 0)
        if not source.text.strip():
            sink.error("E0513", start, "this file is empty: it should hold the statements of a body")
            return None
        for declaration in module.declarations[1:]:
            sink.error("E0113", declaration.span, "this file holds the statements of one body, and no declarations")
            return None
        return module

    def _module(self, source: SourceFile, sink: Diagnostics, *, is_body: bool) -> ast.Module | None:
        found = Diagnostics()
        with self._lock:
            self._builder.source = source
            self._builder.sink = found
            declarations = self._declarations(source, found, is_body)
        sink.extend(list(found)[:MAX_ERRORS])
        if not found.ok:
            return None
        return ast.Module(source.path.as_posix(), tuple(declarations), source.span(0, len(source.text)))

    def _declarations(self, source: SourceFile, sink: Diagnostics, is_body: bool) -> list[ast.Decl]:
        substitutes = mistakes.Substitutes(self._texts, source, sink)
        raw = list(substitutes.of(self._lark.lex(source.text)))
        if is_body:
            if brackets.regions(raw, source, sink, substitutes.are_in) != [raw]:
                return []
            raw = _in_play(raw, len(source.text))
        good = []
        for tokens in layout.declarations(raw, source, sink, substitutes.are_in):
            declaration, position = self._feed(tokens)
            if position <= len(tokens):
                if not substitutes.are_in(tokens):
                    mistakes.report(tokens, position, self._accepts(tokens[:position]), self._texts, source, sink)
                continue
            good.append(declaration)
            if len(tokens) > MAX_DEPTH:
                _check_depth(declaration, sink)
        return good

    def _feed(self, tokens: list[Token]) -> tuple[Any, int]:
        """What the tokens of a declaration build, and how many fitted: one more than there are if all and the end."""
        interactive = self._lark.parse_interactive(start="declaration")
        position = 0
        try:
            for token in tokens:
                interactive.feed_token(token)
                position += 1
            return interactive.feed_eof(tokens[-1]), position + 1
        except UnexpectedToken:
            return None, position

    def _accepts(self, tokens: list[Token]) -> set[str]:
        """The terminals that could follow tokens that fit. The parser that failed on the next one has gone too far."""
        interactive = self._lark.parse_interactive(start="declaration")
        for token in tokens:
            interactive.feed_token(token)
        return interactive.accepts()


def _in_play(raw: list[Token], end: int) -> list[Token]:
    """Statements as the body of a `play` that is written nowhere."""
    head = [Token("NAME", "play", 0, 1, 1, 1, 1, 0), Token("LBRACE", "{", 0, 1, 1, 1, 1, 0)]
    return [*head, *raw, Token("NEWLINE", "\n", end, end_pos=end), Token("RBRACE", "}", end, end_pos=end)]


def _check_depth(declaration: ast.Decl, sink: Diagnostics) -> None:
    """Report a tree so deep that walking it by recursion could fail."""
    pending: list[tuple[Any, int]] = [(declaration, 1)]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, tuple):
            pending.extend((child, depth) for child in node)
            continue
        if not hasattr(node, "span"):
            continue
        if depth > MAX_DEPTH:
            sink.error(
                "E0115",
                node.span,
                f"this is nested more than {MAX_DEPTH} deep",
                suggestion="name the inner parts with 'let', 'func' or 'verb'",
            )
            return
        pending.extend((getattr(node, name), depth + 1) for name in node.__slots__)


@cache
def parser(grammar: str, table_cache: Path | None) -> Parser:
    """The parser for a grammar, built once per process."""
    return Parser(grammar, table_cache)
