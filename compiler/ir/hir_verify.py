"""Checks that a program is well-formed HIR. The checker's programs are, and so is what every pass makes of them.

What holds of good HIR: every node's type is what its parts make it; a value lies in its type's bounds; a local has a
value on every way to where it is read; every field, table, function and procedure exists and is called as declared;
nothing calls itself.

A ``lowered`` program is one that passes have changed. It may hold the expressions that only passes make; a local may
get its value under a condition and be read under the same one, as the steps of merged methods do; a number may lie in
closer bounds than its operands say, as a counter that is not yet at its end; references may be added up to an index.
Its scenarios are those of the rules, and are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compiler.ir import hir
from compiler.ir.calls import cycles
from compiler.ir.types import (
    BOOL,
    PLAYER,
    BoolT,
    EntityT,
    IntT,
    NoneT,
    OptT,
    PlayerT,
    RowT,
    SetT,
    TextT,
    Type,
    strip_optional,
)
from compiler.ops import OPS, OpTypeError


class MalformedError(Exception):
    """A program is not well-formed; ``problems`` says in which ways."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def verify(program: hir.Program, *, lowered: bool = False) -> None:
    """Raise MalformedError, with all problems, unless the program is well-formed."""
    problems = list(Verifier(program, lowered).problems())
    if problems:
        raise MalformedError(problems)


def kind_of(type_: Type) -> Type:
    """A type without bounds and without whether it may be none; players count as numbers."""
    bare = strip_optional(type_)
    if isinstance(bare, IntT | PlayerT):
        return PLAYER
    if isinstance(bare, SetT):
        return SetT(kind_of(bare.element))
    return bare


def accepts(wanted: Type, given: Type) -> bool:
    """Whether a value of type ``given`` may stand where ``wanted`` is; bounds aside."""
    if isinstance(given, NoneT):
        return isinstance(wanted, OptT)
    return kind_of(wanted) == kind_of(given)


Known = frozenset[hir.Local]


