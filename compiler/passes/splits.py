"""Choose how sets of players' instances are held: everybody's in one mask, or one player's.

Contract: changes nothing but ``notes["split"]``, the names of the entities whose sets hold one player's instances. That
is half the words, and possible where no zone, field or constant holds instances of several players.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.ir import hir
from compiler.ir.types import EntityT, SetT
from compiler.ir.walk import walk
from compiler.passes.layout import WORD


@dataclass(frozen=True)
class SplitSets:
    """The pass."""

    name: str = "split-sets"

    def run(self, program: hir.Program) -> hir.Program:
        split = tuple(e.name for e in program.entities.values() if _splits(program, e))
        return replace(program, notes=dict(program.notes) | {"split": split})


def _splits(program: hir.Program, entity: hir.Entity) -> bool:
    if not entity.per_player or entity.total <= WORD:
        return False
    type_ = SetT(EntityT(entity.name))
    if any(f.owner is None and f.type == type_ for f in program.fields.values()):
        return False
    own = (1 << entity.count) - 1
    masks = [own << (p * entity.count) for p in range(program.players)]
    bodies: list[object] = [*program.procs.values(), *program.funcs.values(), program.play]
    for table in program.tables.values():
        for method in table.methods.values():
            bodies += [*method.bodies.values()] + ([method.default] if method.default is not None else [])
    return all(
        any(node.value & ~mask == 0 for mask in masks)
        for body in bodies
        for node in walk(body)
        if isinstance(node, hir.Const) and node.type == type_
    )
