"""The pool is complete, and its facts hold no wording."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from . import board as board_module
from .model import CARDS
from .positions import (
    ABRA,
    BLASTOISE_EX,
    CAPE,
    CHARMANDER,
    PLAINS,
    RALTS,
    SQUIRTLE,
    VULPIX,
    WARTORTLE,
    Table,
    blank,
    mon,
    side,
)
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
