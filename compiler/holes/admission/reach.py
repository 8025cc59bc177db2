"""What an answer may touch: the vocabulary's verbs and functions, and the state that other rows write themselves."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.ir import hir
from compiler.ir.walk import walk


def check(case: Case) -> Iterator[Finding]:
    """Refuses what ends the game or its turns, and words outside the vocabulary; doubts writes that no author made."""
    usual = _written_by_others(case)
    for _, body in case.bodies():
        for node in walk(body):
            yield from _refused(case, node)
            for target in _written(node):
                if target not in usual:
                    yield Finding("reach", Severity.DOUBT, f"{_place(node)}it changes '{target}', as no other row does")


def _refused(case: Case, node: object) -> Iterator[Finding]:
    match node:
        case hir.Finish():
            yield Finding("reach", Severity.REFUSE, f"{_place(node)}an effect does not end the game")
        case hir.AdvanceLasting():
            yield Finding("reach", Severity.REFUSE, f"{_place(node)}an effect does not end a turn")
        case hir.Call(name) if name not in case.vocabulary.verbs:
            message = f"{_place(node)}the verb '{name.replace('_', ' ')}' is not in the vocabulary"
            yield Finding("reach", Severity.REFUSE, message)
        case hir.CallFunc(name) if name not in case.vocabulary.functions:
            yield Finding("reach", Severity.REFUSE, f"{_place(node)}the function '{name}' is not in the vocabulary")


def _written_by_others(case: Case) -> set[str]:
    """What the other rows of the specification write to without a verb."""
    ours = {(place.table, place.row) for place in case.contract.places}
    found = set(case.writes)
    for table in case.checked.tables.values():
        for method in table.methods.values():
            for row, body in method.bodies.items():
                if (table.name, row) not in ours:
                    found.update(target for node in walk(body) for target in _written(node))
    return found


def _written(node: object) -> Iterator[str]:
    match node:
        case hir.Store(field):
            yield field.id
        case hir.Move(_, source, target):
            yield source.field.id
            yield target.field.id
        case hir.Shuffle(zone):
            yield zone.field.id
        case hir.Swap(entity) | hir.Reset(entity):
            yield entity


def _place(node: object) -> str:
    span = getattr(node, "span", None)
    return f"{span.line}:{span.col}: " if span is not None else ""
