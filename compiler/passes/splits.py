"""Choose how sets of players' instances are held: everybody's in one mask, or one player's.

Contract: changes nothing but ``notes["split"]``, the names of the entities whose sets hold one player's instances. That
takes fewer words, and is right only where no set ever holds instances of several players: every zone is of ``own``
instances, no global field or constant holds them, and what is joined or kept is plainly of one player.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

from compiler.ir import hir
from compiler.ir.types import PLAYER, EntityT, SetT
from compiler.ir.walk import Node, walk
from compiler.passes.layout import WORD
from compiler.passes.masks import owner_of_set


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
    for field in program.fields.values():
        if field.type == type_ and not (field.own if field.zone else field.owner is not None):
            return False
    return all(_of_one_player(program, entity, node) for node in _nodes(program))


def _nodes(program: hir.Program) -> Iterator[Node]:
    bodies: list[object] = [*program.procs.values(), *program.funcs.values(), program.play]
    for table in program.tables.values():
        for method in table.methods.values():
            bodies += [*method.bodies.values()] + ([method.default] if method.default is not None else [])
    for body in bodies:
        yield from walk(body)


def _of_one_player(program: hir.Program, entity: hir.Entity, node: Node) -> bool:
    """Whether a node makes or keeps no set that might be of several players."""
    type_ = SetT(EntityT(entity.name))
    match node:
        case hir.Const(value, of) if of == type_:
            own = (1 << entity.count) - 1
            return any(value & ~(own << (p * entity.count)) == 0 for p in range(program.players))
        case hir.Apply("union", (left, right), of) if of == type_:
            return _empty(left) or _empty(right) or _alike(_owner(left), _owner(right))
        case hir.Reduce("union", type=of) if of == type_:
            return False
        case hir.Store(field, owner, _, value) if field.type == type_ and owner is not None:
            whose = owner if field.owner == "player" else hir.OwnerOf(owner, PLAYER)
            return _empty(value) or _alike(whose, _owner(value))
        case _:
            return True


def _owner(value: hir.Expr) -> hir.Expr:
    """The player whose instances a set holds, as far as its form says."""
    match value:
        case hir.Apply("union", (left, right)):
            return _owner(right if _empty(left) else left)
        case hir.Apply("inter" | "diff", (inner, _)) | hir.Filter(_, inner):
            return _owner(inner)
        case hir.Load(field, owner) if owner is not None:
            return owner if field.owner == "player" else hir.OwnerOf(owner, PLAYER)
        case _:
            return owner_of_set(value)


def _empty(value: hir.Expr) -> bool:
    return isinstance(value, hir.Const) and value.value == 0


def _alike(a: object, b: object) -> bool:
    """Whether two expressions are the same, wherever they stand."""
    if is_dataclass(a) and type(a) is type(b) and not isinstance(a, (hir.Local, hir.Field)):
        names = (f.name for f in fields(a) if f.name not in ("span", "type"))
        return all(_alike(getattr(a, name), getattr(b, name)) for name in names)
    return a == b
