"""Adapters: how a game's own state, draws and action names are said in the words of its references.

An adapter is a module (or what a factory returns) beside the specification, with some of these functions; each one that
it lacks is the identity:

- `setup(program, params) -> dict`: the keyword arguments of a reference's `reset`; `params` maps the ids of the
  parameter fields to one value per owner
- `canonical(program, snapshot) -> dict`: the state as references give it
- `draws(program, native) -> list`: the draws of one step, from `[(kind, value), …]`
- `actions(program, snapshot, names) -> list`: the references' names for these legal actions, in the same order
- `inject(program, params, snapshot) -> dict`: the keyword arguments of a reference's `inject`
- `rows(program, rng, wanted) -> dict`: a random legal row for each table that reset chooses from, by table, as engines
  take rows; `wanted` are keys of rows that should take part, the most wanted first
- `position(program, params, rng, wanted) -> dict`: fields of a position from which play can start, in which the wanted
  rows stand ready
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from compiler.ir import hir
from compiler.ir.types import NONE, EntityT, EnumT, RowT, Type, strip_optional

Params = Mapping[str, tuple[int, ...]]
Snapshot = Mapping[str, Any]

FUNCTIONS = ("setup", "canonical", "draws", "actions", "inject", "rows", "position")


class AdapterError(Exception):
    """An adapter raised, or returned something of another form than it must."""


@dataclass(frozen=True)
class Adapter:
    """The functions of an adapter module, checked as they are used."""

    program: hir.Program
    functions: Mapping[str, Callable[..., Any]]

    @classmethod
    def of(cls, program: hir.Program, module: object) -> Adapter:
        """The adapter that a module, or any object, describes."""
        found = {name: getattr(module, name, None) for name in FUNCTIONS}
        return cls(program, {name: function for name, function in found.items() if callable(function)})

    def setup(self, params: Params) -> dict[str, Any]:
        if "setup" not in self.functions:
            return {field: list(values) for field, values in params.items()}
        return self._mapping("setup", params)

    def canonical(self, snapshot: Snapshot) -> Any:
        return self._call("canonical", snapshot) if "canonical" in self.functions else snapshot

    def draws(self, native: Sequence[tuple[str, int]]) -> list[Any]:
        if "draws" not in self.functions:
            return [[kind, value] for kind, value in native]
        made = self._call("draws", native)
        if not isinstance(made, (list, tuple)):
            raise AdapterError(f"'draws' returned {made!r:.100}, which is no list")
        return list(made)

    def actions(self, snapshot: Snapshot, names: Sequence[str]) -> list[str]:
        if "actions" not in self.functions:
            return list(names)
        translated = self._call("actions", snapshot, list(names))
        if not isinstance(translated, (list, tuple)) or len(translated) != len(names):
            raise AdapterError(f"'actions' must return one name for each of {len(names)}, not {translated!r:.100}")
        return list(translated)

    @property
    def translates_actions(self) -> bool:
        """Whether references have other names for actions."""
        return "actions" in self.functions

    def inject(self, params: Params, snapshot: Snapshot) -> dict[str, Any]:
        if "inject" not in self.functions:
            raise AdapterError("the adapter has no 'inject', so that a reference cannot start from a position")
        return self._mapping("inject", params, snapshot)

    @property
    def makes_rows(self) -> bool:
        """Whether there is more to play with than the rows of the rules."""
        return "rows" in self.functions

    @property
    def makes_positions(self) -> bool:
        """Whether episodes can start in the middle of a game."""
        return "position" in self.functions

    def rows(self, rng: Random, wanted: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        return self._mapping("rows", rng, list(wanted))

    def position(self, params: Params, rng: Random, wanted: Sequence[str]) -> dict[str, Any]:
        return self._mapping("position", params, rng, list(wanted))

    def _mapping(self, name: str, *args: Any) -> dict[str, Any]:
        result = self._call(name, *args)
        if not isinstance(result, Mapping) or not all(isinstance(key, str) for key in result):
            raise AdapterError(f"'{name}' returned {result!r:.100}, which is no mapping of names to values")
        return dict(result)

    def _call(self, name: str, *args: Any) -> Any:
        try:
            return self.functions[name](self.program, *args)
        except Exception as error:  # the module is the user's, and may raise anything
            raise AdapterError(f"'{name}' raised {type(error).__name__}: {error}{_place(error)}") from error


def readable(program: hir.Program, type_: Type, value: int) -> int | str | None:
    """A run-time value as a person writes it: names for enum values and rows, None for none."""
    if value == NONE and type_ != strip_optional(type_):
        return None
    match strip_optional(type_):
        case EnumT(name) if 0 <= value < len(program.enums[name].values):
            return program.enums[name].values[value]
        case RowT(table) if 0 <= value < len(program.tables[table]):
            return program.tables[table].keys[value]
        case EntityT(name) if program.entities[name].per_player:
            owner, index = divmod(value, program.entities[name].count)
            return f"{name}({owner}, {index})"
        case EntityT(name):
            return f"{name}({value})"
        case _:
            return value


def _place(error: Exception) -> str:
    """The line of the adapter that raised."""
    trace = error.__traceback__
    last = None
    while trace is not None:
        last, trace = trace, trace.tb_next
    return f" ({last.tb_frame.f_code.co_filename}:{last.tb_lineno})" if last else ""
