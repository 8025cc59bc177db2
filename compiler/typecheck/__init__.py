"""Type checking: from syntax trees to typed rules, with every error that can be found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

from compiler.diagnostics import Diagnostics, Note, did_you_mean
from compiler.ir import hir
from compiler.ir.calls import choices_in_given, cycles, param_writes
from compiler.resolve import Abort, Constants, Names, resolve
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck import calls, declarations, lints, rows, scenarios, statements, tables
from compiler.typecheck.advice import advise
from compiler.typecheck.checker import Checker, Verb
from compiler.typecheck.expressions import EXPRESSIONS
from compiler.typecheck.scope import Body, Scope

__all__ = ["check"]

MAX_PLAYERS = 8


def check(
    modules: Sequence[ast.Module],
    name: str,
    sink: Diagnostics,
    overrides: Mapping[str, int] | None = None,
    override_spans: Mapping[str, Span] | None = None,
    fills: Mapping[str, ast.Block] | None = None,
) -> hir.Program | None:
    """Check the modules of a game. Returns the typed rules, or None after reporting what is wrong.

    ``overrides`` replaces the values of constants; ``override_spans`` says where the manifest gives them.
    ``fills`` has the bodies of rows that stand elsewhere, by the digits of the hashes of their texts.
    """
    found = Diagnostics()
    names = resolve(modules, found)
    start = modules[0].span.file.span(0, 0) if modules else None  # the place of what is nowhere
    checker = _checker(names, name, found, overrides or {}, start)
    checker.fills = fills or {}
    for override in set(overrides or {}) - set(names.constants):
        span = (override_spans or {}).get(override)
        suggestion = did_you_mean(override, names.constants)
        found.error("E0601", span, f"there is no constant '{override}' to override", suggestion=suggestion)
    program = _check_all(checker, start)
    sink.extend(found)
    return program if found.ok else None


def _checker(names: Names, name: str, sink: Diagnostics, overrides: Mapping[str, int], start: Span | None) -> Checker:
    constants = Constants(names, overrides)
    program = hir.Program(
        name=name,
        players=_players(names, constants, start),
        constants={},
        texts=(),
        enums={},
        entities={},
        fields={},
        draws={},
        actions={},
        tables={},
        funcs={},
        procs={},
        play=hir.Block(()),
    )
    return Checker(sink, names, constants, program, EXPRESSIONS, statements.block)


def _players(names: Names, constants: Constants, start: Span | None) -> int:
    if not names.players:
        names.sink.error("E0602", start, "nothing says how many players there are", suggestion="write 'players 2'")
        return 1
    for extra in names.players[1:]:
        names.sink.error("E0202", extra.span, "'players' is declared twice")
    node = names.players[0]
    try:
        count = constants.evaluate(node.count)
    except Abort:
        return 1
    if not 1 <= count <= MAX_PLAYERS:
        names.sink.error("E0602", node.count.span, f"there can be 1 to {MAX_PLAYERS} players, not {count}")
        return 1
    return count


def _check_all(check: Checker, start: Span | None) -> hir.Program:
    declarations.enums(check)
    declarations.entities(check)
    schemas = tables.schemas(check)
    tables.list_rows(check, schemas)
    tables.shells(check, schemas)
    tables.columns(check, schemas)
    declarations.fields(check)
    declarations.draws(check)
    action_count = declarations.actions(check)
    declarations.funcs(check)
    declarations.verbs(check)
    tables.methods(check, schemas)
    check.ready = True
    versions = rows.read_rows(check, schemas)

    for name, func in check.funcs.items():
        with suppress(Abort):
            calls.finish_func(check, name, func.decl.span)
    rows.check_defaults(check, schemas)
    bodies = _verbs(check)
    play = _play(check, bodies, start)
    of_rows, holes = rows.check_versions(check, versions)
    bodies += of_rows
    found, given = scenarios.scenarios(check)
    bodies += given

    cast("dict[str, int]", check.program.constants).update(check.constants.all())
    funcs = {name: check.program.funcs[name] for name in check.funcs if name in check.program.funcs}
    program = replace(
        check.program,
        funcs=funcs,
        texts=tuple(check.texts),
        play=play,
        scenarios=found,
        holes=tuple(holes),
        action_count=action_count,
    )
    if check.sink.ok:
        _calls(check, program)
    if check.sink.ok:
        rows.check_requires(check, schemas)
        program = replace(program, texts=tuple(check.texts))
    if check.sink.ok:
        lints.unused_locals(check, bodies)
        lints.unused_declarations(check)
        advise(program, check.sink)
    return program


def _verbs(check: Checker) -> list[Body]:
    bodies = []
    procs = cast("dict[str, hir.Proc]", check.program.procs)
    for verb in check.verbs:
        scope = Scope(Body("verb"))
        bodies.append(scope.body)
        for param, node in zip(verb.params, (p for p in verb.decl.pattern if isinstance(p, ast.Param)), strict=True):
            scope.bind(param.name, param, node.span)
        procs[verb.name] = _proc(check, verb, scope)
    return bodies


def _proc(check: Checker, verb: Verb, scope: Scope) -> hir.Proc:
    node = verb.decl
    written = node.body.statements
    last = written[-1] if written and isinstance(written[-1], ast.Return) else None
    inner = scope.inner()
    block = statements.statements(check, written[:-1] if last else written, inner)
    returns: hir.Expr | None = None
    with suppress(Abort):
        if last is not None and verb.result is None:
            check.fail("E0402", last.span, f"'{verb}' gives no value", "declare one: verb … : TYPE { … }")
        elif last is not None and verb.result is not None:
            returns = check.fitted(last.value, inner, verb.result)
        elif verb.result is not None:
            check.fail("E0402", node.span, f"'{verb}' gives {verb.result}, but does not end with 'return'")
    return hir.Proc(verb.name, verb.params, block, returns, verb.says, node.span, node.says is not None)


def _play(check: Checker, bodies: list[Body], start: Span | None) -> hir.Block:
    plays = check.names.plays
    if not plays:
        check.sink.error("E0603", start, "nothing says how the game is played", suggestion="write 'play { … }'")
        return hir.Block(())
    for extra in plays[1:]:
        check.report("E0603", extra.span, "the game is played in two ways: 'play' stands here twice")
    scope = Scope(Body("play"))
    bodies.append(scope.body)
    return check.block(plays[0].body, scope)


def _calls(check: Checker, program: hir.Program) -> None:
    """Report what can be seen only when everything is known: cycles of calls, and writes that play must not reach."""
    spoken = {verb.name: str(verb) for verb in check.verbs}
    for chain, span in cycles(program):
        parts = [f"'{spoken[name] if kind == 'verb' else name}'" for kind, name in chain]
        subject = "a function never calls itself" if chain[0][0] == "func" else "nothing may call itself"
        check.report("E0404", cast("Span", span), f"{subject}: {' → '.join(parts)}")
    for store in param_writes(program):
        message = f"'{store.field.name}' is given at reset and never changes, and 'play' can come here"
        check.report("E0403", cast("Span", store.span), message)
    for scenario, choice in choices_in_given(program):
        notes = [Note(f"needed by 'given' of \"{scenario.title}\"", scenario.span)]
        check.report(
            "E0401", cast("Span", choice.span), "nobody decides in 'given': it sets up a position", notes=notes
        )
