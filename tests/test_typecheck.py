"""The checker: small games in, typed rules out, in the text form of HIR. Wrong games are in `bad_specs/`."""

import re
from textwrap import dedent

import pytest

from compiler.diagnostics import Diagnostics
from compiler.ir import hir
from compiler.ir.hir_text import block_text, expr_text, func_text, proc_text, program_text, row_text
from compiler.ir.hir_verify import verify
from compiler.source import SourceFile
from compiler.syntax import parse_module
from compiler.typecheck import check
from tests.rules import program, spec

WORLD = """
players 2
enum Element { grass fire water }
enum Kind { basic trainer }
entity card[5] per player
entity cell[9]
state { turn: int 0..31 = 1; current: player; best: card? = none; seen: set of Element; hits: int 0..9[3] }
state per player { points: int 0..9 = 0; guard: lasting int 0..200; param list: deck }
state per card { def: species; damage: int 0..400 = 0; energy: int 0..9[Element] }
zone pile_: pile of card per player hidden known 2 bottom 3 start
zone hand: bag of card per player visible to owner
zone arena: slot of card visible
draws coin: int 0..1 always
draws pick: card always
draws colour: Element
draws number: int 0..99
action play(c: own card, e: Element)
action target(c: card)
action option(k: int 0..3)
action pass

table species {
  kind: Kind = basic
  element: Element = fire
  hp: int 0..400 = 30
  ex: flag
  weakness: Element? = none
  into: species? = none
  method bonus(me: player): int 0..50 = 0
  method play(me: player)
  form pokemon { }
  form trainer { kind = trainer } body play
}
table attack in species as attacks[2] {
  cost: int 0..5[Element]
  damage: int 0..400 = 0
  method effect(self: card)
}
table deck { cards: species?[5]; energy: set of Element }
"""


def world(text: str) -> hir.Program:
    """A game in the world above; `play` may be left out."""
    text = dedent(text)
    play = "" if re.search(r"^play \{", text, re.MULTILINE) else "play { finish p: 0 }\n"
    found = program(WORLD + text + play)
    verify(found)
    return found


def value(expression: str, params: str = "") -> str:
    """The typed form of an expression and its type, as `TYPE = EXPR`."""
    found = world(f"func f({params}) = {expression}\n")
    return f"{found.funcs['f'].result} = {expr_text(found, found.funcs['f'].body)}"


def steps(statements: str, more: str = "", params: str = "") -> list[str]:
    """The typed form of statements of a verb."""
    text = f"{more}\nverb v {params} {{\n{statements}\n}}\n"
    found = world(text)
    return proc_text(found, found.procs["v"]).replace("\n  ", "\n").splitlines()[1:-1]


def diagnostics(text: str) -> list[str]:
    sink = Diagnostics()
    module = parse_module(SourceFile("test.rules", dedent(text)), sink)
    if module is not None:
        check([module], "test", sink)
    return [f"{found.code} {found.message}" for found in sink]


