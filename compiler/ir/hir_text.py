"""HIR as text: canonical, stable and readable. Tests and dumps are written in it.

It looks like the rule language, with every sugar gone: one statement per line, operators in brackets, `:=` for
assignments, `x: T :=` where a local gets its first value. Locals of one name in one body are told apart: `x`, `x~2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from compiler.ir import hir
from compiler.ir.evaluate import members
from compiler.ir.types import (
    NONE,
    BoolT,
    EntityT,
    EnumT,
    IntT,
    NoneT,
    PlayerT,
    RowT,
    SetT,
    TextT,
    Type,
    strip_optional,
)
from compiler.ops import OPS

_INDENT = "  "


def program_text(program: hir.Program) -> str:
    """The whole program."""
    return "".join(f"{line}\n" for line in _program(program))


def expr_text(program: hir.Program, expr: hir.Expr) -> str:
    """One expression."""
    return BodyText(program).expr(expr)


def block_text(program: hir.Program, block: hir.Block) -> str:
    """The statements of a block, one per line."""
    return "".join(f"{line}\n" for line in BodyText(program).block(block, 0))


def func_text(program: hir.Program, func: hir.Func) -> str:
    """A function on one line."""
    text = BodyText(program)
    return f"func {func.name}({text.params(func.params)}): {func.result} = {text.expr(func.body)}\n"


def proc_text(program: hir.Program, proc: hir.Proc) -> str:
    """A verb."""
    return "".join(f"{line}\n" for line in _proc(program, proc))


def row_text(program: hir.Program, table: str, row: int) -> str:
    """A row: what it holds besides defaults, and its versions of methods."""
    return "".join(f"{line}\n" for line in _row(program, program.tables[table], row))


def value_text(program: hir.Program, value: int, type_: Type) -> str:
    """A value of a type."""
    if value == NONE and not isinstance(type_, IntT):
        return "none"
    match strip_optional(type_):
        case BoolT():
            return "true" if value else "false"
        case PlayerT():
            return f"player({value})"
        case EnumT(name):
            return f"{name}.{program.enums[name].values[value]}"
        case EntityT(name):
            entity = program.entities[name]
            if entity.per_player:
                return f"{name}({value // entity.count}, {value % entity.count})"
            return f"{name}({value})"
        case RowT(table):
            keys = program.tables[table].keys
            return f"{table}[{keys[value] if value < len(keys) else value}]"
        case TextT():
            return _quoted(program.texts[value] if value < len(program.texts) else f"text {value}")
        case SetT(element):
            if not isinstance(element, IntT) and value == (1 << program.domain(element)) - 1 and value > 0:
                return f"all {element}"
            return f"{{{', '.join(value_text(program, item, element) for item in members(value))}}}"
        case NoneT():
            return "none"
    return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


# --- bodies -----------------------------------------------------------------------------------------------------------


class BodyText:
    """The text of one body, whose locals it names."""

    def __init__(self, program: hir.Program) -> None:
        self._program = program
        self._names: dict[hir.Local, str] = {}
        self._taken: dict[str, int] = {}

    def local(self, local: hir.Local) -> str:
        """The name of a local, which no other local of the body has."""
        if local not in self._names:
            self._taken[local.name] = count = self._taken.get(local.name, 0) + 1
            self._names[local] = local.name if count == 1 else f"{local.name}~{count}"
        return self._names[local]

    def params(self, params: tuple[hir.Local, ...]) -> str:
        """Parameters with their types."""
        return ", ".join(f"{self.local(param)}: {param.type}" for param in params)

    def expr(self, node: Any) -> str:
        """An expression."""
        match node:
            case hir.Const(value, type_):
                return value_text(self._program, value, type_)
            case hir.Get(local):
                return self.local(local)
            case hir.Load(field, owner, sub):
                return self._member(field.name, owner) + self._sub(sub, "@" if field.lasting else "[")
            case hir.Column(_, column, row, sub):
                return self._member(column, row) + self._sub(sub, "[")
            case hir.Apply(op, args):
                return self._apply(op, args)
            case hir.Select(condition, then, otherwise):
                return f"({self.expr(then)} if {self.expr(condition)} else {self.expr(otherwise)})"
            case hir.AllOf(entity, owner):
                return f"(all {entity} of {self.expr(owner)})"
            case hir.MakeRef(entity, owner, index):
                return f"{entity}({', '.join(self.expr(arg) for arg in (owner, index) if arg is not None)})"
            case hir.OwnerOf(ref):
                return f"{self.expr(ref)}.owner"
            case hir.IndexOf(ref):
                return f"{self.expr(ref)}.index"
            case hir.Filter(local, domain, condition):
                return f"({self.local(local)} in {self.expr(domain)} where {self.expr(condition)})"
            case hir.Reduce(kind, _, domain, None):
                return f"{kind}({self.expr(domain)})"
            case hir.Reduce(kind, local, domain, value):
                return f"{kind}({self.local(local)} in {self.expr(domain)}: {self.expr(value)})"
            case hir.CallFunc(func, args):
                return f"{func}({self._list(args)})"
            case hir.CallMethod(_, method, row, args):
                return f"{self.expr(row)}.{method}({self._list(args)})"
        return self._other(node)

    def _member(self, name: str, owner: hir.Expr | None) -> str:
        return name if owner is None else f"{self.expr(owner)}.{name}"

    def _sub(self, sub: hir.Expr | None, bracket: str) -> str:
        if sub is None:
            return ""
        return f"@{self.expr(sub)}" if bracket == "@" else f"[{self.expr(sub)}]"

    def _list(self, args: tuple[hir.Expr, ...]) -> str:
        return ", ".join(self.expr(arg) for arg in args)

    def _apply(self, op: str, args: tuple[hir.Expr, ...]) -> str:
        symbol = OPS[op].symbol if op in OPS else ""
        if not symbol or "(" in symbol:
            return f"{op}({self._list(args)})"
        texts = dict(zip("abc", map(self.expr, args), strict=False))
        return f"({' '.join(texts.get(word, word) for word in symbol.replace('-a', '- a').split())})"

    def _other(self, node: Any) -> str:
        """A node that only passes make."""
        parts = (getattr(node, part.name) for part in fields(node) if part.name not in ("type", "span"))
        return f"{type(node).__name__}({', '.join(self._part(part) for part in parts)})"

    def _part(self, value: Any) -> str:
        if isinstance(value, hir.Local):
            return self.local(value)
        if isinstance(value, tuple):
            return f"[{', '.join(map(self._part, value))}]"
        return self.expr(value) if hasattr(value, "type") and hasattr(value, "span") else str(value)

    # --- statements ---------------------------------------------------------------------------------------------------

    def block(self, block: hir.Block, depth: int) -> Iterator[str]:
        """The lines of a block's statements."""
        for statement in block.statements:
            yield from self._statement(statement, depth)

    def _nested(self, head: str, block: hir.Block, depth: int) -> Iterator[str]:
        yield _INDENT * depth + head + " {"
        yield from self.block(block, depth + 1)
        yield _INDENT * depth + "}"

    def _statement(self, node: Any, depth: int) -> Iterator[str]:
        match node:
            case hir.If(condition, then, otherwise):
                yield from self._nested(f"if {self.expr(condition)}", then, depth)
                if otherwise.statements:
                    yield from self._nested("else", otherwise, depth)
            case hir.ForEach(local, domain, body):
                head = f"for {self._declared(local)} in {self.expr(domain)}"
                yield from self._nested(head, body, depth)
            case hir.Repeat(count, bound, body):
                yield from self._nested(f"repeat {self.expr(count)} at most {bound}", body, depth)
            case hir.While(condition, bound, body):
                yield from self._nested(f"while {self.expr(condition)} at most {bound}", body, depth)
            case hir.Choose(site, player, manual, alternatives):
                word = " manual" if manual else ""
                yield f"{_INDENT * depth}choose #{site} by {self.expr(player)}{word} {{"
                for alternative in alternatives:
                    yield from self._nested(self.alternative(alternative), alternative.body, depth + 1)
                yield f"{_INDENT * depth}}}"
            case _:
                yield _INDENT * depth + self._simple(node)

    def _declared(self, local: hir.Local) -> str:
        """A local as it gets a value: with its type, the first time."""
        known = local in self._names
        name = self.local(local)
        return name if known else f"{name}: {local.type}"

    def _simple(self, node: Any) -> str:
        match node:
            case hir.Set(local, value):
                return f"{self._declared(local)} := {self.expr(value)}"
            case hir.Store(field, owner, sub, value):
                target = self._member(field.name, owner) + self._sub(sub, "@" if field.lasting else "[")
                return f"{target} := {self.expr(value)}"
            case hir.Draw():
                return self._draw(node)
            case hir.Reveal(local, kind, zone, depth):
                return f"reveal {self._declared(local)} by {kind.name} from {self.zone(zone)} at {self.expr(depth)}"
            case hir.Move(what, source, target, end):
                tail = f" {end}" if end else ""
                return f"move {self.expr(what)} from {self.zone(source)} to {self.zone(target)}{tail}"
            case hir.Shuffle(zone):
                return f"shuffle {self.zone(zone)}"
            case hir.Swap(_, left, right):
                return f"swap {self.expr(left)}, {self.expr(right)}"
            case hir.Reset(_, target, lasting_only):
                return f"{'end lasting on' if lasting_only else 'reset'} {self.expr(target)}"
            case hir.AdvanceLasting():
                return "advance lasting"
            case hir.Call(proc, args, result):
                target = "" if result is None else f"{self._declared(result)} := "
                return f"{target}call {proc}({self._list(args)})"
            case hir.Perform(_, method, row, args):
                return f"perform {self.expr(row)}.{method}({self._list(args)})"
            case hir.Finish(local, reward):
                return f"finish {self.local(local)}: {self.expr(reward)}"
        return self._other(node)

    def zone(self, zone: hir.Zone) -> str:
        """A zone of an owner."""
        return self._member(zone.field.name, zone.owner)

    def _draw(self, node: hir.Draw) -> str:
        head = f"draw {self._declared(node.local)} by {node.kind.name}"
        source = ""
        if node.domain is not None:
            source = f" from {self.expr(node.domain)}"
        elif node.count is not None:
            source = f" from {self.expr(node.count)} outcomes"
        if node.weight is not None and node.weight_local is not None:
            source += f" weight {self.local(node.weight_local)}: {self.expr(node.weight)}"
        return head + source

    def alternative(self, node: hir.Alternative) -> str:
        """An alternative without its body."""
        parts = []
        for local, domain, key in zip(node.locals, node.domains, node.distinct, strict=True):
            text = f"{self.local(local)} in {self.expr(domain)}"
            parts.append(text if key is None else f"{text} distinct by {self.expr(key)}")
        head = f"{node.action.name}({', '.join(parts)})"
        return head if node.when is None else f"{head} when {self.expr(node.when)}"


