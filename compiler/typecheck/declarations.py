"""Declarations as HIR: enums, entities, fields, zones, draws, actions, signatures of functions and verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

from compiler.diagnostics import Note, did_you_mean
from compiler.ir import hir
from compiler.ir.types import BOOL, NONE, PLAYER, EntityT, EnumT, IntT, OptT, PlayerT, RowT, SetT, Type
from compiler.resolve import Abort
from compiler.syntax import ast
from compiler.typecheck.checker import Checker, Func, Verb
from compiler.typecheck.convert import DEFAULT_INT, described

LASTING_TURNS = 3
MAX_ACTIONS = 1 << 20
REWARD = IntT(-1000, 1000)


def enums(check: Checker) -> None:
    """All enums, and which enums have a value of a name."""
    found = cast("dict[str, hir.Enum]", check.program.enums)
    for name, node in check.names.enums.items():
        values = tuple(dict.fromkeys(value.id for value in node.values))
        found[name] = hir.Enum(name, values, node.span)
        for index, value in enumerate(values):
            check.enum_values.setdefault(value, []).append((name, index))


def entities(check: Checker) -> None:
    """All entities. One whose count is wrong counts as single, so that the rest can be checked."""
    found = cast("dict[str, hir.Entity]", check.program.entities)
    for name, node in check.names.entities.items():
        count = 1
        with suppress(Abort):
            count = check.constants.evaluate(node.count)
            if count < 1:
                check.report("E0305", node.count.span, f"there must be at least one '{name}', not {count}")
                count = 1
        columns = 0
        if node.columns is not None:
            with suppress(Abort):
                columns = check.constants.evaluate(node.columns)
                if columns < 1:
                    check.report("E0305", node.columns.span, f"a board has at least one column, not {columns}")
                    columns = 1
            if node.per_player:
                check.report("E0605", node.span, f"a board belongs to nobody: '{name}' lies in rows")
        count *= columns or 1
        total = count * check.program.players if node.per_player else count
        found[name] = hir.Entity(name, count, node.per_player, total, node.span, columns)


# --- the state --------------------------------------------------------------------------------------------------------


def fields(check: Checker) -> None:
    """The state's fields and zones, with those that every game has."""
    found: dict[str, hir.Field] = {}
    for implicit in (
        _field("over", None, BOOL),
        _field("decider", None, OptT(PLAYER)),
        _field("reward", "player", REWARD),
    ):
        found[implicit.id] = implicit
    for (owner, _), node in check.names.fields.items():
        with suppress(Abort):
            _check_owner(check, owner, node)
            field = _zone(check, node) if isinstance(node, ast.ZoneDecl) else _state_field(check, owner, node)
            if field.id == "player.reward" and not (field.type == _number_with_zero(field) and field.default == 0):
                check.fail("E0309", node.span, "a reward is a number that may be 0, and is 0 at first")
            found[field.id] = field
    cast("dict[str, hir.Field]", check.program.fields).update(found)
    _check_starts(check)


def _number_with_zero(field: hir.Field) -> Type | None:
    """The type of a field that holds one number, which may be 0."""
    plain = isinstance(field.type, IntT) and field.type.lo <= 0 <= field.type.hi
    return field.type if plain and field.size is None and not field.param else None


def _field(name: str, owner: str | None, type_: Type) -> hir.Field:
    default = NONE if isinstance(type_, OptT) else 0
    return hir.Field(name, owner, type_, None, None, default, "public", False, False, None, 0, 0, False)


def _check_owner(check: Checker, owner: str | None, node: ast.FieldDecl | ast.ZoneDecl) -> None:
    if owner is not None and owner != "player" and owner not in check.names.entities:
        check.unknown("E0204", node.span, "entity", owner, ("player", *check.names.entities))


def array_size(check: Checker, node: ast.TypeExpr) -> tuple[int | None, str | None]:
    """The length of an array type and the enum that indexes it."""
    if node.size is None:
        return None, None
    if isinstance(node.size, ast.Name) and node.size.id in check.program.enums:
        return len(check.program.enums[node.size.id].values), node.size.id
    size = check.constants.evaluate(node.size)
    if size < 1:
        check.fail("E0305", node.size.span, f"an array has at least one element, not {size}")
    return size, None


