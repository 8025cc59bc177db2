"""Decks and positions for testing: whole evolution lines with the Energy they need, and boards in the middle of a game.

Everything follows from the cards of the specification and from the random numbers given.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compiler.ir import hir
from compiler.ir.types import EnumT, TextT
from compiler.ir.walk import walk

CARDS = 20
COPIES = 2
"""Of one name in a deck."""
MOST_TYPES = 3
BENCH = 3
POKEMON = (9, 14)
"""How many cards of a deck are Pokémon or Fossils, at least and at most, where the deck has enough room."""


@dataclass(frozen=True)
class Card:
    """What matters of a card for where it goes."""

    row: int
    key: str
    title: str
    kind: str
    stage: int
    element: str
    hp: int
    fossil: bool
    evolves_from: str
    costs: tuple[tuple[int, ...], ...]
    """The Energy of each attack, by type."""

    @property
    def stands(self) -> bool:
        """Whether it may stand on the board."""
        return self.kind == "pokemon" or self.fossil


@dataclass(frozen=True)
class Pool:
    """The cards of a specification, and how they belong together."""

    program: hir.Program
    cards: tuple[Card, ...]

    @classmethod
    def of(cls, program: hir.Program) -> Pool:
        table, attacks = program.tables["species"], program.tables["attack"]
        data = table.data
        costs: dict[int, list[tuple[int, ...]]] = {}
        for parent, cost in zip(attacks.data["parent"], attacks.data["cost"], strict=True):
            assert isinstance(parent, int)
            assert isinstance(cost, tuple)
            costs.setdefault(parent, []).append(cost)
        kinds, elements = program.enums["Kind"].values, program.enums["Element"].values
        cards = [
            Card(
                row=row,
                key=table.keys[row],
                title=table.titles[row],
                kind=kinds[_number(data["kind"][row])],
                stage=_number(data["stage"][row]),
                element=elements[_number(data["element"][row])],
                hp=_number(data["hp"][row]),
                fossil=bool(data["fossil"][row]),
                evolves_from=program.texts[_number(data["evolves_from"][row])],
                costs=tuple(costs.get(row, ())),
            )
            for row in range(len(table))
        ]
        return cls(program, tuple(cards))

    @cached_property
    def by_key(self) -> Mapping[str, Card]:
        return {card.key: card for card in self.cards}

    @cached_property
    def by_title(self) -> Mapping[str, list[Card]]:
        found: dict[str, list[Card]] = {}
        for card in self.cards:
            found.setdefault(card.title, []).append(card)
        return found

    @cached_property
    def elements(self) -> tuple[str, ...]:
        return self.program.enums["Element"].values

    @cached_property
    def makeable(self) -> tuple[int, ...]:
        """The types that an Energy Zone may make."""
        return tuple(i for i, name in enumerate(self.elements) if name not in ("dragon", "colorless"))

    @cached_property
    def lines(self) -> tuple[Card, ...]:
        """The last Pokémon of every evolution line."""
        before = {card.evolves_from for card in self.cards if card.evolves_from}
        return tuple(card for card in self.cards if card.kind == "pokemon" and card.title not in before)

    @cached_property
    def trainers(self) -> tuple[Card, ...]:
        return tuple(card for card in self.cards if not card.stands)

    def line(self, card: Card, rng: random.Random) -> list[Card] | None:
        """A card and what it evolves from, the Basic first; None where that is not in the pool."""
        found = [card]
        while found[0].stage > 0:
            before = [other for other in self.by_title.get(found[0].evolves_from, ()) if other.stands]
            if not before:
                return None
            found.insert(0, rng.choice(before))
        return found

    def later(self, card: Card) -> list[Card]:
        """What a card evolves into."""
        return [other for other in self.cards if other.evolves_from == card.title and card.stands]

    def companions(self, card: Card) -> tuple[list[Card], list[str]]:
        """The cards and the types that a card's effects name."""
        titles: dict[str, None] = {}
        types: dict[str, None] = {}
        for table in ("species", "attack", "ability"):
            declared = self.program.tables[table]
            for method in declared.methods.values():
                for row, body in method.bodies.items():
                    owner = row if table == "species" else _number(declared.data["parent"][row])
                    if owner == card.row:
                        _mentions(self.program, body, titles, types)
        named = [other for title in titles for other in self.by_title.get(title, ()) if other.row != card.row]
        return named, list(types)


