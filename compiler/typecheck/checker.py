"""What all parts of the checker share: the names, the program as far as it is known, and how errors are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from compiler.diagnostics import Diagnostics, Note, did_you_mean
from compiler.ir import hir
from compiler.ir.evaluate import Evaluator, NotStaticError
from compiler.ir.types import (
    BOOL,
    PLAYER,
    TEXT,
    EntityT,
    EnumT,
    IntT,
    NoneT,
    OptT,
    PlayerT,
    RowT,
    SetT,
    Type,
    strip_optional,
)
from compiler.ops import OPS, OpTypeError
from compiler.resolve import Abort, Constants, Names
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck.convert import DEFAULT_INT, INT32, described, fits
from compiler.typecheck.scope import Body, Scope

_SIMPLE: Mapping[str, Type] = {"bool": BOOL, "text": TEXT, "player": PLAYER}


@dataclass(frozen=True, slots=True)
class Checked:
    """An argument that is checked already, among others that are not."""

    expr: hir.Expr
    span: Span


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A state field or zone of an owner."""

    field: hir.Field
    owner: hir.Expr | None


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of a row."""

    table: hir.Table
    column: hir.TableColumn
    row: hir.Expr


@dataclass(eq=False)
class Verb:
    """A verb's pattern and the locals of its parameters."""

    name: str
    decl: ast.VerbDecl
    pattern: tuple[str | hir.Local, ...]
    result: Type | None

    @property
    def params(self) -> tuple[hir.Local, ...]:
        return tuple(part for part in self.pattern if isinstance(part, hir.Local))

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(part for part in self.pattern if isinstance(part, str))

    def __str__(self) -> str:
        return " ".join(part if isinstance(part, str) else f"({part.name}: {part.type})" for part in self.pattern)

    @property
    def says(self) -> str:
        """The template that says the verb in English: its own, or else its pattern."""
        return self.decl.says or " ".join(p if isinstance(p, str) else f"{{{p.name}}}" for p in self.pattern)


@dataclass(eq=False)
class Func:
    """A function's parameters, and its result as far as it is known."""

    decl: ast.FuncDecl
    params: tuple[hir.Local, ...]
    declared: Type | None
    done: hir.Func | None = None


Handler = Callable[["Checker", Any, Scope, Type | None], "hir.Expr | FieldRef | ColumnRef"]


