"""The meaning of expressions, on Python ints.

``Evaluator`` evaluates pure HIR expressions with the locals' values at hand. It knows no state: ``load`` raises
NotStaticError, and whoever has a state (the interpreter) overrides it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from compiler.ir import hir
from compiler.ir.types import NONE, EntityT, OptT, Type
from compiler.ops import OPS

Values = Mapping[hir.Local, int]


class NotStaticError(Exception):
    """An expression needs something that is not there: the state, or a local without a value."""

    def __init__(self, message: str, node: object) -> None:
        super().__init__(message)
        self.node = node


def members(mask: int) -> Iterator[int]:
    """The elements of a set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(elements: Sequence[int] | Iterator[int]) -> int:
    """The set of some elements."""
    mask = 0
    for element in elements:
        mask |= 1 << element
    return mask


class Evaluator:
    """Evaluates expressions of one program."""

    def __init__(self, program: hir.Program) -> None:
        self.program = program
        self._cases: Mapping[type, Callable[[Any, Values], int]] = {
            hir.Const: lambda node, values: node.value,
            hir.Get: self._get,
            hir.Load: self._load,
            hir.Column: self._column,
            hir.Apply: self._apply,
            hir.Select: self._select,
            hir.AllOf: self._all_of,
            hir.MakeRef: self._make_ref,
            hir.OwnerOf: self._owner_of,
            hir.IndexOf: self._index_of,
            hir.Filter: self._filter,
            hir.Reduce: self._reduce,
            hir.CallFunc: self._call_func,
            hir.CallMethod: self._call_method,
        }

    def value(self, node: hir.Expr, values: Values) -> int:
        """The value of an expression. ``values`` has the locals it uses."""
        return self._cases[type(node)](node, values)

    # --- what a subclass may know better ------------------------------------------------------------------------------

    def load(self, node: hir.Load, owner: int | None, sub: int | None) -> int:
        """The value of a state field."""
        raise NotStaticError(f"'{node.field.id}' is part of the state", node)

    def read_none(self, node: hir.Expr, type_: Type) -> int:
        """The value of something that is asked of ``none``, or of an element outside its array."""
        return NONE if isinstance(type_, OptT) else 0

    # --- the cases ----------------------------------------------------------------------------------------------------

    def _get(self, node: hir.Get, values: Values) -> int:
        try:
            return values[node.local]
        except KeyError:
            raise NotStaticError(f"'{node.local.name}' has no value yet", node) from None

    def _load(self, node: hir.Load, values: Values) -> int:
        owner = None if node.owner is None else self.value(node.owner, values)
        sub = None if node.sub is None else self.value(node.sub, values)
        size = node.field.size
        if (owner is not None and owner < 0) or (sub is not None and size is not None and not 0 <= sub < size):
            return self.read_none(node, node.type)
        return self.load(node, owner, sub)

    def _column(self, node: hir.Column, values: Values) -> int:
        row = self.value(node.row, values)
        sub = None if node.sub is None else self.value(node.sub, values)
        if row < 0:
            return self.read_none(node, node.type)
        data = self.program.tables[node.table].data.get(node.column)
        if data is None:
            raise NotStaticError(f"the rows of '{node.table}' are not read yet", node)
        cell = data[row]
        if isinstance(cell, int):
            return cell
        if sub is None or not 0 <= sub < len(cell):
            return self.read_none(node, node.type)
        return cell[sub]

    def _apply(self, node: hir.Apply, values: Values) -> int:
        return OPS[node.op].interpret(*(self.value(arg, values) for arg in node.args))

    def _select(self, node: hir.Select, values: Values) -> int:
        return self.value(node.then if self.value(node.condition, values) else node.otherwise, values)

    def _all_of(self, node: hir.AllOf, values: Values) -> int:
        owner = self.value(node.owner, values)
        if owner < 0:
            return self.read_none(node, node.type)
        count = self.program.entities[node.entity].count
        return ((1 << count) - 1) << owner * count

    def _make_ref(self, node: hir.MakeRef, values: Values) -> int:
        entity = self.program.entities[node.entity]
        owner = 0 if node.owner is None else self.value(node.owner, values)
        index = self.value(node.index, values)
        if owner < 0 or not 0 <= index < entity.count:
            return self.read_none(node, node.type)
        return owner * entity.count + index

    def _owner_of(self, node: hir.OwnerOf, values: Values) -> int:
        ref = self.value(node.ref, values)
        return self.read_none(node, node.type) if ref < 0 else ref // self._entity(node.ref).count

    def _index_of(self, node: hir.IndexOf, values: Values) -> int:
        ref = self.value(node.ref, values)
        return self.read_none(node, node.type) if ref < 0 else ref % self._entity(node.ref).count

    def _entity(self, ref: hir.Expr) -> hir.Entity:
        type_ = ref.type.inner if isinstance(ref.type, OptT) else ref.type
        assert isinstance(type_, EntityT)
        return self.program.entities[type_.name]

    def _filter(self, node: hir.Filter, values: Values) -> int:
        inner = dict(values)
        mask = 0
        for element in members(self.value(node.domain, values)):
            inner[node.local] = element
            if self.value(node.condition, inner):
                mask |= 1 << element
        return mask

    def _reduce(self, node: hir.Reduce, values: Values) -> int:
        domain = self.value(node.domain, values)
        if node.kind == "count":
            return domain.bit_count()
        if node.kind == "first":
            return next(members(domain), NONE)
        assert node.value is not None
        inner = dict(values)
        found = []
        for element in members(domain):
            inner[node.local] = element
            found.append(self.value(node.value, inner))
        match node.kind:
            case "any":
                return int(any(found))
            case "all":
                return int(all(found))
            case "sum":
                return sum(found)
            case "max":
                return max(found, default=0)
            case "min":
                return min(found, default=0)
            case "union":
                return reduce(or_, found, 0)
        raise ValueError(f"no such reduction: {node.kind}")

    def _call_func(self, node: hir.CallFunc, values: Values) -> int:
        func = self.program.funcs[node.func]
        return self.value(func.body, self._arguments(func.params, node.args, values))

    def _call_method(self, node: hir.CallMethod, values: Values) -> int:
        method = self.program.tables[node.table].methods[node.method]
        body = method.bodies.get(self.value(node.row, values), method.default)
        if isinstance(body, hir.Block) or body is None:
            return self.read_none(node, node.type)
        return self.value(body, self._arguments(method.params, node.args, values))

    def _arguments(self, params: Sequence[hir.Local], args: Sequence[hir.Expr], values: Values) -> Values:
        return {param: self.value(arg, values) for param, arg in zip(params, args, strict=True)}


def evaluate(program: hir.Program, node: hir.Expr, values: Values) -> int:
    """The value of a pure expression. Raises NotStaticError where it needs the state."""
    return Evaluator(program).value(node, values)
