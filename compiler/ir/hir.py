"""HIR, the typed rules: names are resolved, types are checked, sugar is gone, the structure is still the author's.

Expressions are pure. Statements change the state, draw, or ask. ``backends/interp`` runs this form; it is the
semantics. Passes rewrite it; ``hir_text`` prints it; ``hir_verify`` checks it after every pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.ir.types import EntityT, EnumT, IntT, OptT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.source import Span

# --- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A variable of one procedure, function or method body; identity is the object, ``name`` is for people."""

    name: str
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Const:
    value: int
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Get:
    """The value of a local."""

    local: Local
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """A state field: ``owner`` picks the player or entity instance, ``sub`` the element of an array field."""

    field: Field
    owner: Expr | None
    sub: Expr | None
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Static data of a row. The row ``none`` gives 0 (none where the column is optional)."""

    table: str
    column: str
    row: Expr
    sub: Expr | None
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Apply:
    """A primitive operator of ``compiler/ops`` (add, eq, and, union, contains, …)."""

    op: str
    args: tuple[Expr, ...]
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Select:
    condition: Expr
    then: Expr
    otherwise: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every instance of an entity that belongs to a player (the set of all is a Const)."""

    entity: str
    owner: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class MakeRef:
    """``entity(owner, index)``; owner is None for an entity that no player owns."""

    entity: str
    owner: Expr | None
    index: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class OwnerOf:
    ref: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class IndexOf:
    """Position of an instance among its owner's (or among all, where none owns it)."""

    ref: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """The elements x (``local``) of ``domain`` for which ``condition`` holds."""

    local: Local
    domain: Expr
    condition: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Reduce:
    """``kind`` over the elements of ``domain``: count, any, all, sum, max, min (0 where empty), first (none where
    empty).

    ``value`` is a bool for any and all, absent for count and first.
    """

    kind: str
    local: Local
    domain: Expr
    value: Expr | None
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class CallFunc:
    func: str
    args: tuple[Expr, ...]
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class CallMethod:
    """A pure method of a row; the method's default where the row is none or has no version of its own."""

    table: str
    method: str
    row: Expr
    args: tuple[Expr, ...]
    type: Type
    span: Span | None = None


