"""The Pocket specification against its independent reference, from the sides that `specc verify` does not look at.

There the specification leads, with its own decks. Here the reference leads, with decks of any kind, so that outcomes
which only one of the two takes for possible show in both directions; scenarios are followed from their positions; and
the numbers of the cards are compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from compiler.backends.interp import Game, Interp, Tape, TapeError, snapshot
from compiler.conformance.adapter import Adapter
from compiler.conformance.diff import Difference
from compiler.conformance.engine import Setup
from compiler.conformance.interp_engine import InterpEngine
from compiler.conformance.lockstep import ReferenceFollower
from compiler.conformance.names import Names
from compiler.conformance.reference import open_reference
from compiler.conformance.scenarios import Script, record
from compiler.ir import hir
from compiler.manifest import PythonTarget
from specs.tcg import adapter
from tests.references.pocket import PocketReference, selfplay
from tests.references.pocket.model import CARDS, Deck
from tests.rules import SPECS, spec

DeckList = tuple[list[str], list[str]]  # the ids of the cards, and the types of Energy

GAMES = 12
NATIVE_NAMES = {protocol: native for native, protocol in adapter.PROTOCOL_NAMES.items()}


@pytest.fixture(scope="module")
def program() -> hir.Program:
    return spec("tcg")


# --- the numbers of the cards -----------------------------------------------------------------------------------------


def test_both_have_the_same_cards(program: hir.Program) -> None:
    assert sorted(program.tables["species"].keys) == sorted(CARDS)


@pytest.mark.parametrize("card_id", CARDS)
def test_the_numbers_of_a_card_are_the_same(program: hir.Program, card_id: str) -> None:
    card = CARDS[card_id]
    species = program.tables["species"]
    row = species.keys.index(card_id)
    element = program.enums["Element"].values

    def column(name: str) -> Any:
        return species.data[name][row]

    assert species.titles[row] == card.name
    assert program.enums["Kind"].values[column("kind")] == (
        "pokemon" if card.is_pokemon else "item" if card.is_fossil else card.trainer_type
    )
    assert bool(column("fossil")) == card.is_fossil
    if card.is_pokemon or card.is_fossil:
        weakness = column("weakness")
        points = 3 if column("mega") else 2 if column("ex") else 1
        assert (column("hp"), column("stage"), column("retreat"), points) == (
            card.hp,
            card.stage,
            card.retreat,
            card.points,
        )
        assert (element[column("element")], element[weakness] if weakness >= 0 else None) == (card.type, card.weakness)
        assert program.texts[column("evolves_from")] == (card.evolves_from or "")
        assert bool(column("ex")) == card.ex
    assert list(attacks(program, column("attacks"))) == [(a.name, a.cost, a.damage) for a in card.attacks]
    assert (column("abilities")[0] >= 0) == (card.ability is not None)


def attacks(program: hir.Program, rows: Iterable[int]) -> Iterator[tuple[str, dict[str, int], int]]:
    """The name, the cost and the number of each attack."""
    table = program.tables["attack"]
    for row in rows:
        if row >= 0:
            cost, damage = table.data["cost"][row], table.data["damage"][row]
            assert isinstance(cost, tuple)
            assert isinstance(damage, int)
            named = zip(program.enums["Element"].values, cost, strict=True)
            yield table.titles[row], {name: n for name, n in named if n}, damage


# --- scenarios --------------------------------------------------------------------------------------------------------


def test_the_reference_follows_every_scenario(program: hir.Program) -> None:
    """Those whose position the protocol can say: one in which nothing lingers from before."""
    engine, names = InterpEngine(program), Names(program)
    reference = open_reference(PythonTarget("tests.references.pocket", "factory"), SPECS.parent, 30)
    follower = ReferenceFollower("pocket", reference, Adapter.of(program, adapter), names)
    scripts = {scenario.title: record(engine, scenario) for scenario in program.scenarios}
    found = {title: followed(follower, program, script) for title, script in scripts.items() if script is not None}
    assert len(found) == len(program.scenarios)
    differences = {title: str(difference) for title, difference in found.items() if difference}
    assert {
        title: difference
        for title, difference in differences.items()
        if not (lingers := lingering(engine, scripts[title]))
        or (lingers == {"place.fresh"} and "evolve" not in difference)
    } == {}
    assert len(differences) < len(found) / 15


def lingering(engine: InterpEngine, script: Script | None) -> set[str]:
    """The fields of a scenario's position that a position of the protocol does not have."""
    assert script is not None
    assert script.setup.fields is not None
    program, params = engine.interp.program, script.setup.params
    said = adapter.native(program, params, adapter.canonical(program, script.start.state))
    (plain,) = engine.reset([Setup(params, 0, fields=said)])
    return {name for name, value in script.setup.fields.items() if name in plain.fields and plain.fields[name] != value}


