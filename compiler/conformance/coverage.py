"""Which parts of a specification ran in episodes that were compared and agreed.

Rows, texts, verbs and branches are the names of the figures; a *row* is a row of a table in which rows carry code, in
themselves or in the rows that stand in them, and a *text* is one such piece of code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compiler.backends.interp.coverage import Coverage, Key
from compiler.conformance.adapter import Params
from compiler.conformance.pairs import PairCounts, Pairs
from compiler.ir import hir
from compiler.ir.types import RowT, strip_optional
from compiler.ir.walk import walk

RowId = tuple[str, int]
"""A table, and the position of a row in it."""


@dataclass(frozen=True)
class Part:
    """One piece of code of a row, and how often it was compared."""

    label: str
    times: int


@dataclass(frozen=True)
class RowCoverage:
    """A row of a table in which rows carry code."""

    group: str
    """The name of the file in which it is written."""
    key: str
    title: str
    times: int
    """Episodes in which it took part, or runs of its rarest part if these were fewer."""
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Figure:
    """How much of one kind of thing was compared. `never` names the rest."""

    total: int
    executed: int
    compared: int
    never: tuple[str, ...]
    times: Mapping[str, int]
    """How often each was compared."""

    @property
    def median(self) -> int:
        """How often half of them were compared at least."""
        ordered = sorted(self.times.values(), reverse=True)
        return ordered[(len(ordered) - 1) // 2] if ordered else 0

    @property
    def least(self) -> int:
        """How often that was compared which was compared least often."""
        return min(self.times.values(), default=0)

    def to_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "executed": self.executed,
            "compared": self.compared,
            "least": self.least,
            "median": self.median,
            "never": list(self.never),
            "times": dict(self.times),
        }


class Ledger:
    """What was reached in compared episodes, and which rows took part in them."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self.rows: Counter[RowId] = Counter()
        self.episodes = 0
        self.pairs = PairCounts()

    def add(
        self, counts: Mapping[Key, int], rows: Iterable[RowId], together: Mapping[frozenset[int], int] | None = None
    ) -> None:
        """An episode that was compared and agreed; `together` is what ran in one decision."""
        self.counts.update(counts)
        self.rows.update(rows)
        self.episodes += 1
        if together:
            self.pairs.add(together)

    def merge(self, other: Ledger) -> None:
        self.counts.update(other.counts)
        self.rows.update(other.rows)
        self.episodes += other.episodes
        self.pairs.merge(other.pairs)


