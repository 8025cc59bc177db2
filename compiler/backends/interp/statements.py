"""Typed statements as lines of Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from compiler.backends.interp import runtime
from compiler.backends.interp.coverage import Key
from compiler.backends.interp.expressions import Expressions
from compiler.backends.interp.space import DOT, Space, spelt
from compiler.ir import hir
from compiler.ir.types import SetT, strip_optional
from compiler.ir.walk import free, walk
from compiler.source import Span


class Function(Expressions):
    """The text of one Python function. ``yields``: whether it has become a generator."""

    def __init__(self, space: Space, block: hir.Block | None = None) -> None:
        super().__init__(space, _reassigned(block) if block is not None else ())
        self.lines: list[str] = []
        self.line_spans: list[Span | None] = []
        self.yields = False
        self._indent = 0
        self._temporaries = 0

    def line(self, text: str, span: Span | None) -> None:
        self.lines.append("    " * self._indent + text)
        self.line_spans.append(span)

    @contextmanager
    def indented(self) -> Iterator[None]:
        self._indent += 1
        yield
        self._indent -= 1

    def params(self, first: str, params: Sequence[hir.Local]) -> str:
        return ", ".join([first, *map(self.name, params)])

    def temporary(self, name: str) -> str:
        self._temporaries += 1
        return f"_{name}{self._temporaries}"

    def count(self, key: Key) -> None:
        if self.space.coverage is not None and key:
            site = self.space.coverage.site(key)
            self.line(f"K[{site}] += 1" + (f"; R({site})" if key[0] in ("proc", "method") else ""), None)

    def _tell(self, what: tuple[str, ...], row: str, args: Sequence[hir.Expr]) -> None:
        if self.space.teller is not None:
            listed = "".join(f"{self.value(arg)}, " for arg in args)
            self.line(f"T.begin(g, {what!r}, {row}, ({listed}))", None)

    def _told(self) -> None:
        if self.space.teller is not None:
            self.line("T.end(g)", None)

    # --- statements ---------------------------------------------------------------------------------------------------

    def block(self, block: hir.Block) -> None:
        if not block.statements:
            self.line("pass", None)
        for statement in block.statements:
            self.statement(statement)

    def statement(self, statement: hir.Statement) -> None:
        span = statement.span
        match statement:
            case hir.Set(local, value):
                self.line(f"{self.name(local)} = {self.value(value)}", span)
            case hir.Store():
                self._store(statement)
            case hir.If():
                self._if(statement)
            case hir.ForEach(local, domain, body):
                items = self.items(domain)
                self.line(f"for {self.present(local)} in {items}:", span)
                with self.indented():
                    self.block(body)
            case hir.Repeat(count, bound, body):
                self.line(f"for {self.temporary('round')} in range(min({self.value(count)}, {bound})):", span)
                with self.indented():
                    self.block(body)
            case hir.While(condition, bound, body):
                self.line(f"for {self.temporary('round')} in range({bound}):", span)
                with self.indented():
                    self.line(f"if not {self.condition(condition)}: break", span)
                    self.block(body)
            case hir.Draw():
                self._draw(statement)
            case hir.Reveal(local, kind, zone, depth):
                self.count(("draw", kind.name, _at(span)))
                where = (
                    f"{self.space.place(zone.field)}, {self.owner(zone.owner, zone.field, span)}, {self.value(depth)}"
                )
                call = f"reveal(g, {self._kind(kind)}, {where}, {self.space.site(span)})"
                self.line(f"{self.name(local)} = {call}", span)
            case hir.Move(what, source, target, end):
                parts = [self.value(what)]
                for zone in (source, target):
                    parts += [self.space.place(zone.field), self.owner(zone.owner, zone.field, span)]
                self.line(f"move(g, {', '.join(parts)}, {end!r}, {self.space.site(span)})", span)
            case hir.Shuffle(zone):
                self.line(
                    f"shuffle(s, {self.space.place(zone.field)}, {self.owner(zone.owner, zone.field, span)})", span
                )
            case hir.Swap(entity, left, right):
                fields = self.space.named(f"SWAP_{entity}", lambda: runtime.swapped(self.program, entity))
                parts = [self.element(side, "none cannot be swapped") for side in (left, right)]
                self.line(f"swap(s, {fields}, {', '.join(parts)})", span)
            case hir.Reset(owner_kind, target, lasting_only):
                name = f"{'ENDING' if lasting_only else 'RESET'}_{owner_kind}"
                fields = self.space.named(name, lambda: runtime.resettable(self.program, owner_kind, lasting_only))
                self.line(f"reset(s, {fields}, {self.element(target, 'none has nothing to reset')})", span)
            case hir.AdvanceLasting():
                fields = self.space.named("LASTING", lambda: runtime.lasting(self.program))
                self.line(f"advance_lasting(s, {fields})", span)
            case hir.Call(proc, args, result):
                call = f"p_{spelt(proc)}({', '.join(['g', *map(self.value, args)])})"
                call = self._waiting(call, proc in self.space.suspending)
                self._tell((proc,), "-1", args)
                self.line(f"{self.name(result)} = {call}" if result is not None else call, span)
                self._told()
            case hir.Perform(table, method, row, args):
                listed = ", ".join(["g", *map(self.value, args)])
                call = f"M_{table}{DOT}{method}[{self.value(row)}]({listed})"
                self._tell((table, method), self.value(row), args)
                self.line(self._waiting(call, (table, method) in self.space.suspending), span)
                self._told()
            case hir.Choose():
                self._choose(statement)
            case hir.Finish(local, reward):
                local_name = self.present(local)
                rewards = f"[{self.value(reward)} for {local_name} in range({self.program.players})]"
                self.line(f"finish(g, {rewards}, {self.space.site(span)})", span)

    def _waiting(self, call: str, suspends: bool) -> str:
        if not suspends:
            return call
        self.yields = True
        return f"yield from {call}"

    def _store(self, store: hir.Store) -> None:
        field, span = store.field, store.span
        low, high = self.program.bounds(field.type)
        target = f"s[{field.id!r}][{self.owner(store.owner, field, span)}]"
        if field.size is not None or field.lasting:
            target += f"[{self.sub(store.sub, field.name, span)}]"
        if isinstance(store.value, hir.Const) and low <= store.value.value <= high:
            self.line(f"{target} = {store.value.value}", span)
            return
        value = self.temporary("value")
        self.line(f"{value} = {self.value(store.value)}", span)
        name = self.space.constant("FIELD", field, field.id)
        saturated = f"{value} if {low} <= {value} <= {high} else saturate(g, {name}, {value}, {self.space.site(span)})"
        self.line(f"{target} = {saturated}", span)

    def _if(self, statement: hir.If) -> None:
        self.line(f"if {self.condition(statement.condition)}:", statement.span)
        with self.indented():
            self.count(("if", _at(statement.span), "then"))
            self.block(statement.then)
        if statement.otherwise.statements or self.space.coverage is not None:
            self.line("else:", statement.span)
            with self.indented():
                self.count(("if", _at(statement.span), "else"))
                self.block(statement.otherwise)

    def _kind(self, kind: hir.DrawKind) -> str:
        return self.space.constant("KIND", kind, kind.name)

    def _draw(self, draw: hir.Draw) -> None:
        self.count(("draw", draw.kind.name, _at(draw.span)))
        kind = self._kind(draw.kind)
        if draw.domain is not None and draw.weight is not None and draw.weight_local is not None:
            options = self.temporary("options")
            self.line(f"{options} = {self.items(draw.domain)}", draw.span)
            local = self.present(draw.weight_local)
            call = f"g.luck.weigh({kind}, {options}, [{self.value(draw.weight)} for {local} in {options}])"
        elif draw.domain is not None:
            call = f"g.luck.pick({kind}, {self.items(draw.domain)})"
        elif draw.count is not None:
            call = f"g.luck.pick({kind}, range({self.value(draw.count)}))"
        else:
            low, high = self.program.bounds(strip_optional(draw.kind.type))
            call = f"g.luck.pick({kind}, range({low}, {high + 1}))"
        self.line(f"{self.name(draw.local)} = {call}", draw.span)

    # --- choose -------------------------------------------------------------------------------------------------------

    def _choose(self, choose: hir.Choose) -> None:
        """Collect ``{action id: (alternative, values of its locals …)}``, wait for a pick, run that alternative."""
        by, legal, picked = self.temporary("by"), self.temporary("legal"), self.temporary("picked")
        self.yields = True
        self.line(f"{by} = {self.element(choose.player, 'none cannot choose')}", choose.span)
        self.line(f"{legal} = {{}}", choose.span)
        for index, alternative in enumerate(choose.alternatives):
            self._candidates(choose.site, index, alternative, by, legal)
        self.line(f"if {legal}:", choose.span)
        with self.indented():
            if choose.manual:
                self.line(f"{picked} = yield {by}, {legal}", choose.span)
            else:
                wait = f"(yield {by}, {legal}) if len({legal}) > 1 else only({legal})"
                self.line(f"{picked} = {wait}", choose.span)
            for index, alternative in enumerate(choose.alternatives):
                self.line(f"{'elif' if index else 'if'} {picked}[0] == {index}:", alternative.span)
                with self.indented():
                    self.count(("choose", choose.site, alternative.action.name, "taken"))
                    for position, local in enumerate(alternative.locals):
                        self.line(f"{self.name(local)} = {picked}[{position + 1}]", alternative.span)
                    self.block(alternative.body)

    def _candidates(self, site: int, index: int, alternative: hir.Alternative, by: str, legal: str) -> None:
        action, span, depth = alternative.action, alternative.span, self._indent
        when_after = _locals_needed(alternative)
        digits: list[str] = []
        for position in range(len(alternative.locals) + 1):
            if alternative.when is not None and position == when_after:
                self.line(f"if {self.condition(alternative.when)}:", alternative.when.span)
                self._indent += 1
            if position < len(alternative.locals):
                digits.append(self._candidate(alternative, position, by))
        number, radix = [str(action.base)], 1
        for digit, param in zip(digits, action.params, strict=True):
            number.append(f"{digit} * {radix}" if radix > 1 else digit)
            radix *= param.size
        self.count(("choose", site, action.name, "offered"))
        values = ", ".join([str(index), *map(self.name, alternative.locals)])
        self.line(f"{legal}[{' + '.join(number)}] = ({values},)", span)
        self._indent = depth

    def _candidate(self, alternative: hir.Alternative, position: int, by: str) -> str:
        """Open the loop over the candidates of one parameter; returns the digit of the action id."""
        param, local = alternative.action.params[position], alternative.locals[position]
        domain, key = alternative.domains[position], alternative.distinct[position]
        low, high = self.program.bounds(strip_optional(param.type))
        if isinstance(domain.type, SetT):
            items = self.items(domain)
        else:
            items = f"numbers({self.value(domain)}, {low}, {high}, {self.space.site(domain.span)})"
        seen = self.temporary("seen")
        if key is not None:
            self.line(f"{seen} = set()", key.span)
        name = self.present(local)
        self.line(f"for {name} in {items}:", domain.span)
        self._indent += 1
        if key is not None:
            key_name = self.temporary("key")
            self.line(f"{key_name} = {self.value(key)}", key.span)
            self.line(f"if {key_name} in {seen}: continue", key.span)
            self.line(f"{seen}.add({key_name})", key.span)
        if param.own:
            digit = self.temporary("digit")
            self.line(f"{digit} = {name} - {by} * {param.size}", domain.span)
            self.line(f"if not 0 <= {digit} < {param.size}: not_own({self.space.site(domain.span)})", domain.span)
            return digit
        return f"({name} - {low})" if low else name


def _reassigned(block: hir.Block) -> set[hir.Local]:
    """Locals that statements other than loops give a value."""
    found: set[hir.Local] = set()
    for node in walk(block):
        match node:
            case hir.Set(local) | hir.Draw(local) | hir.Reveal(local):
                found.add(local)
            case hir.Call(result=local) if local is not None:
                found.add(local)
    return found


def _locals_needed(alternative: hir.Alternative) -> int:
    """How many of an alternative's locals must have values before its ``when`` can be evaluated."""
    used = free(alternative.when) if alternative.when is not None else set()
    return max((index + 1 for index, local in enumerate(alternative.locals) if local in used), default=0)


def _at(span: Span | None) -> str:
    return str(span) if span else "?"