def followed(follower: ReferenceFollower, program: hir.Program, script: Script) -> Difference | None:
    """The first disagreement in a scenario, from its position on."""
    assert script.setup.fields is not None
    at_reset = script.setup.fields["phase"] == program.enums["Phase"].values.index("setup")
    difference = follower.start(replace(script.setup, fields=None) if at_reset else script.setup, script.start)
    before = script.start
    for action, seen in script.steps:
        if difference:
            break
        difference = follower.step(before, action, seen)
        before = seen
    return difference


# --- the reference leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_interpreter_follows_the_reference(program: hir.Program, seed: int) -> None:
    rng = random.Random(seed)
    decks, interp = mixed_decks(program, rng)
    follow_games(interp, decks, rng, GAMES)


@pytest.mark.parametrize("method", ["put_on_bottom", "fix_next"])
def test_a_reference_that_forgets_known_places_is_found(
    program: hir.Program, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """What `specc verify` cannot see: the engine's draws are possible for one that knows less."""
    forgetful = {"put_on_bottom": lambda deck, card: deck.loose.add(card), "fix_next": lambda deck, card: None}
    monkeypatch.setattr(Deck, method, forgetful[method])
    rng = random.Random(0)
    decks, interp = mixed_decks(program, rng)
    with pytest.raises(TapeError):
        follow_games(interp, decks, rng, 20 * GAMES)


def mixed_decks(program: hir.Program, rng: random.Random) -> tuple[list[DeckList], Interp]:
    """As many random decks as the specification has, in place of these."""
    table = program.tables["deck_list"]
    species, elements = program.tables["species"].keys, program.enums["Element"].values
    decks = []
    for _ in table.keys:
        cards = selfplay.random_deck(rng, species)
        rng.shuffle(cards)
        decks.append((cards, selfplay.random_energy(rng, cards)))
    data = {
        **table.data,
        "cards": tuple(tuple(map(species.index, cards)) for cards, _ in decks),
        "energy": tuple(tuple(int(name in made) for name in elements) for _, made in decks),
    }
    changed = replace(table, data=data)
    return decks, Interp(replace(program, tables={**program.tables, "deck_list": changed}))


def follow_games(interp: Interp, decks: list[DeckList], rng: random.Random, games: int) -> None:
    for number in range(games):
        follow_a_game(interp, decks, rng, eager=bool(number % 2))


def follow_a_game(interp: Interp, decks: list[DeckList], rng: random.Random, *, eager: bool) -> None:
    """The reference plays a game with its own luck; the interpreter must take every action and outcome, and agree."""
    rows = [rng.randrange(len(decks)) for _ in range(2)]
    reference = PocketReference(rng)
    answer = reference.reset([decks[row][0] for row in rows], [decks[row][1] for row in rows])
    game = interp.new_game({"list": rows}, tape=Tape(native(interp.program, reference.last_draws)))
    while True:
        program = interp.program
        assert adapter.canonical(program, snapshot(game)) == answer["state"]
        assert legal(game) == answer["legal"]
        assert not game.events
        if game.over:
            return
        action = selfplay.choose_action(rng, answer["legal"]) if eager else rng.choice(answer["legal"])
        answer = reference.step(action)
        taken = interp.action_ids[NATIVE_NAMES.get(action, action)]
        assert game.step(taken, native(program, reference.last_draws))


def legal(game: Game) -> list[str]:
    names = [game.action_name(action) for action in game.legal]
    return sorted(adapter.actions(game.interp.program, snapshot(game), names))


def native(program: hir.Program, draws: Iterable[Any]) -> list[tuple[str, int]]:
    """The protocol's outcomes in the specification's numbers."""
    found = []
    for kind, value in draws:
        if kind == "pick":
            value = value[0] * adapter.CARDS + value[1]
        elif kind == "slot":
            value = value[0] * adapter.PLACES + value[1]
        elif kind in ("energy", "discard_energy"):
            value = program.enums["Element"].values.index(value)
        found.append((kind, value))
    return found
