"""Op programs in plain Python: what passes make means what the rules meant.

Slow and close to the words of ``ir/lir``: expressions go through ``ir/evaluate``, which knows nothing of the Python
that rules are translated to. A block starts with the registers alone, and a decision keeps nothing but the frame, so a
local that should have been a register is missed at once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import product
from types import TracebackType
from typing import Any

from compiler.backends.interp import runtime
from compiler.backends.interp.errors import RulesError
from compiler.backends.interp.game import Game, Interp, Options
from compiler.backends.interp.zones import Place
from compiler.ir import hir, lir
from compiler.ir.evaluate import Evaluator, Values, mask_of, members
from compiler.ir.lir_text import op_text
from compiler.ir.types import NONE, BoolT, EntityT, IntT, SetT, strip_optional
from compiler.source import Span

_MOST_BLOCKS = 100_000  # between two decisions


class OpInterp(Interp):
    """One op program, playable like the rules it was made of. Scenarios' blocks are not for it."""

    def __init__(self, op: lir.OpProgram) -> None:
        self.op = op
        self.program = op.program
        self.coverage = None
        self.play = self._play
        self.order = list(op.blocks)
        self.numbers = {name: number for number, name in enumerate(self.order)}

    @property
    def source(self) -> str:
        """The op program, for reading."""
        return op_text(self.op)

    def span_of(self, traceback: TracebackType | None) -> Span | None:
        """Nothing is known of where Python was."""
        return None

    def _play(self, game: Game) -> Generator[tuple[int, Options], Any, None]:
        return _Run(self, game).play()