# --- expressions that only passes make: the interpreter never sees them ---------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnSet:
    """The instances of ``owner`` whose position's bit is set in ``bits``."""

    entity: str
    bits: Expr
    owner: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Single:
    """The set of one element; empty where that is none."""

    element: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Without:
    """A set less one element."""

    domain: Expr
    element: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class OwnerOfSet:
    """The player whose instances a set holds."""

    domain: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Lowest:
    """The elements of a set that have no equal before them in it; ``twins[d]``: positions equal to the one d before."""

    domain: Expr
    distances: tuple[int, ...]
    twins: tuple[Expr, ...]
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """The elements x (``local``) of a set whose key no lower element of it has."""

    local: Local
    domain: Expr
    key: Expr
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A block as a value, for return addresses."""

    block: str
    type: Type
    span: Span | None = None


Expr = (
    Const | Get | Load | Column | Apply | Select | AllOf | MakeRef | OwnerOf | IndexOf | Filter | Reduce | CallFunc
    | CallMethod
    | OwnSet | Single | Without | OwnerOfSet | Lowest | Distinct | Label
)  # fmt: skip

# --- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zone:
    """A place for instances: the zone field of one owner."""

    field: Field
    owner: Expr | None


@dataclass(frozen=True, slots=True)
class Set:
    """Give a local its (first or next) value, which lies in the bounds of the local's type."""

    local: Local
    value: Expr
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """Write a field; the value saturates at the field's bounds. The ``sub`` of a lasting field is the turn offset."""

    field: Field
    owner: Expr | None
    sub: Expr | None
    value: Expr
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: Block
    otherwise: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ForEach:
    """Ascending over the set as it was before the first round."""

    local: Local
    domain: Expr
    body: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """``min(count, bound)`` rounds; count is evaluated once."""

    count: Expr
    bound: int
    body: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class While:
    """At most ``bound`` rounds."""

    condition: Expr
    bound: int
    body: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """One random outcome. Exactly one source: ``domain`` (a set; none where it is empty; ``weight`` with its local
    makes
    it weighted), ``count`` (0 … count-1; none where count <= 0), or neither (the range of the kind's type).
    """

    local: Local
    kind: DrawKind
    domain: Expr | None
    count: Expr | None
    weight_local: Local | None
    weight: Expr | None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Reveal:
    """The instance at ``depth`` from the top of a pile. An unknown place is drawn from the unordered rest and
    becomes known.

    Places between the top run and ``depth`` are fixed on the way, each by a draw of its own, top first. Every
    place looked
    at is reported, known ones too, where the kind is ``always``. None where the pile is shorter.
    """

    local: Local
    kind: DrawKind
    zone: Zone
    depth: Expr
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Take ``what`` out of ``source`` and put it into ``target``; ``end`` ("top", "bottom" or None) matters for piles
    only.
    """

    what: Expr
    source: Zone
    target: Zone
    end: str | None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Shuffle:
    zone: Zone
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """Exchange every field and zone of two instances of ``entity``."""

    entity: str
    left: Expr
    right: Expr
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Fields of an entity instance or a player back to their defaults (zones untouched)."""

    owner_kind: str  # an entity's name or "player"
    target: Expr
    lasting_only: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class AdvanceLasting:
    """Every lasting field: element 0 := element 1, 1 := 2, 2 := default."""

    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Call:
    proc: str
    args: tuple[Expr, ...]
    result: Local | None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Perform:
    """A procedure method of a row; nothing where the row is none or has no version of its own."""

    table: str
    method: str
    row: Expr
    args: tuple[Expr, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """``action`` with one local per parameter; ``domains[i]`` may use the locals before i; for a domain over ints see
    ``Choose``. ``distinct[i]`` is a key over ``locals[i]``: only the lowest of equals is offered. ``when`` uses none of
    the locals.
    """

    action: Action
    locals: tuple[Local, ...]
    domains: tuple[Expr, ...]
    distinct: tuple[Expr | None, ...]
    when: Expr | None
    body: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A decision of ``player``. Legal: every tuple of candidates of every alternative whose ``when`` holds.

    None legal: nothing happens. One legal and not ``manual``: it is taken. Otherwise the game suspends until an
    action comes.
    The domain of an ``int`` parameter is an expression of type int: the candidates are 0 … value-1; or, with a
    ``where``,
    a Filter over a Const of type set of int.
    """

    site: int
    player: Expr
    manual: bool
    alternatives: tuple[Alternative, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """``over`` becomes true, each player's ``reward`` is set, and nothing else happens."""

    local: Local
    reward: Expr
    span: Span | None = None


Statement = (
    Set | Store | If | ForEach | Repeat | While | Draw | Reveal | Move | Shuffle | Swap | Reset | AdvanceLasting | Call
    | Perform | Choose | Finish
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    statements: tuple[Statement, ...]


# --- declarations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Enum:
    name: str
    values: tuple[str, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    name: str
    count: int  # per owner
    per_player: bool
    total: int
    span: Span | None = None
    columns: int = 0  # of a board, whose instances lie row by row; 0: they do not lie anywhere

    @property
    def rows(self) -> int:
        return self.count // self.columns if self.columns else 0


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A state field. ``owner`` is None (global), "player" or an entity; ``size`` is None or the length of an array
    field.

    ``zone`` is None, "bag", "pile" or "slot". Bags and piles have a set type; a slot has an optional entity type.
    Names are unique per owner. ``over``, ``decider`` (global) and ``reward`` (per player) always exist.
    """

    name: str
    owner: str | None
    type: Type
    size: int | None
    index_enum: str | None
    default: int
    visibility: str  # public | owner | hidden
    param: bool
    lasting: bool
    zone: str | None
    known_top: int
    known_bottom: int
    start: bool
    span: Span | None = None
    own: bool = False  # a zone that holds what belongs to its player, and nothing else

    @property
    def id(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True, eq=False)
class DrawKind:
    name: str
    type: Type
    always: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ActionParam:
    name: str
    type: Type
    own: bool
    size: int  # how many values: of an own entity, the count per player


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """Ids ``base … base+size-1``: the parameters as digits of a mixed-radix number, the first fastest."""

    name: str
    params: tuple[ActionParam, ...]
    base: int
    size: int
    says: str | None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TableColumn:
    name: str
    type: Type
    size: int | None
    index_enum: str | None
    default: int
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """``bodies`` maps a row to its own version: an Expr for a pure method, a Block for a procedure. All use
    ``params``.
    """

    name: str
    params: tuple[Local, ...]
    result: Type | None  # None: a procedure
    default: Expr | None
    bodies: Mapping[int, Expr | Block]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``data[column]`` is one value per row, or one tuple of values per row for an array column."""

    name: str
    parent: str | None
    columns: Mapping[str, TableColumn]
    data: Mapping[str, tuple[int | tuple[int, ...], ...]]
    methods: Mapping[str, Method]
    keys: tuple[str, ...]
    titles: tuple[str, ...]
    forms: tuple[str, ...]  # the form each row was written in
    spans: tuple[Span | None, ...]  # of each row
    span: Span | None = None

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Func:
    name: str
    params: tuple[Local, ...]
    result: Type
    body: Expr
    says: str | None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Proc:
    """A verb; ``returns`` is evaluated after the body."""

    name: str  # its words, joined by "_"
    params: tuple[Local, ...]
    body: Block
    returns: Expr | None
    says: str | None
    span: Span | None = None
    own_words: bool = False  # whether `says` is more than the verb's pattern


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioStep:
    """A decision and the draws that follow it. An argument for an ``own`` parameter may be an int: the decider's
    position.
    """

    action: Action
    args: tuple[Expr, ...]
    draws: tuple[tuple[DrawKind, Expr], ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    title: str
    given: Block
    start_draws: tuple[tuple[DrawKind, Expr], ...]
    steps: tuple[ScenarioStep, ...]
    then: tuple[Expr, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """A row's procedure that is not written yet: it should do what the text with this hash says, and does nothing."""

    table: str
    row: int
    method: str
    hash: str  # 64 hexadecimal digits
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A whole game. Mappings keep declaration order; ``fields`` is keyed by ``Field.id``."""

    name: str
    players: int
    constants: Mapping[str, int]
    texts: tuple[str, ...]
    enums: Mapping[str, Enum]
    entities: Mapping[str, Entity]
    fields: Mapping[str, Field]
    draws: Mapping[str, DrawKind]
    actions: Mapping[str, Action]
    tables: Mapping[str, Table]
    funcs: Mapping[str, Func]
    procs: Mapping[str, Proc]
    play: Block
    scenarios: tuple[Scenario, ...] = ()
    action_count: int = 0
    holes: tuple[Hole, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)  # what passes record for the manifest

    def domain(self, type_: Type) -> int:
        """How many values the elements of a set of this type can take.

        Raises TypeError for a type that is no finite domain.
        """
        match strip_optional(type_):
            case PlayerT():
                return self.players
            case EnumT(name):
                return len(self.enums[name].values)
            case EntityT(name):
                return self.entities[name].total
            case RowT(table):
                return len(self.tables[table])
            case IntT(0, hi):  # candidates of a choice
                return hi + 1
            case _:
                raise TypeError(f"{type_} is no domain of a set")

    def bounds(self, type_: Type) -> tuple[int, int]:
        """The least and the greatest run-time value of a type (sets: as unsigned masks)."""
        match type_:
            case IntT(lo, hi):
                return lo, hi
            case OptT(inner):
                return -1, self.bounds(inner)[1]
            case SetT(element):
                return 0, (1 << self.domain(element)) - 1
            case PlayerT() | EnumT() | EntityT() | RowT():
                return 0, max(self.domain(type_) - 1, 0)
            case _:
                return (0, max(len(self.texts) - 1, 0)) if str(type_) == "text" else (0, 1)


def own_set_entity(program: Program, type_: Type) -> Entity | None:
    """The entity of a set whose domain is split by owner, or None."""
    if isinstance(type_, SetT) and isinstance(type_.element, EntityT):
        entity = program.entities[type_.element.name]
        return entity if entity.per_player else None
    return None
