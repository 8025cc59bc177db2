"""Mutants: copies of rules with one small mistake, to find out whether anybody would notice.

`mutants(program, seed, count)` yields them; each says what it changes, applies itself to the typed rules, and shows
itself as a difference of the source.
"""

from compiler.mutate.mutant import Edit, Kind, Mutant
from compiler.mutate.sampling import candidates, mutants

__all__ = ["Edit", "Kind", "Mutant", "candidates", "mutants"]
