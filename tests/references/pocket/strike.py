"""One use of an attack: what its effect function works with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .model import Effect
from .registry import ATTACKS, COPYING_ATTACKS, DAMAGE_DEALT, DAMAGE_TAKEN, WHEN_STRUCK, Steps

if TYPE_CHECKING:
    from .board import Board
    from .model import Card, Pokemon

WEAKNESS_BONUS = 20

# Effects that stay on a Pokémon for one turn.
NO_ATTACK = "cannot attack"
NO_RETREAT = "cannot retreat"
MAY_FAIL = "its attack needs heads"
WEAKER = "its attacks do less damage"
LESS_DAMAGE = "takes less damage from attacks"
NO_DAMAGE = "no damage from attacks"
SHIELD = "no damage from and no effects of attacks"
# Effects that stay on a player for one turn.
MORE_DAMAGE_TO_ACTIVE = "own attacks do more to the opponent's Active"
LESS_DAMAGE_TO_ALL = "all own Pokémon take less from the opponent's attacks"
NO_SUPPORTERS = "no Supporters from the hand"


class Strike:
    """`attacker` uses attack `index` of `card`; when it is a copy, the card is another Pokémon's."""

    def __init__(self, game: Board, attacker: Pokemon, card: Card, index: int) -> None:
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
        if effect is None:
            self.hit()
            return
        steps = effect(self)
        if steps is not None:
            yield from steps

    # Who is there

    def own_bench(self) -> list[Pokemon]:
        return self.game.players[self.me].bench()

    def own_bench_of(self, kind: str) -> list[Pokemon]:
        return [pokemon for pokemon in self.own_bench() if pokemon.card.type == kind]

    def foes(self) -> list[Pokemon]:
        return self.game.players[self.foe].in_play()

    def foes_bench(self) -> list[Pokemon]:
        return self.game.players[self.foe].bench()

    def choose(self, candidates: Iterable[Pokemon]) -> Steps[Pokemon]:
        """The attacking player chooses; there must be at least one."""
        return (yield from self.game.choose_pokemon(self.me, candidates))

    # Damage

    def hit(self, number: int | None = None) -> int:
        """Damages the opponent's Active by the attack's own number; says how much was done."""
        return self.hit_pokemon(self.defender, self.attack.damage if number is None else number)

    def hit_harder(self, more: int) -> int:
        """Damages the opponent's Active by the printed number and so much more."""
        return self.hit(self.attack.damage + more)

    def hit_pokemon(self, target: Pokemon, number: int) -> int:
        done = self._damage(target, number)
        if done:
            target.damage += done
            self.game.hurt_by_attack.append(target)
            if target.owner == self.foe and self.game.is_active(target) and target not in self.struck:
                self.struck.append(target)
        return done

    def _damage(self, target: Pokemon, number: int) -> int:
        """The order: own number, attacker's side, Weakness, defender's side, floor."""
        if number <= 0:
            return 0
        damage = number
        if target.owner == self.foe:
            damage += self._change_on_the_attackers_side(target)
        if self.shielded(target) or target.has_effect(NO_DAMAGE, self.game.turn):
            return 0
        damage += self.game.total(DAMAGE_TAKEN, self, target)
        damage -= self.game.in_force(target.effects, LESS_DAMAGE)
        if target.owner == self.foe:
            damage -= self.game.in_force(self.game.players[self.foe].effects, LESS_DAMAGE_TO_ALL)
        return max(damage, 0)

    def _change_on_the_attackers_side(self, target: Pokemon) -> int:
        """Weakness included."""
        game = self.game
        change = game.total(DAMAGE_DEALT, self, target) - game.in_force(self.attacker.effects, WEAKER)
        if game.is_active(target):
            change += game.in_force(game.players[self.me].effects, MORE_DAMAGE_TO_ACTIVE, self.attacker.card.name)
            if target.card.weakness == self.attacker.card.type:
                change += WEAKNESS_BONUS
        return change

    def shielded(self, target: Pokemon) -> bool:
        """No effect of an attack reaches it."""
        return target.has_effect(SHIELD, self.game.turn)

    # Other effects

    def afflict(self, condition: str) -> None:
        """Gives the opponent's Active a Special Condition."""
        if not self.shielded(self.defender):
            self.game.afflict(self.defender, condition)

    def discard_random_energy(self, target: Pokemon) -> None:
        if not self.shielded(target):
            self.game.discard_random_energy(target)

    def burden_defender(self, kind: str, amount: int = 1) -> None:
        """An effect on the Defending Pokémon during the opponent's next turn."""
        if not self.shielded(self.defender):
            self.defender.effects.append(Effect(kind, amount, self.game.turn + 1))

    def guard_attacker(self, kind: str, amount: int = 1) -> None:
        """An effect on the attacker itself during the opponent's next turn."""
        self.attacker.effects.append(Effect(kind, amount, self.game.turn + 1))
