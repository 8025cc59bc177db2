"""Passes: from typed rules to an op program. Each is a frozen dataclass with a name and a written contract."""

from __future__ import annotations

from collections.abc import Callable

from compiler.ir import hir, hir_verify, lir, lir_verify
from compiler.passes.literals import SetLiterals
from compiler.passes.masks import StaticMasks
from compiler.passes.methods import MergeMethods
from compiler.passes.offers import TurnOffers
from compiler.passes.split import Split
from compiler.passes.splits import SplitSets

__all__ = ["MergeMethods", "SetLiterals", "Split", "SplitSets", "StaticMasks", "TurnOffers", "lower"]

Seen = Callable[[str, hir.Program | lir.OpProgram], None]


def lower(program: hir.Program, seen: Seen | None = None) -> lir.OpProgram:
    """Run all passes; ``seen`` gets the name and the result of each. Raises MalformedError where one breaks a rule."""
    for pass_ in (SplitSets(), MergeMethods(), SetLiterals(), TurnOffers(), StaticMasks()):
        program = pass_.run(program)
        hir_verify.verify(program, lowered=True)
        if seen is not None:
            seen(pass_.name, program)
    split = Split()
    op = split.run(program)
    lir_verify.verify(op)
    if seen is not None:
        seen(split.name, op)
    return op
