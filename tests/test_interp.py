"""What each form of the rules does, one small game at a time."""

import json
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.backends.interp import (
    Coverage,
    Game,
    Interp,
    RulesError,
    TapeError,
    observation_names,
    observe,
    run_scenario,
    snapshot,
)
from compiler.ir.actions import action_names, decode, encode
from tests.rules import program


def interp(text: str, **options: Any) -> Interp:
    return Interp(program(dedent(text)), **options)


def play(text: str, **options: Any) -> Game:
    """A game of a two-player game with these declarations, at its first decision."""
    return interp("players 2\naction go\n" + dedent(text)).new_game(**options)


def names(game: Game) -> list[str]:
    return [game.action_name(action) for action in game.legal]


def take(game: Game, name: str, *draws: tuple[str, int]) -> None:
    assert game.step(game.interp.action_ids[name], draws), f"{name} is not among {names(game)}"


WAIT = "choose by 0 manual { go { finish p: 0 } }"

# --- fields -----------------------------------------------------------------------------------------------------------


def test_a_store_saturates_and_is_recorded() -> None:
    game = play(f"state {{ n: int 0..9 = 5 }}\nplay {{ n += 7; {WAIT} }}")
    assert game.state["n"] == [9]
    assert [event.kind for event in game.events] == ["saturated"]
    assert "n = 12 is not in 0..9" in str(game.events[0])
    assert not game.fault


def test_an_array_has_an_element_per_enum_value() -> None:
    game = play(f"""
        enum Colour {{ red green blue }}
        state per player {{ coins: int 0..9[Colour] }}
        play {{ coins(1)[blue] = 4; coins(0)[red] += 1; {WAIT} }}""")
    assert game.state["player.coins"] == [[1, 0, 0], [0, 0, 4]]


LASTING = """
    entity thing[2]
    state per thing { guard: lasting int 0..99; hit: int 0..99 = 3 }
    """


def test_lasting_values_move_up_when_a_turn_ends() -> None:
    game = play(f"""{LASTING}
        play {{
          this turn: thing(0).guard = 10
          next turn: thing(0).guard = 20
          turn after next: thing(0).guard += 30
          advance lasting
          {WAIT}
        }}""")
    assert game.state["thing.guard"] == [[20, 30, 0], [0, 0, 0]]


def test_reset_and_end_lasting_give_back_the_defaults() -> None:
    game = play(f"""{LASTING}
        play {{
          for t in all thing {{ next turn: t.guard = 9; t.hit = 7 }}
          end lasting on thing(0)
          reset thing(1)
          {WAIT}
        }}""")
    assert game.state["thing.guard"] == [[0, 0, 0], [0, 0, 0]]
    assert game.state["thing.hit"] == [7, 3]


def test_swap_exchanges_fields_and_zones() -> None:
    game = play(f"""
        entity card[4]
        entity place[2]
        state per place {{ n: int 0..9; marks: bool[3] }}
        zone box: bag of card start
        zone stack: pile of card per place visible known 3 bottom 3
        play {{
          place(0).n = 5
          place(0).marks[1] = true
          move card(0) from box to stack(place(0)) top
          move card(1) from box to stack(place(0)) top
          move card(2) from box to stack(place(1))
          swap place(0), place(1)
          {WAIT}
        }}""")
    assert game.state["place.n"] == [0, 5]
    assert game.state["place.marks"] == [[0, 0, 0], [0, 1, 0]]
    assert game.state["place.stack"] == [0b100, 0b011]
    assert game.state["place.stack:top"] == [[], [1, 0]]


# --- control ----------------------------------------------------------------------------------------------------------


def test_for_goes_up_in_the_set_as_it_was_at_first() -> None:
    game = play(f"""
        entity cell[4]
        state {{ seen: int 0..9999 }}
        state per cell {{ on: bool = true }}
        play {{
          for c in all cell where c.on {{
            seen = seen * 10 + c.index + 1
            cell(3).on = false
          }}
          {WAIT}
        }}""")
    assert game.state["seen"] == [1234]


