"""Resolving: every declaration of a game by the name it goes by, and the numbers that names stand for.

`resolve` gathers the declarations of all modules and reports names declared twice; `Constants` evaluates the constant
integers that sizes, bounds and `const` declarations are written with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from compiler.diagnostics import Diagnostics, Note, did_you_mean
from compiler.ops import OPS
from compiler.ops.boards import DIRECTION, STEPS
from compiler.source import Span
from compiler.syntax import ast

BUILTIN_TYPES = ("bool", "int", "player", "text")
TYPE_WORDS = (*BUILTIN_TYPES, "flag", "set")
BOARD_FUNCTIONS = ("flood", "line", "neighbours", "ray", "shift")
BUILTIN_FUNCTIONS = ("abs", "any", "clamp", "count", "first", "max", "min", "pow")
IMPLICIT_FIELDS: Mapping[str | None, tuple[str, ...]] = {None: ("over", "decider"), "player": ("reward",)}
IMPLICIT_COLUMNS = ("key", "title", "parent", "position")
ENTITY_ATTRIBUTES = ("owner", "index", "row", "column")

CONST_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "//": "div", "%": "mod"}


CITED = re.compile(r"sha256:[0-9a-f]{12,64}")
"""The hash of a statement of the published rules, or enough of it to know it by."""


class Abort(Exception):  # noqa: N818 - not an error of its own: one has been reported
    """What is being checked is wrong, and that has been reported."""


@dataclass
class Names:
    """The declarations of a game, by name, in order of declaration."""

    sink: Diagnostics
    constants: dict[str, ast.ConstDecl] = field(default_factory=dict)
    enums: dict[str, ast.EnumDecl] = field(default_factory=dict)
    entities: dict[str, ast.EntityDecl] = field(default_factory=dict)
    tables: dict[str, ast.TableDecl] = field(default_factory=dict)
    fields: dict[tuple[str | None, str], ast.FieldDecl | ast.ZoneDecl] = field(default_factory=dict)
    draws: dict[str, ast.DrawKindDecl] = field(default_factory=dict)
    actions: dict[str, ast.ActionDecl] = field(default_factory=dict)
    forms: dict[str, tuple[ast.TableDecl, ast.FormDecl | None]] = field(default_factory=dict)
    funcs: dict[str, ast.FuncDecl] = field(default_factory=dict)
    verbs: list[ast.VerbDecl] = field(default_factory=list)
    rows: list[ast.RowDecl] = field(default_factory=list)
    players: list[ast.PlayersDecl] = field(default_factory=list)
    plays: list[ast.PlayDecl] = field(default_factory=list)
    scenarios: list[ast.ScenarioDecl] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._first: dict[tuple[str, str], ast.Decl | ast.FieldDecl] = {}
        self.used: set[tuple[str, str]] = set()
        """(kind, name) of what something refers to; the rest is reported as unused."""

    @property
    def types(self) -> Iterable[str]:
        """Every name that may stand for a type."""
        return (*BUILTIN_TYPES, *self.enums, *self.entities, *self.tables)

    def owners(self, name: str) -> list[str]:
        """The kinds of owner (``player``, entities) that have a field or zone of this name."""
        found = [owner for owner, field_name in self.fields if owner is not None and field_name == name]
        return ["player"] if name in IMPLICIT_FIELDS["player"] else found

    def claim(self, space: str, name: str, node: ast.Decl | ast.FieldDecl) -> bool:
        """Take a name; reports and returns False when it is taken."""
        first = self._first.setdefault((space, name), node)
        if first is node:
            return True
        self.sink.error("E0202", node.span, f"'{name}' is declared twice", notes=[Note("first here", first.span)])
        return False


def resolve(modules: Sequence[ast.Module], sink: Diagnostics) -> Names:
    """Gather the declarations of all modules."""
    names = Names(sink)
    for module in modules:
        for declaration in module.declarations:
            _GATHER[type(declaration)](names, declaration)
        if module.declarations and isinstance(last := module.declarations[-1], ast.CitesDecl):
            sink.error("E0514", last.span, "`cites` stands before the declaration that it is about; nothing follows")
    for declaration in names.tables.values():
        _check_parent(names, declaration)
    _directions(names)
    return names


def _directions(names: Names) -> None:
    """A game with a board knows the directions."""
    board = next((node for node in names.entities.values() if node.columns is not None), None)
    if board is not None:
        values = tuple(ast.Name(value, board.span) for value in STEPS)
        _enum(names, ast.EnumDecl(DIRECTION, values, board.span))


def _reserved(names: Names, name: str, words: Iterable[str], span: Span, what: str) -> bool:
    if name not in words:
        return False
    names.sink.error("E0211", span, f"'{name}' is {what} of the language; choose another name")
    return True


def _cites(names: Names, node: ast.CitesDecl) -> None:
    if not CITED.fullmatch(node.hash):
        message = "a cited hash is 'sha256:' and 12 to 64 of its digits, 0 to 9 and a to f"
        names.sink.error("E0514", node.span, message, suggestion="`specc rules` prints them")


def _const(names: Names, node: ast.ConstDecl) -> None:
    if not _reserved(names, node.name, ("players", *BUILTIN_FUNCTIONS), node.span, "a name") and names.claim(
        "value", node.name, node
    ):
        names.constants[node.name] = node


def _enum(names: Names, node: ast.EnumDecl) -> None:
    if _reserved(names, node.name, TYPE_WORDS, node.span, "a type") or not names.claim("type", node.name, node):
        return
    seen: dict[str, ast.Name] = {}
    for value in node.values:
        if seen.setdefault(value.id, value) is not value:
            notes = [Note("first here", seen[value.id].span)]
            names.sink.error("E0202", value.span, f"'{value.id}' is a value of '{node.name}' twice", notes=notes)
    names.enums[node.name] = node


def _entity(names: Names, node: ast.EntityDecl) -> None:
    if _reserved(names, node.name, TYPE_WORDS, node.span, "a type"):
        return
    if names.claim("type", node.name, node) and names.claim("value", node.name, node):
        names.entities[node.name] = node


def _table(names: Names, node: ast.TableDecl) -> None:
    if _reserved(names, node.name, TYPE_WORDS, node.span, "a type") or not names.claim("type", node.name, node):
        return
    names.tables[node.name] = node
    if node.parent is None and names.claim("form", node.name, node):
        names.forms[node.name] = node, None
    for form in node.forms:
        if form.name in names.forms:
            first = names.forms[form.name]
            notes = [Note("first here", (first[1] or first[0]).span)]
            names.sink.error("E0202", form.span, f"the form '{form.name}' is declared twice", notes=notes)
        else:
            names.forms[form.name] = node, form


def _state(names: Names, node: ast.StateDecl) -> None:
    for declaration in node.fields:
        _own_field(names, node.per, declaration)


def _own_field(names: Names, owner: str | None, node: ast.FieldDecl | ast.ZoneDecl) -> None:
    words = IMPLICIT_FIELDS.get(owner, ENTITY_ATTRIBUTES)
    if owner == "player" and node.name == "reward" and isinstance(node, ast.FieldDecl):
        words = ()  # a game that gives rewards along the way says within which bounds
    if _reserved(names, node.name, words, node.span, "a field"):
        return
    if owner is None and _reserved(names, node.name, ("players", *BUILTIN_FUNCTIONS), node.span, "a name"):
        return
    if names.claim("value" if owner is None else f"field of {owner}", node.name, node):
        names.fields[owner, node.name] = node


def _draws(names: Names, node: ast.DrawKindDecl) -> None:
    if names.claim("draw", node.name, node):
        names.draws[node.name] = node


def _action(names: Names, node: ast.ActionDecl) -> None:
    if names.claim("action", node.name, node):
        names.actions[node.name] = node


def _func(names: Names, node: ast.FuncDecl) -> None:
    if _reserved(names, node.name, ("players", *BUILTIN_FUNCTIONS), node.span, "a name"):
        return
    if names.claim("value", node.name, node):
        names.funcs[node.name] = node


_GATHER: Mapping[type, Callable[..., object]] = {
    ast.CitesDecl: _cites,
    ast.ConstDecl: _const,
    ast.EnumDecl: _enum,
    ast.PlayersDecl: lambda names, node: names.players.append(node),
    ast.EntityDecl: _entity,
    ast.StateDecl: _state,
    ast.ZoneDecl: lambda names, node: _own_field(names, node.per, node),
    ast.DrawKindDecl: _draws,
    ast.ActionDecl: _action,
    ast.TableDecl: _table,
    ast.RowDecl: lambda names, node: names.rows.append(node),
    ast.FuncDecl: _func,
    ast.VerbDecl: lambda names, node: names.verbs.append(node),
    ast.PlayDecl: lambda names, node: names.plays.append(node),
    ast.ScenarioDecl: lambda names, node: names.scenarios.append(node),
}


def _check_parent(names: Names, node: ast.TableDecl) -> None:
    """A child table stands in a table, and no table stands in itself."""
    above, seen = node, {node.name}
    while above.parent is not None:
        if above.parent not in names.tables:
            if above is node:
                suggestion = did_you_mean(above.parent, names.tables)
                names.sink.error("E0204", node.span, f"there is no table '{above.parent}'", suggestion=suggestion)
            return
        if above.parent in seen:
            names.sink.error("E0511", node.span, f"the table '{node.name}' would stand in itself")
            return
        above = names.tables[above.parent]
        seen.add(above.name)


class Constants:
    """The integer constants of a game: `const` declarations, which the manifest may override, and what uses them."""

    def __init__(self, names: Names, overrides: Mapping[str, int]) -> None:
        self._names = names
        self._overrides = overrides
        self._values: dict[str, int] = {}
        self._pending: list[str] = []
        self._failed: set[str] = set()

    def value(self, name: str) -> int:
        """The value of a constant; raises Abort when it has none."""
        if name in self._values:
            return self._values[name]
        if name in self._failed:
            raise Abort
        declaration = self._names.constants[name]
        if name in self._pending:
            chain = " → ".join([*self._pending[self._pending.index(name) :], name])
            self._fail("E0404", declaration.span, f"the constant '{name}' needs itself: {chain}")
        self._pending.append(name)
        try:
            value = self.evaluate(declaration.value)
        except Abort:
            self._failed.add(name)
            raise
        finally:
            self._pending.pop()
        self._values[name] = self._overrides.get(name, value)
        return self._values[name]

    def all(self) -> Iterator[tuple[str, int]]:
        """Every constant that has a value."""
        for name in self._names.constants:
            try:
                yield name, self.value(name)
            except Abort:
                continue

    def evaluate(self, node: ast.Expr) -> int:
        """The value of a constant integer expression; raises Abort after reporting that it is none."""
        match node:
            case ast.Int(value):
                return value
            case ast.Bool(value):
                return int(value)
            case ast.Name(name) if name in self._names.constants:
                self._names.used.add(("const", name))
                return self.value(name)
            case ast.Unary("-", operand):
                return -self.evaluate(operand)
            case ast.Binary(op, left, right) if op in CONST_OPERATORS:
                return OPS[CONST_OPERATORS[op]].interpret(self.evaluate(left), self.evaluate(right))
            case ast.Call(ast.Name("min" | "max" | "abs" | "clamp" as function), args):
                if len(args) == OPS[function].arity:
                    return OPS[function].interpret(*map(self.evaluate, args))
            case ast.Name(name):
                suggestion = did_you_mean(name, self._names.constants)
                self._fail("E0201", node.span, f"there is no constant '{name}'", suggestion)
        self._fail("E0304", node.span, "this must be a constant number, known when the rules are checked")

    def _fail(self, code: str, span: Span, message: str, suggestion: str | None = None) -> NoReturn:
        self._names.sink.error(code, span, message, suggestion=suggestion)
        raise Abort
