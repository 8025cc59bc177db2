"""The state in the words of tests/references/goofspiel.py."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from specs.telling import ends


def load() -> ModuleType:
    """The adapter: this module."""
    return sys.modules[__name__]


def canonical(program: Any, snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as the references tell it."""
    fields = snapshot["fields"]
    everything = set(range(program.entities["card"].total))
    return {
        "prizes": sorted(everything - set(fields["prizes"])),
        "hands": fields["player.hand"],
        "points": fields["player.points"],
        "bid": fields["player.secret"][0] >= 0,
        **ends(snapshot),
    }
