"""Whether two pieces of rules mean the same: played side by side on the interpreter, with the same luck.

An effect is what one row of a table does. `spread` puts an effect where it is met often, `Explorer` plays towards it
and perturbs positions, `compare_programs` finds a difference and `minimise` makes its position small. Nothing here
knows a reference or an engine: the interpreter is what rules mean.
"""

from compiler.equivalence.compare import Comparison, Counterexample, compare_programs
from compiler.equivalence.explore import Explorer, Sample
from compiler.equivalence.spread import Bench, Effect, effect_of, spread

__all__ = [
    "Bench",
    "Comparison",
    "Counterexample",
    "Effect",
    "Explorer",
    "Sample",
    "compare_programs",
    "effect_of",
    "spread",
]
