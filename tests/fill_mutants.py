"""How much admission catches: one small mistake in the effect of a row, given as the answer to its text.

`python -m tests.fill_mutants --count 300` prints a table; stopped early, the table of what it has. A mutant counts as
caught by the first check that refuses or doubts it. Where the true effect of the row does not pass that check, or one
before it, the mutant is left out: it would be caught for nothing. No reference is consulted: this is parsing, types,
the text, scenarios and play on the interpreter. Texts are what `specc explain` says of the rows, so that anybody can
run it. Mutants that get in and show no difference in play beside the original are counted apart.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from compiler.diagnostics import Diagnostics
from compiler.equivalence import compare_programs, effect_of, spread
from compiler.holes.admission import CHECKS, Case, Effort, Finding, Severity
from compiler.holes.admission.scenarios import speaks_of_row
from compiler.holes.answer import Answer
from compiler.holes.contract import Contract
from compiler.holes.inline import block_of
from compiler.holes.session import Session
from compiler.holes.workbench import Workbench, answer_source, body
from compiler.ir import hir
from compiler.mutate import Mutant, mutants
from compiler.source import SourceFile, Span
from tests.filling import coded_rows, program_of, punched

EFFORT = Effort(executions=300, states=3000)


@dataclass(frozen=True)
class Tried:
    """A mutant as an answer, and what became of it."""

    mutant: Mutant
    caught_by: str
    """The first check that found something against it; empty where it got in."""
    has_scenario: bool
    does_the_same: bool

    @property
    def is_caught(self) -> bool:
        return bool(self.caught_by)


class Truth:
    """The true effect of a row as an answer, examined as far as its mutants are."""

    def __init__(self, case: Case, program: hir.Program) -> None:
        named = replace(case, program=program)
        self.has_scenario = any(speaks_of_row(named, scenario) for scenario in program.scenarios)
        self.objection = ""
        """The first check that it does not pass, of those made."""
        self._case, self._left = case, list(CHECKS)

    def passes(self, last: str) -> bool:
        """Whether it passes the checks up to and with this one."""
        names = [name for name, _ in CHECKS]
        while self._left and not self.objection and names.index(self._left[0][0]) <= names.index(last):
            name, check = self._left.pop(0)
            if objects(check, self._case):
                self.objection = name
        return not self.objection or names.index(self.objection) > names.index(last)


class Range:
    """A copy of the card game in which every effect is a fill, to shoot mutants at."""

    def __init__(self, folder: Path) -> None:
        self.program = program_of("tcg")
        self.rows = coded_rows(self.program)
        game = punched(folder, "tcg", self.rows, {})
        self.effects = game.effects
        for digits, effect in game.effects.items():
            (game.fills / f"{digits}.rules").parent.mkdir(parents=True, exist_ok=True)
            (game.fills / f"{digits}.rules").write_text(effect)
        self.session = Session.open(game.manifest, Diagnostics(), game.texts)
        self.contracts = {
            (place.table, place.key): contract
            for contract in self.session.all_contracts.values()
            for place in contract.places
        }
        self.truths: dict[str, Truth] = {}
        """By digits, of the rows that have been hit."""
        self.left_out: Counter[str] = Counter()
        """Mutants that the true effect is caught with, by the check."""

    def answer_of(self, mutant: Mutant) -> tuple[str, int, str] | None:
        """The row of a mutant, and the inside of its block with the mistake; None where it is in no such row."""
        for table, row in self.rows:
            span = self.program.tables[table].spans[row]
            place = block_of(span) if span is not None else None
            if span is None or place is None or span.file.path != mutant.span.file.path:
                continue
            if place[0] <= mutant.span.start and mutant.span.end <= place[1]:
                text = mutant.edit.applied()
                grown = len(text) - len(span.file.text)
                changed = SourceFile(span.file.path, text)
                return table, row, Span(changed, place[0], place[1] + grown).text.strip() + "\n"
        return None

    def tried(self, mutant: Mutant) -> Tried | None:
        """Examine a mutant; None where it is in no row that can be a hole, or the true effect does not fare better."""
        found = self.answer_of(mutant)
        if found is None:
            return None
        table, row, effect = found
        contract = self.contracts[table, self.program.tables[table].keys[row]]
        truth = self.truths.setdefault(
            contract.digits, Truth(self._case(contract, self.effects[contract.digits]), self.session.program)
        )
        caught_by = first_objection(self._case(contract, effect))
        if caught_by and not truth.passes(caught_by):
            self.left_out[truth.objection] += 1
            return None
        same = not caught_by and self._does_the_same(contract.digits, effect, table, row)
        return Tried(mutant, caught_by, truth.has_scenario, same)

    def _case(self, contract: Contract, effect: str) -> Case:
        return Case.of(contract, Answer(effect=effect), self.session.workbench, self.session.vocabulary, EFFORT)

    def _does_the_same(self, digits: str, effect: str, table: str, row: int) -> bool:
        bench = self.session.workbench
        block = body(answer_source(effect), Diagnostics())
        assert block is not None
        changed, _ = Workbench(bench.spec, bench.modules, {**bench.stored, digits: block}).check()
        assert changed is not None
        benches = [spread(p, effect_of(p, table, row)) for p in (self.session.program, changed)]
        return compare_programs(benches[0], benches[1], bench.taste, executions=1000, states=8_000).equal

    def mutants(self, count: int, seed: int = 0) -> Iterator[Tried]:
        """The first `count` mutants of effects that stand in rows, examined."""
        found = 0
        for mutant in mutants(self.program, seed, 40 * count):
            if found == count:
                return
            tried = self.tried(mutant)
            if tried is not None:
                found += 1
                yield tried


def first_objection(case: Case) -> str:
    """The first check that refuses or doubts an answer; the ones after it are not made."""
    return next((name for name, check in CHECKS if objects(check, case)), "")


def objects(check: Callable[[Case], Iterator[Finding]], case: Case) -> bool:
    return any(finding.severity is not Severity.NOTE for finding in check(case))


def shares(tried: list[Tried]) -> Iterator[str]:
    """How many of those that differ are caught, in all and where the row has scenarios or none."""
    differing = [one for one in tried if not one.does_the_same]
    groups = {
        "all": differing,
        "rows with scenarios": [one for one in differing if one.has_scenario],
        "rows without": [one for one in differing if not one.has_scenario],
    }
    for name, group in groups.items():
        if not group:
            yield f"{name}: none hit"
            continue
        hit = sum(one.is_caught for one in group)
        yield f"{name}: {hit} of {len(group)} caught ({100 * hit / len(group):.1f}%)"
        for check, count in Counter(one.caught_by for one in group if one.is_caught).most_common():
            yield f"  {check}: {count} ({100 * count / len(group):.1f}%)"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tried: list[Tried] = []
    started = time.process_time()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory(prefix="specc-mutants-") as folder:
        targets = Range(Path(folder))
        with Progress(*columns) as progress, suppress(KeyboardInterrupt):
            task = progress.add_task("examining", total=args.count)
            for one in targets.mutants(args.count, args.seed):
                tried.append(one)
                progress.update(task, advance=1, description=f"{sum(not one.is_caught for one in tried)} got in")
                if not one.is_caught and not one.does_the_same:
                    progress.console.print(f"MISSED {one.mutant.kind} {one.mutant.unit}", markup=False)
                    progress.console.print(one.mutant.diff(), markup=False)
    told = ", ".join(f"{check} {count}" for check, count in targets.left_out.most_common())
    print(f"{len(targets.truths)} rows hit; left out {targets.left_out.total()} with their true effect ({told})")
    print(f"{len(tried)} mutants, {sum(one.does_the_same for one in tried)} got in and do the same")
    for line in shares(tried):
        print(line)
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
