"""What episodes start from: the rows given to parameter fields, and a key for the luck, from a seed and a number."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.conformance.engine import Setup
from compiler.diagnostics import SpecError, did_you_mean
from compiler.ir import hir
from compiler.ir.types import RowT, strip_optional

RANDOM = "random"


def episode_rng(seed: int, number: int, purpose: str) -> random.Random:
    """Random numbers of one episode, apart from those for other purposes."""
    return random.Random(f"{purpose}:{seed}:{number}")


def episode_key(seed: int, number: int) -> int:
    """The key of an episode's luck, 32 bits."""
    return int.from_bytes(hashlib.sha256(f"key:{seed}:{number}".encode()).digest()[:4], "big")


def owners(program: hir.Program, field: hir.Field) -> int:
    """How many values a field has, its elements aside."""
    if field.owner is None:
        return 1
    return program.players if field.owner == "player" else program.entities[field.owner].total


def param_tables(program: hir.Program) -> list[str]:
    """The tables that reset chooses rows from."""
    tables = [_table(field) for field in program.fields.values() if field.param]
    return list(dict.fromkeys(table for table in tables if table))


@dataclass(frozen=True)
class Setups:
    """How episodes are set up. A field that `fixed` does not name gets a random value per owner and episode."""

    program: hir.Program
    seed: int
    fixed: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, program: hir.Program, seed: int, names: Sequence[str] = ()) -> Setups:
        """Setups in which the owners have the rows of these keys or titles, in turn; `random` draws one per episode.

        Raises SpecError (E0801) for a name that is no row of a parameter's table.
        """
        chosen = tuple(names)
        if not chosen or chosen == (RANDOM,):
            return cls(program, seed, {})
        fields = [field for field in program.fields.values() if field.param and _table(field)]
        if not fields:
            raise SpecError.single("E0801", None, f"the game takes no rows at reset: '{chosen[0]}' has no place")
        fixed = {field.id: rows for field in fields if (rows := _rows(program, field, chosen)) is not None}
        if not fixed:
            raise _unknown(program, fields, chosen)
        return cls(program, seed, fixed)

    def episode(self, number: int) -> Setup:
        """The setup of an episode."""
        rng = episode_rng(self.seed, number, "setup")
        params = {
            field.id: tuple(self._value(field, owner, rng) for owner in range(owners(self.program, field)))
            for field in self.program.fields.values()
            if field.param
        }
        return Setup(params, episode_key(self.seed, number))

    def _value(self, field: hir.Field, owner: int, rng: random.Random) -> int:
        lo, hi = self.program.bounds(strip_optional(field.type))
        drawn = rng.randint(lo, hi)  # drawn in any case, so that the others do not depend on what is fixed
        fixed = self.fixed.get(field.id)
        return drawn if fixed is None or fixed[owner] < 0 else fixed[owner]


def _table(field: hir.Field) -> str | None:
    type_ = strip_optional(field.type)
    return type_.table if isinstance(type_, RowT) else None


def _rows(program: hir.Program, field: hir.Field, names: Sequence[str]) -> tuple[int, ...] | None:
    """The rows that names give to the owners of a field, -1 for a random one; None where one is no row of its table."""
    table = program.tables[_table(field) or ""]
    rows = [-1 if name == RANDOM else _row(table, name) for name in names]
    if None in rows:
        return None
    count = owners(program, field)
    if len(rows) not in (1, count):
        plural = f"{len(rows)} rows of {table.name} are given"
        raise SpecError.single("E0801", None, f"{plural}, where one or {count} are needed", suggestion=_usage(count))
    return tuple(row for row in rows if row is not None) * (count if len(rows) == 1 else 1)


def _usage(count: int) -> str:
    return f"give one name for all, or {count} with commas between them; '{RANDOM}' is one, too"


def _row(table: hir.Table, name: str) -> int | None:
    """A row by key, or by a title that no other row has."""
    if name in table.keys:
        return table.keys.index(name)
    folded = [title.casefold() for title in table.titles]
    matches = [index for index, title in enumerate(folded) if title == name.casefold()]
    return matches[0] if len(matches) == 1 else None


def _unknown(program: hir.Program, fields: Sequence[hir.Field], names: Sequence[str]) -> SpecError:
    tables = {name: program.tables[name] for field in fields if (name := _table(field))}
    known = [word for table in tables.values() for word in (*table.keys, *table.titles)]
    where = " or ".join(tables)
    for name in names:
        if name != RANDOM and all(_row(table, name) is None for table in tables.values()):
            keys = [key for table in tables.values() for key in table.keys]
            listed = f"the rows are {', '.join(keys[:12])}{' …' * (len(keys) > 12)}"
            return SpecError.single(
                "E0801", None, f"'{name}' is no row of {where}", suggestion=did_you_mean(name, known) or listed
            )
    return SpecError.single("E0801", None, f"no table has all of these rows: {', '.join(names)}")
