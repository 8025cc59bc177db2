"""Op programs as text: canonical, stable and readable. Tests and dumps are written in it.

Registers come first, those that live across a decision as ``frame``; then the procedures that blocks may call, and the
blocks in execution order. A local that is no register belongs to one block and is declared there.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir import hir, lir
from compiler.ir.hir_text import BodyText, proc_text

_INDENT = "  "


def op_text(op: lir.OpProgram) -> str:
    """The whole op program."""
    return "".join(f"{line}\n" for line in _op(op))


def basic_block_text(op: lir.OpProgram, block: lir.BasicBlock) -> str:
    """One block."""
    return "".join(f"{line}\n" for line in _block(op, block))


def _op(op: lir.OpProgram) -> Iterator[str]:
    yield f"ops {op.program.name}"
    names, frame = _body(op), set(op.frame)
    for local in op.registers:
        yield f"{'frame' if local in frame else 'register'} {names.local(local)}: {local.type}"
    for proc in op.procs.values():
        yield proc_text(op.program, proc).rstrip("\n")
    yield f"start at {op.entry}"
    for block in op.blocks.values():
        yield from _block(op, block)


def _body(op: lir.OpProgram) -> BodyText:
    """The names of one block: every register has the same in all."""
    names = BodyText(op.program)
    for local in op.registers:
        names.local(local)
    return names


def _block(op: lir.OpProgram, block: lir.BasicBlock) -> Iterator[str]:
    text = _body(op)
    yield f"block {block.name} {{"
    yield from text.block(hir.Block(block.body), 1)
    yield from (_INDENT + line for line in _end(text, block.end))
    yield "}"


def _end(text: BodyText, end: lir.Terminator) -> Iterator[str]:
    match end:
        case lir.Jump(target):
            yield f"go to {target}"
        case lir.Branch(condition, then, otherwise):
            yield f"go to {then} if {text.expr(condition)} else {otherwise}"
        case lir.Ask(choice, dispatch, skip):
            yield f"ask #{choice.site} by {text.expr(choice.player)}{' manual' if choice.manual else ''} {{"
            for alternative in choice.alternatives:
                yield _INDENT + text.alternative(alternative)
            yield f"}} then {dispatch} or {skip}"
        case lir.Dispatch(alternatives):
            yield "dispatch {"
            for alternative, target in alternatives:
                locals_ = ", ".join(map(text.local, alternative.locals))
                yield f"{_INDENT}{alternative.action.name}({locals_}): {target}"
            yield "}"
        case lir.Return(address):
            yield f"return to {text.local(address)}"
        case lir.Halt():
            yield "halt"
