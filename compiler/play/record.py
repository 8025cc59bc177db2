"""A game as it is played, frame by frame, as each viewer sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler.backends.interp.game import Game
from compiler.explain import explain_row, words
from compiler.explain.words import capital, noun_of, with_article
from compiler.ir import hir
from compiler.ir.actions import decode
from compiler.ir.types import EntityT, strip_optional
from compiler.play.narrator import Narrator, Saying, Told
from compiler.play.picture import Painter, Paths, Scene
from compiler.play.view import Lexicon, View, offered, spoken

Viewer = int | None
Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One viewer's view of the game after a decision, or at its start."""

    headline: str
    told: tuple[Told, ...]
    about: tuple[str, ...]
    """What the rows that the decision is about are and do, in English."""
    scene: Scene
    words: tuple[str, ...]
    """The table in words."""


class Recorder:
    """Collects frames. It is told of every decision before it is taken and after."""

    def __init__(self, program: hir.Program, paths: Paths, names: Sequence[str], viewers: Sequence[Viewer]) -> None:
        self.program, self.paths, self.names, self.viewers = program, paths, tuple(names), tuple(viewers)
        self.narrator = Narrator(program, names)
        self.narrator.viewers = self.viewers
        self.painter = Painter(paths, names)
        self.frames: dict[Viewer, list[Frame]] = {viewer: [] for viewer in viewers}
        self._said: dict[Viewer, list[str | None]] = {}
        self._choice: tuple[int, int] | None = None
        self._rows: list[Row] = []
        self._before: dict[str, list[int]] = {}
        self._explained: dict[Row, str] = {}

    def attach(self, lexicon: Lexicon) -> None:
        """Say what the game's things are called; before the first game starts."""
        self.narrator.lexicon = self.lexicon = lexicon

    def start(self, game: Game) -> None:
        """A game stands at its first decision."""
        self._add(game, dict.fromkeys(self.viewers, "The game begins"), [])

    def before(self, game: Game, choice: int) -> None:
        """A decision is about to be taken."""
        decider = game.decider
        shown = offered(self.program, game.legal, decider)
        self._choice = choice, decider
        action, values = decode(self.program, choice, decider)
        label = self.lexicon.label(game.state, action, values)
        for viewer in self.viewers:
            view = View(self.lexicon, game.state, viewer, shown if viewer == decider else ())
            said = Saying(self.narrator, view).parameters(action, values)
            self._said[viewer] = [label] * len(said) if label is not None else said
        self._rows = list(self._rows_of(game, choice, decider))
        self._before = {name: list(game.state[f"player.{name}"]) for name in self.paths.look.log}

    def after(self, game: Game, result: str | None = None) -> None:
        """The decision has been taken; `result` is how the game ended, if it did."""
        assert self._choice is not None
        choice, decider = self._choice
        heads = {viewer: self._headline(game, viewer, choice, decider) for viewer in self.viewers}
        self._add(game, heads, self._rows, result)

    def _headline(self, game: Game, viewer: Viewer, choice: int, decider: int) -> str:
        """A decision in words: things by what the viewer knew when it was taken, or knows now."""
        action, values = decode(self.program, choice, decider)
        if viewer not in (None, decider) and action.name in self.lexicon.secrets.actions:
            return f"{capital(self.names[decider])}: {words(action.name)}"
        view = View(self.lexicon, game.state, viewer)
        now = Saying(self.narrator, view).parameters(action, values)
        unknown = [with_article(noun_of(param.type)) for param in action.params]
        said = [then or later or thing for then, later, thing in zip(self._said[viewer], now, unknown, strict=True)]
        return f"{capital(self.names[decider])}: {spoken(action, said)}"

    def _add(self, game: Game, heads: dict[Viewer, str], rows: list[Row], result: str | None = None) -> None:
        for viewer in self.viewers:
            view = View(self.lexicon, game.state, viewer)
            told = [*self.narrator.take(viewer), *self._luck(view, game), *self._changes(view)]
            if result is not None:
                told.append(Told(0, result))
            self.frames[viewer].append(
                Frame(
                    heads[viewer],
                    tuple(told),
                    tuple(self._about(view, rows)),
                    self.painter.scene(view, game.decider),
                    tuple(in_words(view, self.names)),
                )
            )

    def _rows_of(self, game: Game, choice: int, decider: int) -> Iterator[Row]:
        """The rows that a decision names, by its label or by its instances."""
        action, values = decode(self.program, choice, decider)
        if (label := self.lexicon.label_row(game.state, action, values)) is not None:
            yield label
            return
        for param, value in zip(action.params, values, strict=True):
            if isinstance(base := strip_optional(param.type), EntityT) and base.name in self.lexicon.zoned:
                row = self.lexicon.row(game.state, (base.name, value))
                if row is not None:
                    yield row

    def _about(self, view: View, rows: Sequence[Row]) -> Iterator[str]:
        for row in rows:
            if self.narrator.may_know(view, *row):
                if row not in self._explained:
                    self._explained[row] = explain_row(self.program, self.program.tables[row[0]], row[1]).text
                yield self._explained[row]

    def _luck(self, view: View, game: Game) -> Iterator[Told]:
        names = self.paths.look.draws
        found = []
        for kind, value in game.draws:
            text = view.draw(kind, value)
            if text != words(kind):
                listed = names.get(kind)
                given = listed[value] if listed and 0 <= value < len(listed) else None
                found.append(f"{words(kind)} {given}" if given else text)
        if found:
            yield Told(0, f"By lot: {', '.join(found)}")

    def _changes(self, view: View) -> Iterator[Told]:
        for name, old in self._before.items():
            field = self.program.fields[f"player.{name}"]
            for player, value in enumerate(view.state[field.id]):
                if value != old[player] and view.sees(field, player):
                    text = f"{capital(self.names[player])} has {value} {words(name)}"
                    yield Told(0, f"{text} (before: {old[player]})")


def in_words(view: View, names: Sequence[str]) -> Iterator[str]:
    """A table in words, line by line."""
    for side in view.sides():
        who = "On the table" if side.player is None else capital(names[side.player])
        if side.facts:
            yield f"{who}: {', '.join(side.facts)}"
        for item in side.items:
            yield f"{who}, {item.title}{': ' if item.lines else ''}{', '.join(item.lines)}"
        for board in side.boards:
            for number, row in enumerate(board.rows):
                yield f"{board.title}, row {number}: {' '.join('.' if cell.empty else cell.text for cell in row)}"
        for name, content in side.zones:
            yield f"{who}, {name}{': ' if content else ''}{content}"
