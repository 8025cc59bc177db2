"""Statements in another order, left out, for another time, or with somebody else to decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from compiler.ir import hir
from compiler.ir.types import IntT
from compiler.ir.walk import assigned, mentioned, reads
from compiler.mutate.changes import Change, Site, opposite
from compiler.mutate.mutant import Edit, Kind
from compiler.source import Span

_EFFECTS = (
    hir.Store, hir.If, hir.ForEach, hir.Repeat, hir.While, hir.Move, hir.Shuffle, hir.Swap, hir.Reset,
    hir.AdvanceLasting, hir.Call, hir.Perform, hir.Choose,
)  # fmt: skip
_TURNS = ("this turn", "next turn", "turn after next")
_TURN = re.compile(r"(this turn|next turn|turn after next)\s*:\s*$")
_ENDS = re.compile(r"\s+(top|bottom)$")


def swapped(site: Site) -> Iterator[Change]:
    """Two statements, the second before the first, where neither needs what the other finds."""
    node = site.node
    if not isinstance(node, hir.Block):
        return
    for index, (first, second) in enumerate(zip(node.statements, node.statements[1:], strict=False)):
        if not _stand_apart(first, second) or not _independent(first, second) or first == second:
            continue
        before, after = _with_turn(first), _with_turn(second)
        between = before.file.text[before.end : after.start]
        edit = Edit(before.to(after), after.text + between + before.text)
        nodes = ((site.part(("statements", index)), second), (site.part(("statements", index + 1)), first))
        yield Change(Kind.ORDER, nodes, edit)


def omitted(site: Site) -> Iterator[Change]:
    """A statement left out of a block."""
    node = site.node
    if not isinstance(node, hir.Block):
        return
    for index, statement in enumerate(node.statements):
        if not isinstance(statement, _EFFECTS) or _gives(statement) or not _alone(node, index):
            continue
        rest = (*node.statements[:index], *node.statements[index + 1 :])
        yield Change(Kind.OMISSION, ((site.position.path, hir.Block(rest)),), Edit(_with_turn(statement), ""))


def arguments(site: Site) -> Iterator[Change]:
    """Two arguments of one type, each in the place of the other."""
    node = site.node
    if not isinstance(node, hir.Call | hir.CallFunc | hir.Perform | hir.CallMethod):
        return
    for index, (first, second) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if first.type != second.type or isinstance(first.type, IntT) or first == second:
            continue
        if first.span is None or second.span is None or first.span.end > second.span.start:
            continue
        between = first.span.file.text[first.span.end : second.span.start]
        if node.span is None or not node.span.start <= first.span.start < second.span.end <= node.span.end:
            continue
        edit = Edit(first.span.to(second.span), second.span.text + between + first.span.text)
        yield Change(Kind.TARGET, ((site.part(("args", index)), second), (site.part(("args", index + 1)), first)), edit)


def pile_ends(site: Site) -> Iterator[Change]:
    """The other end of a pile."""
    node = site.node
    if not isinstance(node, hir.Move) or node.target.field.zone != "pile" or node.span is None:
        return
    stem = _ENDS.sub("", node.span.text)
    for end in (None, "top", "bottom"):
        if end != node.end:
            yield site.becomes(Kind.ORDER, replace(node, end=end), f"{stem} {end}" if end else stem)


def choosers(site: Site) -> Iterator[Change]:
    """A decision that another player makes."""
    node = site.node
    if not isinstance(node, hir.Choose) or node.player.span is None or node.player.span == node.span:
        return
    if any(param.own for alternative in node.alternatives for param in alternative.action.params):
        return  # what is offered would belong to the wrong player
    other = opposite(site.program, node.player)
    if other is not None:
        changed, text = other
        yield Change(Kind.CHOOSER, ((site.part(("player", None)), changed),), Edit(node.player.span, text))


def durations(site: Site) -> Iterator[Change]:
    """An effect that lasts for another turn."""
    node = site.node
    if not isinstance(node, hir.Store) or not node.field.lasting or not isinstance(node.sub, hir.Const):
        return
    if node.span is None:
        return
    whole = _with_turn(node)
    span = whole.file.span(whole.start, node.span.start)
    for turn, words in enumerate(_TURNS):
        if turn != node.sub.value:
            changed = replace(node, sub=_turn(node.sub, turn), value=_shifted(node, turn))
            yield site.becomes(Kind.DURATION, changed, f"{words}: ", span)


def endings(site: Site) -> Iterator[Change]:
    """Everything reset for what lasts alone, and the other way round."""
    node = site.node
    if not isinstance(node, hir.Reset) or node.span is None or node.target.span is None:
        return
    words = "reset" if node.lasting_only else "end lasting on"
    changed = replace(node, lasting_only=not node.lasting_only)
    yield site.becomes(Kind.DURATION, changed, f"{words} {node.target.span.text}")


def _with_turn(statement: Any) -> Span:
    """Where a statement stands, with the turn for which it holds."""
    span: Span = statement.span
    text = span.file.text
    said = _TURN.search(text, text.rfind("\n", 0, span.start) + 1, span.start)
    return span.file.span(said.start(), span.end) if said else span


def _turn(sub: hir.Const, turn: int) -> hir.Const:
    return hir.Const(turn, IntT(turn, turn), sub.span)


def _shifted(store: hir.Store, turn: int) -> hir.Expr:
    """The value of `x += n`, which reads the turn that it writes."""
    value = store.value
    if isinstance(value, hir.Apply) and value.span == store.span and isinstance(value.args[0], hir.Load):
        load = value.args[0]
        if load.field is store.field and isinstance(load.sub, hir.Const):
            return replace(value, args=(replace(load, sub=_turn(load.sub, turn)), *value.args[1:]))
    return value


def _stand_apart(first: Any, second: Any) -> bool:
    """Whether two statements are two pieces of one file."""
    a: Span | None = first.span
    b: Span | None = second.span
    return a is not None and b is not None and a.file is b.file and a.end <= b.start


def _alone(block: hir.Block, index: int) -> bool:
    """Whether a statement has a piece of the source to itself that can be left out."""
    span = block.statements[index].span
    if span is None or span.file.text[: span.start].rstrip().endswith("else"):
        return False
    return all(other.span != span for i, other in enumerate(block.statements) if i != index)


def _gives(statement: Any) -> bool:
    """Whether later statements may want what a statement finds."""
    return isinstance(statement, hir.Call) and statement.result is not None


def _independent(first: hir.Statement, second: hir.Statement) -> bool:
    found, used = assigned(first), set(mentioned(second)) | reads(second)
    later, needed = assigned(second), set(mentioned(first)) | reads(first)
    return not (found & used or later & needed)
