"""Views of declared things: fields, tables and what players see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.backends.jax.expressions import constant_name, identifier
from compiler.ir import hir
from compiler.ir.observations import STATUS
from compiler.ir.types import BoolT, EntityT, EnumT, PlayerT, SetT, strip_optional
from compiler.passes.layout import Lanes, owned


@dataclass(frozen=True)
class FieldView:
    """A field: its lanes, and its value at reset.

    ``shape``: "lane" (one lane), "lanes" (a tuple, one per owner) or "words" (a tuple of tuples of words).
    """

    id: str
    name: str
    doc: str
    owners: int
    owner_kind: str | None
    shape: str
    kind: str
    dtype: str
    default: str
    at_reset: str
    packed: str | None
    size: int | None
    zone: str | None
    start: bool
    pile: str | None
    universe: str  # of what a zone or a set holds
    split: bool
    param: bool
    table: str
    lasting: bool
    lasting_default: int
    is_status: bool
    bytes: int


def field_views(program: hir.Program, lanes: Mapping[str, Lanes]) -> tuple[FieldView, ...]:
    return tuple(_field(program, view) for view in lanes.values())


def _field(program: hir.Program, lanes: Lanes) -> FieldView:
    f = lanes.field
    held = strip_optional(f.type)
    element = held.element if isinstance(held, SetT) else held
    named = isinstance(element, EntityT) or (isinstance(element, EnumT) and lanes.words > 1)
    universe = constant_name(str(element)) if named else "WORD"
    packed = lanes.packed
    if packed:
        word = sum((f.default - packed.low) << (i * packed.bits) for i in range(packed.per_word))
        full, last = packed.words - 1, packed.size - (packed.words - 1) * packed.per_word
        tail = sum((f.default - packed.low) << (i * packed.bits) for i in range(last))
        default = f"({', '.join([hex(word)] * full + [hex(tail)])},)"  # of one owner
    elif f.zone is not None:
        default = "-1" if f.zone == "slot" else _known(0, lanes.words)
    else:
        default = (
            _known(f.default, lanes.words)
            if lanes.words > 1
            else "True"
            if lanes.kind == "bool" and f.default
            else "False"
            if lanes.kind == "bool"
            else str(f.default)
        )
    shape = "words" if packed else "lanes" if f.owner is not None or f.zone == "pile" else "lane"
    split = owned(program, f.type) is not None
    return FieldView(
        id=f.id,
        name=lanes.name,
        doc=str(f.type) + (f"[{f.index_enum or f.size}]" if f.size else "") + (f", {f.zone}" if f.zone else ""),
        owners=lanes.owners,
        owner_kind=constant_name(f.owner) if f.owner else None,
        shape=shape,
        kind=lanes.kind,
        dtype=lanes.dtype,
        default=default,
        at_reset=_at_reset(program, lanes, split, default, shape),
        packed=f"Packed({packed.size}, {packed.bits}, {packed.low})" if packed else None,
        size=f.size,
        zone=f.zone,
        start=f.start,
        pile=_pile(lanes, universe) if f.zone == "pile" else None,
        universe=universe,
        split=split,
        param=f.param,
        table=str(f.type),
        lasting=f.lasting,
        lasting_default=f.default,
        is_status=f.id in STATUS,
        bytes=lanes.bits // 8,
    )


def _pile(lanes: Lanes, universe: str) -> str:
    assert lanes.top is not None
    assert lanes.bottom is not None
    per_player = lanes.field.owner in (None, "player")
    top, bottom = (f"Run({run.capacity}, {run.bits})" for run in (lanes.top, lanes.bottom))
    return f'Pile("{lanes.name}", {universe}, {per_player}, {top}, {bottom})'


def _at_reset(program: hir.Program, lanes: Lanes, split: bool, default: str, shape: str) -> str:
    if not lanes.field.start:
        return default if shape == "lane" else f"({default},) * {lanes.owners}"
    masks = [_known(mask, lanes.words) for mask in _start(program, lanes.field, split)]
    return masks[0] if shape == "lane" else f"({', '.join(masks)},)"


def _known(mask: int, words: int) -> str:
    """A known mask, as the code writes it."""
    return (hex(mask) if mask else "0") if words == 1 else f"wide({mask:#x}, {words})"


def _start(program: hir.Program, f: hir.Field, split: bool) -> list[int]:
    """The masks, per owner, of a zone that holds everything at reset."""
    assert isinstance(f.type, SetT)
    assert isinstance(f.type.element, EntityT)
    entity = program.entities[f.type.element.name]
    everything = (1 << entity.count) - 1
    if f.owner == "player" and entity.per_player:
        return [everything if split else everything << (p * entity.count) for p in range(program.players)]
    return [(1 << entity.total) - 1]


@dataclass(frozen=True)
class ColumnView:
    table: str
    name: str
    attribute: str
    kind: str  # bool | int
    size: int | None
    default: int
    derived: bool  # made from other columns when tables are loaded
    low: int
    high: int
    doc: str


@dataclass(frozen=True)
class TableView:
    """A table and its data as columns; ``param``: rows may be replaced when an engine is made."""

    name: str
    identifier: str
    rows: int
    keys: tuple[str, ...]
    titles: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    data: Mapping[str, tuple]
    param: bool
    row_columns: Mapping[str, str]  # column → the table whose rows it names


def table_views(program: hir.Program) -> tuple[TableView, ...]:
    derived = {(m.table, m.column) for m in (*program.notes.get("masks", ()), *program.notes.get("twins", ()))}  # type: ignore[misc]
    params = {str(f.type) for f in program.fields.values() if f.param}
    return tuple(_table(program, t, derived, params) for t in program.tables.values())


def _table(program: hir.Program, t: hir.Table, derived: set[tuple[str, str]], params: set[str]) -> TableView:
    columns = []
    for c in t.columns.values():
        if c.name in ("key", "title") and c.name not in t.data:
            continue
        kind = "bool" if isinstance(c.type, BoolT) else "int"
        attribute = identifier(f"{t.name}_{c.name}")
        doc = f"{c.type}" + (f"[{c.index_enum or c.size}]" if c.size else "")
        made = (t.name, c.name) in derived
        columns.append(
            ColumnView(t.name, c.name, attribute, kind, c.size, c.default, made, *program.bounds(c.type), doc)
        )
    rows = {
        c.name: str(strip_optional(c.type))
        for c in t.columns.values()
        if "RowT" in type(strip_optional(c.type)).__name__
    }
    return TableView(
        t.name, identifier(t.name), len(t), t.keys, t.titles, tuple(columns), t.data, t.name in params, rows
    )


@dataclass(frozen=True)
class SeenView:
    """A field as players see it: how ``observe`` turns it into features."""

    name: str
    owner: str  # "" | "player" | the universe of an entity
    visibility: str
    shape: str  # value | array | set | zone | slot
    size: int
    elements: str  # the universe of a set's elements
    element_owned: bool
    span: int
    packed: bool
    split: bool


def seen_views(program: hir.Program, lanes: Mapping[str, Lanes]) -> tuple[SeenView, ...]:
    found = []
    for f in program.fields.values():
        if f.id in STATUS:
            continue
        held = strip_optional(f.type)
        element = held.element if isinstance(held, SetT) else held
        entity = program.entities[element.name] if isinstance(element, EntityT) else None
        own = entity is not None and entity.per_player
        span = 1 if isinstance(element, PlayerT) else entity.count if own and entity is not None else 0
        shape = f.zone if f.zone in ("slot",) else "zone" if f.zone else "set" if isinstance(held, SetT) else "value"
        universe = (
            "PLAYERS" if isinstance(element, PlayerT) else constant_name(str(element)) if shape != "value" else ""
        )
        owner = "" if f.owner is None else "player" if f.owner == "player" else constant_name(f.owner)
        found.append(
            SeenView(
                lanes[f.id].name,
                owner,
                f.visibility,
                shape,
                f.size or 0,
                universe,
                own,
                span,
                lanes[f.id].packed is not None,
                owned(program, f.type) is not None,
            )
        )
    return tuple(found)
