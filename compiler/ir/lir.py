"""LIR, op programs: the game as blocks of straight-line statements between suspension points.

Straight statements are those of HIR less choose, finish, perform, unbounded loops and calls of procedures that have
blocks of their own. A lane (one game) is always in one block; ``pc`` says which. Blocks stand in an order in which
control mostly runs forward, so that one pass over all blocks takes most games from one decision to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.ir import hir
from compiler.ir.walk import mentioned
from compiler.source import Span

# --- control ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Jump:
    target: str


@dataclass(frozen=True, slots=True)
class Branch:
    condition: hir.Expr
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Offer a decision. None legal: go to ``skip``. One legal and not manual: take it, go to ``dispatch``. Else
    suspend there.
    """

    choice: hir.Choose  # its alternatives' bodies are empty: they live in the blocks of ``Dispatch``
    dispatch: str
    skip: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Bind the locals of the alternative that the taken action belongs to, and go to its block."""

    alternatives: tuple[tuple[hir.Alternative, str], ...]


@dataclass(frozen=True, slots=True)
class Return:
    """Go to the block whose number a local holds."""

    address: hir.Local


@dataclass(frozen=True, slots=True)
class Halt:
    """The game is over."""


Terminator = Jump | Branch | Ask | Dispatch | Return | Halt


@dataclass(frozen=True, slots=True)
class BasicBlock:
    name: str
    body: tuple[hir.Statement, ...]
    end: Terminator
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class OpProgram:
    """``blocks`` in execution order; the game starts at ``entry``. ``procs``: the straight procedures blocks may call.

    ``registers``: locals that live from one block to another; those in ``frame`` live across a decision.
    """

    program: hir.Program
    blocks: Mapping[str, BasicBlock]
    entry: str
    procs: Mapping[str, hir.Proc]
    registers: tuple[hir.Local, ...]
    frame: tuple[hir.Local, ...]


def successors(end: Terminator, returns: Mapping[hir.Local, tuple[str, ...]]) -> tuple[str, ...]:
    """The blocks that may come next without a decision in between."""
    match end:
        case Jump(target):
            return (target,)
        case Branch(_, then, otherwise):
            return then, otherwise
        case Ask(_, _, skip):
            return (skip,)
        case Dispatch(alternatives):
            return tuple(block for _, block in alternatives)
        case Return(address):
            return returns.get(address, ())
        case _:
            return ()


def end_reads(end: Terminator) -> list[hir.Local]:
    """The locals that a terminator reads, in order of appearance."""
    match end:
        case Branch(condition):
            return list(mentioned(condition))
        case Ask(choice):
            inner = {x for a in choice.alternatives for x in a.locals}
            return [local for local in mentioned(choice) if local not in inner]
        case Return(address):
            return [address]
        case _:
            return []


def end_writes(end: Terminator) -> list[hir.Local]:
    """The locals that a terminator gives values."""
    return [x for a, _ in end.alternatives for x in a.locals] if isinstance(end, Dispatch) else []
