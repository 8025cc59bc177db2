"""How much an answer can do at most: its nodes, and the steps of its loops with everything that they call."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.ir import hir
from compiler.ir.types import SetT
from compiler.ir.walk import children, walk

MOST_NODES = 800
MOST_STEPS = 1_000_000
"""In the worst case; the effects that authors write stay well below it."""


def check(case: Case) -> Iterator[Finding]:
    """Refuses an effect of too many nodes, or whose loops may run for too long."""
    program = case.checked
    for method, body in case.bodies():
        nodes = sum(1 for _ in walk(body))
        if nodes > MOST_NODES:
            yield Finding("bounds", Severity.REFUSE, f"'{method.name}' has {nodes} nodes; {MOST_NODES} are the most")
        steps = Steps(program).of(body)
        if steps > MOST_STEPS:
            message = f"'{method.name}' may take {steps:,} steps; {MOST_STEPS:,} are the most"
            yield Finding("bounds", Severity.REFUSE, message)


class Steps:
    """Counts the steps of a piece of rules in the worst case; calls count as what they call."""

    def __init__(self, program: hir.Program) -> None:
        self._program = program
        self._known: dict[tuple[str, str], int] = {}

    def of(self, node: object) -> int:
        """At most so many nodes are run through."""
        inner = 1 + sum(self.of(child) for child in children(node))
        match node:
            case hir.Repeat(_, bound, body) | hir.While(_, bound, body):
                return inner + bound * self.of(body)
            case hir.ForEach(_, domain, body):
                return inner + self._size(domain) * self.of(body)
            case hir.Filter(_, domain, condition):
                return inner + self._size(domain) * self.of(condition)
            case hir.Reduce(_, _, domain, value) if value is not None:
                return inner + self._size(domain) * self.of(value)
            case hir.Call(proc):
                return inner + self._called("verb", proc)
            case hir.CallFunc(func):
                return inner + self._called("func", func)
            case _:
                return inner

    def _called(self, kind: str, name: str) -> int:
        if (kind, name) not in self._known:
            self._known[kind, name] = 0  # nothing calls itself; this is for rules that do not check
            found = self._program.procs[name].body if kind == "verb" else self._program.funcs[name].body
            self._known[kind, name] = self.of(found)
        return self._known[kind, name]

    def _size(self, domain: hir.Expr) -> int:
        return self._program.domain(domain.type.element) if isinstance(domain.type, SetT) else 1
