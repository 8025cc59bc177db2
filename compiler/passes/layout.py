"""State layout: which lanes hold which field, how wide they are, and what is packed.

One lane is one number of every game of a batch. A field has a lane for each owner; an array field has, for each owner,
as
many 32-bit words as its elements need at their proven width. A set over an entity that players own holds one player's
positions; the owner is known from the field. Piles have two more words for the known runs.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from compiler.ir import hir, lir
from compiler.ir.observations import STATUS
from compiler.ir.types import BoolT, EntityT, IntT, OptT, SetT, Type
from compiler.ir.walk import walk
from compiler.source import Span

WORD = 32
LARGEST_SET = 1024  # code grows with the elements of a set


@dataclass(frozen=True, slots=True)
class Packed:
    """An array field in words: element i sits in word i // per_word, as value - low."""

    size: int
    bits: int
    low: int
    words: int

    @property
    def per_word(self) -> int:
        return WORD // self.bits


@dataclass(frozen=True, slots=True)
class Run:
    """Known places of a pile, as positions packed into one word."""

    capacity: int
    bits: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """How one field is held."""

    field: hir.Field
    name: str  # as generated code spells it
    owners: int
    kind: str  # int | bool | set
    dtype: str  # between steps; in a step ints are int32
    packed: Packed | None
    top: Run | None
    bottom: Run | None
    words: int = 1  # of a set's mask

    @property
    def bits(self) -> int:
        width = {"bool": 8, "int8": 8, "uint8": 8, "int16": 16, "uint16": 16, "int32": 32, "uint32": 32}[self.dtype]
        words = self.packed.words if self.packed else self.words
        runs = sum(32 + 8 for run in (self.top, self.bottom) if run)
        return self.owners * (width * words + runs)


class LayoutError(Exception):
    """Something does not fit the representation this backend has; ``span`` is where the rules say it."""

    def __init__(self, span: Span | None, message: str) -> None:
        super().__init__(message)
        self.span = span


TAKEN = frozenset(
    ["action", "chooser", "counter", "current_player", "illegal", "key", "lanes", "legal", "legal_action_mask", "log"]
).union(
    ["log_count", "log_kind", "log_value", "pc", "rewards", "tables", "tape_at", "tape_kind", "tape_length"],
    ["tape_value", "tape_wrong", "terminated"],
)
"""Names of what an engine has beside the fields of the rules."""


def lane_names(program: hir.Program) -> dict[str, str]:
    """A name for the lanes of every field, by id: no other has it, and no domain has it in capitals."""
    domains = (*program.entities, *program.enums, "actions", "players", "player_count")
    capitals = {spelt for name in domains for spelt in (name.upper(), f"{name.upper()}_")}
    status = {id_: id_.replace(".", "_") for id_ in STATUS}
    taken = {*TAKEN, *status.values()}
    names = dict(status)
    for field in program.fields.values():
        if field.id in names:
            continue
        name = field.id.replace(".", "_")
        while keyword.iskeyword(name) or name.upper() in capitals or taken & _lane_parts(field, name):
            name += "_"
        taken |= _lane_parts(field, name)
        names[field.id] = name
    return names


def _lane_parts(field: hir.Field, name: str) -> set[str]:
    runs = ("top", "top_size", "bottom", "bottom_size") if field.zone == "pile" else ()
    return {name, *(f"{name}_{run}" for run in runs)}


def narrow(low: int, high: int) -> str:
    """The narrowest signed or unsigned type that holds a range."""
    for dtype, lo, hi in (
        ("int8", -128, 127),
        ("uint8", 0, 255),
        ("int16", -(1 << 15), (1 << 15) - 1),
        ("uint16", 0, (1 << 16) - 1),
        ("int32", -(1 << 31), (1 << 31) - 1),
    ):
        if lo <= low and high <= hi:
            return dtype
    return "uint32"


