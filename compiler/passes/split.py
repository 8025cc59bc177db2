"""Split the rules at suspension points: structured procedures become blocks.

Contract: takes a program without methods (after ``merge-methods``); gives an ``OpProgram`` whose blocks hold straight
statements only. A procedure that can suspend, or is large and called from several places, gets blocks of its own and a
return address; there is no recursion, so its parameters and locals need one set of registers. Loops are unrolled where
that is cheap and become blocks otherwise. Blocks are ordered so that control mostly runs forward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from compiler.ir import hir, lir
from compiler.ir.types import BOOL, IntT, OptT, SetT, strip_optional
from compiler.ir.walk import Node, assigned, children, is_node, mentioned, reads, substitute, walk, with_fresh_locals
from compiler.passes.layout import owned
from compiler.source import Span

_LABEL = IntT(0, 0)  # widened when the number of blocks is known
_ZERO, _ONE = hir.Const(0, IntT(0, 0)), hir.Const(1, IntT(1, 1))


@dataclass(frozen=True)
class Split:
    """The pass, with the limits that decide between repeating code and sharing it (sizes count IR nodes)."""

    unroll_rounds: int = 20
    unroll_size: int = 900
    share_size: int = 80
    copy_size: int = 1000
    name: str = "split"

    def run(self, program: hir.Program) -> lir.OpProgram:
        builder = _Builder(program, self)
        builder.build()
        return builder.finish()


@dataclass
class _Open:
    """A block under construction."""

    name: str
    span: Span | None = None
    body: list[hir.Statement] = field(default_factory=list)


class _Builder:
    def __init__(self, program: hir.Program, knobs: Split) -> None:
        self.program = program
        self.knobs = knobs
        self.sizes = _Sizes(program, knobs)
        self.blocks: dict[str, lir.BasicBlock] = {}
        self.shared: dict[str, hir.Local] = {}  # procedures with blocks of their own → their return address
        self.pending: list[str] = []
        self.results: dict[str, hir.Local] = {}
        self.numbers: dict[str, int] = {}
        self.scope = "play"
        self.open = _Open("start")

    # --- blocks -------------------------------------------------------------------------------------------------------

    def fresh(self, hint: str) -> str:
        base = f"{self.scope}_{hint}"
        n = self.numbers[base] = self.numbers.get(base, 0) + 1
        return base if n == 1 else f"{base}_{n}"

    def close(self, end: lir.Terminator, following: str | None = None, span: Span | None = None) -> None:
        block = self.open
        self.blocks[block.name] = lir.BasicBlock(block.name, tuple(block.body), end, block.span or span)
        if following is not None:
            self.open = _Open(following, span)

    def emit(self, statement: hir.Statement) -> None:
        self.open.body.append(statement)

    # --- building -----------------------------------------------------------------------------------------------------

    def build(self) -> None:
        self.block(self.program.play)
        self.close(lir.Halt())
        while self.pending:
            name = self.pending.pop(0)
            proc = self.program.procs[name]
            self.scope = _identifier(name)
            self.open = _Open(_entry(name), proc.span)
            self.block(proc.body)
            if proc.returns is not None:
                self.emit(hir.Set(self.results[name], proc.returns))
            self.close(lir.Return(self.shared[name]))

    def block(self, block: hir.Block) -> None:
        for statement in block.statements:
            self.statement(statement)

    def statement(self, s: hir.Statement) -> None:
        if self.sizes.straight(s):
            self.emit(s)
            return
        match s:
            case hir.If(condition, then, otherwise, span):
                self.branch(condition, then, otherwise, span)
            case hir.ForEach():
                self.for_each(s)
            case hir.Repeat(count, bound, body, span):
                left = hir.Local("rounds", IntT(0, bound))
                limit = hir.Const(bound, IntT(bound, bound))
                self.emit(hir.Set(left, _clamp_low(hir.Apply("min", (count, limit), IntT(0, bound))), span))
                one_less = hir.Set(left, hir.Apply("sub", (hir.Get(left, left.type), _ONE), left.type), span)
                more = hir.Apply("gt", (hir.Get(left, left.type), _ZERO), BOOL)
                self.loop(more, bound, hir.Block((one_less, *body.statements)), span)
            case hir.While(condition, bound, body, span) if self.sizes.straight(body):
                self.loop(condition, bound, body, span)
            case hir.While(condition, bound, body, span):
                done = hir.Local("rounds", IntT(0, bound))
                self.emit(hir.Set(done, _ZERO))
                one_more = hir.Set(done, hir.Apply("add", (hir.Get(done, done.type), _ONE), done.type), span)
                less = hir.Apply("lt", (hir.Get(done, done.type), hir.Const(bound, IntT(bound, bound))), BOOL)
                more = hir.Apply("and", (less, condition), BOOL)
                self.loop(more, bound, hir.Block((*body.statements, one_more)), span)
            case hir.Call():
                self.call(s)
            case hir.Choose():
                self.choose(s)
            case hir.Finish():
                self.emit(s)
                self.close(lir.Halt(), self.fresh("after_end"), s.span)
            case _:
                raise TypeError(f"{type(s).__name__} cannot stand in a program to be split")

    def branch(self, condition: hir.Expr, then: hir.Block, otherwise: hir.Block, span: Span | None) -> None:
        yes, join = self.fresh("then"), self.fresh("join")
        no = self.fresh("else") if otherwise.statements else join
        self.close(lir.Branch(condition, yes, no), yes, span)
        self.block(then)
        self.close(lir.Jump(join), no, span)
        if otherwise.statements:
            self.block(otherwise)
            self.close(lir.Jump(join), join, span)

    def loop(self, more: hir.Expr, bound: int, body: hir.Block, span: Span | None) -> None:
        """A straight body loops where it stands, any other as blocks, tested before the first round and behind each."""
        if self.sizes.straight(body):
            self.emit(hir.While(more, bound, body, span))
            return
        inside, after = self.fresh("round"), self.fresh("done")
        self.close(lir.Branch(more, inside, after), inside, span)
        self.block(body)
        self.close(lir.Branch(more, inside, after), after, span)

    def for_each(self, s: hir.ForEach) -> None:
        left = hir.Local(f"{s.local.name}_left", s.domain.type, s.span)
        rest, x = hir.Get(left, left.type), hir.Local("x", strip_optional(s.local.type))
        more = hir.Reduce("any", x, rest, hir.Const(1, BOOL), BOOL)
        first = hir.Set(s.local, hir.Reduce("first", x, rest, None, OptT(x.type)), s.span)
        others = hir.Set(left, hir.Without(rest, hir.Get(s.local, s.local.type), left.type), s.span)
        self.emit(hir.Set(left, s.domain, s.span))
        self.loop(more, self.sizes.rounds(s.domain), hir.Block((first, others, *s.body.statements)), s.span)

    def call(self, s: hir.Call) -> None:
        proc = self.program.procs[s.proc]
        if self.sizes.copied(s.proc):
            self.copy(proc, s)
            return
        for param, arg in zip(proc.params, s.args, strict=True):
            self.emit(hir.Set(param, arg, s.span))
        address = self.shared.get(s.proc)
        if address is None:
            address = self.shared[s.proc] = hir.Local(f"{_identifier(s.proc)}_return", _LABEL)
            self.pending.append(s.proc)
            if proc.returns is not None:
                self.results[s.proc] = hir.Local(f"{_identifier(s.proc)}_result", proc.returns.type)
        after = self.fresh("back")
        self.emit(hir.Set(address, hir.Label(after, _LABEL), s.span))
        self.close(lir.Jump(_entry(s.proc)), after, s.span)
        if s.result is not None:
            result = self.results[s.proc]
            self.emit(hir.Set(s.result, hir.Get(result, result.type), s.span))

    def copy(self, proc: hir.Proc, s: hir.Call) -> None:
        """Put a procedure where it is called: it has one caller, or is small."""
        returns = (
            (hir.Set(s.result, proc.returns, s.span),) if proc.returns is not None and s.result is not None else ()
        )
        known = {
            param: arg for param, arg in zip(proc.params, s.args, strict=True) if isinstance(arg, hir.Const)
        }  # the copy is made for these
        body, fresh = with_fresh_locals(
            substitute(hir.Block((*proc.body.statements, *returns)), dict(known)), proc.params
        )
        if returns:  # the result is the caller's
            assert s.result is not None
            last = replace(body.statements[-1], local=s.result)
            body = hir.Block((*body.statements[:-1], last))
        for param, arg in zip(proc.params, s.args, strict=True):
            if param not in known:
                self.emit(hir.Set(fresh[param], arg, s.span))
        outer, self.scope = self.scope, _identifier(proc.name)
        self.block(body)
        self.scope = outer

    def choose(self, s: hir.Choose) -> None:
        ask, dispatch, after = self.fresh("ask"), self.fresh("chosen"), self.fresh("went_on")
        self.close(lir.Jump(ask), ask, s.span)
        empty = hir.Block(())
        bare = replace(s, alternatives=tuple(replace(a, body=empty) for a in s.alternatives))
        self.close(lir.Ask(bare, dispatch, after), dispatch, s.span)
        targets = []
        for a in s.alternatives:
            targets.append(self.fresh(a.action.name) if a.body.statements else after)
        alternatives = zip((a for a in bare.alternatives), targets, strict=True)
        self.close(lir.Dispatch(tuple(alternatives)), None, s.span)
        for a, target in zip(s.alternatives, targets, strict=True):
            if a.body.statements:
                self.open = _Open(target, a.span)
                self.block(a.body)
                self.close(lir.Jump(after), None, a.span)
        self.open = _Open(after, s.span)

    # --- finishing ----------------------------------------------------------------------------------------------------

    def finish(self) -> lir.OpProgram:
        blocks = _thread_jumps(self.blocks, "start")
        returns = _returns(blocks.values())
        order = _order(blocks, "start", returns)
        label = IntT(0, len(order))
        widened = {address: hir.Local(address.name, label) for address in returns}
        ordered = {name: _relabel(blocks[name], widened, label) for name in order}
        returns = _returns(ordered.values())
        registers = _registers(ordered)
        frame = _frame(ordered, registers, returns)
        procs = self.sizes.straight_procs(ordered.values())
        return lir.OpProgram(self.program, ordered, "start", procs, registers, frame)


def _identifier(name: str) -> str:
    return name.replace(".", "_")


def _entry(name: str) -> str:
    return f"{_identifier(name)}_entry"


def _clamp_low(e: hir.Expr) -> hir.Expr:
    return hir.Apply("max", (e, hir.Const(0, IntT(0, 0))), e.type)


def _rounds(count: hir.Expr, bound: int) -> int:
    """The most rounds that a repeat can have."""
    return max(min(bound, count.value), 0) if isinstance(count, hir.Const) else bound


class _Sizes:
    """Which statements are straight, and how large things are."""

    def __init__(self, program: hir.Program, knobs: Split) -> None:
        self.program = program
        self.knobs = knobs
        self.sites = dict.fromkeys(program.procs, 0)
        for body in (program.play, *(p.body for p in program.procs.values())):
            for n in walk(body):
                if isinstance(n, hir.Call):
                    self.sites[n.proc] += 1
        self._straight: dict[str, bool] = {}
        self._size: dict[str, int] = {}

    def straight(self, node: Node) -> bool:
        match node:
            case hir.Choose() | hir.Finish() | hir.While():
                return False
            case hir.Call(proc):
                return self.inlined(proc)
            case hir.ForEach(_, domain, body):
                rounds = self.rounds(domain)
                return self._unrolls(rounds, body)
            case hir.Repeat(count, bound, body):
                return self._unrolls(_rounds(count, bound), body)
            case hir.If(_, then, otherwise):
                return self.straight(then) and self.straight(otherwise)
            case hir.Block(statements):
                return all(self.straight(s) for s in statements)
            case _:
                return True

    def _unrolls(self, rounds: int, body: hir.Block) -> bool:
        if rounds > self.knobs.unroll_rounds or not self.straight(body):
            return False
        return rounds * self.size(body) <= self.knobs.unroll_size

    def inlined(self, name: str) -> bool:
        """Whether a call of the procedure may stand inside a block."""
        if name not in self._straight:
            proc = self.program.procs[name]
            large = self.sites[name] > 1 and self.size(proc.body) > self.knobs.share_size
            self._straight[name] = self.straight(proc.body) and not large
        return self._straight[name]

    def copied(self, name: str) -> bool:
        """Whether a procedure that cannot stand inside a block is repeated where it is called."""
        return self.sites[name] == 1 or self.code(self.program.procs[name].body) <= self.knobs.copy_size

    def code(self, node: Node) -> int:
        """How much code a node makes as blocks: a loop that stays a loop counts once."""
        match node:
            case hir.ForEach(_, domain, body) if not self.straight(node):
                return self.size(domain) + self.code(body)
            case hir.Repeat(count, _, body) if not self.straight(node):
                return self.size(count) + self.code(body)
            case hir.Call(proc, args) if not self.inlined(proc):
                inside = self.code(self.program.procs[proc].body) if self.copied(proc) else 1
                return inside + sum(self.size(a) for a in args)
            case _ if self.straight(node):
                return self.size(node)
            case _:
                return 1 + sum(self.code(c) if is_node(c) else 0 for c in children(node))

    def rounds(self, domain: hir.Expr) -> int:
        assert isinstance(domain.type, SetT)
        element = domain.type.element
        if entity := owned(self.program, domain.type):
            return entity.count
        return self.program.domain(element)

    def size(self, node: Node) -> int:
        total = 0
        match node:
            case hir.Call(proc, args):
                if proc not in self._size:
                    self._size[proc] = self.size(self.program.procs[proc].body)
                total += self._size[proc]
                return total + sum(self.size(a) for a in args)
            case hir.CallFunc(func, args):
                if func not in self._size:
                    self._size[func] = self.size(self.program.funcs[func].body)
                return self._size[func] + sum(self.size(a) for a in args)
            case hir.ForEach(_, domain, body):
                return self.size(domain) + self.rounds(domain) * self.size(body)
            case hir.Repeat(count, bound, body):
                return self.size(count) + _rounds(count, bound) * self.size(body)
            case hir.Swap(entity):
                return 4 * sum(1 for f in self.program.fields.values() if f.owner == entity)
            case hir.Move() | hir.Reveal():
                return 20
            case _:
                return 1 + sum(self.size(c) for c in children(node))

    def straight_procs(self, blocks: Iterable[lir.BasicBlock]) -> dict[str, hir.Proc]:
        """The procedures that blocks call, callees first."""
        found: dict[str, hir.Proc] = {}

        def visit(node: Node) -> None:
            for n in walk(node):
                if isinstance(n, hir.Call) and n.proc not in found:
                    proc = self.program.procs[n.proc]
                    visit(proc.body)
                    found[n.proc] = proc

        for block in blocks:
            for statement in block.body:
                visit(statement)
        return found


# --- the graph --------------------------------------------------------------------------------------------------------


def _retarget(end: lir.Terminator, to: dict[str, str]) -> lir.Terminator:
    def at(name: str) -> str:
        while name in to:
            name = to[name]
        return name

    match end:
        case lir.Jump(target):
            return lir.Jump(at(target))
        case lir.Branch(condition, then, otherwise):
            return lir.Branch(condition, at(then), at(otherwise))
        case lir.Ask(choice, dispatch, skip):
            return lir.Ask(choice, at(dispatch), at(skip))
        case lir.Dispatch(alternatives):
            return lir.Dispatch(tuple((a, at(b)) for a, b in alternatives))
        case _:
            return end


def _thread_jumps(blocks: dict[str, lir.BasicBlock], entry: str) -> dict[str, lir.BasicBlock]:
    """Remove blocks that only jump on (labels kept as return addresses are threaded as well)."""
    empty = {
        name: block.end.target
        for name, block in blocks.items()
        if not block.body and isinstance(block.end, lir.Jump) and block.end.target != name and name != entry
    }

    def at(name: str) -> str:
        seen = set()
        while name in empty and name not in seen:
            seen.add(name)
            name = empty[name]
        return name

    final = {name: at(name) for name in empty}
    result = {}
    for name, block in blocks.items():
        if name in empty:
            continue
        body = tuple(
            replace(s, value=replace(s.value, block=final.get(s.value.block, s.value.block)))
            if isinstance(s, hir.Set) and isinstance(s.value, hir.Label)
            else s
            for s in block.body
        )
        result[name] = replace(block, body=body, end=_retarget(block.end, final))
    return result


def _returns(blocks: Iterable[lir.BasicBlock]) -> dict[hir.Local, tuple[str, ...]]:
    """Where a return by each address may lead."""
    found: dict[hir.Local, dict[str, None]] = {}
    for block in blocks:
        for s in block.body:
            if isinstance(s, hir.Set) and isinstance(s.value, hir.Label):
                found.setdefault(s.local, {})[s.value.block] = None
    return {address: tuple(targets) for address, targets in found.items()}


def _order(blocks: dict[str, lir.BasicBlock], entry: str, returns: dict[hir.Local, tuple[str, ...]]) -> list[str]:
    """Reverse postorder from the places where play goes on: what a decision leads to stands behind it.

    A decision that is always asked leads nowhere at once; one that may be taken unasked leads to its own outcome.
    """
    asks = [b.end for b in blocks.values() if isinstance(b.end, lir.Ask)]
    roots = [*(a.dispatch for a in asks if a.choice.manual), entry, *(a.dispatch for a in asks)]

    def following(name: str) -> Iterable[str]:
        end = blocks[name].end
        if isinstance(end, lir.Ask):
            return () if end.choice.manual else (end.skip, end.dispatch)
        return lir.successors(end, returns)

    postorder: list[str] = []
    seen: set[str] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(following(root)))]
        while stack:
            name, targets = stack[-1]
            for target in targets:
                if target in blocks and target not in seen:
                    seen.add(target)
                    stack.append((target, iter(following(target))))
                    break
            else:
                postorder.append(name)
                stack.pop()
    return postorder[::-1]


def _relabel(block: lir.BasicBlock, widened: dict[hir.Local, hir.Local], label: IntT) -> lir.BasicBlock:
    body = tuple(
        replace(s, local=widened[s.local], value=replace(s.value, type=label))
        if isinstance(s, hir.Set) and isinstance(s.value, hir.Label)
        else s
        for s in block.body
    )
    end = block.end
    if isinstance(end, lir.Return):
        end = lir.Return(widened.get(end.address, end.address))
    return replace(block, body=body, end=end)


def _registers(blocks: dict[str, lir.BasicBlock]) -> tuple[hir.Local, ...]:
    """Locals seen in more than one block, or assigned in a loop, in order of appearance."""
    where: dict[hir.Local, set[str]] = {}
    looped = {x for b in blocks.values() for s in b.body if isinstance(s, hir.While) for x in assigned(s)}
    for name, block in blocks.items():
        inside = (local for s in block.body for local in mentioned(s))
        seen = dict.fromkeys((*inside, *lir.end_reads(block.end), *lir.end_writes(block.end)))
        for local in seen:
            where.setdefault(local, set()).add(name)
    return tuple(local for local, names in where.items() if len(names) > 1 or local in looped)


def _frame(
    blocks: dict[str, lir.BasicBlock], registers: tuple[hir.Local, ...], returns: dict[hir.Local, tuple[str, ...]]
) -> tuple[hir.Local, ...]:
    """Registers that are live where play goes on after a decision."""
    kept = set(registers)
    use: dict[str, set[hir.Local]] = {}
    kill: dict[str, set[hir.Local]] = {}
    for name, block in blocks.items():
        used: set[hir.Local] = set()
        killed: set[hir.Local] = set()
        for s in block.body:
            used |= (reads(s) & kept) - killed
            if not isinstance(s, (hir.If, hir.ForEach, hir.Repeat, hir.While)):  # those may leave it as it was
                killed |= assigned(s) & kept
            else:
                used |= (assigned(s) & kept) - killed
        used |= (set(lir.end_reads(block.end)) & kept) - killed
        if not isinstance(block.end, lir.Dispatch):
            killed |= set(lir.end_writes(block.end)) & kept
        use[name], kill[name] = used, killed
    live: dict[str, set[hir.Local]] = {name: set() for name in blocks}
    changed = True
    while changed:
        changed = False
        for name in reversed(blocks):
            end = blocks[name].end
            following = [live[t] for t in lir.successors(end, returns) if t in blocks]
            if isinstance(end, lir.Ask):
                following.append(live[end.dispatch])
            if isinstance(end, lir.Dispatch):
                following = [live[t] - set(a.locals) for a, t in end.alternatives if t in blocks]
            new = use[name] | (set().union(*following) - kill[name]) if following else use[name]
            if new != live[name]:
                live[name] = new
                changed = True
    across = {x for b in blocks.values() if isinstance(b.end, lir.Ask) for x in live[b.end.dispatch]}
    return tuple(x for x in registers if x in across)