def test_loops_stop_at_their_bound() -> None:
    game = play(f"""
        state {{ n: int 0..99; m: int 0..99; k: int -9..99 = -3 }}
        play {{
          repeat k at most 5 {{ n = 99 }}
          k = 20
          repeat k at most 5 {{ k += 1; n += 1 }}
          while m < 50 at most 7 {{ m += 1 }}
          while n < 6 at most 7 {{ n += 1 }}
          {WAIT}
        }}""")
    assert (game.state["n"], game.state["m"]) == ([6], [7])


def test_a_verb_returns_a_value_even_after_a_decision() -> None:
    game = play(f"""
        action say(k: int 0..9)
        state {{ n: int 0..99 }}
        verb ask (p: player): int 0..9 {{
          var answer: int 0..9 = 0
          choose by p {{ say(k in 10) {{ answer = k }} }}
          return answer
        }}
        play {{
          let a = ask 0
          let b = ask 1
          n = a * 10 + b
          {WAIT}
        }}""")
    assert game.decider == 0
    take(game, "say:4")
    assert game.decider == 1
    take(game, "say:2")
    assert game.state["n"] == [42]


TABLE = """
    action pick(k: int 0..3)
    state { n: int -99..99 }
    table spell {
      power: int 0..9 = 0
      boost: int 0..9[2]
      partner: spell? = none
      method cast(k: int 0..9)
      method cost(k: int 0..9): int 0..99 = 50
    }
    spell plain "Plain" { power 3 }
    spell wise "Wise" { power 4 partner plain
      on cast { choose by 1 { pick(i in k) { n = i } } }
      gives cost = k + wise.power }
    spell quick "Quick" { on cast { n = -k } }
    """


@pytest.mark.parametrize(
    ("spell", "cost", "legal", "n"),
    [
        ("plain", 50, ["go"], 0),
        ("wise", 6, ["pick:0", "pick:1"], 0),
        ("quick", 50, ["go"], -2),
        ("none", 50, ["go"], 0),
    ],
)
def test_a_row_runs_its_own_version_of_a_method(spell: str, cost: int, legal: list[str], n: int) -> None:
    game = play(f"""{TABLE}
        state {{ which: spell? = none; cost_of: int 0..99 }}
        play {{ which = {spell}; cost_of = which.cost(2); perform which.cast(2); {WAIT} }}""")
    assert (game.state["cost_of"], names(game), game.state["n"]) == ([cost], legal, [n])


def test_a_column_of_the_row_none_is_zero_or_none() -> None:
    game = play(f"""{TABLE}
        state {{ which: spell? = none; a: int 0..9 = 9; b: spell? = wise; c: spell? = none }}
        play {{ a = which.power; b = which.partner; c = wise.partner; {WAIT} }}""")
    assert (game.state["a"], game.state["b"], game.state["c"]) == ([0], [-1], [0])


# --- zones ------------------------------------------------------------------------------------------------------------

CARDS = """
    entity card[4] per player
    zone deck: pile of card per player hidden known 2 bottom 1 start
    zone hand: bag of card per player visible to owner
    zone active: slot of card per player visible
    draws pick: card always
    """


def test_instances_begin_in_the_start_zone_of_their_owner() -> None:
    game = play(f"{CARDS}\nplay {{ {WAIT} }}")
    assert game.state["player.deck"] == [0b1111, 0b11110000]
    assert game.state["player.hand"] == [0, 0]
    assert game.state["player.active"] == [-1, -1]


