"""Blocks as functions: what a game does from one decision, or from one jump, to the next."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.backends.jax.expressions import Expressions, constant_name, identifier
from compiler.backends.jax.statements import Statements
from compiler.ir import hir, lir
from compiler.ir.types import EntityT, IntT, strip_optional
from compiler.passes.layout import WORD, owned
from compiler.paths import path_within
from compiler.source import Span


@dataclass(frozen=True)
class FunctionView:
    """One generated function: its head, its docstring, its lines."""

    name: str
    params: str
    doc: str
    lines: tuple[str, ...]
    source: Source | None


@dataclass(frozen=True)
class Source:
    """Where something stands in the rules; the path is seen from the project's root."""

    file: str
    line: int
    col: int


def source_of(span: Span | None, expr: Expressions) -> Source | None:
    return Source(path_within(span.file.path, expr.root), span.line, span.col) if span is not None else None


def where_from(source: Source | None) -> str:
    return f"{source.file}:{source.line}" if source is not None else "the compiler"


def block_view(block: lir.BasicBlock, expr: Expressions, registers: dict[hir.Local, str]) -> FunctionView:
    body = Statements(expr, expr.names(registers))
    body.block(block.body)
    _end(block.end, body)
    source = source_of(block.span, expr)
    return FunctionView(block.name, "g, on", where_from(source), tuple(body.lines), source)


def procedure_view(proc: hir.Proc, expr: Expressions) -> FunctionView:
    names = expr.names({})
    params = [names.of(p) for p in proc.params]
    body = Statements(expr, names, declared=set(proc.params))
    body.block(proc.body.statements)
    if proc.returns is not None:
        body.put(f"return {body.e(proc.returns)}")
    source = source_of(proc.span, expr)
    doc = f"{proc.name.replace('_', ' ')} ({where_from(source)})"
    return FunctionView(identifier(proc.name), ", ".join(["g", "on", *params]), doc, tuple(body.lines), source)


def function_view(func: hir.Func, expr: Expressions) -> FunctionView:
    names = expr.names({})
    params = [names.of(p) for p in func.params]
    source = source_of(func.span, expr)
    doc = f"{func.name.replace('_', ' ')} ({where_from(source)})"
    lines = (f"return {expr(func.body, names)}",)
    return FunctionView(identifier(func.name), ", ".join(["g", *params]), doc, lines, source)


def _end(end: lir.Terminator, body: Statements) -> None:
    match end:
        case lir.Jump(target):
            body.put(f"g.pc = select(on, At.{target}, g.pc)")
        case lir.Branch(condition, then, otherwise):
            body.put(f"g.pc = select(on, where({body.e(condition)}, At.{then}, At.{otherwise}), g.pc)")
        case lir.Return(address):
            body.put(f"g.pc = select(on, {body.names.of(address)}, g.pc)")
        case lir.Halt():
            body.put("game_over(g, on, HALTED)")
        case lir.Ask():
            _ask(end, body)
        case lir.Dispatch(alternatives):
            for alternative, target in alternatives:
                _dispatch(alternative, target, body)


def _ask(end: lir.Ask, body: Statements) -> None:
    choice = end.choice
    body.put(f"player = {body.e(choice.player)}")
    body.put("words = no_actions(ACTIONS)")
    for a in choice.alternatives:
        _offer(a, body)
    body.put(f"ask(g, on, player, words, {choice.manual}, At.{end.dispatch}, At.{end.skip})")


def _offer(a: hir.Alternative, body: Statements) -> None:
    action = f"Act.{identifier(a.action.name)}"
    when = f", {body.e(a.when)}" if a.when is not None else ""
    if not a.locals:
        body.put(f"offer(words, {action}, 1, 1{when})")
        return
    later = a.action.params[1:]
    step, base = a.action.params[0].size, action
    for param, local in zip(later, a.locals[1:], strict=True):
        digit = body.names.fresh(f"{local.name}_index")
        body.put(f"for {digit} in range({param.size}):")
        body.depth += 1
        name = body.names.bound[local] = body.names.fresh(local.name)
        body.put(f"{name} = {_value(param, digit, body.expr, 'player')}")
        base = f"{base} + {step} * {digit}"
        step *= param.size
    _offer_first(a, base, when, body)
    body.depth -= len(later)
    for local in a.locals[1:]:
        del body.names.bound[local]


def _offer_first(a: hir.Alternative, base: str, when: str, body: Statements) -> None:
    param, domain = a.action.params[0], a.domains[0]
    if isinstance(domain.type, IntT):
        wide = f", {param.size}" if param.size > WORD else ""
        body.put(f"offer(words, {base}, {param.size}, below({body.e(domain)}{wide}){when})")
        return
    legal = body.e(domain)
    type_ = strip_optional(param.type)
    if param.own and isinstance(type_, EntityT):
        body.put(f"offer(words, {base}, {param.size}, positions({constant_name(type_.name)}, {legal}, player){when})")
    elif owned(body.expr.program, type_):
        assert isinstance(type_, EntityT)
        body.put(f"offer_each(words, {base}, {constant_name(type_.name)}, {legal}{when})")
    else:
        body.put(f"offer(words, {base}, {param.size}, {legal}{when})")


def _value(param: hir.ActionParam, digit: str, expr: Expressions, player: str) -> str:
    """The value that a digit of an action id stands for."""
    type_ = strip_optional(param.type)
    if param.own and isinstance(type_, EntityT):
        return f"place_at({constant_name(type_.name)}, {player}, {digit})"
    if isinstance(type_, IntT) and type_.lo:
        return f"{digit} + {type_.lo}"
    return digit


def _dispatch(a: hir.Alternative, target: str, body: Statements) -> None:
    action = f"Act.{identifier(a.action.name)}"
    chosen = body.names.fresh(f"chose_{a.action.name}")
    body.put(f"{chosen} = on & (g.action >= {action}) & (g.action < {action} + {a.action.size})")
    divisor = 1
    for i, (param, local) in enumerate(zip(a.action.params, a.locals, strict=True)):
        digit = f"g.action - {action}"
        if divisor > 1:
            digit = f"floor_div({digit}, {divisor})"
        if i < len(a.locals) - 1:
            digit = f"floor_mod({digit}, {param.size})"
        divisor *= param.size
        if local in body.names.registers:
            outer, body.on = body.on, chosen
            body.bind(local, _value(param, f"({digit})", body.expr, "g.chooser"))
            body.on = outer
    body.put(f"g.pc = select({chosen}, At.{target}, g.pc)")