# --- declarations -----------------------------------------------------------------------------------------------------


def _program(program: hir.Program) -> Iterator[str]:
    yield f"program {program.name}"
    yield f"players {program.players}"
    for name, value in program.constants.items():
        yield f"const {name} = {value}"
    for enum in program.enums.values():
        yield f"enum {enum.name} {{ {' '.join(enum.values)} }}"
    for entity in program.entities.values():
        size = f"{entity.rows}, {entity.columns}" if entity.columns else entity.count
        yield f"entity {entity.name}[{size}]{' per player' if entity.per_player else ''}"
    for field in program.fields.values():
        yield _field(program, field)
    for kind in program.draws.values():
        yield f"draws {kind.name}: {kind.type}{' always' if kind.always else ''}"
    for action in program.actions.values():
        params = ", ".join(f"{param.name}: {'own ' if param.own else ''}{param.type}" for param in action.params)
        yield f"action {action.name}({params}) = {action.base}..{action.base + action.size - 1}"
    for table in program.tables.values():
        yield from _table(program, table)
    for func in program.funcs.values():
        yield func_text(program, func).rstrip("\n")
    for proc in program.procs.values():
        yield from _proc(program, proc)
    for table in program.tables.values():
        for row in range(len(table)):
            yield from _row(program, table, row)
    for hole in program.holes:
        yield f"hole {hole.table}[{program.tables[hole.table].keys[hole.row]}].{hole.method} = {hole.hash}"
    yield from _body(BodyText(program), "play", program.play)
    for scenario in program.scenarios:
        yield from _scenario(program, scenario)


