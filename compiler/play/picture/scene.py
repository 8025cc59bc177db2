"""What is drawn of a state, before anybody knows where: sides of a table with rows of cards, piles and boards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compiler.backends.interp.state import element_type
from compiler.explain import value_name, words
from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EnumT, IntT, PlayerT, RowT, strip_optional
from compiler.play.picture.look import BoardLook, Path, Paths, Piece, Shown, area
from compiler.play.view import Cell, Instance, View, held

PALETTE = ("#5b8def", "#e0684b", "#52a35f", "#c78f2d", "#9a6fd0", "#3fa3a3", "#d3679b", "#8a8f99", "#b3803f", "#6f7fd8")
"""Colours of an enum's values, and of players, where nobody chose any."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A small fact: words in a colour, or so many pips of which some are full."""

    text: str
    colour: str | None = None
    pips: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """How much there is of something, as discs with a sign."""

    count: int
    sign: str
    colour: str
    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card, or a place where one may lie (`empty`), or its back."""

    title: str
    name: str = ""
    """The place, where that is not the title."""
    back: bool = False
    empty: bool = False
    large: bool = False
    colour: str | None = None
    corner: str = ""
    lines: tuple[str, ...] = ()
    discs: tuple[Disc, ...] = ()
    bar: tuple[int, int] | None = None
    """Taken of a whole."""
    badges: tuple[Chip, ...] = ()
    tags: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Fan:
    """Cards beside each other."""

    label: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """Cards on top of each other; `hint` says which, where the viewer may know."""

    label: str
    count: int
    top: Card | None
    hint: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Pieces:
    """Instances that have a place on the table."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A board."""

    label: str
    rows: tuple[tuple[Cell, ...], ...]
    discs: bool
    colour: str | None
    colours: tuple[str, ...]
    """Of the players."""


Block = Fan | Pile | Pieces | Grid


@dataclass(frozen=True, slots=True)
class Side:
    """What belongs to a player, or to nobody; rows from top to bottom."""

    player: int | None
    name: str
    colour: str | None
    chips: tuple[Chip, ...]
    rows: tuple[tuple[Block, ...], ...]
    active: bool
    """Whether this player decides."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole table, from top to bottom."""

    sides: tuple[Side, ...]


