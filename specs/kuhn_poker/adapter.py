"""The state in the words of tests/references/kuhn_poker.py."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def load() -> ModuleType:
    """The adapter: this module."""
    return sys.modules[__name__]


def canonical(program: Any, snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as the reference tells it."""
    return {
        "hands": snapshot["fields"]["player.hand"],
        "staked": snapshot["fields"]["player.staked"],
        "to_move": None if snapshot["over"] else snapshot["decider"],
        "over": snapshot["over"],
        "rewards": snapshot["rewards"],
    }
