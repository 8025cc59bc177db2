"""The state of a game: at reset, from a given position, and as JSON.

``state[field.id]`` has one entry per owner (one for a global field): an int, a list for an array or lasting field, a
mask for a bag or pile. The runs of a pile stand under the keys of ``zones.run_keys``. In JSON, sets are ascending
lists, a pile is ``{"cards": […], "top": […], "bottom": […]}``, and a global field is its only entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compiler.backends.interp.runtime import default
from compiler.backends.interp.zones import State, run_keys
from compiler.ir.evaluate import mask_of, members
from compiler.ir.hir import Field, Program
from compiler.ir.observations import STATUS
from compiler.ir.types import EntityT, SetT, Type, strip_optional


def fresh(program: Program, params: Mapping[str, Any], fields: Mapping[str, Any]) -> State:
    """The state at reset, with params and any other fields as given. Raises ValueError where these make no sense."""
    state: State = {}
    for field in program.fields.values():
        count = owners(program, field)
        state[field.id] = [default(field) for _ in range(count)]
        if field.zone is not None:
            state[field.id] = [-1 if field.zone == "slot" else 0] * count
        if field.zone == "pile":
            for key in run_keys(field):
                state[key] = [[] for _ in range(count)]
    state["over"][0], state["decider"][0] = 0, -1
    given = {**_params(program, params), **fields}
    for name, value in given.items():
        if name not in program.fields or name in STATUS:
            raise ValueError(f"there is no field {name} to give")
        _give(program, state, program.fields[name], value)
    for field in program.fields.values():
        if field.start and field.id not in given:
            _fill(program, state, field)
    _check_conservation(program, state)
    return state


def copied(state: State) -> State:
    """A copy that shares nothing with the state."""
    return {key: [list(v) if isinstance(v, list) else v for v in values] for key, values in state.items()}


def owners(program: Program, field: Field) -> int:
    """How many owners a field has."""
    if field.owner is None:
        return 1
    return program.players if field.owner == "player" else program.entities[field.owner].total


def element_type(field: Field) -> EntityT:
    """What a zone holds."""
    type_ = strip_optional(field.type)
    type_ = type_.element if isinstance(type_, SetT) else type_
    assert isinstance(type_, EntityT)
    return type_


def to_json(program: Program, state: State) -> dict[str, Any]:
    """The fields, less ``over``, ``decider`` and the rewards."""
    found: dict[str, Any] = {}
    for field in program.fields.values():
        if field.id not in STATUS:
            values = [_native(state, field, owner) for owner in range(owners(program, field))]
            found[field.id] = values[0] if field.owner is None else values
    return found


def _native(state: State, field: Field, owner: int) -> Any:
    value = state[field.id][owner]
    if field.zone == "pile":
        top, bottom = (list(state[key][owner]) for key in run_keys(field))
        return {"cards": list(members(value)), "top": top, "bottom": bottom}
    if isinstance(field.type, SetT):
        return [list(members(v)) for v in value] if isinstance(value, list) else list(members(value))
    return list(value) if isinstance(value, list) else value


def _params(program: Program, params: Mapping[str, Any]) -> dict[str, Any]:
    """Params by id; they may be given by bare name, too."""
    known = {name: field.id for field in program.fields.values() if field.param for name in (field.name, field.id)}
    unknown = [name for name in params if name not in known]
    if unknown:
        raise ValueError(f"there is no param {', '.join(unknown)}")
    return {known[name]: value for name, value in params.items()}


def _give(program: Program, state: State, field: Field, value: Any) -> None:
    """Set a field of all owners from its JSON form."""
    values = [value] if field.owner is None else value
    count = owners(program, field)
    if not isinstance(values, list | tuple) or len(values) != count:
        raise ValueError(f"{field.id} needs a list of {count} values, one per owner")
    if field.zone == "pile":
        top_key, bottom_key = run_keys(field)
        for owner, pile in enumerate(values):
            cards, top, bottom = _pile(program, field, pile)
            state[field.id][owner], state[top_key][owner], state[bottom_key][owner] = cards, top, bottom
        return
    read = _reader(program, field)
    size = 3 if field.lasting else field.size
    for owner, item in enumerate(values):
        if size is None:
            state[field.id][owner] = read(item)
        elif isinstance(item, list | tuple) and len(item) == size:
            state[field.id][owner] = [read(part) for part in item]
        else:
            raise ValueError(f"{field.id} needs a list of {size} elements for each owner")


def _pile(program: Program, field: Field, pile: Any) -> tuple[int, list[int], list[int]]:
    given = pile if isinstance(pile, Mapping) else {"cards": pile}
    read = _reader(program, field)
    cards, top, bottom = read(given.get("cards", [])), list(given.get("top", [])), list(given.get("bottom", []))
    known = [*top, *bottom]
    if len(set(known)) != len(known) or read(known) & ~cards:
        raise ValueError(f"{field.id}: the known places {known} must be among its cards, each once")
    if len(top) > field.known_top or len(bottom) > field.known_bottom:
        raise ValueError(f"{field.id}: more known places than it can have")
    return cards, top, bottom


def _reader(program: Program, field: Field) -> Callable[[Any], int]:
    """Checks one value and makes it a run-time one."""
    is_set = isinstance(field.type, SetT)
    type_: Type = EntityT(element_type(field).name) if field.zone is not None else field.type
    low, high = program.bounds(type_.element if isinstance(type_, SetT) else type_)
    if field.zone == "slot":
        low = -1

    def one(value: Any) -> int:
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{field.id}: {value!r} is not a number in {low}..{high}")
        return int(value)

    def many(values: Any) -> int:
        if isinstance(values, int):
            return many(list(members(values))) if values >= 0 else one(values)
        return mask_of([one(value) for value in values])

    return many if is_set else one


def _fill(program: Program, state: State, field: Field) -> None:
    """Put into a start zone every instance that no given zone holds."""
    entity = program.entities[element_type(field).name]
    elsewhere = 0
    for other in program.fields.values():
        if other.zone is not None and element_type(other).name == entity.name and not other.start:
            for value in state[other.id]:
                elsewhere |= (1 << value if value >= 0 else 0) if other.zone == "slot" else value
    everything = ((1 << entity.total) - 1) & ~elsewhere
    if field.owner is None:
        state[field.id][0] = everything
        return
    for player in range(program.players):
        own = ((1 << entity.count) - 1) << player * entity.count
        state[field.id][player] = everything & own


def _check_conservation(program: Program, state: State) -> None:
    """Where an entity has a start zone, each instance must be in exactly one zone."""
    zones: dict[str, list[Field]] = {}
    for field in program.fields.values():
        if field.zone is not None:
            zones.setdefault(element_type(field).name, []).append(field)
    for name, fields in zones.items():
        if not any(field.start for field in fields):
            continue
        found: list[int] = []
        for field in fields:
            for value in state[field.id]:
                found += ([value] if value >= 0 else []) if field.zone == "slot" else members(value)
        for instance in range(program.entities[name].total):
            if found.count(instance) != 1:
                raise ValueError(f"{name} {instance} is in {found.count(instance)} zones; it must be in one")