def test_revealed_cards_keep_their_places_until_they_move() -> None:
    text = f"""{CARDS}
        state {{ second: card? = none; top_one: card? = none }}
        play {{
          move card(0, 2) from deck(0) to hand(0)
          move card(0, 2) from hand(0) to deck(0) bottom
          reveal x: pick from deck(0) at 1
          reveal y: pick from deck(0)
          second = x
          top_one = y
          move x from deck(0) to active(0)
          {WAIT}
        }}"""
    game = play(text, tape=[("pick", 3), ("pick", 1), ("pick", 3)])
    assert (game.state["top_one"], game.state["second"], game.state["player.active"]) == ([3], [1], [1, -1])
    assert (game.state["player.deck:top"][0], game.state["player.deck:bottom"][0]) == ([3], [2])
    assert game.draws == [("pick", 3), ("pick", 1), ("pick", 3)]
    assert game.counter == 2


def test_looking_deeper_than_a_pile_may_know_is_a_fault() -> None:
    game = play(f"{CARDS}\nstate {{ c: card? = none }}\nplay {{ reveal x: pick from deck(0) at 2; c = x; {WAIT} }}")
    assert game.fault
    assert "known top run would be longer than 2" in str(game.events[0])
    assert len(game.state["player.deck:top"][0]) == 2
    assert game.state["c"][0] >= 0


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("move card(0, 0) from hand(0) to deck(0)", "instance 0 is not in player.hand"),
        ("move first(hand(0)) from hand(0) to deck(0)", "none cannot be moved"),
        ("move card(0, 0) from deck(0) to active(0); move card(0, 1) from deck(0) to active(0)", "active is not empty"),
        ("let c = active(0); let i = c.index; move card(0, i) from deck(0) to hand(0)", "none has no index"),
        ("let c = active(0); c.tapped = true", "none has no 'tapped'"),
        ("let c = active(0); choose by c.owner manual { go { } }", "none has no owner"),
        ("level[level[0] + 5] = 1", "the index is beyond the end"),
        ("level[level[0] - 5] = 1", "the index of 'level' is below zero"),
    ],
)
def test_what_has_no_meaning_is_a_rules_error_with_its_place(statement: str, message: str) -> None:
    fields = "state per card { tapped: bool }\nstate { level: int 0..9[3] }"
    with pytest.raises(RulesError) as caught:
        play(f"{CARDS}\n{fields}\nplay {{\n{statement}\n{WAIT}\n}}")
    assert message in caught.value.message
    assert caught.value.span is not None
    assert caught.value.span.text in statement


def test_a_zone_of_own_instances_takes_no_others() -> None:
    own = CARDS.replace("zone hand: bag of card", "zone hand: bag of own card")
    assert own != CARDS
    with pytest.raises(RulesError) as caught:
        play(f"{own}\nplay {{\nmove card(0, 1) from deck(0) to hand(1)\n{WAIT}\n}}")
    assert "belongs to another player" in caught.value.message


def test_shuffling_forgets_every_place() -> None:
    game = play(f"{CARDS}\nplay {{ reveal x: pick from deck(0); let y = x; shuffle deck(0); {WAIT} }}")
    assert game.state["player.deck:top"] == [[], []]


# --- draws ------------------------------------------------------------------------------------------------------------

DRAWS = """
    entity card[4] per player
    enum Colour { red green blue }
    draws coin: int 0..1 always
    draws colour: Colour
    draws some: card
    state { c: Colour? = none; k: card? = none; n: int -1..99 }
    """


def test_draws_come_from_the_hash_of_the_key() -> None:
    text = f"{DRAWS}\nplay {{ draw x: coin; n = x; draw y: some from all card of 1; k = y; {WAIT} }}"
    seen = {tuple(map(tuple, play(text, key=key).draws)) for key in range(200)}
    assert seen == {(("coin", x), ("some", y)) for x in (0, 1) for y in (4, 5, 6, 7)}
    assert play(text, key=7).draws == play(text, key=7 + 2**32).draws


def test_a_draw_can_be_weighted() -> None:
    weight = "3 if x == blue else 1 if x == red else 0"
    text = f"{DRAWS}\nplay {{ draw x: colour from all Colour weight {weight}; c = x; {WAIT} }}"
    seen = [play(text, key=key).state["c"][0] for key in range(400)]
    assert set(seen) == {0, 2}
    assert 250 < seen.count(2) < 350


