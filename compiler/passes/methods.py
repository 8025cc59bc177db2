"""Merge the methods of rows: N effects become one procedure and a table of operands.

Contract: takes a program with ``perform`` and pure method calls; gives an equivalent one with neither. Each procedure
method becomes one procedure ``table.method(row, …)``: the supersequence of the rows' statements with constants lifted
into columns, each step guarded by a column that says whether the row has it. Each pure method becomes one function.
Adding a row made of known steps changes data only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from compiler.ir import hir
from compiler.ir.types import BOOL, IntT, NoneT, OptT, RowT, SetT, Type, strip_optional
from compiler.ir.walk import Node, is_node, rewrite
from compiler.ops import OPS
from compiler.passes.supersequence import common_supersequence, embed


@dataclass(frozen=True)
class MergeMethods:
    """The pass. ``notes["supersequence"]`` of the result: steps per procedure method."""

    name: str = "merge-methods"

    def run(self, program: hir.Program) -> hir.Program:
        tables = dict(program.tables)
        funcs = dict(program.funcs)
        procs = dict(program.procs)
        lengths: dict[str, int] = {}
        for table in program.tables.values():
            columns = _NewColumns(table)
            for method in table.methods.values():
                name = f"{table.name}.{method.name}"
                if method.result is None:
                    procs[name] = _merge_procedure(program, name, table, method, columns)
                    lengths[name] = len(procs[name].body.statements)
                else:
                    funcs[name] = _merge_function(program, name, table, method, columns)
            tables[table.name] = replace(columns.table(), methods={})
        merged = replace(program, tables=tables, funcs=funcs, procs=procs)
        notes = dict(program.notes) | {"supersequence": lengths}
        return replace(_call_directly(merged), notes=notes)


def _call_directly(program: hir.Program) -> hir.Program:
    """Dynamic calls become calls of the merged procedures and functions."""

    def change(node: Node) -> Node:
        match node:
            case hir.CallMethod(table, method, row, args, type_, span):
                return hir.CallFunc(f"{table}.{method}", (row, *args), type_, span)
            case hir.Perform(table, method, row, args, span):
                return hir.Call(f"{table}.{method}", (row, *args), None, span)
            case _:
                return node

    def proc(p: hir.Proc) -> hir.Proc:
        returns = rewrite(p.returns, change) if p.returns is not None else None
        return replace(p, body=rewrite(p.body, change), returns=returns)

    return replace(
        program,
        funcs={name: replace(f, body=rewrite(f.body, change)) for name, f in program.funcs.items()},
        procs={name: proc(p) for name, p in program.procs.items()},
        play=rewrite(program.play, change),
    )


# --- procedures -------------------------------------------------------------------------------------------------------


def _merge_procedure(
    program: hir.Program, name: str, table: hir.Table, method: hir.Method, columns: _NewColumns
) -> hir.Proc:
    row = hir.Local("row", RowT(table.name), method.span)
    pool = _LocalPool(program, method.params)
    bodies = {
        index: tuple(_atom(s, pool) for s in body.statements)
        for index, body in method.bodies.items()
        if isinstance(body, hir.Block)
    }
    steps = common_supersequence([tuple(atom.key for atom in atoms) for atoms in bodies.values()])
    at: list[dict[int, _Atom]] = [{} for _ in steps]
    for index, atoms in bodies.items():
        positions = embed(steps, [atom.key for atom in atoms])
        assert positions is not None, "a supersequence embeds all its sequences"
        for position, atom in zip(positions, atoms, strict=True):
            at[position][index] = atom
    statements = []
    for position, users in enumerate(at):
        label = f"{method.name}_{position}"
        present = columns.add(label, BOOL, dict.fromkeys(users, 1), row)
        statement = _instantiate(users, label, columns, row, pool)
        statements.append(hir.If(present, hir.Block((statement,)), hir.Block(()), statement.span))
    return hir.Proc(name, (row, *method.params), hir.Block(tuple(statements)), None, None, method.span)


def _instantiate(
    users: Mapping[int, _Atom], label: str, columns: _NewColumns, row: hir.Local, pool: _LocalPool
) -> Node:
    """One statement that does what each user's atom does: constants that differ are read from the row."""
    first = next(iter(users.values()))
    values = [{index: atom.constants[i] for index, atom in users.items()} for i in range(len(first.constants))]
    fillers: list[hir.Expr] = []
    for i, constant in enumerate(values):
        type_ = _hull([c.type for c in constant.values()])
        if len({c.value for c in constant.values()}) == 1:
            fillers.append(hir.Const(next(iter(constant.values())).value, type_))
        else:
            fillers.append(columns.add(f"{label}_{_letter(i)}", type_, {j: c.value for j, c in constant.items()}, row))
    return _fill(first.node, iter(fillers), pool)