# --- expressions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("3", "int 3..3 = 3"),
        ("-3", "int -3..-3 = -3"),
        ("turn + 5", "int 5..36 = (turn + 5)"),
        ("turn * 2 - 1", "int -1..61 = ((turn * 2) - 1)"),
        ("turn % 4", "int 0..3 = (turn % 4)"),
        ("max(turn, 3, 7)", "int 7..31 = max(max(turn, 3), 7)"),
        ("clamp(turn, 2, 5)", "int 2..5 = clamp(turn, 2, 5)"),
        ("1 - current", "int 0..1 = (1 - current)"),
        ("turn > 3 and not turn == 4 or true", "bool = (((turn > 3) and (not (turn == 4))) or true)"),
        ("players", "int 2..2 = 2"),
        ("1 if turn > 3 else 8", "int 1..8 = (1 if (turn > 3) else 8)"),
        ("best if turn > 3 else none", "card? = (best if (turn > 3) else none)"),
        ("current if turn > 3 else 1", "player = (current if (turn > 3) else player(1))"),
        ('"a" == "b"', 'bool = ("a" == "b")'),
    ],
)
def test_values(written: str, typed: str) -> None:
    assert value(written) == typed


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("c.damage", "int 0..400 = c.damage"),
        ("c.energy[fire]", "int 0..9 = c.energy[Element.fire]"),
        ("c.owner.points", "int 0..9 = c.owner.points"),
        ("c.index", "int 0..4 = c.index"),
        ("c.def.hp", "int 0..400 = c.def.hp"),
        ("c.def.attacks[1].damage", "int 0..400 = c.def.attacks[1].damage"),
        ("c.def.attacks[0].cost[water]", "int 0..5 = c.def.attacks[0].cost[Element.water]"),
        ("c.def.bonus(0)", "int 0..50 = c.def.bonus(player(0))"),
        ("c.def.key == c.def.title", "bool = (c.def.key == c.def.title)"),
        ("points(c.owner)", "int 0..9 = c.owner.points"),
        ("points(1)", "int 0..9 = player(1).points"),
        ("player(0).guard", "int 0..200 = player(0).guard@0"),
        ("card(1, 3)", "card = card(player(1), 3)"),
        ("cell(4).index", "int 0..8 = cell(4).index"),
        ("hits[2]", "int 0..9 = hits[2]"),
        ("reward(0) == 1 and not over", "bool = ((player(0).reward == 1) and (not over))"),
        ("decider", "player? = decider"),
    ],
)
def test_members(written: str, typed: str) -> None:
    assert value(written, "c: card") == typed


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("all Element", "set of Element = all Element"),
        ("all card of 1", "set of card = (all card of player(1))"),
        ("hand(p)", "set of card = p.hand"),
        ("p.hand | pile_(p)", "set of card = (p.hand | p.pile_)"),
        ("p.hand - all card of p", "set of card = (p.hand - (all card of p))"),
        ("(c in hand(p) where c.damage > 0)", "set of card = (c in p.hand where (c.damage > 0))"),
        ("count(p.hand)", "int 0..10 = count(p.hand)"),
        (
            "count(c in all card of p where c.damage == 0)",
            "int 0..5 = count((c in (all card of p) where (c.damage == 0)))",
        ),
        ("any(p.hand)", "bool = any(x in p.hand: true)"),
        ("any(c in p.hand where c.damage > 0)", "bool = any(c in p.hand: (c.damage > 0))"),
        ("all(c in p.hand: c.damage > 0)", "bool = all(c in p.hand: (c.damage > 0))"),
        (
            "all(c in p.hand where c.def.ex: c.damage > 0)",
            "bool = all(c in (c~2 in p.hand where c~2.def.ex): (c.damage > 0))",
        ),
        ("sum(c in all card of p: c.damage)", "int 0..2000 = sum(c in (all card of p): c.damage)"),
        ("max(c in p.hand: c.damage - 10)", "int -10..390 = max(c in p.hand: (c.damage - 10))"),
        ("min(c in p.hand: 3)", "int 0..3 = min(c in p.hand: 3)"),
        ("first(p.hand)", "card? = first(p.hand)"),
        ("first(c in p.hand where c.def.ex)", "card? = first((c in p.hand where c.def.ex))"),
        ("arena", "card? = arena"),
        ("card(0, 1) in p.hand", "bool = (card(player(0), 1) in p.hand)"),
        ("card(0, 1) not in p.hand", "bool = (not (card(player(0), 1) in p.hand))"),
        ("card(0, 1) in arena", "bool = (card(player(0), 1) == arena)"),
        ("fire in seen", "bool = (Element.fire in seen)"),
        ("seen | [fire water]", "set of Element = (seen | {Element.fire, Element.water})"),
        ("p.hand == all card", "bool = (not any(x in ((p.hand - all card) | (all card - p.hand)): true))"),
        ("count(x in arena)", "int 0..10 = count((x in all card where (x == arena)))"),
        ("p.hand.count", "int 0..10 = count(p.hand)"),
    ],
)
def test_sets(written: str, typed: str) -> None:
    assert value(written, "p: player") == typed


def test_a_list_of_variables_is_a_set() -> None:
    found = value("count([c fire])", "c: Element")
    assert found == "int 0..3 = count(({Element.fire} | (x in all Element where (x == c))))"


def test_in_a_list_is_a_disjunction() -> None:
    found = value("e in [grass water]", "e: Element")
    assert found == "bool = ((e == Element.grass) or (e == Element.water))"
    assert value("turn not in [1 2]") == "bool = (not ((turn == 1) or (turn == 2)))"