_POOLS: list[Pool] = []  # the last one: it depends on the cards alone, and decks are given anew


def pool(program: hir.Program) -> Pool:
    """The pool of a program."""
    if not _POOLS or _POOLS[0].program.tables["species"] is not program.tables["species"]:
        _POOLS[:] = [Pool.of(program)]
    return _POOLS[0]


# --- decks ------------------------------------------------------------------------------------------------------------


@dataclass
class _Deck:
    """A deck in the making."""

    pool: Pool
    cards: Counter[Card] = field(default_factory=Counter)

    @property
    def room(self) -> int:
        return CARDS - self.cards.total()

    @property
    def standing(self) -> int:
        return sum(count for card, count in self.cards.items() if card.stands)

    def room_for(self, card: Card) -> int:
        """How many more of a card may go in."""
        named = sum(count for other, count in self.cards.items() if other.title == card.title)
        return min(self.room, COPIES - named)

    def types(self, more: Iterable[Card] = ()) -> list[int]:
        """The types of Energy that attacks need, the most wanted first."""
        wanted: Counter[int] = Counter()
        for card in {**self.cards, **dict.fromkeys(more, 1)}:
            for cost in card.costs:
                wanted.update({i: cost[i] for i in self.pool.makeable if cost[i]})
        return [i for i, _ in sorted(wanted.items(), key=lambda item: (-item[1], item[0]))]

    def add(self, card: Card, copies: int) -> None:
        if (count := min(copies, self.room_for(card))) > 0:
            self.cards[card] += count

    def add_line(self, line: Sequence[Card], copies: int = COPIES) -> bool:
        """Add a whole line, or nothing: as often as there is room for, at least once."""
        missing = [card for card in line if not self.cards[card]]
        if len(missing) > self.room or any(self.room_for(card) < 1 for card in missing):
            return False
        if len(self.types(line)) > MOST_TYPES:
            return False
        for _ in range(copies):
            for card in line:
                if self.cards[card] < copies:
                    self.add(card, 1)
        return True


def random_deck(program: hir.Program, rng: random.Random, wanted: Sequence[str] = ()) -> dict[str, Any]:
    """A random legal deck of whole evolution lines, as a row of `deck_list`.

    `wanted`, keys of cards, go in first, with what they evolve from and the cards that they name, as long as there is
    room; then lines that need the same Energy, then Trainers.
    """
    cards = pool(program)
    deck = _Deck(cards)
    most = rng.randint(*POKEMON)
    for key in wanted:
        card = cards.by_key.get(key)
        if card is None:
            continue
        if card.stands:
            if deck.standing < POKEMON[1]:
                _add_wanted(deck, card, rng)
        elif CARDS - POKEMON[0] > deck.cards.total() - deck.standing:
            deck.add(card, rng.randint(1, COPIES))
        _add_companions(deck, card, rng)
    ends = rng.sample(cards.lines, len(cards.lines))
    known = set(deck.types())
    ends.sort(key=lambda card: bool(known) and not _needs(cards, card) <= known)  # the same Energy first
    for card in ends:
        if deck.standing >= most or deck.room < 3:
            break
        line = cards.line(card, rng)
        if line is not None and deck.standing + len(line) <= POKEMON[1]:
            deck.add_line(line)
    _ensure_basic(deck, rng)
    for card in rng.sample(cards.trainers, len(cards.trainers)):
        deck.add(card, rng.randint(1, COPIES))
    for card in rng.sample(cards.cards, len(cards.cards)):  # a pool of few Trainers
        if card.stage == 0:
            deck.add(card, COPIES)
    return _row(deck, rng)


