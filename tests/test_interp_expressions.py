"""Expressions as Python agree with the plain evaluator of compiler/ir/evaluate.py, and so with compiler/ops."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.backends.interp import Interp, RulesError
from compiler.backends.interp.zones import State
from compiler.ir import hir
from compiler.ir.evaluate import Evaluator
from compiler.ir.types import BOOL, PLAYER, EntityT, IntT, OptT, RowT, SetT, Type

INT = IntT(-1000, 1000)
CARD, MAYBE_CARD, CARDS = EntityT("card"), OptT(EntityT("card")), SetT(EntityT("card"))
ROW = OptT(RowT("species"))


def field(name: str, owner: str | None, type_: Type, size: int | None = None, zone: str | None = None) -> hir.Field:
    return hir.Field(name, owner, type_, size, None, 0, "public", False, False, zone, 0, 0, zone == "bag")


TURN = field("turn", None, INT)
POINTS = field("points", "player", INT, size=3)
NEXT = field("next", "card", MAYBE_CARD)
HAND = field("hand", "player", CARDS, zone="bag")
ACTIVE = field("active", "player", MAYBE_CARD, zone="slot")
STATUS = (field("over", None, BOOL), field("decider", None, OptT(PLAYER)), field("reward", "player", IntT(-9, 9)))

X, Y = hir.Local("x", INT), hir.Local("y", INT)
TWICE = hir.Func("twice", (X,), INT, hir.Apply("add", (hir.Get(X, INT), hir.Get(X, INT)), INT), None)
BONUS = hir.Method(
    "bonus",
    (Y,),
    INT,
    hir.Apply("neg", (hir.Get(Y, INT),), INT),
    {1: hir.Apply("mul", (hir.Get(Y, INT), hir.Const(3, INT)), INT)},
)
SPECIES = hir.Table(
    "species",
    None,
    {"hp": hir.TableColumn("hp", INT, None, None, 0), "cost": hir.TableColumn("cost", INT, 2, None, 0)},
    {"hp": (30, 60, 90), "cost": ((1, 2), (3, 4), (5, 6))},
    {"bonus": BONUS},
    ("A", "B", "C"),
    ("", "", ""),
    ("", "", ""),
    (None, None, None),
)
PROGRAM = hir.Program(
    name="toy",
    players=2,
    constants={},
    texts=("",),
    enums={"Element": hir.Enum("Element", ("fire", "water"))},
    entities={"card": hir.Entity("card", 3, True, 6)},
    fields={f.id: f for f in (*STATUS, TURN, POINTS, NEXT, HAND, ACTIVE)},
    draws={},
    actions={},
    tables={"species": SPECIES},
    funcs={"twice": TWICE},
    procs={},
    play=hir.Block(()),
)
INTERP = Interp(PROGRAM)


class InState(Evaluator):
    """The evaluator, with a state."""

    def __init__(self, state: State) -> None:
        super().__init__(PROGRAM)
        self.state = state

    def load(self, node: hir.Load, owner: int | None, sub: int | None) -> int:
        value = self.state[node.field.id][owner or 0]
        return value if sub is None else value[sub]


def apply(op: str, *args: hir.Expr, type_: Type = INT) -> hir.Expr:
    return hir.Apply(op, args, type_)


class Expressions:
    """Random expressions of each type; ``scope`` is the locals that comprehensions around them bind."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.scope: list[hir.Local] = []

    def pick(self, **cases: Callable[[], hir.Expr]) -> hir.Expr:
        return cases[self.draw(st.sampled_from(sorted(cases)))]()

    def int_(self, n: int) -> hir.Expr:
        if n == 0:
            return self.pick(
                const=lambda: hir.Const(self.draw(st.integers(-5, 50)), INT),
                turn=lambda: hir.Load(TURN, None, None, INT),
            )
        sub = lambda: hir.Const(self.draw(st.integers(0, 2)), IntT(0, 2))  # noqa: E731
        return self.pick(
            leaf=lambda: self.int_(0),
            two=lambda: apply(
                self.draw(st.sampled_from(["add", "sub", "mul", "div", "mod", "min", "max"])),
                self.int_(n - 1),
                self.int_(n - 1),
            ),
            one=lambda: apply(self.draw(st.sampled_from(["neg", "abs"])), self.int_(n - 1)),
            clamp=lambda: apply("clamp", self.int_(n - 1), self.int_(n - 1), self.int_(n - 1)),
            select=lambda: hir.Select(self.bool_(n - 1), self.int_(n - 1), self.int_(n - 1), INT),
            points=lambda: hir.Load(POINTS, hir.OwnerOf(self.card(n - 1), PLAYER), sub(), INT),
            index=lambda: hir.IndexOf(self.card(n - 1), INT),
            func=lambda: hir.CallFunc("twice", (self.int_(n - 1),), INT),
            method=lambda: hir.CallMethod("species", "bonus", self.row(), (self.int_(n - 1),), INT),
            column=lambda: hir.Column("species", "hp", self.row(), None, INT),
            cost=lambda: hir.Column("species", "cost", self.row(), hir.Const(1, INT), INT),
            count=lambda: hir.Reduce("count", hir.Local("c", CARD), self.set_(n - 1), None, INT),
            sum=lambda: self.over(self.draw(st.sampled_from(["sum", "max", "min"])), n, self.int_),
        )

    def bool_(self, n: int) -> hir.Expr:
        if n == 0:
            return hir.Const(self.draw(st.integers(0, 1)), BOOL)
        compare = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])
        return self.pick(
            leaf=lambda: self.bool_(0),
            compare=lambda: apply(self.draw(compare), self.int_(n - 1), self.int_(n - 1), type_=BOOL),
            none=lambda: apply("eq", self.card(n - 1), hir.Const(-1, MAYBE_CARD), type_=BOOL),
            logic=lambda: apply(
                self.draw(st.sampled_from(["and", "or"])), self.bool_(n - 1), self.bool_(n - 1), type_=BOOL
            ),
            no=lambda: apply("not", self.bool_(n - 1), type_=BOOL),
            contains=lambda: apply("contains", self.card(n - 1), self.set_(n - 1), type_=BOOL),
            any=lambda: self.over(self.draw(st.sampled_from(["any", "all"])), n, self.bool_),
        )

    def card(self, n: int) -> hir.Expr:
        if n == 0:
            if self.scope:
                return hir.Get(self.draw(st.sampled_from(self.scope)), CARD)
            return hir.Const(self.draw(st.integers(-1, 5)), MAYBE_CARD)
        return self.pick(
            leaf=lambda: self.card(0),
            next=lambda: hir.Load(NEXT, self.card(n - 1), None, MAYBE_CARD),
            active=lambda: hir.Load(ACTIVE, self.player(n - 1), None, MAYBE_CARD),
            first=lambda: hir.Reduce("first", hir.Local("c", CARD), self.set_(n - 1), None, MAYBE_CARD),
            make=lambda: hir.MakeRef("card", self.player(n - 1), self.int_(n - 1), CARD),
        )

    def player(self, n: int) -> hir.Expr:
        if n == 0:
            return hir.Const(self.draw(st.integers(0, 1)), PLAYER)
        return hir.OwnerOf(self.card(n - 1), PLAYER)

    def row(self) -> hir.Expr:
        return hir.Const(self.draw(st.integers(-1, 2)), ROW)

    def set_(self, n: int) -> hir.Expr:
        if n == 0:
            return hir.Const(self.draw(st.integers(0, 63)), CARDS)
        return self.pick(
            leaf=lambda: self.set_(0),
            hand=lambda: hir.Load(HAND, self.player(n - 1), None, CARDS),
            own=lambda: hir.AllOf("card", self.player(n - 1), CARDS),
            two=lambda: apply(
                self.draw(st.sampled_from(["union", "inter", "diff"])), self.set_(n - 1), self.set_(n - 1), type_=CARDS
            ),
            filter=lambda: self.filter(n),
        )

    def filter(self, n: int) -> hir.Expr:
        domain, local = self.set_(n - 1), hir.Local("c", CARD)
        return hir.Filter(local, domain, self.within(local, self.bool_, n - 1), CARDS)

    def over(self, kind: str, n: int, value: Callable[[int], hir.Expr]) -> hir.Expr:
        domain, local = self.set_(n - 1), hir.Local("c", CARD)
        type_ = BOOL if kind in ("any", "all") else INT
        return hir.Reduce(kind, local, domain, self.within(local, value, n - 1), type_)

    def within(self, local: hir.Local, make: Callable[[int], hir.Expr], n: int) -> hir.Expr:
        self.scope.append(local)
        found = make(n)
        self.scope.pop()
        return found