class Places:
    """The parts of a program that coverage is counted for."""

    def __init__(self, program: hir.Program, keys: Iterable[Key]) -> None:
        """`keys` are what the interpreter counts, reached or not; what no play can reach is left out."""
        self._program = program
        apart = set(_apart_from_play(program))
        self._keys = tuple(key for key in keys if key[:2] not in apart and key[::2] not in apart)

    def figures(self, executed: Ledger, compared: Ledger) -> dict[str, Figure]:
        """By output name. `cards` is the rows, whatever a game calls them."""
        return {
            "cards": self._row_figure(executed, compared),
            "texts": self._figure(executed, compared, "method", lambda key: f"{key[1]} {key[3]}: {key[2]}"),
            "verbs": self._figure(executed, compared, "proc", lambda key: str(key[1])),
            "hooks": self._hook_figure(executed, compared),
            "branches": self._figure(executed, compared, "if", lambda key: f"{key[1]} {key[2]}"),
            "choices": self._figure(executed, compared, "choose", lambda key: f"choice {key[1]}: {key[2]}"),
            "draws": self._figure(executed, compared, "draw", lambda key: f"{key[2]} {key[1]}"),
        }

    def _figure(self, executed: Ledger, compared: Ledger, kind: str, name: Callable[[Key], str]) -> Figure:
        keys = [key for key in self._keys if key[0] == kind and key[-1] != "offered"]
        return _figure((name(key), executed.counts[key], compared.counts[key]) for key in keys)

    def _hook_figure(self, executed: Ledger, compared: Ledger) -> Figure:
        """Methods, all rows' versions together."""
        hooks: dict[str, list[Key]] = {}
        for key in self._keys:
            if key[0] == "method":
                hooks.setdefault(_hook(key), []).append(key)
        return _figure(
            (name, sum(executed.counts[key] for key in keys), sum(compared.counts[key] for key in keys))
            for name, keys in hooks.items()
        )

    def pairs(self, sites: Mapping[Key, int], compared: Ledger) -> Pairs:
        """How often verbs and hooks ran together."""
        names = {sites[key]: _acting(key) for key in self._keys if key[0] in ("proc", "method") and key in sites}
        return Pairs.of(names, compared.pairs)

    def row_coverage(self, compared: Ledger) -> list[RowCoverage]:
        """Every row that carries code, or stands beside some that do, with its pieces of code."""
        return [self._row_coverage(row, compared) for row, _ in self._rows]

    def _row_coverage(self, row: RowId, compared: Ledger) -> RowCoverage:
        table = self._program.tables[row[0]]
        span = table.spans[row[1]]
        group = span.file.path.stem if span else table.name
        parts = tuple(Part(label, compared.counts[key]) for label, key in self._labelled(row, ""))
        return RowCoverage(
            group, table.keys[row[1]], table.titles[row[1]], self._row_times(row, compared), parts
        )  # fmt: skip

    def _labelled(self, row: RowId, inside: str) -> Iterator[tuple[str, Key]]:
        """The places of the code of a row and of the rows in it, with short names."""
        table = self._program.tables[row[0]]
        for method in table.methods.values():
            if row[1] in method.bodies:
                label = f"{inside}: {method.name}" if inside else method.name
                yield label, ("method", table.name, method.name, table.keys[row[1]])
        for child in self._children.get(row, ()):
            yield from self._labelled(child, self._program.tables[child[0]].titles[child[1]])

    def _row_figure(self, executed: Ledger, compared: Ledger) -> Figure:
        times = ((name, self._row_times(row, executed), self._row_times(row, compared)) for row, name in self._rows)
        return _figure(times)

    def _row_times(self, row: RowId, ledger: Ledger) -> int:
        """How often a row took part and every piece of its code and that of the rows in it ran."""
        took_part = ledger.rows[row] if row[0] in self._given_tables else ledger.episodes
        return min([took_part, *(ledger.counts[key] for key in self._bodies(row))])

    def row_times(self, ledger: Ledger) -> dict[str, int]:
        """How often each row was in episodes that count, by key, and at most as often as the rarest of its code ran."""
        return {self._program.tables[row[0]].keys[row[1]]: self._row_times(row, ledger) for row, _ in self._rows}

    def key(self, row: RowId) -> str:
        """The key of a row that no round replaces; of others, nothing that is known."""
        keys = self._program.tables[row[0]].keys
        return keys[row[1]] if row[1] < len(keys) else ""

    def taking_part(self, program: hir.Program, params: Params) -> set[RowId]:
        """The rows that parameters lead to, through columns that refer to rows, with the rows in them.

        `program` has the rows that are given.
        """
        found: set[RowId] = set()
        waiting: list[RowId] = []
        for field_id, values in params.items():
            type_ = strip_optional(program.fields[field_id].type)
            if isinstance(type_, RowT):
                waiting += [(type_.table, value) for value in values if value >= 0]
        while waiting:
            row = waiting.pop()
            if row not in found:
                found.add(row)
                waiting += _references(program, row)
                waiting += self._children.get(row, ())
        return found

    def _bodies(self, row: RowId) -> Iterator[Key]:
        """The places of the code of a row and of the rows in it."""
        table = self._program.tables[row[0]]
        for method in table.methods.values():
            if row[1] in method.bodies:
                yield ("method", table.name, method.name, table.keys[row[1]])
        for child in self._children.get(row, ()):
            yield from self._bodies(child)

    @cached_property
    def _rows(self) -> list[tuple[RowId, str]]:
        return [
            ((table.name, index), f"{key} {title}".strip() if title != key else key)
            for table in self._program.tables.values()
            if table.parent is None and self._carries_code(table)
            for index, (key, title) in enumerate(zip(table.keys, table.titles, strict=True))
        ]

    def _carries_code(self, table: hir.Table) -> bool:
        children = (other for other in self._program.tables.values() if other.parent == table.name)
        return bool(table.methods) or any(self._carries_code(child) for child in children)

    @cached_property
    def _children(self) -> dict[RowId, list[RowId]]:
        found: dict[RowId, list[RowId]] = {}
        for table in self._program.tables.values():
            if table.parent is not None:
                for index, parent in enumerate(table.data["parent"]):
                    assert isinstance(parent, int)
                    found.setdefault((table.parent, parent), []).append((table.name, index))
        return found

    @cached_property
    def _given_tables(self) -> set[str]:
        """The tables whose rows come into a game through its parameters only."""
        tables: set[str] = set()
        waiting = [
            type_.table
            for field in self._program.fields.values()
            if field.param and isinstance(type_ := strip_optional(field.type), RowT)
        ]
        while waiting:
            name = waiting.pop()
            if name not in tables:
                tables.add(name)
                columns = self._program.tables[name].columns.values()
                waiting += [type_.table for c in columns if isinstance(type_ := strip_optional(c.type), RowT)]
        return tables


def _hook(key: Key) -> str:
    return f"{key[1]}.{key[2]}"


def _acting(key: Key) -> str:
    """A verb or a hook by name."""
    return str(key[1]).replace("_", " ") if key[0] == "proc" else _hook(key)


def _references(program: hir.Program, row: RowId) -> Iterator[RowId]:
    """The rows that the columns of a row name."""
    table = program.tables[row[0]]
    for column in table.columns.values():
        type_ = strip_optional(column.type)
        if isinstance(type_, RowT) and column.name != "parent":
            values = table.data[column.name][row[1]]
            listed = values if isinstance(values, tuple) else (values,)
            yield from ((type_.table, value) for value in listed if value >= 0)


def _figure(times: Iterable[tuple[str, int, int]]) -> Figure:
    """From names, and how often each was executed and compared."""
    listed = list(times)
    ran = sum(executed > 0 for _, executed, _ in listed)
    never = tuple(name for name, _, compared in listed if not compared)
    compared_times = {name: compared for name, _, compared in listed}
    return Figure(len(listed), ran, len(listed) - len(never), never, compared_times)


def _apart_from_play(program: hir.Program) -> Iterator[tuple[str | int, ...]]:
    """Verbs that only scenarios use, and the places in them: parts of their keys."""
    waiting: list[hir.Block] = [program.play]
    for table in program.tables.values():
        for method in table.methods.values():
            waiting += [body for body in method.bodies.values() if isinstance(body, hir.Block)]
    reached: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, hir.Call) and node.proc not in reached:
                reached.add(node.proc)
                waiting.append(program.procs[node.proc].body)
    for name in program.procs.keys() - reached:
        yield "proc", name
        for node in walk(program.procs[name].body):
            if isinstance(node, hir.If):
                yield "if", str(node.span)
            elif isinstance(node, (hir.Draw, hir.Reveal)):
                yield "draw", str(node.span)
            elif isinstance(node, hir.Choose):
                yield "choose", node.site


def drain(coverage: Coverage) -> dict[Key, int]:
    """What was reached since the last call; the counters start again."""
    counts = {key: count for key, count in coverage.counts.items() if count}
    coverage.counters[:] = [0] * len(coverage.counters)
    return counts