class Painter:
    """Makes scenes of one program's states, as its look says."""

    def __init__(self, paths: Paths, names: Sequence[str]) -> None:
        self.paths, self.look, self.program = paths, paths.look, paths.program
        self.names = names
        self._layouts = {True: self._layout(True), False: self._layout(False)}

    def scene(self, view: View, decider: int) -> Scene:
        """A state as a viewer sees it: the others at the top, the viewer (or player 0) at the bottom."""
        bottom = view.viewer if view.viewer is not None else 0
        count = self.program.players
        others = [(bottom + offset) % count for offset in range(1, count)]
        sides = [self._side(view, player, decider, mirrored=True) for player in others]
        common = self._side(view, None, decider, mirrored=False)
        if common.chips or any(common.rows):
            sides.append(common)
        sides.append(self._side(view, bottom, decider, mirrored=False))
        return Scene(tuple(sides))

    def colour_of(self, player: int) -> str:
        """The colour of a player."""
        own = self.look.players
        return own[player % len(own)] if own else PALETTE[player % len(PALETTE)]

    # --- sides ---

    def _side(self, view: View, player: int | None, decider: int, *, mirrored: bool) -> Side:
        rows = tuple(
            tuple(block for text in row if (block := self._block(view, text, player or 0)) is not None)
            for row in self._layouts[player is not None]
        )
        rows = tuple(row for row in rows if row)
        name = "" if player is None else self.names[player]
        chips = tuple(self._chips(view, player))
        colour = None if player is None else self.colour_of(player)
        return Side(player, name, colour, chips, rows[::-1] if mirrored else rows, player == decider)

    def _chips(self, view: View, player: int | None) -> Iterator[Chip]:
        group = self.look.table if player is None else self.look.player
        if group.facts is not None:
            start = "" if player is None else "player"
            for shown in group.facts:
                yield from self._chip(view, start, player or 0, shown)
            return
        owner = None if player is None else "player"
        for field in view.table_fields(owner):
            if field.zone is None and (text := view.fact(field, player or 0)):
                yield Chip(text)

    def _layout(self, owned: bool) -> tuple[tuple[str, ...], ...]:
        """The rows of a side: those of the view file, or boards, instances, zones."""
        group = self.look.player if owned else self.look.table
        if group.layout is not None:
            return group.layout
        program = self.program
        owner = "player" if owned else None
        zones = [f for f in program.fields.values() if f.zone and f.owner == owner]
        zoned = {element_type(f).name for f in program.fields.values() if f.zone}
        own = {f.owner for f in program.fields.values()}
        things = [
            e.name
            for e in program.entities.values()
            if e.per_player == owned and e.name not in zoned and (e.name in own or e.columns)
        ]
        rows = [(name,) for name in things]
        small = tuple(f.name for f in zones if self._zone_kind(f) != "fan")
        fans = tuple((f.name,) for f in zones if self._zone_kind(f) == "fan")
        return tuple(row for row in (*rows, small, *fans) if row)

    def _zone_kind(self, field: hir.Field) -> str:
        default = "fan" if field.zone == "bag" and field.visibility != "hidden" else "pile"
        return self.look.zones.get(field.name, default)

    # --- blocks ---

    def _block(self, view: View, text: str, player: int) -> Block | None:
        name, first, last = area(text) or (text, None, None)
        if (entity := self.program.entities.get(name)) is None:
            field = next(f for f in view.table_fields(None, "player") if f.name == name and f.zone is not None)
            return self._zone(view, field, player if field.owner else 0)
        start = player * entity.count if entity.per_player else 0
        if (shape := view.shape(entity)) is not None and first is None:
            look = self.look.boards.get(name, BoardLook())
            colours = tuple(map(self.colour_of, range(self.program.players)))
            rows = view.board(entity, start, shape).rows
            return Grid(words(name), rows[::-1] if look.upwards else rows, look.pieces == "discs", look.colour, colours)
        numbers = range(start + (first or 0), start + (entity.count if last is None else last + 1))
        cards = tuple(self._thing(view, (name, number), entity) for number in numbers)
        return Pieces(cards) if cards else None

    def _zone(self, view: View, field: hir.Field, owner: int) -> Block | None:
        kind = self._zone_kind(field)
        if kind == "none":
            return None
        entity = element_type(field).name
        found = held(field, view.state[field.id][owner])
        seen = view.sees(field, owner)
        cards = [self._card(view, (entity, number)) if seen else Card(words(entity), back=True) for number in found]
        label = words(field.name)
        if kind == "fan":
            return Fan(label, tuple(_counted(cards)))
        hint = ", ".join(f"{c.count} × {c.title}" if c.count > 1 else c.title for c in _counted(cards)) if seen else ""
        top = cards[-1] if cards and (seen or field.zone == "slot") else Card("", back=True) if cards else None
        if field.zone == "pile" and top is not None:
            top = Card("", back=True)  # what lies on top of an unordered pile is not known
        return Pile(label, len(found), top, hint, counted=field.zone != "slot")

    # --- cards ---

    def _card(self, view: View, instance: Instance) -> Card:
        """An instance that lies in a zone, and that the viewer sees."""
        row = view.lexicon.row(view.state, instance)
        if row is None:
            return Card(view.name(instance))
        return self._row_card(view, row, "", large=False)

    def _thing(self, view: View, instance: Instance, entity: hir.Entity) -> Card:
        """An instance with a place of its own."""
        name = words(entity.name) if entity.count == 1 else f"{words(entity.name)} {instance[1] % entity.count}"
        piece = self.look.things.get(entity.name)
        if piece is None:
            title = view.title(instance)
            lines = tuple(view.lines(entity, instance[1]))
            return Card(title or name, name, empty=not title and not lines, lines=lines[:4])
        return self._with_piece(view, piece, instance, name)

    def _with_piece(self, view: View, piece: Piece, instance: Instance, name: str) -> Card:
        start, number = instance
        path = self.paths.get(start, piece.row)
        if path is not None:
            found = path.value(view, number)
            row = (row_table(path), found) if found is not None else None
        else:
            row = view.lexicon.row(view.state, instance) if view.title(instance) is not None else None
        if row is None:
            hidden = self._face_down(view, instance)
            return Card(name, name, back=hidden, empty=not hidden, large=piece.large)
        base = self._row_card(view, row, name, large=piece.large)
        bar = self._bar(view, start, number, piece)
        return Card(
            base.title,
            name,
            large=piece.large,
            colour=self._colour(view, start, number, piece.colour) or base.colour,
            corner=base.corner if piece.corner is None else " ".join(self._texts(view, start, number, piece.corner)),
            lines=base.lines if piece.subtitle is None else self._texts(view, start, number, piece.subtitle),
            discs=tuple(self._discs(view, start, number, piece.dots)),
            bar=bar,
            badges=tuple(c for s in piece.badges for c in self._chip(view, start, number, s)),
            tags=self._texts(view, start, number, piece.tags),
        )

    def _face_down(self, view: View, instance: Instance) -> bool:
        """Whether something lies on an instance that shows no row, such as a card face down."""
        zones = [f for f in self.program.fields.values() if f.owner == instance[0] and f.zone]
        return any(held(field, view.state[field.id][instance[1]]) for field in zones)

    def _row_card(self, view: View, row: tuple[str, int], name: str, *, large: bool) -> Card:
        table, number = row
        title = value_name(self.program, RowT(table), number)
        piece = self.look.rows.get(table)
        if piece is None:
            return Card(title, name, large=large, colour=self._default_colour(table, number))
        return Card(
            title,
            name,
            large=large,
            colour=self._colour(view, table, number, piece.colour) or self._default_colour(table, number),
            corner=" ".join(self._texts(view, table, number, piece.corner or ())),
            lines=self._texts(view, table, number, piece.subtitle or ()),
            discs=tuple(self._discs(view, table, number, piece.dots)),
            badges=tuple(c for s in piece.badges for c in self._chip(view, table, number, s)),
            tags=self._texts(view, table, number, piece.tags),
        )

    # --- values ---

    def _texts(self, view: View, start: str, number: int, values: Sequence[Shown]) -> tuple[str, ...]:
        return tuple(chip.text for shown in values for chip in self._chip(view, start, number, shown))

    def _chip(self, view: View, start: str, number: int, shown: Shown) -> Iterator[Chip]:
        """A value in words: nothing where there is none, and one chip for each value that holds of an array."""
        if not self._holds(view, start, number, shown):
            return
        path = self.paths.get(start, shown.show)
        value = path.value(view, number) if path is not None else None
        if path is None or value is None:
            return
        base = strip_optional(path.type)
        if isinstance(value, list | tuple):
            yield from self._array(path, value)
        elif isinstance(base, BoolT):
            if value:
                yield Chip(words(path.steps[-1].name) if shown.label is None else shown.label)  # type: ignore[union-attr]
        elif shown.of is not None and isinstance(base, IntT):
            whole = self._whole(view, start, number, shown.of)
            yield Chip(self._label(path, shown) or shown.show, pips=(value, whole))
        elif isinstance(base, IntT) and shown.label is None and start not in ("", "player"):
            yield Chip(str(value))
        else:
            label = self._label(path, shown)
            text = view.value(path.type, value)
            colour = self._enum_colour(base.name, value) if isinstance(base, EnumT) else None
            yield Chip(f"{label} {text}" if label else text, colour)

    def _label(self, path: Path, shown: Shown) -> str:
        if shown.label is not None:
            return shown.label
        return words(shown.show.rpartition(".")[2]) if isinstance(strip_optional(path.type), IntT | PlayerT) else ""

    def _array(self, path: Path, values: Sequence[int]) -> Iterator[Chip]:
        names = self.program.enums[path.index_enum].values if path.index_enum else [str(n) for n in range(len(values))]
        for index, (name, value) in enumerate(zip(names, values, strict=True)):
            colour = self._enum_colour(path.index_enum, index) if path.index_enum else None
            if value and isinstance(strip_optional(path.type), BoolT):
                yield Chip(words(name), colour)
            elif value:
                yield Chip(f"{value} {words(name)}", colour)

    def _whole(self, view: View, start: str, number: int, of: str | int) -> int:
        if isinstance(of, int):
            return of
        return self.program.constants[of] if of in self.program.constants else self._read(view, start, number, of) or 0

    def _bar(self, view: View, start: str, number: int, piece: Piece) -> tuple[int, int] | None:
        if piece.bar is None:
            return None
        taken = self._read(view, start, number, piece.bar.taken)
        whole = self._read(view, start, number, piece.bar.whole)
        return (taken, whole) if taken is not None and whole else None

    def _discs(self, view: View, start: str, number: int, text: str | None) -> Iterator[Disc]:
        path = self.paths.get(start, text)
        values = path.value(view, number) if path is not None else None
        if path is None or values is None or path.index_enum is None:
            return
        names = self.program.enums[path.index_enum].values
        signs = self.look.signs.get(path.index_enum, {})
        for index, (name, value) in enumerate(zip(names, values, strict=True)):
            if value > 0:
                colour = self._enum_colour(path.index_enum, index)
                yield Disc(value, signs.get(name, name[:1].upper()), colour, words(name))

    def _read(self, view: View, start: str, number: int, text: str) -> int | None:
        path = self.paths.get(start, text)
        return path.value(view, number) if path is not None else None

    # --- colours ---

    def _colour(self, view: View, start: str, number: int, values: Sequence[Shown]) -> str | None:
        for shown in values:
            path = self.paths.get(start, shown.show)
            value = path.value(view, number) if path is not None else None
            base = strip_optional(path.type) if path is not None else None
            if isinstance(base, EnumT) and value is not None and self._holds(view, start, number, shown):
                return self._enum_colour(base.name, value)
        return None

    def _holds(self, view: View, start: str, number: int, shown: Shown) -> bool:
        if shown.when is not None and not self._read(view, start, number, shown.when):
            return False
        return shown.unless is None or not self._read(view, start, number, shown.unless)

    def _default_colour(self, table: str, row: int) -> str | None:
        for column in self.program.tables[table].columns.values():
            base = strip_optional(column.type)
            if isinstance(base, EnumT) and column.size is None:
                value = self.program.tables[table].data[column.name][row]
                return self._enum_colour(base.name, value) if isinstance(value, int) and value != NONE else None
        return None

    def _enum_colour(self, enum: str, value: int) -> str:
        name = self.program.enums[enum].values[value]
        return self.look.colours.get(enum, {}).get(name) or PALETTE[value % len(PALETTE)]


def row_table(path: Path) -> str:
    """The table of a path to a row."""
    base = strip_optional(path.type)
    assert isinstance(base, RowT)
    return base.table


def _counted(cards: Sequence[Card]) -> list[Card]:
    """Equal cards as one, where the first of them lies; backs stay apart."""
    counts: dict[Card, int] = {}
    for card in cards:
        counts[card] = counts.get(card, 0) + 1
    if any(card.back for card in counts):
        return list(cards)
    return [replace(card, count=count) for card, count in counts.items()]
