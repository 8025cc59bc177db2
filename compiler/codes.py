"""Every diagnostic code, with the one line that documents it. To add a code, add a line.

Codes are stable: a code keeps its meaning, and a code that is no longer reported is not given a new one.
"""

from collections.abc import Mapping
from types import MappingProxyType

RANGES: Mapping[str, str] = MappingProxyType(
    {
        "E00": "Files and manifests",
        "E01": "Syntax",
        "E02": "Names",
        "E03": "Types",
        "E04": "Effects and flow",
        "E05": "Tables and rows",
        "E06": "Games and decks",
        "E07": "Building and output",
        "E08": "Verifying and playing",
        "W09": "Lints",
    }
)

CODES: Mapping[str, str] = MappingProxyType(
    {
        "E0001": "A file does not exist.",
        "E0002": "A file cannot be read: it is a directory, or access is denied.",
        "E0003": "A file is not UTF-8 text.",
        "E0010": "A manifest is not valid YAML.",
        "E0011": "A manifest gives a key twice.",
        "E0012": "A manifest has a key that specc does not know.",
        "E0013": "A manifest lacks a required key.",
        "E0014": "A manifest value has the wrong type or is out of range.",
        "E0015": "A pattern of a manifest's `rules` matches no `.rules` file.",
        "E0016": "A manifest names a deck file or folder that does not exist.",
        "E0017": "A reference or adapter named by a manifest cannot be loaded.",
        "E0018": "What a manifest names as `fills` is no folder.",
        "E0101": "A character or an operator that the language does not have.",
        "E0102": "A text is not closed, or has an escape that does not exist.",
        "E0103": "A bracket is never closed.",
        "E0104": "A closing bracket closes nothing.",
        "E0105": "A number is not a whole number, or is too large.",
        "E0106": "Something else was expected here.",
        "E0107": "`=` stands where `==` is meant.",
        "E0108": "`==` stands where `=` is meant.",
        "E0109": "A blank before the bracket of a call or an index, or none before the bracket of a verb's parameter.",
        "E0110": "A word of another language, such as `elif`.",
        "E0111": "A condition lacks its `where`.",
        "E0112": "A statement stands outside a block.",
        "E0113": "A declaration stands inside a block.",
        "E0114": "A declaration ends too early.",
        "E0115": "Brackets, blocks or expressions are nested too deep.",
        "E0116": "Comparisons are chained.",
        "E0117": "Something that cannot be assigned or called.",
        "E0118": "A reserved word is used as a name.",
        "E0119": "A line starts with what belongs at the end of the line before.",
        "E0120": "The type `int` lacks its bounds.",
        "E0201": "A name means nothing here.",
        "E0202": "A name is declared twice.",
        "E0203": "A name may mean several things.",
        "E0204": "A type, entity or table does not exist.",
        "E0205": "A value has no such field, column or method.",
        "E0206": "A function does not exist, or something else is called like one.",
        "E0207": "A phrase fits no verb.",
        "E0208": "A phrase fits several verbs.",
        "E0209": "An action does not exist.",
        "E0210": "A kind of draw does not exist.",
        "E0211": "A name belongs to the language.",
        "E0212": "A row does not exist.",
        "E0301": "A value has another type than is wanted.",
        "E0302": "An operator does not take a value of this type.",
        "E0303": "A call has too many or too few arguments.",
        "E0304": "Something must be known when the rules are checked, and is not.",
        "E0305": "A number is outside its range.",
        "E0306": "A number may need more than 32 bits.",
        "E0307": "An array stands where a value is wanted, or the other way round.",
        "E0308": "Nothing says what type an empty value has.",
        "E0309": "A type is not possible here.",
        "E0311": "Something that is no variable and no field is assigned to.",
        "E0312": "Something that is no set is run over.",
        "E0401": "A statement, a block or a word is not possible here.",
        "E0402": "A `return` is misplaced or missing, or a verb without a value is asked for one.",
        "E0403": "Something that cannot be changed is assigned to.",
        "E0404": "Something needs or calls itself.",
        "E0405": "An action stands in two alternatives of a choice.",
        "E0406": "A loop has no bound.",
        "E0407": "The candidates of a choice do not fit its action.",
        "E0408": "A zone is wanted, or a zone of another kind.",
        "E0409": "A field has no value per turn: it is not `lasting`.",
        "E0410": "A procedure stands where a value is wanted, or the other way round.",
        "E0411": "A value is computed and nothing is done with it.",
        "E0501": "A row is of no table or form.",
        "E0502": "Two rows of a table have the same key.",
        "E0503": "A row's block holds something that its table does not have.",
        "E0504": "A row sets a column twice.",
        "E0505": "A row lacks a column that has no default.",
        "E0506": "A value does not fit its column.",
        "E0507": "A row's version of a method does not fit the method.",
        "E0508": "A row has more child rows than there is room for.",
        "E0509": "A row breaks a requirement of its table.",
        "E0510": "A row has neither key nor title.",
        "E0511": "A table is declared wrongly.",
        "E0512": 'A hole, `text "sha256:…"`, has a wrong hash or is not alone in its body.',
        "E0513": "What fills a hole is empty.",
        "E0601": "A manifest overrides a constant that does not exist, or with something else than a number.",
        "E0602": "The number of players is missing or wrong.",
        "E0603": "There is no `play`, or more than one.",
        "E0604": "Where the instances of an entity start is missing or wrong.",
        "E0605": "An action's parameter is impossible, or there are too many actions.",
        "E0606": "A step of a scenario does not fit its action.",
        "E0701": "The output folder holds files that specc did not generate.",
        "E0702": "Two outputs have the same path.",
        "E0703": "An output path leaves the output folder or is reserved.",
        "E0704": "The output cannot be written.",
        "E0705": "An engine has not been built, or cannot be imported.",
        "E0706": "Something is too large for the engine, such as a set of more than 1,024 elements.",
        "E0707": "The engine's code cannot be: names collide, the formatter `ruff` is missing or refuses it.",
        "E0708": "A hole is open, and an engine needs every body.",
        "E0801": "A deck, or another row given at reset, does not exist or does not fit.",
        "E0802": "Verification is asked for an engine, reference, policy or level that does not exist.",
        "E0803": "A trace cannot be read: it is broken, or no trace.",
        "E0804": "A trace does not fit the specification.",
        "E0805": "An adapter of a game failed.",
        "E0806": "A process that verifies ended unexpectedly.",
        "E0807": "A reference failed: it died, did not answer, or answered in a wrong form.",
        "E0811": "No row has the name that is asked for.",
        "E0812": "The rules did something without a meaning while a game was played.",
        "W0901": "Nothing reads a local.",
        "W0902": "Nothing calls a function.",
        "W0903": "Nothing calls a verb.",
        "W0904": "Nothing uses a constant.",
        "W0905": "An action can never be chosen.",
        "W0906": "A statement is never run.",
        "W0907": "A kind of draw is never drawn.",
        "W0908": "Nothing performs a procedure of rows, or asks for a method.",
        "W0909": "A hole is open: nothing says yet what a body does.",
    }
)


def markdown() -> str:
    """The reference page `docs/diagnostics.md`."""
    lines = ["# Diagnostics", "", "Generated by `make docs` from `compiler/codes.py`.", ""]
    for prefix, title in RANGES.items():
        lines += [f"## {prefix}xx: {title}", ""]
        rows = [f"| `{code}` | {text} |" for code, text in sorted(CODES.items()) if code.startswith(prefix)]
        lines += ["| code | meaning |", "|---|---|", *rows] if rows else ["None yet."]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(), end="")
