"""What admission finds, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters."""

    REFUSE = "refuse"
    """The answer cannot be let in."""
    DOUBT = "doubt"
    """A person must look at it."""
    NOTE = "note"
    """Worth knowing."""


class Verdict(StrEnum):
    """What becomes of an answer."""

    ADMITTED = "admitted"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    check: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.message}"

    def to_json(self) -> dict[str, str]:
        return {"check": self.check, "severity": str(self.severity), "message": self.message}

    @classmethod
    def of(cls, value: dict[str, Any]) -> Finding:
        return cls(str(value["check"]), Severity(value["severity"]), str(value["message"]))


@dataclass(frozen=True)
class Judgement:
    """A verdict with its evidence."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    """The checks that were made and found nothing against the answer."""
    measured: dict[str, int] = field(default_factory=dict)
    """How much was tried: games, states, executions, scenarios."""

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": str(self.verdict),
            "findings": [finding.to_json() for finding in self.findings],
            "passed": list(self.passed),
            "measured": self.measured,
        }


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict that findings lead to."""
    severities = {finding.severity for finding in findings}
    if Severity.REFUSE in severities:
        return Verdict.REFUSED
    return Verdict.DOUBTFUL if Severity.DOUBT in severities else Verdict.ADMITTED
