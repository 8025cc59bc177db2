"""The state of this specification in the words of the protocol that its references speak, and back.

A card is `[player, index]`, a slot counts from 0 (the Active Spot), and Energy is a mapping of types to amounts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from types import ModuleType
from typing import Any

from compiler.ir.hir import Program
from specs.tcg.setups import random_deck, random_position

CARDS = 20
PLACES = 4
PROTOCOL_NAMES = {"use_stadium": "stadium"}

Fields = Mapping[str, Any]


def load() -> ModuleType:
    """The adapter: this module."""
    return sys.modules[__name__]


def setup(program: Program, params: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """What a reference is reset with: both deck lists, and the types of Energy that each makes."""
    keys = program.tables["species"].keys
    rows = params["player.list"]
    energies = [_energy(program, _column(program, "energy", row)) for row in rows]
    return {
        "decks": [[keys[card] for card in _column(program, "cards", row)] for row in rows],
        "energy": [[name for name, made in energy.items() if made] for energy in energies],
    }


def inject(program: Program, params: Mapping[str, Sequence[int]], snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What a reference needs to start from a position in the main part of a turn."""
    return {"state": canonical(program, snapshot), **setup(program, params)}


def actions(program: Program, snapshot: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The protocol's names of actions."""
    return [PROTOCOL_NAMES.get(name, name) for name in names]


def draws(program: Program, native: Iterable[tuple[str, int]]) -> list[list[Any]]:
    """Random outcomes: a card as player and index, a Pokémon as player and slot, Energy by name."""
    return [[kind, _outcome(program, kind, value)] for kind, value in native]


def canonical(program: Program, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The state as every reference must see it."""
    fields, over = snapshot["fields"], snapshot["over"]
    arena = fields["arena"]
    return {
        "turn": fields["turn"],
        "current": fields["current"],
        "decider": None if over else snapshot["decider"],
        "over": over,
        "winner": _winner(snapshot["rewards"]) if over else None,
        "stadium": None if arena < 0 else list(divmod(arena, CARDS)),
        "players": [_player(program, fields, player) for player in range(program.players)],
    }


def native(program: Program, params: Mapping[str, Sequence[int]], state: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that start a game from a canonical state, in the main part of its current player's turn.

    Nothing lingers from earlier turns and nothing has been done in this one.
    """
    keys = [f"player.{name}" for name in ("deck", "hand", "discard", "points", "energy_now", "energy_next")]
    keys += [f"place.{name}" for name in ("pokemon", "stack", "facedown", "attached", "damage", "energy")]
    fields: dict[str, Any] = {key: [] for key in [*keys, "spot.status"]}
    stadium = state["stadium"]
    fields["arena"] = -1 if stadium is None else stadium[0] * CARDS + stadium[1]
    fields["phase"] = program.enums["Phase"].values.index("main")
    fields["turn"], fields["current"] = state["turn"], state["current"]
    for player, side in enumerate(state["players"]):
        for zone in ("deck", "hand", "discard"):
            fields[f"player.{zone}"].append([player * CARDS + card for card in side[zone]])
        fields["player.points"].append(side["points"])
        for when, name in (("now", "current"), ("next", "next")):
            fields[f"player.energy_{when}"].append(_element(program, side["energy"][name]))
        active = side["slots"][0] or {}
        conditions = program.enums["Condition"].values
        fields["spot.status"].append([int(name in active.get("status", ())) for name in conditions])
        for slot in side["slots"]:
            _give_slot(program, fields, player, slot or {}, _column(program, "cards", params["player.list"][player]))
    return fields


def _give_slot(
    program: Program, fields: dict[str, Any], player: int, slot: Mapping[str, Any], species: Sequence[int]
) -> None:
    cards = [player * CARDS + card for card in slot.get("cards", ())]
    tools = [player * CARDS + card for card in slot.get("tools", ())]
    energy = slot.get("energy", {})
    fields["place.stack"].append(cards)
    fields["place.facedown"].append(-1)
    fields["place.attached"].append(tools[0] if tools else -1)
    fields["place.damage"].append(slot.get("damage", 0))
    fields["place.energy"].append([energy.get(name, 0) for name in program.enums["Element"].values])
    fields["place.pokemon"].append(species[slot["cards"][-1]] if cards else -1)


def _player(program: Program, fields: Fields, player: int) -> dict[str, Any]:
    now, then = fields["player.energy_now"][player], fields["player.energy_next"][player]
    return {
        "points": fields["player.points"][player],
        "hand": _indices(fields["player.hand"][player]),
        "deck": _indices(fields["player.deck"][player]["cards"]),
        "discard": _indices(fields["player.discard"][player]),
        "energy": {"current": _name(program, now), "next": _name(program, then)},
        "slots": [_slot(program, fields, player, index) for index in range(PLACES)],
    }


def _slot(program: Program, fields: Fields, player: int, index: int) -> dict[str, Any] | None:
    place = player * PLACES + index
    stack, facedown = fields["place.stack"][place], fields["place.facedown"][place]
    if facedown >= 0:
        stack = [facedown]
    if not stack:
        return None
    status = fields["spot.status"][player] if index == 0 else ()
    tool = fields["place.attached"][place]
    return {
        "cards": [card % CARDS for card in sorted(stack, key=lambda card: _stage(program, fields, card))],
        "damage": fields["place.damage"][place],
        "energy": {name: n for name, n in _energy(program, fields["place.energy"][place]).items() if n},
        "status": [name for name, held in zip(program.enums["Condition"].values, status, strict=False) if held],
        "tools": [] if tool < 0 else [tool % CARDS],
    }


def _stage(program: Program, fields: Fields, card: int) -> int:
    player, index = divmod(card, CARDS)
    species = _column(program, "cards", fields["player.list"][player])[index]
    stage = program.tables["species"].data["stage"][species]
    assert isinstance(stage, int)
    return stage


def _column(program: Program, name: str, row: int) -> tuple[int, ...]:
    """An array column of a deck list."""
    values = program.tables["deck_list"].data[name][row]
    assert isinstance(values, tuple)
    return values


def _energy(program: Program, amounts: Sequence[int]) -> dict[str, int]:
    return dict(zip(program.enums["Element"].values, amounts, strict=True))


def _name(program: Program, element: int) -> str | None:
    return None if element < 0 else program.enums["Element"].values[element]


def _element(program: Program, name: str | None) -> int:
    return -1 if name is None else program.enums["Element"].values.index(name)


def _indices(cards: Iterable[int]) -> list[int]:
    return sorted(card % CARDS for card in cards)


def _outcome(program: Program, kind: str, value: int) -> Any:
    if kind == "pick":
        return list(divmod(value, CARDS))
    if kind == "slot":
        return list(divmod(value, PLACES))
    return _name(program, value) if kind in ("energy", "discard_energy") else value


def _winner(rewards: Sequence[int]) -> int | str:
    if rewards[0] == rewards[1]:
        return "tie"
    return 0 if rewards[0] > rewards[1] else 1


# --- setups for testing -----------------------------------------------------------------------------------------------


def rows(program: Program, rng: Random, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A random legal deck in which as many of the wanted cards take part as it has room for."""
    return {"deck_list": random_deck(program, rng, wanted)}


def position(
    program: Program, params: Mapping[str, Sequence[int]], rng: Random, wanted: Sequence[str]
) -> dict[str, Any]:
    """Fields that start a game in the middle of a turn, with the wanted cards ready where the decks have them."""
    return native(program, params, random_position(program, params["player.list"], rng, wanted))
