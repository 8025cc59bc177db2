"""Statements in English: steps that happen one after the other, and steps that govern others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from compiler.explain.phrases import Args, Phrases, same, written
from compiler.explain.words import capital, listing, noun_of, polish, times, words
from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EntityT, IntT, PlayerT, SetT, strip_optional

_TURNS = ("during this turn", "during the next turn", "during the turn after next")
_LOTS = {"coin": "flip a coin", "die": "roll a die", "dice": "roll the dice"}
_SHORT = 2
"""So many governed steps may stand on the line of the one that governs them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and the steps that it governs."""

    text: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A procedure or a value with a heading."""

    heading: str
    steps: tuple[Step, ...]

    def lines(self) -> Iterator[str]:
        """The heading, and what it heads on the same line and below."""
        for number, line in enumerate(prose(self.steps)):
            yield line if number else f"{capital(self.heading)}: {line}"


class English(Phrases):
    """Says procedures, methods and verbs."""

    def method(self, method: hir.Method, row: int, itself: str | None = None) -> Section:
        """A row's own version of a method. `itself` is what the instance is called that is its parameter `self`."""
        with self._scope():
            self._name_people(method.params, itself)
            body = method.bodies[row]
            if isinstance(body, hir.Block):
                return Section(words(method.name), self.block(body))
            if isinstance(body.type, BoolT):
                said = self.condition(body)
                return Section(words(method.name), (Step(said if said in ("always", "never") else f"if {said}"),))
            return Section(words(method.name), (Step(self.value(body)),))

    def verb(self, proc: hir.Proc) -> Section:
        """What a verb does."""
        with self._scope():
            self._name_people(proc.params)
            steps = self._sequence(proc.body)
            if proc.returns is not None:
                steps = (*steps, Step(f"the result is {self.value(proc.returns)}"))
            return Section(self._call(proc, tuple(hir.Get(p, p.type) for p in proc.params)), steps)

    def block(self, block: hir.Block) -> tuple[Step, ...]:
        """A block's statements, in order."""
        with self._scope():
            return self._sequence(block)

    def _sequence(self, block: hir.Block) -> tuple[Step, ...]:
        said: list[Step] = []
        for statement, following in pairwise((*block.statements, None)):
            if statement is None or _is_unset(statement, following):
                continue
            if isinstance(statement, hir.Call) and statement.result is not None and _asks(following, statement.result):
                said.append(Step(polish(self._call(self.program.procs[statement.proc], statement.args))))
                self._rename(statement.result, words(statement.result.name))
                continue
            said += self.statement(statement)
        return tuple(said)

    def statement(self, statement: hir.Statement) -> tuple[Step, ...]:
        """One statement, as one step or several."""
        steps = self._steps(statement)
        return tuple(Step(polish(step.text), step.steps) for step in steps)

    def _steps(self, statement: hir.Statement) -> tuple[Step, ...]:
        match statement:
            case hir.If(condition, then, otherwise):
                return self._if(condition, then, otherwise)
            case hir.Choose():
                return self._choose(statement)
            case hir.ForEach(local, domain, body):
                noun = self.noun(domain)
                with self._scope():
                    called = self._rename_that(local)
                    return (Step(f"for each {noun.one}{called}", self.block(body)),)
            case hir.Repeat(count, bound, body):
                most = f", at most {times(bound)}" if isinstance(count.type, IntT) and count.type.hi > bound else ""
                often = times(count.value) if isinstance(count, hir.Const) else f"{self.value(count, 9)} times"
                return (Step(f"do this {often}{most}", self.block(body)),)
            case hir.While(condition, bound, body):
                return (Step(f"as long as {self.condition(condition)}, at most {times(bound)}", self.block(body)),)
            case _:
                return (Step(self._clause(statement)),)

    def _clause(self, statement: hir.Statement) -> str:
        """A statement that governs no others."""
        match statement:
            case hir.Set(local, hir.Const(value)) if isinstance(local.type, BoolT):
                return f"note that {'' if value else 'not '}{self._rename(local, words(local.name))}"
            case hir.Set(local, value) if isinstance(local.type, BoolT):
                said = self.condition(value)
                return f"note that {self._rename(local, words(local.name))} if {said}, otherwise that not"
            case hir.Set(local, value):
                match written(value):
                    case hir.Apply("add", (hir.Get(old), by)) if old is local:
                        return f"add {self.value(by)} to {words(local.name)}"
                    case hir.Apply("sub", (hir.Get(old), by)) if old is local:
                        return f"take {self.value(by)} from {words(local.name)}"
                said = self.value(value)
                return f"let {self._rename(local, words(local.name))} be {said}"
            case hir.Store():
                return self._store(statement)
            case hir.Draw():
                return self._draw(statement)
            case hir.Reveal(local, _, zone, depth):
                thing = noun_of(local.type)
                top = isinstance(depth, hir.Const) and depth.value == 0
                which = f"the top {thing}" if top else f"the {thing} at depth {self.value(depth)}"
                said = f"reveal {which} of {self._zone(zone)}"
                return said + self._rename_that(local)
            case hir.Move():
                return self._move(statement)
            case hir.Shuffle(zone):
                return f"shuffle {self._zone(zone)}"
            case hir.Swap(_, left, right):
                return f"swap {self.value(left)} and {self.value(right)}"
            case hir.Reset(_, target, lasting_only):
                return f"end what lasts on {self.value(target)}" if lasting_only else f"reset {self.value(target)}"
            case hir.AdvanceLasting():
                return "what lasts for the next turn now holds for this one"
            case hir.Call(proc, args, result):
                said = self._call(self.program.procs[proc], args)
                return (
                    said
                    if result is None
                    else f"{said}, and let {self._rename(result, words(result.name))} be the result"
                )
            case hir.Perform(_, method, row, args):
                said = f"do what {self.value(row)} says for “{words(method)}”"
                on = [self.value(arg) for arg in args]
                return f"{said} (with {listing(on)})" if on else said
            case hir.Finish(local, reward):
                self._rename(local, "that player")
                return f"the game is over, and {self._outcome(local, reward)}"
            case _:
                raise AssertionError(f"no wording for {type(statement).__name__}")

    def _if(self, condition: hir.Expr, then: hir.Block, otherwise: hir.Block) -> tuple[Step, ...]:
        if isinstance(condition, hir.Const):
            return self.block(then if condition.value else otherwise)
        if not then.statements:
            return (Step(f"if {self.condition(condition, negate=True)}", self.block(otherwise)),)
        first = Step(f"if {self.condition(condition)}", self.block(then))
        match otherwise.statements:
            case ():
                return (first,)
            case (hir.If(hir.Const()),):
                return first, *self.block(otherwise)
            case (hir.If() as chained,):
                step, *rest = self._if(chained.condition, chained.then, chained.otherwise)
                return (first, Step(f"otherwise, {step.text}", step.steps), *rest)
            case _:
                return (first, Step("otherwise", self.block(otherwise)))

    def _store(self, store: hir.Store) -> str:
        field, value, sub = store.field, store.value, store.sub
        when = ""
        if field.lasting and isinstance(sub, hir.Const):
            when, sub = f"{_TURNS[sub.value]}, ", None
        target = self._field(field, store.owner, sub)
        match value:
            case hir.Const(number) if isinstance(field.type, BoolT):
                name = self.bool_name(field.name, sub)
                if store.owner is not None:
                    said = self._holds(name, self.value(store.owner), not number)
                    return when + said if when else f"{said} from now on"
                return f"{when}note that {'' if number else 'not '}{name}"
            case hir.Const(number) if number == NONE and not isinstance(field.type, IntT):
                return f"{when}clear {target}"
            case hir.Apply("add", (hir.Load() as old, by)) if _same_place(old, store):
                return f"{when}add {self.value(by)} to {target}"
            case hir.Apply("sub", (hir.Load() as old, by)) if _same_place(old, store):
                return f"{when}take {self.value(by)} from {target}"
            case _:
                return f"{when}set {target} to {self.value(value)}"

    def _draw(self, draw: hir.Draw) -> str:
        kind = words(draw.kind.name)
        if draw.domain is not None:
            noun = self.noun(draw.domain)
            weight = ""
            if draw.weight is not None and draw.weight_local is not None:
                with self._scope():
                    self._rename(draw.weight_local, "it")
                    weight = f", each as likely as {self.value(draw.weight)}"
            return f"pick {noun.a} at random{weight}{self._rename_that(draw.local)}"
        below = self.value(draw.count) if draw.count is not None else None
        self._rename(draw.local, f"the {kind}")
        if below is not None:
            return f"draw a random {kind} below {below}"
        return _LOTS.get(draw.kind.name, f"draw a random {kind}")

    def _move(self, move: hir.Move) -> str:
        what, origin, target = self.value(move.what), f" from {self._zone(move.source)}", self._zone(move.target)
        if move.target.field.zone != "pile":
            return f"move {what}{origin} to {target}"
        if move.end is None:
            return f"shuffle {what}{origin} into {target}"
        return f"put {what}{origin} {'on top' if move.end == 'top' else 'at the bottom'} of {target}"

    def _choose(self, choose: hir.Choose) -> tuple[Step, ...]:
        who = self.value(choose.player)
        you = who == "you"
        passes = [act for act in choose.alternatives if not act.locals and not act.body.statements]
        acts = [act for act in choose.alternatives if act not in passes]
        if len(acts) == 1 and len(passes) <= 1:
            (act,) = acts
            when = f"if {self.condition(act.when)}, " if act.when is not None else ""
            if not act.locals:
                return (Step(f"{when}{who} may “{words(act.action.name)}”", self.block(act.body)),)
            what = self._candidates(act)
            verb = f"{who} may choose" if passes else f"{who} {'choose' if you else 'chooses'}"
            if (bound := _binds(act)) is not None:
                self._names[bound] = self._names.pop(act.locals[0])
                return (Step(f"{verb} {what}"),)
            body = self.block(act.body)
            if passes or when:
                done = (Step(f"if {who} {'do' if you else 'does'}", body),) if body else ()
                return (Step(f"{when}{verb} {what}"), *done)
            return (Step(f"{verb} {what}"), *body)
        if not acts and len(passes) == 1:
            return (Step(f"{who} {'have' if you else 'has'} only “{words(passes[0].action.name)}” to say"),)
        return (
            Step(f"{who} {'choose' if you else 'chooses'} one of these", tuple(map(self._option, choose.alternatives))),
        )

    def _option(self, act: hir.Alternative) -> Step:
        with self._scope():
            when = f" (if {self.condition(act.when)})" if act.when is not None else ""
            what = f" {self._candidates(act)}" if act.locals else ""
            return Step(polish(f"“{words(act.action.name)}”{what}{when}"), self.block(act.body))

    def _candidates(self, act: hir.Alternative) -> str:
        found = []
        for local, domain in zip(act.locals, act.domains, strict=True):
            if isinstance(strip_optional(domain.type), SetT):
                found.append(self.noun(domain).a + self._rename_that(local))
            else:
                found.append(f"a number below {self.value(domain, 9)}")
                self._rename(local, "that number")
        return listing(found)

    def _outcome(self, local: hir.Local, reward: hir.Expr) -> str:
        match reward:
            case hir.Const(0):
                return "nobody wins"
            case hir.Select(hir.Apply("eq", (hir.Get(one), other)), hir.Const(1), hir.Const(-1)) if one is local:
                return f"{self.value(other)} {'win' if self.value(other) == 'you' else 'wins'}"
            case hir.Select(hir.Apply("eq", (other, hir.Get(one))), hir.Const(1), hir.Const(-1)) if one is local:
                return f"{self.value(other)} {'win' if self.value(other) == 'you' else 'wins'}"
            case _:
                return f"the reward of each player is {self.value(reward)}"

    def _zone(self, zone: hir.Zone) -> str:
        return self._field(zone.field, zone.owner, None)

    def _call(self, proc: hir.Proc, args: Args) -> str:
        if proc.says is not None:
            return self._fill(proc.says, proc.params, args)
        said = [self._argument(arg) for arg in args]
        return f"{words(proc.name)} ({listing(said)})" if said else words(proc.name)

    def _name_people(self, params: tuple[hir.Local, ...], itself: str | None = None) -> None:
        """A player `me` is you. So is the owner of `self`; of two players, the owner of `foe` is the other one."""
        for param in params:
            base = strip_optional(param.type)
            if param.name == "me" and isinstance(base, PlayerT):
                self._rename(param, "you")
            elif isinstance(base, EntityT) and self.program.entities[base.name].per_player:
                if param.name == "self":
                    self._owners[param] = "you"
                    if itself is not None:
                        self._rename(param, itself)
                elif param.name == "foe" and self.program.players == 2:
                    self._owners[param] = "your opponent"


