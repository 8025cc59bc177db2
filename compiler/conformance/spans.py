"""Which lines of the rules ran, from what the interpreter counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.backends.interp.coverage import Key
from compiler.ir import hir
from compiler.ir.walk import walk
from compiler.source import Span


def executed_lines(program: hir.Program, keys: Iterable[Key]) -> list[str]:
    """`FILE:LINE what` for each place that was reached: code of rows first, then verbs, then the places inside them.

    What was only evaluated, as in finding the legal actions, comes last.
    """
    sites = dict(_choices(program))
    found: dict[str, None] = {}
    for key in sorted(keys, key=lambda key: (_is_pure(program, key), _ORDER.index(str(key[0])), *map(str, key))):
        line = _line(program, key, sites)
        if line:
            found[line] = None
    return list(found)


_ORDER = ("method", "proc", "choose", "draw", "if")


def _is_pure(program: hir.Program, key: Key) -> bool:
    return key[0] == "method" and program.tables[str(key[1])].methods[str(key[2])].result is not None


def _line(program: hir.Program, key: Key, sites: dict[tuple[int, str], Span | None]) -> str | None:
    match key:
        case ("method", str(table), str(method), str(row)):
            declared = program.tables[table]
            index = declared.keys.index(row)
            span = _method_span(declared.methods[method].bodies.get(index)) or declared.spans[index]
            return _said(span, f"{table} {row}: {method}")
        case ("proc", str(name)):
            return _said(program.procs[name].span, f"verb {name.replace('_', ' ')}")
        case ("choose", int(site), str(action), "taken"):
            return _said(sites.get((site, action)), f"choice {action}")
        case ("draw", str(kind), str(place)):
            return f"{_without_column(place)} draw {kind}"
        case ("if", str(place), str(side)):
            return f"{_without_column(place)} {side}"
    return None


def _said(span: Span | None, what: str) -> str | None:
    return f"{span.file.display}:{span.line} {what}" if span else None


def _without_column(place: str) -> str:
    return place.rpartition(":")[0] if place.count(":") > 1 else place


def _method_span(body: hir.Expr | hir.Block | None) -> Span | None:
    if isinstance(body, hir.Block):
        return next((statement.span for statement in body.statements if statement.span), None)
    return body.span if body is not None else None


def _choices(program: hir.Program) -> Iterator[tuple[tuple[int, str], Span | None]]:
    """The place of each alternative, by the number of its choice and its action."""
    blocks: list[hir.Block] = [program.play, *(proc.body for proc in program.procs.values())]
    for table in program.tables.values():
        for method in table.methods.values():
            blocks += [body for body in method.bodies.values() if isinstance(body, hir.Block)]
    for block in blocks:
        for node in walk(block):
            if isinstance(node, hir.Choose):
                for alternative in node.alternatives:
                    yield (node.site, alternative.action.name), alternative.span or node.span
