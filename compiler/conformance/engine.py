"""What an engine under test can do: play a batch of games, and show everything about each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from compiler.ir.rows import Given

Draw = tuple[str, int]
"""A random outcome: the name of its kind, and its value."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What one game is reset with."""

    params: Mapping[str, tuple[int, ...]]
    """By the id of a parameter field: one value per owner, such as the row of a table."""
    key: int
    """Of the luck: a 32-bit word."""
    fields: Mapping[str, Any] | None = None
    """Fields as in a snapshot, which replace those of the reset state before `play` starts."""
    tape: tuple[Draw, ...] | None = None
    """Outcomes up to the first decision, in place of the key's. With a tape, `step` is given outcomes, too."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One game between two decisions."""

    state: Mapping[str, Any]
    """The native snapshot, as `compiler.backends.interp.snapshot` gives it; the same for every engine."""
    legal: tuple[int, ...]
    """Action ids, ascending; empty where the game is over."""
    draws: tuple[Draw, ...]
    """What was drawn since the decision before."""
    decider: int
    """-1 where the game is over."""
    over: bool
    rewards: tuple[float, ...]
    error: str | None = None
    """Why the engine refused the action, or what went wrong in the rules; the state is then as it was."""
    faults: tuple[str, ...] = ()
    """What happened since the decision before that well-made rules never do; empty where an engine cannot tell."""
    saturated: tuple[str, ...] = ()
    """Stores that were out of bounds since the decision before; empty where an engine cannot tell."""
    views: tuple[Any, ...] = ()
    """What each player observes; empty where the engine is not asked for it."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of the state, as `Setup.fields` takes them."""
        return self.state["fields"]


class Engine(Protocol):
    """A batch of independent games."""

    @property
    def name(self) -> str: ...

    @property
    def lanes(self) -> int:
        """How many games it plays at a time."""
        ...

    @property
    def tapes(self) -> bool:
        """Whether it can be given outcomes."""
        ...

    def reset(self, setups: Sequence[Setup]) -> list[Observed]:
        """Start new games in the first lanes, at most `lanes` of them; the games before are gone."""
        ...

    def step(self, actions: Sequence[int | None], draws: Sequence[Sequence[Draw]] | None = None) -> list[Observed]:
        """One decision in each lane in use; None leaves a lane alone, and shows it as it was, without draws.

        An action that is not legal changes nothing and is reported as `error`. `draws`, for games with a tape, are all
        the outcomes that each decision leads to.
        """
        ...


@runtime_checkable
class Replaceable(Protocol):
    """An engine that can play with other rows than those of the rules."""

    def give(self, given: Given) -> None:
        """From now on these rows take the place of their tables'; nothing given: the rules' own."""
        ...


@runtime_checkable
class Paired(Protocol):
    """An engine that can be run in several ways."""

    def pairs(self) -> Sequence[tuple[Engine, Engine]]:
        """Ways to run it that must show the same: compiled and not, one lane and many. Their names say which."""
        ...