def test_a_draw_from_nothing_is_none_and_takes_its_tick() -> None:
    game = play(f"{DRAWS}\nplay {{ draw x: some from (x in all card where false); k = x; {WAIT} }}")
    assert (game.state["k"], game.counter, game.draws) == ([-1], 1, [])


COIN_EACH_TURN = f"{DRAWS}\nplay {{ repeat 3 {{ choose by 0 manual {{ go {{ draw x: coin; n = x }} }} }}; {WAIT} }}"


def test_a_tape_takes_the_place_of_the_hash() -> None:
    game = play(COIN_EACH_TURN, tape=())
    for value in (1, 0, 0):
        take(game, "go", ("coin", value))
        assert game.state["n"] == [value]


@pytest.mark.parametrize("draws", [[], [("coin", 2)], [("coin", 1), ("coin", 1)], [("colour", 1)]])
def test_a_tape_that_does_not_fit_a_step_is_an_error(draws: list[tuple[str, int]]) -> None:
    game = play(COIN_EACH_TURN, tape=())
    with pytest.raises(TapeError):
        game.step(0, draws)


# --- decisions --------------------------------------------------------------------------------------------------------

CHOICE = """
    entity card[4] per player
    enum Colour { red green blue }
    action play(c: own card)
    action hit(by: own card, at: card)
    action paint(c: Colour)
    action say(k: int 0..4)
    action give(p: player)
    state { last: int 0..9 }
    state per card { kind: int 0..9 }
    """


def choice(alternatives: str, before: str = "", manual: str = "") -> Game:
    decisions = f"choose by 1 {manual} {{ {alternatives} }}\nchoose by 0 {{ go {{ finish p: 0 }} }}"
    return play(f"{CHOICE}\nplay {{ {before}\n{decisions} }}")


def test_legal_actions_are_named_by_their_parameters() -> None:
    game = choice("""
        go { last = 9 }
        play(c in all card of 1 where c.index < 2) { }
        hit(b in (x in all card of 1 where x.index == 3), a in all card where a.index == 1) { }
        paint(c in all Colour where c != green) { }
        say(k in 3) { }
        give(p in all player) { }""")
    assert names(game) == [
        *("go", "play:0", "play:1", "hit:3:0:1", "hit:3:1:1", "paint:red", "paint:blue"),
        *("say:0", "say:1", "say:2", "give:0", "give:1"),
    ]
    assert list(game.legal) == sorted(game.legal)
    assert game.decider == 1


def test_numbers_are_offered_from_the_least_up() -> None:
    assert names(choice("say(k in last where k % 2 == 1) { }", "last = 4")) == ["say:1", "say:3"]
    assert names(choice("say(k in last) { }", "last = 9")) == ["say:0", "say:1", "say:2", "say:3", "say:4"]


def test_nothing_to_choose_does_nothing() -> None:
    game = choice("say(k in 0) { last = 5 }")
    assert game.over
    assert game.state["last"] == [0]


def test_a_single_option_is_taken_unless_it_is_manual() -> None:
    assert choice("say(k in 1) { last = 5 }").state["last"] == [5]
    asked = choice("say(k in 1) { last = 5 }", manual="manual")
    assert (names(asked), asked.state["last"]) == (["say:0"], [0])


def test_when_guards_an_alternative_before_its_candidates() -> None:
    game = choice("say(k in 2) when last == 1 { }\ngive(p in all player) when last == 0 { }")
    assert names(game) == ["give:0", "give:1"]


def test_distinct_keeps_the_lowest_of_equals() -> None:
    kinds = "card(1, 1).kind = 1; card(1, 3).kind = 1"
    assert names(choice("play(c in all card of 1 distinct by c.kind) { }", kinds)) == ["play:0", "play:1"]