@dataclass(eq=False)
class Checker:
    """The state of one check. ``program`` fills up as its parts become known."""

    sink: Diagnostics
    names: Names
    constants: Constants
    program: hir.Program
    expressions: Mapping[type, Handler]
    blocks: Callable[[Checker, ast.Block, Scope], hir.Block]
    texts: dict[str, int] = field(default_factory=lambda: {"": 0})
    funcs: dict[str, Func] = field(default_factory=dict)
    pending_funcs: list[str] = field(default_factory=list)
    verbs: list[Verb] = field(default_factory=list)
    enum_values: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    row_names: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    ready: bool = False
    """Whether fields, functions and verbs are known; sizes and defaults are worked out before."""
    broken_verbs: set[str] = field(default_factory=set)
    """Words that only verbs with wrong declarations have: phrases with them are not reported."""
    fills: Mapping[str, ast.Block] = field(default_factory=dict)
    """What fills holes, by the digits of their hashes."""
    sites: int = 0

    # --- errors -------------------------------------------------------------------------------------------------------

    def report(
        self, code: str, span: Span, message: str, suggestion: str | None = None, notes: Iterable[Note | str] = ()
    ) -> None:
        """Report an error and go on."""
        self.sink.error(code, span, message, suggestion=suggestion, notes=notes)

    def fail(
        self, code: str, span: Span, message: str, suggestion: str | None = None, notes: Iterable[Note | str] = ()
    ) -> NoReturn:
        """Report an error and give up what is being checked."""
        self.report(code, span, message, suggestion, notes)
        raise Abort

    def not_ready(self, what: str, span: Span) -> NoReturn:
        """Give up on something that is declared, but not known: its declaration is wrong, or comes later."""
        if not self.ready:
            self.fail("E0304", span, f"this must be known when the rules are checked: {what}")
        raise Abort

    # --- expressions --------------------------------------------------------------------------------------------------

    def designate(self, node: ast.Expr | Checked, scope: Scope, hint: Type | None = None) -> Any:
        """What an expression names: a field, a column, or else its value."""
        if isinstance(node, Checked):
            return node.expr
        return self.expressions[type(node)](self, node, scope, hint)

    def infer(self, node: ast.Expr | Checked, scope: Scope, hint: Type | None = None) -> hir.Expr:
        """The value of an expression. ``hint`` helps to understand bare names and promises nothing."""
        found = self.designate(node, scope, hint)
        if isinstance(found, FieldRef | ColumnRef):
            return self.read(found, node.span)
        return found

    def expect(self, node: ast.Expr | Checked, scope: Scope, wanted: Type) -> hir.Expr:
        """The value of an expression where a type is wanted."""
        return self.coerce(self.infer(node, scope, wanted), wanted, node.span)

    def read(self, ref: FieldRef | ColumnRef, span: Span) -> hir.Expr:
        """The value of a field or column that is no array. A lasting field has this turn's value."""
        if isinstance(ref, FieldRef):
            if ref.field.lasting:
                return hir.Load(ref.field, ref.owner, hir.Const(0, IntT(0, 0)), ref.field.type, span)
            if ref.field.size is None:
                return hir.Load(ref.field, ref.owner, None, ref.field.type, span)
            name = ref.field.name
        else:
            if ref.column.size is None:
                return hir.Column(ref.table.name, ref.column.name, ref.row, None, ref.column.type, span)
            name = ref.column.name
        self.fail("E0307", span, f"'{name}' is an array", f"name one of its elements: {name}[…]")

    def coerce(self, expr: hir.Expr, wanted: Type, span: Span) -> hir.Expr:
        """The expression as a value of the wanted type; bounds are left as they are."""
        if not fits(expr.type, wanted):
            self.mismatch(expr.type, wanted, span)
        if isinstance(expr.type, NoneT):
            return replace(expr, type=wanted)
        if isinstance(strip_optional(wanted), PlayerT) and isinstance(expr, hir.Const) and isinstance(expr.type, IntT):
            if not 0 <= expr.value < self.program.players:
                self.fail(
                    "E0305", span, f"there is no player {expr.value}: players are 0 to {self.program.players - 1}"
                )
            return replace(expr, type=PLAYER)
        return expr

    def mismatch(self, actual: Type, wanted: Type, span: Span) -> NoReturn:
        """Report that a value has the wrong type."""
        suggestion = None
        if str(wanted) == "bool":
            suggestion = "compare it, as in 'x != 0' or 'x != none'"
        elif str(actual) == "bool":
            suggestion = "write '1 if … else 0' to count with it"
        elif isinstance(actual, NoneT):
            suggestion = "only a type with '?' can be none, such as 'player?'"
        self.fail("E0301", span, f"this is {described(actual)}, where {described(wanted)} is wanted", suggestion)

    def bounded(self, expr: hir.Expr, wanted: Type, span: Span) -> hir.Expr:
        """The expression cut to the bounds of the wanted type. A constant beyond them is a mistake."""
        goal = strip_optional(wanted)
        if not isinstance(goal, IntT | PlayerT) or isinstance(expr.type, NoneT):
            return expr
        low, high = self.program.bounds(goal)
        found = self.program.bounds(strip_optional(expr.type))
        least = min(low, -1) if isinstance(wanted, OptT) else low
        if found[0] >= least and found[1] <= high:
            return expr
        if isinstance(expr, hir.Const):
            message = f"{expr.value} is not in {low}..{high}"
            self.fail("E0305", span, message)
        ends = (hir.Const(least, IntT(least, least)), hir.Const(high, IntT(high, high)))
        type_ = IntT(max(least, min(found[0], high)), min(high, max(found[1], least)))
        return hir.Apply("saturate", (expr, *ends), goal if isinstance(goal, PlayerT) else type_, expr.span)

    def fitted(self, node: ast.Expr | Checked, scope: Scope, wanted: Type) -> hir.Expr:
        """The value of an expression, cut to the bounds of the wanted type."""
        return self.bounded(self.expect(node, scope, wanted), wanted, node.span)

    def apply(self, op: str, args: Sequence[hir.Expr], spans: Sequence[Span], span: Span) -> hir.Expr:
        """An operator on checked arguments."""
        try:
            type_ = OPS[op].type_rule(self.program, [arg.type for arg in args])
        except OpTypeError as error:
            found = described(args[error.argument].type)
            symbol = OPS[op].symbol
            hint = "use 'and'/'or' between bools" if op in ("union", "inter") and found == "'bool'" else None
            self.fail(
                "E0302",
                spans[error.argument],
                f"this is {found}, where '{symbol}' wants {error.wanted}",
                suggestion=hint,
            )
        if isinstance(type_, IntT) and (type_.lo < INT32.lo or type_.hi > INT32.hi):
            self.fail(
                "E0306",
                span,
                f"this number may lie anywhere in {type_.lo}..{type_.hi}, beyond 32 bits",
                "bound it with 'clamp', or give the numbers in it narrower bounds",
            )
        return hir.Apply(op, tuple(args), type_, span)

    # --- bodies -------------------------------------------------------------------------------------------------------

    def block(self, node: ast.Block, scope: Scope) -> hir.Block:
        """A block, in a scope of its own."""
        return self.blocks(self, node, scope)

    def bind(self, name: str, type_: Type, span: Span, scope: Scope) -> hir.Local:
        """The variable of an `x in S`; it may hide a local of the blocks around."""
        first = scope.names.get(name)
        if first is not None:
            self.fail("E0202", span, f"there is a '{name}' here already", notes=[Note("declared here", first.span)])
        local = hir.Local(name, type_, span)
        scope.bind(name, local, span)
        return local

    def declare(
        self, name: str, type_: Type, span: Span, scope: Scope, *, mutable: bool = False, lint: bool = True
    ) -> hir.Local:
        """A new local. A name that is in sight already would be mistaken for it."""
        first = scope.find(name)
        if first is not None:
            notes = [Note("declared here", first.span)]
            self.fail("E0202", span, f"there is a local '{name}' here already", notes=notes)
        local = hir.Local(name, type_, span)
        scope.bind(name, local, span, mutable=mutable, lint=lint)
        return local

    # --- static values ------------------------------------------------------------------------------------------------

    def static(self, expr: hir.Expr, span: Span) -> int:
        """The value of an expression that must not depend on the state."""
        if isinstance(expr, hir.Const):
            return expr.value
        try:
            return Evaluator(self.program).value(expr, {})
        except NotStaticError as error:
            self.fail("E0304", span, f"this must be known when the rules are checked: {error}")

    def static_value(self, node: ast.Expr, wanted: Type) -> int:
        """The value of an expression outside any body, as a value of a type, within its bounds."""
        value = self.static(self.expect(node, Scope(Body("expression")), wanted), node.span)
        goal = strip_optional(wanted)
        if isinstance(goal, IntT) and not (goal.lo <= value <= goal.hi or (wanted != goal and value == -1)):
            self.fail("E0305", node.span, f"{value} is not in {goal.lo}..{goal.hi}")
        return value

    def text(self, text: str) -> int:
        """The number of a text."""
        return self.texts.setdefault(text, len(self.texts))

    # --- types --------------------------------------------------------------------------------------------------------

    def type_of(self, node: ast.TypeExpr, default: IntT | None = DEFAULT_INT) -> Type:
        """The type that is written, less array sizes and ``lasting``. ``default``: of an ``int`` without bounds."""
        inner = self._plain_type(node, default)
        if node.optional:
            if isinstance(inner, SetT) or str(inner) in ("bool", "text"):
                self.fail("E0309", node.span, f"'{inner}?' is no type: a {str(inner).split()[0]} is never none")
            return OptT(inner)
        return inner

    def value_type(self, node: ast.TypeExpr) -> Type:
        """The type of a parameter, variable or result: no array, nothing lasting."""
        if node.size is not None or node.lasting:
            what = "'lasting'" if node.lasting else "an array"
            self.fail("E0309", node.span, f"{what} can only be a field" + ("" if node.lasting else " or a column"))
        return self.type_of(node)

    def _plain_type(self, node: ast.TypeExpr, default: IntT | None) -> Type:
        names = self.names
        match node.name:
            case "int":
                return self._int_type(node, default)
            case "bool" | "text" | "player":
                return _SIMPLE[node.name]
            case "set" if node.element is not None:
                element = self._plain_type(node.element, default)
                if not isinstance(element, EnumT | EntityT | PlayerT):
                    message = f"there are no sets of {described(element)}: only of an enum, an entity or 'player'"
                    self.fail("E0309", node.element.span, message)
                return SetT(element)
            case name if name in names.enums:
                return EnumT(name)
            case name if name in names.entities:
                return EntityT(name)
            case name if name in names.tables:
                return RowT(name)
        self.unknown("E0204", node.span, "type", node.name, names.types)

    def _int_type(self, node: ast.TypeExpr, default: IntT | None) -> IntT:
        if node.low is None or node.high is None:
            if default is None:
                self.fail("E0309", node.span, "this int needs bounds", "as in 'int 0..9'")
            return default
        low, high = self.constants.evaluate(node.low), self.constants.evaluate(node.high)
        if low > high:
            self.fail("E0309", node.span, f"'int {low}..{high}' has no values: {low} is greater than {high}")
        if low < INT32.lo or high > INT32.hi:
            self.fail("E0309", node.span, f"'int {low}..{high}' does not fit in 32 bits")
        return IntT(low, high)

    def unknown(self, code: str, span: Span, what: str, name: str, known: Iterable[str]) -> NoReturn:
        """Report a name that nothing has."""
        self.fail(code, span, f"there is no {what} '{name}'", did_you_mean(name, known))

    def most(self, domain: hir.Expr) -> int:
        """The greatest number of elements that a set can have."""
        assert isinstance(domain.type, SetT)
        match domain:
            case hir.Const(value):
                return value.bit_count()
            case hir.AllOf(entity):
                return self.program.entities[entity].count
            case hir.Filter(_, inner):
                return self.most(inner)
            case hir.Apply("inter", (left, right)):
                return min(self.most(left), self.most(right))
            case hir.Apply("diff", (left, _)):
                return self.most(left)
            case hir.Select(_, then, otherwise):
                return max(self.most(then), self.most(otherwise))
        return self.program.domain(domain.type.element)
