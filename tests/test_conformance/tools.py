"""What the tests share."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from compiler import driver
from compiler.conformance.report import Report
from compiler.conformance.verify import Options, verify
from compiler.diagnostics import Diagnostics
from compiler.driver import Loaded

HERE = Path(__file__).parent
DUEL = HERE / "duel.yaml"
PROGRAM = f"cmd:{sys.executable} -m tests.test_conformance.duel"


@cache
def duel() -> Loaded:
    """The game of cards in this folder."""
    return driver.load(DUEL, Diagnostics(), use_cache=False)


def run(folder: Path, **options: Any) -> Report:
    """Verify the duel on the interpreter; traces go to `folder`."""
    given = {"engine": "interp", "references": ("right",), "episodes": 12, "shrink_seconds": 5.0, **options}
    return verify(Options(traces=folder, **given), duel().spec, duel().program)