def _state_field(check: Checker, owner: str | None, node: ast.FieldDecl) -> hir.Field:
    type_ = check.type_of(node.type, default=None)
    size, index_enum = array_size(check, node.type)
    if node.type.lasting:
        if not isinstance(type_, IntT) and type_ != BOOL:
            check.fail("E0309", node.type.span, f"only an int or a bool can be lasting, not {described(type_)}")
        if size is not None:
            check.fail("E0309", node.type.span, "an array cannot be lasting")
        size = LASTING_TURNS
    if node.param and owner not in (None, "player"):
        check.fail("E0401", node.span, "a 'param' belongs to the game or to a player")
    default = default_of(check, type_)
    if node.default is not None:
        with suppress(Abort):
            default = check.static_value(node.default, type_)
    return hir.Field(
        name=node.name,
        owner=owner,
        type=type_,
        size=size,
        index_enum=index_enum,
        default=default,
        visibility=node.visibility,
        param=node.param,
        lasting=node.type.lasting,
        zone=None,
        known_top=0,
        known_bottom=0,
        start=False,
        span=node.span,
    )


def default_of(check: Checker, type_: Type) -> int:
    """What a field holds where nothing is written."""
    match type_:
        case OptT():
            return NONE
        case IntT(lo, hi):
            return min(max(0, lo), hi)
    return 0


def _of_players(check: Checker, entity: str | None) -> bool:
    return entity is not None and entity in check.program.entities and check.program.entities[entity].per_player


def _zone(check: Checker, node: ast.ZoneDecl) -> hir.Field:
    if node.entity not in check.names.entities:
        check.unknown("E0204", node.span, "entity", node.entity, check.names.entities)
    element = EntityT(node.entity)
    if node.kind != "pile" and (node.known_top or node.known_bottom):
        check.report("E0408", node.span, f"a {node.kind} has no known places: only a pile is ordered")
    if node.own and not (_of_players(check, node.entity) and (node.per == "player" or _of_players(check, node.per))):
        check.report("E0605", node.span, "only a zone of a player can hold what is the player's own")
    return hir.Field(
        name=node.name,
        owner=node.per,
        type=OptT(element) if node.kind == "slot" else SetT(element),
        size=None,
        index_enum=None,
        default=NONE if node.kind == "slot" else 0,
        visibility=node.visibility,
        param=False,
        lasting=False,
        zone=node.kind,
        known_top=check.constants.evaluate(node.known_top) if node.known_top else 0,
        known_bottom=check.constants.evaluate(node.known_bottom) if node.known_bottom else 0,
        start=node.start,
        span=node.span,
        own=node.own,
    )


def _check_starts(check: Checker) -> None:
    """Every entity with zones has one zone in which its instances start."""
    zones: dict[str, list[ast.ZoneDecl]] = {}
    for node in check.names.fields.values():
        if isinstance(node, ast.ZoneDecl) and node.entity in check.program.entities:
            zones.setdefault(node.entity, []).append(node)
    for entity, nodes in zones.items():
        starts = [node for node in nodes if node.start]
        if not starts:
            message = f"no zone of '{entity}' is marked 'start': nothing says where it lies at first"
            check.report("E0604", nodes[0].span, message, "write 'start' at the end of one zone")
        for node in starts:
            per_player = check.program.entities[entity].per_player
            if node.per is not None and not (node.per == "player" and per_player):
                message = f"'{node.name}' cannot be where '{entity}' starts: nothing says at which {node.per}"
                check.report("E0604", node.span, message, "start in a zone of the owner, or of the game")
            elif node.kind == "slot" and check.program.entities[entity].total > 1:
                check.report("E0604", node.span, f"a slot holds one '{entity}'; all of them cannot start there")
        if len(starts) > 1:
            notes = [Note("first here", starts[0].span)]
            check.report("E0604", starts[1].span, f"two zones of '{entity}' are marked 'start'", notes=notes)


# --- draws and actions ------------------------------------------------------------------------------------------------


def draws(check: Checker) -> None:
    """The kinds of random outcomes."""
    found = cast("dict[str, hir.DrawKind]", check.program.draws)
    for name, node in check.names.draws.items():
        with suppress(Abort):
            if node.type.size is not None or node.type.lasting or node.type.optional:
                check.fail("E0309", node.type.span, "a draw has a plain type: a number, a player, an enum or an entity")
            type_ = check.type_of(node.type, default=None)
            if not isinstance(type_, IntT | PlayerT | EnumT | EntityT | RowT):
                check.fail("E0309", node.type.span, f"nothing draws {described(type_)}")
            found[name] = hir.DrawKind(name, type_, node.always, node.span)