class _Run(Evaluator):
    """One game as it runs."""

    def __init__(self, interp: OpInterp, game: Game) -> None:
        super().__init__(interp.program)
        self.interp, self.op, self.game, self.state = interp, interp.op, game, game.state
        self.values: dict[hir.Local, int] = {}
        self.chooser = NONE
        self._cases = {
            **self._cases,
            hir.Get: self._get,
            hir.OwnSet: self._own_set,
            hir.Single: self._single,
            hir.Without: self._without,
            hir.OwnerOfSet: self._owner_of_set,
            hir.Lowest: self._lowest,
            hir.Distinct: self._distinct,
            hir.Label: lambda node, values: interp.numbers[node.block],
        }
        self._calls = runtime.bindings(_Sites())  # type: ignore[arg-type]
        self._bounds: dict[hir.Local, tuple[int, int]] = {}

    # --- control ------------------------------------------------------------------------------------------------------

    def play(self) -> Generator[tuple[int, Options], Any, None]:
        """The game: decisions go out, each with its legal actions; the taken one's id comes back."""
        name: str | None = self.op.entry
        action, left = NONE, _MOST_BLOCKS
        while name is not None:
            block = self.op.blocks[name]
            if left == 0:
                raise RulesError(f"no decision within {_MOST_BLOCKS} blocks", block.span)
            left -= 1
            self.run(block.body)
            match block.end:
                case lir.Ask(choice, dispatch, skip):
                    options = self.options(choice)
                    name = dispatch if options else skip
                    if len(options) > (0 if choice.manual else 1):
                        self.keep(self.op.frame)
                        (action,) = yield self.chooser, options
                        left = _MOST_BLOCKS
                    elif options:
                        (action,) = options
                case lir.Dispatch() as end:
                    name = self.dispatch(end, action)
                case end:
                    name = self.following(end)
            self.keep(self.op.registers)

    def keep(self, locals_: tuple[hir.Local, ...]) -> None:
        """Forget every other local."""
        self.values = {local: self.values[local] for local in locals_ if local in self.values}

    def following(self, end: lir.Terminator) -> str | None:
        """Where control goes; None at the end of play."""
        match end:
            case lir.Jump(target):
                return target
            case lir.Branch(condition, then, otherwise):
                return then if self.of(condition) else otherwise
            case lir.Return(address):
                return self.interp.order[self.values[address]]
            case _:
                return None

    # --- decisions ----------------------------------------------------------------------------------------------------

    def options(self, choice: hir.Choose) -> Options:
        """The legal actions; who decides is remembered."""
        self.chooser = self.some(choice.player, "none cannot choose")
        ids = (id_ for alternative in choice.alternatives for id_ in self.candidates(alternative))
        return {id_: (id_,) for id_ in sorted(ids)}

    def candidates(self, a: hir.Alternative) -> Iterator[int]:
        """The ids of an alternative's legal actions: for each value of the later locals, a set of the first."""
        if a.when is not None and not self.of(a.when):
            return
        if not a.locals:
            yield a.action.base
            return
        first, *later = a.action.params
        for digits in product(*(range(param.size) for param in later)):
            base, radix = a.action.base, first.size
            inner = dict(self.values)
            for local, param, digit in zip(a.locals[1:], later, digits, strict=True):
                inner[local] = self.candidate(param, digit)
                base, radix = base + digit * radix, radix * param.size
            legal = self.value(a.domains[0], inner)
            if not isinstance(a.domains[0].type, SetT):
                legal = (1 << max(legal, 0)) - 1
            yield from (base + d for d in range(first.size) if legal >> self.candidate(first, d) & 1)

    def candidate(self, param: hir.ActionParam, digit: int) -> int:
        """The value that a digit of an action's id stands for."""
        if param.own and isinstance(strip_optional(param.type), EntityT):
            return self.chooser * param.size + digit
        return digit + self.program.bounds(strip_optional(param.type))[0]

    def dispatch(self, end: lir.Dispatch, action: int) -> str:
        """Bind the locals of the alternative that was taken."""
        for a, target in end.alternatives:
            rest = action - a.action.base
            if 0 <= rest < a.action.size:
                for local, param in zip(a.locals, a.action.params, strict=True):
                    self.values[local] = self.candidate(param, rest % param.size)
                    rest //= param.size
                return target
        raise RulesError(f"action {action} belongs to no alternative")

    # --- statements ---------------------------------------------------------------------------------------------------

    def run(self, statements: tuple[hir.Statement, ...]) -> None:
        """Straight statements."""
        for statement in statements:
            self.statement(statement)

    def statement(self, s: hir.Statement) -> None:
        match s:
            case hir.Set(local, value):
                self.bind(local, self.of(value), s.span)
            case hir.Store():
                self.store(s)
            case hir.If(condition, then, otherwise):
                self.run((then if self.of(condition) else otherwise).statements)
            case hir.ForEach(local, domain, body):
                for element in tuple(members(self.of(domain))):
                    self.values[local] = element
                    self.run(body.statements)
            case hir.Repeat(count, bound, body):
                for _ in range(min(self.of(count), bound)):
                    self.run(body.statements)
            case hir.While(condition, bound, body):
                for _ in range(bound):
                    if not self.of(condition):
                        break
                    self.run(body.statements)
            case hir.Draw(local):
                self.bind(local, self.draw(s), s.span)
            case hir.Reveal(local, kind, zone, depth):
                place, owner = self.place(zone)
                found = self._calls["reveal"](self.game, kind, place, owner, self.of(depth), (s.span, ""))
                self.bind(local, found, s.span)
            case hir.Call(proc, args, result):
                self.call(self.op.procs[proc], [self.of(arg) for arg in args], result, s.span)
            case hir.Finish(local, reward):
                rewards = []
                for player in range(self.program.players):
                    rewards.append(self.value(reward, {**self.values, local: player}))
                self._calls["finish"](self.game, rewards, (s.span, ""))
            case _:
                self.on_zones(s)

    def on_zones(self, s: hir.Statement) -> None:
        """Statements on zones and on whole owners."""
        match s:
            case hir.Move(what, source, target, end):
                moved, places = self.of(what), (*self.place(source), *self.place(target))
                self._calls["move"](self.game, moved, *places, end, (s.span, ""))
            case hir.Shuffle(zone):
                self._calls["shuffle"](self.state, *self.place(zone))
            case hir.Swap(entity, left, right):
                pair = (self.some(side, "none cannot be swapped") for side in (left, right))
                runtime.swap(self.state, runtime.swapped(self.program, entity), *pair)
            case hir.Reset(owner_kind, target, lasting_only):
                fields = runtime.resettable(self.program, owner_kind, lasting_only)
                runtime.reset(self.state, fields, self.some(target, "none has nothing to reset"))
            case hir.AdvanceLasting():
                runtime.advance_lasting(self.state, runtime.lasting(self.program))
            case _:
                raise RulesError(f"{type(s).__name__} is not straight", s.span)

    def bind(self, local: hir.Local, value: int, span: Span | None) -> None:
        """Give a local a value, which fits its type; any reference may be none, as the row of a merged method is."""
        if local not in self._bounds:
            low, high = self.program.bounds(local.type)
            self._bounds[local] = low if isinstance(local.type, IntT | BoolT | SetT) else NONE, high
        low, high = self._bounds[local]
        if not low <= value <= high:
            raise RulesError(f"'{local.name}' is {local.type}, and would be {value}", span)
        self.values[local] = value

    def store(self, s: hir.Store) -> None:
        field, value = s.field, self.of(s.value)
        owner = 0 if s.owner is None else self.some(s.owner, f"none has no '{field.name}'")
        low, high = self.program.bounds(field.type)
        if not low <= value <= high:
            value = self._calls["saturate"](self.game, field, value, (s.span, ""))
        if s.sub is None:
            self.state[field.id][owner] = value
        else:
            self.state[field.id][owner][self.some(s.sub, f"the index of '{field.name}' is below zero")] = value

    def draw(self, s: hir.Draw) -> int:
        luck = self.game.luck
        if s.domain is not None:
            options = tuple(members(self.of(s.domain)))
            if s.weight is None or s.weight_local is None:
                return luck.pick(s.kind, options)
            weights = [self.value(s.weight, {**self.values, s.weight_local: option}) for option in options]
            return luck.weigh(s.kind, options, weights)
        if s.count is not None:
            return luck.pick(s.kind, range(self.of(s.count)))
        low, high = self.program.bounds(strip_optional(s.kind.type))
        return luck.pick(s.kind, range(low, high + 1))

    def call(self, proc: hir.Proc, args: list[int], result: hir.Local | None, span: Span | None) -> None:
        outer = self.values
        self.values = {}
        for param, arg in zip(proc.params, args, strict=True):
            self.bind(param, arg, span)
        self.run(proc.body.statements)
        given = self.of(proc.returns) if proc.returns is not None else NONE
        self.values = outer
        if result is not None:
            self.bind(result, given, span)

    def place(self, zone: hir.Zone) -> tuple[Place, int]:
        owner = 0 if zone.owner is None else self.some(zone.owner, f"none has no '{zone.field.name}'")
        return Place.of(zone.field, self.program), owner

    # --- expressions --------------------------------------------------------------------------------------------------

    def of(self, expr: hir.Expr) -> int:
        """The value of an expression here and now."""
        return self.value(expr, self.values)

    def some(self, expr: hir.Expr, otherwise: str) -> int:
        """A value that must not be none."""
        return self._calls["some"](self.of(expr), (expr.span, otherwise))

    def _get(self, node: hir.Get, values: Values) -> int:
        if node.local not in values:
            raise RulesError(f"'{node.local.name}' has no value here", node.span)
        return values[node.local]

    def load(self, node: hir.Load, owner: int | None, sub: int | None) -> int:
        value = self.state[node.field.id][owner or 0]
        return value if sub is None else value[sub]

    def _own_set(self, node: hir.OwnSet, values: Values) -> int:
        count = self.program.entities[node.entity].count
        bits, owner = self.value(node.bits, values), self.value(node.owner, values)
        return (bits & ((1 << count) - 1)) << owner * count if owner >= 0 else 0

    def _single(self, node: hir.Single, values: Values) -> int:
        element = self.value(node.element, values)
        return 1 << element if element >= 0 else 0

    def _without(self, node: hir.Without, values: Values) -> int:
        element = self.value(node.element, values)
        return self.value(node.domain, values) & ~(1 << element if element >= 0 else 0)

    def _owner_of_set(self, node: hir.OwnerOfSet, values: Values) -> int:
        entity = hir.own_set_entity(self.program, node.domain.type)
        assert entity is not None
        owners = {element // entity.count for element in members(self.value(node.domain, values))}
        if len(owners) > 1:
            raise RulesError("a set of several players' instances where one's is needed", node.span)
        return owners.pop() if owners else 0

    def _lowest(self, node: hir.Lowest, values: Values) -> int:
        mask, repeats = self.value(node.domain, values), 0
        for distance, twin in zip(node.distances, node.twins, strict=True):
            repeats |= mask << distance & self.value(twin, values)
        return mask & ~repeats

    def _distinct(self, node: hir.Distinct, values: Values) -> int:
        lowest: dict[int, int] = {}
        for element in members(self.value(node.domain, values)):
            lowest.setdefault(self.value(node.key, {**values, node.local: element}), element)
        return mask_of(iter(lowest.values()))


class _Sites:
    """Places in the rules are given as such, not by number."""

    def __getitem__(self, site: tuple[Span | None, str]) -> tuple[Span | None, str]:
        return site