def _letter(i: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[i] if i < 26 else f"z{i}"


# --- functions --------------------------------------------------------------------------------------------------------


def _merge_function(
    program: hir.Program, name: str, table: hir.Table, method: hir.Method, columns: _NewColumns
) -> hir.Func:
    row = hir.Local("row", RowT(table.name), method.span)
    assert method.result is not None
    assert method.default is not None
    pool = _LocalPool(program, method.params)
    kinds: dict[tuple, dict[int, _Atom]] = {}
    for index, body in method.bodies.items():
        assert not isinstance(body, hir.Block)
        atom = _atom(body, pool)
        kinds.setdefault(atom.key, {})[index] = atom
    default: hir.Expr = method.default
    only = list(kinds.values())
    if len(only) == 1 and isinstance(next(iter(only[0].values())).node, hir.Const) and isinstance(default, hir.Const):
        # Nothing but numbers: the method is a column.
        data = {index: atom.constants[0].value for index, atom in only[0].items()}
        value = columns.add(method.name, method.result, data, row, default=default.value)
        if default.value == 0:  # what a missing row reads
            return hir.Func(name, (row, *method.params), method.result, value, None, method.span)
        absent = hir.Apply("eq", (hir.Get(row, row.type), hir.Const(-1, NoneT())), BOOL)
        body = hir.Select(absent, default, value, method.result)
        return hir.Func(name, (row, *method.params), method.result, body, None, method.span)
    body = default
    if kinds:
        which = {index: k for k, users in enumerate(only, start=1) for index in users}
        kind = columns.add(f"{method.name}_kind", IntT(0, len(only)), which, row)
        for k, users in enumerate(only, start=1):
            value = _instantiate(users, f"{method.name}_{k}", columns, row, pool)
            test = hir.Apply("eq", (kind, hir.Const(k, IntT(k, k))), BOOL)
            body = hir.Select(test, value, body, method.result, method.span)
    return hir.Func(name, (row, *method.params), method.result, body, None, method.span)


# --- skeletons: a statement with its constants taken out --------------------------------------------------------------


@dataclass(frozen=True)
class _Atom:
    key: tuple
    constants: tuple[hir.Const, ...]
    node: Node


@dataclass
class _LocalPool:
    """Variables of the merged procedure, shared by rows that use the same name for the same kind of value."""

    program: hir.Program
    params: tuple[hir.Local, ...]
    shared: dict[tuple[str, str], hir.Local] = field(default_factory=dict)
    seen: dict[tuple[str, str], Type] = field(default_factory=dict)

    def key(self, local: hir.Local) -> tuple[str, str]:
        if local in self.params:
            return local.name, "param"
        key = local.name, _kind(local.type)
        self.seen[key] = _hull([self.seen[key], local.type]) if key in self.seen else local.type
        return key

    def local(self, local: hir.Local) -> hir.Local:
        if local in self.params:
            return local
        key = self.key(local)
        if key not in self.shared:
            self.shared[key] = hir.Local(local.name, self.seen[key], local.span)
        return self.shared[key]


def _atom(node: Node, pool: _LocalPool) -> _Atom:
    constants: list[hir.Const] = []
    return _Atom(_skeleton(node, constants, pool), tuple(constants), node)


_NOT_COMPARED = ("span", "site")
"""Where a statement stands, and the number of its choice: what is shared takes both from the first of its users."""


def _bounded_by_count(node: Node) -> bool:
    """Whether a loop makes as many rounds as it counts, so that its bound follows from the type of the count."""
    return isinstance(node, hir.Repeat) and isinstance(node.count.type, IntT) and node.count.type.hi <= node.bound


def _skeleton(node: Node, constants: list[hir.Const], pool: _LocalPool) -> tuple:
    if isinstance(node, hir.Const):
        if isinstance(node.type, SetT):
            return "const", node.value, str(node.type)
        constants.append(node)
        return "hole", _kind(node.type)
    parts: list[object] = [type(node).__name__]
    for name in node.__dataclass_fields__:
        if name in _NOT_COMPARED or (name == "bound" and _bounded_by_count(node)):
            continue
        value = getattr(node, name)
        if isinstance(value, tuple) and any(is_node(v) or isinstance(v, hir.Local) or v is None for v in value):
            parts.append(tuple(_part(v, constants, pool) for v in value))
        else:
            parts.append(_part(value, constants, pool))
    return tuple(parts)


def _part(value: object, constants: list[hir.Const], pool: _LocalPool) -> object:
    if is_node(value):
        return _skeleton(value, constants, pool)
    if isinstance(value, hir.Local):
        return pool.key(value)
    if isinstance(value, (hir.Field, hir.DrawKind, hir.Action)):
        return value.name, getattr(value, "owner", None)
    if isinstance(value, Type):
        return _kind(value)
    return value


def _fill(node: Node, fillers: Iterator[hir.Expr], pool: _LocalPool) -> Node:
    """Copy a statement with its constants replaced in the order in which ``_skeleton`` met them."""
    if isinstance(node, hir.Const):
        return node if isinstance(node.type, SetT) else next(fillers)
    updates: dict[str, object] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if name == "span":
            continue
        if isinstance(value, tuple):
            updates[name] = tuple(
                _fill(v, fillers, pool) if is_node(v) else pool.local(v) if isinstance(v, hir.Local) else v
                for v in value
            )
        elif is_node(value):
            updates[name] = _fill(value, fillers, pool)
        elif isinstance(value, hir.Local):
            updates[name] = pool.local(value)
    copy = replace(node, **updates)
    if isinstance(copy, hir.Repeat) and _bounded_by_count(node) and isinstance(copy.count.type, IntT):
        return replace(copy, bound=copy.count.type.hi)
    return (
        replace(copy, type=_widened(copy, pool.program)) if isinstance(copy, (hir.Get, hir.Apply, hir.Select)) else copy
    )


def _widened(node: hir.Get | hir.Apply | hir.Select, view: hir.Program) -> Type:
    """Lifting a constant may widen bounds; the operators' own rules say how far."""
    match node:
        case hir.Get(local):
            return local.type
        case hir.Apply(op, args):
            return OPS[op].type_rule(view, [a.type for a in args]) if isinstance(node.type, IntT) else node.type
        case hir.Select(_, then, otherwise):
            return _hull([then.type, otherwise.type])


def _kind(type_: Type) -> str:
    """A type without its bounds."""
    if isinstance(type_, OptT):
        return _kind(type_.inner)
    return "int" if isinstance(type_, IntT) else str(type_)


def _hull(types: list[Type]) -> Type:
    """The least type that holds the values of all."""
    bare = [strip_optional(t) for t in types if not isinstance(t, NoneT)]
    optional = any(isinstance(t, (OptT, NoneT)) for t in types)
    if not bare:
        return types[0]
    ints = [t for t in bare if isinstance(t, IntT)]
    hull: Type = IntT(min(t.lo for t in ints), max(t.hi for t in ints)) if ints else bare[0]
    return OptT(hull) if optional else hull


class _NewColumns:
    """Operand columns of one table, in the order they are asked for."""

    def __init__(self, table: hir.Table) -> None:
        self._old = table
        self._columns = dict(table.columns)
        self._data = dict(table.data)

    def add(
        self, name: str, type_: Type, values: Mapping[int, int], row: hir.Local, default: int | None = None
    ) -> hir.Column:
        """A column; rows without a value hold `default`, or, where nobody reads them, any value of the type."""
        assert name not in self._columns, f"column {name} exists"
        filler = -1 if isinstance(type_, OptT) else default or 0
        if isinstance(type_, IntT) and default is None:
            filler = min(max(filler, type_.lo), type_.hi)
        elif isinstance(type_, IntT):
            type_ = IntT(min(type_.lo, filler), max(type_.hi, filler))
        self._columns[name] = hir.TableColumn(name, type_, None, None, filler)
        self._data[name] = tuple(values.get(i, filler) for i in range(len(self._old)))
        return hir.Column(self._old.name, name, hir.Get(row, row.type), None, type_)

    def table(self) -> hir.Table:
        return replace(self._old, columns=self._columns, data=self._data)
