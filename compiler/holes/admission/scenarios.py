"""Scenarios: those of the specification that speak of the row, and those that came with the answer."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.backends.interp import Interp, run_scenario
from compiler.diagnostics import Diagnostics
from compiler.holes.admission.case import Case
from compiler.holes.admission.parse import told
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.workbench import scenario_module
from compiler.ir import hir

MOST_TOLD = 4


def check(case: Case) -> Iterator[Finding]:
    """Refuses an answer that fails a scenario of its row or one of its own.

    A scenario of the specification counts where its text has the key or the title of the row, or of one that it stands
    in, and of no other row whose hole is still open.
    """
    program = case.checked
    interp = Interp(program)
    failed = 0
    for scenario in program.scenarios:
        if speaks_of_row(case, scenario):
            case.measured["scenarios"] = case.measured.get("scenarios", 0) + 1
            for failure in run_scenario(interp, scenario)[:1]:
                failed += 1
                if failed <= MOST_TOLD:
                    yield Finding("scenarios", Severity.REFUSE, f"“{scenario.title}”: {failure.message}")
    yield from _proposed(case)


def speaks_of_row(case: Case, scenario: hir.Scenario) -> bool:
    """Whether a scenario is about the row of a case."""
    text = scenario.span.text if scenario.span else scenario.title
    names = {name for place in case.contract.places for name in _names(case.checked, place.table, place.row)}
    if not any(name in text for name in names):
        return False
    others = {
        name
        for hole in case.checked.holes
        if hole.hash != case.contract.digits
        for name in _names(case.checked, hole.table, hole.row)
    }
    return not any(name in text for name in others - names)


def _names(program: hir.Program, table: str, row: int) -> Iterator[str]:
    """Keys and titles of a row and of those that it stands in; keys of rows in rows are not written by anybody."""
    found = program.tables[table]
    if found.parent is None:
        yield found.keys[row]
    else:
        above = found.data["parent"][row]
        assert isinstance(above, int)
        yield from _names(program, found.parent, above)


def _proposed(case: Case) -> Iterator[Finding]:
    """The answer's own scenarios, each checked and run apart from the others."""
    assert case.block is not None
    bench = case.workbench.without(case.contract.digits)
    for number, text in enumerate(case.answer.scenarios, 1):
        sink = Diagnostics()
        module = scenario_module(text, number, sink)
        program: hir.Program | None = None
        if module is not None:
            program, sink = bench.check({case.contract.digits: case.block}, (module,))
        if program is None:
            yield from (
                Finding("scenarios", Severity.REFUSE, f"your scenario {number}: {finding.message}")
                for finding in list(told("scenarios", sink.errors))[:MOST_TOLD]
            )
            continue
        interp = Interp(program)
        own = [found for found in program.scenarios if found.span and found.span.file.path.stem == f"scenario_{number}"]
        for scenario in own:
            case.measured["proposed"] = case.measured.get("proposed", 0) + 1
            for failure in run_scenario(interp, scenario)[:1]:
                yield Finding("scenarios", Severity.REFUSE, f"your scenario “{scenario.title}”: {failure.message}")