def test_bare_enum_values_and_rows_are_understood_by_what_is_wanted() -> None:
    rows = 'pokemon A1-1 "Leaf" { grass }\npokemon mud "Mud" { water }\nenum Other { fire basic }\n'
    found = world(
        rows
        + """
        state { other: Other = fire; last: species = A1-1; chosen: species? = "Mud" }
        func hot(e: Element): bool = e == fire and other == fire and fire != e
        func known(s: species): bool = s == A1-1 or s in [mud "Leaf"] or s.into == mud
        func element_of(s: species): Element = fire if s == Leaf else s.element
        func called(): bool = hot(fire) and known(mud) and Other.basic == other and element_of(mud) == water
        """
    )
    assert func_text(found, found.funcs["hot"]) == (
        "func hot(e: Element): bool = (((e == Element.fire) and (other == Other.fire)) and (Element.fire != e))\n"
    )
    assert "((s == species[mud]) or (s == species[A1-1]))" in func_text(found, found.funcs["known"])
    assert found.fields["chosen"].default == 1
    assert found.fields["other"].default == 0


def test_x_f_is_f_of_x() -> None:
    found = world(
        """
        func twice(n: int 0..100): int 0..200 = n + n
        func strong(c: card, n: int 0..400): bool = c.damage < n
        func f(c: card) = twice(3).twice + c.energy[fire].twice + (1 if c.strong(30) else 0)
        """
    )
    text = func_text(found, found.funcs["f"])
    assert "twice(saturate(twice(3), 0, 100))" in text
    assert "twice(c.energy[Element.fire])" in text
    assert "strong(c, 30)" in text


def test_functions_without_a_type_have_that_of_their_expression() -> None:
    found = world("func a() = b() + 1\nfunc b() = turn\n")
    assert str(found.funcs["a"].result) == "int 1..32"
    assert list(found.funcs) == ["a", "b"]


def test_values_are_cut_where_bounds_are_narrower() -> None:
    found = world("func small(n: int 0..3): int 1..2 = n\nfunc f() = small(turn)\n")
    assert func_text(found, found.funcs["small"]) == "func small(n: int 0..3): int 1..2 = saturate(n, 1, 2)\n"
    assert func_text(found, found.funcs["f"]) == "func f(): int 1..2 = small(saturate(turn, 0, 3))\n"


# --- statements -------------------------------------------------------------------------------------------------------


def test_locals_and_assignments() -> None:
    assert steps(
        """
        let a = turn + 1
        var b = 2
        var c: int 0..9 = 3
        var d: card? = none
        b = a
        c += b
        d = card(0, 1)
        turn = 40 - turn
        hits[1] -= 1
        card(0, 1).energy[fire] += c
        seen -= [fire]
        if d != none { best = d }
        """
    ) == [
        "a: int 1..32 := (turn + 1)",
        "b: int -32768..32767 := 2",
        "c: int 0..9 := 3",
        "d: card? := none",
        "b := a",
        "c := saturate((c + b), 0, 9)",
        "d := card(player(0), 1)",
        "turn := (40 - turn)",
        "hits[1] := (hits[1] - 1)",
        "card(player(0), 1).energy[Element.fire] := (card(player(0), 1).energy[Element.fire] + c)",
        "seen := (seen - {Element.fire})",
        "if (d != none) {",
        "  best := d",
        "}",
    ]


def test_lasting_fields() -> None:
    assert steps(
        """
        let p = player(0)
        this turn: p.guard += 20
        next turn: p.guard = 30
        turn after next: p.guard -= 1
        p.guard = p.guard + 1
        advance lasting
        end lasting on p
        """
    ) == [
        "p: player := player(0)",
        "p.guard@0 := (p.guard@0 + 20)",
        "p.guard@1 := 30",
        "p.guard@2 := (p.guard@2 - 1)",
        "p.guard@0 := (p.guard@0 + 1)",
        "advance lasting",
        "end lasting on p",
    ]


def test_loops() -> None:
    assert steps(
        """
        for c in hand(0) where c.damage > 0 { c.damage = 0 }
        repeat turn { turn += 1 }
        var n = 3
        repeat n at most 5 { n -= 1 }
        while n > 0 at most 2 * 4 { n -= 1 }
        for c in arena { c.damage = 1 }
        """
    ) == [
        "for c: card in (c~2 in player(0).hand where (c~2.damage > 0)) {",
        "  c.damage := 0",
        "}",
        "repeat turn at most 31 {",
        "  turn := (turn + 1)",
        "}",
        "n: int -32768..32767 := 3",
        "repeat n at most 5 {",
        "  n := saturate((n - 1), -32768, 32767)",
        "}",
        "while (n > 0) at most 8 {",
        "  n := saturate((n - 1), -32768, 32767)",
        "}",
        "for c~3: card in (x in all card where (x == arena)) {",
        "  c~3.damage := 1",
        "}",
    ]