def _add_wanted(deck: _Deck, card: Card, rng: random.Random) -> None:
    """A Pokémon that is wanted, with what it evolves from, and now and then what it evolves into."""
    line = deck.pool.line(card, rng)
    later = deck.pool.later(card)
    if line is not None and later and rng.random() < 0.3:
        longer = [*line, rng.choice(later)]
        if deck.add_line(longer):
            return
    if line is not None and not deck.add_line(line):
        deck.add_line(line, 1)


def _add_companions(deck: _Deck, card: Card, rng: random.Random) -> None:
    """What a card's effects name: some of these cards, and a Pokémon of a type."""
    named, types = deck.pool.companions(card)
    for other in rng.sample(named, min(2, len(named))):
        if other.stands and deck.standing < POKEMON[1] - 2:
            _add_wanted(deck, other, rng)
        elif not other.stands:
            deck.add(other, 1)
    if types and not any(c.element in types for c in deck.cards if c.stands) and deck.standing < POKEMON[1] - 3:
        fitting = [end for end in deck.pool.lines if end.element in types]
        if fitting and (line := deck.pool.line(rng.choice(fitting), rng)) is not None:
            deck.add_line(line)


def _ensure_basic(deck: _Deck, rng: random.Random) -> None:
    if any(card.kind == "pokemon" and card.stage == 0 for card in deck.cards):
        return
    if not deck.room:
        last = list(deck.cards)[-1]
        deck.cards[last] -= 1
        deck.cards += Counter()  # drops what is down to nothing
    basics = [card for card in deck.pool.cards if card.kind == "pokemon" and card.stage == 0]
    deck.add(rng.choice([card for card in basics if deck.room_for(card)]), 1)


def _row(deck: _Deck, rng: random.Random) -> dict[str, Any]:
    types = deck.types()[:MOST_TYPES] or [rng.choice(deck.pool.makeable)]
    listed = sorted(deck.cards.elements(), key=lambda card: card.row)
    ends = [card.title for card in listed if card.stands and not any(o.evolves_from == card.title for o in listed)]
    title = " and ".join(list(dict.fromkeys(ends))[:2]) or listed[0].title
    energy = [int(i in types) for i in range(len(deck.pool.elements))]
    return {"title": title, "cards": [card.key for card in listed], "energy": energy}


def _needs(cards: Pool, card: Card) -> set[int]:
    return {i for cost in card.costs for i in cards.makeable if cost[i]}


# --- positions --------------------------------------------------------------------------------------------------------

ALONE, TOGETHER = ("asleep", "confused", "paralyzed"), ("burned", "poisoned")


def random_position(
    program: hir.Program, lists: Sequence[int], rng: random.Random, wanted: Sequence[str] = ()
) -> dict[str, Any]:
    """A canonical state in the main part of somebody's turn, with these decks (rows of `deck_list`).

    A card that is wanted stands ready where a deck has it: a Pokémon on the board with Energy for its attacks, another
    card in the hand. Whose turn it is has one, if anybody does.
    """
    cards = pool(program)
    data = program.tables["deck_list"].data
    decks: list[list[Card]] = []
    for row in lists:
        listed = data["cards"][row]
        assert isinstance(listed, tuple)
        decks.append([cards.cards[card] for card in listed])
    holders = [player for player in range(2) if any(card.key in wanted for card in decks[player])]
    current = rng.choice(holders or [0, 1])
    energies = [_types(data["energy"][row]) for row in lists]
    sides = [_side(cards, decks[p], energies[p], rng, wanted) for p in (0, 1)]
    stadium = None
    for player in rng.sample((0, 1), 2):
        stadiums = [c for c in sides[player]["deck"] if decks[player][c].kind == "stadium"]
        if stadiums and stadium is None and rng.random() < 0.3:
            stadium = [player, stadiums[0]]
            sides[player]["deck"].remove(stadiums[0])
    return {"turn": rng.randint(3, 24), "current": current, "stadium": stadium, "players": sides}