def actions(check: Checker) -> int:
    """The actions, with ids in order of declaration. Returns how many ids there are."""
    found = cast("dict[str, hir.Action]", check.program.actions)
    base = 0
    for name, node in check.names.actions.items():
        with suppress(Abort):
            with unique_params(check, node.params):
                params = tuple(_action_param(check, param) for param in node.params)
            _check_says(check, node, params)
            size = 1
            for param in params:
                size *= param.size
            found[name] = hir.Action(name, params, base, size, node.says, node.span)
            base += size
            if base > MAX_ACTIONS:
                check.fail("E0605", node.span, f"with '{name}' there are {base} actions; {MAX_ACTIONS} is the limit")
    return base


def _action_param(check: Checker, node: ast.Param) -> hir.ActionParam:
    type_ = check.value_type(node.type)
    match type_:
        case EntityT(name):
            entity = check.program.entities[name]
            if node.own and not entity.per_player:
                check.fail("E0605", node.span, f"'{name}' belongs to no player", f"write '{node.name}: {name}'")
            return hir.ActionParam(node.name, type_, node.own, entity.count if node.own else entity.total)
        case IntT(lo, hi):
            if lo != 0 or type_ == DEFAULT_INT:
                check.fail("E0605", node.type.span, "the numbers of an action start at 0, as in 'int 0..9'")
            size = hi + 1
        case PlayerT() | EnumT():
            size = check.program.domain(type_)
        case _:
            message = f"an action takes numbers, players, enums and entities, not {described(type_)}"
            check.fail("E0605", node.type.span, message)
    if node.own:
        check.fail("E0605", node.span, "only an entity can be 'own'")
    return hir.ActionParam(node.name, type_, False, size)


@contextmanager
def unique_params(check: Checker, params: tuple[ast.Param, ...]) -> Iterator[None]:
    """Report parameters of one name."""
    seen: dict[str, ast.Param] = {}
    for param in params:
        first = seen.setdefault(param.name, param)
        if first is not param:
            notes = [Note("first here", first.span)]
            check.report("E0202", param.span, f"there are two parameters '{param.name}'", notes=notes)
    yield


# --- signatures -------------------------------------------------------------------------------------------------------


def parameters(check: Checker, nodes: tuple[ast.Param, ...]) -> tuple[hir.Local, ...]:
    """The parameters of a function, verb or method."""
    with unique_params(check, nodes):
        for node in nodes:
            if node.own:
                check.report("E0401", node.span, "'own' is for the parameters of actions")
        return tuple(hir.Local(node.name, check.value_type(node.type), node.span) for node in nodes)


def _check_says(
    check: Checker,
    node: ast.ActionDecl | ast.FuncDecl | ast.VerbDecl,
    params: tuple[hir.Local | hir.ActionParam, ...],
) -> None:
    """What a declaration says about itself names its parameters, and nothing else."""
    known = [param.name for param in params]
    for name in re.findall(r"\{(\w*)\}", node.says or ""):
        if name not in known:
            message = f"'says' names '{{{name}}}', and there is no parameter '{name}'"
            check.report("E0201", node.span, message, did_you_mean(name, known))


def funcs(check: Checker) -> None:
    """The signatures of functions."""
    for name, node in check.names.funcs.items():
        with suppress(Abort):
            params = parameters(check, node.params)
            _check_says(check, node, params)
            declared = None
            if node.result is not None and not (node.result.name == "int" and node.result.low is None):
                declared = check.value_type(node.result)
            check.funcs[name] = Func(node, params, declared)


def verbs(check: Checker) -> None:
    """The patterns of verbs."""
    taken: dict[str, int] = {}
    shapes: dict[tuple[str, ...], Verb] = {}
    for node in check.names.verbs:
        check.broken_verbs |= {part.id for part in node.pattern if isinstance(part, ast.Name)}
        with suppress(Abort):
            params = parameters(check, tuple(part for part in node.pattern if isinstance(part, ast.Param)))
            _check_says(check, node, params)
            following = iter(params)
            pattern = tuple(part.id if isinstance(part, ast.Name) else next(following) for part in node.pattern)
            words = [part for part in pattern if isinstance(part, str)]
            if not words:
                check.fail("E0202", node.span, "a verb has at least one word of its own")
            name = "_".join(words)
            taken[name] = taken.get(name, 0) + 1
            if taken[name] > 1:
                name += f"_{taken[name]}"
            result = check.value_type(node.result) if node.result else None
            verb = Verb(name, node, pattern, result)
            shape = tuple(part if isinstance(part, str) else f"({part.type})" for part in pattern)
            if shape in shapes:
                notes = [Note("first here", shapes[shape].decl.span)]
                check.fail("E0202", node.span, f"there are two verbs '{verb}'", notes=notes)
            shapes[shape] = verb
            check.verbs.append(verb)
    for verb in check.verbs:
        check.broken_verbs.difference_update(verb.words)
