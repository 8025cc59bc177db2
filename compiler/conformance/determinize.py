"""Other worlds that look the same to a player: what the player cannot see is dealt anew."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from compiler.ir import hir
from compiler.ir.types import NONE, EntityT, OptT, SetT, strip_optional

Fields = Mapping[str, Any]
"""The fields of a snapshot: sets as ascending lists, a pile as its cards and runs, a global field as its only value."""


def sees(program: hir.Program, field: hir.Field, owner: int, player: int) -> bool:
    """Whether a player sees a field of an owner."""
    if field.visibility == "public":
        return True
    return field.visibility == "owner" and owner_player(program, field, owner) == player


def owner_player(program: hir.Program, field: hir.Field, owner: int) -> int | None:
    """The player to whom an owner of a field belongs, None for what belongs to nobody."""
    if field.owner is None:
        return None
    if field.owner == "player":
        return owner
    entity = program.entities[field.owner]
    return owner // entity.count if entity.per_player else None


def zone_entity(program: hir.Program, field: hir.Field) -> hir.Entity:
    """The entity whose instances lie in a zone."""
    element = field.type.element if isinstance(field.type, SetT) else strip_optional(field.type)
    assert isinstance(element, EntityT)
    return program.entities[element.name]


def values_of(field: hir.Field, fields: Fields) -> list[Any]:
    """A field's value for each owner."""
    value = fields[field.id]
    return [value] if field.owner is None else value


def members(field: hir.Field, value: Any) -> list[int]:
    """The instances in a zone."""
    if field.zone == "slot":
        return [] if value == NONE else [value]
    return list(value["cards"] if field.zone == "pile" else value)


def determinize(program: hir.Program, fields: Fields, player: int, rng: random.Random) -> dict[str, Any]:
    """The fields of a snapshot that differs only in what the player cannot see.

    Instances in zones that the player cannot see change places with one another, those of one owner among themselves,
    so that every zone keeps how many it has of each owner. Other hidden fields, parameters aside, get any value of
    their type; none stays none.
    """
    exchanges = {entity.name: _exchange(program, fields, entity, player, rng) for entity in program.entities.values()}
    world = dict(fields)
    for field in program.fields.values():
        if field.id not in fields or field.param:
            continue
        values = values_of(field, fields)
        dealt = [
            value
            if sees(program, field, owner, player)
            else _redrawn(program, field, value, rng)
            if field.zone is None
            else _exchanged(value, exchanges[zone_entity(program, field).name])
            for owner, value in enumerate(values)
        ]
        world[field.id] = dealt[0] if field.owner is None else dealt
    return world


def _exchange(
    program: hir.Program, fields: Fields, entity: hir.Entity, player: int, rng: random.Random
) -> Mapping[int, int]:
    """A random exchange of the instances that the player cannot see."""
    unseen: dict[int, list[int]] = {}
    for field in program.fields.values():
        if field.zone is None or zone_entity(program, field) is not entity:
            continue
        for owner, value in enumerate(values_of(field, fields)):
            if not sees(program, field, owner, player):
                for instance in members(field, value):
                    belongs = instance // entity.count if entity.per_player else 0
                    unseen.setdefault(belongs, []).append(instance)
    exchange: dict[int, int] = {}
    for instances in unseen.values():
        exchange.update(zip(sorted(instances), rng.sample(instances, len(instances)), strict=True))
    return exchange


def _exchanged(value: Any, exchange: Mapping[int, int]) -> Any:
    if isinstance(value, Mapping):  # a pile: sets are ascending, runs are not
        runs = {name: [exchange[item] for item in run] for name, run in value.items()}
        return {**runs, "cards": sorted(runs["cards"])}
    if isinstance(value, list):
        return sorted(exchange[item] for item in value)
    return value if value == NONE else exchange[value]


def _redrawn(program: hir.Program, field: hir.Field, value: Any, rng: random.Random) -> Any:
    if isinstance(field.type, SetT):
        return value  # which sets make sense is for the rules to know
    if isinstance(value, list):
        return [_redrawn(program, field, item, rng) for item in value]
    if value == NONE and isinstance(field.type, OptT):
        return value
    return rng.randint(*program.bounds(strip_optional(field.type)))