def test_chance_and_zones() -> None:
    assert steps(
        """
        let p = player(1)
        draw a: coin
        draw b: pick from hand(p) where b.damage == 0 weight b.index + 1
        draw c: colour
        draw d: number from turn
        draw e: pick where e.owner == p
        draw f: number from 10
        reveal g: pick from p.pile_ at a
        if g != none and b != none { move b from hand(p) to p.pile_ top }
        move e from p.pile_ to arena
        shuffle pile_(p)
        swap b, g
        reset b
        if c == fire { turn = f + d }
        """
    ) == [
        "p: player := player(1)",
        "draw a: int 0..1 by coin",
        "draw b: card? by pick from (b~2 in p.hand where (b~2.damage == 0)) weight b~3: (b~3.index + 1)",
        "draw c: Element by colour",
        "draw d: int 0..30? by number from turn outcomes",
        "draw e: card? by pick from (e~2 in all card where (e~2.owner == p))",
        "draw f: int 0..9 by number from 10 outcomes",
        "reveal g: card? by pick from p.pile_ at a",
        "if ((g != none) and (b != none)) {",
        "  move b from p.hand to p.pile_ top",
        "}",
        "move e from p.pile_ to arena",
        "shuffle p.pile_",
        "swap b, g",
        "reset b",
        "if (c == Element.fire) {",
        "  turn := (f + d)",
        "}",
    ]


def test_choices() -> None:
    assert steps(
        """
        choose by current manual {
          play(c in hand(current) where c.damage == 0 distinct by c.def,
               e in all Element where c.energy[e] > 0) { c.damage = 1 }
          option(k in 2) when turn > 3 { turn = k }
          pass { }
        }
        choose c: target in hand(current) by current
        choose k: option in 3 where k != turn by 1 - current
        if c != none and k == 2 { best = c }
        """
    ) == [
        "choose #0 by current manual {",
        "  play(c in (c~2 in current.hand where (c~2.damage == 0)) distinct by c.def, "
        "e in (e~2 in all Element where (c.energy[e~2] > 0))) {",
        "    c.damage := 1",
        "  }",
        "  option(k in 2) when (turn > 3) {",
        "    turn := k",
        "  }",
        "  pass() {",
        "  }",
        "}",
        "c~3: card? := none",
        "choose #1 by current {",
        "  target(c~4 in current.hand) {",
        "    c~3 := c~4",
        "  }",
        "}",
        "k~2: int 0..3? := none",
        "choose #2 by (1 - current) {",
        "  option(k~3 in (k~4 in {0, 1, 2, 3} where ((k~4 < 3) and (k~4 != turn)))) {",
        "    k~2 := k~3",
        "  }",
        "}",
        "if ((c~3 != none) and (k~2 == 2)) {",
        "  best := c~3",
        "}",
    ]


def test_verbs_are_found_by_their_words() -> None:
    verbs = """
    verb heal (n: int 0..400) damage from (c: card) { c.damage -= n }
    verb heal (c: card) fully { c.damage = 0 }
    verb give (n: int 0..9) (e: Element) energy to (c: card) { c.energy[e] += n }
    verb give (n: int 0..9) points to (p: player) { p.points += n }
    verb flip (n: int 0..9) coins: int 0..9 {
      var heads: int 0..9 = 0
      repeat n { draw c: coin; heads += c }
      return heads
    }
    verb end_it { finish p: 0 }
    """
    assert steps(
        """
        heal 20 damage from c
        heal c fully
        give 1 + turn fire energy to c
        give (turn - 1) points to c.owner
        let heads = flip turn coins
        var more: int 0..20 = flip 2 coins
        flip 3 coins
        more += heads
        turn = more
        end_it
        """,
        verbs,
        "(c: card)",
    ) == [
        "call heal_damage_from(20, c)",
        "call heal_fully(c)",
        "call give_energy_to(saturate((1 + turn), 0, 9), Element.fire, c)",
        "call give_points_to(saturate((turn - 1), 0, 9), c.owner)",
        "heads: int 0..9 := call flip_coins(saturate(turn, 0, 9))",
        "result: int 0..9 := call flip_coins(2)",
        "more: int 0..20 := result",
        "call flip_coins(3)",
        "more := saturate((more + heads), 0, 20)",
        "turn := more",
        "call end_it()",
    ]


