"""Two programs side by side, with the same luck, until they differ."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from compiler.backends.interp import Coverage, Game, Interp, RulesError, snapshot
from compiler.conformance.policies import Taste
from compiler.equivalence.describe import Change, changes, position
from compiler.equivalence.explore import AFTERMATH, MOST_STEPS, Explorer, Sample, start
from compiler.equivalence.minimise import Situation, minimise
from compiler.equivalence.spread import Bench
from compiler.ir.actions import action_names

WATCHED = 16
"""Every so many decisions a position is remembered, to be changed later."""


@dataclass(frozen=True)
class Counterexample:
    """Where two effects part: a position, what is done in it, and what each makes of it."""

    kind: str
    """state, legal, draws, decider, over, rewards or error."""
    position: tuple[str, ...]
    """What is not as at reset."""
    actions: tuple[str, ...]
    left: tuple[Change, ...]
    right: tuple[Change, ...]
    reachable: bool
    """Whether play led there; else a few values of such a position were changed."""
    minimal: bool
    """Whether the position was made small; where a game cannot go on from one, it is as play led to it."""

    def lines(self, left: str = "A", right: str = "B") -> Iterator[str]:
        """The counterexample as lines of text."""
        yield f"{'in' if self.reachable else 'in (values changed)'}: {'; '.join(self.position) or 'the first position'}"
        yield f"after: {', '.join(self.actions) or 'nothing'}"
        for name, found in ((left, self.left), (right, self.right)):
            yield f"  {name}: {'; '.join(map(str, found)) or 'nothing changes'}"

    def to_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "position": list(self.position),
            "actions": list(self.actions),
            "left": [str(change) for change in self.left],
            "right": [str(change) for change in self.right],
            "reachable": self.reachable,
            "minimal": self.minimal,
        }


@dataclass
class Comparison:
    """What was tried, and the difference that was found, if any."""

    games: int = 0
    states: int = 0
    """Positions in which both were compared."""
    executions: int = 0
    """How often the effect ran, on the left."""
    changed: int = 0
    """Games that started from a changed position."""
    counterexample: Counterexample | None = None

    @property
    def equal(self) -> bool:
        return self.counterexample is None

    def to_json(self) -> dict[str, object]:
        return {
            "equal": self.equal,
            "games": self.games,
            "states": self.states,
            "executions": self.executions,
            "changed_positions": self.changed,
            "counterexample": self.counterexample and self.counterexample.to_json(),
        }


def compare_programs(
    left: Bench, right: Bench, taste: Taste, *, executions: int = 1000, states: int = 20_000, seed: int = 0
) -> Comparison:
    """Play two benches of one game side by side: until they differ, the effect ran so often, or so many states passed.

    Every game that is played from the start is followed by two from changed positions. The same arguments give the same
    result.
    """
    return _Comparing(left, right, taste, seed).run(executions, states)


class _Comparing:
    def __init__(self, left: Bench, right: Bench, taste: Taste, seed: int) -> None:
        self.left, self.right = Interp(left.program, coverage=True), Interp(right.program)
        self.explorer = Explorer(left, taste, seed)
        self.bench, self.seed = left, seed
        self.names = action_names(left.program)
        self.result = Comparison()

    def run(self, executions: int, states: int) -> Comparison:
        number = 0
        while self.result.states < states and self.result.executions < executions:
            sample = self.explorer.changed(number) if number % 3 else self.explorer.fresh(number)
            number += 1
            if sample is not None and self._differs(sample):
                break
            assert self.left.coverage is not None
            self.result.executions = executed(self.left.coverage, self.bench)
        return self.result

    def _differs(self, sample: Sample) -> bool:
        """Play one sample on both sides; a difference becomes the counterexample."""
        is_changed = sample.fields is not None
        try:
            left = start(self.left, sample)
        except (RulesError, ValueError):
            return False
        try:
            right = start(self.right, sample)
        except RulesError as error:
            self._found(Situation({}, (), sample.key, sample.params), "error", str(error), sample)
            return True
        self.result.games += 1
        self.result.changed += is_changed
        rng = random.Random(f"act:{self.seed}:{sample.number}")
        stray = self.explorer.stray(sample.number)
        for step in range(AFTERMATH if is_changed else MOST_STEPS):
            self.result.states += 1
            kind = difference(left, right)
            if kind is not None:
                self._report(sample, left, right, kind)
                return True
            if left.over:
                break
            if not is_changed and step % WATCHED == sample.number % WATCHED:
                self.explorer.remember(left)
            action = self.explorer.choose(left.legal, rng, stray)
            kind = _step_both(left, right, action)
            if kind is not None:
                self._report(sample, left, right, kind, action)
                return True
            if left.events and left.events[-1].kind == "broken":
                break
        return False

    def _report(self, sample: Sample, left: Game, right: Game, kind: str, last: int | None = None) -> None:
        taken = [action for action, _ in left.past]
        if last is not None and (not taken or taken[-1] != last or kind == "error"):
            taken = [*taken, last]
        situation = Situation(sample.fields, tuple(taken), sample.key, sample.params)
        self._found(situation, kind, None, sample)

    def _found(self, situation: Situation, kind: str, message: str | None, sample: Sample) -> None:
        small = minimise(self.left, self.right, situation, difference)
        used = small or situation
        left, before = used.played(self.left)
        right, _ = used.played(self.right)
        program = self.left.program
        shown = position(program, before if before is not None else snapshot_of(left))
        self.result.counterexample = Counterexample(
            kind,
            tuple(shown),
            tuple(self.names[action] for action in used.actions[-6:]),
            tuple(changes(program, before, left, message)),
            tuple(changes(program, before, right, message)),
            sample.fields is None,
            small is not None,
        )


def _step_both(left: Game, right: Game, action: int) -> str | None:
    """Take an action on both sides; `error` where the rules break off on one side only."""
    broken = []
    for game in (left, right):
        try:
            game.step(action)
            broken.append(False)
        except RulesError:
            broken.append(True)
    if broken == [True, True]:
        from compiler.backends.interp import Event

        left.events.append(Event("broken", "the rules break off on both sides"))
        return None
    return "error" if any(broken) else None


def difference(left: Game, right: Game) -> str | None:
    """In what two games differ, or None."""
    if left.state != right.state:
        return "over" if left.over != right.over else "decider" if left.decider != right.decider else "state"
    if left.legal != right.legal:
        return "legal"
    return "draws" if left.draws != right.draws or left.counter != right.counter else None


def snapshot_of(game: Game | str) -> dict[str, object]:
    return {} if isinstance(game, str) else snapshot(game)["fields"]


def executed(coverage: Coverage, bench: Bench) -> int:
    """How often the effect ran: of its methods, the one that ran least often."""
    times = dict.fromkeys(bench.effect.bodies, 0)
    for key, count in coverage.counts.items():
        if key[:2] == ("method", bench.effect.table) and key[3] in bench.holders and key[2] in times:
            times[str(key[2])] += count
    return min(times.values(), default=0)
