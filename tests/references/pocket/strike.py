"""One use of an attack: what its effect function works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import Effect
from .registry import ATTACKS, COPYING_ATTACKS, DAMAGE_DEALT, DAMAGE_TAKEN, WHEN_STRUCK, Steps

if TYPE_CHECKING:
    from .game import Game
    from .model import Card, Pokemon

WEAKNESS_BONUS = 20

# Effects that stay on a Pokémon for one turn.
NO_ATTACK = "cannot attack"
LESS_DAMAGE = "takes less damage from attacks"
SHIELD = "no damage from and no effects of attacks"
# Effects that stay on a player for one turn.
MORE_DAMAGE_TO_ACTIVE = "own attacks do more to the opponent's Active"


class Strike:
    """`attacker` uses attack `index` of `card`; when it is a copy, the card is another Pokémon's."""

    def __init__(self, game: Game, attacker: Pokemon, card: Card, index: int) -> None:
        self.game = game
        self.attacker = attacker
        self.me = attacker.owner
        self.foe = 1 - attacker.owner
        self.defender = game.players[self.foe].active()
        self.struck: list[Pokemon] = []  # opponents damaged while in the Active Spot
        self.card = card
        self.index = index
        self.attack = card.attacks[index]

    def resolve(self) -> Steps[None]:
        """Damage and effects, then the triggers of those who were damaged."""
        yield from self._run_effect()
        for holder in self.struck:
            for source in self.game.own_sources(holder):
                trigger = WHEN_STRUCK.get(source)
                if trigger:
                    trigger(self.game, holder, self.attacker)

    def copy(self, card: Card, index: int) -> Steps[None]:
        """Goes on as that attack; nothing happens if that would copy in its turn."""
        if (card.id, index) in COPYING_ATTACKS:
            return
        self.card, self.index, self.attack = card, index, card.attacks[index]
        yield from self._run_effect()

    def _run_effect(self) -> Steps[None]:
        effect = ATTACKS.get((self.card.id, self.index))
        if effect:
            yield from self.game.run(effect(self))
        else:
            self.hit()

    # Damage

    def hit(self, number: int | None = None) -> int:
        """Damages the opponent's Active by the attack's own number; says how much was done."""
        return self.hit_pokemon(self.defender, self.attack.damage if number is None else number)

    def hit_pokemon(self, target: Pokemon, number: int) -> int:
        done = self._damage(target, number)
        target.damage += done
        if done and target.owner == self.foe and self.game.is_active(target) and target not in self.struck:
            self.struck.append(target)
        return done

    def _damage(self, target: Pokemon, number: int) -> int:
        """The order: own number, attacker's side, Weakness, defender's side, floor."""
        if number <= 0:
            return 0
        game = self.game
        damage = number
        if target.owner == self.foe:
            damage += game.total(DAMAGE_DEALT, self, target)
            if game.is_active(target):
                damage += game.in_force(game.players[self.me].effects, MORE_DAMAGE_TO_ACTIVE)
                if target.card.weakness == self.attacker.card.type:
                    damage += WEAKNESS_BONUS
        if self.shielded(target):
            return 0
        damage += game.total(DAMAGE_TAKEN, self, target)
        damage -= game.in_force(target.effects, LESS_DAMAGE)
        return max(damage, 0)

    def shielded(self, target: Pokemon) -> bool:
        return self.game.in_force(target.effects, SHIELD) > 0

    # Other effects

    def afflict(self, condition: str) -> None:
        """Gives the opponent's Active a Special Condition."""
        if not self.shielded(self.defender):
            self.game.afflict(self.defender, condition)

    def burden_defender(self, kind: str, amount: int = 1) -> None:
        """An effect on the Defending Pokémon during the opponent's next turn."""
        if not self.shielded(self.defender):
            self.defender.effects.append(Effect(kind, amount, self.game.turn + 1))

    def guard_attacker(self, kind: str, amount: int = 1) -> None:
        """An effect on the attacker itself during the opponent's next turn."""
        self.attacker.effects.append(Effect(kind, amount, self.game.turn + 1))
