"""Random outcomes: from a counter hash, or from a tape of recorded ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from compiler.backends.interp.errors import RulesError, TapeError
from compiler.ir.hir import DrawKind

MOST_OUTCOMES = 1 << 16
_WORD = 0xFFFFFFFF
_GOLDEN = 0x9E3779B9

Outcome = tuple[str, int]  # the name of a kind of draw, and a value


def mix(x: int) -> int:
    """A bijection of 32-bit words that scatters neighbours."""
    x ^= x >> 16
    x = x * 0x7FEB352D & _WORD
    x ^= x >> 15
    x = x * 0x846CA68B & _WORD
    return x ^ x >> 16


class Tape:
    """Recorded outcomes, one queue per kind. ``or_hash``: a kind whose queue is empty is drawn from the hash."""

    def __init__(self, outcomes: Iterable[Outcome] = (), *, or_hash: bool = False) -> None:
        self.or_hash = or_hash
        self._queues: dict[str, deque[int]] = {}
        self.feed(outcomes)

    def feed(self, outcomes: Iterable[Outcome]) -> None:
        """Append outcomes."""
        for kind, value in outcomes:
            self._queues.setdefault(kind, deque()).append(value)

    def has(self, kind: str) -> bool:
        return bool(self._queues.get(kind))

    def pop(self, kind: str, possible: Sequence[int]) -> int:
        """The next outcome of a kind."""
        queue = self._queues.get(kind)
        if not queue:
            raise TapeError(f"no outcome of kind {kind} is left on the tape")
        value = queue.popleft()
        if value not in possible:
            listed = ", ".join(map(str, possible[:12])) + ", …" * (len(possible) > 12)
            raise TapeError(f"{kind} {value} is not possible here, but these are: {listed}")
        return value

    def check_used_up(self) -> None:
        left = [f"{kind} {value}" for kind, queue in self._queues.items() for value in queue]
        if left:
            raise TapeError(f"left over on the tape: {', '.join(left)}")


class Luck:
    """The luck of one game. Each draw takes one tick of the counter, with a tape as without."""

    __slots__ = ("counter", "key", "log", "tape")

    def __init__(self, key: int, tape: Tape | None) -> None:
        self.key = key & _WORD
        self.counter = 0
        self.tape = tape
        self.log: list[Outcome] = []

    def uniform(self, n: int) -> int:
        """A number below n (0 where n is 0). Takes one tick."""
        if n > MOST_OUTCOMES:
            raise RulesError(f"a draw among {n} outcomes; {MOST_OUTCOMES} is the most")
        word = mix((self.key + self.counter * _GOLDEN) & _WORD)
        self.counter += 1
        return (word >> 16) * n >> 16

    def pick(self, kind: DrawKind, options: Sequence[int]) -> int:
        """One of the options, each as likely; none where there is none."""
        index = self.uniform(len(options))
        if not options:
            return -1
        if not kind.always and len(options) == 1:
            return options[0]
        return self._report(kind, options, options[index])

    def weigh(self, kind: DrawKind, options: Sequence[int], weights: Sequence[int]) -> int:
        """One of the options, as likely as its weight; below zero counts as zero. None where the sum is zero."""
        heavy = [(option, weight) for option, weight in zip(options, weights, strict=True) if weight > 0]
        rest = self.uniform(sum(weight for _, weight in heavy))
        if not heavy:
            return -1
        possible = [option for option, _ in heavy]
        if not kind.always and len(possible) == 1:
            return possible[0]
        for option, weight in heavy:
            if rest < weight:
                return self._report(kind, possible, option)
            rest -= weight
        raise AssertionError("a number below the sum of the weights")

    def see(self, kind: DrawKind, known: int) -> int:
        """Look at something that is known already: no tick, but a report where the kind is always reported."""
        return self._report(kind, (known,), known) if kind.always else known

    def _report(self, kind: DrawKind, possible: Sequence[int], hashed: int) -> int:
        tape = self.tape
        value = hashed if tape is None or (tape.or_hash and not tape.has(kind.name)) else tape.pop(kind.name, possible)
        self.log.append((kind.name, value))
        return value
