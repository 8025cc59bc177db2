"""Straight statements as array code under a mask: what happens in the games that are ``on``."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.backends.jax.expressions import Expressions, Names, constant_name, fits, identifier
from compiler.ir import hir
from compiler.ir.types import IntT, SetT, strip_optional
from compiler.ir.walk import assigned, walk
from compiler.passes.layout import mask_words, owned


@dataclass
class Statements:
    """Prints the body of one generated function. ``lines`` are indented relative to the function."""

    expr: Expressions
    names: Names
    lines: list[str] = field(default_factory=list)
    declared: set[hir.Local] = field(default_factory=set)
    on: str = "on"
    depth: int = 0

    def put(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def e(self, expression: hir.Expr) -> str:
        return self.expr(expression, self.names)

    def mask(self, condition: str) -> str:
        name = self.names.fresh("on")
        self.put(f"{name} = {self.on} & {condition}")
        return name

    def under(self, mask: str, block: hir.Block) -> None:
        outer, self.on = self.on, mask
        for statement in block.statements:
            self.statement(statement)
        self.on = outer

    def block(self, statements: tuple[hir.Statement, ...]) -> None:
        for statement in statements:
            self.statement(statement)

    def bind(self, local: hir.Local, value: str, *, masked: bool = False) -> None:
        """Give a local a value. ``masked``: the value is only meaningful where on."""
        name = self.names.of(local)
        if local in self.names.registers:
            self.put(f"{name} = select({self.on}, {value}, {name})")
        elif local in self.declared:
            self.put(f"{name} = where({self.on}, {value}, {name})")
        else:
            self.declared.add(local)
            self.put(f"{name} = {value}")

    def statement(self, s: hir.Statement) -> None:
        match s:
            case hir.Set(local, value):
                self.bind(local, self.e(value))
            case hir.Store():
                self.store(s)
            case hir.If(condition, then, otherwise):
                self.conditional(condition, then, otherwise)
            case hir.ForEach(local, domain, hir.Block((hir.Move() as move,))) if _moves_as_a_set(local, move):
                self.move_all(domain, move)
            case hir.ForEach(local, domain, body):
                universe = self.expr.universe(local.type)
                everything = self.e(domain)
                item, here = self.names.fresh(local.name), self.names.fresh("here")
                self.names.bound[local] = item
                self.put(f"for {item}, {here} in elements({universe}, {everything}):")
                self.loop_body(f"{self.on} & {here}", body)
                del self.names.bound[local]
            case hir.Repeat(count, bound, body) if self.worth_a_loop(count, bound, body):
                self.repeat(count, bound, body)
            case hir.Repeat(count, bound, body):
                goal, i = self.names.fresh("rounds"), self.names.fresh("i")
                self.put(f"{goal} = {self.e(count)}")
                self.put(f"for {i} in range({_most(count, bound)}):")
                self.loop_body(f"{self.on} & ({i} < {goal})", body)
            case hir.While(condition, bound, body):
                self.loop(condition, bound, body)
            case hir.Draw():
                self.draw(s)
            case hir.Reveal(local, kind, zone, depth):
                deepest = depth.type.hi if isinstance(depth.type, IntT) else 0
                pile = self.pile(zone.field)
                call = (
                    f"reveal(g, {self.on}, {self.kind(kind)}, {pile}, {self.owner(zone)}, {self.e(depth)}, {deepest})"
                )
                self.bind(local, call)
            case hir.Move():
                self.move(s)
            case hir.Shuffle(zone):
                self.put(f"shuffle(g, {self.pile(zone.field)}, {self.owner(zone)}, {self.on})")
            case hir.Swap(entity, left, right):
                self.put(f"swap_all(g, {constant_name(entity)}_LANES, {self.e(left)}, {self.e(right)}, {self.on})")
            case hir.Reset(kind, target, lasting_only):
                which = "LASTING" if lasting_only else "DEFAULTS"
                self.put(f"reset_all(g, {constant_name(kind)}_{which}, {self.e(target)}, {self.on})")
            case hir.AdvanceLasting():
                self.put(f"advance_all(g, LASTING, {self.on})")
            case hir.Call(proc, args, result):
                call = f"{identifier(proc)}({', '.join(['g', self.on, *(self.e(a) for a in args)])})"
                if result is None:
                    self.put(call)
                else:
                    self.bind(result, call)
            case hir.Finish(local, reward):
                self.finish(local, reward)
            case _:
                raise TypeError(f"{type(s).__name__} is not straight")

    def conditional(self, condition: hir.Expr, then: hir.Block, otherwise: hir.Block) -> None:
        value = self.e(condition)
        if otherwise.statements:
            name = self.names.fresh("test")
            self.put(f"{name} = {value}")
            value = name
        self.under(self.mask(value), then)
        if otherwise.statements:
            self.under(self.mask(f"negate({value})"), otherwise)

    def loop(self, condition: hir.Expr, bound: int, body: hir.Block) -> None:
        """A loop whose rounds differ from game to game; what it changes are lanes of the game."""
        more, rounds = self.names.fresh("more"), self.names.fresh("rounds")
        self.put(f"def {more}(g: Game) -> Lane:")
        self.depth += 1
        self.put(f"return {self.e(condition)}")
        self.depth -= 1
        self.put(f"def {rounds}(g: Game, on: Lane) -> None:")
        self.depth += 1
        self.under("on", body)
        self.depth -= 1
        self.put(f"repeat_while(g, {self.on}, {more}, {rounds}, {bound})")

    def worth_a_loop(self, count: hir.Expr, bound: int, body: hir.Block) -> bool:
        """Whether rounds are better compiled once than unrolled: they are long, and leave only lanes behind."""
        long = any(isinstance(node, hir.Reveal) for node in walk(body))
        return long and _most(count, bound) > 1 and not assigned(body) & self.declared

    def repeat(self, count: hir.Expr, bound: int, body: hir.Block) -> None:
        """A loop whose number of rounds is known before the first."""
        rounds = self.names.fresh("rounds")
        outer = set(self.declared)
        self.put(f"def {rounds}(g: Game, on: Lane) -> None:")
        self.depth += 1
        self.under("on", body)
        self.depth -= 1
        self.declared = outer
        self.put(f"repeat(g, {self.on}, {self.e(count)}, {rounds}, {_most(count, bound)})")

    def loop_body(self, mask: str, body: hir.Block) -> None:
        self.depth += 1
        name = self.names.fresh("on")
        self.put(f"{name} = {mask}")
        outer = set(self.declared)
        self.under(name, body)
        self.declared = outer
        self.depth -= 1

    # --- fields -------------------------------------------------------------------------------------------------------

    def store(self, s: hir.Store) -> None:
        lanes = self.expr.lanes[s.field.id]
        value = self.e(s.value)
        if isinstance(s.field.type, IntT) and not fits(s.value.type, s.field.type):
            value = f"clip({value}, {s.field.type.lo}, {s.field.type.hi})"
        if isinstance(s.field.type, SetT) and owned(self.expr.program, s.field.type):
            value = f"({value}).mask"
        name = f"g.{lanes.name}"
        owner = self.e(s.owner) if s.owner is not None else "0"
        if lanes.packed:
            assert s.sub is not None
            packed = lanes.name.upper()
            self.put(f"{name} = put_element({packed}, {name}, {owner}, {self.e(s.sub)}, {value}, {self.on})")
        elif s.owner is None:
            self.put(f"{name} = select({self.on}, {value}, {name})")
        else:
            self.put(f"{name} = put({name}, {owner}, {value}, {self.on})")

    def finish(self, local: hir.Local, reward: hir.Expr) -> None:
        name = self.names.bound[local] = self.names.fresh(local.name)
        value = self.e(reward)
        del self.names.bound[local]
        type_ = self.expr.program.fields["player.reward"].type
        if not fits(reward.type, type_):
            low, high = self.expr.program.bounds(type_)
            value = f"clip({value}, {low}, {high})"
        self.put(f"give_rewards(g, {self.on}, [{value} for {name} in range({self.expr.program.players})])")

    # --- chance and zones ---------------------------------------------------------------------------------------------

    def kind(self, kind: hir.DrawKind) -> str:
        return f"Draws.{identifier(kind.name)}"

    def draw(self, s: hir.Draw) -> None:
        kind = self.kind(s.kind)
        if s.domain is not None and s.weight is not None:
            assert s.weight_local is not None
            universe = self.expr.universe(s.local.type)
            weight = self.expr.function(s.weight_local, s.weight, self.names)
            call = f"draw_weighted(g, {self.on}, {kind}, {universe}, {self.e(s.domain)}, {weight})"
        elif s.domain is not None:
            universe = self.expr.universe(s.local.type)
            call = f"draw_member(g, {self.on}, {kind}, {universe}, {self.e(s.domain)})"
        elif s.count is not None:
            call = f"draw_below(g, {self.on}, {kind}, {self.e(s.count)})"
        else:
            low, high = self.expr.program.bounds(strip_optional(s.kind.type))
            call = f"draw_range(g, {self.on}, {kind}, {low}, {high})"
        self.bind(s.local, call)

    def pile(self, field_: hir.Field) -> str:
        return self.expr.lanes[field_.id].name.upper()

    def owner(self, zone: hir.Zone) -> str:
        return self.e(zone.owner) if zone.owner is not None else "0"

    def move(self, s: hir.Move) -> None:
        item = self.names.fresh("moved")
        self.put(f"{item} = {self.e(s.what)}")
        on = self.mask(f"({item} >= 0)")
        element = strip_optional(s.what.type)
        split = owned(self.expr.program, element) is not None
        position = self.names.fresh("position")
        universe = self.expr.universe(element)
        self.put(f"{position} = index_of({universe}, {item})" if split else f"{position} = {item}")
        outer, self.on = self.on, on
        leaving, entering = self.whose(s.source), self.whose(s.target)
        self.leave(s.source, leaving, position)
        self.enter(s.target, entering, item, position, s.end)
        self.on = outer

    def move_all(self, domain: hir.Expr, s: hir.Move) -> None:
        """All of a set at once, where no place is known."""
        moved = self.names.fresh("moved")
        self.put(f"{moved} = mask_of({self.e(domain)})")
        leaving, entering = self.whose(s.source), self.whose(s.target)
        for zone, owner, change in ((s.source, leaving, f"& ~{moved}"), (s.target, entering, f"| {moved}")):
            name = f"g.{self.expr.lanes[zone.field.id].name}"
            old = name if _bare(zone) else f"at({name}, {owner})"
            self.replace(zone, name, owner, f"{old} {change}")

    def whose(self, zone: hir.Zone) -> str:
        """The owner of a zone as it is before anything moves."""
        if zone.owner is None or isinstance(zone.owner, (hir.Get, hir.Const)):
            return self.owner(zone)
        name = self.names.fresh("whose")
        self.put(f"{name} = {self.e(zone.owner)}")
        return name

    def leave(self, zone: hir.Zone, owner: str, position: str) -> None:
        name = f"g.{self.expr.lanes[zone.field.id].name}"
        if zone.field.zone == "slot":
            self.replace(zone, name, owner, "-1")
            return
        if zone.field.zone == "pile":
            self.put(f"take(g, {self.pile(zone.field)}, {owner}, {position}, {self.on})")
        old = name if _bare(zone) else f"at({name}, {owner})"
        self.replace(zone, name, owner, f"{old} & ~{self.bit(zone, position)}")

    def enter(self, zone: hir.Zone, owner: str, item: str, position: str, end: str | None) -> None:
        name = f"g.{self.expr.lanes[zone.field.id].name}"
        if zone.field.zone == "slot":
            self.replace(zone, name, owner, item)
            return
        old = name if _bare(zone) else f"at({name}, {owner})"
        self.replace(zone, name, owner, f"{old} | {self.bit(zone, position)}")
        if zone.field.zone == "pile" and end is not None:
            verb = "put_on_top" if end == "top" else "put_at_bottom"
            self.put(f"{verb}(g, {self.pile(zone.field)}, {owner}, {position}, {self.on})")

    def bit(self, zone: hir.Zone, position: str) -> str:
        if mask_words(self.expr.program, zone.field.type) == 1:
            return f"bit({position})"
        assert isinstance(zone.field.type, SetT)
        return f"bit({position}, {self.expr.universe(zone.field.type.element)})"

    def replace(self, zone: hir.Zone, name: str, owner: str, value: str) -> None:
        if _bare(zone):
            self.put(f"{name} = select({self.on}, {value}, {name})")
        else:
            self.put(f"{name} = put({name}, {owner}, {value}, {self.on})")


def _bare(zone: hir.Zone) -> bool:
    """Whether the zone is one lane, not a tuple with a lane per owner."""
    return zone.owner is None and zone.field.zone != "pile"


def _most(count: hir.Expr, bound: int) -> int:
    return min(bound, count.value) if isinstance(count, hir.Const) else bound


def _moves_as_a_set(local: hir.Local, move: hir.Move) -> bool:
    """Whether a loop over ``local`` only moves it between zones that do not depend on it, and keep no order of it."""
    source, target = move.source.field, move.target.field
    ordered = source.zone == "pile" and bool(source.known_top or source.known_bottom)
    owners = [node for zone in (move.source, move.target) if zone.owner is not None for node in walk(zone.owner)]
    settled = not any(isinstance(n, hir.Load) or (isinstance(n, hir.Get) and n.local == local) for n in owners)
    sets = source.zone != "slot" and target.zone != "slot" and move.end is None and not ordered
    return isinstance(move.what, hir.Get) and move.what.local == local and sets and settled
