"""Attacks that move Pokémon and cards, and those that copy another attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..registry import Steps, attack, attacks

if TYPE_CHECKING:
    from ..model import Pokemon
    from ..strike import Strike

# Pokémon in play


@attack("A1-115", "A1a-017")
def switch_itself(strike: Strike) -> Steps[None]:
    strike.hit()
    yield from strike.game.switch_out(strike.me)


@attack("A1-163")
def switch_out_the_defender(strike: Strike) -> Steps[None]:
    """Its owner chooses; one that was damaged enough to fall can still be switched out."""
    strike.hit()
    if not strike.shielded(strike.defender):
        yield from strike.game.switch_out(strike.foe)


@attack("P-A-095")
def switch_in_a_foe_with_heads(strike: Strike) -> Steps[None]:
    strike.hit()
    if strike.game.flip() and strike.foes_bench() and not strike.shielded(strike.defender):
        successor = yield from strike.choose(strike.foes_bench())
        strike.game.switch_active(successor)


@attack("A1-210")
def shuffle_the_defender_away_with_heads(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip() and not strike.shielded(strike.defender):
        strike.game.shuffle_into_deck(strike.defender)


# Cards


@attack("A1-005")
def find_a_grass_pokemon(strike: Strike) -> None:
    strike.hit()
    strike.game.random_search(strike.me, lambda card: card.is_pokemon and card.type == "grass")


@attacks({"A1-166": "Nidoran♂", "A1a-049": "Koffing"})
def call(strike: Strike, name: str) -> None:
    strike.hit()
    strike.game.random_search_to_bench(strike.me, lambda card: card.name == name)


@attack("A1-196", "A1a-033")
def draw_a_card(strike: Strike) -> None:
    strike.hit()
    strike.game.draw_cards(strike.me, 1)


@attack("A1-197")
def discard_a_random_card_with_heads(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.game.discard_random_from_hand(strike.foe)


@attack("A1a-062")
def new_hand_as_large_as_the_foes(strike: Strike) -> None:
    strike.hit()
    strike.game.shuffle_hand_into_deck(strike.me)
    strike.game.draw_cards(strike.me, len(strike.game.players[strike.foe].hand))


@attack("P-A-081/1")
def discard_from_both_decks(strike: Strike) -> None:
    strike.hit()
    for player in (strike.me, strike.foe):
        strike.game.discard_from_deck(player, 5)


@attack("A1-283")
def see_the_hand(strike: Strike) -> None:
    """Knowledge only: the state has no place for it."""
    strike.hit()


# Copies


@attack("A1a-032/1", copies=True)
def copy_the_defender(strike: Strike) -> Steps[None]:
    """An attack of the Active opponent, whatever it costs."""
    if strike.defender.card.attacks:
        index = yield from _choose_attack(strike, strike.defender)
        yield from strike.copy(strike.defender.card, index)


@attack("A1-205", copies=True)
def copy_anyone(strike: Strike) -> Steps[None]:
    """An attack of any opponent, if the copier's energy pays for it."""
    models = [pokemon for pokemon in strike.foes() if pokemon.card.attacks]
    if not models:
        return
    model = yield from strike.choose(models)
    index = yield from _choose_attack(strike, model)
    if model.card.attacks[index].paid_by(strike.game.provided_energy(strike.attacker)):
        yield from strike.copy(model.card, index)


def _choose_attack(strike: Strike, model: Pokemon) -> Steps[int]:
    options = {f"option:{index}": index for index in range(len(model.card.attacks))}
    return (yield from strike.game.choose(strike.me, options))