def _field(program: hir.Program, field: hir.Field) -> str:
    if field.zone is not None:
        known = f" known {field.known_top} bottom {field.known_bottom}" if field.zone == "pile" else ""
        start = " start" if field.start else ""
        held = strip_optional(_element(field.type))
        return f"zone {field.id}: {field.zone} of {'own ' * field.own}{held} {field.visibility}{known}{start}"
    words = f"{'param ' if field.param else ''}field {field.id}: {'lasting ' if field.lasting else ''}"
    default = value_text(program, field.default, field.type)
    return f"{words}{_array(field)} = {default} {field.visibility}"


def _element(type_: Type) -> Type:
    return type_.element if isinstance(type_, SetT) else type_


def _array(column: hir.Field | hir.TableColumn) -> str:
    lasting = isinstance(column, hir.Field) and column.lasting
    size = "" if column.size is None or lasting else f"[{column.index_enum or column.size}]"
    return f"{column.type}{size}"


def _table(program: hir.Program, table: hir.Table) -> Iterator[str]:
    yield f"table {table.name}{f' in {table.parent}' if table.parent else ''} {{"
    for column in table.columns.values():
        yield f"{_INDENT}{column.name}: {_array(column)} = {value_text(program, column.default, column.type)}"
    for method in table.methods.values():
        text = BodyText(program)
        head = f"{_INDENT}method {method.name}({text.params(method.params)})"
        if method.result is not None:
            default = text.expr(method.default) if method.default is not None else "none"
            head += f": {method.result} = {default}"
        yield head
    yield "}"


