"""The duel once more: an adapter, a reference that is right, some that are not, and one that speaks JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

CARDS = 6
DECKS = {
    "even": ["strike", "strike", "gamble", "mend", "recall", "ward"],
    "wild": ["gamble", "gamble", "gamble", "strike", "recall", "ward"],
}
POWER = {"strike": 2, "ward": 1}


# --- the adapter ------------------------------------------------------------------------------------------------------


class Adapter:
    """The state in the words of the reference below."""

    def setup(self, program: Any, params: Any) -> dict[str, Any]:
        keys = program.tables["deck_list"].keys
        return {"decks": [keys[row] for row in params["player.list"]]}

    def draws(self, program: Any, native: Sequence[tuple[str, int]]) -> list[Any]:
        return [[kind, list(divmod(value, CARDS)) if kind == "pick" else value] for kind, value in native]

    def canonical(self, program: Any, snapshot: Any) -> dict[str, Any]:
        fields = snapshot["fields"]
        return {
            "turn": fields["turn"],
            "decider": None if snapshot["over"] else snapshot["decider"],
            "rewards": snapshot["rewards"],
            "players": [
                {
                    "life": fields["player.life"][player],
                    "guard": fields["player.guard"][player],
                    "hand": [card % CARDS for card in fields["player.hand"][player]],
                    "deck": [card % CARDS for card in fields["player.deck"][player]["cards"]],
                    "discard": [card % CARDS for card in fields["player.discard"][player]],
                }
                for player in range(2)
            ],
        }


def adapter() -> Adapter:
    return Adapter()


# --- the reference ----------------------------------------------------------------------------------------------------


class Duel:
    """The rules of duel.rules in Python. `mistakes` are rules that it has wrong."""

    def __init__(self, mistakes: Sequence[str] = ()) -> None:
        self.mistakes = mistakes

    def reset(self, decks: list[str], draws: list[Any]) -> dict[str, Any]:
        self.lists = [DECKS[deck] for deck in decks]
        self.life, self.guard, self.rewards = [8, 8], [0, 0], [0, 0]
        self.deck = [set(range(CARDS)) for _ in range(2)]
        self.hand: list[set[int]] = [set(), set()]
        self.discard: list[set[int]] = [set(), set()]
        self.turn, self.over, self.taking = 0, False, False
        self.queue = list(draws)
        self.current = self.draw("first")
        for player in (0, 0, 1, 1):
            self.deal(player)
        self.begin_turn()
        return self.answer()

    def step(self, action: str, draws: list[Any]) -> dict[str, Any]:
        if action not in self.legal():
            raise ValueError(f"not legal: {action}")
        self.queue = list(draws)
        name, *rest = action.split(":")
        if name == "take":
            self.take_back(int(rest[1]))
        elif name == "play":
            self.play(int(rest[0]))
        if not self.taking and not self.over:
            self.current = 1 - self.current
            self.begin_turn()
        return self.answer()

    def begin_turn(self) -> None:
        if self.turn == 12:
            self.over = True
            return
        self.turn += 1
        self.deal(self.current)

    def play(self, card: int) -> None:
        me, kind = self.current, self.lists[self.current][card]
        self.hand[me].remove(card)
        self.discard[me].add(card)
        if kind == "strike":
            self.strike(2)
        elif kind == "ward":
            self.guard[me] = min(3, self.guard[me] + 1)
        elif kind == "mend":
            self.life[me] = min(8, self.life[me] + (3 if "mend" in self.mistakes else 2))
        elif kind == "gamble":
            if self.draw("coin") == 1:
                self.strike(4)
            else:
                self.life[me] = max(0, self.life[me] - 1)
        elif kind == "recall":
            options = self.recallable()
            if len(options) == 1:
                self.take_back(options[0])
            self.taking = len(options) > 1

    def strike(self, power: int) -> None:
        foe = 1 - self.current
        self.life[foe] = max(0, self.life[foe] - max(0, power - self.guard[foe]))
        if "guard" not in self.mistakes:
            self.guard[foe] = 0
        if self.life[foe] == 0:
            self.over = True
            self.rewards[self.current], self.rewards[foe] = 1, -1

    def take_back(self, card: int) -> None:
        self.discard[self.current].remove(card)
        self.hand[self.current].add(card)
        self.taking = False

    def recallable(self) -> list[int]:
        return self.lowest(card for card in self.discard[self.current] if self.kind(card) in POWER)

    def legal(self) -> list[str]:
        if self.over:
            return []
        if self.taking:
            return [f"take:{self.current}:{card}" for card in self.recallable()]
        held = self.lowest(self.hand[self.current])
        free = [card for card in held if self.kind(card) != "mend" or self.life[self.current] < 8]
        return [*(f"play:{card}" for card in free), *(["rest"] if "rest" not in self.mistakes else [])]

    def kind(self, card: int) -> str:
        return self.lists[self.current][card]

    def lowest(self, cards: Any) -> list[int]:
        """The first card of each kind."""
        found: dict[str, int] = {}
        for card in sorted(cards):
            found.setdefault(self.kind(card), card)
        return list(found.values())

    def deal(self, player: int) -> None:
        if self.deck[player]:
            owner, card = self.draw("pick")
            if owner != player or card not in self.deck[player]:
                raise ValueError(f"impossible: {card}")
            self.deck[player].remove(card)
            self.hand[player].add(card)

    def draw(self, kind: str) -> Any:
        if not self.queue or self.queue[0][0] != kind:
            raise ValueError(f"missing draw: {kind}")
        return self.queue.pop(0)[1]

    def answer(self) -> dict[str, Any]:
        if self.queue:
            raise ValueError(f"draws left over: {self.queue}")
        players = [
            {
                "life": self.life[player],
                "guard": self.guard[player],
                "hand": sorted(self.hand[player]),
                "deck": sorted(self.deck[player]),
                "discard": sorted(self.discard[player]),
            }
            for player in range(2)
        ]
        decider = None if self.over else self.current
        state = {"turn": self.turn, "decider": decider, "rewards": self.rewards, "players": players}
        return {"state": state, "legal": sorted(self.legal())}


def right() -> Duel:
    return Duel()


def wrong() -> Duel:
    """Forgets that a guard is used up when it holds off a strike."""
    return Duel(["guard"])


def very_wrong() -> Duel:
    """Does not know that one may rest."""
    return Duel(["rest"])


def main() -> None:
    """Speaks JSON lines."""
    game = Duel(sys.argv[1:])
    for line in sys.stdin:
        request = json.loads(line)
        operation = request.pop("op")
        try:
            answer = getattr(game, operation)(**request)
        except ValueError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
