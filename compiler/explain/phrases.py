"""Expressions in English: conditions as clauses, values as noun phrases, sets as nouns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass

from compiler.explain.words import (
    Noun,
    either,
    listing,
    member_names,
    noun_of,
    of,
    ordinal,
    plural,
    polish,
    relative,
    value_name,
    with_article,
    words,
    you_do,
)
from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EnumT, IntT, NoneT, SetT, strip_optional

_COMPARISONS = {
    "eq": ("is", "is not"),
    "ne": ("is not", "is"),
    "lt": ("is less than", "is at least"),
    "le": ("is at most", "is more than"),
    "gt": ("is more than", "is at most"),
    "ge": ("is at least", "is less than"),
}
_TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_SUMS, _PRODUCTS, _TIGHT = 1, 2, 9
_ARITHMETIC = {
    "add": ("+", _SUMS),
    "sub": ("-", _SUMS),
    "mul": ("×", _PRODUCTS),
    "div": ("divided by", _PRODUCTS),
    "mod": ("modulo", _PRODUCTS),
}
_EXTREMES = {"min": "the lesser of", "max": "the greater of"}
_REDUCTIONS = {"sum": "the sum of", "max": "the greatest of", "min": "the least of", "union": "everything in"}
_LATER = ("", " for the next turn", " for the turn after next")
_VERBS = ("is", "has", "can", "may", "must", "was", "does")
_MODAL = ("can", "may", "must")
_PREPOSITIONS = ("_to", "_of", "_for", "_by", "_with", "_on", "_in", "_from", "_at")
_NOT = {
    "is": "is not",
    "has": "does not have",
    "can": "cannot",
    "may": "may not",
    "must": "need not",
    "was": "was not",
    "does": "does not",
}

_ROW = "def"
"""The function that gives the row which an instance shows: "its name" says enough for "its row's name"."""

Args = tuple[hir.Expr, ...]


class Phrases:
    """Says expressions. Locals are said by the names that the statements around them gave."""

    def __init__(self, program: hir.Program) -> None:
        self.program = program
        self._names: dict[hir.Local, str] = {}
        self._owners: dict[hir.Local, str] = {}
        """What the owners of instances are called, where that is not "its owner"."""

    # --- conditions ---

    def condition(self, expr: hir.Expr, *, negate: bool = False) -> str:
        """A bool expression as a clause that can follow "if"."""
        return polish(self._condition(expr, negate))

    def _condition(self, expr: hir.Expr, negate: bool) -> str:
        match expr:
            case hir.Const(value):
                return "always" if bool(value) != negate else "never"
            case hir.Get(local):
                return f"{'not ' if negate else ''}{self._local(local)}"
            case hir.Load(field, owner, sub):
                name = self.bool_name(field.name, None if field.lasting else sub)
                if owner is not None:
                    return self._holds(name, self.value(owner), negate)
                return f"not {name}" if negate else name
            case hir.Column(_, column, row, sub):
                return self._holds(self.bool_name(column, sub), self.value(row), negate)
            case hir.Apply("not", (inner,)):
                return self._condition(inner, not negate)
            case hir.Apply("and" | "or" as op, args):
                return self._connected(op, args, negate)
            case hir.Apply(op, (left, right)) if op in _COMPARISONS:
                return self._comparison(op, written(left), written(right), negate)
            case hir.Apply("contains", (item, items)):
                return f"{self.value(item)} {'is not' if negate else 'is'} {self._membership(items)}"
            case hir.Reduce(kind, local, domain, value) if kind in ("any", "all"):
                return self._quantified(kind, local, domain, value, negate)
            case hir.CallFunc(name, args):
                func = self.program.funcs[name]
                return self._call_holds(func.says, name, func.params, args, negate)
            case hir.CallMethod(_, method, row, args):
                return self._call_holds(None, method, (), (row, *args), negate)
            case hir.Select(condition, then, hir.Const(0)):
                return self._connected("and", (condition, then), negate)
            case hir.Select(condition, hir.Const(1), otherwise):
                return self._connected("or", (condition, otherwise), negate)
            case hir.Select(condition, then, otherwise):
                first, second = self._condition(then, negate), self._condition(otherwise, negate)
                return f"({first} in case {self._condition(condition, False)}, and otherwise {second})"
            case _:
                return f"{self.value(expr)} is {'false' if negate else 'true'}"

    def _connected(self, op: str, args: Args, negate: bool) -> str:
        if op == "or" and (listed := _alternatives(args)) is not None:
            subject, values = listed
            return f"{self.value(subject)} {'is not' if negate else 'is'} {either([self.value(v) for v in values])}"
        neutral = int(op == "and")
        args = tuple(arg for arg in args if not (isinstance(arg, hir.Const) and arg.value == neutral))
        if not args:
            return "always" if bool(neutral) != negate else "never"
        joint = "or" if (op == "or") != negate else "and"
        parts = [self._condition(arg, negate) for arg in args]
        if joint == "and":
            parts = [f"({part})" if " or " in part and not part.startswith("(") else part for part in parts]
        return f" {joint} ".join(parts)

    def _comparison(self, op: str, left: hir.Expr, right: hir.Expr, negate: bool) -> str:
        if isinstance(left, hir.Const) and not isinstance(right, hir.Const):
            left, right, op = right, left, _TURNED.get(op, op)
        if op in ("eq", "ne") and isinstance(right, hir.Const) and right.value == NONE and _may_be_none(left):
            return self._exists(left, (op == "ne") != negate)
        if isinstance(left, hir.Reduce) and left.kind == "count":
            return self._count_is(op, left, right, negate)
        return f"{self.value(left)} {_COMPARISONS[op][negate]} {self.value(right)}"

    def _exists(self, expr: hir.Expr, exists: bool) -> str:
        match expr:
            case hir.Load(hir.Field(name=name), owner, None) if owner is not None:
                return f"{self.value(owner)} has {with_article(words(name)) if exists else f'no {words(name)}'}"
            case hir.Load(hir.Field(name=name), None, None):
                return f"there is {with_article(words(name)) if exists else f'no {words(name)}'}"
            case hir.Column(_, column, row, hir.Const(index, IntT())):
                count = f"at least {index + 1}" if index else "some"
                return f"{self.value(row)} has {count if exists else f'no {ordinal(index)} of its'} {words(column)}"
            case hir.Column(_, column, row, None):
                return f"{self.value(row)} has {with_article(words(column)) if exists else f'no {words(column)}'}"
            case hir.CallFunc(name, (owner,)) if self.program.funcs[name].says is None and name != _ROW:
                return f"{self.value(owner)} has {with_article(words(name)) if exists else f'no {words(name)}'}"
            case hir.Get(local) if self._local(local).startswith("that "):
                return f"there is {'one' if exists else 'none'}"
            case _:
                return f"there is {'' if exists else 'no such thing as '}{self.value(expr)}"

    def _count_is(self, op: str, count: hir.Reduce, right: hir.Expr, negate: bool) -> str:
        noun = self.noun(count.domain)
        if isinstance(right, hir.Const):
            none = (op, right.value) in (("eq", 0), ("le", 0), ("lt", 1))
            if none or (op, right.value) in (("gt", 0), ("ge", 1), ("ne", 0)):
                return f"there is {f'no {noun.one}' if none != negate else noun.a}"
        how = _COMPARISONS[op][negate].removeprefix("is").strip() or "exactly"
        number = self.value(right, _TIGHT)
        return f"there {'is' if number == '1' else 'are'} {how} {number} {noun.one if number == '1' else noun.many}"

    def _membership(self, items: hir.Expr) -> str:
        match items:
            case hir.Const(mask, SetT(element)):
                return either(member_names(self.program, element, mask))
            case hir.Load(field, owner, sub) if field.zone is not None:
                return f"in {self._field(field, owner, sub)}"
            case _:
                return f"one of {self.noun(items).many}"

    def _quantified(self, kind: str, local: hir.Local, domain: hir.Expr, value: hir.Expr | None, negate: bool) -> str:
        if kind == "any":
            if value is not None and not isinstance(value, hir.Const):
                domain = hir.Filter(local, domain, value, domain.type)
            noun = self.noun(domain)
            return f"there is no {noun.one}" if negate else f"there is {noun.a}"
        noun = self.noun(domain)
        with self._scope():
            self._rename(local, self._pronoun(local))
            said = self._condition(value, False) if value is not None else "always"
        return f"{'not ' if negate else ''}for every {noun.one} {said}"

    def _holds(self, name: str, owner: str, negate: bool) -> str:
        """A bool that belongs to something: "it is ready", "it has moved", "it can move"."""
        first, _, rest = words(name).partition(" ")
        verb = first if rest and first in _VERBS else "is"
        thing = rest if verb == first else words(name)
        if negate and verb == "has" and re.match(r"\w+e[dn]\b", thing):
            return f"{owner} has not {thing}"
        return f"{owner} {_NOT[verb] if negate else verb} {thing}"

    def _call_holds(
        self, says: str | None, name: str, params: tuple[hir.Local, ...], args: Args, negate: bool
    ) -> str:  # fmt: skip
        if says is not None:
            said = self._fill(says, params, args)
            negated = re.sub(r" (is|are|can|has|have) ", r" \1 not ", said, count=1)
            return said if not negate else negated if negated != said else f"it is not so that {said}"
        if not args:
            return f"not {words(name)}" if negate else words(name)
        first, *rest = [self.value(arg) for arg in args]
        verb, _, thing = words(name).partition(" ")
        if verb in _VERBS or not verb.endswith("s") or verb.endswith("ss"):
            said = self._holds(name, first, negate)
            direct = len(rest) == 1 and (verb in _MODAL or name.endswith(_PREPOSITIONS))
            return f"{said} {rest[0]}" if direct else said + _with(rest)
        does = f"does not {you_do(verb)}" if negate else verb
        return " ".join(filter(None, (first, does, thing, listing(rest))))

    # --- values ---

    def value(self, expr: hir.Expr, level: int = 0) -> str:
        """An expression as a noun phrase; `level` is how tightly the text around it binds."""
        return polish(self._value(expr, level))

    def _value(self, expr: hir.Expr, level: int) -> str:
        match expr:
            case hir.Const(_, SetT()) | hir.AllOf() | hir.Filter():
                return self.noun(expr).many
            case hir.Const(value, type_):
                return "none" if isinstance(type_, NoneT) else value_name(self.program, type_, value)
            case hir.Get(local):
                return self._local(local)
            case hir.Load(field, owner, sub):
                return self._field(field, owner, sub)
            case hir.Column(_, column, row, sub):
                return self._element(self.value(row), column, sub)
            case hir.Select(condition, then, otherwise):
                if isinstance(condition, hir.Const):
                    return self._value(then if condition.value else otherwise, level)
                said = f"{self.value(then)} if {self.condition(condition)}, otherwise {self.value(otherwise)}"
                return f"({said})" if level else said
            case _ if isinstance(expr.type, BoolT):
                return f"whether {self._condition(expr, False)}"
            case hir.Apply(op, args):
                return self._apply(op, args, expr, level)
            case hir.MakeRef(entity, owner, index):
                named = f"{words(entity)} {self.value(index, _TIGHT)}"
                return named if owner is None else of(self.value(owner), named)
            case hir.OwnerOf(hir.Get(local)) if local in self._owners:
                return self._owners[local]
            case hir.OwnerOf(ref):
                return of(self.value(ref), "owner")
            case hir.IndexOf(ref):
                return of(self.value(ref), "index")
            case hir.Reduce():
                return self._reduce(expr)
            case hir.CallFunc(name, args):
                func = self.program.funcs[name]
                return self._call_value(func.says, name, func.params, args)
            case hir.CallMethod(_, method, row, args):
                return self._call_value(None, method, (), (row, *args))
            case _:
                raise AssertionError(f"no wording for {type(expr).__name__}")

    def _apply(self, op: str, args: Args, expr: hir.Expr, level: int) -> str:
        if op == "saturate":
            return self._value(args[0], level)
        if op in _ARITHMETIC:
            sign, binding = _ARITHMETIC[op]
            said = f"{self.value(args[0], binding)} {sign} {self.value(args[1], binding + 1)}"
            return f"({said})" if level > binding else said
        if op == "neg":
            return f"-{self.value(args[0], _TIGHT)}"
        if op == "max" and any(isinstance(arg, hir.Const) and arg.value == 0 for arg in args):
            (other,) = [arg for arg in args if not (isinstance(arg, hir.Const) and arg.value == 0)][:1] or args[:1]
            return f"{self.value(other, level)} (but not below 0)"
        if op in _EXTREMES:
            return f"{_EXTREMES[op]} {listing([self.value(arg) for arg in args])}"
        if isinstance(expr.type, SetT):
            return self.noun(expr).many
        return f"the {words(op)} of {listing([self.value(arg) for arg in args])}"

    def _reduce(self, expr: hir.Reduce) -> str:
        noun = self.noun(expr.domain)
        if expr.kind == "count":
            return f"the number of {noun.many}"
        if expr.kind == "first":
            return f"the first {noun.one}"
        with self._scope():
            self._rename(expr.local, self._pronoun(expr.local))
            said = self.value(expr.value) if expr.value is not None else "1"
        return f"{_REDUCTIONS[expr.kind]} {said} over every {noun.one}"

    def _field(self, field: hir.Field, owner: hir.Expr | None, sub: hir.Expr | None) -> str:
        later = ""
        if field.lasting:
            later = _LATER[sub.value] if isinstance(sub, hir.Const) else f" in {self.value(sub)} turns" if sub else ""
            sub = None
        return self._element(self.value(owner) if owner is not None else None, field.name, sub) + later

    def _element(self, whose: str | None, name: str, sub: hir.Expr | None) -> str:
        """What somebody has, or the element of it: "your points", "its fire charges", "the first of your attempts"."""
        if sub is None or _is_enum(sub):
            thing = self._element_name(name, sub)
            return of(whose, thing) if whose is not None else f"the {thing}"
        said = self.value(sub, _TIGHT)
        which = f"the {ordinal(sub.value)}" if isinstance(sub, hir.Const) else f"number {said}"
        which = "that one" if said in ("it", "that number") else which
        return f"{which} of {of(whose, words(name)) if whose is not None else f'the {words(name)}'}"

    def bool_name(self, name: str, sub: hir.Expr | None) -> str:
        """A bool field or column; of an array over an enum, the value says it all."""
        return self.value(sub) if sub is not None and _is_enum(sub) else self._element_name(name, sub)

    def _element_name(self, name: str, sub: hir.Expr | None) -> str:
        """A field or column, or the element of one: "fire charges", "attempts number 2"."""
        if sub is None:
            return words(name)
        said = self.value(sub, _TIGHT)
        if _is_enum(sub):
            pronoun = said == "it" or said.startswith("that ")
            return f"{words(name)} of that {noun_of(sub.type)}" if pronoun else f"{said} {words(name)}"
        return f"{words(name)} {said}"

    def _call_value(self, says: str | None, name: str, params: tuple[hir.Local, ...], args: Args) -> str:
        if says is not None:
            return self._fill(says, params, args)
        if not args:
            return f"the {words(name)}"
        first, *rest = [self.value(arg) for arg in args]
        if name == _ROW and not rest:
            return first
        return of(first, words(name.removesuffix("_of"))) + _with(rest)

    def _fill(self, says: str, params: tuple[hir.Local, ...], args: Args) -> str:
        """A template with its parameters said. A subject "you" takes its verb along, 1 its noun."""
        given: Mapping[str, hir.Expr] = {param.name: arg for param, arg in zip(params, args, strict=True)}

        def said(match: re.Match[str]) -> str:
            arg = given.get(match["name"])
            if arg is None:
                return match[0]
            text, following = self._argument(arg), match["next"] or ""
            if text == "you" and (match.start() == 0 or match.string[: match.start()].endswith(", ")):
                following = f" {you_do(following[1:])}" if following else ""
            elif text == "1" and following.endswith("s") and not following.endswith("ss"):
                following = following[:-1]
            return text + following

        filled = re.sub(r"\{(?P<name>\w+)\}(?P<next> \w+\b(?!'))?", said, says)
        return re.sub(r"\btheir\b", "your", filled) if filled.startswith("you ") else filled

    def _argument(self, arg: hir.Expr) -> str:
        return (
            self.condition(arg) if isinstance(arg.type, BoolT) and not isinstance(arg, hir.Const) else self.value(arg)
        )

    # --- sets ---

    def noun(self, domain: hir.Expr) -> Noun:
        """What the elements of a set are called, one and many."""
        noun = self._noun(domain)
        return Noun(polish(noun.one), polish(noun.many))

    def _noun(self, domain: hir.Expr) -> Noun:
        word = noun_of(domain.type)
        match domain:
            case hir.Const(mask, SetT(element)):
                if mask == self.program.bounds(domain.type)[1]:
                    return Noun(word, plural(word))
                listed = either(member_names(self.program, element, mask)) or "nothing"
                return Noun(listed, listed)
            case hir.AllOf(entity, owner):
                whose = f"of {self.value(owner)}"
                return Noun(f"{words(entity)} {whose}", f"{plural(words(entity))} {whose}")
            case hir.Load(field, owner, sub) if field.zone is not None:
                place = f"in {self._field(field, owner, sub)}"
                return Noun(f"{word} {place}", f"{plural(word)} {place}")
            case hir.Filter(local, inner, condition):
                return self._filtered(self.noun(inner), local, condition)
            case hir.Apply("union", (left, right)):
                one, other = self.noun(left), self.noun(right)
                return Noun(f"{one.one} or {other.one}", f"{one.many} and {other.many}")
            case hir.Apply("inter", (left, right)):
                one, other = self.noun(left), self.noun(right)
                return Noun(f"{one.one} that is also {other.a}", f"{one.many} that are also {other.many}")
            case hir.Apply("diff", (left, right)):
                one, other = self.noun(left), self.noun(right)
                return Noun(f"{one.one} that is not {other.a}", f"{one.many} other than {other.many}")
            case hir.Select(condition, then, otherwise):
                one, other, said = self.noun(then), self.noun(otherwise), self.condition(condition)
                return Noun(
                    f"{one.one} if {said}, otherwise {other.one}", f"{one.many} if {said}, otherwise {other.many}"
                )
            case hir.Apply(op, args):
                said = f"the {words(op)} of {listing([self.value(arg) for arg in args])}"
                return Noun(f"{word} in {said}", said)
            case hir.Get() | hir.Load() | hir.Column() | hir.CallFunc() | hir.CallMethod():
                value = self.value(domain)
                return Noun(f"one of {value}", value)
            case _:
                return Noun(word, plural(word))

    def _filtered(self, noun: Noun, local: hir.Local, condition: hir.Expr) -> Noun:
        with self._scope():
            self._rename(local, self._pronoun(local))
            said = [self.condition(part) for part in _conjuncts(condition)]
        one = " and ".join(relative(part, many=False) for part in said)
        many = " and ".join(relative(part, many=True) for part in said)
        return Noun(f"{noun.one} {one}", f"{noun.many} {many}")

    # --- names ---

    def _local(self, local: hir.Local) -> str:
        return self._names.get(local, words(local.name))

    def _rename(self, local: hir.Local, name: str) -> str:
        self._names[local] = name
        return name

    def _rename_that(self, local: hir.Local) -> str:
        """ "that card", or its own name, which is returned for its first mention, where another thing is called so."""
        name = f"that {noun_of(local.type)}"
        taken = [other for other, given in self._names.items() if given == name and other is not local]
        self._rename(local, words(local.name) if taken else name)
        return f" ({words(local.name)})" if taken else ""

    def _pronoun(self, local: hir.Local) -> str:
        """What the variable of a set is called: "it", "that card" within another, or its own name."""
        taken = set(self._names.values())
        return next((name for name in ("it", f"that {noun_of(local.type)}") if name not in taken), words(local.name))

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """Names given inside are forgotten."""
        before = dict(self._names)
        try:
            yield
        finally:
            self._names = before


def same(one: object, other: object) -> bool:
    """Whether two expressions are written alike, wherever they stand."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, hir.Expr) and is_dataclass(one):
        names = [field.name for field in fields(one) if field.name not in ("span", "type")]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in names)
    return one == other


