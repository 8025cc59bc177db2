"""Where card behaviour is looked up: one small function per behaviour, registered by card id.

An effect function may be a plain function or a generator that asks for decisions with `yield from game.choose(...)`.

To add a card: put its facts into facts.json and register what is more than its printed numbers.
To add a kind of modifier or trigger: one more table here and one place that consults it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .board import Board
    from .model import Pokemon
    from .strike import Strike

Result = TypeVar("Result")
Steps = Generator[None, str, Result]  # what may stop to ask for a decision on its way

AttackEffect = Callable[["Strike"], "Steps[None] | None"]
PlayerEffect = Callable[["Board", int], "Steps[None] | None"]
PokemonEffect = Callable[["Board", "Pokemon"], "Steps[None] | None"]


@dataclass(frozen=True, slots=True)
class ForPlayer:
    """A Trainer's or a Stadium's effect, used by a player."""

    usable: Callable[[Board, int], bool]
    run: PlayerEffect


@dataclass(frozen=True, slots=True)
class ForPokemon:
    """An activated ability, used by its holder: once a turn, or as often as its owner likes."""

    usable: Callable[[Board, Pokemon], bool]
    run: PokemonEffect
    once: bool


# What is done.
ATTACKS: dict[tuple[str, int], AttackEffect] = {}  # attacks that are more than their printed damage
COPYING_ATTACKS: set[tuple[str, int]] = set()  # these do nothing when they are copied
TRAINERS: dict[str, ForPlayer] = {}  # Items and Supporters
STADIUM_ACTIONS: dict[str, ForPlayer] = {}  # what a player may do with the Stadium in play
ABILITIES: dict[str, ForPokemon] = {}  # activated abilities

# What changes numbers: all results are added up. Each function gets the game, the Pokémon that has the ability or tool
# (None for a Stadium) and the subject.
MAX_HP: dict[str, Callable[[Board, Pokemon | None, Pokemon], int]] = {}
RETREAT_COST: dict[str, Callable[[Board, Pokemon | None, Pokemon], int]] = {}
DAMAGE_DEALT: dict[str, Callable[[Board, Pokemon | None, Strike, Pokemon], int]] = {}  # attacker-side, before Weakness
DAMAGE_TAKEN: dict[str, Callable[[Board, Pokemon | None, Strike, Pokemon], int]] = {}  # defender-side, after Weakness

# With one of these in play, each energy of this type on its owner's Pokémon of the same type provides two.
DOUBLES_ENERGY: dict[str, str] = {}

# What is triggered: by the holder's ability first, then by its tools.
WHEN_STRUCK: dict[str, Callable[[Board, Pokemon, Pokemon], None]] = {}  # holder, attacker
WHEN_GIVEN_ENERGY: dict[str, Callable[[Board, Pokemon, str], None]] = {}  # from the Energy Zone: holder, type

# What is forbidden to the opponent.
BANS_SUPPORTERS: set[str] = set()  # by the Active Pokémon
BANS_EVOLVING_THE_ACTIVE: set[str] = set()  # by any Pokémon in play: no card from the hand on the Active

# Cards that name energy in the discard pile: with one of them in either deck that energy is part of the state.
NAMES_DISCARDED_ENERGY: set[str] = set()

Function = TypeVar("Function", bound=Callable[..., Any])


def _place(attack: str) -> tuple[str, int]:
    """`"A1-003"` is the first attack of that card, `"A1-004/1"` the second."""
    card_id, _, index = attack.partition("/")
    return card_id, int(index or 0)


def _register_attack(place: tuple[str, int], effect: AttackEffect) -> None:
    assert place not in ATTACKS
    ATTACKS[place] = effect


def attack(*attacks: str, copies: bool = False) -> Callable[[AttackEffect], AttackEffect]:
    """What these attacks do."""

    def register(effect: AttackEffect) -> AttackEffect:
        for place in map(_place, attacks):
            _register_attack(place, effect)
            if copies:
                COPYING_ATTACKS.add(place)
        return effect

    return register


def attacks(numbers: Mapping[str, Any]) -> Callable[[Function], Function]:
    """What these attacks do, each with its own number (or a tuple of them) as further arguments."""

    def register(effect: Function) -> Function:
        for name, values in numbers.items():
            _register_attack(_place(name), _with(effect, values if isinstance(values, tuple) else (values,)))
        return effect

    return register


def _with(effect: Callable[..., Any], values: tuple[Any, ...]) -> AttackEffect:
    return lambda strike: effect(strike, *values)


def trainer(*card_ids: str, usable: Callable[[Board, int], bool]) -> Callable[[PlayerEffect], PlayerEffect]:
    def register(effect: PlayerEffect) -> PlayerEffect:
        return put(TRAINERS, *card_ids)(ForPlayer(usable, effect)).run

    return register


def stadium_action(card_id: str, usable: Callable[[Board, int], bool]) -> Callable[[PlayerEffect], PlayerEffect]:
    def register(effect: PlayerEffect) -> PlayerEffect:
        return put(STADIUM_ACTIONS, card_id)(ForPlayer(usable, effect)).run

    return register


def ability(
    card_id: str, usable: Callable[[Board, Pokemon], bool], *, once: bool = True
) -> Callable[[PokemonEffect], PokemonEffect]:
    def register(effect: PokemonEffect) -> PokemonEffect:
        return put(ABILITIES, card_id)(ForPokemon(usable, effect, once)).run

    return register


Entry = TypeVar("Entry")


def put(table: dict[str, Entry], *card_ids: str) -> Callable[[Entry], Entry]:
    """Registers a modifier or trigger for these cards."""

    def register(entry: Entry) -> Entry:
        for card_id in card_ids:
            assert card_id not in table
            table[card_id] = entry
        return entry

    return register
