"""The canonical state: writing it from a game, and reading a game from it."""

from __future__ import annotations

from typing import Any

from .draws import Draws
from .game import DECK_SIZE, Game, read_decks
from .model import CONDITIONS, EXCLUSIVE_CONDITIONS, SLOTS, TYPES, ZONE_TYPES, Deck, IllegalRequest, Player, Pokemon


def write_state(game: Game) -> dict[str, Any]:
    return {
        "turn": game.turn,
        "current": game.current,
        "decider": game.decider,
        "over": game.over,
        "winner": game.winner,
        "stadium": None if game.stadium is None else list(game.stadium),
        "players": [_write_player(player, game.shows_discarded_energy) for player in game.players],
    }


def _write_player(player: Player, shows_discarded_energy: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "points": player.points,
        "hand": sorted(player.hand),
        "deck": sorted(player.deck.cards()),
        "discard": sorted(player.discard),
        "energy": {"current": player.energy_current, "next": player.energy_next},
        "slots": [None if pokemon is None else _write_pokemon(pokemon) for pokemon in player.slots],
    }
    if shows_discarded_energy:
        result["discard_energy"] = dict(player.discarded_energy)
    return result


def _write_pokemon(pokemon: Pokemon) -> dict[str, Any]:
    return {
        "cards": list(pokemon.stack),
        "damage": pokemon.damage,
        "energy": dict(pokemon.energy),
        "status": sorted(pokemon.status) if pokemon.status else [],
        "tools": sorted(pokemon.tools) if pokemon.tools else [],
    }


def read_game(state: Any, decks: Any, energy: Any, draws: Draws) -> Game:
    """A game in the main part of a turn, with nothing done yet in it and no effects from before."""
    game = Game(read_decks(decks, energy), draws)
    try:
        _read_into(game, state)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise IllegalRequest(f"malformed state: {error!r}") from error
    return game


def _read_into(game: Game, state: dict[str, Any]) -> None:
    game.turn, game.current = state["turn"], state["current"]
    _demand(type(game.turn) is int and game.turn >= 1, "the turn must be 1 or later")
    _demand(game.current in (0, 1), "current must be 0 or 1")
    _demand(not state.get("over", False), "the game is over")
    _demand(state.get("decider", game.current) == game.current, "not the main part of a turn")
    stadium = state["stadium"]
    if stadium is not None:
        owner, index = stadium
        _demand(owner in (0, 1) and index in range(DECK_SIZE), "no such Stadium card")
        _demand(game.players[owner].cards[index].trainer_type == "stadium", "the Stadium is no Stadium card")
        game.stadium = (owner, index)
    for me, (player, given) in enumerate(zip(game.players, state["players"], strict=True)):
        _read_player(player, me, given, game.turn)
        places = [*player.hand, *player.deck.cards(), *player.discard]
        for pokemon in player.in_play():
            places += [*pokemon.stack, *pokemon.tools]
        if game.stadium and game.stadium[0] == me:
            places.append(game.stadium[1])
        _demand(sorted(places) == list(range(DECK_SIZE)), f"player {me}'s cards are not all there once")
    for pokemon in game.in_play():
        _demand(pokemon.damage < game.max_hp(pokemon), "a Pokémon is already Knocked Out")


def _read_player(player: Player, me: int, given: dict[str, Any], turn: int) -> None:
    player.points = given["points"]
    _demand(player.points in (0, 1, 2), "points must be 0 to 2")
    player.hand = _distinct(given["hand"])
    player.deck = Deck(_distinct(given["deck"]))
    player.discard = _distinct(given["discard"])
    player.discarded_energy = dict(given.get("discard_energy", {}))
    player.energy_current, player.energy_next = given["energy"]["current"], given["energy"]["next"]
    _demand({player.energy_current, player.energy_next} <= {None, *ZONE_TYPES}, "bad energy in the Energy Zone")
    _demand(len(given["slots"]) == SLOTS, f"there are {SLOTS} slots")
    player.slots = [None if slot is None else _read_pokemon(player, me, slot, turn) for slot in given["slots"]]
    _demand(player.slots[0] is not None, "the Active Spot is empty")
    _demand(not any(pokemon.status for pokemon in player.bench()), "a condition on the Bench")


def _read_pokemon(player: Player, me: int, given: dict[str, Any], turn: int) -> Pokemon:
    """It came into play and got its conditions in an earlier turn."""
    stack = list(given["cards"])
    _demand(bool(stack), "a Pokémon without cards")
    card = player.cards[stack[-1]]
    _demand(card.is_pokemon or card.is_fossil, f"{card.id} cannot be in play")
    energy = {kind: count for kind, count in given["energy"].items() if count}
    _demand(all(kind in TYPES and type(count) is int and count > 0 for kind, count in energy.items()), "bad energy")
    _demand(type(given["damage"]) is int and given["damage"] >= 0, "bad damage")
    status = set(given["status"])
    _demand(status <= set(CONDITIONS) and len(status & EXCLUSIVE_CONDITIONS) <= 1, "bad conditions")
    tools = list(given["tools"])
    _demand(all(player.cards[tool].trainer_type == "tool" for tool in tools), "a tool is no tool")
    return Pokemon(
        owner=me,
        stack=stack,
        card=card,
        entered=turn - 1,
        damage=given["damage"],
        energy=energy,
        status=status,
        tools=tools,
        paralyzed_on=turn - 1,
    )


def _distinct(indices: list[int]) -> set[int]:
    _demand(all(type(index) is int for index in indices), "an index must be a number")
    _demand(len(set(indices)) == len(indices), "a card is there twice")
    return set(indices)


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise IllegalRequest(otherwise)