def written(expr: hir.Expr) -> hir.Expr:
    """An expression without the clamp that nobody wrote."""
    return expr.args[0] if isinstance(expr, hir.Apply) and expr.op == "saturate" else expr


def _alternatives(args: Args) -> tuple[hir.Expr, list[hir.Expr]] | None:
    """X and [a, b], where "X is a or X is b" is meant."""
    subject, values = None, []
    for arg in args:
        match arg:
            case hir.Apply("or", inner) if (nested := _alternatives(inner)) is not None:
                found, listed = nested
            case hir.Apply("eq", (found, hir.Const() as value)):
                listed = [value]
            case _:
                return None
        if subject is not None and not same(subject, found):
            return None
        subject = found
        values += listed
    return (subject, values) if subject is not None and not any(v.value == NONE for v in values) else None


def _is_enum(expr: hir.Expr) -> bool:
    return isinstance(strip_optional(expr.type), EnumT)


def _may_be_none(expr: hir.Expr) -> bool:
    return not isinstance(strip_optional(expr.type), IntT)


def _conjuncts(expr: hir.Expr) -> Iterator[hir.Expr]:
    if isinstance(expr, hir.Apply) and expr.op == "and":
        for arg in expr.args:
            yield from _conjuncts(arg)
    else:
        yield expr


def _with(rest: Sequence[str]) -> str:
    return f" (with {listing(rest)})" if rest else ""
