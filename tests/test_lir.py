"""Op programs: their text, what the verifier finds, and games on them that are the games of the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.backends.interp import Interp, RulesError, snapshot
from compiler.backends.interp.lir import OpInterp
from compiler.conformance.interp_engine import InterpEngine
from compiler.ir import hir, hir_verify, lir
from compiler.ir.hir_text import program_text
from compiler.ir.lir_text import basic_block_text, op_text
from compiler.ir.lir_verify import MalformedError, verify
from compiler.ir.types import BOOL, IntT
from compiler.passes import Split, lower
from tests.engines import first_difference
from tests.rules import SPECS, program, spec

FOLDER = Path(__file__).parent / "jax_games"
GAMES = {path.stem: program(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.rules"))}
GAMES |= {name: spec(name) for name in ("kuhn_poker", "rock_paper_scissors", "tcg", "tic_tac_toe")}

TINY = program(
    """
    players 2
    entity card[3] per player
    state { to_move: player = 0; left: int 0..9 = 3 }
    state per player { points: int 0..20 = 0 }
    zone hand: bag of card per player start
    action take(k: int 0..2)
    action drop(c: own card)
    verb score (k: int 0..3) { to_move.points += k }
    play {
      repeat 9 {
        choose by to_move {
          take(k in 3) when left > 0 { left -= k; score k }
          drop(c in hand(to_move)) { score 1 }
        }
        to_move = 1 - to_move
      }
      finish p: p.points
    }
    """
)


def before_split(game: hir.Program) -> hir.Program:
    """A program after every pass but the last."""
    return after(game, "static-masks")


def after(game: hir.Program, pass_: str) -> Any:
    results: dict[str, Any] = {}
    lower(game, results.__setitem__)
    return results[pass_]


def difference(game: hir.Program, op: lir.OpProgram, *, games: int, decisions: int = 60) -> str | None:
    """Random games on an op program and on the rules: states, legal actions, draws and all else at every decision."""
    engine = InterpEngine(game, games, views=True)
    engine.interp = OpInterp(op)
    return first_difference(engine, InterpEngine(game, games, views=True), game, games=games, decisions=decisions)


# --- text -------------------------------------------------------------------------------------------------------------


def test_text() -> None:
    assert op_text(lower(TINY)) == dedent(
        """\
        ops test
        frame rounds: int 0..9
        register k: int 0..2
        verb score(k: int 0..3) {
          to_move.points := (to_move.points + k)
        }
        start at start
        block start {
          rounds := max(min(9, 9), 0)
          go to play_round if (rounds > 0) else play_done
        }
        block play_round {
          rounds := (rounds - 1)
          go to play_ask
        }
        block play_ask {
          ask #0 by to_move {
            take(k in 3) when (left > 0)
            drop(c in to_move.hand)
          } then play_chosen or play_went_on
        }
        block play_chosen {
          dispatch {
            take(k): play_take
            drop(c): play_drop
          }
        }
        block play_drop {
          call score(1)
          go to play_went_on
        }
        block play_take {
          left := (left - k)
          call score(k)
          go to play_went_on
        }
        block play_went_on {
          to_move := (1 - to_move)
          go to play_round if (rounds > 0) else play_done
        }
        block play_done {
          finish p: p.points
          halt
        }
        """
    )


def test_text_is_the_same_every_time() -> None:
    assert op_text(lower(GAMES["tcg"])) == op_text(lower(spec("tcg")))


def dump(*args: str | Path) -> Any:
    result = CliRunner().invoke(cli.app, ["dump", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_dump_prints_a_stage() -> None:
    manifest = SPECS / "tic_tac_toe.yaml"
    game = GAMES["tic_tac_toe"]
    assert dump(manifest).stdout == program_text(game)
    assert dump(manifest, "--stage", "masks").stdout == program_text(before_split(game))
    assert dump(manifest, "--stage", "lir").stdout == op_text(lower(game))
    found = json.loads(dump(manifest, "--stage", "lir", "--json").stdout)
    assert found == {"ok": True, "stage": "lir", "text": op_text(lower(game)), "diagnostics": []}


def test_dump_says_what_is_wrong(tmp_path: Path) -> None:
    result = dump(SPECS / "tic_tac_toe.yaml", "--stage", "lri")
    assert result.exit_code == 2
    assert "did you mean 'lir'?" in result.output
    result = dump(tmp_path / "none.yaml", "--json")
    assert result.exit_code == 1
    assert [found["code"] for found in json.loads(result.stdout)["diagnostics"]] == ["E0001"]


# --- the verifier -----------------------------------------------------------------------------------------------------

OP = lower(TINY)
ROUNDS, K = OP.registers
LEFT, N = TINY.fields["left"], hir.Local("n", IntT(0, 9))
ONE, TRUE = hir.Const(1, IntT(1, 1)), hir.Const(1, BOOL)
READ = hir.Store(LEFT, None, None, hir.Get(N, N.type))
WRITE = hir.Set(N, ONE)


def the_ask() -> lir.Ask:
    end = OP.blocks["play_ask"].end
    assert isinstance(end, lir.Ask)
    return end


ASK = the_ask()


def changed(name: str, *body: hir.Statement, end: lir.Terminator | None = None, **others: Any) -> lir.OpProgram:
    """The op program with a block given another body or another end."""
    block = OP.blocks[name]
    new = replace(block, body=body or block.body, end=end or block.end)
    return replace(OP, blocks=dict(OP.blocks) | {name: new}, **others)


def a_method_call() -> hir.Expr:
    return hir.CallMethod("item", "play", ONE, (), BOOL)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: replace(OP, entry="begin"), "ops: there is no block 'begin'"),
        (lambda: changed("start", end=lir.Jump("nowhere")), "block start: there is no block 'nowhere'"),
        (lambda: changed("start", end=lir.Branch(TRUE, "nowhere", "play_ask")), "there is no block 'nowhere'"),
        (lambda: changed("play_ask", end=replace(ASK, skip="nowhere")), "there is no block 'nowhere'"),
        (lambda: changed("play_ask", end=replace(ASK, dispatch="nowhere")), "there is no block 'nowhere'"),
        (lambda: changed("play_ask", end=replace(ASK, dispatch="play_take")), "'play_take' dispatches nothing"),
        (lambda: changed("play_ask", end=lir.Halt()), "block play_chosen: dispatches what nobody asks"),
        (lambda: changed("play_chosen", end=lir.Dispatch(())), "'play_chosen' lacks drop, take"),
        (lambda: changed("play_chosen", end=lir.Dispatch(((ASK.choice.alternatives[0], "nowhere"),))), "no block"),
        (lambda: replace(OP, blocks=dict(OP.blocks) | {"other": OP.blocks["start"]}), "listed as other, and is start"),
        (lambda: changed("start", READ), "block start: reads 'n', which may have no value"),
        (lambda: changed("start", READ, WRITE), "block start: reads 'n', which may have no value"),
        (lambda: changed("start", end=lir.Branch(hir.Get(N, BOOL), "start", "start")), "reads 'n'"),
        (lambda: changed("start", end=lir.Branch(ONE, "start", "start")), "a condition is int 1..1, not bool"),
        (lambda: replace(OP, registers=(ROUNDS,)), "'k' is of several blocks, and no register"),
        (lambda: replace(OP, registers=(ROUNDS, K, K)), "a register is listed twice"),
        (lambda: replace(OP, frame=(ROUNDS, N)), "'n' is of the frame, and no register"),
        (lambda: replace(OP, frame=()), "ops: 'rounds' is read after a decision, and not of the frame"),
        (
            lambda: changed("start", WRITE, hir.While(TRUE, 3, hir.Block((WRITE,)))),
            "'n' is changed by a loop, and is no register",
        ),
        (lambda: changed("start", ASK.choice), "holds a Choose, which is not straight"),
        (lambda: changed("start", hir.Perform("item", "play", ONE, ())), "holds a Perform, which is not straight"),
        (lambda: changed("start", hir.Set(N, a_method_call())), "holds a CallMethod, which is no expression here"),
        (lambda: changed("start", hir.Set(N, hir.CallFunc("f", (), N.type))), "there is no function 'f'"),
        (lambda: changed("start", hir.Finish(N, ONE)), "block start: goes on after the game is over"),
        (lambda: changed("play_done", hir.Finish(N, ONE), WRITE), "block play_done: goes on after the game is over"),
        (
            lambda: changed("play_done", hir.If(TRUE, hir.Block((hir.Finish(N, ONE),)), hir.Block(()))),
            "holds a Finish inside a statement",
        ),
        (
            lambda: changed("start", hir.Repeat(ONE, 2, hir.Block((hir.While(TRUE, 3, hir.Block(())),)))),
            "holds a While inside a statement",
        ),
        (lambda: replace(OP, procs={}), "calls 'score', which is no straight verb"),
        (
            lambda: replace(OP, procs={"score": replace(TINY.procs["score"], body=hir.Block((ASK.choice,)))}),
            "verb score: holds a Choose, which is not straight",
        ),
        (lambda: changed("start", hir.Set(N, hir.Label("nowhere", N.type))), "there is no block 'nowhere'"),
        (
            lambda: changed("start", hir.Set(hir.Local("a", IntT(0, 2)), hir.Label("start", IntT(0, 2)))),
            "the return address 'a' is too small for 8 blocks",
        ),
        (lambda: changed("play_done", end=lir.Return(K)), "returns to 'k', which holds no block"),
        (lambda: changed("play_done", end=lir.Return(N)), "returns to 'n', which may have no value"),
        (
            lambda: changed("play_ask", end=replace(ASK, choice=TINY.play.statements[0].body.statements[0])),  # type: ignore[union-attr]
            "'take' has a body in the choice",
        ),
    ],
)
def test_what_is_wrong_is_named(make: Callable[[], lir.OpProgram], problem: str) -> None:
    with pytest.raises(MalformedError) as raised:
        verify(make())
    assert problem in str(raised.value)


def test_all_problems_are_listed() -> None:
    with pytest.raises(MalformedError) as raised:
        verify(replace(changed("start", READ, end=lir.Jump("nowhere")), frame=(N,)))
    assert len(raised.value.problems) == 4


@pytest.mark.parametrize("name", GAMES)
def test_what_passes_make_is_good(name: str) -> None:
    verify(lower(GAMES[name]))  # which verifies the program after each pass, too


def test_a_pass_that_breaks_a_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Split, "run", lambda self, game: replace(OP, entry="nowhere"))
    with pytest.raises(MalformedError, match="nowhere"):
        lower(TINY)


def test_what_only_passes_make_is_none_of_the_rules() -> None:
    masked = before_split(GAMES["many_instances"])
    hir_verify.verify(masked, lowered=True)
    with pytest.raises(MalformedError, match="OwnSet, which is no expression here"):
        hir_verify.verify(masked)


# --- the same games ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GAMES)
def test_op_programs_play_the_games_of_the_rules(name: str) -> None:
    assert difference(GAMES[name], lower(GAMES[name]), games=8, decisions=120) is None


WAYS = {
    "loops as loops": Split(unroll_rounds=0),
    "everything shared": Split(unroll_size=0, share_size=0, copy_size=0),
    "verbs that ask are shared": Split(copy_size=0),
    "everything copied": Split(unroll_rounds=0, unroll_size=0, share_size=0, copy_size=10**6),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["control", "tables", "tcg", "zones"])
def test_limits_change_the_blocks_and_not_the_game(name: str, way: str) -> None:
    op = WAYS[way].run(before_split(GAMES[name]))
    verify(op)
    assert difference(GAMES[name], op, games=4) is None


def test_a_decision_keeps_the_frame_alone() -> None:
    game = OpInterp(OP).new_game()
    assert game.legal == (0, 1, 2, 3, 4, 5)
    careless = OpInterp(replace(OP, frame=())).new_game()
    with pytest.raises(RulesError, match="'rounds' has no value here"):
        careless.step(0)


def test_illegal_actions_copies_and_ends() -> None:
    op, rules = OpInterp(OP).new_game(key=5), Interp(TINY).new_game(key=5)
    assert not op.step(99)
    for _ in range(4):
        assert op.step(op.legal[-1]) == rules.step(rules.legal[-1])
    again = op.copy()
    while not again.over:
        again.step(again.legal[0])
        rules.step(rules.legal[0])
        assert snapshot(again) == snapshot(rules)
    assert again.rewards == rules.rewards != op.rewards
    assert OpInterp(OP).source == op_text(OP)


# --- passes, in text --------------------------------------------------------------------------------------------------

LOOP = program(
    """
    players 2
    state { n: int 0..99 = 0 }
    entity place[3] per player
    state per place { size: int 0..9 = 1 }
    action go
    play {
      for s in all place of 0 { s.size += 1 }
      for s in all place of 1 { choose by 0 { go { n += s.size } } }
      finish p: n
    }
    """
)


def text_of(op: lir.OpProgram, *names: str) -> str:
    return "".join(basic_block_text(op, op.blocks[name]) for name in names)


def test_a_loop_stays_in_its_block_unless_it_asks() -> None:
    op = Split().run(before_split(LOOP))
    assert text_of(op, "start", "play_round", "play_went_on") == dedent(
        """\
        block start {
          for s~2: place in (all place of player(0)) {
            s~2.size := (s~2.size + 1)
          }
          s_left := (all place of player(1))
          go to play_round if any(x in s_left: true) else play_done
        }
        block play_round {
          s := first(s_left)
          s_left := Without(s_left, s)
          go to play_ask
        }
        block play_went_on {
          go to play_round if any(x in s_left: true) else play_done
        }
        """
    )
    assert [local.name for local in op.frame] == ["s_left", "s"]


def test_a_loop_that_is_long_loops_where_it_stands() -> None:
    op = Split(unroll_rounds=2).run(before_split(LOOP))
    assert text_of(op, "start") == dedent(
        """\
        block start {
          s_left := (all place of player(0))
          while any(x in s_left: true) at most 6 {
            s := first(s_left)
            s_left := Without(s_left, s)
            s.size := (s.size + 1)
          }
          s_left~2 := (all place of player(1))
          go to play_round if any(x~2 in s_left~2: true) else play_done
        }
        """
    )


ASKS = program(
    """
    players 2
    state { n: int 0..99 = 0 }
    action more(k: int 0..3)
    verb ask (p: player) { choose by p { more(k in 4) { n += k } } }
    play {
      ask 0
      n += 1
      ask 1
      finish p: n
    }
    """
)


def test_a_small_verb_that_asks_is_copied() -> None:
    op = Split().run(before_split(ASKS))
    assert list(op.blocks) == [
        "start", "ask_ask", "ask_chosen", "ask_more", "ask_went_on", "ask_ask_2", "ask_chosen_2", "ask_more_2",
        "ask_went_on_2",
    ]  # fmt: skip
    assert "ask #0 by player(0) {\n    more(k in 4)" in text_of(op, "ask_ask")
    assert "ask #0 by player(1) {\n    more(k~2 in 4)" in text_of(op, "ask_ask_2")
    assert not op.frame


def test_a_large_verb_that_asks_is_shared_and_returns() -> None:
    op = Split(copy_size=0).run(before_split(ASKS))
    assert text_of(op, "start", "ask_went_on", "play_back", "play_back_2") == dedent(
        """\
        block start {
          p := player(0)
          ask_return := Label(play_back)
          go to ask_ask
        }
        block ask_went_on {
          return to ask_return
        }
        block play_back {
          n := (n + 1)
          p := player(1)
          ask_return := Label(play_back_2)
          go to ask_ask
        }
        block play_back_2 {
          finish p~2: n
          halt
        }
        """
    )
    assert [local.name for local in op.frame] == ["ask_return"]


def test_what_is_read_behind_a_shared_verb_is_of_the_frame() -> None:
    text = """
        players 2
        state { n: int 0..99 = 0 }
        action more(k: int 0..3)
        verb ask (p: player) { choose by p { more(k in 4) { n += k } } }
        play {
          while true at most 5 {
            draw r: die
            if r > 3 { ask 0 }
            if r < 6 { n += r }
            ask 1
          }
          finish p: n
        }
        draws die: int 1..6
        """
    op = Split(copy_size=0).run(before_split(program(text)))
    assert {local.name for local in op.frame} == {"ask_return", "r", "rounds"}
    assert difference(program(text), op, games=16) is None


ROWS = program(
    """
    players 2
    entity card[4] per player
    enum Kind { unit trick }
    table item { kind: Kind = unit; cost: int 0..9 = 0; method play(me: player) }
    table pack { cards: item[4] }
    item "Wolf" { kind unit; cost 2; on play { me.mana += 2; me.life -= 1 } }
    item "Bolt" { kind trick; cost 1; on play { me.mana += 1 } }
    item "Mend" { kind trick; cost 3; on play { me.life -= 4; me.mana += 1 } }
    pack "Even" { cards [2*wolf 2*bolt] }
    state { n: int 0..9 = 1 }
    state per player { param mine: pack; life: int 0..20 = 9; mana: int 0..20 = 0 }
    zone hand: bag of card per player start
    zone used: bag of card per player
    func def(c: card): item = c.owner.mine.cards[c.index]
    action cast(c: own card)
    play {
      choose by 0 {
        cast(c in hand(0) where def(c).kind == trick and def(c).cost <= n distinct by def(c)) {
          move c from hand(0) to used(0)
          perform def(c).play(0)
        }
      }
      finish p: 0
    }
    """
)


def test_methods_become_one_procedure_with_operands() -> None:
    text = program_text(after(ROWS, "merge-methods"))
    verb = """\
        verb item.play(row: item, me: player) {
          if row.play_0 {
            me.mana := (me.mana + row.play_0_a)
          }
          if row.play_1 {
            me.life := (me.life - row.play_1_a)
          }
          if row.play_2 {
            me.mana := (me.mana + 1)
          }
        }
        """
    row = """\
        row item[mend] "Mend" as item {
          kind = Kind.trick
          cost = 3
          play_1 = true
          play_1_a = 4
          play_2 = true
        }
        """
    assert dedent(verb) in text
    assert dedent(row) in text
    assert "call item.play(def(c), player(0))" in text


def test_questions_about_static_data_become_masks() -> None:
    before, masked = (program_text(after(ROWS, name)) for name in ("turn-offers", "static-masks"))
    assert "where ((def(c~3).kind == Kind.trick) and (def(c~3).cost <= n)))" in before
    assert "cards_mask_0" not in before
    row = """\
        row pack[even] "Even" as pack {
          cards = [item[wolf], item[wolf], item[bolt], item[bolt]]
          cards_mask_0 = 12
          cards_mask_1 = [0, 12, 15, 15, 15, 15, 15, 15, 15, 15]
          cards_twin_1 = 10
        }
        """
    assert dedent(row) in masked
    assert "(player(0).hand & (OwnSet(card, player(0).mine.cards_mask_0, player(0)) | " in masked
    assert "OwnSet(card, player(0).mine.cards_mask_1[n], player(0))" in masked
    assert "cast(c in Lowest(" in masked
    assert ".kind ==" not in masked