def test_later_candidates_may_depend_on_earlier_ones() -> None:
    game = choice("hit(b in all card of 1, a in all card of 1 where a.index == b.index + 1 distinct by a.kind) { }")
    assert names(game) == ["hit:0:1:1", "hit:1:1:2", "hit:2:1:3"]


def test_a_taken_action_binds_its_parameters() -> None:
    game = choice("hit(b in all card of 1, a in all card of 0) { last = b.index * 2 + a.index }")
    take(game, "hit:3:0:2")
    assert game.state["last"] == [8]


def test_the_short_form_binds_the_choice_or_none() -> None:
    text = f"""{CHOICE}
        state {{ a: card? = none; b: card? = none }}
        play {{
          choose x: play in all card of 0 where x.index < last by 0
          a = x
          choose y: play in all card of 1 by 1
          b = y
          {WAIT}
        }}"""
    game = play(text)
    take(game, "play:2")
    assert (game.state["a"], game.state["b"]) == ([-1], [6])


def test_an_illegal_action_changes_nothing() -> None:
    game = choice("say(k in 3) { last = k }")
    before = snapshot(game)
    for action in (game.interp.action_ids["say:3"], game.interp.action_ids["go"], -1, 10**6):
        assert not game.step(action)
        assert game.error
        assert snapshot(game) == before
    take(game, "say:2")
    assert not game.error


def test_a_game_whose_rules_broke_off_takes_no_more_actions() -> None:
    game = play("""
        entity card[2]
        state { c: card? = none; n: int 0..9 }
        play { choose by 0 manual { go { n = c.index } } }""")
    with pytest.raises(RulesError):
        game.step(0)
    assert game.legal == ()
    assert not game.step(0)
    assert not game.over


def test_finish_stops_everything() -> None:
    game = play("""
        state { n: int 0..9 }
        verb deep { for p in all player { choose by p manual { go { finish q: 1 if q == p else -7 } }; n = 9 } }
        play { repeat 5 { deep; n = 9 } }""")
    take(game, "go")
    assert (game.over, game.decider, game.legal) == (True, -1, ())
    assert game.rewards == (1, -7)
    assert game.state["n"] == [0]
    assert not game.step(0)
    assert game.error


def test_play_without_finish_ends_the_game_with_a_fault() -> None:
    game = play("play { }")
    assert game.over
    assert game.fault
    assert game.rewards == (0, 0)


def test_ids_and_parameters_are_one_to_one() -> None:
    rules = program("players 2\n" + dedent(CHOICE) + "play { }")
    listed = action_names(rules)
    assert len(set(listed)) == len(listed) == rules.action_count
    for index in range(rules.action_count):
        for decider in (0, 1):
            action, values = decode(rules, index, decider)
            assert encode(rules, action, values, decider) == index


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 15), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_choose_offers_exactly_the_tuples_that_pass(mask: int, kinds: list[int]) -> None:
    game = OFFER.new_game(fields={"card.kind": [*kinds, 0, 0, 0, 0], "on": [mask >> i & 1 for i in range(4)]})
    on = [i for i in range(4) if mask >> i & 1]
    lowest = [i for i in on if not any(kinds[j] == kinds[i] for j in on if j < i)]
    pairs = [(b, a) for a in range(4) for b in lowest if kinds[a] > kinds[b]]
    assert names(game) == [f"hit:{b}:0:{a}" for b, a in pairs] or (not pairs and game.over)


OFFER = interp(f"""
    players 2
    {CHOICE}
    state {{ on: bool[4] }}
    play {{
      choose by 0 manual {{
        hit(b in all card of 0 where on[b.index] distinct by b.kind, a in all card of 0 where a.kind > b.kind) {{ }}
      }}
      finish p: 0
    }}""")

# --- positions, snapshots, observations -------------------------------------------------------------------------------

