"""What people write by mistake: the message, the code and the suggestion for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lark import Token

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile

TERMINALS = ("WRONG_NUMBER", "WRONG_STRING", "WRONG_OPERATOR", "UNKNOWN")


def replaced(raw: Iterable[Token], source: SourceFile, sink: Diagnostics) -> Iterator[Token]:
    for token in raw:
        if token.type in TERMINALS:
            sink.error("E0101", source.span(token.start_pos, token.end_pos), f"unexpected {token}")
        else:
            yield token


def report(tokens: list[Token], position: int, accepts: set[str], source: SourceFile, sink: Diagnostics) -> None:
    token = tokens[min(position, len(tokens) - 1)]
    sink.error(
        "E0106", source.span(token.start_pos, token.end_pos), f"unexpected {token.type} {token!s}: {sorted(accepts)}"
    )
