"""What a player may see of a state, as a list of features whose layout is the same for every player.

Fields come in the order of their declaration; the players, and the entities of players, start with the viewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.ir.hir import Entity, Field, Program
from compiler.ir.types import EntityT, PlayerT, SetT, Type, strip_optional

STATUS = ("over", "decider", "player.reward")  # known from elsewhere, and no part of observations


@dataclass(frozen=True, slots=True)
class Feature:
    """One number. ``part``: the ``value`` of a field, the ``count`` of a zone, or whether a set or zone has ``bit``.

    ``span`` > 0: the value names players or their instances, and is given relative to the viewer:
    ``(value - viewer * span) % (players * span)``; none stays -1.
    """

    name: str
    field: Field
    owner: int
    sub: int | None
    part: str
    bit: int = 0
    span: int = 0


def features(program: Program, viewer: int) -> tuple[Feature, ...]:
    """The features that a player sees; names and parts do not depend on the player."""
    found: list[Feature] = []
    for field in program.fields.values():
        if field.id not in STATUS:
            for owner, name in _owners(program, field, viewer):
                found += _features(program, field, owner, name, viewer)
    return tuple(found)


def observation_names(program: Program) -> tuple[str, ...]:
    """The name of every feature, as in ``place.size(me,0)``, ``hand(next)[me,3]``, ``count(deck(me))``."""
    return tuple(feature.name for feature in features(program, 0))


def _owners(program: Program, field: Field, viewer: int) -> Iterator[tuple[int, str]]:
    """The owners of a field in the viewer's order, each with the name of its value."""
    if field.owner is None:
        yield 0, field.id
    elif field.owner == "player":
        for player, name in _elements(program, PlayerT(), viewer):
            yield player, f"{field.id}({name})"
    else:
        for instance, name in _elements(program, EntityT(field.owner), viewer):
            yield instance, f"{field.id}({name})"


def _elements(program: Program, type_: Type, viewer: int) -> Iterator[tuple[int, str]]:
    """The elements of a domain in the viewer's order, with names."""
    entity = _owned_entity(program, type_)
    if isinstance(type_, PlayerT) or entity is not None:
        for turn in range(program.players):
            player, name = (viewer + turn) % program.players, _relative(program, turn)
            if entity is None:
                yield player, name
            else:
                for index in range(entity.count):
                    yield player * entity.count + index, f"{name},{index}"
    else:
        for element in range(program.domain(type_)):
            yield element, str(element)


def _features(program: Program, field: Field, owner: int, name: str, viewer: int) -> Iterator[Feature]:
    player = _player_of(program, field.owner, owner)
    seen = field.visibility == "public" or (field.visibility == "owner" and player == viewer)
    if field.zone is not None:
        yield Feature(f"count({name})", field, owner, None, "count")
        held = strip_optional(field.type)
        type_ = held.element if isinstance(held, SetT) else held
        if seen:
            own = _owned_entity(program, type_)
            for element, label in _elements(program, type_, viewer):
                if player is None or own is None or element // own.count == player:
                    yield Feature(f"{name}[{label}]", field, owner, None, "bit", element)
    elif seen:
        subs = range(3) if field.lasting else (None,) if field.size is None else range(field.size)
        for sub in subs:
            yield from _value(program, field, owner, name if sub is None else f"{name}[{sub}]", sub, viewer)


def _value(
    program: Program, field: Field, owner: int, name: str, sub: int | None, viewer: int
) -> Iterator[Feature]:  # fmt: skip
    if isinstance(field.type, SetT):
        for element, label in _elements(program, field.type.element, viewer):
            yield Feature(f"{name}[{label}]", field, owner, sub, "bit", element)
        return
    type_ = strip_optional(field.type)
    entity = _owned_entity(program, type_)
    span = 1 if isinstance(type_, PlayerT) else entity.count if entity is not None else 0
    yield Feature(name, field, owner, sub, "value", span=span)


def _owned_entity(program: Program, type_: Type) -> Entity | None:
    """The entity of a type whose instances belong to players."""
    if isinstance(type_, EntityT) and program.entities[type_.name].per_player:
        return program.entities[type_.name]
    return None


def _player_of(program: Program, owner_kind: str | None, owner: int) -> int | None:
    """The player to whom an owner of fields belongs, if one does."""
    if owner_kind == "player":
        return owner
    if owner_kind is None or not program.entities[owner_kind].per_player:
        return None
    return owner // program.entities[owner_kind].count


def _relative(program: Program, turn: int) -> str:
    if turn == 0:
        return "me"
    return "next" if turn == 1 else f"next{turn}"
