"""The board: both players' places, what can be asked about them, and what effects are made of. No turns here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .draws import Draws
from .model import EXCLUSIVE_CONDITIONS, PARALYZED, Card, Effect, Player, Pokemon
from .registry import DOUBLES_ENERGY, MAX_HP, NAMES_DISCARDED_ENERGY, RETREAT_COST, WHEN_GIVEN_ENERGY, Steps

HAND_LIMIT = 10

LESS_RETREAT = "the Active retreats for less"  # an effect on a player

Option = TypeVar("Option")


class Board:
    """Everything that lies on the table, and whose decision is due."""

    def __init__(self, players: list[Player], draws: Draws) -> None:
        self.players = players
        self.draws = draws
        self.turn = 0
        self.current = 0
        self.stadium: tuple[int, int] | None = None
        self.decider: int | None = None
        self.options: Mapping[str, Any] = {}
        self.hurt_by_attack: list[Pokemon] = []  # since the last settlement
        self.shows_discarded_energy = any(
            card.id in NAMES_DISCARDED_ENERGY for player in players for card in player.cards
        )

    # Decisions

    def choose(self, decider: int, options: Mapping[str, Option]) -> Steps[Option]:
        """Asks for one of the options, by name; a single one is taken without asking."""
        if len(options) == 1:
            return next(iter(options.values()))
        return (yield from self.ask(decider, options))

    def ask(self, decider: int, options: Mapping[str, Option]) -> Steps[Option]:
        self.decider = decider
        self.options = options
        name = yield
        return options[name]

    def choose_pokemon(self, decider: int, candidates: Iterable[Pokemon]) -> Steps[Pokemon]:
        """One of these Pokémon; there must be at least one."""
        options = {f"slot:{pokemon.owner}:{self.slot_of(pokemon)}": pokemon for pokemon in candidates}
        return (yield from self.choose(decider, options))

    def choose_card(self, decider: int, owner: int, indices: Iterable[int]) -> Steps[int]:
        """One of these cards of one player; the lowest index stands for equal ones. There must be at least one."""
        options = {f"card:{owner}:{index}": index for index in self.players[owner].distinct(indices)}
        return (yield from self.choose(decider, options))

    # Chance

    def flip(self) -> bool:
        return self.draws.take("coin", (0, 1)) == 1

    def flips(self, count: int) -> int:
        """The number of heads."""
        return sum([self.flip() for _ in range(count)])

    def flip_until_tails(self) -> int:
        """The number of heads before the first tails."""
        heads = 0
        while self.flip():
            heads += 1
        return heads

    def random_pokemon(self, weights: Mapping[Pokemon, int]) -> Pokemon:
        """One of these, each as likely as its weight says; a single one needs no draw."""
        if len(weights) == 1:
            return next(iter(weights))
        places = {(pokemon.owner, self.slot_of(pokemon)): pokemon for pokemon in weights}
        return places[self.draws.weighted("slot", {place: weights[found] for place, found in places.items()})]

    # Cards

    def draw_cards(self, me: int, count: int) -> None:
        """Stops at an empty deck and at the hand limit."""
        player = self.players[me]
        for _ in range(count):
            if not player.deck or len(player.hand) >= HAND_LIMIT:
                return
            index = self.draws.pick(me, player.deck.could_be_at(0))
            player.deck.remove(index)
            player.hand.add(index)

    def look_at_top(self, me: int, count: int) -> list[int]:
        """The top cards, which lie in known places from now on."""
        deck = self.players[me].deck
        seen = []
        for place in range(min(count, len(deck))):
            index = self.draws.pick(me, deck.could_be_at(place))
            deck.fix_next(index)
            seen.append(index)
        return seen

    def discard_from_deck(self, me: int, count: int) -> None:
        """The top cards, or all where there are fewer."""
        player = self.players[me]
        for _ in range(min(count, len(player.deck))):
            index = self.draws.pick(me, player.deck.could_be_at(0))
            player.deck.remove(index)
            player.discard.add(index)

    def random_search(self, me: int, wanted: Callable[[Card], bool]) -> None:
        """A random card of this sort goes from the deck to the hand, without a shuffle; nothing if there is none."""
        index = self._random_from_deck(me, wanted)
        if index is not None:
            self.players[me].hand.add(index)

    def random_search_to_bench(self, me: int, wanted: Callable[[Card], bool]) -> None:
        """The same to the Bench, where there is a free place."""
        slot = self.players[me].free_bench_slot()
        if slot is None:
            return
        index = self._random_from_deck(me, wanted)
        if index is not None:
            self.put_into_play(me, index, slot)

    def _random_from_deck(self, me: int, wanted: Callable[[Card], bool]) -> int | None:
        player = self.players[me]
        found = [index for index in player.deck.cards() if wanted(player.cards[index])]
        if not found:
            return None
        index = self.draws.pick(me, found)
        player.deck.remove(index)
        return index

    def discard_from_hand(self, me: int, index: int) -> None:
        self.players[me].hand.remove(index)
        self.players[me].discard.add(index)

    def discard_random_from_hand(self, me: int) -> None:
        hand = self.players[me].hand
        if hand:
            self.discard_from_hand(me, self.draws.pick(me, hand))

    def shuffle_hand_into_deck(self, me: int) -> None:
        player = self.players[me]
        player.deck.shuffle_in(player.hand)
        player.hand.clear()

    # Pokémon that come and go

    def put_into_play(self, me: int, index: int, slot: int) -> None:
        """A card that has left its zone becomes a Pokémon in play."""
        player = self.players[me]
        player.slots[slot] = Pokemon(me, [index], player.cards[index], self.turn)

    def discard_pokemon(self, pokemon: Pokemon) -> None:
        """Out of play with everything on it, to the owner's discard pile."""
        self.players[pokemon.owner].discard.update(pokemon.stack)
        self._leave_play(pokemon)

    def return_to_hand(self, pokemon: Pokemon) -> None:
        """The whole stack goes to the hand; energy and tools are discarded."""
        self.players[pokemon.owner].hand.update(pokemon.stack)
        self._leave_play(pokemon)

    def shuffle_into_deck(self, pokemon: Pokemon) -> None:
        """The whole stack goes to the deck; energy and tools are discarded."""
        self.players[pokemon.owner].deck.shuffle_in(pokemon.stack)
        self._leave_play(pokemon)

    def _leave_play(self, pokemon: Pokemon) -> None:
        player = self.players[pokemon.owner]
        self.discard_all_energy(pokemon)
        player.discard.update(pokemon.tools)
        player.slots[self.slot_of(pokemon)] = None

    def switch_active(self, successor: Pokemon) -> None:
        """The two change places; what was on the one that goes to the Bench ends."""
        player = self.players[successor.owner]
        slot = self.slot_of(successor)
        former = player.slots[0]
        if former is not None:
            former.clear_effects()
        player.slots[0], player.slots[slot] = successor, former

    def switch_out(self, owner: int) -> Steps[None]:
        """This player's Active goes to the Bench, for one that they choose; nothing with an empty Bench."""
        bench = self.players[owner].bench()
        if bench:
            self.switch_active((yield from self.choose_pokemon(owner, bench)))

    # Energy

    def take_from_zone(self, pokemon: Pokemon, kind: str, count: int = 1) -> None:
        """Energy out of the Energy Zone is attached, one after the other."""
        for _ in range(count):
            pokemon.gain_energy(kind)
            for source in self.own_sources(pokemon):
                if source in WHEN_GIVEN_ENERGY:
                    WHEN_GIVEN_ENERGY[source](self, pokemon, kind)

    def move_energy(self, giver: Pokemon, taker: Pokemon, kind: str, count: int) -> None:
        moved = self._lose_energy(giver, kind, count)
        if moved:
            taker.gain_energy(kind, moved)

    def discard_energy(self, pokemon: Pokemon, kind: str, count: int = 1) -> None:
        """Discards as many as there are, at most this many."""
        gone = self._lose_energy(pokemon, kind, count)
        if gone:
            pile = self.players[pokemon.owner].discarded_energy
            pile[kind] = pile.get(kind, 0) + gone

    def _lose_energy(self, pokemon: Pokemon, kind: str, count: int) -> int:
        there = pokemon.energy.get(kind, 0)
        gone = min(count, there)
        if gone == there:
            pokemon.energy.pop(kind, None)
        else:
            pokemon.energy[kind] = there - gone
        return gone

    def discard_all_energy(self, pokemon: Pokemon) -> None:
        for kind, count in list(pokemon.energy.items()):
            self.discard_energy(pokemon, kind, count)

    def discard_random_energy(self, pokemon: Pokemon) -> None:
        """One of those attached; a single type needs no draw."""
        if not pokemon.energy:
            return
        if len(pokemon.energy) == 1:
            kind = next(iter(pokemon.energy))
        else:
            kind = self.draws.weighted("discard_energy", pokemon.energy)
        self.discard_energy(pokemon, kind)

    def provided_energy(self, pokemon: Pokemon) -> dict[str, int]:
        """What the attached energy counts for in costs, and wherever energy is counted."""
        kind = pokemon.card.type
        if kind in pokemon.energy and self.doubles_energy(pokemon.owner, kind):
            return {**pokemon.energy, kind: 2 * pokemon.energy[kind]}
        return pokemon.energy

    def doubles_energy(self, owner: int, kind: str) -> bool:
        return any(DOUBLES_ENERGY.get(pokemon.card.id) == kind for pokemon in self.players[owner].in_play())

    def provided_count(self, pokemon: Pokemon) -> int:
        return sum(self.provided_energy(pokemon).values())

    # What happens to Pokémon and players

    def heal(self, pokemon: Pokemon, amount: int) -> None:
        pokemon.damage = max(pokemon.damage - amount, 0)

    def afflict(self, pokemon: Pokemon, condition: str) -> None:
        if condition in EXCLUSIVE_CONDITIONS:
            pokemon.status -= EXCLUSIVE_CONDITIONS
        pokemon.status.add(condition)
        if condition == PARALYZED:
            pokemon.paralyzed_on = self.turn

    def affect_player(
        self, me: int, kind: str, amount: int = 1, *, next_turn: bool = False, names: tuple[str, ...] = ()
    ) -> None:
        """An effect on a player during this turn, or during the next one."""
        self.players[me].effects.append(Effect(kind, amount, self.turn + next_turn, names))

    def in_force(self, effects: list[Effect], kind: str, name: str | None = None) -> int:
        """The summed amount of the effects of this kind in this turn (that are about a Pokémon of this name)."""
        if not effects:
            return 0
        return sum(
            effect.amount
            for effect in effects
            if effect.kind == kind and effect.turn == self.turn and (not effect.names or name in effect.names)
        )

    # Numbers

    def max_hp(self, pokemon: Pokemon) -> int:
        return pokemon.card.hp + self.total(MAX_HP, pokemon)

    def retreat_cost(self, pokemon: Pokemon) -> int:
        cost = pokemon.card.retreat + self.total(RETREAT_COST, pokemon)
        if self.is_active(pokemon):
            cost -= self.in_force(self.players[pokemon.owner].effects, LESS_RETREAT)
        return max(cost, 0)

    def total(self, table: Mapping[str, Callable[..., int]], *subject: Any) -> int:
        """The sum of a modifier over everything in play."""
        if not table:
            return 0
        result = 0
        for player in self.players:
            for holder in player.slots:
                if holder is None:
                    continue
                if holder.card.id in table:
                    result += table[holder.card.id](self, holder, *subject)
                for tool in holder.tools:
                    if player.cards[tool].id in table:
                        result += table[player.cards[tool].id](self, holder, *subject)
        stadium = self.stadium_card()
        if stadium and stadium.id in table:
            result += table[stadium.id](self, None, *subject)
        return result

    # Who is where

    def in_play(self) -> list[Pokemon]:
        """All Pokémon in play, the turn player's first."""
        slots = self.players[self.current].slots + self.players[1 - self.current].slots
        return [pokemon for pokemon in slots if pokemon is not None]

    def slot_of(self, pokemon: Pokemon) -> int:
        return self.players[pokemon.owner].slots.index(pokemon)

    def is_active(self, pokemon: Pokemon) -> bool:
        return self.players[pokemon.owner].slots[0] is pokemon

    def own_sources(self, pokemon: Pokemon) -> list[str]:
        """The card ids that speak for a Pokémon: its own (ability), then its tools."""
        if not pokemon.tools:
            return [pokemon.card.id]
        cards = self.players[pokemon.owner].cards
        return [pokemon.card.id, *(cards[tool].id for tool in pokemon.tools)]

    def stadium_card(self) -> Card | None:
        if self.stadium is None:
            return None
        owner, index = self.stadium
        return self.players[owner].cards[index]
