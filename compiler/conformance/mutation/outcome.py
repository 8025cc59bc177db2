"""What came of all mutants, for programs (JSON) and for people (the terminal)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.conformance.mutation.killing import LEVELS, Verdict
from compiler.ir import hir
from compiler.mutate import Kind, Mutant

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 40
"""How many survivors are listed for people; the JSON has all of them."""
ENOUGH = 20
"""Windows in which a place must have run without any difference, for the mutant to be taken for no mutant at all."""


@dataclass(frozen=True)
class Account:
    """One mutant and what became of it."""

    mutant: Mutant
    verdict: Verdict

    @property
    def fate(self) -> str:
        """`killed`; `equivalent`: it was run and nothing was ever different; `unreached`; or `survived`."""
        if self.verdict.killed:
            return "killed"
        if not self.verdict.reached:
            return "unreached"
        if not self.verdict.differs and self.verdict.reached >= ENOUGH:
            return "equivalent"
        return "survived"


@dataclass
class MutationReport:
    """The accounts of all mutants, in the order in which they were made."""

    game: str
    spec: str
    seed: int
    accounts: Sequence[Account]
    levels: Sequence[str]
    """Those that could be asked."""
    recorded: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def counted(self) -> list[Account]:
        """The mutants that count: those that were never told apart from the rules do not."""
        return [account for account in self.accounts if account.fate != "equivalent"]

    def share(self, level: str | None = None) -> float:
        """How many of those that count are killed, by a level or by any."""
        counted = self.counted
        killed = [a for a in counted if (level in a.verdict.killed if level else a.verdict.killed)]
        return len(killed) / len(counted) if counted else 1.0

    def of(self, fate: str) -> list[Account]:
        return [account for account in self.accounts if account.fate == fate]

    def to_json(self, program: hir.Program) -> dict[str, Any]:
        kinds = {}
        for kind in Kind:
            fates = Counter(account.fate for account in self.accounts if account.mutant.kind is kind)
            if fates:
                kinds[str(kind)] = dict(sorted(fates.items()))
        return {
            "game": self.game,
            "spec": self.spec,
            "seed": self.seed,
            "mutants": len(self.accounts),
            "fates": dict(sorted(Counter(account.fate for account in self.accounts).items())),
            "killed": round(self.share(), 4),
            "killed_by": {level: round(self.share(level), 4) for level in self.levels},
            "kinds": kinds,
            "recorded": self.recorded,
            "seconds": round(self.seconds, 1),
            "accounts": [
                {
                    **account.mutant.to_json(program),
                    "fate": account.fate,
                    "reached": account.verdict.reached,
                    "killed_by": dict(account.verdict.killed),
                }
                for account in self.accounts
            ],
        }

    def print(self, console: Console, program: hir.Program) -> None:
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=f"{len(self.accounts)} mutants of {self.game}", title_justify="left")
        table.add_column("")
        for heading in ("mutants", "killed", *LEVELS, "survived", "unreached", "equivalent"):
            table.add_column(heading, justify="right")
        for kind in [*Kind, None]:
            listed = [account for account in self.accounts if kind is None or account.mutant.kind is kind]
            if listed:
                table.add_row(*_row(str(kind) if kind else "all", listed), style="bold" if kind is None else "")
        console.print(table)
        for fate, style in (("survived", "red"), ("unreached", "yellow"), ("equivalent", "dim")):
            found = self.of(fate)
            for account in found[:SHOWN]:
                span = account.mutant.span
                where = f"{span.file.display}:{span.line}"
                console.print(f"[{style}]{fate}[/{style}] {escape(where)} [bold]{account.mutant.kind}[/bold] "
                              f"{escape(account.mutant.unit.text(program))}")  # fmt: skip
                console.print("".join(f"    {escape(line)}\n" for line in account.mutant.diff().splitlines()), end="")
            if len(found) > SHOWN:
                console.print(f"… {len(found)} {fate} in all")
        if left_out := self.recorded.get("scenarios_left_out"):
            console.print(
                f"[yellow]{left_out} scenarios do not hold for the rules as they are, and were left out[/yellow]"
            )
        shares = ", ".join(f"{level} {self.share(level):.1%}" for level in self.levels)
        console.print(f"[bold]{self.share():.1%} killed[/bold] of {len(self.counted)} that count ({shares})")


def _row(name: str, accounts: Sequence[Account]) -> list[str]:
    fates = Counter(account.fate for account in accounts)
    by_level = [sum(level in account.verdict.killed for account in accounts) for level in LEVELS]
    counts = (len(accounts), fates["killed"], *by_level, fates["survived"], fates["unreached"], fates["equivalent"])
    return [name, *map(str, counts)]