def owned(program: hir.Program, type_: Type) -> hir.Entity | None:
    """The entity whose sets are held as (one player's positions, the player): chosen by the pass split-sets."""
    element = type_.element if isinstance(type_, SetT) else type_
    if isinstance(element, EntityT) and element.name in program.notes.get("split", ()):
        return program.entities[element.name]
    return None


def mask_size(program: hir.Program, set_: SetT) -> int:
    """How many bits the mask of a set has."""
    entity = owned(program, set_)
    return entity.count if entity else program.domain(set_.element)


def mask_words(program: hir.Program, type_: Type) -> int:
    """How many words hold a set's mask; 1 for what is no set."""
    return -(-mask_size(program, type_) // WORD) if isinstance(type_, SetT) else 1


def owners_of(program: hir.Program, field: hir.Field) -> int:
    if field.owner is None:
        return 1
    return program.players if field.owner == "player" else program.entities[field.owner].total


def check_sets(op: lir.OpProgram) -> None:
    """Raises LayoutError where an action or a set has more values than this backend has code for."""
    program = op.program
    for action in program.actions.values():
        for param in action.params:
            if param.size > LARGEST_SET:
                raise LayoutError(action.span, f"'{param.name}' takes {param.size} values, more than {LARGEST_SET}")
    bodies: list[object] = [proc.body for proc in op.procs.values()]
    bodies += [func.body for func in program.funcs.values()]
    for block in op.blocks.values():
        bodies += [*block.body]
        bodies += [block.end.condition] if isinstance(block.end, lir.Branch) else []
        bodies += [block.end.choice] if isinstance(block.end, lir.Ask) else []
    for body in bodies:
        for node in walk(body):
            type_ = getattr(node, "type", None)
            if isinstance(type_, SetT):
                size = mask_size(program, type_)
                if size > LARGEST_SET:
                    raise LayoutError(node.span, f"this is a set of {size} elements, more than {LARGEST_SET}")


def layout(program: hir.Program) -> dict[str, Lanes]:
    """Lanes for every field, by field id. Raises LayoutError where one does not fit."""
    names = lane_names(program)
    return {field.id: _lanes(program, field, names[field.id]) for field in program.fields.values()}


def _lanes(program: hir.Program, field: hir.Field, name: str) -> Lanes:
    owners = owners_of(program, field)
    low, high = program.bounds(field.type)
    packed = None
    top = bottom = None
    words = 1
    kind = "set" if isinstance(field.type, SetT) else "bool" if isinstance(field.type, BoolT) else "int"
    if field.size is not None:
        bits = max((high - low).bit_length(), 1)
        packed = Packed(field.size, bits, low, -(-field.size // (WORD // bits)))
        dtype = "uint32"
    elif kind == "bool":
        dtype = "bool"
    elif kind == "set":
        size = mask_size(program, field.type)  # type: ignore[arg-type]
        if size > LARGEST_SET:
            raise LayoutError(field.span, f"'{field.id}' is a set of {size} elements, more than {LARGEST_SET}")
        words = -(-size // WORD)
        dtype = "uint32" if size > 16 else "uint16" if size > 8 else "uint8"
    else:
        if isinstance(field.type, (IntT, OptT)) or low <= field.default <= high:
            low, high = min(low, field.default), max(high, field.default)
        dtype = narrow(low, high)
    if field.zone == "pile":
        entity = program.entities[field.type.element.name]  # type: ignore[union-attr]
        places = entity.count if owned(program, field.type) else entity.total
        bits = max((places - 1).bit_length(), 1)
        for known in (field.known_top, field.known_bottom):
            if known * bits > WORD:
                raise LayoutError(field.span, f"'{field.id}' has {known} known places, more than {WORD // bits}")
        top, bottom = Run(field.known_top, bits), Run(field.known_bottom, bits)
    return Lanes(field, name, owners, kind, dtype, packed, top, bottom, words)