def test_verbs_of_the_same_words_are_told_apart_by_types() -> None:
    verbs = """
    verb mark (c: card) { c.damage = 1 }
    verb mark (p: player) { p.points = 1 }
    verb mark all_of (p: player) { for c in hand(p) { c.damage = 2 } }
    """
    assert steps("mark 0\nmark card(0, 1)\nmark all_of 1", verbs) == [
        "call mark_2(player(0))",
        "call mark(card(player(0), 1))",
        "call mark_all_of(player(1))",
    ]


def test_play_and_finish() -> None:
    found = world("play {\n  turn += 1\n  finish p: 1 if p == current else -1\n}\n")
    assert block_text(found, found.play) == "turn := (turn + 1)\nfinish p: (1 if (p == current) else -1)\n"


# --- declarations -----------------------------------------------------------------------------------------------------


def test_actions_are_numbered_in_order() -> None:
    actions = world("").actions
    assert [(action.base, action.size) for action in actions.values()] == [(0, 15), (15, 10), (25, 4), (29, 1)]
    assert world("").action_count == 30
    assert [param.size for param in actions["play"].params] == [5, 3]


def test_fields_zones_and_their_defaults() -> None:
    lines = program_text(world('deck one "One" { }\n')).splitlines()
    for line in (
        "field turn: int 0..31 = 1 public",
        "field best: card? = none public",
        "field hits: int 0..9[3] = 0 public",
        "field player.guard: lasting int 0..200 = 0 public",
        "param field player.list: deck = deck[one] public",
        "field card.energy: int 0..9[Element] = 0 public",
        "zone player.pile_: pile of card hidden known 2 bottom 3 start",
        "zone player.hand: bag of card owner",
        "zone arena: slot of card public",
        "field over: bool = false public",
        "field decider: player? = none public",
        "draws coin: int 0..1 always",
        "action play(c: own card, e: Element) = 0..14",
    ):
        assert line in lines


def test_constants_may_be_overridden() -> None:
    text = "players 2\nconst A = 3\nconst B = A * 2\nconst ON = true\nstate { n: int 0..B = B; b: bool = ON }\n"
    module = parse_module(SourceFile("t.rules", text + "play { finish p: 0 }\n"), Diagnostics())
    assert module is not None
    found = check([module], "t", Diagnostics(), {"A": 5, "ON": 0})
    assert found is not None
    assert found.constants == {"A": 5, "B": 10, "ON": 0}
    assert (found.fields["n"].default, found.fields["b"].default) == (10, 0)
    sink = Diagnostics()
    assert check([module], "t", sink, {"C": 5}) is None
    assert [found.code for found in sink] == ["E0601"]


def test_the_order_of_files_and_declarations_does_not_matter() -> None:
    text = [
        "play { start_it; finish p: f(p) }\n",
        "func f(p: player): int 0..9 = g(p) + LIMIT\n",
        "const LIMIT = 2\nplayers 2\n",
        'species one "One" { into two }\nspecies two "Two" { into one }\n',
        "table species { into: species }\n",
        "verb start_it { n = f(0) }\nstate { n: int 0..9 = LIMIT }\nfunc g(p: player): int 0..1 = 1 if p == 0 else 0\n",
    ]
    modules = [parse_module(SourceFile(f"{i}.rules", part), Diagnostics()) for i, part in enumerate(text)]
    good = [module for module in modules if module is not None]
    assert len(good) == len(text)
    for order in (good, good[::-1]):
        sink = Diagnostics()
        assert check(order, "t", sink) is not None, list(sink)


# --- rows -------------------------------------------------------------------------------------------------------------


def test_rows_are_read_by_their_schema() -> None:
    found = world(
        """
        pokemon A1-1 "Leaf" { grass hp 150 weakness fire ex into A1-2
          attack "Bite" [grass water grass] 50
          attack "Charge" [2*fire] 30 { self.damage = 10 }
        }
        pokemon A1-2 "Mud" { basic; water; hp = 20 }
        trainer A1-3 "Plan" { me.points += 1; gives bonus = 3 }
        deck mine "Mine" { cards [2*A1-1 A1-3] energy [fire grass] }
        """
    )
    assert row_text(found, "species", 0).splitlines() == [
        'row species[A1-1] "Leaf" as pokemon {',
        "  element = Element.grass",
        "  hp = 150",
        "  ex = true",
        "  weakness = Element.fire",
        "  into = species[A1-2]",
        "  attacks = [attack[A1-1/0], attack[A1-1/1]]",
        "}",
    ]
    assert row_text(found, "attack", 1).splitlines() == [
        'row attack[A1-1/1] "Charge" as attack {',
        "  position = 1",
        "  cost = [fire: 2]",
        "  damage = 30",
        "  effect(self: card) {",
        "    self.damage := 10",
        "  }",
        "}",
    ]
    assert row_text(found, "species", 2).splitlines() == [
        'row species[A1-3] "Plan" as trainer {',
        "  kind = Kind.trainer",
        "  bonus(me: player) = 3",
        "  play(me: player) {",
        "    me.points := (me.points + 1)",
        "  }",
        "}",
    ]
    assert found.tables["deck"].data["cards"] == ((0, 0, 2, -1, -1),)
    assert found.tables["deck"].data["energy"] == (0b011,)
    assert found.tables["attack"].data["parent"] == (0, 0)
    assert found.tables["attack"].data["cost"] == ((2, 0, 1), (0, 2, 0))


