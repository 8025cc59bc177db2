"""Lints: what is declared and has no effect."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.typecheck.checker import Checker
from compiler.typecheck.scope import Body


def unused_locals(check: Checker, bodies: Iterable[Body]) -> None:
    """Locals that nothing reads."""
    for body in bodies:
        for binding in body.bindings:
            if binding.reported and not binding.used and binding.local is not None:
                suggestion = f"call it '_{binding.name}' if that is meant"
                check.sink.warning("W0901", binding.span, f"nothing reads '{binding.name}'", suggestion=suggestion)


def unused_declarations(check: Checker) -> None:
    """Functions, verbs, methods, constants and draws that nothing uses; actions that are in no choice."""
    used = check.names.used
    labels = {f"{action}_label" for action in check.names.actions}  # they name actions for people
    for name, func in check.funcs.items():
        if ("func", name) not in used and name not in labels:
            check.sink.warning("W0902", func.decl.span, f"nothing calls '{name}'")
    for verb in check.verbs:
        if ("verb", verb.name) not in used:
            check.sink.warning("W0903", verb.decl.span, f"nothing calls '{verb}'")
    for table in check.program.tables.values():
        for method in table.methods.values():
            if ("method", f"{table.name}.{method.name}") not in used and method.span is not None:
                verb = "performs" if method.result is None else "asks for"
                check.sink.warning("W0908", method.span, f"nothing {verb} '{method.name}' of '{table.name}'")
    for name, constant in check.names.constants.items():
        if ("const", name) not in used:
            check.sink.warning("W0904", constant.span, f"nothing uses '{name}'")
    for name, action in check.names.actions.items():
        if ("action", name) not in used:
            check.sink.warning("W0905", action.span, f"'{name}' can never be chosen")
    for name, kind in check.names.draws.items():
        if ("draw", name) not in used:
            check.sink.warning("W0907", kind.span, f"nothing draws '{name}'")
