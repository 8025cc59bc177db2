"""Random games of the reference against itself, with the draws written down so that a second engine can follow.

python -m tests.references.pocket.selfplay [GAMES] [SEED]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .game import COPIES_OF_A_NAME, DECK_SIZE
from .model import CARDS, CONDITIONS, SLOTS, ZONE_TYPES, Card
from .reference import PocketReference

WEIGHTS = {"end": 0.1, "retreat": 0.1, "discard": 0.1}


@dataclass
class Record:
    """A whole game: what began it, each step, and the answer after each of them."""

    decks: list[list[str]]
    energy: list[list[str]]
    opening_draws: list[Any]
    opening: dict[str, Any]
    steps: list[tuple[str, list[Any], dict[str, Any]]] = field(default_factory=list)


def random_deck(random: Random, pool: Collection[str] = tuple(CARDS)) -> list[str]:
    """Any legal deck of the pool: two to four whole evolution lines, then mostly Trainers."""
    cards = [CARDS[card_id] for card_id in pool]
    deck: list[str] = []

    def add(card: Card) -> None:
        copies = sum(CARDS[card_id].name == card.name for card_id in deck)
        if len(deck) < DECK_SIZE and copies < COPIES_OF_A_NAME:
            deck.append(card.id)

    pokemon = [card for card in cards if card.is_pokemon]
    while not any(CARDS[card_id].is_basic for card_id in deck):
        for _ in range(random.randint(2, 4)):
            for card in _line(random, random.choice(pokemon), cards):
                for _ in range(random.randint(1, COPIES_OF_A_NAME)):
                    add(card)
    others = [card for card in cards if not card.is_pokemon] if random.random() < 0.8 else cards
    while len(deck) < DECK_SIZE:
        add(random.choice(others))
    random.shuffle(deck)
    return deck


def _line(random: Random, top: Card, cards: list[Card]) -> list[Card]:
    """A card and those it evolves from, from the bottom."""
    line = [top]
    while line[0].evolves_from:
        below = [card for card in cards if card.name == line[0].evolves_from]
        if not below:
            break
        line.insert(0, random.choice(below))
    return line


def random_energy(random: Random, deck: list[str]) -> list[str]:
    """One to three types, mostly those that the deck needs most."""
    needs = dict.fromkeys(ZONE_TYPES, 0)
    for card_id in deck:
        for attack in CARDS[card_id].attacks:
            for kind in attack.cost.keys() & needs.keys():
                needs[kind] += 1
    if random.random() < 0.9:
        useful = sorted((kind for kind in needs if needs[kind]), key=lambda kind: -needs[kind])
    else:
        useful = random.sample(ZONE_TYPES, len(ZONE_TYPES))
    count = random.choice((1, 1, 2, 3))
    return useful[:count] or [random.choice(ZONE_TYPES)]


def choose_action(random: Random, legal: list[str]) -> str:
    """Anything, but mostly what builds up and attacks, so that games come to an end before the turn limit."""
    return random.choices(legal, [_weight(action) for action in legal])[0]


def _weight(action: str) -> float:
    if action == "attach:0":
        return 4
    return WEIGHTS.get(action.partition(":")[0], 1)


def play(seed: int) -> Record:
    random = Random(seed)
    reference = PocketReference(random)
    decks = [random_deck(random), random_deck(random)]
    energy = [random_energy(random, deck) for deck in decks]
    answer = reference.reset(decks, energy)
    record = Record(decks, energy, reference.last_draws, answer)
    while not answer["state"]["over"]:
        action = choose_action(random, answer["legal"])
        answer = reference.step(action)
        record.steps.append((action, reference.last_draws, answer))
    return record


def play_on(seed: int, steps: int = 30) -> Record:
    """From a position in the middle of some game, with Pokémon that are ready to attack."""
    random = Random(seed)
    reference = PocketReference(random)
    decks = [random_deck(random), random_deck(random)]
    energy = [random_energy(random, deck) for deck in decks]
    record = Record(decks, energy, [], reference.inject(random_position(random, decks), decks, energy))
    answer = record.opening
    while not answer["state"]["over"] and len(record.steps) < steps:
        action = choose_action(random, answer["legal"])
        answer = reference.step(action)
        record.steps.append((action, reference.last_draws, answer))
    return record


def random_position(random: Random, decks: list[list[str]]) -> dict[str, Any]:
    """The main part of a turn: lines of the decks in play with energy for an attack, everything else anywhere."""
    players = [_random_side(random, deck) for deck in decks]
    state = {"turn": random.randint(1, 28), "current": random.randrange(2), "over": False, "winner": None}
    return state | {"decider": state["current"], "stadium": None, "players": players}


def _random_side(random: Random, deck: list[str]) -> dict[str, Any]:
    cards = [CARDS[card_id] for card_id in deck]
    free = list(range(DECK_SIZE))
    random.shuffle(free)
    slots: list[dict[str, Any] | None] = [None] * SLOTS
    for slot in range(random.randint(1, SLOTS)):
        tops = [index for index in free if cards[index].is_pokemon]
        if tops:
            slots[slot] = _random_pokemon(random, cards, free, random.choice(tops))
    assert slots[0] is not None
    if random.random() < 0.5:
        slots[0]["status"] = [random.choice(CONDITIONS)]
    cuts = sorted(random.randint(0, len(free)) for _ in range(2))
    zones = {"hand": free[: cuts[0]], "deck": free[cuts[0] : cuts[1]], "discard": free[cuts[1] :]}
    energy = {"current": random.choice((None, *ZONE_TYPES)), "next": random.choice(ZONE_TYPES)}
    return {"points": random.randint(0, 2), "energy": energy, "slots": slots, **zones}


def _random_pokemon(random: Random, cards: list[Card], free: list[int], top: int) -> dict[str, Any]:
    """Takes a card and what it evolved from out of the free ones."""
    stack = [top]
    free.remove(top)
    while below := [index for index in free if cards[index].name == cards[stack[0]].evolves_from]:
        stack.insert(0, below[0])
        free.remove(below[0])
    energy: dict[str, int] = {}
    if cards[top].attacks:
        for kind, count in random.choice(cards[top].attacks).cost.items():
            name = random.choice(ZONE_TYPES) if kind == "colorless" else kind
            energy[name] = energy.get(name, 0) + count
    if random.random() < 0.3:
        name = random.choice(ZONE_TYPES)
        energy[name] = energy.get(name, 0) + random.randint(1, 3)
    tools = [index for index in free if cards[index].trainer_type == "tool"][: random.randrange(2)]
    free[:] = [index for index in free if index not in tools]
    damage = random.choice((0, 0, random.randrange(0, cards[top].hp, 10)))
    return {"cards": stack, "damage": damage, "energy": energy, "status": [], "tools": tools}


def replay(record: Record, steps: int, random: Random | None = None) -> PocketReference:
    """The recorded game up to this step, in a new engine."""
    reference = PocketReference(random)
    reference.reset(record.decks, record.energy, record.opening_draws)
    for action, draws, _ in record.steps[:steps]:
        reference.step(action, draws)
    return reference


def main(games: int, seed: int) -> None:
    steps = 0
    winners: dict[Any, int] = {}
    began = time.process_time()
    for game in range(games):
        record = play(seed + game)
        steps += len(record.steps)
        winner = record.steps[-1][2]["state"]["winner"]
        winners[winner] = winners.get(winner, 0) + 1
    took = time.process_time() - began
    print(f"{games} games, {steps} decisions, {steps / took:.0f} decisions per CPU second, winners {winners}")


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "100", "0"][:2]))
