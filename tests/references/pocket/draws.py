"""Where random outcomes come from: a queue that the master reported, or an oracle that makes them up."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from random import Random
from typing import Any, Protocol, TypeVar

from .model import IllegalRequest

KINDS = ("first", "pick", "coin", "energy", "slot", "discard_energy", "other")

Value = TypeVar("Value", int, str, tuple[int, int])


class Draws(Protocol):
    def take(self, kind: str, allowed: Collection[Value]) -> Value:
        """The next outcome of this kind, one of the allowed values."""
        ...

    def pick(self, player: int, cards: Collection[int]) -> int:
        """The next `pick`: an own index out of these."""
        ...

    def weighted(self, kind: str, weights: Mapping[Value, int]) -> Value:
        """The next outcome of this kind, each of these as likely as its weight says."""
        ...

    def check_used_up(self) -> None:
        """Refuses what is left over."""
        ...


class DrawQueue:
    """Reported draws, one queue per kind."""

    __slots__ = ("_queues",)

    def __init__(self, draws: Iterable[Any]) -> None:
        self._queues: dict[str, deque[Any]] = {}
        for draw in draws:
            kind, value = _kind_and_value(draw)
            self._queues.setdefault(kind, deque()).append(value)

    def take(self, kind: str, allowed: Collection[Value]) -> Value:
        value = self._next(kind)
        if type(value) not in (int, str) or value not in allowed:
            raise IllegalRequest(f"impossible draw: {kind} {value!r}")
        return value

    def pick(self, player: int, cards: Collection[int]) -> int:
        value = self._next("pick")
        if not isinstance(value, (list, tuple)) or len(value) != 2 or any(type(part) is not int for part in value):
            raise IllegalRequest(f"not a card: pick {value!r}")
        if value[0] != player or value[1] not in cards:
            raise IllegalRequest(f"impossible draw: pick {value!r}")
        return value[1]

    def weighted(self, kind: str, weights: Mapping[Value, int]) -> Value:
        given = self._next(kind)
        parts = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        for value in weights:
            if parts == (value if isinstance(value, tuple) else (value,)) and bool not in map(type, parts):
                return value
        raise IllegalRequest(f"impossible draw: {kind} {given!r}")

    def _next(self, kind: str) -> Any:
        queue = self._queues.get(kind)
        if not queue:
            raise IllegalRequest(f"missing draw: {kind}")
        return queue.popleft()

    def check_used_up(self) -> None:
        left = {kind: list(queue) for kind, queue in self._queues.items() if queue}
        if left:
            raise IllegalRequest(f"draws left over: {left}")


def _kind_and_value(draw: Any) -> tuple[str, Any]:
    if isinstance(draw, dict) and draw.keys() == {"kind", "value"}:
        kind, value = draw["kind"], draw["value"]
    elif isinstance(draw, (list, tuple)) and len(draw) == 2:
        kind, value = draw
    else:
        raise IllegalRequest(f"not a draw: {draw!r}")
    if kind not in KINDS:
        raise IllegalRequest(f"unknown kind of draw: {kind!r}")
    return kind, value


class Oracle:
    """Makes draws up and keeps them in the form in which they are reported."""

    __slots__ = ("_random", "made")

    def __init__(self, random: Random) -> None:
        self._random = random
        self.made: list[Any] = []

    def take(self, kind: str, allowed: Collection[Value]) -> Value:
        value = self._random.choice(sorted(allowed))
        self.made.append([kind, value])
        return value

    def pick(self, player: int, cards: Collection[int]) -> int:
        index = self._random.choice(sorted(cards))
        self.made.append(["pick", [player, index]])
        return index

    def weighted(self, kind: str, weights: Mapping[Value, int]) -> Value:
        values = sorted(weights)
        value = self._random.choices(values, [weights[value] for value in values])[0]
        self.made.append([kind, list(value) if isinstance(value, tuple) else value])
        return value

    def check_used_up(self) -> None:
        """There is always more."""
