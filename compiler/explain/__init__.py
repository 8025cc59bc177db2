"""Plain English from typed rules: what a row of a table is and does, for `specc explain`.

Verbs and functions say themselves where they have a `says` template; everything else has a generic wording. A person
called `me` is "you", the variable of a condition is "it", and a thing just chosen or drawn is "that card".
"""

from compiler.explain.english import English, Section, Step, prose
from compiler.explain.rows import (
    Explanation,
    explain_all,
    explain_row,
    explain_verb,
    find_rows,
    find_verbs,
    known_names,
)
from compiler.explain.words import value_name, words

__all__ = [
    "English",
    "Explanation",
    "Section",
    "Step",
    "explain_all",
    "explain_row",
    "explain_verb",
    "find_rows",
    "find_verbs",
    "known_names",
    "prose",
    "value_name",
    "words",
]
