"""Who decides in a measured rollout: array code that picks one legal action in every lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from compiler.conformance.policies import STRAY, Eager, Taste

Player = Callable[[Any, jax.Array], jax.Array]
"""States and a random word for each lane (uint32[B]) to actions (int32[B])."""

WIDTH = 1024
"""Of both hidden layers: with some hundred features and actions, a network has about two million weights."""

_WORD = 32


def uniform(env: Any) -> Player:
    """Any legal action, each as likely."""
    return env.random_action


def eager(env: Any, taste: Taste) -> Player:
    """The most preferred action that is legal, at random among equals; now and then any legal one.

    The same preferences as the eager player of verification, as masks over the words of legal actions.
    """
    ranks = [Eager(taste).rank(name.partition(":")[0]) for name in env.action_names]
    groups = [_words([rank == best for rank in ranks]) for best in sorted(set(ranks))]

    def play(states: Any, random: jax.Array) -> jax.Array:
        legal = states.legal
        best = legal
        for group in reversed(groups):
            some = [word & mask for word, mask in zip(legal, group, strict=True)]
            any_ = _any(some)
            best = [jax.lax.select(any_, new, old) for new, old in zip(some, best, strict=True)]
        stray = _scramble(random) < jnp.uint32(int(STRAY * 2**32))
        chosen = tuple(jax.lax.select(stray, old, new) for old, new in zip(legal, best, strict=True))
        return env.random_action(replace(states, legal=chosen), random)

    return play


def with_observation(env: Any, player: Player) -> Player:
    """The same choices, by a player that first looks at what it may see; every feature is computed."""

    def play(states: Any, random: jax.Array) -> jax.Array:
        seen = env.observe(states, states.decider)
        total = sum(jnp.sum(leaf, axis=0, dtype=jnp.int32) for leaf in jax.tree.leaves(seen))
        return player(states, random ^ jax.lax.bitcast_convert_type(total, jnp.uint32))

    return play


def network(env: Any, features: int, seed: int = 0) -> Player:
    """A policy network of two hidden layers that samples among the legal actions."""
    sizes = (features, WIDTH, WIDTH, env.num_actions)
    keys = jax.random.split(jax.random.key(seed), len(sizes) - 1)
    weights = [
        jax.random.normal(key, (n, m), jnp.float32) / n**0.5
        for key, n, m in zip(keys, sizes[1:], sizes[:-1], strict=True)
    ]

    def play(states: Any, random: jax.Array) -> jax.Array:
        seen = env.observe(states, states.decider)
        x = jnp.concatenate([leaf.astype(jnp.float32) for leaf in jax.tree.leaves(seen)]) * 0.01
        for weight in weights[:-1]:
            x = jax.nn.relu(weight @ x)
        logits = weights[-1] @ x  # [A, B]
        actions = jnp.arange(env.num_actions)
        legal = (jnp.stack(states.legal)[actions // _WORD] >> (actions % _WORD).astype(jnp.uint32)[:, None]) & 1
        noise = _scramble(random[None, :] + actions.astype(jnp.uint32)[:, None] * jnp.uint32(0x9E3779B9))
        uniform_ = (noise >> 8).astype(jnp.float32) * 2**-24 + 2**-25
        gumbel = -jnp.log(-jnp.log(uniform_))
        return jnp.argmax(jnp.where(legal == 1, logits + gumbel, -jnp.inf), axis=0).astype(jnp.int32)

    return play


def random_words(clock: jax.Array, batch: int) -> jax.Array:
    """A random 32-bit word for each lane: a hash of the clock and the lane, cheap beside a step."""
    return _scramble(jnp.arange(batch, dtype=jnp.uint32) * jnp.uint32(0x9E3779B9) + clock * jnp.uint32(0x85EBCA6B))


def _scramble(x: jax.Array) -> jax.Array:
    for factor in (0x7FEB352D, 0x846CA68B):
        x = (x ^ (x >> 16)) * jnp.uint32(factor)
    return x ^ (x >> 16)


def _words(flags: Sequence[bool]) -> list[jax.Array]:
    """Flags as 32-bit words, the first flag in the lowest bit."""
    starts = range(0, len(flags), _WORD)
    return [jnp.uint32(sum(flag << i for i, flag in enumerate(flags[s : s + _WORD]))) for s in starts]


def _any(words: Sequence[jax.Array]) -> jax.Array:
    total = words[0]
    for word in words[1:]:
        total = total | word
    return total != 0
