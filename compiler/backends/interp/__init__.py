"""The interpreter: plain Python, and the definition of what rules mean (docs/semantics.md)."""

from compiler.backends.interp.coverage import Coverage
from compiler.backends.interp.errors import Event, RulesError, TapeError
from compiler.backends.interp.game import Game, Interp, observe, snapshot
from compiler.backends.interp.luck import Outcome, Tape
from compiler.backends.interp.scenarios import Failure, run_scenario
from compiler.ir.observations import observation_names

__all__ = [
    "Coverage",
    "Event",
    "Failure",
    "Game",
    "Interp",
    "Outcome",
    "RulesError",
    "Tape",
    "TapeError",
    "observation_names",
    "observe",
    "run_scenario",
    "snapshot",
]
