"""Lints on typed rules: what an author has written down and cannot have meant so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from compiler.diagnostics import Diagnostics, Note
from compiler.ir import hir
from compiler.ir.walk import walk

Renamed = Mapping[hir.Local, hir.Local]
Guard = tuple[hir.Expr, Renamed]
"""A condition that holds at a place, with the locals that it calls otherwise."""


def advise(program: hir.Program, sink: Diagnostics) -> None:
    """Report (W0910 to W0914) what never matters: parameters, hooks, conditions, versions of methods, scenarios."""
    _parameters(program, sink)
    _hooks(program, sink)
    _conditions(program, sink)
    _versions(program, sink)
    _scenarios(program, sink)


# --- parameters -------------------------------------------------------------------------------------------------------


def _parameters(program: hir.Program, sink: Diagnostics) -> None:
    """Parameters of functions and verbs that nothing reads, and that are not called `_…`.

    Those of methods are what rows may need, and not all that the rows there are do need.
    """
    for func in program.funcs.values():
        if func.name not in {f"{action}_label" for action in program.actions}:
            _unread(func.params, [func.body], f"'{func.name}'", sink)
    for proc in program.procs.values():
        said = (
            set()
            if proc.says is None or not proc.own_words
            else {p for p in proc.params if f"{{{p.name}}}" in proc.says}
        )
        bodies = [proc.body, *([proc.returns] if proc.returns is not None else [])]
        _unread([p for p in proc.params if p not in said], bodies, f"'{proc.name.replace('_', ' ')}'", sink)


def _unread(params: Iterable[hir.Local], bodies: Iterable[hir.Expr | hir.Block], what: str, sink: Diagnostics) -> None:
    read = {node.local for body in bodies for node in walk(body) if isinstance(node, hir.Get)}
    for param in params:
        if param not in read and not param.name.startswith("_"):
            hint = f"call it '_{param.name}' if that is meant"
            sink.warning("W0910", param.span, f"nothing in {what} reads the parameter '{param.name}'", suggestion=hint)


# --- hooks ------------------------------------------------------------------------------------------------------------


def _hooks(program: hir.Program, sink: Diagnostics) -> None:
    """Procedures of rows that are performed only where another method of the row holds, and there it never does."""
    sites: dict[tuple[str, str], list[set[str]]] = {}
    blocks = [program.play, *(proc.body for proc in program.procs.values())]
    for table in program.tables.values():
        for method in table.methods.values():
            blocks += [body for body in method.bodies.values() if isinstance(body, hir.Block)]
    for block in blocks:
        for perform, guards in _performed(block, ()):
            held = {
                condition.method
                for condition, renamed in guards
                if isinstance(condition, hir.CallMethod)
                and condition.table == perform.table
                and _same(condition.row, perform.row, renamed)
            }
            sites.setdefault((perform.table, perform.method), []).append(held)
    for (table_name, method_name), held in sites.items():
        table = program.tables[table_name]
        for guard in sorted(set.intersection(*held)):
            for row, body in table.methods[method_name].bodies.items():
                condition = table.methods[guard].bodies.get(row, table.methods[guard].default)
                if condition is None or (isinstance(condition, hir.Const) and not condition.value):
                    name = table.titles[row] or table.keys[row]
                    message = f"the '{method_name}' of '{name}' can never happen: '{guard}' does not hold there"
                    span = table.spans[row] if isinstance(body, hir.Block) else body.span
                    sink.warning("W0912", span, message, suggestion=f"write 'gives {guard} = …', too")


def _performed(block: hir.Block, guards: tuple[Guard, ...]) -> Iterator[tuple[hir.Perform, tuple[Guard, ...]]]:
    """What a block performs, each with the conditions under which it comes to that."""
    for statement in block.statements:
        match statement:
            case hir.Perform():
                yield statement, guards
            case hir.If(condition, then, otherwise):
                yield from _performed(then, (*guards, *((part, {}) for part in _conjuncts(condition))))
                yield from _performed(otherwise, guards)
            case hir.ForEach(local, domain, body):
                yield from _performed(body, (*guards, *_of_domain(local, domain)))
            case hir.Repeat(body=body):
                yield from _performed(body, guards)
            case hir.While(condition, _, body):
                yield from _performed(body, (*guards, *((part, {}) for part in _conjuncts(condition))))
            case hir.Choose(alternatives=alternatives):
                for act in alternatives:
                    more: list[Guard] = [(part, {}) for part in _conjuncts(act.when)] if act.when is not None else []
                    for local, domain in zip(act.locals, act.domains, strict=True):
                        more += _of_domain(local, domain)
                    yield from _performed(act.body, (*guards, *more))


def _of_domain(local: hir.Local, domain: hir.Expr) -> Iterator[Guard]:
    """What holds of every element of a set."""
    while isinstance(domain, hir.Filter):
        for part in _conjuncts(domain.condition):
            yield part, {domain.local: local}
        domain = domain.domain


def _conjuncts(condition: hir.Expr) -> Iterator[hir.Expr]:
    if isinstance(condition, hir.Apply) and condition.op == "and":
        for part in condition.args:
            yield from _conjuncts(part)
    else:
        yield condition


def _same(one: object, other: object, renamed: Renamed) -> bool:
    """Whether two expressions are written alike, locals renamed, wherever they stand."""
    if isinstance(one, hir.Local):
        return renamed.get(one, one) is other
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_same(a, b, renamed) for a, b in zip(one, other, strict=True))
    if is_dataclass(one) and not isinstance(one, hir.Field | hir.Entity) and type(one) is type(other):
        names = [entry.name for entry in fields(one) if entry.name not in ("span", "type")]
        return all(_same(getattr(one, name), getattr(other, name), renamed) for name in names)
    return one == other


# --- conditions -------------------------------------------------------------------------------------------------------


def _conditions(program: hir.Program, sink: Diagnostics) -> None:
    """`else if` with a condition that stands above it already."""
    blocks: list[hir.Expr | hir.Block] = [program.play, *(proc.body for proc in program.procs.values())]
    for table in program.tables.values():
        for method in table.methods.values():
            blocks += method.bodies.values()
    inner: set[int] = set()
    for block in blocks:
        for node in walk(block):
            if isinstance(node, hir.If) and id(node) not in inner:
                seen: list[hir.Expr] = []
                link: hir.Statement | None = node
                while isinstance(link, hir.If):
                    inner.add(id(link))
                    above = next((c for c in seen if _same(c, link.condition, {})), None)
                    if above is not None and not isinstance(above, hir.Const):
                        notes = [Note("the same condition stands here", above.span)] if above.span else []
                        message = "this is never run: its condition stands above it already"
                        sink.warning("W0913", link.condition.span or link.span, message, notes=notes)
                    seen.append(link.condition)
                    rest = link.otherwise.statements
                    link = rest[0] if len(rest) == 1 else None


# --- rows -------------------------------------------------------------------------------------------------------------


def _versions(program: hir.Program, sink: Diagnostics) -> None:
    """Pure methods of rows that say what is so anyway."""
    for table in program.tables.values():
        for method in table.methods.values():
            for row, body in method.bodies.items():
                default = method.default
                if isinstance(body, hir.Const) and isinstance(default, hir.Const) and body.value == default.value:
                    name = table.titles[row] or table.keys[row]
                    message = f"'{name}' need not say this: '{method.name}' is so by default"
                    sink.warning("W0914", body.span or table.spans[row], message)


# --- scenarios --------------------------------------------------------------------------------------------------------


def _scenarios(program: hir.Program, sink: Diagnostics) -> None:
    """Scenarios that test nothing, or that cannot come about."""
    nodes = [node for block in _playable(program) for node in walk(block)]
    offered = {act.action.name for node in nodes if isinstance(node, hir.Choose) for act in node.alternatives}
    drawn = {node.kind.name for node in nodes if isinstance(node, hir.Draw | hir.Reveal)}
    titles: dict[str, hir.Scenario] = {}
    for scenario in program.scenarios:
        if (first := titles.setdefault(scenario.title, scenario)) is not scenario:
            notes = [Note("the other one is here", first.span)] if first.span else []
            sink.warning("W0911", scenario.span, "another scenario has the same title", notes=notes)
        if not scenario.then:
            sink.warning("W0911", scenario.span, "the scenario expects nothing")
        for expectation in scenario.then:
            if isinstance(expectation, hir.Const) or not _reads_state(expectation, program):
                sink.warning("W0911", expectation.span, "the game has no say in this: it is known beforehand")
        for step in scenario.steps:
            if step.action.name not in offered:
                message = f"the scenario comes to nothing: '{step.action.name}' can never be chosen"
                sink.warning("W0911", step.span or scenario.span, message)
        draws = [*scenario.start_draws, *(draw for step in scenario.steps for draw in step.draws)]
        for kind, outcome in draws:
            if kind.name not in drawn:
                message = f"the scenario comes to nothing: '{kind.name}' is never drawn"
                sink.warning("W0911", outcome.span or scenario.span, message)


def _playable(program: hir.Program) -> Iterator[hir.Block]:
    """Everything that a game may run."""
    yield program.play
    for proc in program.procs.values():
        yield proc.body
    for table in program.tables.values():
        for method in table.methods.values():
            yield from (body for body in method.bodies.values() if isinstance(body, hir.Block))


def _reads_state(expr: hir.Expr, program: hir.Program, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression depends on the state, through functions and methods, too."""
    for node in walk(expr):
        match node:
            case hir.Load() | hir.CallMethod():
                return True
            case hir.CallFunc(func) if func not in seen:
                if _reads_state(program.funcs[func].body, program, seen | {func}):
                    return True
    return False