def test_all_rows_share_the_parameters_of_a_method() -> None:
    found = world('trainer a "A" { me.points = 1 }\ntrainer b "B" { me.points = 2 }\n')
    method = found.tables["species"].methods["play"]
    owners = [
        statement.owner.local
        for body in method.bodies.values()
        if isinstance(body, hir.Block)
        for statement in body.statements
        if isinstance(statement, hir.Store) and isinstance(statement.owner, hir.Get)
    ]
    assert owners == [method.params[0], method.params[0]]


def test_children_of_children() -> None:
    found = world(
        """
        table part in attack as parts[2] { power: int 0..9; method go(self: card) }
        pokemon a "A" {
          grass
          attack "Bite" [grass] 50 { part "Snap" 3 { self.damage = 1 }; part "Chew" 4; on effect { self.damage = 2 } }
        }
        """
    )
    assert found.tables["part"].titles == ("Snap", "Chew")
    assert found.tables["part"].data["power"] == (3, 4)
    assert found.tables["attack"].data["parts"] == ((0, 1),)
    assert set(found.tables["attack"].methods["effect"].bodies) == {0}
    assert set(found.tables["part"].methods["go"].bodies) == {0}


def test_performing_and_asking_a_row() -> None:
    assert steps(
        """
        perform card(0, 1).def.play(0)
        perform card(0, 1).def.attacks[0].effect(card(0, 1))
        turn = card(0, 1).def.bonus(1)
        """
    ) == [
        "perform card(player(0), 1).def.play(player(0))",
        "perform card(player(0), 1).def.attacks[0].effect(card(player(0), 1))",
        "turn := card(player(0), 1).def.bonus(player(1))",
    ]


# --- scenarios --------------------------------------------------------------------------------------------------------


def test_scenarios() -> None:
    found = world(
        """
        deck one "One" { }
        verb ready { turn = 3 }
        scenario "a game" {
          given { ready; player(0).list = one }
          draws coin 1, pick card(0, 3)
          when { play(3, fire); play(card(0, 2), water) draws coin 0; target(card(1, 1)); option(2); pass }
          then { expect turn == 3; expect not over }
        }
        """
    )
    text = program_text(found)
    assert text[text.index("scenario") :].splitlines() == [
        'scenario "a game" {',
        "  given {",
        "    call ready()",
        "    player(0).list := deck[one]",
        "  }",
        "  draws coin 1, pick card(player(0), 3)",
        "  play(3, Element.fire)",
        "  play(card(player(0), 2), Element.water) draws coin 0",
        "  target(card(player(1), 1))",
        "  option(2)",
        "  pass()",
        "  expect (turn == 3)",
        "  expect (not over)",
        "}",
    ]


# --- whole games ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tic_tac_toe", "kuhn_poker", "rock_paper_scissors", "tcg"])
def test_the_games_of_the_project_are_well_formed(name: str) -> None:
    found = spec(name)
    verify(found)
    assert program_text(found) == program_text(spec(name))


def test_errors_do_not_follow_from_errors() -> None:
    found = diagnostics(
        """
        players 2
        state { n: Nmber = 0 }
        entity card[x]
        func f(a: Nothing): bool = a.b
        verb broken (x: Wrong) { n = x }
        play {
          let a = unknown
          n = a + 1
          broken a
          if f(a) { n = a }
          draw b: coin
          if b == 3 { n = 2 }
          finish p: 0
        }
        """
    )
    assert found == [
        "E0204 there is no type 'Nmber'",
        "E0201 there is no constant 'x'",
        "E0204 there is no type 'Nothing'",
        "E0204 there is no type 'Wrong'",
        "E0201 there is no 'unknown' here",
        "E0210 there is no kind of draw 'coin'",
    ]
