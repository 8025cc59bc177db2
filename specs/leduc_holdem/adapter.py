"""The state in the words of tests/references/leduc_holdem.py."""

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
    common = fields["common"]
    ranks = [card // 2 for card in fields["player.hand"]]
    return {
        "ranks": ranks,
        "common": None if snapshot["over"] or common < 0 else common // 2,
        "paid": None if snapshot["over"] else fields["player.paid"],
        **ends(snapshot),
    }
