"""The rules of the game, as a generator that stops at each decision.

`Game.play()` (or `Game.resume()` in the middle of a turn) yields whenever a decision with more than one option is due.
`decider` and `options` say whose and which, and the name of one option is sent back. The cards are in the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .board import Board
from .draws import Draws
from .model import (
    ASLEEP,
    BURNED,
    CARDS,
    CONFUSED,
    PARALYZED,
    POISONED,
    ZONE_TYPES,
    Card,
    IllegalRequest,
    Player,
    Pokemon,
)
from .registry import ABILITIES, BANS_EVOLVING_THE_ACTIVE, BANS_SUPPORTERS, STADIUM_ACTIONS, TRAINERS, Steps
from .strike import MAY_FAIL, NO_ATTACK, NO_RETREAT, NO_SUPPORTERS, Strike

DECK_SIZE = 20
COPIES_OF_A_NAME = 2
OPENING_HAND = 5
TOOLS_PER_POKEMON = 1
LAST_FIRST_TURN = 2  # turns 1 and 2 are the players' first turns
TURN_LIMIT = 30
POINTS_TO_WIN = 3
POISON_DAMAGE = 10
BURN_DAMAGE = 20

Action = Callable[[], "Steps[None] | None"]


class GameOver(Exception):  # noqa: N818  (an event, not an error)
    """Raised where the game ends; carries the winner."""

    def __init__(self, winner: int | str) -> None:
        super().__init__(winner)
        self.winner = winner


def read_decks(decks: Any, energy: Any) -> list[Player]:
    """The two players, from 20 known card ids and 1 to 3 types of energy each."""
    if not isinstance(decks, (list, tuple)) or len(decks) != 2:
        raise IllegalRequest("two decks are needed")
    if not isinstance(energy, (list, tuple)) or len(energy) != 2:
        raise IllegalRequest("two lists of energy types are needed")
    players = []
    for ids, types in zip(decks, energy, strict=True):
        if not isinstance(ids, (list, tuple)) or len(ids) != DECK_SIZE:
            raise IllegalRequest(f"a deck has exactly {DECK_SIZE} cards")
        unknown = [card_id for card_id in ids if not isinstance(card_id, str) or card_id not in CARDS]
        if unknown:
            raise IllegalRequest(f"unknown cards: {unknown}")
        if not isinstance(types, (list, tuple)) or not 1 <= len(types) <= 3:
            raise IllegalRequest("a deck has 1 to 3 types of energy")
        if any(kind not in ZONE_TYPES for kind in types) or len(set(types)) != len(types):
            raise IllegalRequest(f"bad energy types: {types}")
        players.append(Player([CARDS[card_id] for card_id in ids], list(types)))
    return players


def check_deck_rules(player: Player) -> None:
    names = [card.name for card in player.cards]
    too_many = sorted({name for name in names if names.count(name) > COPIES_OF_A_NAME})
    if too_many:
        raise IllegalRequest(f"more than {COPIES_OF_A_NAME} of {too_many}")
    if not any(card.is_basic for card in player.cards):
        raise IllegalRequest("a deck needs a Basic Pokémon")


class Game(Board):
    """One game: the board, and the course of play on it."""

    def __init__(self, players: list[Player], draws: Draws) -> None:
        super().__init__(players, draws)
        self.over = False
        self.winner: int | str | None = None
        self.turn_ended = False

    # The course of the game

    def play(self) -> Steps[None]:
        """A whole game."""
        try:
            yield from self._setup()
            self._begin_turn(self.current)
            yield from self._turns()
        except GameOver as end:
            self._close(end.winner)

    def resume(self) -> Steps[None]:
        """The rest of a game from the main part of a turn."""
        try:
            yield from self._turns()
        except GameOver as end:
            self._close(end.winner)

    def _close(self, winner: int | str) -> None:
        self.over = True
        self.winner = winner
        self.decider = None
        self.options = {}

    def _setup(self) -> Steps[None]:
        self.current = self.draws.take("first", (0, 1))
        for me in (0, 1):
            self._deal_opening_hand(me)
        for me in (0, 1):
            self.players[me].energy_next = self._roll_energy(me)
        for me in (0, 1):
            yield from self._place(me)

    def _deal_opening_hand(self, me: int) -> None:
        player = self.players[me]
        self.draw_cards(me, OPENING_HAND)
        if any(player.cards[index].is_basic for index in player.hand):
            return
        back = self.draws.pick(me, player.hand)
        player.hand.remove(back)
        player.deck.shuffle_in([back])
        self.random_search(me, lambda card: card.is_basic)

    def _place(self, me: int) -> Steps[None]:
        """One Active, then up to three for the Bench."""
        player = self.players[me]
        index = yield from self.choose(me, {f"active:{i}": i for i in self._basics_in_hand(me)})
        self._play_pokemon(me, index, 0)
        while (slot := player.free_bench_slot()) is not None:
            options: dict[str, int | None] = {f"bench:{i}": i for i in self._basics_in_hand(me)}
            choice = yield from self.choose(me, options | {"done": None})
            if choice is None:
                return
            self._play_pokemon(me, choice, slot)

    def _basics_in_hand(self, me: int) -> list[int]:
        player = self.players[me]
        return [index for index in player.distinct(player.hand) if player.cards[index].is_basic]

    def _turns(self) -> Steps[None]:
        while True:
            yield from self._main_part()
            yield from self._end_turn()
            if self.turn >= TURN_LIMIT:
                raise GameOver("tie")
            self._begin_turn(1 - self.current)

    def _begin_turn(self, me: int) -> None:
        self.turn += 1
        self.current = me
        self.turn_ended = False
        player = self.players[me]
        player.start_turn()
        for pokemon in player.in_play():
            pokemon.ability_used = False
        self.draw_cards(me, 1)
        if self.turn > 1:
            player.energy_current = player.energy_next
            player.energy_next = self._roll_energy(me)

    def _roll_energy(self, me: int) -> str:
        types = self.players[me].energy_types
        return types[0] if len(types) == 1 else self.draws.take("energy", types)

    def _main_part(self) -> Steps[None]:
        while not self.turn_ended:
            action: Action = yield from self.ask(self.current, self._main_options())
            steps = action()
            if steps is not None:
                yield from steps
            yield from self.settle(self.current)

    def _end_turn(self) -> Steps[None]:
        """Effects of the turn end, the Checkup, and its Knock Outs: the next player promotes first."""
        player = self.players[self.current]
        player.energy_current = None
        for holder in (*self.players, *self.in_play()):
            if holder.effects:
                holder.effects = [effect for effect in holder.effects if effect.turn > self.turn]
        for owner in (self.current, 1 - self.current):
            self._check_up(self.players[owner].active())
        yield from self.settle(1 - self.current)

    def _check_up(self, pokemon: Pokemon) -> None:
        status = pokemon.status
        if POISONED in status:
            pokemon.damage += POISON_DAMAGE
        if BURNED in status:
            pokemon.damage += BURN_DAMAGE
            if self.flip():
                status.remove(BURNED)
        if ASLEEP in status and self.flip():
            status.remove(ASLEEP)
        if PARALYZED in status and pokemon.owner == self.current and pokemon.paralyzed_on < self.turn:
            status.remove(PARALYZED)

    # The main part of a turn

    def _main_options(self) -> dict[str, Action]:
        me = self.current
        player = self.players[me]
        options: dict[str, Action] = {"end": self._end}
        self._add_hand_options(me, options)
        for slot, pokemon in enumerate(player.slots):
            if pokemon is None:
                continue
            if player.energy_current is not None:
                options[f"attach:{slot}"] = partial(self._attach, pokemon)
            ability = ABILITIES.get(pokemon.card.id)
            if ability and not (ability.once and pokemon.ability_used) and ability.usable(self, pokemon):
                options[f"ability:{slot}"] = partial(self._use_ability, pokemon)
            if pokemon.card.is_fossil:
                options[f"discard:{slot}"] = partial(self.discard_pokemon, pokemon)
        if self._stadium_usable(me):
            options["stadium"] = partial(self._use_stadium, me)
        active = player.active()
        if self._can_retreat(active):
            for pokemon in player.bench():
                options[f"retreat:{self.slot_of(pokemon)}"] = partial(self._retreat, active, pokemon)
        if self._may_attack(active):
            energy = self.provided_energy(active)
            for index, attack in enumerate(active.card.attacks):
                if attack.paid_by(energy):
                    options[f"attack:{index}"] = partial(self._attack, active, index)
        return options

    def _add_hand_options(self, me: int, options: dict[str, Action]) -> None:
        player = self.players[me]
        bench_slot = player.free_bench_slot()
        for index in player.distinct(player.hand):
            card = player.cards[index]
            if card.is_basic or card.is_fossil:
                if bench_slot is not None:
                    options[f"bench:{index}"] = partial(self._play_pokemon, me, index, bench_slot)
            elif card.is_pokemon:
                for slot, pokemon in enumerate(player.slots):
                    if pokemon is not None and self._can_evolve(pokemon, card):
                        options[f"evolve:{index}:{slot}"] = partial(self._evolve, pokemon, index)
            elif card.trainer_type == "item":
                if TRAINERS[card.id].usable(self, me):
                    options[f"item:{index}"] = partial(self._play_item, me, index)
            elif card.trainer_type == "supporter":
                if self._may_use_supporters(me) and TRAINERS[card.id].usable(self, me):
                    options[f"supporter:{index}"] = partial(self._play_supporter, me, index)
            elif card.trainer_type == "tool":
                for slot, pokemon in enumerate(player.slots):
                    if pokemon is not None and len(pokemon.tools) < TOOLS_PER_POKEMON:
                        options[f"tool:{index}:{slot}"] = partial(self._play_tool, pokemon, index)
            elif card.trainer_type == "stadium":
                in_play = self.stadium_card()
                if not player.stadium_played and (in_play is None or in_play.name != card.name):
                    options[f"stadium:{index}"] = partial(self._play_stadium, me, index)

    def _end(self) -> None:
        self.turn_ended = True

    def _attach(self, pokemon: Pokemon) -> None:
        player = self.players[pokemon.owner]
        assert player.energy_current is not None
        self.take_from_zone(pokemon, player.energy_current)
        player.energy_current = None

    def _play_pokemon(self, me: int, index: int, slot: int) -> None:
        self.players[me].hand.remove(index)
        self.put_into_play(me, index, slot)

    def _can_evolve(self, pokemon: Pokemon, card: Card) -> bool:
        if self.turn <= LAST_FIRST_TURN or pokemon.entered >= self.turn or pokemon.card.name != card.evolves_from:
            return False
        if not self.is_active(pokemon):
            return True
        opponents = self.players[1 - pokemon.owner].in_play()
        return not any(opponent.card.id in BANS_EVOLVING_THE_ACTIVE for opponent in opponents)

    def _evolve(self, pokemon: Pokemon, index: int) -> None:
        player = self.players[pokemon.owner]
        player.hand.remove(index)
        pokemon.stack.append(index)
        pokemon.card = player.cards[index]
        pokemon.entered = self.turn
        pokemon.ability_used = False
        pokemon.clear_effects()

    def _play_item(self, me: int, index: int) -> Steps[None] | None:
        self.discard_from_hand(me, index)
        return TRAINERS[self.players[me].cards[index].id].run(self, me)

    def _play_supporter(self, me: int, index: int) -> Steps[None] | None:
        self.players[me].supporter_played = True
        return self._play_item(me, index)

    def _may_use_supporters(self, me: int) -> bool:
        player = self.players[me]
        banned = self.players[1 - me].active().card.id in BANS_SUPPORTERS
        return not banned and not player.supporter_played and not self.in_force(player.effects, NO_SUPPORTERS)

    def _play_tool(self, pokemon: Pokemon, index: int) -> None:
        self.players[pokemon.owner].hand.remove(index)
        pokemon.tools.append(index)

    def _play_stadium(self, me: int, index: int) -> None:
        player = self.players[me]
        player.hand.remove(index)
        if self.stadium:
            owner, old = self.stadium
            self.players[owner].discard.add(old)
        self.stadium = (me, index)
        player.stadium_played = True
        player.stadium_used = False

    def _stadium_usable(self, me: int) -> bool:
        card = self.stadium_card()
        action = STADIUM_ACTIONS.get(card.id) if card else None
        return action is not None and not self.players[me].stadium_used and action.usable(self, me)

    def _use_stadium(self, me: int) -> Steps[None] | None:
        card = self.stadium_card()
        assert card is not None
        self.players[me].stadium_used = True
        return STADIUM_ACTIONS[card.id].run(self, me)

    def _use_ability(self, pokemon: Pokemon) -> Steps[None] | None:
        pokemon.ability_used = True
        return ABILITIES[pokemon.card.id].run(self, pokemon)

    def _can_retreat(self, active: Pokemon) -> bool:
        player = self.players[active.owner]
        if player.retreated or active.card.is_fossil or not player.bench():
            return False
        if ASLEEP in active.status or PARALYZED in active.status or active.has_effect(NO_RETREAT, self.turn):
            return False
        return self.provided_count(active) >= self.retreat_cost(active)

    def _retreat(self, active: Pokemon, successor: Pokemon) -> Steps[None]:
        player = self.players[active.owner]
        owed = self.retreat_cost(active)
        while owed > 0:
            kind = yield from self.choose(active.owner, {f"energy:{kind}": kind for kind in active.energy})
            doubled = kind == active.card.type and self.doubles_energy(active.owner, kind)
            owed -= 2 if doubled else 1
            self.discard_energy(active, kind)
        player.retreated = True
        self.switch_active(successor)

    def _may_attack(self, active: Pokemon) -> bool:
        if ASLEEP in active.status or PARALYZED in active.status:
            return False
        return not active.has_effect(NO_ATTACK, self.turn)

    def _attack(self, active: Pokemon, index: int) -> Steps[None]:
        """Ends the turn. Each thing that may stop the attack needs heads; after tails nothing more happens."""
        self.turn_ended = True
        if CONFUSED in active.status and not self.flip():
            return
        for effect in active.effects:
            if effect.kind == MAY_FAIL and effect.turn == self.turn and not self.flip():
                return
        yield from Strike(self, active, active.card, index).resolve()

    # Knock Outs, promotion, the end

    def settle(self, first: int) -> Steps[None]:
        """Knock Outs of one moment: all fall, points are given, the end is checked, empty Active Spots are filled.

        It goes on until nobody falls any more.
        """
        while True:
            fallen = self._take_away_the_fallen()
            for pokemon in fallen:
                self.players[1 - pokemon.owner].points += pokemon.card.points
                if pokemon in self.hurt_by_attack:
                    self.players[pokemon.owner].lost_to_attack_in = self.turn
            if self.hurt_by_attack:
                self.hurt_by_attack = []
            winner = self._verdict()
            if winner is not None:
                raise GameOver(winner)
            for owner in (first, 1 - first):
                if self.players[owner].slots[0] is None:
                    yield from self._promote(owner)
            if not fallen:
                return

    def _take_away_the_fallen(self) -> list[Pokemon]:
        """Also those who fall because others have left."""
        fallen: list[Pokemon] = []
        while falling := [pokemon for pokemon in self.in_play() if pokemon.damage and self._is_knocked_out(pokemon)]:
            for pokemon in falling:
                self.discard_pokemon(pokemon)
            fallen += falling
        return fallen

    def _is_knocked_out(self, pokemon: Pokemon) -> bool:
        return pokemon.damage >= self.max_hp(pokemon)

    def _verdict(self) -> int | str | None:
        """Each player's claims to victory are 3 points and the other's empty board; the more claims win."""
        empty = [not any(player.slots) for player in self.players]
        if all(empty):
            return "tie"
        claims = [(self.players[me].points >= POINTS_TO_WIN) + empty[1 - me] for me in (0, 1)]
        if claims[0] == claims[1]:
            return "tie" if claims[0] else None
        return 0 if claims[0] > claims[1] else 1

    def _promote(self, owner: int) -> Steps[None]:
        pokemon = yield from self.choose_pokemon(owner, self.players[owner].bench())
        self.switch_active(pokemon)
