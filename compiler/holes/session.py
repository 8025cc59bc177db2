"""What all of `specc fill` starts from: the rules, the store, the contracts of the open holes, the prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from compiler.diagnostics import Diagnostics, SpecError, did_you_mean
from compiler.holes.contract import Contract, contracts
from compiler.holes.prompt import Prompter
from compiler.holes.similar import Fill
from compiler.holes.store import Store
from compiler.holes.texts import known_texts
from compiler.holes.vocabulary import Vocabulary, vocabulary
from compiler.holes.workbench import Workbench
from compiler.ir import hir
from compiler.manifest import Spec, load_spec
from compiler.texts import TextStore


@dataclass(frozen=True)
class Session:
    """One specification whose holes are filled."""

    spec: Spec
    workbench: Workbench
    store: Store
    texts: TextStore

    @classmethod
    def open(cls, path: object, sink: Diagnostics, texts: TextStore) -> Session:
        """Load a specification. Raises SpecError when it is wrong, or names no store (E1107)."""
        spec = load_spec(str(path), sink)
        if spec.fills is None:
            hint = "name one in the manifest, 'fills: FOLDER'"
            raise SpecError.single("E1107", spec.span(), "the specification has no store of fills", suggestion=hint)
        return cls(spec, Workbench.open(spec, spec.root / ".specc-cache"), Store(spec.fills), texts)

    @cached_property
    def program(self) -> hir.Program:
        """The rules with the fills of the store."""
        return self.workbench.program

    @cached_property
    def empty(self) -> hir.Program:
        """The rules with every hole open."""
        program, sink = Workbench(self.spec, self.workbench.modules, {}).check()
        if program is None:
            raise SpecError(sink)
        return program

    @cached_property
    def all_contracts(self) -> dict[str, Contract]:
        """The contracts of all holes, filled ones included, by digits."""
        holes = self.empty.holes
        texts = known_texts(self.spec, {hole.hash for hole in holes}, self.texts)
        return {contract.digits: contract for contract in contracts(self.empty, holes, texts)}

    @cached_property
    def open_contracts(self) -> list[Contract]:
        """The contracts of the holes that nothing fills, in the order of the rules."""
        still = {hole.hash for hole in self.program.holes}
        return [contract for digits, contract in self.all_contracts.items() if digits in still]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that effects may use."""
        wanted = self.spec.manifest.fill.vocabulary
        return vocabulary(self.empty, self.spec.source.path.parent, wanted)

    @cached_property
    def prompter(self) -> Prompter:
        return Prompter(self.empty, self.spec.manifest.title, self.vocabulary)

    @cached_property
    def fills(self) -> list[Fill]:
        """What the store has, with its texts."""
        return [
            Fill(digits, contract.text, self.store.fill(digits).read_text(encoding="utf-8"))
            for digits, contract in self.all_contracts.items()
            if digits in self.workbench.stored and contract.text is not None
        ]

    def chosen(self, names: Sequence[str]) -> list[Contract]:
        """The open holes of rows by key, or by the start of a hash; all of them where none is named.

        Raises SpecError (E0811) for a name that is none of them.
        """
        if not names:
            return self.open_contracts
        found: dict[str, Contract] = {}
        for name in names:
            hits = [c for c in self.open_contracts if _is_meant(c, name)]
            if not hits:
                keys = [place.key for contract in self.open_contracts for place in contract.places]
                hint = did_you_mean(name, keys) or f"open are {', '.join(keys[:8])}{' …' * (len(keys) > 8)}"
                raise SpecError.single("E0811", None, f"no open hole is called '{name}'", suggestion=hint)
            found.update({contract.digits: contract for contract in hits})
        return [contract for contract in self.open_contracts if contract.digits in found]


def _is_meant(contract: Contract, name: str) -> bool:
    digits = name.removeprefix("sha256:")
    if len(digits) >= 8 and contract.digits.startswith(digits):
        return True
    return any(place.key == name or place.key.startswith(f"{name}/") for place in contract.places)
