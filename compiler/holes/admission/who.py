"""Whose something is, as far as an expression says: the player who acts, the other one, or it depends."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from compiler.ir import hir
from compiler.ir.types import NONE, PlayerT


class Who(StrEnum):
    """A player, seen from the one whose row it is."""

    ACTOR = "the player whose row it is"
    OTHER = "the other player"
    UNKNOWN = "a player that depends on the position"

    @property
    def opposite(self) -> Who:
        return {Who.ACTOR: Who.OTHER, Who.OTHER: Who.ACTOR}.get(self, self)


Env = Mapping[hir.Local, Who]


def env_of(program: hir.Program, method: hir.Method) -> dict[hir.Local, Who]:
    """The parameters of a method: the first is the actor's, one called like the other side is the other's."""
    found: dict[hir.Local, Who] = {}
    for index, param in enumerate(method.params):
        found[param] = Who.ACTOR if index == 0 else Who.UNKNOWN
    if program.players == 2 and len(method.params) == 2 and method.params[1].type == method.params[0].type:
        found[method.params[1]] = Who.OTHER  # procedures of two parties: oneself and the other
    return found


def who(program: hir.Program, expr: hir.Expr | None, env: Env) -> Who:
    """The player that an expression is, or to whom belongs what it is."""
    match expr:
        case hir.Get(local):
            return env.get(local, Who.UNKNOWN)
        case hir.OwnerOf(ref) | hir.IndexOf(ref):
            return who(program, ref, env)
        case hir.MakeRef(_, owner):
            return who(program, owner, env)
        case hir.AllOf(_, owner):
            return who(program, owner, env)
        case hir.Load(field, owner) if not isinstance(field.type, PlayerT):
            return who(program, owner, env)
        case hir.Filter(_, domain) | hir.Reduce(_, _, domain):
            return who(program, domain, env)
        case hir.Select(_, then, otherwise):
            sides = [side for side in (then, otherwise) if not _is_none(side)]
            found = {who(program, side, env) for side in sides}
            return found.pop() if len(found) == 1 else Who.UNKNOWN
        case hir.Apply("sub", (hir.Const(1), player)) if program.players == 2:
            return who(program, player, env).opposite
        case hir.Apply("and" | "intersect" | "diff" | "or" | "union", args):
            found = {who(program, arg, env) for arg in args}
            return found.pop() if len(found) == 1 else Who.UNKNOWN
        case hir.CallFunc(name, args):
            func = program.funcs[name]
            inner = {param: who(program, arg, env) for param, arg in zip(func.params, args, strict=True)}
            return who(program, func.body, inner)
        case _:
            return Who.UNKNOWN


def _is_none(expr: hir.Expr) -> bool:
    return isinstance(expr, hir.Const) and expr.value == NONE
