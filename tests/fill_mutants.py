"""How much admission catches: one small mistake in the effect of a row, given as the answer to its text.

`python -m tests.fill_mutants --count 300` prints a table. A mutant counts as caught if it is refused or doubtful. No
reference is consulted: this is parsing, types, the text, scenarios and play on the interpreter. Texts are what
`specc explain` says of the rows, so that anybody can run it. Mutants that show no difference in play beside the
original are counted apart.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from compiler.diagnostics import Diagnostics
from compiler.equivalence import compare_programs, effect_of, spread
from compiler.holes.admission import Case, Effort, Judgement, Severity, Verdict, admit
from compiler.holes.admission.scenarios import speaks_of_row
from compiler.holes.answer import Answer
from compiler.holes.inline import block_of
from compiler.holes.session import Session
from compiler.holes.workbench import Workbench, answer_source, body
from compiler.mutate import Mutant, mutants
from compiler.source import SourceFile, Span
from tests.filling import coded_rows, program_of, punched

EFFORT = Effort(executions=300, states=4000)


@dataclass(frozen=True)
class Tried:
    """A mutant as an answer, and what became of it."""

    mutant: Mutant
    judgement: Judgement
    has_scenario: bool
    does_the_same: bool

    @property
    def is_caught(self) -> bool:
        return self.judgement.verdict is not Verdict.ADMITTED

    @property
    def caught_by(self) -> str:
        """The first check that found something against it."""
        against = [finding.check for finding in self.judgement.findings if finding.severity is not Severity.NOTE]
        return against[0] if against else ""


class Range:
    """A copy of the card game in which every effect is a fill, to shoot mutants at."""

    def __init__(self, folder: Path) -> None:
        self.program = program_of("tcg")
        self.rows = coded_rows(self.program)
        game = punched(folder, "tcg", self.rows, {})
        for digits, effect in game.effects.items():
            (game.fills / f"{digits}.rules").parent.mkdir(parents=True, exist_ok=True)
            (game.fills / f"{digits}.rules").write_text(effect)
        self.session = Session.open(game.manifest, Diagnostics(), game.texts)
        self.contracts = {
            (place.table, place.key): contract
            for contract in self.session.all_contracts.values()
            for place in contract.places
        }

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
        """Examine a mutant; None where it is in no row that can be a hole."""
        found = self.answer_of(mutant)
        if found is None:
            return None
        table, row, effect = found
        contract = self.contracts[table, self.program.tables[table].keys[row]]
        opened = self.session
        case = Case.of(contract, Answer(effect=effect), opened.workbench, opened.vocabulary, EFFORT)
        judgement = admit(case)
        before = replace(case, program=opened.program)
        has_scenario = any(speaks_of_row(before, scenario) for scenario in opened.program.scenarios)
        same = judgement.verdict is Verdict.ADMITTED and self._does_the_same(contract.digits, effect, table, row)
        return Tried(mutant, judgement, has_scenario, same)

    def _does_the_same(self, digits: str, effect: str, table: str, row: int) -> bool:
        bench = self.session.workbench
        block = body(answer_source(effect), Diagnostics())
        assert block is not None
        changed, _ = Workbench(bench.spec, bench.modules, {**bench.stored, digits: block}).check()
        assert changed is not None
        benches = [spread(p, effect_of(p, table, row)) for p in (self.session.program, changed)]
        return compare_programs(benches[0], benches[1], bench.taste, executions=1500, states=15_000).equal

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


@cache
def _range() -> Range:
    return Range(Path(tempfile.mkdtemp(prefix="specc-mutants-")))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tried = []
    for number, one in enumerate(_range().mutants(args.count, args.seed), 1):
        tried.append(one)
        state = one.caught_by or ("the same" if one.does_the_same else "MISSED")
        print(f"{number:4} {one.mutant.kind:12} {state:12} {one.mutant.unit}", flush=True)
        if not one.is_caught and not one.does_the_same:
            print(one.mutant.diff(), flush=True)
    differing = [one for one in tried if not one.does_the_same]
    covered = [one for one in differing if one.has_scenario]
    caught = Counter(one.caught_by for one in differing if one.is_caught)
    print(f"{len(tried)} mutants, {len(tried) - len(differing)} do the same")
    for check, count in caught.most_common():
        print(f"  {check}: {count} ({100 * count / max(1, len(differing)):.0f}%)")
    for name, group in (("all", differing), ("with scenarios", covered)):
        hit = sum(one.is_caught for one in group)
        print(f"{name}: {hit} of {len(group)} caught ({100 * hit / max(1, len(group)):.1f}%)")


if __name__ == "__main__":
    main()