SEEN = f"""
    players 2
    {CARDS}
    action go
    entity place[2] per player
    enum Colour {{ red green }}
    state {{ turn: int 0..9 = 4; starter: player = 1; target: place? = none; secret: int 0..9 hidden }}
    state per player {{ param deck_no: int 0..9; plan: int 0..9 visible to owner; coins: int 0..9[Colour] }}
    state per place {{ colours: set of Colour; mate: place? = none }}
    play {{ choose by 0 manual {{ go {{ finish p: 0 }} }} }}
    """
POSITION = {
    "target": 3,
    "secret": 7,
    "player.plan": [5, 6],
    "player.coins": [[1, 2], [3, 4]],
    "place.mate": [-1, 2, 1, 3],
    "place.colours": [[], [0], [1], [0, 1]],
    "player.hand": [[0, 2], [5]],
    "player.active": [-1, 4],
    "player.deck": [{"cards": [1, 3], "top": [3], "bottom": []}, [6, 7]],
}


def test_a_game_starts_from_a_given_position() -> None:
    game = interp(SEEN).new_game(params={"deck_no": [2, 3]}, fields=POSITION)
    shown = snapshot(game)
    assert shown["fields"]["player.deck"] == [
        {"cards": [1, 3], "top": [3], "bottom": []},
        {"cards": [6, 7], "top": [], "bottom": []},
    ]
    assert shown["fields"]["player.deck_no"] == [2, 3]
    assert shown["fields"]["starter"] == 1
    again = game.interp.new_game(fields=json.loads(json.dumps(shown["fields"])))
    assert snapshot(again) == shown


def test_what_given_zones_hold_is_not_in_the_start_zone() -> None:
    game = interp(SEEN).new_game(fields={"player.hand": [[0, 2], [5]]})
    assert game.state["player.deck"] == [0b1010, 0b11010000]


@pytest.mark.parametrize(
    "fields",
    [
        {"nothing": 1},
        {"over": 1},
        {"turn": 10},
        {"player.plan": 3},
        {"player.coins": [[1, 2, 3], [1, 2]]},
        {"player.hand": [[0], [0]]},
        {"player.hand": [[99], []]},
        {"player.deck": [[0, 1, 2, 3], [4, 5]]},
        {"player.deck": [{"cards": [0, 1, 2, 3], "top": [4]}, [4, 5, 6, 7]]},
    ],
)
def test_positions_that_make_no_sense_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields)) + "|card"):
        interp(SEEN).new_game(fields=fields)


def test_players_see_their_own_and_what_is_public_from_their_side() -> None:
    game = interp(SEEN).new_game(fields=POSITION)
    names_ = observation_names(game.interp.program)
    views = [dict(zip(names_, observe(game, player), strict=True)) for player in (0, 1)]
    assert not [name for name in names_ if "secret" in name or "over" in name or "reward" in name]
    assert [view["starter"] for view in views] == [1, 0]
    assert [view["target"] for view in views] == [3, 1]
    assert [view["player.plan(me)"] for view in views] == [5, 6]
    assert "player.plan(next)" not in names_
    assert [view["player.coins(next)[1]"] for view in views] == [4, 2]
    assert [view["place.mate(me,0)"] for view in views] == [-1, 3]
    assert [view["place.mate(me,1)"] for view in views] == [2, 1]
    assert [view["place.colours(me,1)[0]"] for view in views] == [1, 1]
    assert [[view[f"player.hand(me)[me,{i}]"] for i in range(4)] for view in views] == [[1, 0, 1, 0], [0, 1, 0, 0]]
    assert [view["count(player.hand(next))"] for view in views] == [1, 2]
    assert [view["player.active(me)[me,0]"] for view in views] == [0, 1]
    assert [view["player.active(next)[next,0]"] for view in views] == [1, 0]
    assert [name for name in names_ if "deck" in name and "deck_no" not in name] == [
        "count(player.deck(me))",
        "count(player.deck(next))",
    ]