class Verifier:
    """Collects the problems of one program."""

    def __init__(self, program: hir.Program, lowered: bool = False) -> None:
        self.program = program
        self.lowered = lowered
        self.found: dict[str, None] = {}
        self.where = ""
        self.sites: set[int] = set()
        self.expressions: Mapping[type, Callable[[Any, Known], None]] = {
            hir.Const: self._const,
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
        if lowered:
            self.expressions = {
                **self.expressions,
                hir.OwnSet: self._own_set,
                hir.Single: self._single,
                hir.Without: self._without,
                hir.OwnerOfSet: self._owner_of_set,
                hir.Lowest: self._lowest,
                hir.Distinct: self._distinct,
            }

    def problems(self) -> Iterable[str]:
        """Everything that is wrong with the program."""
        for key, field in self.program.fields.items():
            self.where = f"field {key}"
            self.check(field.id == key, f"is listed as {key}")
            self.check(field.owner in (None, "player") or field.owner in self.program.entities, "has an unknown owner")
        self._actions()
        for table in self.program.tables.values():
            self._table(table)
        for name, func in self.program.funcs.items():
            self.where = f"function {name}"
            self.value(func.body, func.result, frozenset(func.params), "its result")
        for name, proc in self.program.procs.items():
            self.where = f"verb {name}"
            known = self.block(proc.body, frozenset(proc.params))
            if proc.returns is not None:
                self.expr(proc.returns, known)
        self.where = "play"
        self.block(self.program.play, frozenset())
        for scenario in () if self.lowered else self.program.scenarios:
            self._scenario(scenario)
        self._recursion()
        return self.found

    def check(self, holds: bool, problem: str) -> bool:
        """Note a problem unless something holds."""
        if not holds:
            self.found[f"{self.where}: {problem}"] = None
        return holds

    # --- declarations -------------------------------------------------------------------------------------------------

    def _actions(self) -> None:
        base = 0
        for name, action in self.program.actions.items():
            self.where = f"action {name}"
            self.check(action.base == base, f"begins at {action.base}, not at {base}")
            size = 1
            for param in action.params:
                size *= param.size
            self.check(action.size == size, f"has size {action.size}, not {size}")
            base += action.size
        self.where = "program"
        self.check(self.program.action_count == base, f"has {base} actions, not {self.program.action_count}")

    def _table(self, table: hir.Table) -> None:
        self.where = f"table {table.name}"
        for column in table.columns.values():
            data = table.data.get(column.name)
            if not self.check(data is not None, f"has no data for '{column.name}'") or data is None:
                continue
            self.check(len(data) == len(table), f"has {len(data)} values of '{column.name}' for {len(table)} rows")
            for cell in data:
                items = (cell,) if isinstance(cell, int) else cell
                self.check((column.size is None) == isinstance(cell, int), f"'{column.name}' is an array or not")
                self.check(column.size in (None, len(items)), f"'{column.name}' has {len(items)} elements")
                for item in items:
                    self.check(self._within(item, column.type), f"'{column.name}' holds {item}, not {column.type}")
        for method in table.methods.values():
            self.where = f"method {table.name}.{method.name}"
            params = frozenset(method.params)
            if method.result is not None and self.check(method.default is not None, "has no default"):
                self.value(method.default, method.result, params, "its default")
            for row, body in method.bodies.items():
                self.where = f"method {table.name}.{method.name} of row {row}"
                self.check(0 <= row < len(table), "is of no row")
                self.check(isinstance(body, hir.Block) == (method.result is None), "has a body of the wrong kind")
                if isinstance(body, hir.Block):
                    self.block(body, params)
                elif method.result is not None:
                    self.value(body, method.result, params, "its result")

    def _scenario(self, scenario: hir.Scenario) -> None:
        self.where = f"scenario {scenario.title!r}"
        self.block(scenario.given, frozenset())
        for step in scenario.steps:
            self.check(len(step.args) == len(step.action.params), f"calls {step.action.name} with {len(step.args)}")
            for arg in step.args:
                self.expr(arg, frozenset())
        for condition in scenario.then:
            self.value(condition, BOOL, frozenset(), "what it expects")

    def _recursion(self) -> None:
        self.where = "program"
        for chain, _ in cycles(self.program):
            self.check(False, "calls itself: " + " → ".join(name for _, name in chain))

    # --- expressions --------------------------------------------------------------------------------------------------

    def value(self, node: hir.Expr | None, wanted: Type, known: Known, what: str, *, bounded: bool = True) -> None:
        """An expression in a place where a type is wanted."""
        if node is None:
            return
        self.expr(node, known)
        if not self.check(accepts(wanted, node.type), f"{what} is {node.type}, not {wanted}"):
            return
        if bounded and isinstance(strip_optional(wanted), IntT | PlayerT) and not isinstance(node.type, NoneT):
            low, high = self.program.bounds(strip_optional(wanted))
            least, most = self.program.bounds(strip_optional(node.type))
            fits = (low <= least or (least == -1 and isinstance(wanted, OptT))) and most <= high
            self.check(fits, f"{what} is in {least}..{most}, beyond {low}..{high}")

    def expr(self, node: hir.Expr, known: Known) -> None:
        """Any expression."""
        case = self.expressions.get(type(node))
        if case is not None:
            case(node, known)
        else:
            self.check(False, f"holds a {type(node).__name__}, which is no expression here")

    def _within(self, value: int, type_: Type) -> bool:
        if isinstance(type_, TextT):
            return 0 <= value < max(len(self.program.texts), 1)
        low, high = self.program.bounds(type_)
        return low <= value <= high

    def _const(self, node: hir.Const, known: Known) -> None:
        if isinstance(node.type, NoneT):
            self.check(node.value == -1, f"none is {node.value}")
        else:
            self.check(self._within(node.value, node.type), f"the constant {node.value} is no {node.type}")

    def _get(self, node: hir.Get, known: Known) -> None:
        self.check(node.local in known, f"reads '{node.local.name}', which may have no value")
        self.check(node.type == node.local.type, f"'{node.local.name}' is {node.local.type}, not {node.type}")

    def _load(self, node: hir.Load, known: Known) -> None:
        field = node.field
        self._field(field, node.owner, known)
        self._sub(field, node.sub, known)
        self.check(node.type == field.type, f"'{field.id}' is {field.type}, not {node.type}")

    def _field(self, field: hir.Field, owner: hir.Expr | None, known: Known) -> None:
        self.check(self.program.fields.get(field.id) is field, f"'{field.id}' is no field of the program")
        self.check((field.owner is None) == (owner is None), f"'{field.id}' is read of the wrong owner")
        if owner is not None and field.owner is not None:
            wanted = PLAYER if field.owner == "player" else EntityT(field.owner)
            self.value(owner, wanted, known, f"the owner of '{field.id}'")

    def _sub(self, array: hir.Field | hir.TableColumn, sub: hir.Expr | None, known: Known) -> None:
        self.check((array.size is None) == (sub is None), f"'{array.name}' is an array, or is none")
        if sub is not None:
            self.expr(sub, known)

    def _column(self, node: hir.Column, known: Known) -> None:
        table = self.program.tables.get(node.table)
        self.value(node.row, RowT(node.table), known, f"the row of '{node.table}'")
        if table is None or node.column not in table.columns:
            self.check(False, f"there is no column '{node.table}.{node.column}'")
            return
        column = table.columns[node.column]
        self._sub(column, node.sub, known)
        self.check(node.type == column.type, f"'{node.column}' is {column.type}, not {node.type}")

    def _apply(self, node: hir.Apply, known: Known) -> None:
        for arg in node.args:
            self.expr(arg, known)
        op = OPS.get(node.op)
        if not self.check(op is not None, f"there is no operator '{node.op}'") or op is None:
            return
        if not self.check(len(node.args) == op.arity, f"'{node.op}' has {len(node.args)} arguments"):
            return
        try:
            type_ = op.type_rule(self.program, [self._operand(node.op, arg.type) for arg in node.args])
        except OpTypeError as error:
            self.check(False, f"'{node.op}': {error}, not {node.args[error.argument].type}")
            return
        closer = self.lowered and isinstance(type_, IntT) and isinstance(node.type, IntT)
        self.check(closer or self._covers(node.type, type_), f"'{node.op}' gives {type_}, not {node.type}")

    def _operand(self, op: str, type_: Type) -> Type:
        """What an operator is given: passes add to references as if these were numbers."""
        if self.lowered and op == "add" and not isinstance(type_, SetT):
            return IntT(*self.program.bounds(type_))
        return type_

    def _covers(self, outer: Type, inner: Type) -> bool:
        """Whether every value of ``inner`` is one of ``outer``."""
        if isinstance(inner, NoneT):
            return isinstance(outer, OptT | NoneT)
        if kind_of(outer) != kind_of(inner) or (isinstance(inner, OptT) and not isinstance(outer, OptT)):
            return False
        if isinstance(outer, SetT | TextT | BoolT):
            return True
        (low, high), (least, most) = self.program.bounds(outer), self.program.bounds(inner)
        return low <= least and most <= high

    def _select(self, node: hir.Select, known: Known) -> None:
        self.value(node.condition, BOOL, known, "a condition")
        for case in (node.then, node.otherwise):
            self.expr(case, known)
            self.check(self._covers(node.type, case.type), f"a case of {node.type} is {case.type}")

    def _all_of(self, node: hir.AllOf, known: Known) -> None:
        self.value(node.owner, PLAYER, known, "an owner")
        self.check(self.program.entities[node.entity].per_player, f"no player owns a '{node.entity}'")
        self.check(node.type == SetT(EntityT(node.entity)), f"all of {node.entity} is {node.type}")

    def _make_ref(self, node: hir.MakeRef, known: Known) -> None:
        entity = self.program.entities[node.entity]
        self.check(entity.per_player == (node.owner is not None), f"'{node.entity}' is made with the wrong owner")
        self.value(node.owner, PLAYER, known, "an owner")
        self.value(node.index, IntT(0, entity.count - 1), known, "an index", bounded=False)
        self.check(node.type == EntityT(node.entity), f"an instance of {node.entity} is {node.type}")

    def _owner_of(self, node: hir.OwnerOf, known: Known) -> None:
        self.expr(node.ref, known)
        type_ = strip_optional(node.ref.type)
        owned = isinstance(type_, EntityT) and self.program.entities[type_.name].per_player
        self.check(owned and node.type == PLAYER, f"the owner of {type_} is {node.type}")

    def _index_of(self, node: hir.IndexOf, known: Known) -> None:
        self.expr(node.ref, known)
        type_ = strip_optional(node.ref.type)
        good = isinstance(type_, EntityT) and node.type == IntT(0, self.program.entities[type_.name].count - 1)
        self.check(good, f"the index of {type_} is {node.type}")

    def _elements(self, local: hir.Local, domain: hir.Expr, known: Known) -> Known:
        """A domain and the local that runs over it; what is known inside."""
        self.expr(domain, known)
        element = domain.type.element if isinstance(domain.type, SetT) else None
        what = f"'{local.name}' is {local.type} and runs over {domain.type}"
        self.check(element is not None and kind_of(element) == kind_of(local.type), what)
        return known | {local}

    def _filter(self, node: hir.Filter, known: Known) -> None:
        inner = self._elements(node.local, node.domain, known)
        self.value(node.condition, BOOL, inner, "a condition")
        self.check(node.type == node.domain.type, f"a part of {node.domain.type} is {node.type}")

    def _reduce(self, node: hir.Reduce, known: Known) -> None:
        inner = self._elements(node.local, node.domain, known)
        self.check((node.value is None) == (node.kind in ("count", "first")), f"'{node.kind}' has a value, or none")
        if node.value is None:
            wanted = OptT(strip_optional(node.local.type)) if node.kind == "first" else IntT(0, 0)
            self.check(accepts(wanted, node.type), f"'{node.kind}' gives {node.type}")
        elif node.kind in ("any", "all"):
            self.value(node.value, BOOL, inner, f"what '{node.kind}' looks at")
            self.check(node.type == BOOL, f"'{node.kind}' gives {node.type}")
        elif node.kind == "union":
            self.value(node.value, node.type, inner, "what 'union' joins")
            self.check(isinstance(node.type, SetT), f"'union' gives {node.type}")
        else:
            self.value(node.value, IntT(0, 0), inner, f"what '{node.kind}' looks at", bounded=False)
            self.check(isinstance(node.type, IntT), f"'{node.kind}' gives {node.type}")

    def _args(self, what: str, params: tuple[hir.Local, ...], args: tuple[hir.Expr, ...], known: Known) -> None:
        if self.check(len(params) == len(args), f"{what} takes {len(params)} arguments, not {len(args)}"):
            for param, arg in zip(params, args, strict=True):
                self.value(arg, param.type, known, f"'{param.name}' of {what}")

    def _call_func(self, node: hir.CallFunc, known: Known) -> None:
        func = self.program.funcs.get(node.func)
        if not self.check(func is not None, f"there is no function '{node.func}'") or func is None:
            return
        self._args(node.func, func.params, node.args, known)
        self.check(node.type == func.result, f"'{node.func}' gives {func.result}, not {node.type}")

    def _method(self, node: hir.CallMethod | hir.Perform, known: Known) -> hir.Method | None:
        table = self.program.tables.get(node.table)
        method = table.methods.get(node.method) if table is not None else None
        self.value(node.row, RowT(node.table), known, f"the row of '{node.table}.{node.method}'")
        if self.check(method is not None, f"there is no method '{node.table}.{node.method}'") and method is not None:
            self._args(node.method, method.params, node.args, known)
        return method

    def _call_method(self, node: hir.CallMethod, known: Known) -> None:
        method = self._method(node, known)
        self.check(method is None or method.result == node.type, f"'{node.method}' does not give {node.type}")

    # --- expressions that only passes make ----------------------------------------------------------------------------

    def _own_set(self, node: hir.OwnSet, known: Known) -> None:
        self._all_of(hir.AllOf(node.entity, node.owner, node.type), known)
        bits = (1 << self.program.entities[node.entity].count) - 1
        self.value(node.bits, IntT(0, bits), known, "the positions of a set")

    def _element(self, node: hir.Single | hir.Without, known: Known) -> None:
        self.expr(node.element, known)
        wanted = node.type.element if isinstance(node.type, SetT) else None
        what = f"an element of {node.type} is {node.element.type}"
        self.check(wanted is not None and accepts(OptT(wanted), node.element.type), what)

    def _single(self, node: hir.Single, known: Known) -> None:
        self._element(node, known)

    def _without(self, node: hir.Without, known: Known) -> None:
        self._element(node, known)
        self.value(node.domain, node.type, known, "what is made smaller")

    def _owner_of_set(self, node: hir.OwnerOfSet, known: Known) -> None:
        self.expr(node.domain, known)
        owned = hir.own_set_entity(self.program, node.domain.type) is not None
        self.check(owned and node.type == PLAYER, f"the owner of {node.domain.type} is {node.type}")

    def _lowest(self, node: hir.Lowest, known: Known) -> None:
        self.value(node.domain, node.type, known, "the set of which the lowest are kept")
        self.check(len(node.distances) == len(node.twins), "has as many twins as distances, or not")
        for twins in node.twins:
            self.value(twins, node.type, known, "equal positions")

    def _distinct(self, node: hir.Distinct, known: Known) -> None:
        inner = self._elements(node.local, node.domain, known)
        self.expr(node.key, inner)
        self.check(node.type == node.domain.type, f"a part of {node.domain.type} is {node.type}")

    # --- statements ---------------------------------------------------------------------------------------------------

    def block(self, block: hir.Block, known: Known) -> Known:
        """The statements of a block; returns the locals that have a value after it."""
        for statement in block.statements:
            known = self.statement(statement, known)
        return known

    def statement(self, node: Any, known: Known) -> Known:
        """One statement; returns the locals that have a value after it."""
        match node:
            case hir.Set(local, value):
                self.value(value, local.type, known, f"the new '{local.name}'")
                return known | {local}
            case hir.Store(field, owner, sub, value):
                self._field(field, owner, known)
                self._sub(field, sub, known)
                self.check(field.zone is None, f"assigns to the zone '{field.id}'")
                self.value(value, field.type, known, f"the new '{field.id}'", bounded=False)
            case hir.If(condition, then, otherwise):
                self.value(condition, BOOL, known, "a condition")
                yes, no = self.block(then, known), self.block(otherwise, known)
                return yes | no if self.lowered else yes & no
            case hir.ForEach(local, domain, body):
                self.block(body, self._elements(local, domain, known))
            case hir.Repeat(count, bound, body):
                self.value(count, IntT(0, 0), known, "a number of rounds", bounded=False)
                self.check(bound >= 0, f"repeats at most {bound} times")
                self.block(body, known)
            case hir.While(condition, bound, body):
                self.value(condition, BOOL, known, "a condition")
                self.check(bound >= 0, f"repeats at most {bound} times")
                self.block(body, known)
            case hir.Choose():
                return self._choose(node, known)
            case _:
                return self._simple(node, known)
        return known

    def _simple(self, node: Any, known: Known) -> Known:
        match node:
            case hir.Draw():
                return self._draw(node, known)
            case hir.Reveal(local, _, zone, depth):
                self._zone(zone, known)
                self.check(zone.field.zone == "pile", f"reveals from '{zone.field.id}', which is no pile")
                self.value(depth, IntT(0, 0), known, "a depth", bounded=False)
                return known | {local}
            case hir.Move(what, source, target):
                self._zone(source, known)
                self._zone(target, known)
                self.expr(what, known)
            case hir.Shuffle(zone):
                self._zone(zone, known)
            case hir.Swap(entity, left, right):
                self.value(left, EntityT(entity), known, "what is swapped")
                self.value(right, EntityT(entity), known, "what is swapped")
            case hir.Reset(owner_kind, target):
                wanted = PLAYER if owner_kind == "player" else EntityT(owner_kind)
                self.value(target, wanted, known, "what is reset")
            case hir.AdvanceLasting():
                pass
            case hir.Call():
                return self._call(node, known)
            case hir.Perform():
                method = self._method(node, known)
                self.check(method is None or method.result is None, f"'{node.method}' is no procedure")
            case hir.Finish(local, reward):
                self.value(reward, self.program.fields["player.reward"].type, known | {local}, "the reward")
            case _:
                self.check(False, f"holds a {type(node).__name__}, which is no statement here")
        return known

    def _zone(self, zone: hir.Zone, known: Known) -> None:
        self._field(zone.field, zone.owner, known)
        self.check(zone.field.zone is not None, f"'{zone.field.id}' is no zone")

    def _draw(self, node: hir.Draw, known: Known) -> Known:
        self.check(node.domain is None or node.count is None, f"draws '{node.local.name}' from two sources")
        if node.domain is not None:
            self._elements(node.local, node.domain, known)
        self.value(node.count, IntT(0, 0), known, "a number of outcomes", bounded=False)
        if node.weight is not None and self.check(node.weight_local is not None, "weighs nothing"):
            inner = known | {node.weight_local} if node.weight_local else known
            self.value(node.weight, IntT(0, 0), inner, "a weight", bounded=False)
        self.check(accepts(node.local.type, node.kind.type), f"draws {node.kind.type} into {node.local.type}")
        return known | {node.local}

    def _call(self, node: hir.Call, known: Known) -> Known:
        proc = self.program.procs.get(node.proc)
        if not self.check(proc is not None, f"there is no verb '{node.proc}'") or proc is None:
            return known
        self._args(node.proc, proc.params, node.args, known)
        if node.result is None:
            return known
        good = proc.returns is not None and accepts(node.result.type, proc.returns.type)
        self.check(good, f"'{node.proc}' does not give {node.result.type}")
        return known | {node.result}

    def _choose(self, node: hir.Choose, known: Known) -> Known:
        self.value(node.player, PLAYER, known, "who decides")
        self.check(node.site not in self.sites, f"there are two choices #{node.site}")
        self.sites.add(node.site)
        names = [alternative.action.name for alternative in node.alternatives]
        self.check(len(names) == len(set(names)), f"an action of choice #{node.site} stands in two alternatives")
        for alternative in node.alternatives:
            self._alternative(alternative, known)
        return known

    def _alternative(self, node: hir.Alternative, known: Known) -> None:
        action = node.action
        self.check(self.program.actions.get(action.name) is action, f"'{action.name}' is no action of the program")
        counts = {len(action.params), len(node.locals), len(node.domains), len(node.distinct)}
        if not self.check(len(counts) == 1, f"'{action.name}' has the wrong number of candidates"):
            return
        self.value(node.when, BOOL, known, "a condition")
        inner = known | frozenset(node.locals) if self.lowered else known  # domains of turned offers read later locals
        for local, domain, key in zip(node.locals, node.domains, node.distinct, strict=True):
            if isinstance(strip_optional(domain.type), IntT):
                self.value(domain, IntT(0, 0), inner, "a number of candidates", bounded=False)
                inner |= {local}
            else:
                inner = self._elements(local, domain, inner)
            if key is not None:
                self.expr(key, inner)
        self.block(node.body, inner)
