"""What one viewer may see of a state, in words. Nothing here knows how it will be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

from compiler.backends.interp.errors import RulesError
from compiler.backends.interp.game import Interp
from compiler.backends.interp.state import element_type
from compiler.conformance import determinize
from compiler.explain import value_name, words
from compiler.explain.words import with_article
from compiler.ir import hir
from compiler.ir.actions import decode
from compiler.ir.evaluate import members
from compiler.ir.observations import STATUS
from compiler.ir.types import NONE, BoolT, EntityT, EnumT, IntT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.play.secrets import Secrets

State = dict[str, list[Any]]
Instance = tuple[str, int]
"""The name of an entity, and the number of an instance."""

MARKS = "XO△□◇☆+*"
"""What stands for each player on a board."""
_SMALLEST_BOARD = 9
_TURNS = ("", " next turn", " the turn after next")


@dataclass(frozen=True, slots=True)
class Item:
    """An instance with a place on the table: what it is, what its fields say, what lies in its zones."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of a grid; an empty one says its number."""

    text: str
    empty: bool
    player: int | None = None
    """The player whose it is, if it is one's."""


@dataclass(frozen=True, slots=True)
class Board:
    """Instances that form a grid, row by row."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What belongs to one player, or to nobody."""

    player: int | None
    facts: tuple[str, ...]
    zones: tuple[tuple[str, str], ...]
    """Names and contents."""
    items: tuple[Item, ...]
    boards: tuple[Board, ...]


class Lexicon:
    """How a program names its instances: by the row that a field or a function gives for them."""

    def __init__(self, interp: Interp) -> None:
        self.interp = interp
        self.program = program = interp.program
        self.zones = [field for field in program.fields.values() if field.zone is not None]
        self.zoned = {element_type(field).name for field in self.zones}
        self.row_fields = {name: self._row_field(name) for name in program.entities}
        self._functions = {name: self._row_function(name) for name in program.entities}
        self._labels = {name: self._label_function(action) for name, action in program.actions.items()}
        self.secrets = Secrets.of(program)
        self._compiled: dict[tuple[str, tuple[int, ...]], Any] = {}

    def row(self, state: State, instance: Instance) -> tuple[str, int] | None:
        """The table and number of the row that an instance shows, if any."""
        entity, number = instance
        if (field := self.row_fields[entity]) is not None:
            return self._row(field.type, state[field.id][number])
        if (function := self._functions[entity]) is not None:
            return self.call(state, function, (number,))
        return None

    def label(self, state: State, action: hir.Action, values: tuple[int, ...]) -> str | None:
        """What a function called `ACTION_label`, with the action's parameters, says about an action."""
        found = self.label_row(state, action, values)
        return value_name(self.program, RowT(found[0]), found[1]) if found else None

    def label_row(self, state: State, action: hir.Action, values: tuple[int, ...]) -> tuple[str, int] | None:
        """The row that the function gives which names an action, if any."""
        function = self._labels[action.name]
        return self.call(state, function, values) if function is not None else None

    def call(self, state: State, function: hir.Func, values: tuple[int, ...]) -> tuple[str, int] | None:
        """The row that a function gives; None where it gives none, or has no meaning in this state."""
        found = self.value(state, function, values)
        return self._row(function.result, found) if found is not None else None

    def value(self, state: State, function: hir.Func, values: tuple[int, ...]) -> int | None:
        """What a function gives; None where that has no meaning in this state."""
        key = function.name, values
        if key not in self._compiled:
            args = tuple(hir.Const(v, strip_optional(p.type)) for p, v in zip(function.params, values, strict=True))
            self._compiled[key] = self.interp.expression(hir.CallFunc(function.name, args, function.result))
        try:
            return self._compiled[key](state)
        except (RulesError, IndexError):
            return None

    def shows(self, entity: str) -> str | None:
        """The table of the rows that an entity's instances show, if any."""
        shown = self.row_fields[entity] or self._functions[entity]
        if shown is None:
            return None
        base = strip_optional(shown.type if isinstance(shown, hir.Field) else shown.result)
        return base.table if isinstance(base, RowT) else None

    def _row(self, type_: Type, value: int) -> tuple[str, int] | None:
        base = strip_optional(type_)
        return (base.table, value) if isinstance(base, RowT) and value != NONE else None

    def _row_field(self, entity: str) -> hir.Field | None:
        fields = (f for f in self.program.fields.values() if f.owner == entity and f.size is None and not f.lasting)
        return next((f for f in fields if f.zone is None and isinstance(strip_optional(f.type), RowT)), None)

    def _row_function(self, entity: str) -> hir.Func | None:
        found = [f for f in self.program.funcs.values() if _takes(f, (EntityT(entity),)) and _gives_row(f)]
        return next((f for f in found if f.name == "def"), found[0] if found else None)

    def _label_function(self, action: hir.Action) -> hir.Func | None:
        function = self.program.funcs.get(f"{action.name}_label")
        types = tuple(strip_optional(param.type) for param in action.params)
        return function if function is not None and _takes(function, types) and _gives_row(function) else None


