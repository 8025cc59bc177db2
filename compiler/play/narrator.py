"""What happens in a game, in plain English, for each viewer: the verbs that say themselves, as they are called.

A viewer is told what the viewer may know. Instances in zones out of sight are "a card"; a row is named where the viewer
sees it, or sees something that shows it; and in a game whose players keep numbers or values hidden, a verb with such
an argument is told to the all-seeing viewer only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.backends.interp.game import Game
from compiler.explain import value_name, words
from compiler.explain.phrases import Phrases
from compiler.explain.words import capital, listing, plural, polish
from compiler.ir import hir
from compiler.ir.evaluate import members
from compiler.ir.types import NONE, BoolT, EntityT, EnumT, IntT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.play.secrets import hidden_fields
from compiler.play.view import Lexicon, View

DEEPEST = 2
"""Verbs within verbs within verbs are details."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the log, and how far it is indented."""

    depth: int
    text: str


class Narrator:
    """The teller of an interpreter: collects what happens until it is taken."""

    def __init__(self, program: hir.Program, names: Sequence[str]) -> None:
        self.program = program
        self.names = names
        self.viewers: tuple[int | None, ...] = ()
        self.lexicon: Lexicon | None = None
        """Known when the interpreter has been made."""
        self.keeps_secrets = bool(hidden_fields(program))
        self._told: dict[int | None, list[Told]] = {}
        self._depth: list[bool] = []

    def begin(self, game: Game, what: tuple[str, ...], row: int, args: tuple[int, ...]) -> None:
        """A verb, or a row's procedure, starts."""
        depth = sum(self._depth)
        says = self._says(what, row)
        self._depth.append(says is not None)
        if says is None or depth >= DEEPEST or self.lexicon is None:
            return
        for viewer in self.viewers:
            view = View(self.lexicon, game.state, viewer)
            text = self._text(view, what, row, args)
            lines = self._told.setdefault(viewer, [])
            if text is not None:
                lines.append(Told(depth, capital(polish(text))))

    def end(self, game: Game) -> None:
        """What started last is done."""
        self._depth.pop()

    def take(self, viewer: int | None) -> tuple[Told, ...]:
        """What a viewer has been told since the last time."""
        return tuple(self._told.pop(viewer, ()))

    def may_know(self, view: View, table: str, row: int) -> bool:
        """Whether a viewer may know that a row is in play: something in sight shows it, or nothing shows such rows."""
        if view.viewer is None:
            return True
        program = self.program
        while (parent := program.tables[table].parent) is not None:
            within = program.tables[table].data["parent"][row]
            assert isinstance(within, int)
            table, row = parent, within
        showing = [entity for entity in program.entities.values() if view.lexicon.shows(entity.name) == table]
        return not showing or any(
            view.title((entity.name, number)) is not None
            and view.lexicon.row(view.state, (entity.name, number)) == (table, row)
            for entity in showing
            for number in range(entity.total)
        )

    def _says(self, what: tuple[str, ...], row: int) -> str | None:
        """Whether something is told: verbs with a template, and rows that have the procedure."""
        if len(what) == 1:
            proc = self.program.procs[what[0]]
            return proc.says if proc.own_words else None
        method = self.program.tables[what[0]].methods[what[1]]
        return method.name if row in method.bodies else None

    def _text(self, view: View, what: tuple[str, ...], row: int, args: tuple[int, ...]) -> str | None:
        saying = Saying(self, view)
        if len(what) == 1:
            return saying.verb(self.program.procs[what[0]], args)
        title = saying.known(RowT(what[0]), row)
        return None if title is None else f"{title}: {words(what[1])}"


class Saying(Phrases):
    """Fills templates with values as one viewer knows them."""

    def __init__(self, narrator: Narrator, view: View) -> None:
        super().__init__(narrator.program)
        self.narrator, self.view = narrator, view

    def verb(self, proc: hir.Proc, args: Sequence[int]) -> str | None:
        """A call of a verb; None where the viewer must not know."""
        if any(self.known(param.type, arg) is None for param, arg in zip(proc.params, args, strict=True)):
            return None
        given = tuple(hir.Const(arg, param.type) for param, arg in zip(proc.params, args, strict=True))
        return self._fill(proc.says or "", proc.params, given)

    def parameters(self, action: hir.Action, values: Sequence[int]) -> list[str | None]:
        """The parameters of a decision in words, None for what the viewer does not know."""
        return [
            self._instance(base.name, value, whose=not param.own)
            if isinstance(base := strip_optional(param.type), EntityT) and self.view.knows((base.name, value))
            else None
            if isinstance(base, EntityT)
            else value_name(self.program, base, value)
            if isinstance(base, EnumT | RowT)
            else self.known(param.type, value) or str(value)
            for param, value in zip(action.params, values, strict=True)
        ]

    def _argument(self, arg: hir.Expr) -> str:
        assert isinstance(arg, hir.Const)
        return self.known(arg.type, arg.value) or ""

    def known(self, type_: Type, value: int) -> str | None:
        """A value in words, None for one that the viewer must not know."""
        base = strip_optional(type_)
        match base:
            case PlayerT() if value != NONE:
                return self.narrator.names[value]
            case EntityT(name) if value != NONE:
                return self._instance(name, value)
            case SetT(EntityT(name)):
                found = members(value)
                if all(self.view.knows((name, number)) for number in found):
                    return listing([self._instance(name, number) for number in found]) or f"no {words(name)}"
                return plural(words(name))
            case RowT(table) if value != NONE:
                return (
                    value_name(self.program, base, value) if self.narrator.may_know(self.view, table, value) else None
                )
            case IntT() | EnumT() | BoolT() | SetT() if self.view.viewer is not None and self.narrator.keeps_secrets:
                return None
            case _:
                return value_name(self.program, type_, value)

    def _instance(self, entity: str, number: int, *, whose: bool = True) -> str:
        """An instance by the row that it shows and its owner, or by its place."""
        kind = self.program.entities[entity]
        title = self.view.title((entity, number))
        if entity in self.view.lexicon.zoned:
            return title or self.view.name((entity, number))
        index = number % kind.count if kind.per_player else number
        named = title or (words(entity) if kind.count == 1 else f"{words(entity)} {index}")
        if not kind.per_player:
            return named
        owner = number // kind.count
        first = owner * kind.count
        twins = [n for n in range(first, first + kind.count) if title and self.view.title((entity, n)) == title]
        which = f" ({words(entity)} {index})" if len(twins) > 1 else ""
        return f"{self.narrator.names[owner]}'s {named}{which}" if whose else f"{named}{which}"
