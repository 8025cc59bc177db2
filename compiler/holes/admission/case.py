"""An answer under examination, and what the checks find out about it on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compiler.diagnostics import Diagnostic
from compiler.equivalence import Bench, effect_of, spread
from compiler.holes.answer import Answer
from compiler.holes.contract import Contract
from compiler.holes.vocabulary import Vocabulary
from compiler.holes.workbench import Workbench
from compiler.ir import hir
from compiler.syntax import ast


@dataclass(frozen=True)
class Effort:
    """How much is tried on the interpreter."""

    executions: int = 1000
    """Runs of the effect."""
    states: int = 20_000
    """Positions, where the effect is too rare to run so often."""
    seed: int = 0


@dataclass
class Case:
    """One answer to one contract. `block` and `program` are there once the answer has parsed and checked."""

    contract: Contract
    answer: Answer
    workbench: Workbench
    vocabulary: Vocabulary
    effort: Effort = Effort()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How the texts say names of the rules."""
    unsaid: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    """What effects may change without a verb, beside what other rows do."""
    block: ast.Block | None = None
    program: hir.Program | None = None
    warnings: tuple[Diagnostic, ...] = ()
    """What the checker remarks on the answer."""
    measured: dict[str, int] = field(default_factory=dict)
    _benches: dict[tuple[str, str], Bench] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        contract: Contract,
        answer: Answer,
        workbench: Workbench,
        vocabulary: Vocabulary,
        effort: Effort | None = None,
    ) -> Case:
        """A case with what the manifest says about texts and effects."""
        wanted = workbench.spec.manifest.fill
        return cls(
            contract,
            answer,
            workbench,
            vocabulary,
            effort or Effort(),
            wanted.words,
            frozenset(wanted.unsaid),
            frozenset(wanted.writes),
        )

    @property
    def checked(self) -> hir.Program:
        """The rules with the answer in them."""
        assert self.program is not None
        return self.program

    def bodies(self) -> Iterator[tuple[hir.Method, hir.Expr | hir.Block]]:
        """The methods that the first row with the hole has, and its versions of them."""
        place = self.contract.places[0]
        for method in self.checked.tables[place.table].methods.values():
            if place.row in method.bodies and (place.is_whole or method.name == place.method):
                yield method, method.bodies[place.row]

    def benches(self) -> Iterator[Bench]:
        """A bench for each kind of row that has the hole."""
        for place in self.contract.places:
            kind = place.table, self.checked.tables[place.table].forms[place.row]
            if kind not in self._benches:
                effect = effect_of(self.checked, place.table, place.row)
                self._benches[kind] = spread(self.checked, effect, self.effort.seed)
        yield from self._benches.values()
