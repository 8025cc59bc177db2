"""Whether independent answers mean the same: compared by what they do, not by how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.equivalence import Counterexample, compare_programs
from compiler.holes.admission import Case


@dataclass(frozen=True)
class Agreement:
    """How answers to one question compare: those that agree with the first, and where another parts from it."""

    groups: tuple[tuple[int, ...], ...]
    """Indices of answers that do the same, the largest group first."""
    states: int
    evidence: tuple[str, ...]
    """For each further group: a position, and what the answers do there."""

    @property
    def unanimous(self) -> bool:
        return len(self.groups) == 1


def compare_answers(cases: Sequence[Case]) -> Agreement:
    """Group answers that have passed the checks by their meaning."""
    groups: list[list[int]] = []
    evidence: list[str] = []
    states = 0
    for index, case in enumerate(cases):
        for group in groups:
            found, tried = _difference(cases[group[0]], case)
            states += tried
            if found is None:
                group.append(index)
                break
            if group is groups[0]:
                evidence += found.lines(f"answer {group[0] + 1}", f"answer {index + 1}")
        else:
            groups.append([index])
    groups.sort(key=lambda group: (-len(group), group))
    return Agreement(tuple(tuple(group) for group in groups), states, tuple(evidence))


def _difference(left: Case, right: Case) -> tuple[Counterexample | None, int]:
    """The first difference on any bench, and how many states were compared."""
    states = 0
    for one, other in zip(left.benches(), right.benches(), strict=True):
        effort = left.effort
        result = compare_programs(
            one, other, left.workbench.taste, executions=effort.executions, states=effort.states, seed=effort.seed
        )
        states += result.states
        if result.counterexample is not None:
            return result.counterexample, states
    return None, states
