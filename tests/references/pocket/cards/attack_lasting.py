"""Attacks that leave something behind: Special Conditions, and effects during the opponent's next turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import ASLEEP, BURNED, CONFUSED, PARALYZED, POISONED
from ..registry import attack, attacks
from ..strike import LESS_DAMAGE, MAY_FAIL, NO_ATTACK, NO_DAMAGE, NO_RETREAT, NO_SUPPORTERS, SHIELD, WEAKER

if TYPE_CHECKING:
    from ..strike import Strike

# Special Conditions


@attacks(
    {
        "A1-013": ASLEEP,
        "A1-093": ASLEEP,
        "A1-195": ASLEEP,
        "A1a-008": ASLEEP,
        "A1a-036": ASLEEP,
        "P-A-022": ASLEEP,
        "A1-017": POISONED,
        "A1-063": POISONED,
        "A1-171": POISONED,
        "A1-174": POISONED,
        "A1a-016": POISONED,
        "A1a-054": POISONED,
        "P-A-056": POISONED,
        "P-A-072": POISONED,
        "P-A-038": CONFUSED,
        "B2b-010": BURNED,
    }
)
def afflict(strike: Strike, condition: str) -> None:
    strike.hit()
    strike.afflict(condition)


@attacks({"A1-083": PARALYZED, "A1-109": PARALYZED, "A1-112": PARALYZED, "A1a-030": PARALYZED, "P-A-073": BURNED})
def afflict_with_heads(strike: Strike, condition: str) -> None:
    strike.hit()
    if strike.game.flip():
        strike.afflict(condition)


# On the Defending Pokémon


@attacks(
    {
        "A1-082": NO_ATTACK,
        "A1-165": NO_RETREAT,
        "A1a-029": NO_RETREAT,
        "A1a-050": MAY_FAIL,
    }
)
def burden(strike: Strike, kind: str) -> None:
    strike.hit()
    strike.burden_defender(kind)


@attack("A1-037")
def no_attack_with_heads(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.burden_defender(NO_ATTACK)


@attack("A1-151", "P-A-030")
def weaken(strike: Strike) -> None:
    strike.hit()
    strike.burden_defender(WEAKER, 20)


# On the attacker


@attacks({"A1-126": 20, "A1a-045": 30})
def take_less(strike: Strike, less: int) -> None:
    strike.hit()
    strike.guard_attacker(LESS_DAMAGE, less)


@attacks({"A1-140": SHIELD, "A1a-024": SHIELD, "P-A-045": NO_DAMAGE})
def guard_with_heads(strike: Strike, kind: str) -> None:
    strike.hit()
    if strike.game.flip():
        strike.guard_attacker(kind)


# On the opponent


@attack("A1-057", "A1-122")
def ban_supporters(strike: Strike) -> None:
    strike.hit()
    strike.game.affect_player(strike.foe, NO_SUPPORTERS, next_turn=True)
