"""The names of a program's actions."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.ir import hir
from compiler.ir.actions import action_names


class Names:
    """Action ids and names, both ways."""

    def __init__(self, program: hir.Program) -> None:
        self.every = action_names(program)
        """By id."""
        self._ids = {name: index for index, name in enumerate(self.every)}
        self._kinds = tuple(name.partition(":")[0] for name in self.every)

    def __len__(self) -> int:
        return len(self.every)

    def name(self, action: int) -> str:
        """The name of an action, as in `bench:3`."""
        return self.every[action]

    def all(self, actions: Iterable[int]) -> list[str]:
        return [self.every[action] for action in actions]

    def kind(self, action: int) -> str:
        """The declaration that an action belongs to: its name up to the first colon."""
        return self._kinds[action]

    def id(self, name: str) -> int | None:
        """The action of a name, or None."""
        return self._ids.get(name)