def _proc(program: hir.Program, proc: hir.Proc) -> Iterator[str]:
    text = BodyText(program)
    result = f": {proc.returns.type}" if proc.returns is not None else ""
    yield f"verb {proc.name}({text.params(proc.params)}){result} {{"
    yield from text.block(proc.body, 1)
    if proc.returns is not None:
        yield f"{_INDENT}return {text.expr(proc.returns)}"
    yield "}"


def _row(program: hir.Program, table: hir.Table, row: int) -> Iterator[str]:
    yield f"row {table.name}[{table.keys[row]}] {_quoted(table.titles[row])} as {table.forms[row]} {{"
    for column in table.columns.values():
        if column.name not in ("key", "title"):
            value = _cell(program, column, table.data[column.name][row])
            if value is not None:
                yield f"{_INDENT}{column.name} = {value}"
    for method in table.methods.values():
        body = method.bodies.get(row)
        text = BodyText(program)
        head = f"{_INDENT}{method.name}({text.params(method.params)})" if body is not None else ""
        if isinstance(body, hir.Block):
            yield head + " {"
            yield from text.block(body, 2)
            yield _INDENT + "}"
        elif body is not None:
            yield f"{head} = {text.expr(body)}"
    yield "}"


def _cell(program: hir.Program, column: hir.TableColumn, value: int | tuple[int, ...]) -> str | None:
    """A column's value, or None where it is the default."""
    if isinstance(value, int):
        return None if value == column.default else value_text(program, value, column.type)
    if all(item == column.default for item in value):
        return None
    if column.index_enum is not None:
        names = program.enums[column.index_enum].values
        pairs = zip(names, value, strict=True)
        return f"[{', '.join(f'{name}: {value_text(program, item, column.type)}' for name, item in pairs if item)}]"
    return f"[{', '.join(value_text(program, item, column.type) for item in value)}]"


def _body(text: BodyText, head: str, block: hir.Block) -> Iterator[str]:
    yield head + " {"
    yield from text.block(block, 1)
    yield "}"


def _scenario(program: hir.Program, scenario: hir.Scenario) -> Iterator[str]:
    yield f"scenario {_quoted(scenario.title)} {{"
    text = BodyText(program)
    yield f"{_INDENT}given {{"
    yield from text.block(scenario.given, 2)
    yield f"{_INDENT}}}"
    for step in (None, *scenario.steps):
        draws = scenario.start_draws if step is None else step.draws
        drawn = ", ".join(f"{kind.name} {text.expr(value)}" for kind, value in draws)
        if step is not None:
            args = ", ".join(map(text.expr, step.args))
            yield f"{_INDENT}{step.action.name}({args}){f' draws {drawn}' if drawn else ''}"
        elif drawn:
            yield f"{_INDENT}draws {drawn}"
    for expectation in scenario.then:
        yield f"{_INDENT}expect {text.expr(expectation)}"
    yield "}"