@st.composite
def expressions(draw: Any) -> hir.Expr:
    make = Expressions(draw)
    return getattr(make, draw(st.sampled_from(["int_", "bool_", "card", "set_"])))(draw(st.integers(1, 4)))


@st.composite
def states(draw: Any) -> State:
    cards = st.integers(-1, 5)
    state = INTERP.new_game().state
    state["turn"] = [draw(st.integers(-20, 20))]
    state["player.points"] = [[draw(st.integers(-9, 9)) for _ in range(3)] for _ in range(2)]
    state["card.next"] = [draw(cards) for _ in range(6)]
    state["player.active"] = [draw(cards), draw(cards)]
    state["player.hand"] = [draw(st.integers(0, 63)), draw(st.integers(0, 63))]
    return state


@settings(max_examples=300, deadline=None)
@given(expressions(), states())
def test_expressions_mean_what_the_evaluator_says(expr: hir.Expr, state: State) -> None:
    try:
        value = INTERP.expression(expr)(state)
    except RulesError:
        return  # it asks none for something: the evaluator has an answer, the rules have not
    except IndexError:
        return  # a made-up instance beyond the end
    assert value == InState(state).value(expr, {})
    assert type(value) is int


def test_deeply_nested_expressions_compile() -> None:
    """Passes make long chains; Python nests brackets 200 deep at most."""
    turn = hir.Load(TURN, None, None, INT)
    total, less, choice, either = turn, turn, turn, hir.Const(0, BOOL)
    for n in range(300):
        total = apply("add", total, turn)
        less = apply("sub", less, turn)
        choice = hir.Select(apply("eq", turn, hir.Const(n, INT), type_=BOOL), hir.Const(n + 1, INT), choice, INT)
        either = apply("or", apply("eq", turn, hir.Const(n, INT), type_=BOOL), either, type_=BOOL)
    state = INTERP.new_game().state
    state["turn"] = [7]
    found = [INTERP.expression(expr)(state) for expr in (total, less, choice, either)]
    assert found == [301 * 7, -299 * 7, 8, 1]


