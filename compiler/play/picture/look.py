"""The view file of a game: how its rows, instances, zones and boards are drawn, and where they lie on the table.

Everything in it is optional. What is shown is named by a path from what is drawn: `wear` is a field of it,
`shown.strength` a column of the row in its field `shown`, `total` a function of it. Paths are checked against the
rules; a value that a viewer may not see is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from compiler.diagnostics import Diagnostics, SpecError, did_you_mean, read_source
from compiler.ir import hir
from compiler.ir.types import BoolT, EntityT, EnumT, IntT, PlayerT, RowT, Type, strip_optional
from compiler.play.view import View
from compiler.yaml_model import Section, validate
from compiler.yaml_tree import YamlTree, parse_yaml

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Name = Annotated[str, Field(min_length=1)]


def _shown(value: object) -> object:
    return {"show": value} if isinstance(value, str) else value


class Shown(Section):
    """A value beside its name; a path alone means `show: PATH`."""

    show: Name
    when: Name | None = None
    """A path to a bool or a number: shown only where it holds, or is not 0."""
    unless: Name | None = None
    """The same, the other way round."""
    label: str | None = None
    """What stands before the value; by default the path in words, and nothing for an enum or a row."""
    of: Name | int | None = None
    """Drawn as so many pips, of which the value are full: a number, a constant, or a path."""


Values = tuple[Annotated[Shown, BeforeValidator(_shown)], ...]


class Bar(Section):
    """How much of a whole is left."""

    taken: Name
    whole: Name


class Piece(Section):
    """How a row of a table, or an instance of an entity, is drawn as a card."""

    row: Name | None = None
    """Of an instance: the path to the row that it shows."""
    colour: Values = ()
    """Paths to enums: the first that has a value gives the colour."""
    corner: Values | None = None
    subtitle: Values | None = None
    """Of an instance, by default those of the row that it shows."""
    bar: Bar | None = None
    dots: Name | None = None
    """A path to numbers by an enum: so many discs in each colour."""
    badges: Values = ()
    tags: Values = ()
    large: bool = False


class BoardLook(Section):
    """How an entity that is a grid is drawn."""

    pieces: Literal["marks", "discs"] = "marks"
    colour: Colour | None = None
    upwards: bool = False
    """The first row is the lowest."""


class Group(Section):
    """What belongs to each player, or to nobody."""

    facts: Values | None = None
    layout: tuple[tuple[Name, ...], ...] | None = None
    """Rows of zones and entities; of a player, from the middle of the table outwards. `place[0]` and `place[1..3]` are
    some of an entity's instances."""


class Look(Section):
    """A view file."""

    colours: Mapping[str, Mapping[str, Colour]] = Field(default_factory=dict)
    """By enum, the colours of its values."""
    signs: Mapping[str, Mapping[str, Annotated[str, Field(min_length=1, max_length=2)]]] = Field(default_factory=dict)
    """By enum, what stands on a disc."""
    rows: Mapping[str, Piece] = Field(default_factory=dict)
    things: Mapping[str, Piece] = Field(default_factory=dict)
    zones: Mapping[str, Literal["fan", "pile", "none"]] = Field(default_factory=dict)
    boards: Mapping[str, BoardLook] = Field(default_factory=dict)
    players: tuple[Colour, ...] = ()
    player: Group = Group()
    table: Group = Group()
    log: tuple[Name, ...] = ()
    """Fields of players whose changes are told."""
    draws: Mapping[str, tuple[Name, ...]] = Field(default_factory=dict)
    """By kind of draw, what its numbers are called, from 0 on."""


@dataclass(frozen=True)
class Path:
    """A path through the rules. `steps` are fields, columns of tables, and functions of one parameter."""

    steps: tuple[hir.Field | tuple[str, hir.TableColumn] | hir.Func, ...]
    type: Type
    size: int | None
    index_enum: str | None

    def value(self, view: View, start: int) -> Any:
        """The value for an instance, row or player (0 for nobody), a list where it is an array; None where there is
        none, or the viewer may not see it."""
        value: Any = start
        for number, step in enumerate(self.steps):
            if number and (value is None or value < 0):
                return None
            match step:
                case hir.Field():
                    if not view.sees(step, value):
                        return None
                    value = view.state[step.id][value]
                    value = value[0] if step.lasting else value
                case hir.Func():
                    value = view.lexicon.value(view.state, step, (value,) if step.params else ())
                case (table, column):
                    value = view.program.tables[table].data[column.name][value]
        return None if value is None or (isinstance(value, int) and value < 0 and not self._is_number) else value

    @property
    def _is_number(self) -> bool:
        return isinstance(strip_optional(self.type), IntT)


