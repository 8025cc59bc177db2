"""Zones at run time: bags and piles are masks, slots are ids, and a pile knows its top and bottom runs.

``top[0]`` is the top instance, ``bottom[-1]`` the one at the very bottom. Whatever of the mask is in neither run is
unordered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compiler.backends.interp.luck import Luck
from compiler.ir.evaluate import mask_of, members
from compiler.ir.hir import DrawKind, Field, Program
from compiler.ir.types import EntityT, SetT, strip_optional

State = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A zone field, with the keys of its runs in the state."""

    id: str
    kind: str
    top: str
    bottom: str
    known_top: int
    known_bottom: int
    own: tuple[int, int] | None = None
    """Of a zone that holds its player's own: how many instances, and how many such zones, each player has."""

    @classmethod
    def of(cls, field: Field, program: Program) -> Place:
        assert field.zone is not None
        own = None
        if field.own:
            element = strip_optional(field.type)
            element = element.element if isinstance(element, SetT) else element
            assert isinstance(element, EntityT)
            zones = 1 if field.owner == "player" else program.entities[field.owner or ""].count
            own = program.entities[element.name].count, zones
        return cls(field.id, field.zone, *run_keys(field), field.known_top, field.known_bottom, own)

    def takes(self, what: int, owner: int) -> bool:
        """Whether an instance may be in the zone of an owner."""
        return self.own is None or what // self.own[0] == owner // self.own[1]


def run_keys(field: Field) -> tuple[str, str]:
    """The keys of a pile's top and bottom runs in the state."""
    return f"{field.id}:top", f"{field.id}:bottom"


def unordered(state: State, place: Place, owner: int) -> int:
    """The part of a pile whose order is not known."""
    return state[place.id][owner] & ~mask_of(state[place.top][owner]) & ~mask_of(state[place.bottom][owner])


def take(state: State, place: Place, owner: int, what: int) -> bool:
    """Take an instance out of a zone; False if it is not there."""
    zone = state[place.id]
    if place.kind == "slot":
        if zone[owner] != what:
            return False
        zone[owner] = -1
        return True
    if not zone[owner] >> what & 1:
        return False
    zone[owner] ^= 1 << what
    if place.kind == "pile":
        for key in (place.top, place.bottom):
            run = state[key][owner]
            if what in run:
                run.remove(what)
    return True


def put(state: State, place: Place, owner: int, what: int, end: str | None) -> str | None:
    """Put an instance into a zone. Returns what is wrong with that, None if nothing is."""
    zone = state[place.id]
    if place.kind == "slot":
        zone[owner] = what
        return None
    zone[owner] |= 1 << what
    if place.kind == "bag" or end is None:
        return None
    if end == "top":
        state[place.top][owner].insert(0, what)
        return _forget_excess_top(state, place, owner)
    run = state[place.bottom][owner]
    run.append(what)
    if len(run) <= place.known_bottom:
        return None
    del run[0]
    return f"{place.id}: the known bottom run would be longer than {place.known_bottom}"


def reveal(
    state: State, place: Place, owner: int, depth: int, kind: DrawKind, luck: Luck
) -> tuple[int, str | None]:  # fmt: skip
    """The instance at a depth (none where the pile is shorter), and what is wrong, if anything is."""
    top, bottom = state[place.top][owner], state[place.bottom][owner]
    card, problem = -1, None
    for position in range(depth + 1):
        if position < len(top):
            card = luck.see(kind, top[position])
            continue
        rest = tuple(members(unordered(state, place, owner)))
        if rest:
            card = luck.pick(kind, rest)
            top.append(card)
            problem = _forget_excess_top(state, place, owner) or problem
        elif position < len(top) + len(bottom):
            card = luck.see(kind, bottom[position - len(top)])
        else:
            return -1, problem
    return card, problem


def shuffle(state: State, place: Place, owner: int) -> None:
    """Forget every known place."""
    state[place.top][owner].clear()
    state[place.bottom][owner].clear()


def _forget_excess_top(state: State, place: Place, owner: int) -> str | None:
    run = state[place.top][owner]
    if len(run) <= place.known_top:
        return None
    del run[place.known_top :]
    return f"{place.id}: the known top run would be longer than {place.known_top}"
