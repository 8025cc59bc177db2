"""Typed expressions as Python expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compiler.backends.interp.space import DOT, Space, spelt, word
from compiler.ir import hir
from compiler.ir.evaluate import members
from compiler.ir.types import EntityT, OptT, strip_optional
from compiler.ops import OPS
from compiler.source import Span

# Operators that Python has. The rest are called; tests compare these with their definitions in compiler/ops.
CHAINS = {"add": "+", "mul": "*", "union": "|", "inter": "&"}  # associative
COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
CONNECTIVES = {"and", "or"}


class Expressions:
    """The expressions of one Python function, and the names of its locals.

    ``reassigned`` are the locals that may hold none later, even where they do not at first.
    """

    def __init__(self, space: Space, reassigned: Iterable[hir.Local] = ()) -> None:
        self.space = space
        self.program = space.program
        self._names: dict[hir.Local, str] = {}
        self._reassigned = set(reassigned)
        self._present: set[hir.Local] = set()  # locals that never hold none

    def name(self, local: hir.Local) -> str:
        if local not in self._names:
            self._names[local] = f"v{len(self._names)}_{word(local.name)}"
        return self._names[local]

    def present(self, local: hir.Local) -> str:
        """The name of a local that a comprehension or loop binds to an element."""
        if local not in self._reassigned:
            self._present.add(local)
        return self.name(local)

    def value(self, expr: hir.Expr) -> str:
        """Python for the value of an expression, an int; one atom or in brackets."""
        match expr:
            case hir.Const(value):
                return str(value) if value >= 0 else f"({value})"
            case hir.Get(local):
                return self.name(local)
            case hir.Load(field, owner, sub):
                text = f"s[{field.id!r}][{self.owner(owner, field, expr.span)}]"
                array = field.size is not None or field.lasting
                return f"{text}[{self.sub(sub, field.name, expr.span)}]" if array else text
            case hir.Column(table, column, row, sub):
                data = self.space.named(f"C_{table}{DOT}{column}", lambda: _column(self.program, table, column))
                text = f"{data}[{self.value(row)}]"
                return text if sub is None else f"{text}[{self.sub(sub, column, expr.span)}]"
            case hir.Apply(op) if op in COMPARISONS or op in CONNECTIVES or op in ("not", "contains"):
                return f"(1 if {self.condition(expr)} else 0)"
            case hir.Apply(op, args):
                return self._apply(op, args)
            case hir.Select():
                parts, rest = [], expr
                while isinstance(rest, hir.Select):
                    parts.append(f"{self.value(rest.then)} if {self.condition(rest.condition)} else ")
                    rest = rest.otherwise
                return f"({''.join(parts)}{self.value(rest)})"
            case hir.AllOf(entity, owner):
                masks = self.space.named(f"OWN_{entity}", lambda: _owned(self.program, entity))
                return f"{masks}[{self.element(owner, f'all {entity} of none')}]"
            case hir.MakeRef(entity, owner, index):
                return self._make_ref(expr, self.program.entities[entity], owner, index)
            case hir.OwnerOf(ref):
                return f"({self.element(ref, 'none has no owner')} // {self._entity(ref).count})"
            case hir.IndexOf(ref):
                entity, text = self._entity(ref), self.element(ref, "none has no index")
                return f"({text} % {entity.count})" if entity.per_player else text
            case hir.Filter():
                clause = self._clause(expr)
                return f"sum([1 << {self.name(expr.local)} {clause}])"
            case hir.Reduce():
                return self._reduce(expr)
            case hir.CallFunc(func, args):
                return f"f_{spelt(func)}({', '.join(['s', *map(self.value, args)])})"
            case hir.CallMethod(table, method, row, args):
                return f"M_{table}{DOT}{method}[{self.value(row)}]({', '.join(['s', *map(self.value, args)])})"
            case _:
                raise TypeError(f"{type(expr).__name__} is made by passes only")

    def condition(self, expr: hir.Expr) -> str:
        """Python for an expression of which only the truth matters; one atom or in brackets."""
        match expr:
            case hir.Apply(op, (left, right)) if op in COMPARISONS:
                return f"({self.value(left)} {COMPARISONS[op]} {self.value(right)})"
            case hir.Apply(op, args) if op in CONNECTIVES:
                return f"({f' {op} '.join(self.condition(arg) for arg in _chain(op, args))})"
            case hir.Apply("not", (operand,)):
                return f"(not {self.condition(operand)})"
            case hir.Apply("contains", (item, items)) if self._is_present(item):
                return f"({self.value(items)} >> {self.value(item)} & 1)"
            case hir.Apply("contains", args):
                return self._call_op("contains", args)
            case hir.Reduce(kind) if kind in ("any", "all"):
                return self._any_all(expr)
            case _:
                return self.value(expr)

    def items(self, expr: hir.Expr) -> str:
        """Python for the elements of a set, ascending; evaluated at once."""
        match expr:
            case hir.Const(mask):
                return str(tuple(members(mask)))
            case hir.Filter():
                clause = self._clause(expr)
                return f"[{self.name(expr.local)} {clause}]"
            case hir.AllOf(entity, owner):
                lists = self.space.named(
                    f"OWNS_{entity}", lambda: [tuple(members(mask)) for mask in _owned(self.program, entity)]
                )
                return f"{lists}[{self.element(owner, f'all {entity} of none')}]"
            case _:
                return f"BITS[{self.value(expr)}]"

    def owner(self, expr: hir.Expr | None, field: hir.Field, span: Span | None) -> str:
        """Python for whose field it is."""
        return "0" if expr is None else self.element(expr, f"none has no '{field.name}'", span)

    def sub(self, expr: hir.Expr | None, array: str, span: Span | None) -> str:
        """Python for an index of an array."""
        return "0" if expr is None else self.element(expr, f"the index of '{array}' is below zero", span)

    def element(self, expr: hir.Expr, otherwise: str, span: Span | None = None) -> str:
        """Python for a value that must not be below zero, as none is; ``otherwise`` says what is wrong then."""
        text = self.value(expr)
        if self._is_present(expr):
            return text
        site = self.space.site(span or expr.span, otherwise)
        return f"({text} if {text} >= 0 else none({site}))" if isinstance(expr, hir.Get) else f"some({text}, {site})"

    def _is_present(self, expr: hir.Expr) -> bool:
        """Whether the value of an expression is never below zero, whatever the state."""
        match expr:
            case hir.Const(value):
                return value >= 0
            case hir.Get(local):
                return local in self._present
            case hir.Load(field):
                return field.zone is None and self.program.bounds(field.type)[0] >= 0  # stores saturate
            case hir.MakeRef() | hir.OwnerOf() | hir.IndexOf() | hir.Reduce("count"):
                return True
            case hir.Apply("clamp" | "saturate", (_, hir.Const(low), hir.Const(high))):
                return low >= 0 and high >= 0
            case _:
                return False

    def _apply(self, op: str, args: tuple[hir.Expr, ...]) -> str:
        if op in CHAINS:
            return f"({f' {CHAINS[op]} '.join(map(self.value, _chain(op, args)))})"
        match op, args:
            case "sub", (left, right):
                minuend = self.value(left)
                if isinstance(left, hir.Apply) and left.op in ("add", "sub"):
                    minuend = minuend[1:-1]  # long differences would nest too deep for Python
                return f"({minuend} - {self.value(right)})"
            case "diff", (left, right):
                return f"({self.value(left)} & ~{self.value(right)})"
            case "neg", (operand,):
                return f"(-{self.value(operand)})"
            case ("min" | "max", (_, _)) | ("abs", _):
                return f"{op}({', '.join(map(self.value, args))})"
            case _:
                return self._call_op(op, args)

    def _call_op(self, op: str, args: tuple[hir.Expr, ...]) -> str:
        name = self.space.named(f"op_{op}", lambda: OPS[op].interpret)
        return f"{name}({', '.join(map(self.value, args))})"

    def _make_ref(self, expr: hir.Expr, entity: hir.Entity, owner: hir.Expr | None, index: hir.Expr) -> str:
        limit = entity.count if entity.per_player else entity.total
        if isinstance(index, hir.Const) and 0 <= index.value < limit:
            position = str(index.value)
        else:
            position = f"position({self.value(index)}, {limit}, {self.space.site(expr.span)})"
        if owner is None:
            return position
        return f"({self.element(owner, f'{entity.name} of none')} * {entity.count} + {position})"

    def _entity(self, ref: hir.Expr) -> hir.Entity:
        type_ = strip_optional(ref.type)
        assert isinstance(type_, EntityT)
        return self.program.entities[type_.name]

    def _clause(self, filtered: hir.Filter) -> str:
        return self._for(filtered.local, filtered.domain) + f" if {self.condition(filtered.condition)}"

    def _for(self, local: hir.Local, domain: hir.Expr) -> str:
        """``for x in S if C``, where a filter is looked through: its element is ours."""
        if isinstance(domain, hir.Filter):
            clause = self._clause(domain)
            self._names[local] = self.name(domain.local)
            self.present(local)
            return clause
        items = self.items(domain)
        return f"for {self.present(local)} in {items}"

    def _reduce(self, expr: hir.Reduce) -> str:
        kind, domain = expr.kind, expr.domain
        if kind in ("any", "all"):
            return f"(1 if {self._any_all(expr)} else 0)"
        if expr.value is None:
            if not isinstance(domain, hir.Filter):
                return f"({self.value(domain)}).bit_count()" if kind == "count" else f"first({self.value(domain)})"
            clause = self._clause(domain)
            name = self.name(domain.local)
            return f"len([{name} {clause}])" if kind == "count" else f"next(({name} {clause}), -1)"
        clause = self._for(expr.local, domain)
        if kind == "union":
            return f"reduce(or_, [{self.value(expr.value)} {clause}], 0)"
        default = "" if kind == "sum" else ", default=0"
        return f"{kind}([{self.value(expr.value)} {clause}]{default})"

    def _any_all(self, expr: hir.Reduce) -> str:
        plain = expr.value is None or (isinstance(expr.value, hir.Const) and expr.value.value)
        if expr.kind == "any" and plain and not isinstance(expr.domain, hir.Filter):
            return self.value(expr.domain)
        if expr.value is None:
            raise ValueError(f"{expr.kind} of what?")
        clause = self._for(expr.local, expr.domain)
        return f"{expr.kind}({self.condition(expr.value)} {clause})"


def _chain(op: str, args: tuple[hir.Expr, ...]) -> list[hir.Expr]:
    """The operands of nested applications of one associative operator."""
    found: list[hir.Expr] = []
    for arg in args:
        found += _chain(op, arg.args) if isinstance(arg, hir.Apply) and arg.op == op else [arg]
    return found


def _column(program: hir.Program, table: str, column: str) -> tuple[Any, ...]:
    """A column's data, and what the row none has."""
    declared = program.tables[table].columns[column]
    nothing = -1 if isinstance(declared.type, OptT) else 0
    return (*program.tables[table].data[column], nothing if declared.size is None else (nothing,) * declared.size)


def _owned(program: hir.Program, entity: str) -> list[int]:
    """The set of each player's instances."""
    count = program.entities[entity].count
    return [((1 << count) - 1) << player * count for player in range(program.players)]