def test_a_copy_goes_its_own_way() -> None:
    for tape in (None, ()):
        game = play(COIN_EACH_TURN, key=3, tape=tape)
        draws = [("coin", 1)] if tape is not None else []
        take(game, "go", *draws)
        twin = game.copy()
        assert snapshot(twin) == snapshot(game)
        take(game, "go", *draws)
        assert snapshot(twin) != snapshot(game)
        take(twin, "go", *draws)
        assert snapshot(twin) == snapshot(game)


# --- coverage and scenarios -------------------------------------------------------------------------------------------


def test_coverage_counts_what_was_executed() -> None:
    game = interp(
        f"""
        players 2
        action go
        action stop
        draws coin: int 0..1 always
        state {{ n: int 0..9 }}
        verb bump {{ draw x: coin; if x == 1 {{ n += 1 }} }}
        verb never {{ n = 0 }}
        play {{ bump; bump; choose by 0 {{ go {{ bump }} stop {{ never }} }}; {WAIT} }}""",
        coverage=True,
    ).new_game(tape=[("coin", 1), ("coin", 1)])
    take(game, "go", ("coin", 1))
    coverage = game.interp.coverage
    assert coverage is not None
    counts = coverage.counts
    assert (counts["proc", "bump"], counts["proc", "never"]) == (3, 0)
    sides = {key[2]: count for key, count in counts.items() if key[0] == "if"}
    assert sides == {"then": 3, "else": 0}
    choices = {key[2:]: count for key, count in counts.items() if key[0] == "choose" and key[1] == 0}
    assert choices == {("go", "offered"): 1, ("go", "taken"): 1, ("stop", "offered"): 1, ("stop", "taken"): 0}
    assert [count for key, count in counts.items() if key[0] == "draw"] == [3]
    total = Coverage.from_json(json.loads(json.dumps(coverage.to_json())))
    total.merge(coverage)
    assert total.counts["proc", "bump"] == 6
    assert ("proc", "never") in total.missed


SCENARIO = """
    players 2
    draws coin: int 0..1 always
    action flip
    action stop
    state { n: int 0..9 }
    play {
      draw first: coin
      n += first
      while n < 5 at most 9 { choose by 0 { flip { draw x: coin; n += x } stop { finish p: n } } }
      finish p: 0
    }
    scenario "it" {
      given { n = 2 }
      draws coin 1
      when { %s }
      then { %s }
    }
    """


@pytest.mark.parametrize(
    ("when", "then", "failures"),
    [
        ("flip draws coin 1; flip draws coin 0", "expect n == 4; expect not over", []),
        ("flip", "expect n <= 4", []),
        ("flip draws coin 1", "expect n == 3; expect n < 9", ["n == 3: does not hold (4 and 3)"]),
        ("flip draws coin 1; flip draws coin 1; stop", "expect over", ["after the end"]),
        ("flip draws coin 7", "expect over", ["not possible"]),
        ("stop draws coin 1", "expect over", ["left over"]),
    ],
)
def test_scenarios_tell_what_went_otherwise(when: str, then: str, failures: list[str]) -> None:
    machine = interp(SCENARIO % (when, then))
    (scenario,) = machine.program.scenarios
    found = run_scenario(machine, scenario)
    assert len(found) == len(failures)
    for failure, expected in zip(found, failures, strict=True):
        assert expected in failure.message
        assert failure.span is not None


def test_a_scenario_says_which_actions_are_legal() -> None:
    text = SCENARIO.replace("flip {", "flip when n != 4 {").replace("stop {", "stop when n == 4 {")
    machine = interp(text % ("flip draws coin 1; flip", "expect over"))
    (failure,) = run_scenario(machine, machine.program.scenarios[0])
    assert failure.message == "flip comes after the end of the game"
    machine = interp(text.replace("choose by 0", "choose by 0 manual") % ("stop", "expect over"))
    (failure,) = run_scenario(machine, machine.program.scenarios[0])
    assert failure.message == "stop is not legal for player 0, who may: flip"