NO_CARD = hir.Const(-1, MAYBE_CARD)


@pytest.mark.parametrize(
    "expr",
    [
        hir.Load(NEXT, NO_CARD, None, MAYBE_CARD),
        hir.OwnerOf(NO_CARD, PLAYER),
        hir.IndexOf(NO_CARD, INT),
        hir.MakeRef("card", hir.Const(0, PLAYER), hir.Const(3, INT), CARD),
        hir.AllOf("card", hir.Const(-1, OptT(PLAYER)), CARDS),
        hir.Load(POINTS, hir.Const(0, PLAYER), apply("sub", hir.Const(0, INT), hir.Const(1, INT)), INT),
    ],
    ids=["field", "owner", "index", "beyond the count", "all of none", "array index"],
)
def test_what_has_no_meaning_is_a_rules_error(expr: hir.Expr) -> None:
    with pytest.raises(RulesError):
        INTERP.expression(expr)(INTERP.new_game().state)


def test_logic_looks_no_further_than_it_must() -> None:
    broken = apply("eq", hir.IndexOf(NO_CARD, INT), hir.Const(0, INT), type_=BOOL)
    false, true = hir.Const(0, BOOL), hir.Const(1, BOOL)
    guarded = [
        apply("and", false, broken, type_=BOOL),
        apply("or", true, broken, type_=BOOL),
        hir.Select(true, false, broken, BOOL),
    ]
    state = INTERP.new_game().state
    assert [INTERP.expression(expr)(state) for expr in guarded] == [0, 1, 0]