class Paths:
    """The paths of a look, as found in the rules."""

    def __init__(self, program: hir.Program, look: Look, tree: YamlTree | None, sink: Diagnostics) -> None:
        self.program, self.look, self.tree, self.sink = program, look, tree, sink
        self.found: dict[tuple[str, str], Path] = {}
        """By what a path starts from (a table, an entity, "player" or "") and its text."""
        self._check()

    def get(self, start: str, text: str | None) -> Path | None:
        """A path of the look; None where none was given."""
        return self.found.get((start, text)) if text is not None else None

    def _check(self) -> None:
        program, look = self.program, self.look
        self._names("colours", look.colours, program.enums, "enum")
        self._names("signs", look.signs, program.enums, "enum")
        for kind in ("colours", "signs"):
            for enum, values in getattr(look, kind).items():
                if enum in program.enums:
                    self._names(kind, values, program.enums[enum].values, f"value of {enum}", enum)
        self._names("rows", look.rows, program.tables, "table")
        self._names("things", look.things, program.entities, "entity")
        self._names("boards", look.boards, program.entities, "entity")
        zones = {field.name for field in program.fields.values() if field.zone is not None}
        self._names("zones", look.zones, zones, "zone")
        for kind, pieces, known in (("rows", look.rows, program.tables), ("things", look.things, program.entities)):
            for name, piece in pieces.items():
                if name in known:
                    type_ = RowT(name) if kind == "rows" else EntityT(name)
                    self._piece(name, type_, piece, (kind, name))
        for name, group, type_ in (("player", look.player, PlayerT()), ("table", look.table, None)):
            start = name if type_ else ""
            for number, shown in enumerate(group.facts or ()):
                self._shown(start, type_, shown, (name, "facts", number))
            for number, row in enumerate(group.layout or ()):
                for item, text in enumerate(row):
                    self._area(text, name, (name, "layout", number, item))
        for number, field in enumerate(look.log):
            if f"player.{field}" not in program.fields:
                self._wrong(("log", number), f"log: a player has no field '{field}'")
        self._names("draws", look.draws, program.draws, "kind of draw")

    def _piece(self, start: str, type_: Type, piece: Piece, keys: tuple[Hashable, ...]) -> None:
        row = self._path(start, type_, piece.row, (*keys, "row")) if piece.row is not None else None
        if row is not None and (row.size is not None or not isinstance(strip_optional(row.type), RowT)):
            self._wrong((*keys, "row"), f"row: '{piece.row}' is not a row")
        dots = self._path(start, type_, piece.dots, (*keys, "dots")) if piece.dots is not None else None
        if dots is not None and (dots.index_enum is None or not isinstance(strip_optional(dots.type), IntT)):
            self._wrong((*keys, "dots"), f"dots: '{piece.dots}' is not numbers by an enum")
        for number, shown in enumerate(piece.colour):
            path = self._shown(start, type_, shown, (*keys, "colour", number))
            if path is not None and (path.size is not None or not isinstance(strip_optional(path.type), EnumT)):
                self._wrong((*keys, "colour", number), f"colour: '{shown.show}' is not a value of an enum")
        if piece.bar is not None:
            for key in ("taken", "whole"):
                self._number(start, type_, getattr(piece.bar, key), (*keys, "bar", key))
        for key in ("corner", "subtitle", "badges", "tags"):
            for number, shown in enumerate(getattr(piece, key) or ()):
                self._shown(start, type_, shown, (*keys, key, number))

    def _shown(self, start: str, type_: Type | None, shown: Shown, keys: tuple[Hashable, ...]) -> Path | None:
        where = keys if self.tree is None or (*keys, "show") not in self.tree.value_spans else (*keys, "show")
        found = self._path(start, type_, shown.show, where)
        for key in ("when", "unless"):
            text = getattr(shown, key)
            path = self._path(start, type_, text, (*keys, key)) if text is not None else None
            if path is not None and (path.size is not None or not isinstance(strip_optional(path.type), BoolT | IntT)):
                self._wrong((*keys, key), f"{key}: '{text}' is neither true or false nor a number")
        if isinstance(shown.of, str) and shown.of not in self.program.constants:
            self._number(start, type_, shown.of, (*keys, "of"))
        return found

    def _number(self, start: str, type_: Type | None, text: str, keys: tuple[Hashable, ...]) -> None:
        path = self._path(start, type_, text, keys)
        if path is not None and (path.size is not None or not isinstance(strip_optional(path.type), IntT)):
            self._wrong(keys, f"{keys[-1]}: '{text}' is not a number")

    def _area(self, text: str, group: str, keys: tuple[Hashable, ...]) -> None:
        name, first, last = area(text) or ("", None, None)
        owned = group == "player"
        zones = [f.name for f in self.program.fields.values() if f.zone and f.owner == ("player" if owned else None)]
        entities = {e.name: e for e in self.program.entities.values() if e.per_player == owned}
        if name not in zones and name not in entities:
            near = did_you_mean(name, [*zones, *entities]) or f"there are {', '.join([*zones, *entities]) or 'none'}"
            self._wrong(keys, f"layout: '{text}' is no zone and no entity of {'a player' if owned else 'nobody'}", near)
        elif (
            first is not None
            and last is not None
            and not (name in entities and 0 <= first <= last < entities[name].count)
        ):
            self._wrong(keys, f"layout: '{text}' goes beyond what there is")

    def _path(self, start: str, type_: Type | None, text: str, keys: tuple[Hashable, ...]) -> Path | None:
        steps: list[hir.Field | tuple[str, hir.TableColumn] | hir.Func] = []
        at, size, enum = type_, None, None
        for word in text.split("."):
            base = strip_optional(at) if at is not None else None
            known = self._steps(base) if size is None else {}
            if word not in known:
                what = f"'{text}': {_called(base)} has no '{word}'" if size is None else f"'{text}' goes into an array"
                self._wrong(keys, what, did_you_mean(word, known))
                return None
            step = known[word]
            steps.append(step)
            match step:
                case hir.Field():
                    at, size, enum = step.type, step.size, step.index_enum
                case hir.Func():
                    at, size, enum = step.result, None, None
                case (_, column):
                    at, size, enum = column.type, column.size, column.index_enum
        assert at is not None
        path = self.found[start, text] = Path(tuple(steps), at, size, enum)
        return path

    def _steps(self, base: Type | None) -> dict[str, hir.Field | tuple[str, hir.TableColumn] | hir.Func]:
        """Where a path can go from a value of a type; from None, what belongs to nobody."""
        program = self.program
        owner = base.name if isinstance(base, EntityT) else "player" if isinstance(base, PlayerT) else None
        found: dict[str, hir.Field | tuple[str, hir.TableColumn] | hir.Func] = {}
        for func in program.funcs.values():
            takes = tuple(strip_optional(param.type) for param in func.params)
            if takes == ((base,) if base is not None else ()):
                found[func.name] = func
        if isinstance(base, RowT):
            table = program.tables[base.table]
            found |= {column.name: (table.name, column) for column in table.columns.values()}
        elif base is None or owner is not None:
            found |= {field.name: field for field in program.fields.values() if field.owner == owner}
        return found

    def _names(self, kind: str, given: Any, known: Any, what: str, *more: str) -> None:
        for name in given:
            if name not in known:
                near = did_you_mean(name, known) or f"there are {', '.join(known) or 'none'}"
                self._wrong((kind, *more, name), f"{kind}: there is no {what} '{name}'", near, key=True)

    def _wrong(self, keys: tuple[Hashable, ...], message: str, hint: str | None = None, *, key: bool = False) -> None:
        span = (self.tree.key_span(*keys) if key else self.tree.span(*keys)) if self.tree else None
        self.sink.error("E0021", span, message, suggestion=hint)


def area(text: str) -> tuple[str, int | None, int | None] | None:
    """The parts of `place[1..3]`: a name, the first and the last; None where it is written otherwise."""
    found = re.fullmatch(r"(\w+)(?:\[(\d+)(?:\.\.(\d+))?\])?", text)
    if found is None:
        return None
    name, first, last = found.groups()
    return name, None if first is None else int(first), int(last or first) if first is not None else None


def load_look(program: hir.Program, file: File | None) -> Paths:
    """The view file of a game, or what is drawn without one. Raises SpecError for one that does not fit the rules."""
    sink = Diagnostics()
    if file is None:
        return Paths(program, Look(), None, sink)
    source = read_source(file, sink)
    if source is None:
        raise SpecError(sink)
    tree = parse_yaml(source, sink)
    sink.raise_if_errors()
    look = validate(Look, tree, sink, "view file")
    if look is None:
        raise SpecError(sink)
    paths = Paths(program, look, tree, sink)
    sink.raise_if_errors()
    return paths


def _called(type_: Type | None) -> str:
    match type_:
        case None:
            return "the game"
        case EntityT(name) | RowT(name) | EnumT(name):
            return name
        case PlayerT():
            return "a player"
        case _:
            return "a value that is no instance"
