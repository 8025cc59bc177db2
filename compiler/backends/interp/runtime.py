"""What the Python functions of a program call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NoReturn

from compiler.backends.interp import zones
from compiler.backends.interp.errors import Event, RulesError
from compiler.backends.interp.zones import Place, State, run_keys
from compiler.ir import hir
from compiler.ir.evaluate import members
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.backends.interp.game import Game


class Over(Exception):  # noqa: N818 (no error: the game has come to its end)
    """Unwinds the rules when the game is finished."""


class Elements(dict[int, tuple[int, ...]]):
    """The elements of sets, remembered."""

    MOST = 1 << 16

    def __missing__(self, mask: int) -> tuple[int, ...]:
        if len(self) >= self.MOST:
            self.clear()
        found = self[mask] = tuple(members(mask))
        return found


Site = tuple[Span | None, str]  # a place in the rules, and what is wrong there if something is


def bindings(sites: Sequence[Site]) -> dict[str, Any]:
    """Names for the functions of one program; an int argument ``site`` is an index of ``sites``."""

    def fail(message: str, site: int) -> NoReturn:
        raise RulesError(message, sites[site][0])

    def none(site: int) -> NoReturn:
        fail(sites[site][1], site)

    def some(value: int, site: int) -> int:
        return value if value >= 0 else none(site)

    def not_own(site: int) -> NoReturn:
        fail("a candidate does not belong to the player who decides", site)

    def position(index: int, limit: int, site: int) -> int:
        return index if 0 <= index < limit else fail(f"there is no instance {index}: {limit} in all", site)

    def numbers(count: int, low: int, high: int, site: int) -> range:
        if count > high + 1:
            fail(f"{count - 1} is offered, but the parameter ends at {high}", site)
        return range(low, count)

    def saturate(game: Game, field: hir.Field, value: int, site: int) -> int:
        low, high = game.interp.program.bounds(field.type)
        game.events.append(Event("saturated", f"{field.id} = {value} is not in {low}..{high}", sites[site][0]))
        return min(max(value, low), high)

    def finish(game: Game, rewards: list[int], site: int) -> NoReturn:
        reward = game.interp.program.fields["player.reward"]
        low, high = game.interp.program.bounds(reward.type)
        within = [r if low <= r <= high else saturate(game, reward, r, site) for r in rewards]
        game.state["player.reward"][:] = within
        raise Over

    def fault(game: Game, problem: str | None, site: int) -> None:
        if problem is not None:
            game.events.append(Event("fault", problem, sites[site][0]))

    def move(
        game: Game, what: int, source: Place, from_owner: int, target: Place, to_owner: int, end: str | None, site: int
    ) -> None:  # fmt: skip
        if what < 0:
            fail("none cannot be moved", site)
        if not zones.take(game.state, source, from_owner, what):
            fail(f"instance {what} is not in {source.id}", site)
        if not target.takes(what, to_owner):
            fail(f"instance {what} belongs to another player than {target.id}", site)
        if target.kind == "slot" and game.state[target.id][to_owner] >= 0:
            fail(f"{target.id} is not empty", site)
        fault(game, zones.put(game.state, target, to_owner, what, end), site)

    def reveal(game: Game, kind: hir.DrawKind, place: Place, owner: int, depth: int, site: int) -> int:
        card, problem = zones.reveal(game.state, place, owner, depth, kind, game.luck)
        fault(game, problem, site)
        return card

    return {
        "BITS": Elements(),
        "reduce": reduce,
        "or_": or_,
        **{
            function.__name__: function
            for function in (
                *(none, not_own, some, position, numbers, saturate, finish, move, reveal, first, only),
                *(nothing, nothing_suspending, swap, reset, advance_lasting, zones.shuffle),
            )
        },
    }


def first(mask: int) -> int:
    """The lowest element of a set, or none."""
    return (mask & -mask).bit_length() - 1


def only(options: dict[int, Any]) -> Any:
    """The one option there is."""
    (option,) = options.values()
    return option


def nothing(*_: Any) -> None:
    """A procedure that a row does not have."""


def nothing_suspending(*_: Any) -> Generator[Any, Any, None]:
    """A procedure that a row does not have, where others wait for decisions."""
    yield from ()


def swapped(program: hir.Program, entity: str) -> list[str]:
    """The keys of the state that belong to an entity's instances, zones and runs included."""
    keys = []
    for field in program.fields.values():
        if field.owner == entity:
            keys += [field.id, *(run_keys(field) if field.zone == "pile" else ())]
    return keys


def swap(state: State, keys: list[str], left: int, right: int) -> None:
    """Exchange everything of two owners."""
    for key in keys:
        values = state[key]
        values[left], values[right] = values[right], values[left]


def resettable(program: hir.Program, owner: str, lasting_only: bool) -> list[tuple[str, Callable[[], Any]]]:
    """The fields that ``reset`` (``end lasting on``) of an owner gives their default: no zones, params, reward."""
    return [
        (field.id, lambda field=field: default(field))
        for field in program.fields.values()
        if field.owner == owner and field.zone is None and field.id != "player.reward"
        if field.lasting or not (lasting_only or field.param)
    ]


def reset(state: State, fields: list[tuple[str, Callable[[], Any]]], owner: int) -> None:
    """Give fields of one owner their default."""
    for key, make in fields:
        state[key][owner] = make()


def default(field: hir.Field) -> Any:
    """The value of one owner's field at reset."""
    if field.lasting:
        return [field.default] * 3
    return field.default if field.size is None else [field.default] * field.size


def lasting(program: hir.Program) -> list[tuple[str, int]]:
    """The lasting fields and their defaults."""
    return [(field.id, field.default) for field in program.fields.values() if field.lasting]


def advance_lasting(state: State, fields: list[tuple[str, int]]) -> None:
    """What held for the next turn holds for this one."""
    for key, value in fields:
        for turns in state[key]:
            turns[:] = [turns[1], turns[2], value]
