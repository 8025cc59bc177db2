"""The abstract syntax tree: what was written, with spans, before names mean anything.

Every class mirrors one rule of `grammars/rules.lark`. Nodes are frozen; lists are tuples; every node ends in
`span`.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.source import Span

# --- types as written -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeExpr:
    """`int 0..9`, `bool`, `text`, `player`, `NAME`, `set of T`, with `?` and sizes `T[20]`, `T[Enum]`."""

    name: str  # "int", "bool", "text", "player", "set", or a declared enum / entity / table
    low: Expr | None
    high: Expr | None
    element: TypeExpr | None  # of "set of T"
    optional: bool
    size: Expr | None  # array length: an integer constant or the Name of an enum
    lasting: bool  # `lasting T`: one value for this turn, one for the next, one for the turn after
    span: Span


# --- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Int:
    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Str:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class NoneLit:
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class RowKey:
    """A row key with dashes, such as `A1-129`."""

    key: str
    span: Span


@dataclass(frozen=True, slots=True)
class ListLit:
    """`[a b 2*c]`: items by juxtaposition or commas; `n*x` repeats."""

    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Attr:
    """`base.name`: a field, a column, a built-in attribute, or a function of one argument."""

    base: Expr
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    base: Expr
    index: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`name(args)` or `base.name(args)` (`callee` is a Name or an Attr)."""

    callee: Expr
    args: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    op: str  # "not", "-"
    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    op: str  # or and == != < <= > >= in "not in" | & + - * // %
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class IfExpr:
    """`then if condition else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class All:
    """`all ENTITY`, `all ENTITY of PLAYER`, `all ENUM`: the full set."""

    name: str
    owner: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`KIND(x in SET where COND: VALUE)`; kind "set" is written `(x in SET where COND)`."""

    kind: str  # set count any all sum max min first
    var: str
    domain: Expr
    where: Expr | None
    value: Expr | None
    span: Span


Expr = (
    Int
    | Str
    | Bool
    | NoneLit
    | Name
    | RowKey
    | ListLit
    | Attr
    | Index
    | Call
    | Unary
    | Binary
    | IfExpr
    | All
    | Comprehension
)

# --- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """Expressions side by side, matched against verbs (in procedures) or columns (in rows): `heal 30 points of x`."""

    items: tuple[Expr, ...]
    block: Block | None
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """`let x = EXPR`, `let x = verb phrase`; `var` makes it assignable, perhaps typed: `var n: int 0..9 = 0`."""

    name: str
    mutable: bool
    type: TypeExpr | None
    value: Phrase  # one item: an expression; more: a verb with a result
    span: Span


@dataclass(frozen=True, slots=True)
class Assign:
    target: Expr  # Name, Attr or Index
    op: str  # "=", "+=", "-="
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: Block
    otherwise: Block | None  # `else if` nests
    span: Span


@dataclass(frozen=True, slots=True)
class While:
    """`while COND at most N { }`."""

    condition: Expr
    bound: Expr
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """`repeat N [at most B] { }`: N from B on is not run; B defaults to the bound of N's type."""

    count: Expr
    bound: Expr | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`for x in SET [where COND] { }`: ascending order, over the set as it was at the start."""

    var: str
    domain: Expr
    where: Expr | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Draw:
    """`draw x: KIND [from SET] [where COND] [weight W]`: one labelled random outcome.

    In `where` and `weight` x names the candidate.
    """

    var: str
    kind: str
    domain: Expr | None
    where: Expr | None
    weight: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reveal:
    """`reveal x: KIND from PILE [at DEPTH]`: fix and see the card at that depth (0 = top; none in a shorter pile)."""

    var: str
    kind: str
    pile: Expr
    depth: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Move:
    """`move C from ZONE to ZONE [top|bottom]`."""

    what: Expr
    source: Expr
    target: Expr
    end: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Swap:
    """`swap A, B`: exchange all fields and zones of two entities of one kind."""

    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Reset:
    """`reset E`: all fields of an entity back to their defaults (zones must be empty).

    `end lasting on E` sets `lasting_only`.
    """

    target: Expr
    lasting_only: bool
    span: Span


@dataclass(frozen=True, slots=True)
class AdvanceLasting:
    """`advance lasting`: what held for the next turn now holds for this one."""

    span: Span


@dataclass(frozen=True, slots=True)
class During:
    """`this turn: …`, `next turn: …`, `turn after next: …`: an assignment to a lasting field, 0, 1, 2 turns ahead."""

    offset: int
    body: Assign
    span: Span


@dataclass(frozen=True, slots=True)
class Shuffle:
    """`shuffle PILE`: forget every known place."""

    pile: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Perform:
    """`perform ROW.METHOD(ARGS)`: run a procedure that the row carries."""

    call: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """`x in SET [where COND] [distinct by KEY]` in an alternative; in COND and KEY `x` names the candidate."""

    var: str
    domain: Expr
    where: Expr | None
    distinct: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Alternative:
    """`action(x in S …, y in T …) [when COND] { }`."""

    action: str
    candidates: tuple[Candidate, ...]
    when: Expr | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Choose:
    """`choose by P [manual] { alternatives }`. `manual`: asked even where one option is left.

    `choose x: ACTION in SET [where …] [distinct by …] by P` is short for one alternative binding `x` for the rest of
    the block: the parser leaves it as `binds` with one alternative whose body is empty.
    """

    player: Expr
    manual: bool
    alternatives: tuple[Alternative, ...]
    binds: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Finish:
    """`finish p: EXPR`: the game is over; the reward of each player p is EXPR (-1..1 by convention)."""

    var: str
    reward: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Gives:
    """In a row: `gives METHOD = EXPR`, the row's version of a pure method."""

    method: str
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class On:
    """In a row: `on METHOD { }`, the row's version of a procedure method."""

    method: str
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class TextHole:
    """In a row: `text "sha256:…"`, a body that is not written yet: it does what the text of this hash says."""

    hash: str  # as written, "sha256:" included
    span: Span


