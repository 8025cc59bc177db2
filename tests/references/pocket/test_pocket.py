"""Behaviour of the reference: hand-built positions for the rules and for each card, then whole random games."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from . import board as board_module
from . import selfplay
from .game import DECK_SIZE
from .model import CARDS, Deck
from .reference import IllegalRequest, PocketReference, factory, serve
from .registry import (
    ABILITIES,
    ATTACKS,
    BANS_EVOLVING_THE_ACTIVE,
    BANS_SUPPORTERS,
    DAMAGE_DEALT,
    DAMAGE_TAKEN,
    DOUBLES_ENERGY,
    MAX_HP,
    RETREAT_COST,
    STADIUM_ACTIONS,
    TRAINERS,
    WHEN_GIVEN_ENERGY,
    WHEN_STRUCK,
)

CHARMANDER, CHARMELEON, CHARIZARD_EX = "A1-033", "A1-034", "A1-036"
VULPIX, MOLTRES_EX, PONYTA = "A1-037", "A1-047", "B2b-010"
SQUIRTLE, WARTORTLE, BLASTOISE_EX = "A1-053", "A1-054", "A1-056"
ARTICUNO, ARTICUNO_EX = "A1-083", "A1-084"
ABRA, MR_MIME, MEWTWO_EX = "A1-115", "A1-126", "A1-129"
RALTS, KIRLIA, GARDEVOIR = "A1-130", "A1-131", "A1-132"
GASTLY, HAUNTER, GENGAR_EX = "A1-120", "A1-121", "A1-123"
MEW_EX, MISDREAVUS = "A1a-032", "P-A-038"
MACHOP, MACHOKE, MACHAMP = "A1-143", "A1-144", "A1-145"
FOSSIL, KABUTO, KABUTOPS = "A1-217", "A1-158", "A1-159"
DIGLETT, DUGTRIO = "A1-139", "A1-140"
KOFFING, WEEZING = "A1-176", "A1-177"
DRUDDIGON, DITTO = "A1a-056", "A1-205"
JIGGLYPUFF, WIGGLYTUFF_EX = "P-A-022", "A1-195"
MISTY, KOGA, GIOVANNI, SABRINA, RESEARCH = "A1-220", "A1-222", "A1-223", "A1-225", "A4b-373"
SLAB, POTION, X_SPEED, HAND_SCOPE = "A1a-065", "P-A-001", "P-A-002", "P-A-003"
POKEDEX, RED_CARD, POKE_BALL = "P-A-004", "P-A-006", "A2b-111"
CAPE, HELMET = "A2-147", "A2-148"
PLAINS, MESAGOZA = "B2-154", "B2a-093"

HEADS, TAILS = ("coin", 1), ("coin", 0)


@dataclass
class Mon:
    """A Pokémon in play: its cards from the Basic to the top, and what is on it."""

    cards: tuple[str, ...]
    damage: int = 0
    energy: dict[str, int] = field(default_factory=dict)
    status: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


def mon(*cards: str, damage: int = 0, status: tuple[str, ...] = (), tools: tuple[str, ...] = (), **energy: int) -> Mon:
    return Mon(cards, damage, energy, status, tools)


@dataclass
class Side:
    """One player. Hand card i has index i; the rest of the 20 cards lies in the discard pile."""

    active: Mon
    bench: tuple[Mon | None, ...] = ()
    hand: tuple[str, ...] = ()
    deck: tuple[str, ...] = ()
    current: str | None = None
    next: str | None = None
    points: int = 0
    types: tuple[str, ...] = ("fire",)


def side(*in_play: Mon | None, **rest: Any) -> Side:
    active, *bench = in_play
    assert active
    return Side(active, tuple(bench), **rest)


class Table:
    """A game from a position, with short ways to look at it."""

    def __init__(self, me: Side, foe: Side, *, turn: int = 5, stadium: str | None = None) -> None:
        self.decks: list[list[str]] = [[], []]
        self.ref = factory()
        place: list[int] | None = None
        if stadium:
            foe = replace(foe, hand=(*foe.hand, stadium))
        players = [self._layout(player, given) for player, given in enumerate((me, foe))]
        if stadium:
            place = [1, players[1]["hand"].pop()]
        state = {"turn": turn, "current": 0, "decider": 0, "over": False, "winner": None, "stadium": place}
        self.answer = self.ref.inject(state | {"players": players}, self.decks, [me.types, foe.types])

    def _layout(self, player: int, given: Side) -> dict[str, Any]:
        ids = self.decks[player]

        def add(cards: tuple[str, ...]) -> list[int]:
            ids.extend(cards)
            return list(range(len(ids) - len(cards), len(ids)))

        hand, deck = add(given.hand), add(given.deck)
        slots: list[dict[str, Any] | None] = []
        for pokemon in (given.active, *given.bench, *[None] * (3 - len(given.bench))):
            slots.append(
                pokemon
                and {
                    "cards": add(pokemon.cards),
                    "damage": pokemon.damage,
                    "energy": pokemon.energy,
                    "status": sorted(pokemon.status),
                    "tools": add(pokemon.tools),
                }
            )
        discard = add((HAND_SCOPE,) * (DECK_SIZE - len(ids)))
        energy = {"current": given.current, "next": given.next}
        return {
            "points": given.points,
            "hand": hand,
            "deck": deck,
            "discard": discard,
            "energy": energy,
            "slots": slots,
        }

    def do(self, action: str, *draws: Any) -> Table:
        self.answer = self.ref.step(action, list(draws))
        return self

    def refuses(self, action: str, *draws: Any) -> None:
        before = self.ref.state()
        with pytest.raises(IllegalRequest):
            self.ref.step(action, list(draws))
        assert self.ref.state() == before

    @property
    def state(self) -> dict[str, Any]:
        return self.answer["state"]

    @property
    def legal(self) -> list[str]:
        return self.answer["legal"]

    def legal_of(self, kind: str) -> list[str]:
        return [action for action in self.legal if action.partition(":")[0] == kind]

    def slot(self, player: int, slot: int) -> dict[str, Any]:
        pokemon = self.state["players"][player]["slots"][slot]
        assert pokemon is not None
        return pokemon

    def damage(self, player: int, slot: int = 0) -> int:
        return self.slot(player, slot)["damage"]

    def energy(self, player: int, slot: int = 0) -> dict[str, int]:
        return self.slot(player, slot)["energy"]

    def status(self, player: int, slot: int = 0) -> list[str]:
        return self.slot(player, slot)["status"]

    def name(self, player: int, slot: int = 0) -> str | None:
        pokemon = self.state["players"][player]["slots"][slot]
        return pokemon and CARDS[self.decks[player][pokemon["cards"][-1]]].name

    def ids(self, player: int, zone: str) -> list[str]:
        return [self.decks[player][index] for index in self.state["players"][player][zone]]

    def points(self) -> list[int]:
        return [player["points"] for player in self.state["players"]]

    @property
    def winner(self) -> Any:
        return self.state["winner"]


def blank() -> Mon:
    """A Pokémon that stands for any: 150 HP, weak to psychic, no effect of its own."""
    return mon(MACHOP, MACHOKE, MACHAMP)


# The cards


def test_the_pool_is_three_whole_sets_and_a_few_more():
    per_set = Counter(card_id.rpartition("-")[0] for card_id in CARDS)
    assert [per_set[name] for name in ("A1", "A1a", "P-A")] == [225, 66, 34]
    assert len(CARDS) == 325 + 12


def test_every_effect_of_the_pool_is_there():
    passive = [MAX_HP, WHEN_STRUCK, WHEN_GIVEN_ENERGY, DAMAGE_TAKEN, DOUBLES_ENERGY]
    passive += [BANS_SUPPORTERS, BANS_EVOLVING_THE_ACTIVE]
    for card in CARDS.values():
        if card.trainer_type in ("item", "supporter"):
            assert card.id in TRAINERS
        if card.trainer_type == "tool":
            assert card.id in MAX_HP or card.id in WHEN_STRUCK
        if card.trainer_type == "stadium":
            assert card.id in MAX_HP or card.id in STADIUM_ACTIONS
        if card.is_pokemon:
            assert (card.ability is not None) == any(card.id in table for table in (ABILITIES, *passive))
        for index, attack in enumerate(card.attacks):
            assert attack.effect == ((card.id, index) in ATTACKS), (card.id, index)
    assert {card_id for card_id, _ in ATTACKS} <= CARDS.keys()


def test_facts_hold_no_wording():
    for facts in json.loads((Path(__file__).parent / "facts.json").read_text(encoding="utf-8")):
        assert "text" not in facts
        assert all(attack.keys() == {"name", "cost", "damage", "effect"} for attack in facts.get("attacks", ()))


# Setup

PAIRS = [CHARMANDER, SQUIRTLE, ABRA, RALTS, GASTLY, MACHOP, DIGLETT, KOFFING, DITTO, VULPIX]
BASICS = [card_id for card_id in PAIRS for _ in range(2)]
ONE_BASIC = [ABRA] + [
    card_id
    for card_id in (FOSSIL, POTION, X_SPEED, HAND_SCOPE, POKEDEX, RED_CARD, POKE_BALL, SLAB, MISTY)
    for _ in range(2)
]
ONE_BASIC.append(GIOVANNI)
TYPES_2 = [["fire"], ["water", "psychic"]]


def picks(player: int, *indices: int) -> list[tuple[str, list[int]]]:
    return [("pick", [player, index]) for index in indices]


def opening(first: int = 0) -> list[Any]:
    return [("first", first), *picks(0, 0, 1, 2, 4, 6), *picks(1, 0, 2, 4, 6, 8), ("energy", "psychic")]


def test_setup_offers_the_lowest_of_equal_basics_and_player_0_decides_first():
    answer = factory().reset([BASICS, BASICS], TYPES_2, opening())
    assert answer["legal"] == ["active:0", "active:2", "active:4", "active:6"]
    assert answer["state"]["turn"] == 0
    assert answer["state"]["current"] == 0
    assert answer["state"]["decider"] == 0
    assert answer["state"]["players"][1]["energy"] == {"current": None, "next": "psychic"}


def test_setup_places_an_active_and_up_to_three_on_the_bench_then_the_first_turn_begins():
    ref = factory()
    ref.reset([BASICS, BASICS], TYPES_2, opening(first=1))
    answer = ref.step("active:0", [])
    assert answer["legal"] == ["bench:1", "bench:2", "bench:4", "bench:6", "done"]
    for action in ("bench:1", "bench:2", "bench:4", "active:0"):
        answer = ref.step(action, [])
    assert answer["state"]["decider"] == 1
    answer = ref.step("done", picks(1, 10))
    state = answer["state"]
    assert (state["turn"], state["current"], state["decider"]) == (1, 1, 1)
    assert state["players"][1]["hand"] == [2, 4, 6, 8, 10]
    assert [slot and slot["cards"] for slot in state["players"][0]["slots"]] == [[0], [1], [2], [4]]


def test_the_first_player_has_no_energy_in_turn_1_and_the_second_has():
    ref = factory()
    ref.reset([BASICS, BASICS], TYPES_2, opening())
    for action in ("active:0", "done", "active:0"):
        ref.step(action, [])
    answer = ref.step("done", picks(0, 19))
    assert answer["state"]["players"][0]["energy"] == {"current": None, "next": "fire"}
    answer = ref.step("end", [*picks(1, 19), ("energy", "water")])
    assert answer["state"]["players"][1]["energy"] == {"current": "psychic", "next": "water"}
    answer = ref.step("end", picks(0, 18))
    assert answer["state"]["players"][0]["energy"] == {"current": "fire", "next": "fire"}
    assert answer["state"]["players"][1]["energy"] == {"current": None, "next": "water"}


def test_a_hand_without_a_basic_gives_a_card_back_for_one_and_the_only_basic_is_placed_unasked():
    draws = [("first", 0), *picks(0, 1, 2, 3, 4, 5), *picks(0, 3), *picks(0, 0), *picks(1, 0, 2, 4, 6, 8)]
    answer = factory().reset([ONE_BASIC, BASICS], [["fire"], ["fire"]], draws)
    state = answer["state"]
    assert state["decider"] == 1
    assert state["players"][0]["hand"] == [1, 2, 4, 5]
    assert 3 in state["players"][0]["deck"]
    assert state["players"][0]["slots"][0]["cards"] == [0]


def test_fossils_are_no_basics_at_setup():
    draws = [("first", 0), *picks(0, 0, 1, 2, 3, 4), *picks(1, 0, 2, 4, 6, 8)]
    answer = factory().reset([ONE_BASIC, BASICS], [["fire"], ["fire"]], draws)
    assert answer["state"]["players"][0]["slots"] == [
        {"cards": [0], "damage": 0, "energy": {}, "status": [], "tools": []},
        None,
        None,
        None,
    ]
    assert answer["state"]["decider"] == 1


@pytest.mark.parametrize(
    "deck",
    [
        BASICS[:19],
        [*BASICS, ABRA],
        [CHARMANDER] * 3 + BASICS[3:],
        ["A4-001", *BASICS[1:]],
        [FOSSIL, FOSSIL, *ONE_BASIC[3:], POTION, POTION][:20],
        [CHARMELEON, *ONE_BASIC[1:]],
    ],
    ids=["19 cards", "21 cards", "three of a name", "unknown card", "too many again", "no Basic"],
)
def test_illegal_decks_are_refused(deck: list[str]):
    with pytest.raises(IllegalRequest):
        factory().reset([BASICS, deck], [["fire"], ["fire"]], [])


@pytest.mark.parametrize(
    "types", [[], ["dragon"], ["colorless"], ["fire", "fire"], ["fire", "water", "grass", "metal"]]
)
def test_illegal_energy_types_are_refused(types: list[str]):
    with pytest.raises(IllegalRequest):
        factory().reset([BASICS, BASICS], [types, ["fire"]], [])


# Draws


def test_draws_may_be_pairs_or_objects():
    pairs, objects = factory(), factory()
    as_objects = [{"kind": kind, "value": value} for kind, value in opening()]
    assert pairs.reset([BASICS, BASICS], TYPES_2, opening()) == objects.reset([BASICS, BASICS], TYPES_2, as_objects)


def test_a_missing_or_impossible_or_superfluous_draw_is_refused_and_changes_nothing():
    table = Table(side(mon(VULPIX, fire=1)), side(blank(), deck=(ABRA, RALTS)))
    table.refuses("attack:0", HEADS)  # the next draw for the turn is missing
    table.refuses("attack:0", *picks(1, 0))
    table.refuses("attack:0", ("coin", 2), *picks(1, 0))
    table.refuses("attack:0", ("coin", True), *picks(1, 0))
    table.refuses("attack:0", HEADS, HEADS, *picks(1, 0))
    table.refuses("attack:0", HEADS, *picks(1, 0), ("first", 0))
    table.refuses("attack:0", HEADS, *picks(0, 0))
    table.refuses("attack:0", HEADS, *picks(1, 7))
    table.refuses("attack:0", HEADS, ("dice", 6), *picks(1, 0))
    table.refuses("attack:0", HEADS, "pick", *picks(1, 0))
    table.do("attack:0", HEADS, *picks(1, 1))
    assert table.ids(1, "hand") == [RALTS]


def test_only_the_order_within_a_kind_matters():
    table = Table(side(mon(VULPIX, fire=1)), side(blank(), deck=(ABRA, RALTS)))
    table.do("attack:0", *picks(1, 0), TAILS)
    assert table.ids(1, "hand") == [ABRA]


def test_illegal_actions_are_refused():
    table = Table(side(blank(), hand=(POTION, CHARMANDER, CHARMANDER)), side(blank()))
    for action in ("item:0", "bench:2", "attack:0", "retreat:1", "attach:0", "yes", "", "ability:0"):
        table.refuses(action)
    assert table.legal == ["bench:1", "end"]


# A turn


def test_a_hand_of_ten_and_an_empty_deck_skip_the_draw():
    table = Table(side(blank()), side(blank(), hand=(POTION,) * 10, deck=(ABRA,)))
    assert table.do("end").ids(1, "deck") == [ABRA]
    assert table.do("end").ids(0, "hand") == []


def test_unattached_energy_is_lost_and_attached_once():
    table = Table(side(blank(), mon(ABRA), current="fire"), side(blank(), next="water"))
    assert table.legal_of("attach") == ["attach:0", "attach:1"]
    table.do("attach:1")
    assert table.energy(0, 1) == {"fire": 1}
    assert table.legal_of("attach") == []
    table.do("end")
    assert table.state["players"][1]["energy"] == {"current": "water", "next": "fire"}
    table.do("end")
    assert table.state["players"][1]["energy"]["current"] is None


def test_evolving_keeps_damage_energy_and_tool_and_clears_conditions():
    active = mon(SQUIRTLE, damage=30, status=("burned", "confused"), tools=(CAPE,), water=2)
    table = Table(side(active, mon(SQUIRTLE), hand=(WARTORTLE, WARTORTLE, BLASTOISE_EX)), side(blank()))
    assert table.legal_of("evolve") == ["evolve:0:0", "evolve:0:1"]
    table.do("evolve:0:0")
    assert table.name(0) == "Wartortle"
    assert (table.damage(0), table.energy(0), table.status(0)) == (30, {"water": 2}, [])
    assert len(table.slot(0, 0)["cards"]) == 2
    assert table.legal_of("evolve") == ["evolve:1:1"]


@pytest.mark.parametrize("turn", [1, 2])
def test_no_evolving_on_a_first_turn(turn: int):
    table = Table(side(mon(SQUIRTLE), hand=(WARTORTLE,)), side(blank()), turn=turn)
    assert table.legal == ["end"]


def test_no_evolving_in_the_turn_of_coming_into_play():
    table = Table(side(blank(), hand=(SQUIRTLE, WARTORTLE)), side(blank()))
    table.do("bench:0")
    assert table.legal_of("evolve") == []
    assert table.do("end").do("end").legal_of("evolve") == ["evolve:1:1"]


def test_a_new_pokemon_takes_the_lowest_free_place():
    table = Table(side(blank(), mon(ABRA), None, mon(ABRA), hand=(RALTS, GASTLY)), side(blank()))
    table.do("bench:0")
    assert table.name(0, 2) == "Ralts"
    assert table.legal_of("bench") == []


def test_retreat_asks_for_energy_while_two_types_are_there_even_where_all_must_go():
    table = Table(side(mon(CHARMANDER, CHARMELEON, fire=1, water=1), mon(ABRA)), side(blank()))
    table.do("retreat:1")
    assert table.legal == ["energy:fire", "energy:water"]
    table.do("energy:water")
    assert table.name(0) == "Abra"
    assert table.energy(0, 1) == {}
    assert table.legal_of("retreat") == []


def test_each_energy_leaves_as_it_is_named():
    table = Table(side(blank(), mon(ABRA)), side(blank()))
    assert table.legal_of("retreat") == []
    table = Table(side(mon(MACHOP, MACHOKE, MACHAMP, fire=2, water=2), mon(ABRA)), side(blank()))
    table.do("retreat:1").do("energy:water")
    assert table.energy(0) == {"fire": 2, "water": 1}
    table.do("energy:water")  # the third can only be fire
    assert table.energy(0, 1) == {"fire": 1}


def test_retreating_is_once_a_turn_and_clears_conditions():
    active = mon(ABRA, status=("poisoned", "confused"), fire=2)
    table = Table(side(active, mon(RALTS, fire=2)), side(blank()))
    table.do("retreat:1")
    assert table.status(0, 1) == []
    assert table.legal_of("retreat") == []
    assert table.do("end").do("end").legal_of("retreat") == ["retreat:1"]


@pytest.mark.parametrize("condition", ["asleep", "paralyzed"])
def test_asleep_and_paralyzed_forbid_attacking_and_retreating_but_not_abilities(condition: str):
    active = mon(KOFFING, WEEZING, status=(condition,), darkness=3)
    table = Table(side(active, mon(ABRA)), side(blank()))
    assert table.legal == ["ability:0", "end"]


def test_one_supporter_a_turn():
    table = Table(side(blank(), hand=(GIOVANNI, GIOVANNI, SABRINA)), side(blank(), mon(ABRA)))
    assert table.legal_of("supporter") == ["supporter:0", "supporter:2"]
    assert table.do("supporter:0").legal_of("supporter") == []
    assert table.do("end").do("end").legal_of("supporter") == ["supporter:1", "supporter:2"]


def test_one_tool_for_each_pokemon_fossils_too():
    table = Table(side(mon(ABRA, tools=(CAPE,)), mon(FOSSIL), hand=(HELMET, HELMET)), side(blank()))
    assert table.legal_of("tool") == ["tool:0:1"]
    table.do("tool:0:1")
    assert table.slot(0, 1)["tools"] == [0]
    assert table.legal_of("tool") == []


def test_one_stadium_a_turn_of_another_name_and_the_old_one_goes_to_its_owners_pile():
    table = Table(side(blank(), hand=(MESAGOZA, PLAINS)), side(blank()), stadium=PLAINS)
    assert table.legal_of("stadium") == ["stadium:0"]
    table.do("stadium:0")
    assert table.state["stadium"] == [0, 0]
    assert PLAINS in table.ids(1, "discard")
    assert table.legal_of("stadium") == []
    assert table.do("end").do("end").legal_of("stadium") == ["stadium:1"]


def test_the_main_part_is_always_asked_even_with_end_alone():
    table = Table(side(blank()), side(blank()))
    assert table.legal == ["end"]
    assert table.do("end").state["decider"] == 1


# Damage


def test_weakness_adds_20_for_the_active_only():
    table = Table(side(mon(GASTLY, psychic=1)), side(blank()))
    assert table.do("attack:0").damage(1) == 40


def test_giovanni_adds_10_to_the_active_only_and_for_one_turn():
    me = side(mon(ARTICUNO_EX, water=3), hand=(GIOVANNI,))
    table = Table(me, side(blank(), mon(CHARMANDER)))
    table.do("supporter:0").do("attack:1")
    assert (table.damage(1), table.damage(1, 1)) == (90, 10)
    table.do("end").do("attack:0")
    assert table.damage(1) == 130


def test_giovanni_and_weakness_do_nothing_for_an_attack_without_a_number():
    me = side(mon(MISDREAVUS, psychic=1), hand=(GIOVANNI,))
    table = Table(me, side(blank()))
    assert table.do("supporter:0").do("attack:0").damage(1) == 0


# Special Conditions and the Checkup


def test_confused_needs_heads_to_attack_and_tails_only_ends_the_turn():
    me = side(mon(SQUIRTLE, status=("confused",), water=1))
    table = Table(me, side(blank()))
    table.refuses("attack:0")
    table.do("attack:0", TAILS)
    assert (table.damage(0), table.damage(1), table.state["current"]) == (0, 0, 1)
    table.do("end").do("attack:0", HEADS)
    assert table.damage(1) == 20


def test_checkup_goes_poison_then_burn_then_sleep_the_ending_player_first():
    mine = mon(MACHOP, MACHOKE, MACHAMP, status=("asleep", "burned", "poisoned"))
    theirs = mon(MACHOP, MACHOKE, MACHAMP, status=("burned", "confused"))
    table = Table(side(mine), side(theirs))
    table.do("end", TAILS, HEADS, HEADS)
    assert (table.damage(0), table.status(0)) == (30, ["burned", "poisoned"])
    assert (table.damage(1), table.status(1)) == (20, ["confused"])


def test_coins_are_flipped_for_one_whom_poison_has_brought_to_zero():
    mine = mon(ABRA, damage=50, status=("asleep", "burned", "poisoned"))
    table = Table(side(mine, mon(RALTS)), side(blank()))
    table.do("end", HEADS, HEADS)
    assert table.points() == [0, 1]
    assert table.name(0) == "Ralts"


def test_paralysis_is_cured_at_the_checkup_after_the_owners_next_turn():
    table = Table(side(mon(ARTICUNO, water=3)), side(mon(MACHOP, MACHOKE, MACHAMP, fighting=3)))
    table.do("attack:0", HEADS)
    assert table.status(1) == ["paralyzed"]
    assert table.legal == ["end"]
    assert table.do("end").status(1) == []


def test_sleep_confusion_and_paralysis_replace_one_another_and_poison_stays():
    foe = side(mon(MACHOP, MACHOKE, MACHAMP, status=("confused", "poisoned")))
    table = Table(side(mon(JIGGLYPUFF, fire=1)), foe)
    table.do("attack:0", TAILS)
    assert table.status(1) == ["asleep", "poisoned"]
    assert table.damage(1) == 10


def test_after_a_double_knock_out_at_checkup_the_next_player_promotes_first():
    mine = mon(ABRA, damage=50, status=("poisoned",))
    theirs = mon(RALTS, damage=50, status=("poisoned",))
    table = Table(side(mine, mon(ABRA), mon(RALTS)), side(theirs, mon(ABRA), mon(RALTS)))
    table.do("end")
    assert table.points() == [1, 1]
    assert table.state["turn"] == 5
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.state["decider"], table.legal) == (0, ["slot:0:1", "slot:0:2"])
    table.do("slot:0:1")
    assert (table.state["turn"], table.state["current"]) == (6, 1)
    assert [table.name(1, slot) for slot in range(4)] == ["Ralts", "Abra", None, None]


# Knock Outs and the end


def test_a_knock_out_gives_a_point_and_everything_is_discarded():
    foe = side(mon(SQUIRTLE, WARTORTLE, damage=60, tools=(HELMET,), water=2), mon(ABRA), mon(RALTS))
    table = Table(side(mon(CHARMANDER, fire=1)), foe)
    table.do("attack:0")
    assert table.points() == [1, 0]
    assert {SQUIRTLE, WARTORTLE, HELMET} <= set(table.ids(1, "discard"))
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    assert table.name(1) is None
    table.do("slot:1:1")
    assert (table.name(1), table.name(1, 1), table.state["current"]) == ("Abra", None, 1)


def test_an_ex_gives_two_points_and_three_points_win():
    table = Table(side(mon(SQUIRTLE, water=1), points=1), side(mon(MOLTRES_EX, damage=120), mon(ABRA)))
    table.do("attack:0")
    assert (table.points(), table.winner, table.state["over"]) == ([3, 0], 0, True)
    assert (table.legal, table.state["decider"]) == ([], None)
    table.refuses("end")


def test_a_player_without_pokemon_loses():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(CHARMANDER, damage=40)))
    assert table.do("attack:0").winner == 0


def test_both_at_three_points_with_pokemon_is_a_tie():
    me = side(mon(SQUIRTLE, damage=50, water=1), mon(ABRA), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), points=2)
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 3], "tie")


def test_both_at_three_points_and_one_board_empty_is_won_by_the_other():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), points=2)
    assert Table(me, foe).do("attack:0").winner == 1


def test_both_boards_empty_is_a_tie_whatever_the_points():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)))
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 1], "tie")


def test_three_points_with_an_empty_board_against_fewer_with_pokemon_is_a_tie():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA))
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 1], "tie")


def test_after_an_attack_the_turn_player_promotes_first():
    me = side(mon(SQUIRTLE, damage=50, water=1), mon(ABRA), mon(RALTS))
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), mon(RALTS))
    table = Table(me, foe).do("attack:0")
    assert (table.state["decider"], table.legal) == (0, ["slot:0:1", "slot:0:2"])
    assert table.do("slot:0:2").state["decider"] == 1


def test_after_turn_30_the_game_is_a_tie():
    table = Table(side(blank()), side(blank()), turn=29)
    assert not table.do("end").state["over"]
    table.do("end")
    assert (table.winner, table.state["turn"]) == ("tie", 30)


# Fossils


def test_a_fossil_is_benched_evolves_and_cannot_retreat():
    table = Table(side(mon(FOSSIL, fire=1), mon(ABRA), hand=(FOSSIL, KABUTO)), side(blank()))
    assert table.legal == ["bench:0", "discard:0", "end", "evolve:1:0"]
    table.do("bench:0")
    assert "discard:2" in table.legal
    assert table.legal_of("evolve") == ["evolve:1:0"]
    table.do("evolve:1:0")
    assert table.name(0) == "Kabuto"
    assert table.legal_of("retreat") == ["retreat:1", "retreat:2"]


def test_discarding_an_active_fossil_gives_no_point_and_calls_for_a_promotion():
    table = Table(side(mon(FOSSIL, tools=(HELMET,)), mon(ABRA), mon(RALTS)), side(blank()))
    table.do("discard:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert table.points() == [0, 0]
    assert {FOSSIL, HELMET} <= set(table.ids(0, "discard"))
    assert table.state["current"] == 0


def test_discarding_the_last_fossil_loses():
    assert Table(side(mon(FOSSIL)), side(blank())).do("discard:0").winner == 1


def test_a_fossil_has_40_hp_and_gives_a_point():
    table = Table(side(mon(MR_MIME, psychic=2)), side(mon(FOSSIL, damage=10), mon(ABRA)))
    assert table.do("attack:0").points() == [1, 0]


# Attacks of the pool


def test_charmander_discards_a_fire_energy_of_its_own():
    table = Table(side(mon(CHARMANDER, fire=2, water=1)), side(blank()))
    table.do("attack:0")
    assert (table.damage(1), table.energy(0)) == (30, {"fire": 1, "water": 1})


def test_charizard_ex_and_mewtwo_ex_discard_two():
    table = Table(side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, fire=4)), side(mon(MEWTWO_EX, psychic=4), mon(ABRA)))
    assert table.legal_of("attack") == ["attack:0", "attack:1"]
    table.do("attack:1")
    assert (table.energy(0), table.points()) == ({"fire": 2}, [2, 0])
    table = Table(side(mon(MEWTWO_EX, psychic=4)), side(mon(SQUIRTLE, WARTORTLE, BLASTOISE_EX)))
    table.do("attack:1")
    assert (table.damage(1), table.energy(0)) == (150, {"psychic": 2})


def test_vulpix_locks_the_defender_until_it_leaves_or_the_turn_ends():
    theirs = mon(MACHOP, MACHOKE, MACHAMP, fighting=6)
    table = Table(side(mon(VULPIX, fire=1)), side(theirs, mon(MACHOP, fighting=2)))
    table.do("attack:0", HEADS)
    assert table.legal == ["end", "retreat:1"]
    table.do("retreat:1")
    assert table.legal == ["attack:0", "end"]
    table = Table(side(mon(VULPIX, fire=1)), side(theirs)).do("attack:0", HEADS)
    assert table.legal == ["end"]
    table.do("end").do("end")
    assert table.legal_of("attack") == ["attack:0"]
    table = Table(side(mon(VULPIX, fire=1)), side(theirs)).do("attack:0", TAILS)
    assert table.legal_of("attack") == ["attack:0"]


def test_vulpix_lock_ends_by_evolving():
    foe = side(mon(MACHOP, fighting=2), hand=(MACHOKE,))
    table = Table(side(mon(VULPIX, fire=1)), foe).do("attack:0", HEADS)
    assert table.legal_of("attack") == []
    assert table.do("evolve:0:0").legal_of("attack") == ["attack:0"]


def test_moltres_ex_spreads_one_energy_at_a_time_over_benched_fire():
    me = side(mon(MOLTRES_EX, fire=1), mon(CHARMANDER), mon(SQUIRTLE), mon(PONYTA))
    table = Table(me, side(blank()))
    table.do("attack:0", HEADS, TAILS, HEADS)
    assert table.legal == ["slot:0:1", "slot:0:3"]
    table.do("slot:0:1")
    assert table.energy(0, 1) == {"fire": 1}
    table.do("slot:0:3")
    assert (table.energy(0, 3), table.energy(0), table.damage(1)) == ({"fire": 1}, {"fire": 1}, 0)


def test_moltres_ex_asks_nothing_with_one_or_no_target():
    table = Table(side(mon(MOLTRES_EX, fire=1), mon(CHARMANDER)), side(blank()))
    table.do("attack:0", HEADS, HEADS, HEADS)
    assert (table.energy(0, 1), table.state["current"]) == ({"fire": 3}, 1)
    table = Table(side(mon(MOLTRES_EX, fire=1), mon(SQUIRTLE)), side(blank()))
    table.refuses("attack:0")
    assert table.do("attack:0", HEADS, HEADS, HEADS).energy(0, 1) == {}


def test_ponyta_burns():
    table = Table(side(mon(PONYTA, fire=1)), side(blank())).do("attack:0", TAILS)
    assert (table.status(1), table.damage(1)) == (["burned"], 20)


@pytest.mark.parametrize(
    ("energy", "damage"),
    [
        ({"water": 3}, 100),
        ({"water": 4}, 100),
        ({"water": 5}, 160),
        ({"water": 4, "fire": 1}, 160),
        ({"water": 3, "fire": 2}, 100),
    ],
)
def test_blastoise_ex_hits_harder_with_two_extra_water(energy: dict[str, int], damage: int):
    foe = side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, tools=(CAPE,)), mon(ABRA))
    table = Table(side(Mon((SQUIRTLE, WARTORTLE, BLASTOISE_EX), energy=energy)), foe).do("attack:1")
    assert table.damage(1) == damage + 20


def test_articuno_ex_also_hits_the_bench_without_weakness():
    foe = side(blank(), mon(CHARMANDER), mon(ABRA, damage=50))
    table = Table(side(mon(ARTICUNO_EX, water=3)), foe).do("attack:1")
    assert (table.damage(1), table.damage(1, 1), table.points()) == (80, 10, [1, 0])
    assert table.name(1, 2) is None


def test_abra_switches_and_sheds_its_conditions():
    me = side(mon(ABRA, status=("poisoned",), psychic=1), mon(RALTS), mon(GASTLY))
    table = Table(me, side(blank())).do("attack:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert (table.name(0), table.name(0, 2), table.status(0, 2)) == ("Gastly", "Abra", [])
    assert (table.damage(0, 2), table.state["current"]) == (0, 1)


def test_abra_alone_just_ends_the_turn():
    assert Table(side(mon(ABRA, psychic=1)), side(blank())).do("attack:0").state["current"] == 1


def test_mr_mime_takes_20_less_in_the_next_turn_only():
    theirs = mon(SQUIRTLE, WARTORTLE, water=2)
    table = Table(side(mon(MR_MIME, psychic=2)), side(theirs))
    table.do("attack:0").do("attack:0")
    assert table.damage(0) == 20
    table.do("end").do("attack:0")
    assert table.damage(0) == 60


def test_a_reduced_attack_that_does_no_damage_strikes_back_at_nobody():
    me = side(mon(MR_MIME, psychic=2, tools=(HELMET,)))
    table = Table(me, side(mon(MACHOP, fighting=1))).do("attack:0")
    table.do("attack:0")
    assert (table.damage(0), table.damage(1)) == (0, 50)


def test_misdreavus_confuses_and_jigglypuff_and_wigglytuff_ex_put_to_sleep():
    assert Table(side(mon(MISDREAVUS, psychic=1)), side(blank())).do("attack:0").status(1) == ["confused"]
    table = Table(side(mon(JIGGLYPUFF, fire=1)), side(blank())).do("attack:0", TAILS)
    assert table.status(1) == ["asleep"]
    table = Table(side(mon(JIGGLYPUFF, WIGGLYTUFF_EX, fire=3)), side(blank())).do("attack:0", HEADS)
    assert (table.damage(1), table.status(1)) == (80, [])


def test_kabutops_heals_what_it_did_overkill_included():
    me = side(mon(FOSSIL, KABUTO, KABUTOPS, damage=100, fighting=1))
    table = Table(me, side(mon(KOFFING, damage=60, tools=(HELMET,)), mon(ABRA))).do("attack:0")
    assert table.damage(0) == 50  # 100, less 50 + 20 for Weakness, plus 20 in return


def test_dugtrio_is_shielded_from_damage_and_effects_but_coins_are_flipped():
    me = side(mon(DIGLETT, DUGTRIO, fighting=1), mon(ABRA))
    table = Table(me, side(mon(ARTICUNO_EX, water=3))).do("attack:0", HEADS)
    table.do("attack:1")
    assert (table.damage(0), table.damage(0, 1)) == (0, 10)
    table = Table(me, side(mon(ARTICUNO, water=3))).do("attack:0", HEADS)
    table.refuses("attack:0")
    table.do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (0, [])
    table.do("end").do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (60, ["paralyzed"])


def test_dugtrio_without_heads_is_not_shielded():
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(mon(ARTICUNO, water=3)))
    table.do("attack:0", TAILS).do("attack:0", TAILS)
    assert table.damage(0) == 60


def test_dugtrios_shield_does_not_stop_retaliation_abilities_and_ends_on_the_bench():
    me = side(mon(DIGLETT, DUGTRIO, fighting=2), mon(ABRA, fire=1))
    foe = side(mon(KOFFING, WEEZING, tools=(HELMET,), darkness=1), hand=(SABRINA,))
    table = Table(me, foe).do("attack:0", HEADS)
    assert table.damage(0) == 20
    table.do("ability:0")
    assert table.status(0) == ["poisoned"]
    table.do("supporter:0")
    assert (table.name(0), table.status(0, 1)) == ("Abra", [])


def test_a_shielded_defender_keeps_its_attacker_paying():
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(mon(CHARMANDER, fire=1)))
    table.do("attack:0", HEADS).do("attack:0")
    assert (table.damage(0), table.energy(1)) == (0, {})


def test_kabutops_heals_nothing_from_a_shielded_defender():
    kabutops = mon(FOSSIL, KABUTO, KABUTOPS, damage=40, fighting=1)
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(kabutops)).do("attack:0", HEADS)
    assert table.do("attack:0").damage(1) == 80


def test_plain_attacks_do_their_number():
    for cards, damage in [
        ((SQUIRTLE,), 20),
        ((RALTS,), 10 + 20),
        ((RALTS, KIRLIA), 30 + 20),
        ((GASTLY, HAUNTER), 30 + 20),
        ((MACHOP,), 20),
        ((MACHOP, MACHOKE), 50),
        ((MACHOP, MACHOKE, MACHAMP), 100),
        ((FOSSIL, KABUTO), 40),
        ((DIGLETT,), 20),
        ((KOFFING,), 20),
        ((KOFFING, WEEZING), 30),
        ((GASTLY, HAUNTER, GENGAR_EX), 100 + 20),
        ((CHARMANDER, CHARMELEON), 60),
    ]:
        attacker = mon(*cards, fire=1, psychic=3, fighting=3, darkness=1, water=1)
        assert Table(side(attacker), side(blank())).do("attack:0").damage(1) == damage


# Copies


def test_mew_ex_copies_the_actives_attack_and_pays_its_effects_itself():
    foe = side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, fire=4))
    table = Table(side(mon(MEW_EX, fire=3, water=1)), foe)
    assert table.legal_of("attack") == ["attack:1"]
    table.do("attack:1")
    assert table.legal == ["option:0", "option:1"]
    table.do("option:1")
    assert table.winner == 0
    assert table.energy(0) == {"fire": 1, "water": 1}


def test_mew_ex_copies_a_single_attack_unasked_with_its_own_type():
    table = Table(side(mon(MEW_EX, fire=3)), side(mon(FOSSIL, KABUTO, fighting=1))).do("attack:1")
    assert table.damage(1) == 40
    table = Table(side(mon(MEW_EX, fire=3)), side(blank())).do("attack:1")
    assert table.damage(1) == 120


def test_copying_a_copying_attack_or_a_fossil_does_nothing():
    table = Table(side(mon(MEW_EX, fire=3)), side(mon(MEW_EX))).do("attack:1").do("option:1")
    assert (table.state["current"], table.damage(1)) == (1, 0)
    assert Table(side(mon(MEW_EX, fire=3)), side(mon(DITTO))).do("attack:1").state["current"] == 1
    assert Table(side(mon(MEW_EX, fire=3)), side(mon(FOSSIL))).do("attack:1").state["current"] == 1
    assert Table(side(mon(DITTO, fire=1)), side(mon(FOSSIL))).do("attack:0").state["current"] == 1


def test_ditto_names_whose_attack_then_which_and_needs_the_energy_for_it():
    foe = side(blank(), mon(FOSSIL), mon(MEWTWO_EX), mon(VULPIX))
    table = Table(side(mon(DITTO, psychic=1, fire=1)), foe).do("attack:0")
    assert table.legal == ["slot:1:0", "slot:1:2", "slot:1:3"]
    table.do("slot:1:2")
    assert table.legal == ["option:0", "option:1"]
    table.do("option:0")
    assert table.damage(1) == 50  # Ditto's own type: no Weakness
    table = Table(side(mon(DITTO, psychic=1, fire=1)), foe).do("attack:0").do("slot:1:2").do("option:1")
    assert table.damage(1) == 0
    table = Table(side(mon(DITTO, psychic=1)), foe).do("attack:0").do("slot:1:3", HEADS)
    assert table.legal_of("attack") == []


def test_ditto_as_copier_is_the_pokemon_that_the_copied_attack_speaks_of():
    me = side(mon(DITTO, fire=1), mon(ABRA), mon(RALTS))
    table = Table(me, side(mon(ABRA))).do("attack:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    assert table.do("slot:0:2").name(0, 2) == "Ditto"
    table = Table(side(mon(DITTO, fire=2, damage=60)), side(mon(KOFFING), mon(FOSSIL, KABUTO, KABUTOPS)))
    table = table.do("attack:0").do("slot:1:1")
    assert (table.damage(0), table.damage(1)) == (60, 0)  # no fighting energy: nothing
    table = Table(side(mon(DITTO, fighting=1, damage=60)), side(mon(KOFFING), mon(FOSSIL, KABUTO, KABUTOPS)))
    assert table.do("attack:0").do("slot:1:1").damage(0) == 10


def test_a_confused_copier_flips_before_it_chooses():
    foe = side(mon(MEWTWO_EX))
    table = Table(side(mon(MEW_EX, status=("confused",), fire=3)), foe)
    assert table.do("attack:1", TAILS).state["current"] == 1
    table = Table(side(mon(MEW_EX, status=("confused",), fire=3)), foe).do("attack:1", HEADS)
    assert table.legal == ["option:0", "option:1"]


def test_extra_energy_of_a_copied_attack_is_beyond_the_copied_cost():
    foe = side(mon(SQUIRTLE, WARTORTLE, BLASTOISE_EX), mon(ABRA))
    table = Table(side(mon(MEW_EX, water=2, fire=3)), foe).do("attack:1").do("option:1")
    assert table.damage(1) == 100
    table = Table(side(mon(MEW_EX, water=4, fire=1)), foe).do("attack:1").do("option:1")
    assert table.damage(1) == 160


# Abilities


def test_gardevoir_gives_the_active_psychic_an_energy_once_each():
    gardevoir = mon(RALTS, KIRLIA, GARDEVOIR)
    table = Table(side(mon(ABRA), gardevoir, mon(RALTS, KIRLIA, GARDEVOIR)), side(blank()))
    table.do("ability:1").do("ability:2")
    assert (table.energy(0), table.legal_of("ability")) == ({"psychic": 2}, [])
    assert table.do("end").do("end").legal_of("ability") == ["ability:1", "ability:2"]


def test_gardevoir_needs_a_psychic_active():
    assert Table(side(blank(), mon(RALTS, KIRLIA, GARDEVOIR)), side(blank())).legal_of("ability") == []


def test_evolving_refreshes_the_use_of_abilities():
    table = Table(side(mon(KOFFING), hand=(WEEZING,)), side(blank())).do("evolve:0:0")
    assert table.legal_of("ability") == ["ability:0"]


def test_weezing_poisons_from_the_active_spot_only_and_the_poisoned_again():
    me = side(mon(KOFFING, WEEZING), mon(KOFFING, WEEZING))
    table = Table(me, side(mon(FOSSIL, status=("poisoned",)), mon(ABRA)))
    assert table.legal_of("ability") == ["ability:0"]
    table.do("ability:0")
    assert (table.status(1), table.legal_of("ability")) == (["poisoned"], [])


def test_gengar_ex_bans_supporters_while_active():
    gengar = mon(GASTLY, HAUNTER, GENGAR_EX)
    assert Table(side(blank(), hand=(GIOVANNI,)), side(gengar)).legal == ["end"]
    assert Table(side(blank(), hand=(GIOVANNI,)), side(blank(), gengar)).legal == ["end", "supporter:0"]
    assert Table(side(gengar, hand=(GIOVANNI,)), side(blank())).legal == ["end", "supporter:0"]


def test_druddigon_strikes_back_even_when_knocked_out_and_adds_to_the_helmet():
    me = side(mon(MACHOP, damage=40, fighting=1), mon(ABRA))
    foe = side(mon(DRUDDIGON, damage=80, tools=(HELMET,)), mon(ABRA))
    table = Table(me, foe).do("attack:0")
    assert table.points() == [1, 1]
    assert Table(side(blank()), foe).legal == ["end"]


def test_druddigon_on_the_bench_does_not_strike_back():
    table = Table(side(mon(ARTICUNO_EX, water=3)), side(blank(), mon(DRUDDIGON))).do("attack:1")
    assert (table.damage(1, 1), table.damage(0)) == (10, 0)


def test_druddigon_does_not_strike_back_at_attacks_without_damage():
    table = Table(side(mon(PONYTA, fire=1)), side(mon(DRUDDIGON))).do("attack:0", TAILS)
    assert (table.damage(0), table.damage(1)) == (0, 20)


def test_druddigon_pays_three_types():
    assert Table(side(mon(DRUDDIGON, fire=1, water=1)), side(blank())).legal_of("attack") == []
    table = Table(side(mon(DRUDDIGON, fire=1, water=1, metal=1)), side(blank()))
    assert table.do("attack:0").damage(1) == 90


# Items


def test_potion_heals_20_of_a_chosen_damaged_pokemon():
    me = side(mon(ABRA, damage=10), mon(RALTS), mon(GASTLY, damage=30), hand=(POTION,))
    table = Table(me, side(mon(SQUIRTLE, damage=10))).do("item:0")
    assert table.legal == ["slot:0:0", "slot:0:2"]
    assert POTION in table.ids(0, "discard")
    assert table.do("slot:0:2").damage(0, 2) == 10
    table = Table(side(mon(ABRA, damage=10), hand=(POTION,)), side(blank())).do("item:0")
    assert (table.damage(0), table.legal) == (0, ["end"])


def test_x_speed_makes_the_retreat_cheaper_and_adds_up():
    me = side(mon(KOFFING, WEEZING, darkness=1), mon(ABRA), hand=(X_SPEED, X_SPEED))
    table = Table(me, side(blank()))
    assert table.do("item:0").legal_of("retreat") == []
    table.do("item:1").do("retreat:1")
    assert table.energy(0, 1) == {}


def test_x_speed_ends_with_the_turn_and_serves_whoever_is_active():
    me = side(mon(KOFFING, WEEZING), mon(ABRA), mon(RALTS), hand=(X_SPEED, KOGA))
    table = Table(me, side(blank())).do("item:0").do("supporter:1").do("slot:0:1")
    assert table.legal_of("retreat") == ["retreat:2"]
    assert table.do("end").do("end").legal_of("retreat") == []


def test_hand_scope_needs_a_hand_and_leaves_no_trace():
    assert Table(side(blank(), hand=(HAND_SCOPE,)), side(blank())).legal == ["end"]
    table = Table(side(blank(), hand=(HAND_SCOPE,)), side(blank(), hand=(ABRA,))).do("item:0")
    assert (table.legal, table.ids(1, "hand")) == (["end"], [ABRA])


def test_pokedex_fixes_the_top_three_and_known_cards_are_still_reported():
    me = side(blank(), hand=(POKEDEX, POKEDEX, RESEARCH), deck=(ABRA, RALTS, GASTLY, VULPIX))
    table = Table(me, side(blank()))
    table.refuses("item:0", *picks(0, 3, 4))
    table.do("item:0", *picks(0, 5, 3, 4))
    table.refuses("item:1", *picks(0, 3, 5, 4))
    table.do("item:1", *picks(0, 5, 3, 4))
    table.refuses("supporter:2", *picks(0, 5, 6))
    table.do("supporter:2", *picks(0, 5, 3))
    assert table.ids(0, "deck") == [RALTS, VULPIX]
    assert table.do("end").do("end", *picks(0, 4)).ids(0, "deck") == [VULPIX]


def test_pokedex_with_a_short_or_empty_deck():
    assert Table(side(blank(), hand=(POKEDEX,)), side(blank())).legal == ["end"]
    Table(side(blank(), hand=(POKEDEX,), deck=(ABRA,)), side(blank())).do("item:0", *picks(0, 1))


def test_red_card_shuffles_the_hand_away_and_draws_three():
    foe = side(blank(), hand=(ABRA, RALTS, GASTLY, VULPIX), deck=(POTION,))
    table = Table(side(blank(), hand=(RED_CARD,)), foe).do("item:0", *picks(1, 4, 0, 2))
    assert table.ids(1, "hand") == [ABRA, GASTLY, POTION]
    assert table.ids(1, "deck") == [RALTS, VULPIX]
    assert Table(side(blank(), hand=(RED_CARD,)), side(blank())).legal == ["end"]
    table = Table(side(blank(), hand=(RED_CARD,)), side(blank(), deck=(ABRA,))).do("item:0", *picks(1, 0))
    assert table.ids(1, "hand") == [ABRA]


def test_poke_ball_finds_a_basic_and_leaves_known_places_alone():
    me = side(blank(), hand=(POKEDEX, POKE_BALL), deck=(KIRLIA, RALTS, FOSSIL, ABRA, GASTLY))
    table = Table(me, side(blank())).do("item:0", *picks(0, 2, 3, 5))
    table.refuses("item:1", *picks(0, 2))
    table.refuses("item:1", *picks(0, 4))
    table.do("item:1", *picks(0, 3))
    table.do("end").refuses("end", *picks(0, 5))
    assert table.do("end", *picks(0, 2)).ids(0, "hand") == [KIRLIA, RALTS]


def test_poke_ball_without_a_basic_in_the_deck_is_playable_and_finds_nothing():
    table = Table(side(blank(), hand=(POKE_BALL,), deck=(FOSSIL,)), side(blank())).do("item:0")
    assert table.ids(0, "deck") == [FOSSIL]
    assert Table(side(blank(), hand=(POKE_BALL,)), side(blank())).legal == ["end"]


def test_mythical_slab_takes_a_psychic_pokemon_and_sinks_anything_else():
    me = side(blank(), hand=(SLAB, SLAB, RESEARCH), deck=(ABRA, POTION, SQUIRTLE))
    table = Table(me, side(blank())).do("item:0", *picks(0, 3))
    assert ABRA in table.ids(0, "hand")
    table.do("item:1", *picks(0, 5))
    table.refuses("supporter:2", *picks(0, 5, 4))
    table.do("supporter:2", *picks(0, 4, 5))
    assert table.ids(0, "deck") == []


def test_a_deck_keeps_what_is_known_until_it_is_shuffled():
    deck = Deck(range(5))
    deck.fix_next(3)
    deck.remove(0)
    deck.put_on_bottom(0)
    assert list(deck.could_be_at(0)) == [3]
    assert set(deck.could_be_at(1)) == {1, 2, 4}
    for card in (1, 2, 4):
        deck.remove(card)
    assert list(deck.could_be_at(1)) == [0]
    deck.shuffle_in([4])
    assert set(deck.could_be_at(0)) == {0, 3, 4}


# Supporters


def test_research_draws_two_up_to_the_hand_limit():
    me = side(blank(), hand=(RESEARCH,), deck=(ABRA, RALTS, GASTLY))
    assert len(Table(me, side(blank())).do("supporter:0", *picks(0, 1, 3)).ids(0, "hand")) == 2
    me = side(blank(), hand=(RESEARCH, *[CHARMELEON] * 9), deck=(ABRA, RALTS, GASTLY))
    assert len(Table(me, side(blank())).do("supporter:0", *picks(0, 10)).ids(0, "hand")) == 10
    me = side(blank(), hand=(RESEARCH, *[CHARMELEON] * 10), deck=(ABRA, RALTS, GASTLY))
    assert Table(me, side(blank())).legal == ["end"]
    assert Table(side(blank(), hand=(RESEARCH,)), side(blank())).legal == ["end"]


def test_misty_chooses_then_flips_until_tails():
    me = side(mon(SQUIRTLE), mon(ABRA), mon(ARTICUNO), hand=(MISTY,))
    table = Table(me, side(blank())).do("supporter:0")
    assert table.legal == ["slot:0:0", "slot:0:2"]
    table.refuses("slot:0:2", HEADS, HEADS)
    table.do("slot:0:2", HEADS, HEADS, TAILS)
    assert table.energy(0, 2) == {"water": 2}
    assert Table(side(mon(SQUIRTLE), hand=(MISTY,)), side(blank())).do("supporter:0", TAILS).energy(0) == {}
    assert Table(side(blank(), hand=(MISTY,)), side(blank())).legal == ["end"]


def test_koga_takes_the_active_weezing_back_and_drops_what_was_on_it():
    weezing = mon(KOFFING, WEEZING, damage=90, tools=(CAPE,), darkness=2)
    table = Table(side(weezing, mon(ABRA), mon(RALTS), hand=(KOGA,)), side(blank())).do("supporter:0")
    assert table.ids(0, "hand") == [KOFFING, WEEZING]
    assert CAPE in table.ids(0, "discard")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert (table.name(0), table.points()) == ("Ralts", [0, 0])
    assert len(table.legal_of("bench")) == 1


def test_koga_needs_weezing_active_and_loses_without_a_bench():
    assert Table(side(mon(KOFFING), mon(KOFFING, WEEZING), hand=(KOGA,)), side(blank())).legal == ["end"]
    assert Table(side(mon(KOFFING, WEEZING), hand=(KOGA,)), side(blank())).do("supporter:0").winner == 1


def test_sabrina_lets_the_opponent_choose():
    foe = side(mon(SQUIRTLE, status=("poisoned",)), mon(ABRA), mon(RALTS))
    table = Table(side(blank(), hand=(SABRINA,)), foe).do("supporter:0")
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.name(1), table.name(1, 2), table.status(1, 2)) == ("Ralts", "Squirtle", [])
    assert table.state["decider"] == 0
    table = Table(side(blank(), hand=(SABRINA,)), side(blank(), mon(ABRA))).do("supporter:0")
    assert table.name(1) == "Abra"
    assert Table(side(blank(), hand=(SABRINA,)), side(blank())).legal == ["end"]


# Tools and Stadiums


def test_giant_cape_gives_20_hp():
    table = Table(side(mon(MACHOP, MACHOKE, fighting=2)), side(mon(VULPIX, tools=(CAPE,)), mon(ABRA)))
    assert table.do("attack:0").damage(1) == 50
    table = Table(side(mon(MACHOP, MACHOKE, fighting=2)), side(mon(VULPIX, tools=(CAPE,), damage=20), mon(ABRA)))
    assert table.do("attack:0").points() == [1, 0]


def test_rocky_helmet_strikes_back_for_the_active_holder():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(ABRA, tools=(HELMET,))))
    table.do("attack:0")
    assert (table.damage(0), table.damage(1)) == (20, 20)


def test_starting_plains_gives_every_basic_20_hp_fossils_too():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(FOSSIL, damage=30), mon(ABRA)), stadium=PLAINS)
    assert table.do("attack:0").damage(1) == 50
    table = Table(side(blank(), mon(ABRA, damage=70)), side(blank(), mon(RALTS, damage=70)), stadium=PLAINS)
    assert table.points() == [0, 0]


def test_replacing_starting_plains_knocks_out_at_once_and_the_turn_goes_on():
    me = side(mon(ABRA, damage=70), mon(RALTS), mon(GASTLY, damage=60), hand=(MESAGOZA,))
    foe = side(mon(SQUIRTLE, damage=60), mon(ABRA), mon(RALTS))
    table = Table(me, foe, stadium=PLAINS).do("stadium:0")
    assert table.points() == [1, 2]
    assert table.name(0) == "Ralts"
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:1")
    assert (table.state["turn"], table.state["current"], table.legal) == (5, 0, ["end"])


def test_mesagoza_flips_for_a_random_pokemon_once_a_turn():
    me = side(blank(), deck=(POTION, KIRLIA, FOSSIL, ABRA))
    table = Table(me, side(blank(), deck=(ABRA, RALTS)), stadium=MESAGOZA)
    table.refuses("stadium", HEADS, *picks(0, 2))
    table.do("stadium", HEADS, *picks(0, 1))
    assert table.ids(0, "hand") == [KIRLIA]
    assert "stadium" not in table.legal
    table.do("end", *picks(1, 1))
    assert "stadium" in table.legal
    table.do("stadium", TAILS)
    assert table.ids(1, "hand") == [ABRA]


def test_mesagoza_needs_a_deck():
    assert Table(side(blank()), side(blank()), stadium=MESAGOZA).legal == ["end"]
    table = Table(side(blank(), deck=(POTION,)), side(blank()), stadium=MESAGOZA)
    assert table.do("stadium", HEADS).ids(0, "deck") == [POTION]


# Room for more cards


def test_modifiers_of_the_registry_reach_damage_and_retreat(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(DAMAGE_DEALT, CAPE, lambda _game, holder, strike, _target: 10 * (holder is strike.attacker))
    monkeypatch.setitem(DAMAGE_TAKEN, PLAINS, lambda _game, _holder, _strike, target: -5 * (target.card.stage == 2))
    monkeypatch.setitem(RETREAT_COST, RALTS, lambda _game, _holder, pokemon: -2 * (pokemon.card.type == "water"))
    me = side(mon(SQUIRTLE, WARTORTLE, BLASTOISE_EX, tools=(CAPE,), water=2), mon(RALTS))
    table = Table(me, side(blank()), stadium=PLAINS)
    table.do("retreat:1")
    assert table.energy(0, 1) == {"water": 1}
    table = Table(me, side(blank()), stadium=PLAINS).do("attack:0")
    assert table.damage(1) == 40 + 10 - 5


def test_discarded_energy_is_shown_where_a_card_names_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(board_module, "NAMES_DISCARDED_ENERGY", {ABRA})
    me = side(mon(CHARMANDER, fire=2), current="fire")
    foe = side(mon(VULPIX, damage=20, water=1, metal=2), mon(ABRA))
    table = Table(me, foe).do("attack:0")
    assert [player["discard_energy"] for player in table.state["players"]] == [{"fire": 1}, {"metal": 2, "water": 1}]


# Inject


def test_inject_gives_the_position_back():
    table = Table(side(mon(ABRA, damage=10, psychic=1), mon(RALTS), hand=(POTION,)), side(blank()), stadium=PLAINS)
    again = factory().inject(table.state, table.decks, [["fire"], ["fire"]])
    assert again == table.answer


@pytest.mark.parametrize(
    "change",
    [
        {"turn": 0},
        {"over": True},
        {"decider": 1},
        {"stadium": [0, 0]},
        {"players": []},
        {"current": 7},
    ],
)
def test_inject_refuses_what_is_no_main_part(change: dict[str, Any]):
    table = Table(side(mon(ABRA), hand=(POTION,)), side(blank()))
    with pytest.raises(IllegalRequest):
        factory().inject(table.state | change, table.decks, [["fire"], ["fire"]])


def test_inject_refuses_lost_and_doubled_cards_and_empty_active_spots():
    table = Table(side(mon(ABRA), hand=(POTION,)), side(blank()))
    for path, value in [("hand", []), ("discard", [0]), ("slots", [None] * 4), ("points", 3)]:
        state = json.loads(json.dumps(table.state))
        state["players"][0][path] = value
        with pytest.raises(IllegalRequest):
            factory().inject(state, table.decks, [["fire"], ["fire"]])


def test_a_refused_step_is_undone_even_after_the_caller_changed_what_it_passed():
    decks, energy = [list(BASICS), list(BASICS)], [["fire"], ["water", "psychic"]]
    ref = factory()
    ref.reset(decks, energy, opening())
    decks[0][0] = "no card"
    energy.clear()
    for action in ("active:0", "done", "active:0"):
        before = ref.step(action, [])
    with pytest.raises(IllegalRequest):
        ref.step("done", picks(1, 3))
    assert ref.state() == before
    assert ref.step("done", picks(0, 3))["state"]["turn"] == 1


# The protocol in lines


def lines(*requests: Any) -> list[Any]:
    out = io.StringIO()
    serve([request if isinstance(request, str) else json.dumps(request) for request in requests], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_line_protocol_answers_every_request_and_survives_errors():
    reset = {"op": "reset", "decks": [BASICS, BASICS], "energy": TYPES_2, "draws": opening()}
    answers = lines(
        {"op": "state"},
        reset,
        {"op": "step", "action": "bench:0"},
        {"op": "step", "action": "active:0", "draws": []},
        {"op": "state"},
        {"op": "sing"},
        "no json",
        "[]",
        {"op": "quit"},
        {"op": "state"},
    )
    assert ["error" in answer for answer in answers] == [True, False, True, False, False, True, True, True, False]
    assert answers[3] == answers[4]
    assert answers[3]["legal"] == ["bench:1", "bench:2", "bench:4", "bench:6", "done"]


# Whole games


def follow(record: selfplay.Record) -> None:
    """A second engine takes the recorded draws and must agree everywhere."""
    follower = PocketReference()
    assert follower.reset(record.decks, record.energy, record.opening_draws) == record.opening
    for action, draws, answer in record.steps:
        assert follower.step(action, draws) == answer


@pytest.mark.parametrize("seed", range(40))
def test_a_follower_with_the_recorded_draws_agrees_on_every_state(seed: int):
    follow(selfplay.play(seed))


def test_the_same_seed_plays_the_same_game():
    assert selfplay.play(7) == selfplay.play(7)


def all_cards(player: dict[str, Any], stadium: list[int] | None, me: int) -> list[int]:
    places = [*player["hand"], *player["deck"], *player["discard"]]
    for pokemon in filter(None, player["slots"]):
        places += [*pokemon["cards"], *pokemon["tools"]]
    if stadium and stadium[0] == me:
        places.append(stadium[1])
    return sorted(places)


@pytest.mark.parametrize("seed", range(100, 120))
def test_cards_are_conserved_and_states_are_sound(seed: int):
    record = selfplay.play(seed)
    for _, _, answer in record.steps:
        state = answer["state"]
        for me, player in enumerate(state["players"]):
            assert all_cards(player, state["stadium"], me) == list(range(DECK_SIZE))
            assert all(not pokemon["status"] for pokemon in player["slots"][1:] if pokemon)
            assert all(
                pokemon["damage"] >= 0 and 0 not in pokemon["energy"].values() for pokemon in player["slots"] if pokemon
            )
        assert state["over"] == (not answer["legal"])
        assert answer["legal"] == sorted(set(answer["legal"]))
        if state["turn"] and not state["over"] and "end" not in answer["legal"]:
            assert len(answer["legal"]) > 1
    assert record.steps[-1][2]["state"]["winner"] in (0, 1, "tie")


@pytest.mark.parametrize("seed", range(200, 206))
def test_every_legal_action_is_accepted(seed: int):
    """At every twelfth decision of a game, each option is tried with made-up draws."""
    record = selfplay.play(seed)
    for at in range(0, len(record.steps), 12):
        for action in record.steps[at - 1][2]["legal"] if at else record.opening["legal"]:
            selfplay.replay(record, at, Random(seed)).step(action)
