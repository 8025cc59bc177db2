"""Hand-built positions for the tests, and short ways to look at what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from .game import DECK_SIZE
from .model import CARDS
from .reference import IllegalRequest, factory

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
ERIKA, BLAINE, BROCK, SURGE = "A1-219", "A1-221", "A1-224", "A1-226"
FLUTE, EXPEDITIONER, BLUE, LEAF = "A1a-064", "A1a-066", "A1a-067", "A1a-068"
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


def evolved(card_id: str, **rest: Any) -> Mon:
    """A Pokémon on top of its whole line."""
    line = [CARDS[card_id]]
    while line[0].evolves_from:
        line.insert(0, next(card for card in CARDS.values() if card.name == line[0].evolves_from))
    return mon(*(card.id for card in line), **rest)


def ready(attack: str, **rest: Any) -> Mon:
    """A Pokémon with just the energy for an attack ("A1-104/1" is the second one), metal for what may be anything."""
    card_id, _, index = attack.partition("/")
    pokemon = evolved(card_id, **rest)
    for kind, count in CARDS[card_id].attacks[int(index or 0)].cost.items():
        name = "metal" if kind == "colorless" else kind
        pokemon.energy[name] = pokemon.energy.get(name, 0) + count
    return pokemon


def wall(**rest: Any) -> Mon:
    """A dragon without a weakness, with 160 HP, and without effects of its own as long as it does not attack."""
    return evolved("A1-185", **rest)


def struck(attack: str, *draws: Any, foe: Side | None = None, me: Side | None = None) -> Table:
    """The table after an attack on a wall, or by and on these sides."""
    table = Table(me or side(ready(attack)), foe or side(wall()))
    return table.do(f"attack:{attack.partition('/')[2] or 0}", *draws)


# Decks and openings

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
