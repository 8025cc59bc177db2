"""Walking through an effect and the verbs that it calls, knowing whose everything is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.holes.admission.who import Env, Who, env_of, who
from compiler.ir import hir
from compiler.ir.walk import children

DEEPEST = 12
"""How many calls deep is looked."""


@dataclass(frozen=True)
class Met:
    """A statement that an effect may run, with what is known about its locals."""

    node: object
    env: Env
    direct: bool
    """Whether it stands in the effect itself, rather than in a verb."""


def statements(program: hir.Program, method: hir.Method, body: hir.Expr | hir.Block) -> Iterator[Met]:
    """Every node of a body and of the verbs that it calls."""
    yield from _walk(program, body, dict(env_of(program, method)), 0)


def _walk(program: hir.Program, node: object, env: dict[hir.Local, Who], depth: int) -> Iterator[Met]:
    yield Met(node, env, depth == 0)
    match node:
        case hir.Set(local, value):
            env[local] = who(program, value, env)
        case hir.ForEach(local, domain) | hir.Filter(local, domain) | hir.Reduce(_, local, domain):
            env[local] = who(program, domain, env)
        case hir.Draw(local, _, domain) if domain is not None:
            env[local] = who(program, domain, env)
        case hir.Reveal(local, _, zone):
            env[local] = who(program, zone.owner, env)
        case hir.Choose(_, _, _, alternatives):
            for alternative in alternatives:
                for local, domain in zip(alternative.locals, alternative.domains, strict=True):
                    env[local] = who(program, domain, env)
        case _:
            pass
    for child in children(node):
        yield from _walk(program, child, env, depth)
    if isinstance(node, hir.Call) and depth < DEEPEST:
        proc = program.procs[node.proc]
        inner = {param: who(program, arg, env) for param, arg in zip(proc.params, node.args, strict=True)}
        yield from _walk(program, proc.body, inner, depth + 1)
        if node.result is not None and proc.returns is not None:
            env[node.result] = who(program, proc.returns, inner)
