"""What is shown of a state, as compiled functions: observations and the JSON form of fields.

Both are read after every decision of a verification, so that the plain way, feature by feature, would cost more than
playing does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compiler.backends.interp.runtime import Elements
from compiler.backends.interp.zones import State, run_keys
from compiler.ir.hir import Field, Program
from compiler.ir.observations import STATUS, Feature, features
from compiler.ir.types import SetT


def observer(program: Program, viewer: int) -> Callable[[State], list[int]]:
    """What a player may see of a state: the values of `compiler.ir.observations.features`, in their order."""
    lines: list[str] = []
    values: dict[tuple[str, int, int | None], str] = {}
    parts: list[str] = []
    for feature in features(program, viewer):
        place = feature.field.id, feature.owner, feature.sub
        if place not in values:
            values[place] = f"v{len(values)}"
            lines.append(f"    {values[place]} = {_read(feature)}")
        parts.append(_part(feature, values[place], viewer, program.players))
    return _compiled(f"observations of player {viewer}", "o", [*lines, f"    return [{', '.join(parts)}]"])


def writer(program: Program) -> Callable[[State], dict[str, Any]]:
    """What `state.to_json` gives, as one function: the fields of a state as JSON values."""
    parts = [f"{field.id!r}: {_json(field)}" for field in program.fields.values() if field.id not in STATUS]
    return _compiled("fields as JSON", "w", [f"    return {{{', '.join(parts)}}}"])


def _compiled(what: str, name: str, body: list[str]) -> Callable[[State], Any]:
    names: dict[str, Any] = {"BITS": Elements()}
    exec(compile("\n".join([f"def {name}(s):", *body]), f"<{what}>", "exec"), names)
    return names[name]


def _read(feature: Feature) -> str:
    """A stored value; a slot counts as the set of what it holds."""
    text = f"s[{feature.field.id!r}][{feature.owner}]"
    if feature.sub is not None:
        text += f"[{feature.sub}]"
    if feature.part != "value" and feature.field.zone == "slot":
        return f"(1 << {text} if {text} >= 0 else 0)"
    return text


def _part(feature: Feature, value: str, viewer: int, players: int) -> str:
    if feature.part == "count":
        return f"{value}.bit_count()"
    if feature.part == "bit":
        return f"{value} >> {feature.bit} & 1"
    if feature.span:
        turned = f"({value} - {viewer * feature.span}) % {players * feature.span}"
        return f"({turned} if {value} >= 0 else {value})"
    return value


def _json(field: Field) -> str:
    stored = f"s[{field.id!r}]"
    if field.zone == "pile":
        top, bottom = run_keys(field)
        parts = '{"cards": [*BITS[c]], "top": [*t], "bottom": [*b]}'
        pile = f"{parts} for c, t, b in zip({stored}, s[{top!r}], s[{bottom!r}])"
        return f"[{pile}][0]" if field.owner is None else f"[{pile}]"
    array = field.lasting or field.size is not None
    if isinstance(field.type, SetT):
        value = "[[*BITS[m]] for m in v]" if array else "[*BITS[v]]"
    else:
        value = "[*v]" if array else "v"
    if field.owner is None:
        return f"[{value} for v in {stored}][0]"
    return f"[*{stored}]" if value == "v" else f"[{value} for v in {stored}]"