@dataclass(frozen=True, slots=True)
class Expect:
    """In a scenario: `expect EXPR`."""

    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    statements: tuple[Statement, ...]
    span: Span


Statement = (
    Phrase | Let | Assign | If | While | Repeat | For | Draw | Reveal | Move | Swap | Reset | AdvanceLasting | During
    | Shuffle | Perform | Choose | Finish | Return | Gives | On | TextHole | Expect
)  # fmt: skip

# --- declarations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: TypeExpr
    own: bool  # `own`: an entity of the decider (actions only)
    span: Span


@dataclass(frozen=True, slots=True)
class CitesDecl:
    """`cites "sha256:…"`: the statement of the published rules that the next declaration follows."""

    hash: str  # as written, "sha256:" included
    span: Span


@dataclass(frozen=True, slots=True)
class ConstDecl:
    name: str
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class EnumDecl:
    name: str
    values: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PlayersDecl:
    count: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class EntityDecl:
    """`entity card[20] per player`, `entity cell[9]`, or `entity cell[6, 7]`: a board of six rows and seven columns."""

    name: str
    count: Expr  # of rows, where there are columns
    columns: Expr | None
    per_player: bool
    span: Span


@dataclass(frozen=True, slots=True)
class FieldDecl:
    """`name: TYPE [= default] [hidden | visible to owner | visible]`; `param` is given at reset."""

    name: str
    type: TypeExpr
    default: Expr | None
    visibility: str  # "public" | "owner" | "hidden"
    param: bool
    span: Span


@dataclass(frozen=True, slots=True)
class StateDecl:
    """`state { fields }`, `state per player { fields }`, `state per ENTITY { fields }`."""

    per: str | None
    fields: tuple[FieldDecl, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ZoneDecl:
    """`zone NAME: bag|pile|slot of [own] ENTITY [per player|ENTITY] [visibility] [known TOP bottom BOTTOM] [start]`.

    At reset every instance of the entity lies in its zone marked `start`.
    """

    name: str
    kind: str
    entity: str
    per: str | None
    visibility: str
    known_top: Expr | None
    known_bottom: Expr | None
    start: bool
    own: bool  # holds what belongs to its player, and nothing else
    span: Span


@dataclass(frozen=True, slots=True)
class DrawKindDecl:
    """`draws NAME: TYPE [always]`: a kind of random outcome; `always`: reported even if only one is possible."""

    name: str
    type: TypeExpr
    always: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ActionDecl:
    """`action NAME(x: own card, k: int 0..1) [says "…"]`."""

    name: str
    params: tuple[Param, ...]
    says: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class ColumnDecl:
    """`name: TYPE [= default]`; type `flag` is a bool set by its bare name."""

    name: str
    type: TypeExpr
    default: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class MethodDecl:
    """`method NAME(params)` (a procedure) or `method NAME(params): TYPE = DEFAULT` (pure)."""

    name: str
    params: tuple[Param, ...]
    result: TypeExpr | None
    default: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class FormDecl:
    """`form supporter { kind = supporter } [body METHOD]`: a way to write a row of this table."""

    name: str
    sets: tuple[Assign, ...]
    body: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class RequireDecl:
    """`require "MESSAGE": EXPR` (`self` is the row), checked for every row when the spec is checked."""

    message: str
    condition: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class TableDecl:
    """`table NAME [in PARENT as COLUMN[N]] { columns, methods, forms, requires }`."""

    name: str
    parent: str | None
    column: str | None  # the parent's column that lists the children
    capacity: Expr | None  # how many children a parent row may have
    columns: tuple[ColumnDecl, ...]
    methods: tuple[MethodDecl, ...]
    forms: tuple[FormDecl, ...]
    requires: tuple[RequireDecl, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class RowDecl:
    """`FORM [KEY] ["TITLE"] { … }`: a row of a table, read by the table's schema."""

    form: str
    key: str | None
    title: str | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class FuncDecl:
    """`func NAME(params): TYPE = EXPR [says "…"]`."""

    name: str
    params: tuple[Param, ...]
    result: TypeExpr | None
    value: Expr
    says: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class VerbDecl:
    """`verb heal (n: int 0..400) points of (p: place) [: TYPE] [says "…"] { }`."""

    pattern: tuple[Name | Param, ...]
    result: TypeExpr | None
    says: str | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class PlayDecl:
    """`play { }`: the whole game, from reset to `finish`."""

    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class When:
    """One step of a scenario: `ACTION(args)`, with the draws it meets: `attack(0) draws coin 1, pick card(0, 3)`."""

    action: str
    args: tuple[Expr, ...]
    draws: tuple[tuple[str, Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ScenarioDecl:
    """`scenario "…" { given { } [draws …] when { } then { } }`."""

    title: str
    given: Block
    start_draws: tuple[tuple[str, Expr], ...]
    when: tuple[When, ...]
    then: Block
    span: Span


Decl = (
    CitesDecl | ConstDecl | EnumDecl | PlayersDecl | EntityDecl | StateDecl | ZoneDecl | DrawKindDecl | ActionDecl
    | TableDecl | RowDecl | FuncDecl | VerbDecl | PlayDecl | ScenarioDecl
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Module:
    """One `.rules` file."""

    path: str
    declarations: tuple[Decl, ...]
    span: Span
