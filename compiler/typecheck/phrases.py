"""Matching phrases with verbs: which verb's words and parameters fit ``heal 30 points of self``."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import groupby

from compiler.diagnostics import Diagnostics, Note
from compiler.ir import hir
from compiler.resolve import BUILTIN_FUNCTIONS, Abort
from compiler.syntax import ast
from compiler.typecheck.checker import Checker, Verb
from compiler.typecheck.scope import Scope

_Args = tuple[hir.Expr, ...]
_GAP = "(…)"


def verb_call(check: Checker, phrase: ast.Phrase, scope: Scope, *, must_return: bool) -> tuple[Verb, _Args] | None:
    """The verb that a phrase calls and its arguments, or None where the phrase is a mere expression."""
    items = phrase.items
    fitting = [(verb, args) for verb in check.verbs if (args := _match(verb.pattern, items, scope)) is not None]
    if not fitting:
        if len(items) == 1 and (must_return or _is_expression(check, items[0], scope)):
            return None
        _no_verb(check, phrase, scope)
    verb, args = _choose(check, fitting, phrase, scope)
    check.names.used.add(("verb", verb.name))
    if must_return and verb.result is None:
        notes = [Note("declared here", verb.decl.span)]
        check.fail("E0402", phrase.span, f"'{verb}' gives no value", "declare one: verb … : TYPE { … return … }", notes)
    return verb, args


def _match(pattern: Sequence[str | hir.Local], items: Sequence[ast.Expr], scope: Scope) -> tuple[ast.Expr, ...] | None:
    """The items that stand for the parameters, or None where words or their number differ."""
    args: list[ast.Expr] = []
    rest = list(items)
    for part in pattern:
        if not rest:
            return None
        item = rest.pop(0)
        if isinstance(part, hir.Local):
            args.append(item)
        elif isinstance(item, ast.Call) and isinstance(item.callee, ast.Name) and item.callee.id == part:
            rest[:0] = item.args  # word(a, b) is the word and two items
        elif not (isinstance(item, ast.Name) and item.id == part):
            return None
    return None if rest else tuple(args)


def _choose(
    check: Checker, fitting: list[tuple[Verb, tuple[ast.Expr, ...]]], phrase: ast.Phrase, scope: Scope
) -> tuple[Verb, _Args]:
    """Of the verbs whose words fit, those with the most words of their own, and of them the one whose types fit."""
    fitting = sorted(fitting, key=lambda found: -len(found[0].words))
    if len(fitting) > 1:
        for _, group in groupby(fitting, key=lambda found: len(found[0].words)):
            good = [(verb, args) for verb, args in group if _types_fit(check, verb, args, scope)]
            if len(good) > 1:
                notes = [Note(f"'{verb}'", verb.decl.span) for verb, _ in good]
                check.fail("E0208", phrase.span, "several verbs read like this", notes=notes)
            if good:
                fitting = good
                break
    verb, args = fitting[0]
    return verb, _arguments(check, verb, args, scope)


def _arguments(check: Checker, verb: Verb, args: Sequence[ast.Expr], scope: Scope) -> _Args:
    return tuple(check.fitted(arg, scope, param.type) for arg, param in zip(args, verb.params, strict=True))


def _types_fit(check: Checker, verb: Verb, args: Sequence[ast.Expr], scope: Scope) -> bool:
    sink, names_sink = check.sink, check.names.sink
    check.sink = check.names.sink = Diagnostics()
    try:
        _arguments(check, verb, args, scope)
    except Abort:
        return False
    finally:
        check.sink, check.names.sink = sink, names_sink
    return True


def _is_expression(check: Checker, item: ast.Expr, scope: Scope) -> bool:
    """Whether a lone item means something else than a verb that does not exist."""
    match item:
        case ast.Name(name):
            return scope.find(name) is not None or _means_something(check, name)
        case ast.Call(ast.Name(name)):
            return _means_something(check, name)
    return True


def _means_something(check: Checker, name: str) -> bool:
    names = check.names
    if name in BUILTIN_FUNCTIONS or name == "player":
        return True
    known = (names.constants, names.funcs, names.entities, check.enum_values, check.row_names, check.program.fields)
    return any(name in group for group in known) or bool(names.owners(name))


def _no_verb(check: Checker, phrase: ast.Phrase, scope: Scope) -> None:
    if any(isinstance(item, ast.Name) and item.id in check.broken_verbs for item in phrase.items):
        raise Abort
    written = " ".join(_word(item) for item in phrase.items)
    nearest = max(check.verbs, key=lambda verb: _similarity(verb, phrase.items), default=None)
    suggestion, notes = None, []
    if nearest is not None and _similarity(nearest, phrase.items) >= 0.5:
        suggestion = f"the nearest is '{nearest}'"
        notes = [Note("declared here", nearest.decl.span)]
    check.fail("E0207", phrase.span, f"no verb reads '{written}'", suggestion, notes)


def _word(item: ast.Expr) -> str:
    if isinstance(item, ast.Name):
        return item.id
    if isinstance(item, ast.Call) and isinstance(item.callee, ast.Name):
        return f"{item.callee.id}(…)"
    return _GAP


def _similarity(verb: Verb, items: Sequence[ast.Expr]) -> float:
    """How alike a verb's pattern and a phrase are, from 0 to 1; nearly the same word counts nearly as much."""
    words = verb.words
    pattern = [part if isinstance(part, str) else _GAP for part in verb.pattern]
    written: list[str] = []
    misspelt = 0
    for item in items:
        text = _word(item).removesuffix("(…)") or _GAP
        near = difflib.get_close_matches(text, words, n=1, cutoff=0.7)
        misspelt += bool(near) and near[0] != text
        written.append(near[0] if near else _GAP)
        if isinstance(item, ast.Call):
            written += [_GAP] * len(item.args)
    return difflib.SequenceMatcher(None, pattern, written, autojunk=False).ratio() - 0.01 * misspelt
