"""The verifier of HIR finds what passes could break."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from compiler.ir import hir
from compiler.ir.hir_verify import MalformedError, verify
from compiler.ir.types import BOOL, PLAYER, EntityT, IntT, OptT, SetT
from compiler.ir.walk import rewrite
from tests.rules import program

GAME = program(
    """
    players 2
    entity card[3] per player
    state { n: int 0..9 = 0; last: card? = none }
    state per player { points: int 0..9 = 0 }
    zone hand: bag of card per player start
    table species { hp: int 0..400 = 0; method play(me: player); method size(me: player): int 0..9 = 3 }
    species one "One" { hp 30; on play { me.points = 1 } }
    action take(c: own card)
    action pass
    func f(p: player): int 0..9 = p.points
    verb gain (k: int 0..3) { n += k }
    play {
      let a = f(0)
      gain clamp(a, 0, 3)
      perform one.play(1)
      choose by 0 { take(c in hand(0) where c.index < n) { last = c } pass { n = one.size(0) } }
      if n > 3 { finish p: 1 }
    }
    """
)
X = hir.Local("x", IntT(0, 9))
ONE = hir.Const(1, IntT(1, 1))


def with_play(*statements: hir.Statement) -> hir.Program:
    return replace(GAME, play=hir.Block(statements))


def with_expr(expr: hir.Expr) -> hir.Program:
    return with_play(hir.Set(hir.Local("e", expr.type), expr))


def changed(kind: type, **changes: Any) -> hir.Program:
    """The game with every node of a kind changed."""
    return replace(GAME, play=rewrite(GAME.play, lambda n: replace(n, **changes) if isinstance(n, kind) else n))


def problems(found: hir.Program) -> str:
    with pytest.raises(MalformedError) as raised:
        verify(found)
    return str(raised.value)


def test_good_programs_pass() -> None:
    verify(GAME)
    verify(replace(GAME, play=rewrite(GAME.play, lambda node: node)))


def test_branches_that_both_give_a_value() -> None:
    give = hir.Block((hir.Set(X, ONE),))
    read = hir.Store(GAME.fields["n"], None, None, hir.Get(X, X.type))
    verify(with_play(hir.If(hir.Const(1, BOOL), give, give), read))
    assert "reads 'x', which may have no value" in problems(
        with_play(hir.If(hir.Const(1, BOOL), give, hir.Block(())), read)
    )


N = GAME.fields["n"]
POINTS = GAME.fields["player.points"]
HAND = GAME.fields["player.hand"]
CARD = EntityT("card")
NOBODY = hir.Local("p", PLAYER)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: with_expr(hir.Get(X, X.type)), "reads 'x', which may have no value"),
        (lambda: with_expr(hir.Const(10, IntT(0, 9))), "the constant 10 is no int 0..9"),
        (lambda: with_expr(hir.Load(N, None, None, BOOL)), "'n' is int 0..9, not bool"),
        (lambda: with_expr(hir.Load(N, None, ONE, N.type)), "'n' is an array, or is none"),
        (lambda: with_expr(hir.Load(POINTS, None, None, POINTS.type)), "read of the wrong owner"),
        (lambda: with_expr(hir.Load(replace(N), None, None, N.type)), "'n' is no field of the program"),
        (lambda: with_expr(hir.Apply("add", (ONE,), IntT(1, 1))), "'add' has 1 arguments"),
        (lambda: with_expr(hir.Apply("add", (ONE, ONE), IntT(0, 1))), "'add' gives int 2..2, not int 0..1"),
        (lambda: with_expr(hir.Apply("and", (ONE, ONE), BOOL)), "'and': argument 0: wanted a bool"),
        (lambda: with_expr(hir.Apply("nop", (ONE,), BOOL)), "there is no operator 'nop'"),
        (lambda: with_expr(hir.Select(ONE, ONE, ONE, ONE.type)), "a condition is int 1..1, not bool"),
        (lambda: with_expr(hir.CallFunc("g", (), BOOL)), "there is no function 'g'"),
        (lambda: with_expr(hir.CallFunc("f", (), IntT(0, 9))), "f takes 1 arguments, not 0"),
        (lambda: with_expr(hir.Filter(X, hir.Const(0, SetT(CARD)), ONE, SetT(CARD))), "'x' is int 0..9 and runs over"),
        (lambda: with_expr(hir.Reduce("any", X, hir.Const(0, SetT(CARD)), None, BOOL)), "'any' has a value, or none"),
        (lambda: changed(hir.CallFunc, func="h"), "there is no function 'h'"),
        (lambda: changed(hir.Perform, method="size"), "'size' is no procedure"),
        (lambda: changed(hir.Perform, args=()), "play takes 1 arguments, not 0"),
        (lambda: changed(hir.Call, args=(hir.Const(7, IntT(7, 7)),)), "'k' of gain is in 7..7, beyond 0..3"),
        (lambda: changed(hir.Call, result=X), "'gain' does not give int 0..9"),
        (lambda: changed(hir.Alternative, locals=()), "'take' has the wrong number of candidates"),
        (lambda: changed(hir.Choose, player=hir.Const(-1, OptT(PLAYER))), ""),
        (
            lambda: with_play(hir.Store(HAND, hir.Const(0, PLAYER), None, hir.Const(0, HAND.type))),
            "assigns to the zone",
        ),
        (lambda: with_play(hir.Finish(NOBODY, hir.Const(1, BOOL))), "the reward is bool"),
        (lambda: replace(GAME, action_count=9), "has 4 actions, not 9"),
    ],
)
def test_what_is_wrong_is_named(make: Callable[[], hir.Program], problem: str) -> None:
    if problem:
        assert problem in problems(make())
    else:
        verify(make())


def test_all_problems_are_listed() -> None:
    found = problems(with_play(hir.Set(X, hir.Get(hir.Local("y", BOOL), BOOL)), hir.Call("nothing", (), None)))
    assert len(found.splitlines()) == 3


def test_recursion_is_a_problem() -> None:
    func = hir.Func("f", (), BOOL, hir.CallFunc("f", (), BOOL), None)
    assert "calls itself: f → f" in problems(replace(GAME, funcs={"f": func}, play=hir.Block(())))
