"""The state in the words of tests/references/pong.py."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

_FIELDS = ("left", "right", "x", "y", "vx", "vy", "score_left", "score_right")


def load() -> ModuleType:
    """The adapter: this module."""
    return sys.modules[__name__]


def canonical(program: Any, snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as the reference tells it; at the end the original has begun anew, so only the reward is told."""
    fields = snapshot["fields"]
    told = {"over": snapshot["over"], "reward": snapshot["rewards"][0]}
    if snapshot["over"]:
        return told
    hidden = {name: fields[name] for name in (*_FIELDS, "tick")}
    return {**hidden, "seen": observation(fields), **told}


def observation(fields: dict[str, Any]) -> list[float]:
    """What the agent of the original observes: eight float32 numbers."""
    left, right, x, y, vx, vy, *scores = (np.float32(fields[f"seen_{name}"]) for name in _FIELDS)
    numbers = [(left + 35) / 640, (right + 35) / 640, x / 500, y / 640, (vx + 10) / 20, (vy + 13) / 26]
    return [float(number) for number in (*numbers, *(score // 21 for score in scores))]
