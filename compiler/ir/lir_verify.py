"""Checks that an op program is well-formed. Run it after the passes that make or change one.

What holds of good op programs: every block that is named exists; blocks and the listed procedures hold straight
statements, whose expressions are good HIR; a local has a value in its block, or is a register; a local of more than one
block is a register, and so is one that a loop changes; the frame is made of registers, and has all that may be read
after a decision before they get a new value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.ir import hir, lir
from compiler.ir.hir_verify import Known, MalformedError, Verifier
from compiler.ir.types import BOOL, IntT
from compiler.ir.walk import assigned, mentioned, reads


def verify(op: lir.OpProgram) -> None:
    """Raise MalformedError, with all problems, unless the op program is well-formed; its HIR has been verified."""
    problems = list(_OpVerifier(op).problems())
    if problems:
        raise MalformedError(problems)


class _OpVerifier(Verifier):
    def __init__(self, op: lir.OpProgram) -> None:
        super().__init__(op.program, lowered=True)
        self.expressions = {kind: case for kind, case in self.expressions.items() if kind is not hir.CallMethod}
        self.op = op
        self.procs: dict[str, hir.Proc] = {}  # those that may be called where we are
        self.addresses: set[hir.Local] = set()
        self.asked: set[str] = set()  # the blocks that dispatch what an ask offers
        self.nested = False

    def problems(self) -> Iterable[str]:
        """Everything that is wrong with the op program."""
        for name, proc in self.op.procs.items():
            self.where = f"verb {name}"
            self.check(proc.name == name, f"is listed as {name}, and is {proc.name}")
            self.nested = True
            known = self.block(proc.body, frozenset(proc.params))
            if proc.returns is not None:
                self.expr(proc.returns, known)
            self.procs[name] = proc
        self.where = "ops"
        self._target(self.op.entry)
        self._locals()
        registers = frozenset(self.op.registers)
        for name, block in self.op.blocks.items():
            self.where = f"block {name}"
            self.check(block.name == name, f"is listed as {name}, and is {block.name}")
            self._block(block, registers)
        for name, block in self.op.blocks.items():
            self.where = f"block {name}"
            self._ways(name, block)
        self.where = "ops"
        kept, frame = _kept(self.op), set(self.op.frame)
        for local in self.op.registers:
            missing = local in kept and local not in frame
            self.check(not missing, f"'{local.name}' is read after a decision, and not of the frame")
        return self.found

    # --- registers ----------------------------------------------------------------------------------------------------

    def _locals(self) -> None:
        registers = set(self.op.registers)
        self.check(len(registers) == len(self.op.registers), "a register is listed twice")
        for local in self.op.frame:
            self.check(local in registers, f"'{local.name}' is of the frame, and no register")
        homes: dict[hir.Local, str] = {}
        for name, block in self.op.blocks.items():
            inside = [local for statement in block.body for local in mentioned(statement)]
            looped = [x for s in block.body if isinstance(s, hir.While) for x in assigned(s)]
            for local in (*inside, *lir.end_reads(block.end), *lir.end_writes(block.end)):
                alone = homes.setdefault(local, name) == name
                self.check(alone or local in registers, f"'{local.name}' is of several blocks, and no register")
            for local in looped:
                self.check(local in registers, f"'{local.name}' is changed by a loop, and is no register")

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _block(self, block: lir.BasicBlock, known: Known) -> None:
        for index, statement in enumerate(block.body):
            if isinstance(statement, hir.Finish):
                last = index == len(block.body) - 1 and isinstance(block.end, lir.Halt)
                self.check(last, "goes on after the game is over")
            if isinstance(statement, hir.Set) and isinstance(statement.value, hir.Label):
                self._label(statement.local, statement.value)
                known |= {statement.local}
                continue
            self.nested = False
            known = self.statement(statement, known)
        match block.end:
            case lir.Branch(condition):
                self.value(condition, BOOL, known, "a condition")
            case lir.Ask(choice, dispatch):
                self._ask(choice, known)
                self.asked.add(dispatch)
            case lir.Return(address):
                self.check(address in known, f"returns to '{address.name}', which may have no value")

    def _label(self, local: hir.Local, label: hir.Label) -> None:
        self._target(label.block)
        self.check(isinstance(local.type, IntT), f"the return address '{local.name}' is {local.type}")
        within = isinstance(local.type, IntT) and len(self.op.blocks) - 1 <= local.type.hi
        self.check(within, f"the return address '{local.name}' is too small for {len(self.op.blocks)} blocks")
        self.addresses.add(local)

    def _ask(self, choice: hir.Choose, known: Known) -> None:
        self.sites.clear()  # a procedure that is repeated asks at one site in several blocks
        self.nested = False
        self._choose(choice, known)
        for alternative in choice.alternatives:
            self.check(not alternative.body.statements, f"'{alternative.action.name}' has a body in the choice")

    def _ways(self, name: str, block: lir.BasicBlock) -> None:
        end = block.end
        for target in lir.successors(end, {}):
            self._target(target)
        match end:
            case lir.Ask(choice, dispatch):
                self._target(dispatch)
                taken = self.op.blocks[dispatch].end if dispatch in self.op.blocks else end
                if self.check(isinstance(taken, lir.Dispatch), f"asks, and '{dispatch}' dispatches nothing"):
                    offered = {a.action.name for a in choice.alternatives}
                    taken_up = {a.action.name for a, _ in taken.alternatives}  # type: ignore[union-attr]
                    self.check(offered <= taken_up, f"'{dispatch}' lacks {', '.join(sorted(offered - taken_up))}")
            case lir.Dispatch():
                self.check(name in self.asked, "dispatches what nobody asks")
            case lir.Return(address):
                self.check(address in self.addresses, f"returns to '{address.name}', which holds no block")

    def _target(self, name: str) -> None:
        self.check(name in self.op.blocks, f"there is no block '{name}'")

    # --- straight statements ------------------------------------------------------------------------------------------

    def statement(self, node: Any, known: Known) -> Known:
        """One straight statement."""
        match node:
            case hir.Choose() | hir.Perform():
                self.check(False, f"holds a {type(node).__name__}, which is not straight")
                return known
            case hir.Finish() | hir.While() if self.nested:
                self.check(False, f"holds a {type(node).__name__} inside a statement")
                return known
            case _:
                outer, self.nested = self.nested, True
                known = super().statement(node, known)
                self.nested = outer
                return known

    def _call(self, node: hir.Call, known: Known) -> Known:
        listed = self.procs.get(node.proc)
        if not self.check(listed is not None, f"calls '{node.proc}', which is no straight verb"):
            return known
        return super()._call(node, known)


# --- what is read later -----------------------------------------------------------------------------------------------


def _kept(op: lir.OpProgram) -> set[hir.Local]:
    """The registers that may be read after a decision before they get a new value."""
    registers, returns = set(op.registers), _returns(op)
    reads_: dict[str, set[hir.Local]] = {}
    gives: dict[str, set[hir.Local]] = {}
    for name, block in op.blocks.items():
        read, given = _flow(hir.Block(block.body))
        reads_[name] = (read | (set(lir.end_reads(block.end)) - given)) & registers
        gives[name] = given
    live = dict(reads_)
    changed = True
    while changed:
        changed = False
        for name in reversed(list(op.blocks)):
            new = reads_[name] | (_behind(op.blocks[name].end, live, returns) - gives[name])
            changed = changed or new != live[name]
            live[name] = new
    asks = [block.end for block in op.blocks.values() if isinstance(block.end, lir.Ask)]
    return {local for ask in asks for local in live.get(ask.dispatch, ())}


def _behind(
    end: lir.Terminator, live: Mapping[str, set[hir.Local]], returns: Mapping[hir.Local, tuple[str, ...]]
) -> set[hir.Local]:
    """What may be read behind a block."""
    match end:
        case lir.Dispatch(alternatives):
            return {x for a, target in alternatives for x in live.get(target, set()) - set(a.locals)}
        case lir.Ask(_, dispatch, skip):
            return live.get(dispatch, set()) | live.get(skip, set())
        case _:
            return {x for target in lir.successors(end, returns) for x in live.get(target, ())}


def _returns(op: lir.OpProgram) -> dict[hir.Local, tuple[str, ...]]:
    """Where a return by each address may lead."""
    found: dict[hir.Local, tuple[str, ...]] = {}
    for block in op.blocks.values():
        for s in block.body:
            if isinstance(s, hir.Set) and isinstance(s.value, hir.Label):
                found[s.local] = (*found.get(s.local, ()), s.value.block)
    return found


def _flow(node: hir.Block | hir.Statement) -> tuple[set[hir.Local], set[hir.Local]]:
    """The locals that straight statements read before they give them a value, and those that they surely give one."""
    match node:
        case hir.Block(statements):
            read: set[hir.Local] = set()
            given: set[hir.Local] = set()
            for statement in statements:
                first, then = _flow(statement)
                read, given = read | (first - given), given | then
            return read, given
        case hir.If(condition, then, otherwise):
            (first, yes), (second, no) = _flow(then), _flow(otherwise)
            return reads(condition) | first | second, yes & no
        case hir.ForEach(local, domain, body):
            return reads(domain) | (_flow(body)[0] - {local}), set()
        case hir.Repeat(count, _, body):
            return reads(count) | _flow(body)[0], set()
        case hir.While(condition, _, body):
            return reads(condition) | _flow(body)[0], set()
        case _:
            return reads(node), assigned(node)