def prose(steps: Iterable[Step]) -> Iterator[str]:
    """Steps as lines of text: simple ones run on as sentences, governed ones stand below as a list."""
    line: list[str] = []
    for step in steps:
        short = _short(step)
        if short is not None:
            line.append(capital(short if short.endswith((".", "!", "?")) else f"{short}."))
            continue
        yield " ".join([*line, capital(f"{step.text}:")])
        line = []
        for inner in step.steps:
            first, *rest = prose((inner,))
            yield f"- {first}"
            yield from (f"  {below}" for below in rest)
    if line:
        yield " ".join(line)


def _short(step: Step) -> str | None:
    """A step as one clause, or None where it governs too much for that."""
    if not step.steps:
        return step.text
    if len(step.steps) > _SHORT or any(inner.steps for inner in step.steps):
        return None
    return f"{step.text}, {' and '.join(inner.text for inner in step.steps)}"


def _binds(act: hir.Alternative) -> hir.Local | None:
    """The local that an alternative does nothing but set to what was chosen."""
    match act.body.statements:
        case (hir.Set(local, hir.Get(chosen)),) if act.locals == (chosen,):
            return local
        case _:
            return None


def _asks(statement: hir.Statement | None, result: hir.Local) -> bool:
    """Whether a statement asks at once for the yes or no that a verb has given."""
    match statement:
        case hir.If(hir.Get(local) | hir.Apply("not", (hir.Get(local),))):
            return local is result
        case _:
            return False


def _is_unset(statement: hir.Statement, following: hir.Statement | None) -> bool:
    """Whether a statement gives `none` to the local that the choice after it binds."""
    match statement, following:
        case hir.Set(local, hir.Const(value)), hir.Choose(alternatives=(act,)):
            return value == NONE and _binds(act) is local
        case _:
            return False


def _same_place(load: hir.Load, store: hir.Store) -> bool:
    """Whether an expression reads what a statement writes."""
    return load.field is store.field and same(load.owner, store.owner) and same(load.sub, store.sub)
