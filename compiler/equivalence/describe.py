"""Positions and what happens in them, in the words of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.backends.interp import Game, snapshot
from compiler.backends.interp.state import fresh, to_json
from compiler.explain import value_name, words
from compiler.ir import hir
from compiler.ir.types import EntityT, SetT, strip_optional

MOST = 12
"""How many changes are told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that became another, or anything else worth telling."""

    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}" if self.before or self.after else self.what


def position(program: hir.Program, fields: Mapping[str, Any]) -> Iterator[str]:
    """What is not as at reset, parameters included; where an instance lies at reset it is not told."""
    default = to_json(program, fresh(program, {}, {}))
    for declared in program.fields.values():
        if declared.id in fields and not declared.start:
            for what, value, _ in _differences(program, declared, fields[declared.id], default[declared.id]):
                yield f"{what} = {value}"


def changes(
    program: hir.Program, before: Mapping[str, Any] | None, after: Game | str, message: str | None = None
) -> Iterator[Change]:
    """What an action led to: draws, values that changed, who decides next."""
    if isinstance(after, str):
        yield Change(after if message is None else f"error: {message}")
        return
    for kind, value in after.draws[:MOST]:
        yield Change(f"draws {kind} {value_name(program, program.draws[kind].type, value)}")
    found: list[Change] = []
    if before is not None:
        now = snapshot(after)["fields"]
        for declared in program.fields.values():
            if declared.id in now and declared.id in before:
                pairs = _differences(program, declared, now[declared.id], before[declared.id])
                found += [Change(what, old, new) for what, new, old in pairs]
    yield from found[:MOST]
    if len(found) > MOST:
        yield Change(f"and {len(found) - MOST} more changes")
    if after.over:
        yield Change(f"over, rewards {', '.join(map(str, after.rewards))}")
    else:
        options = [after.action_name(action) for action in after.legal]
        shown = ", ".join(options[:6]) + " …" * (len(options) > 6)
        yield Change(f"player {after.decider} may {shown}")


def _differences(program: hir.Program, declared: hir.Field, left: Any, right: Any) -> Iterator[tuple[str, str, str]]:
    """What the parts of a field that differ are called, and their values on both sides."""
    pairs = [(left, right)] if declared.owner is None else list(zip(left, right, strict=True))
    for owner, (one, other) in enumerate(pairs):
        if one == other:
            continue
        name = f"{words(declared.name)} of {_owner(program, declared, owner)}" if declared.owner else declared.name
        if isinstance(one, list) and declared.zone is None and not isinstance(declared.type, SetT):
            for index, (a, b) in enumerate(zip(one, other, strict=True)):
                if a != b:
                    yield f"{name} [{_index(program, declared, index)}]", *_pair(program, declared, a, b)
        else:
            yield name, *_pair(program, declared, one, other)


def _pair(program: hir.Program, declared: hir.Field, one: Any, other: Any) -> tuple[str, str]:
    return _value(program, declared, one), _value(program, declared, other)


def _value(program: hir.Program, declared: hir.Field, value: Any) -> str:
    if isinstance(value, dict):
        known = [f"{end} {value[end]}" for end in ("top", "bottom") if value[end]]
        return f"{len(value['cards'])} {', '.join(known)}".strip()
    if isinstance(value, list):
        return "{" + ", ".join(map(str, value)) + "}"
    type_ = declared.type
    if declared.zone == "slot" or isinstance(strip_optional(type_), EntityT):
        return "none" if value < 0 else str(value)
    return value_name(program, type_, value)


def _owner(program: hir.Program, declared: hir.Field, owner: int) -> str:
    if declared.owner == "player":
        return f"player {owner}"
    return value_name(program, EntityT(declared.owner or ""), owner)


def _index(program: hir.Program, declared: hir.Field, index: int) -> str:
    if declared.lasting:
        return ("this turn", "next turn", "the turn after")[index]
    return program.enums[declared.index_enum].values[index] if declared.index_enum else str(index)