class View:
    """One state as one viewer sees it; the viewer None sees everything. `shown`: instances seen for another reason."""

    def __init__(self, lexicon: Lexicon, state: State, viewer: int | None, shown: Iterable[Instance] = ()) -> None:
        self.lexicon = lexicon
        self.program = lexicon.program
        self.state = state
        self.viewer = viewer
        self._seen = set(shown) | {
            (element_type(field).name, instance)
            for field in lexicon.zones
            for owner, value in enumerate(state[field.id])
            if self.sees(field, owner)
            for instance in held(field, value)
        }

    def knows(self, instance: Instance) -> bool:
        """Whether the viewer can tell an instance from others: it has its place in sight, or in a zone in sight."""
        return self.viewer is None or instance[0] not in self.lexicon.zoned or instance in self._seen

    # --- names ---

    def title(self, instance: Instance) -> str | None:
        """The title of the row that an instance shows, if the viewer may know."""
        if not self.knows(instance):
            return None
        field = self.lexicon.row_fields[instance[0]]
        if field is not None and not self.sees(field, instance[1]):
            return None
        row = self.lexicon.row(self.state, instance)
        return value_name(self.program, RowT(row[0]), row[1]) if row else None

    def name(self, instance: Instance, *, whose: int | None = None) -> str:
        """An instance in words; `whose`: the player for whom "your" is said."""
        entity = self.program.entities[instance[0]]
        title = self.title(instance)
        if title is not None and entity.name in self.lexicon.zoned:
            return title
        if not self.knows(instance):
            return with_article(words(entity.name))
        index = instance[1] % entity.count if entity.per_player else instance[1]
        plain = f"{words(entity.name)} {index}" if self.has_place(entity) else str(index)
        named = f"{plain} ({title})" if title else plain
        if not entity.per_player or whose is None:
            return named
        owner = instance[1] // entity.count
        return f"your {named}" if owner == whose else f"{self._others(owner)} {named}"

    def action(self, number: int, decider: int) -> str:
        """A decision in words."""
        action, values = decode(self.program, number, decider)
        if self.viewer not in (None, decider) and action.name in self.lexicon.secrets.actions:
            return words(action.name)
        if (label := self.lexicon.label(self.state, action, values)) is not None:
            return spoken(action, [label] * len(values))
        return spoken(action, [self._parameter(p, v, decider) for p, v in zip(action.params, values, strict=True)])

    def actions(self, numbers: Iterable[int], decider: int) -> dict[int, str]:
        """Decisions in words, each with words of its own."""
        said = {number: self.action(number, decider) for number in numbers}
        texts = list(said.values())
        return {
            number: text if texts.count(text) == 1 else f"{text} [{self.lexicon.interp.action_names[number]}]"
            for number, text in said.items()
        }

    def draw(self, kind: str, value: int) -> str:
        """A random outcome in words, without what the viewer may not know."""
        type_ = self.program.draws[kind].type
        base = strip_optional(type_)
        if isinstance(base, EntityT):
            title = self.title((base.name, value)) if value != NONE else None
            return f"{words(kind)} {title}" if title else words(kind)
        if self.viewer is not None and kind in self.lexicon.secrets.draws:
            return words(kind)
        return f"{words(kind)} {value_name(self.program, type_, value)}"

    def value(self, type_: Type, value: int) -> str:
        """A run-time value in words."""
        base = strip_optional(type_)
        match base:
            case EntityT(name) if value != NONE:
                return self.name((name, value))
            case SetT(EntityT(name)):
                return self._names(name, members(value)) or "nothing"
            case PlayerT() if value != NONE and value == self.viewer:
                return "you"
            case _:
                return value_name(self.program, type_, value)

    # --- the table ---

    def sides(self) -> Iterator[Side]:
        """What belongs to nobody, then what belongs to each player."""
        yield self._side(None)
        for player in range(self.program.players):
            yield self._side(player)

    def _side(self, player: int | None) -> Side:
        kind, owner = (None, 0) if player is None else ("player", player)
        fields = list(self.table_fields(kind))
        items, boards = [], []
        for entity in self.program.entities.values():
            if entity.per_player != (player is not None) or not self.has_place(entity):
                continue
            if (shape := self.shape(entity)) is not None:
                boards.append(self.board(entity, owner * entity.count, shape))
            elif entity.name not in self.lexicon.zoned:
                items += self._items(entity, range(owner * entity.count, (owner + 1) * entity.count))
        facts = [text for field in fields if field.zone is None and (text := self.fact(field, owner))]
        zones = [self._zone(field, owner) for field in fields if field.zone is not None]
        return Side(player, tuple(facts), tuple(zone for zone in zones if zone), tuple(items), tuple(boards))

    def table_fields(self, *owners: str | None) -> Iterator[hir.Field]:
        """What belongs to these ("player", or None for nobody), in the order of the rules."""
        return (f for f in self.program.fields.values() if f.owner in owners and f.id not in STATUS)

    def lines(self, entity: hir.Entity, number: int) -> Iterator[str]:
        """What an instance's fields say, and what lies in its zones."""
        title = self.title((entity.name, number))
        row_field = self.lexicon.row_fields[entity.name]
        for field in self.program.fields.values():
            if field.owner != entity.name or field is row_field:
                continue
            if field.zone is not None:
                found = self._zone(field, number)
                if found and found[1] != title:
                    yield f"{found[0]}: {found[1]}"
            elif text := self.fact(field, number):
                yield text

    def _items(self, entity: hir.Entity, instances: range) -> Iterator[Item]:
        for number in instances:
            title, lines = self.title((entity.name, number)), tuple(self.lines(entity, number))
            if title or lines:
                index = number % entity.count
                plain = words(entity.name) if entity.count == 1 else f"{words(entity.name)} {index}"
                yield Item(f"{plain}: {title}" if title else plain, lines)

    def fact(self, field: hir.Field, owner: int) -> str | None:
        """A field that does not have its default, if the viewer sees it."""
        if not self.sees(field, owner) or self._is_on_board(field):
            return None
        value, name = self.state[field.id][owner], words(field.name)
        if field.lasting:
            parts = [f"{self._named(field, name, v)}{_TURNS[i]}" for i, v in enumerate(value) if v != field.default]
            return ", ".join(parts) or None
        if isinstance(value, list):
            return self._array(field, name, value)
        if value == field.default and not field.param and not isinstance(field.type, PlayerT):
            return None
        return self._named(field, name, value)

    def _named(self, field: hir.Field, name: str, value: int) -> str:
        if isinstance(field.type, BoolT):
            return name if value else f"not {name}"
        return f"{name} {self.value(field.type, value)}"

    def _array(self, field: hir.Field, name: str, values: list[int]) -> str | None:
        names = self.program.enums[field.index_enum].values if field.index_enum else range(len(values))
        found = [(words(str(n)), v) for n, v in zip(names, values, strict=True) if v != field.default]
        if not found:
            return None
        if isinstance(field.type, BoolT):
            return f"{name}: {', '.join(n if v else f'not {n}' for n, v in found)}"
        if isinstance(field.type, IntT) and field.index_enum:
            return f"{name}: {', '.join(f'{v} {n}' for n, v in found)}"
        return f"{name}: {', '.join(f'{n} = {self.value(field.type, v)}' for n, v in found)}"

    def _zone(self, field: hir.Field, owner: int) -> tuple[str, str] | None:
        found = held(field, self.state[field.id][owner])
        if not found:
            return None
        name = words(field.name) if field.zone == "slot" else f"{words(field.name)} {len(found)}"
        if not self.sees(field, owner):
            return name, "hidden" if field.zone == "slot" else ""
        return name, self._names(element_type(field).name, found)

    def _names(self, entity: str, instances: Iterable[int]) -> str:
        """Instances by name, equal ones counted."""
        counts: dict[str, int] = {}
        for number in instances:
            name = self.name((entity, number)) + self._marks(entity, number)
            counts[name] = counts.get(name, 0) + 1
        return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counts.items())

    def _marks(self, entity: str, number: int) -> str:
        """The fields of an instance that lies in a zone, such as what was counted on it."""
        row_field = self.lexicon.row_fields[entity]
        fields = [
            f for f in self.program.fields.values() if f.owner == entity and f is not row_field and f.zone is None
        ]
        facts = [text for field in fields if (text := self.fact(field, number))]
        return f" ({', '.join(facts)})" if facts else ""

    # --- boards ---

    def shape(self, entity: hir.Entity) -> tuple[int, int] | None:
        """Rows and columns of an entity that is shown as a grid."""
        if entity.columns:
            return entity.rows, entity.columns
        own = [field for field in self.program.fields.values() if field.owner == entity.name]
        if entity.count < _SMALLEST_BOARD or entity.name in self.lexicon.zoned or not own:
            return None
        constants = {name.casefold(): value for name, value in self.program.constants.items()}
        for tall, wide in (("rows", "columns"), ("rows", "cols"), ("height", "width")):
            if tall in constants and wide in constants and constants[tall] * constants[wide] == entity.count:
                return constants[tall], constants[wide]
        side = isqrt(entity.count)
        return (side, side) if side * side == entity.count else None

    def board(self, entity: hir.Entity, start: int, shape: tuple[int, int]) -> Board:
        """The instances from `start` on as a grid of rows and columns."""
        rows, columns = shape
        return Board(
            words(entity.name),
            tuple(
                tuple(self._cell(entity, start + row * columns + column, start) for column in range(columns))
                for row in range(rows)
            ),
        )

    def _cell(self, entity: hir.Entity, number: int, start: int) -> Cell:
        player, said = self._members(entity, number)
        for field in self.program.fields.values():
            if field.owner != entity.name or not self.sees(field, number):
                continue
            value = self.state[field.id][number]
            if field.zone is not None:
                said += [self._names(element_type(field).name, held(field, value))]
            elif isinstance(value, list) or value == field.default:
                continue
            elif isinstance(strip_optional(field.type), PlayerT):
                player = value
                said.append(MARKS[value % len(MARKS)])
            elif isinstance(field.type, BoolT):
                said.append(words(field.name)[:3])
            else:
                said.append(self.value(field.type, value))
        text = " ".join(filter(None, said))
        return Cell(text or str(number - start), not text, player)

    def _members(self, entity: hir.Entity, number: int) -> tuple[int | None, list[str]]:
        """Whose sets an instance is in, and a mark for each set."""
        player, said = None, []
        several = len(self._board_sets(entity.name, "player")) > 1
        for field in self._board_sets(entity.name, "player"):
            for owner, value in enumerate(self.state[field.id]):
                if value >> number & 1 and self.sees(field, owner):
                    player = owner
                    said.append(field.name[:1].upper() if several else MARKS[owner % len(MARKS)])
        for field in self._board_arrays(entity):
            if self.sees(field, 0) and (value := self.state[field.id][0][number]) != field.default:
                said.append(self.value(field.type, value))
        for field in self._board_sets(entity.name, None):
            if self.state[field.id][0] >> number & 1 and self.sees(field, 0):
                said.append(words(field.name)[:3])
        return player, said

    def _board_arrays(self, entity: hir.Entity) -> list[hir.Field]:
        """The arrays of nobody's with a value for each instance of a board."""
        arrays = (field for field in self.table_fields(None) if field.size and not field.index_enum)
        return [field for field in arrays if entity.columns and field.size == entity.count]

    def _is_on_board(self, field: hir.Field) -> bool:
        if any(field in self._board_arrays(entity) for entity in self.program.entities.values()):
            return True
        element = field.type.element if isinstance(field.type, SetT) else None
        return isinstance(element, EntityT) and bool(self.program.entities[element.name].columns)

    def _board_sets(self, entity: str, owner: str | None) -> list[hir.Field]:
        """The sets of a board's instances, which are drawn on the board."""
        return [field for field in self.table_fields(owner) if field.type == SetT(EntityT(entity)) and not field.zone]

    # --- small things ---

    def sees(self, field: hir.Field, owner: int) -> bool:
        return self.viewer is None or determinize.sees(self.program, field, owner, self.viewer)

    def has_place(self, entity: hir.Entity) -> bool:
        """Whether an entity is a thing in the game, and not just a way to count."""
        return (
            bool(entity.columns)
            or entity.name in self.lexicon.zoned
            or any(f.owner == entity.name for f in self.program.fields.values())
        )

    def _others(self, owner: int) -> str:
        return "the opponent's" if self.program.players == 2 else f"player {owner}'s"

    def _parameter(self, param: hir.ActionParam, value: int, decider: int) -> str:
        base = strip_optional(param.type)
        if isinstance(base, EntityT):
            return self.name((base.name, value), whose=None if param.own else decider)
        if isinstance(base, PlayerT):
            return "yourself" if value == decider else f"player {value}"
        if isinstance(base, EnumT | RowT):
            return value_name(self.program, base, value)
        return self.value(base, value)


def offered(program: hir.Program, actions: Iterable[int], decider: int) -> set[Instance]:
    """The instances that the one who decides is shown by being asked about them."""
    found: set[Instance] = set()
    for number in actions:
        action, values = decode(program, number, decider)
        for param, value in zip(action.params, values, strict=True):
            if isinstance(base := strip_optional(param.type), EntityT):
                found.add((base.name, value))
    return found


def spoken(action: hir.Action, said: Sequence[str]) -> str:
    """A decision in words: as its declaration says it, or its name and what its parameters are."""
    if action.says is None:
        return " ".join([words(action.name), ", ".join(dict.fromkeys(said))]).strip()
    given = dict(zip((param.name for param in action.params), said, strict=True))
    return re.sub(r"\{(\w+)\}", lambda match: given.get(match[1], match[0]), action.says)


def held(field: hir.Field, value: int) -> list[int]:
    """The instances that a zone holds."""
    if field.zone == "slot":
        return [] if value == NONE else [value]
    return list(members(value))


def _takes(function: hir.Func, types: tuple[Type, ...]) -> bool:
    return tuple(strip_optional(param.type) for param in function.params) == types


def _gives_row(function: hir.Func) -> bool:
    return isinstance(strip_optional(function.result), RowT)
