"""Games that lead to an effect often: players that act whenever they can, and positions with a few values changed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.backends.interp import Game, Interp, RulesError, snapshot
from compiler.conformance.policies import STRAY, Eager, Taste
from compiler.conformance.setups import episode_key, owners
from compiler.equivalence.spread import Bench
from compiler.ir import hir
from compiler.ir.actions import action_names
from compiler.ir.types import BoolT, IntT, strip_optional

MOST_STEPS = 400
"""After so many decisions a game is left."""

AFTERMATH = 12
"""How many decisions are played from a changed position."""

MOST_CHANGES = 4
"""How many values of a position are changed at once."""

SEEN = 24
"""How many values of each field are remembered, to change positions with."""


@dataclass(frozen=True)
class Sample:
    """How one game starts. `fields` is a position that play came to, with a few values changed."""

    number: int
    key: int
    params: Mapping[str, Any]
    fields: Mapping[str, Any] | None = None


@dataclass
class Explorer:
    """Makes samples for a bench, and chooses the players' actions. Everything follows from the seed."""

    bench: Bench
    taste: Taste
    seed: int = 0
    _ranks: list[int] = field(init=False)
    _changeable: list[hir.Field] = field(init=False)
    _values: dict[str, list[int]] = field(init=False, default_factory=dict)
    _positions: list[dict[str, Any]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        program = self.bench.program
        eager = Eager(self.taste)
        self._ranks = [eager.rank(name.partition(":")[0]) for name in action_names(program)]
        self._changeable = [f for f in program.fields.values() if _is_changeable(f)]

    def fresh(self, number: int) -> Sample:
        """A game from the start."""
        rng = random.Random(f"explore:{self.seed}:{number}")
        program = self.bench.program
        params: dict[str, Any] = {}
        for declared in program.fields.values():
            if declared.param:
                low, high = program.bounds(strip_optional(declared.type))
                rows = self.bench.choices.get(declared.id) or range(low, high + 1)
                values = [rng.choice(rows) for _ in range(owners(program, declared))]
                params[declared.id] = values[0] if declared.owner is None else values
        return Sample(number, episode_key(self.seed, number), params)

    def changed(self, number: int) -> Sample | None:
        """A game from a position that was remembered, with a few values changed; None while there is none."""
        rng = random.Random(f"changed:{self.seed}:{number}")
        if not self._positions or not self._changeable:
            return None
        fields = _deep(rng.choice(self._positions))
        for _ in range(rng.randint(1, MOST_CHANGES)):
            declared = rng.choice(self._changeable)
            _change(fields, declared, rng.choice(self._values[declared.id]), rng)
        return Sample(number, episode_key(self.seed, number), {}, fields)

    def remember(self, game: Game) -> None:
        """Keep a position to be changed later, if a game can go on from it."""
        fields = snapshot(game)["fields"]
        for declared in self._changeable:
            seen = self._values.setdefault(declared.id, [declared.default])
            for value in _scalars(fields[declared.id]):
                if value not in seen and len(seen) < SEEN:
                    seen.append(value)
        if resumes(game, fields):
            self._positions.append(fields)

    def choose(self, legal: Sequence[int], rng: random.Random, stray: float) -> int:
        """An action: now and then any, else one of those that the manifest prefers."""
        if len(legal) == 1:
            return legal[0]
        if rng.random() < stray:
            return rng.choice(legal)
        best = min(self._ranks[action] for action in legal)
        return rng.choice([action for action in legal if self._ranks[action] == best])

    def stray(self, number: int) -> float:
        """How often the players of a game act at random: always in every third game."""
        return 1.0 if number % 3 == 2 else STRAY


def start(interp: Interp, sample: Sample) -> Game:
    """The game of a sample. Raises RulesError, or ValueError where a changed position makes no sense."""
    return interp.new_game(sample.params if sample.fields is None else {}, sample.key, None, sample.fields)


def resumes(game: Game, fields: Mapping[str, Any]) -> bool:
    """Whether a game started from these fields waits for the same decision."""
    try:
        again = game.interp.new_game({}, 0, None, fields)
    except (RulesError, ValueError):
        return False
    return again.legal == game.legal and again.state == game.state and not again.draws


def _is_changeable(declared: hir.Field) -> bool:
    """Numbers and flags that belong to somebody or something: those of the game as a whole say where in it we are."""
    plain = isinstance(strip_optional(declared.type), IntT | BoolT) and declared.type == strip_optional(declared.type)
    return plain and declared.owner is not None and not declared.param and declared.id != "player.reward"


def _change(fields: dict[str, Any], declared: hir.Field, value: int, rng: random.Random) -> None:
    values = fields[declared.id]
    owner = rng.randrange(len(values))
    if isinstance(values[owner], list):
        values[owner][rng.randrange(len(values[owner]))] = value
    else:
        values[owner] = value


def _scalars(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deep(item) for key, item in value.items()}
    return [_deep(item) for item in value] if isinstance(value, list) else value