def _side(
    cards: Pool, deck: list[Card], types: Sequence[int], rng: random.Random, wanted: Sequence[str]
) -> dict[str, Any]:
    left = list(range(CARDS))
    rng.shuffle(left)
    left.sort(key=lambda i: deck[i].key not in wanted)
    slots = [_slot(cards, deck, stack, rng, wanted) for stack in _stacks(cards, deck, left, rng)]
    if len(slots) > 1 and rng.random() < 0.15:
        slots[0], slots[1] = slots[1], slots[0]
    if deck[slots[0]["cards"][-1]].key not in wanted or rng.random() < 0.3:
        slots[0]["status"] = _status(rng)
    for slot in slots:
        tools = [i for i in left if deck[i].kind == "tool"]
        if tools and (rng.random() < 0.2 or deck[tools[0]].key in wanted):
            slot["tools"] = [tools[0]]
            left.remove(tools[0])
    ready = [i for i in left if deck[i].key in wanted]
    rest = [i for i in left if i not in ready]
    rng.shuffle(rest)
    held = rng.randint(1, 6)
    thrown = rng.randint(0, 5)
    return {
        "points": rng.choice((0, 0, 1, 1, 2)),
        "hand": sorted([*ready, *rest[:held]]),
        "discard": sorted(rest[held : held + thrown]),
        "deck": rest[held + thrown :],
        "energy": {
            "current": cards.elements[rng.choice(types)] if rng.random() < 0.7 else None,
            "next": cards.elements[rng.choice(types)],
        },
        "slots": [*slots, *[None] * (BENCH + 1 - len(slots))],
    }


def _stacks(cards: Pool, deck: list[Card], left: list[int], rng: random.Random) -> Iterator[list[int]]:
    """Pokémon in play, each with the cards under it; these are taken out of `left`. At least one is found."""
    for number in range(rng.randint(1, BENCH + 1)):
        for top in [i for i in left if deck[i].stands]:
            stack = [top]
            while deck[stack[0]].stage > 0:
                before = [i for i in left if deck[i].title == deck[stack[0]].evolves_from and i not in stack]
                if not before:
                    break
                stack.insert(0, before[0])
            if deck[stack[0]].stage == 0 and (number or not deck[top].fossil or rng.random() < 0.1):
                for i in stack:
                    left.remove(i)
                yield stack
                break
        else:
            if number == 0:  # nothing but Fossils stands
                top = next(i for i in left if deck[i].stands and deck[i].stage == 0)
                left.remove(top)
                yield [top]
            return


def _slot(cards: Pool, deck: list[Card], stack: list[int], rng: random.Random, wanted: Sequence[str]) -> dict[str, Any]:
    card = deck[stack[-1]]
    energy: Counter[str] = Counter()
    if card.costs and rng.random() < (0.95 if card.key in wanted else 0.8):
        both = card.key in wanted or rng.random() < 0.5
        cost = [max(costs) for costs in zip(*card.costs, strict=True)] if both else rng.choice(card.costs)
        for i, amount in enumerate(cost):
            energy[cards.elements[i if i in cards.makeable else rng.choice(cards.makeable)]] += amount
    if rng.random() < 0.4:
        energy[cards.elements[rng.choice(cards.makeable)]] += rng.randint(1, 2)
    worst = max(0, card.hp // 10 - 1)
    damage = 10 * rng.randint(0, worst) if rng.random() < 0.6 else 0
    return {"cards": stack, "damage": damage, "energy": dict(+energy), "status": [], "tools": []}


def _status(rng: random.Random) -> list[str]:
    found = [name for name in TOGETHER if rng.random() < 0.1]
    return sorted([*found, rng.choice(ALONE)] if rng.random() < 0.15 else found)


def _mentions(program: hir.Program, body: Any, titles: dict[str, None], types: dict[str, None]) -> None:
    for node in walk(body):
        if isinstance(node, hir.Const) and isinstance(node.type, TextT):
            titles[program.texts[node.value]] = None
        elif isinstance(node, hir.Const) and node.type == EnumT("Element"):
            types[program.enums["Element"].values[node.value]] = None


def _types(amounts: int | tuple[int, ...]) -> list[int]:
    assert isinstance(amounts, tuple)
    return [i for i, made in enumerate(amounts) if made]


def _number(value: int | tuple[int, ...]) -> int:
    assert isinstance(value, int)
    return value
