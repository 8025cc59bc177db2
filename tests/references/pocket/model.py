"""What the game is made of: cards, Pokémon in play, decks with a lazy order, players. No rules here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TYPE_OF_LETTER = {
    "G": "grass",
    "R": "fire",
    "W": "water",
    "L": "lightning",
    "P": "psychic",
    "F": "fighting",
    "D": "darkness",
    "M": "metal",
    "N": "dragon",
    "C": "colorless",
}
TYPES = tuple(TYPE_OF_LETTER.values())  # also the natural order of types
ZONE_TYPES = TYPES[:8]  # the types an Energy Zone can be set to

ASLEEP, BURNED, CONFUSED, PARALYZED, POISONED = "asleep", "burned", "confused", "paralyzed", "poisoned"
CONDITIONS = (ASLEEP, BURNED, CONFUSED, PARALYZED, POISONED)
EXCLUSIVE_CONDITIONS = frozenset((ASLEEP, CONFUSED, PARALYZED))  # each of these replaces the others

SLOTS = 4  # the Active Spot is slot 0, the Bench is 1 to 3


class IllegalRequest(Exception):  # noqa: N818  (the name is part of the interface)
    """The request breaks the rules of the game or of the protocol; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Attack:
    name: str
    cost: dict[str, int]
    damage: int
    effect: bool  # whether it does more than its damage

    def paid_by(self, energy: dict[str, int], extra: int = 0, extra_kind: str = "colorless") -> bool:
        """Whether this energy covers the cost, and so many more of one type on top of it."""
        needed = self.cost
        if extra:
            needed = {**needed, extra_kind: needed.get(extra_kind, 0) + extra}
        for kind, count in needed.items():
            if kind != "colorless" and energy.get(kind, 0) < count:
                return False
        return sum(energy.values()) >= sum(needed.values())


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of one card. A Fossil carries the values it has in play."""

    id: str
    name: str
    kind: str  # pokemon or trainer
    trainer_type: str | None = None  # item, supporter, tool, stadium, fossil
    hp: int = 0
    type: str = "colorless"
    stage: int = 0
    evolves_from: str | None = None
    ex: bool = False
    points: int = 1
    weakness: str | None = None
    retreat: int = 0
    attacks: tuple[Attack, ...] = ()
    ability: str | None = None

    @property
    def is_pokemon(self) -> bool:
        """A Pokémon card wherever it lies; Fossils are Items outside of play."""
        return self.kind == "pokemon"

    @property
    def is_basic(self) -> bool:
        return self.kind == "pokemon" and self.stage == 0

    @property
    def is_fossil(self) -> bool:
        return self.trainer_type == "fossil"


def _card(facts: dict[str, Any]) -> Card:
    values = dict(facts)
    if values["kind"] == "pokemon":
        values["type"] = TYPE_OF_LETTER[values["type"]]
        values["weakness"] = TYPE_OF_LETTER[values["weakness"]] if values["weakness"] else None
        values["attacks"] = tuple(_attack(attack) for attack in values["attacks"])
    return Card(**values)


def _attack(facts: dict[str, Any]) -> Attack:
    cost: dict[str, int] = {}
    for letter in facts["cost"]:
        kind = TYPE_OF_LETTER[letter]
        cost[kind] = cost.get(kind, 0) + 1
    return Attack(facts["name"], cost, facts["damage"], facts["effect"])


def load_cards() -> dict[str, Card]:
    text = Path(__file__).with_name("facts.json").read_text(encoding="utf-8")
    return {facts["id"]: _card(facts) for facts in json.loads(text)}


CARDS = load_cards()


@dataclass(frozen=True, slots=True)
class Effect:
    """Something an attack or a card leaves behind, in force during exactly one turn."""

    kind: str
    amount: int
    turn: int
    names: tuple[str, ...] = ()  # of the Pokémon that it is about, where it is not about all


@dataclass(eq=False, slots=True)
class Pokemon:
    """A Pokémon (or Fossil) in play. Equality is identity."""

    owner: int
    stack: list[int]  # own indices, from the Basic to the top
    card: Card  # the top card
    entered: int  # the turn it came into play or last evolved
    damage: int = 0
    energy: dict[str, int] = field(default_factory=dict)  # only types that are there
    status: set[str] = field(default_factory=set)
    tools: list[int] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    paralyzed_on: int = 0  # the turn in which it was Paralyzed
    ability_used: bool = False

    def energy_count(self) -> int:
        return sum(self.energy.values())

    def has_effect(self, kind: str, turn: int) -> bool:
        return any(effect.kind == kind and effect.turn == turn for effect in self.effects)

    def gain_energy(self, kind: str, count: int = 1) -> None:
        self.energy[kind] = self.energy.get(kind, 0) + count

    def clear_effects(self) -> None:
        """What going to the Bench and evolving do: conditions and effects of attacks end."""
        self.status.clear()
        self.effects.clear()


class Deck:
    """A deck whose order exists only where someone has seen or placed a card.

    From the top: a run of known cards, then unordered cards, then a run of known cards at the bottom.
    """

    __slots__ = ("bottom", "loose", "top")

    def __init__(self, cards: Collection[int]) -> None:
        self.top: list[int] = []
        self.loose: set[int] = set(cards)
        self.bottom: list[int] = []

    def __len__(self) -> int:
        return len(self.top) + len(self.loose) + len(self.bottom)

    def cards(self) -> list[int]:
        return [*self.top, *self.loose, *self.bottom]

    def could_be_at(self, place: int) -> Collection[int]:
        """The cards that may lie at this place from the top, all places above it being known."""
        if place < len(self.top):
            return (self.top[place],)
        if self.loose:
            return self.loose
        return (self.bottom[place - len(self.top)],)

    def fix_next(self, card: int) -> None:
        """The card just below the known top run turned out to be this one."""
        if card in self.loose:
            self.loose.remove(card)
            self.top.append(card)

    def remove(self, card: int) -> None:
        """Takes a card out; every other known place survives."""
        if card in self.loose:
            self.loose.remove(card)
        elif card in self.top:
            self.top.remove(card)
        else:
            self.bottom.remove(card)

    def put_on_bottom(self, card: int) -> None:
        self.bottom.append(card)

    def shuffle_in(self, cards: Collection[int]) -> None:
        """Shuffles with these cards added: all knowledge of places is gone."""
        self.loose.update(self.top, self.bottom, cards)
        self.top.clear()
        self.bottom.clear()


class Player:
    """One side of the table."""

    __slots__ = (
        "cards",
        "deck",
        "discard",
        "discarded_energy",
        "effects",
        "energy_current",
        "energy_next",
        "energy_types",
        "hand",
        "lost_to_attack_in",
        "points",
        "retreated",
        "slots",
        "stadium_played",
        "stadium_used",
        "supporter_played",
    )

    def __init__(self, cards: list[Card], energy_types: list[str]) -> None:
        self.cards = cards  # by own index
        self.energy_types = energy_types
        self.points = 0
        self.hand: set[int] = set()
        self.deck = Deck(range(len(cards)))
        self.discard: set[int] = set()
        self.discarded_energy: dict[str, int] = {}
        self.energy_current: str | None = None
        self.energy_next: str | None = None
        self.slots: list[Pokemon | None] = [None] * SLOTS
        self.effects: list[Effect] = []
        self.lost_to_attack_in = 0  # the last turn in which an attack's damage Knocked Out a Pokémon of this player
        self.start_turn()

    def start_turn(self) -> None:
        self.supporter_played = False
        self.stadium_played = False
        self.stadium_used = False
        self.retreated = False

    def in_play(self) -> list[Pokemon]:
        return [pokemon for pokemon in self.slots if pokemon is not None]

    def bench(self) -> list[Pokemon]:
        return [pokemon for pokemon in self.slots[1:] if pokemon is not None]

    def active(self) -> Pokemon:
        active = self.slots[0]
        assert active is not None, "asked for the Active Pokémon before the promotion"
        return active

    def free_bench_slot(self) -> int | None:
        return next((slot for slot in range(1, SLOTS) if self.slots[slot] is None), None)

    def distinct(self, indices: Iterable[int]) -> list[int]:
        """One index for each card id among these cards: the lowest."""
        lowest: dict[str, int] = {}
        for index in sorted(indices):
            lowest.setdefault(self.cards[index].id, index)
        return list(lowest.values())
