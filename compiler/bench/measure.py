"""How fast an engine plays, how long it compiles, and how large it is.

Everything happens inside one `lax.scan`: the player's choice, the step, and the reset of games that are over.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from compiler.bench import structure
from compiler.bench.players import Player, random_words

Advance = Callable[[Any, Any, jax.Array], tuple[Any, jax.Array]]
"""States, fresh states and a random word for each lane, to states one decision later and how many games ended."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number. `value` is the median of `runs`."""

    name: str
    value: float
    unit: str
    batch: int
    steps: int
    """Decisions per game in one call of the compiled rollout."""
    policy: str
    runs: tuple[float, ...]


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    batch: int
    steps: int
    """Decisions per game in one call of the compiled rollout."""
    runs: int
    seconds: float
    """A run takes at least so long: the rollout is repeated as often as that takes."""
    seed: int = 0


class Rollout:
    """A compiled rollout of one player on one engine, and what is known of it."""

    def __init__(self, init: Callable[[jax.Array], Any], advance: Advance, policy: str, sizes: Sizes) -> None:
        self.sizes, self.policy = sizes, policy
        self._fresh = jax.block_until_ready(jax.jit(init)(random_words(jnp.uint32(sizes.seed), sizes.batch)))
        function = scanned(advance, sizes.batch, sizes.steps)
        self.trace_seconds, lowered = _timed(
            lambda: jax.jit(function, donate_argnums=0).lower(self._fresh, self._fresh, jnp.uint32(0))
        )
        self.compile_seconds, self._compiled = _timed(lowered.compile)
        self.counts = structure.counts(lowered, self._compiled)
        self._states = jax.tree.map(jnp.copy, self._fresh)
        self._clock = 1
        self._play()  # the first run also pays for memory

    def _play(self) -> int:
        clock = jnp.uint32(self.sizes.seed * 7919 + self._clock)
        self._states, ended = jax.block_until_ready(self._compiled(self._states, self._fresh, clock))
        self._clock += self.sizes.steps
        return int(ended)

    def run(self) -> tuple[float, float, float]:
        """Steps per second, processor seconds per step, and games that ended per step."""
        begin, processor, calls, ended = time.perf_counter(), time.process_time(), 0, 0
        while calls == 0 or time.perf_counter() - begin < self.sizes.seconds:
            ended += self._play()
            calls += 1
        played = calls * self.sizes.batch * self.sizes.steps
        seconds = time.perf_counter() - begin
        return played / seconds, (time.process_time() - processor) / played, ended / played

    def sizes_of(self) -> Iterator[Measurement]:
        """What is known before it runs."""
        yield self.named("trace_seconds", "s", (self.trace_seconds,))
        yield self.named("compile_seconds", "s", (self.compile_seconds,))
        state = sum(leaf.nbytes for leaf in jax.tree.leaves(self._states)) / self.sizes.batch
        yield self.named("state_bytes", "bytes", (state,))
        for name, (value, unit) in self.counts.items():
            yield self.named(name, unit, (value,))

    def named(self, name: str, unit: str, values: tuple[float, ...]) -> Measurement:
        """A number of this rollout."""
        sizes = self.sizes
        return Measurement(name, statistics.median(values), unit, sizes.batch, sizes.steps, self.policy, values)


def interleaved(rollouts: list[Rollout]) -> Iterator[Measurement]:
    """The speeds of several rollouts, whose runs take turns, so that what else the machine does hits all alike."""
    found: list[list[tuple[float, float, float]]] = [[] for _ in rollouts]
    for _ in range(max((rollout.sizes.runs for rollout in rollouts), default=0)):
        for rollout, runs in zip(rollouts, found, strict=True):
            runs.append(rollout.run())
    for rollout, runs in zip(rollouts, found, strict=True):
        speeds, costs, ends = zip(*runs, strict=True)
        yield rollout.named("steps_per_second", "steps/s", speeds)
        yield rollout.named("processor_nanoseconds_per_step", "ns", tuple(cost * 1e9 for cost in costs))
        yield rollout.named("episodes_per_step", "episodes/step", ends)


def engine_rollout(env: Any, player: Player, policy: str, sizes: Sizes) -> Rollout:
    """A rollout of a generated engine."""
    return Rollout(env.init, playing(env, player), policy, sizes)


def playing(env: Any, player: Player) -> Advance:
    """One decision of a generated engine: the player's choice, the step, and fresh games for those that are over."""

    def advance(states: Any, fresh: Any, words: jax.Array) -> tuple[Any, jax.Array]:
        states = env.step(states, player(states, words))
        return env.autoreset(states, fresh), jnp.sum(states.over)

    return advance


def scanned(advance: Advance, batch: int, steps: int) -> Callable[[Any, Any, jax.Array], tuple[Any, jax.Array]]:
    """A function that plays `steps` decisions in every lane and counts the games that end."""

    def rollout(states: Any, fresh: Any, clock: jax.Array) -> tuple[Any, jax.Array]:
        def step(carry: tuple[Any, jax.Array], number: jax.Array) -> tuple[tuple[Any, jax.Array], None]:
            states, ended = carry
            states, more = advance(states, fresh, random_words(clock + number, batch))
            return (states, ended + more.astype(jnp.int32)), None

        numbers = jnp.arange(steps, dtype=jnp.uint32)
        (states, ended), _ = jax.lax.scan(step, (states, jnp.int32(0)), numbers)
        return states, ended

    return rollout


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result
