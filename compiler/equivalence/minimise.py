"""Making the position of a difference small: every value that need not be there goes back to what it is at reset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.backends.interp import Game, Interp, RulesError, snapshot
from compiler.backends.interp.state import to_json
from compiler.equivalence.explore import resumes
from compiler.ir import hir

ATTEMPTS = 1500
"""How many smaller positions are tried in all."""

KEYS = 12
"""How many keys of the luck are tried, to see a difference again from a position in the middle of a game."""

Fields = Mapping[str, Any]
Differ = Callable[[Game, Game], str | None]


@dataclass(frozen=True)
class Situation:
    """Decisions from a position, or from reset where `fields` is None."""

    fields: Fields | None
    actions: tuple[int, ...]
    key: int
    params: Mapping[str, Any]

    def begin(self, interp: Interp) -> Game:
        return interp.new_game(self.params if self.fields is None else {}, self.key, None, self.fields)

    def played(self, interp: Interp) -> tuple[Game | str, Fields | None]:
        """The game after all actions, or the message where the rules break off, and the fields before the last."""
        before: Fields | None = None
        try:
            game = self.begin(interp)
            for action in self.actions:
                before = snapshot(game)["fields"]
                game.step(action)
        except RulesError as error:
            return f"error: {error.message}", before
        return game, before


def minimise(left: Interp, right: Interp, found: Situation, differ: Differ) -> Situation | None:
    """A situation as small as can be found that shows a difference; None where no game can go on from a position."""
    small = _from_the_middle(left, right, found, differ)
    if small is None:
        return None
    tries = 0
    shrunk = True
    while shrunk and tries < ATTEMPTS:
        shrunk = False
        for fields in _smaller(left.program, dict(small.fields or {})):
            tries += 1
            if tries >= ATTEMPTS:
                break
            attempt = replace(small, fields=fields)
            if _differs(left, right, attempt, differ):
                small, shrunk = attempt, True
                break
    return small


def _from_the_middle(left: Interp, right: Interp, found: Situation, differ: Differ) -> Situation | None:
    """The same difference from the latest position that a game can go on from."""
    positions: list[Fields | None] = []
    try:
        game = found.begin(left)
        for action in found.actions:
            fields = snapshot(game)["fields"]
            positions.append(fields if resumes(game, fields) else None)
            game.step(action)
    except RulesError:
        pass
    for index in range(len(positions) - 1, max(-1, len(positions) - 12), -1):
        fields = positions[index]
        for key in range(KEYS) if fields is not None else ():
            attempt = Situation(fields, found.actions[index:], key, {})
            if _differs(left, right, attempt, differ):
                return attempt
    return None


def _differs(left: Interp, right: Interp, situation: Situation, differ: Differ) -> bool:
    """Whether both start alike and part at the last action."""
    try:
        first, second = situation.begin(left), situation.begin(right)
    except (RulesError, ValueError):
        return False
    if differ(first, second) is not None:
        return False
    for index, action in enumerate(situation.actions):
        if action not in first.legal:
            return False
        broken = [_breaks(game, action) for game in (first, second)]
        parted = broken[0] != broken[1] or (not any(broken) and differ(first, second) is not None)
        if parted or any(broken):
            return parted and index == len(situation.actions) - 1
    return False


def _breaks(game: Game, action: int) -> bool:
    try:
        game.step(action)
    except RulesError:
        return True
    return False


def _smaller(program: hir.Program, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Positions with one value less: at its default, or an instance moved to the zone where it lies at reset."""
    for declared in program.fields.values():
        if declared.id not in fields or declared.param or declared.zone is not None:
            continue
        values = [fields[declared.id]] if declared.owner is None else fields[declared.id]
        for owner, value in enumerate(values):
            for smaller in _closer(declared, value):
                changed = [*values[:owner], smaller, *values[owner + 1 :]]
                yield {**fields, declared.id: changed[0] if declared.owner is None else changed}
    yield from _put_back(program, fields)


def _closer(declared: hir.Field, value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if item != declared.default:
                yield [*value[:index], declared.default, *value[index + 1 :]]
    elif value != declared.default:
        yield declared.default


def _put_back(program: hir.Program, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One instance after the other out of its zone; what no given zone holds lies in its start zone."""
    starts = [field.id for field in program.fields.values() if field.start]
    rest = {key: value for key, value in fields.items() if key not in starts}
    for declared in program.fields.values():
        if declared.zone is None or declared.start or declared.id not in fields:
            continue
        values = [fields[declared.id]] if declared.owner is None else fields[declared.id]
        for owner, value in enumerate(values):
            for smaller in _without_one(value):
                changed = [*values[:owner], smaller, *values[owner + 1 :]]
                yield _refilled(program, {**rest, declared.id: changed[0] if declared.owner is None else changed})


def _without_one(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for card in value["cards"]:
            yield {name: [item for item in run if item != card] for name, run in value.items()}
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
    elif value >= 0:
        yield -1


def _refilled(program: hir.Program, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with the start zones that follow from the others."""
    from compiler.backends.interp.state import fresh

    try:
        return to_json(program, fresh(program, {}, fields))
    except ValueError:
        return fields
