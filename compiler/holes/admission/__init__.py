"""Admission: the checks that an answer must pass, in order, each a module with one function `check(case)`.

The cheap and certain ones come first; what one refuses, the next ones do not see. Nothing here trusts an answer: the
first three look at text, syntax and types, then the answer is held against its text, and last it runs on the
interpreter, in bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.holes.admission import (
    bounds,
    choosers,
    dead,
    hidden,
    mentions,
    parse,
    reach,
    scenarios,
    size,
    suspicion,
    trial,
    types,
)
from compiler.holes.admission.case import Case, Effort
from compiler.holes.admission.verdict import Finding, Judgement, Severity, Verdict, verdict_of

__all__ = ["CHECKS", "Case", "Effort", "Finding", "Judgement", "Severity", "Verdict", "admit", "verdict_of"]

CHECKS: tuple[tuple[str, Callable[[Case], Iterator[Finding]]], ...] = (
    ("size", size.check),
    ("parse", parse.check),
    ("types", types.check),
    ("bounds", bounds.check),
    ("reach", reach.check),
    ("dead code", dead.check),
    ("mentions", mentions.check),
    ("choices", choosers.check),
    ("hidden", hidden.check),
    ("suspicion", suspicion.check),
    ("scenarios", scenarios.check),
    ("trial", trial.check),
)
"""By name, in the order in which they are made."""


def admit(case: Case) -> Judgement:
    """Examine an answer. What is doubtful goes on to the end, so that the evidence is complete."""
    findings: list[Finding] = []
    passed: list[str] = []
    for name, check in CHECKS:
        found = list(check(case))
        findings += found
        if not any(finding.severity is not Severity.NOTE for finding in found):
            passed.append(name)
        if any(finding.severity is Severity.REFUSE for finding in found):
            break
    return Judgement(verdict_of(findings), tuple(findings), tuple(passed), dict(case.measured))
