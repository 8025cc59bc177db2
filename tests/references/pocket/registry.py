"""Where card behaviour is looked up: one small function per behaviour, registered by card id.

An effect function may be a plain function or a generator that asks for decisions with `yield from game.choose(...)`.

To add a card: put its facts into facts.json and register what is more than its printed numbers.
To add a kind of modifier or trigger: one more table here and one place in game.py or strike.py that consults it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .game import Game
    from .model import Pokemon
    from .strike import Strike

Result = TypeVar("Result")
Steps = Generator[None, str, Result]  # what may stop to ask for a decision on its way

AttackEffect = Callable[["Strike"], "Steps[None] | None"]
PlayerEffect = Callable[["Game", int], "Steps[None] | None"]
PokemonEffect = Callable[["Game", "Pokemon"], "Steps[None] | None"]


@dataclass(frozen=True, slots=True)
class ForPlayer:
    """A Trainer's or a Stadium's effect, used by a player."""

    usable: Callable[[Game, int], bool]
    run: PlayerEffect


@dataclass(frozen=True, slots=True)
class ForPokemon:
    """An activated ability, used by its holder."""

    usable: Callable[[Game, Pokemon], bool]
    run: PokemonEffect


# What is done.
ATTACKS: dict[tuple[str, int], AttackEffect] = {}  # attacks that are more than their printed damage
COPYING_ATTACKS: set[tuple[str, int]] = set()  # these do nothing when they are copied
TRAINERS: dict[str, ForPlayer] = {}  # Items and Supporters
STADIUM_ACTIONS: dict[str, ForPlayer] = {}  # what a player may do with the Stadium in play
ABILITIES: dict[str, ForPokemon] = {}  # activated abilities

# What changes numbers: all results are added up. Each function gets the game, the Pokémon that has the ability or tool
# (None for a Stadium) and the subject.
MAX_HP: dict[str, Callable[[Game, Pokemon | None, Pokemon], int]] = {}
RETREAT_COST: dict[str, Callable[[Game, Pokemon | None, Pokemon], int]] = {}
DAMAGE_DEALT: dict[str, Callable[[Game, Pokemon | None, Strike, Pokemon], int]] = {}  # attacker-side, before Weakness
DAMAGE_TAKEN: dict[str, Callable[[Game, Pokemon | None, Strike, Pokemon], int]] = {}  # defender-side, after Weakness

# What is triggered: by the holder's ability first, then by its tools.
WHEN_STRUCK: dict[str, Callable[[Game, Pokemon, Pokemon], None]] = {}  # holder, attacker

# What is forbidden.
BANS_SUPPORTERS: set[str] = set()  # as the Active Pokémon, to the opponent

# Cards that name energy in the discard pile: with one of them in either deck that energy is part of the state.
NAMES_DISCARDED_ENERGY: set[str] = set()

Function = TypeVar("Function", bound=Callable[..., Any])


def attack(card_id: str, index: int = 0, *, copies: bool = False) -> Callable[[AttackEffect], AttackEffect]:
    def register(effect: AttackEffect) -> AttackEffect:
        assert (card_id, index) not in ATTACKS
        ATTACKS[card_id, index] = effect
        if copies:
            COPYING_ATTACKS.add((card_id, index))
        return effect

    return register


def trainer(card_id: str, usable: Callable[[Game, int], bool]) -> Callable[[PlayerEffect], PlayerEffect]:
    def register(effect: PlayerEffect) -> PlayerEffect:
        assert card_id not in TRAINERS
        TRAINERS[card_id] = ForPlayer(usable, effect)
        return effect

    return register


def stadium_action(card_id: str, usable: Callable[[Game, int], bool]) -> Callable[[PlayerEffect], PlayerEffect]:
    def register(effect: PlayerEffect) -> PlayerEffect:
        assert card_id not in STADIUM_ACTIONS
        STADIUM_ACTIONS[card_id] = ForPlayer(usable, effect)
        return effect

    return register


def ability(card_id: str, usable: Callable[[Game, Pokemon], bool]) -> Callable[[PokemonEffect], PokemonEffect]:
    def register(effect: PokemonEffect) -> PokemonEffect:
        assert card_id not in ABILITIES
        ABILITIES[card_id] = ForPokemon(usable, effect)
        return effect

    return register


def put(table: dict[str, Function], *card_ids: str) -> Callable[[Function], Function]:
    """Registers a modifier or trigger for these cards."""

    def register(function: Function) -> Function:
        for card_id in card_ids:
            assert card_id not in table
            table[card_id] = function
        return function

    return register
