"""The words of the language: the soft keywords that start something, and how messages speak of tokens and forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token

DECLARATIONS = {
    "cites": "K_CITES",
    "const": "K_CONST",
    "enum": "K_ENUM",
    "players": "K_PLAYERS",
    "entity": "K_ENTITY",
    "state": "K_STATE",
    "zone": "K_ZONE",
    "draws": "K_DRAWS",
    "action": "K_ACTION",
    "table": "K_TABLE",
    "func": "K_FUNC",
    "verb": "K_VERB",
    "play": "K_PLAY",
    "scenario": "K_SCENARIO",
}

STATEMENTS = {
    "move": "K_MOVE",
    "swap": "K_SWAP",
    "reset": "K_RESET",
    "shuffle": "K_SHUFFLE",
    "perform": "K_PERFORM",
    "choose": "K_CHOOSE",
    "expect": "K_EXPECT",
}
STATEMENT_PHRASES = (  # several words at the start of a statement that make one keyword
    (("this", "turn", ":"), "K_THIS_TURN"),
    (("next", "turn", ":"), "K_NEXT_TURN"),
    (("turn", "after", "next", ":"), "K_TURN_AFTER_NEXT"),
    (("end", "lasting", "on"), "K_END_LASTING"),
    (("advance", "lasting"), "K_ADVANCE_LASTING"),
)

COMPREHENSIONS = ("count", "any", "all", "sum", "max", "min", "first", "union")
LABELLED_STATEMENTS = {"draw": "K_DRAW", "reveal": "K_REVEAL", "finish": "K_FINISH"}  # draw x: …

VALUE_STARTS = frozenset(
    {"NAME", "ROWKEY", "INT", "NEGINT", "STRING", "LPAR", "LSQB", "SUBSET", "K_COMPREHENSION"}
    | {"ALL", "NOT", "MINUS", "TRUE", "FALSE", "NONE"}
)
"""The terminals that an expression can start with."""

OPERATORS = frozenset(
    {"AND", "OR", "IN", "K_NOT_IN", "EQUALS", "DIFFERS", "LESSTHAN", "LESS_EQUAL", "MORETHAN", "MORE_EQUAL"}
    | {"VBAR", "AMPERSAND", "PLUS", "MINUS", "STAR", "FLOOR", "PERCENT"}
)
"""The terminals that stand between two expressions."""

FORMS = {
    "K_CITES": 'cites "sha256:…"',
    "K_CONST": "const NAME = VALUE",
    "K_ENUM": "enum NAME { VALUE VALUE … }",
    "K_PLAYERS": "players N",
    "K_ENTITY": "entity NAME[N] [per player]",
    "K_STATE": "state [per ENTITY] { NAME: TYPE [= DEFAULT] … }",
    "K_ZONE": "zone NAME: bag|pile|slot of ENTITY [per ENTITY] [hidden|visible to owner] [known N bottom N] [start]",
    "K_DRAWS": "draws NAME: TYPE [always]",
    "K_ACTION": 'action NAME[(NAME: TYPE, …)] [says "…"]',
    "K_TABLE": "table NAME [in TABLE as COLUMN[N]] { … }",
    "K_FORM": "form NAME { COLUMN = VALUE … } [body METHOD]",
    "K_METHOD": "method NAME[(NAME: TYPE, …)] [: TYPE = DEFAULT]",
    "K_REQUIRE": 'require "MESSAGE": CONDITION',
    "row": 'FORM [KEY] ["TITLE"] { … }',
    "K_FUNC": 'func NAME[(NAME: TYPE, …)]: TYPE = VALUE [says "…"]',
    "K_VERB": 'verb WORD (NAME: TYPE) WORD … [: TYPE] [says "…"] { … }',
    "K_PLAY": "play { … }",
    "K_SCENARIO": 'scenario "TITLE" { given { … } when { … } then { … } }',
    "K_GIVEN": "given { … }",
    "K_WHEN": "when { ACTION(…) [draws KIND VALUE, …] … }",
    "K_THEN": "then { expect CONDITION … }",
    "LET": "let NAME = VALUE",
    "VAR": "var NAME: TYPE = VALUE",
    "IF": "if CONDITION { … } [else { … }]",
    "WHILE": "while CONDITION at most N { … }",
    "REPEAT": "repeat N [at most N] { … }",
    "FOR": "for NAME in SET [where CONDITION] { … }",
    "RETURN": "return VALUE",
    "K_DRAW": "draw NAME: KIND [from SET] [where CONDITION] [weight VALUE]",
    "K_REVEAL": "reveal NAME: KIND from PILE [at DEPTH]",
    "K_MOVE": "move CARD from ZONE to ZONE [top|bottom]",
    "K_SWAP": "swap A, B",
    "K_RESET": "reset ENTITY",
    "K_END_LASTING": "end lasting on ENTITY",
    "K_ADVANCE_LASTING": "advance lasting",
    "K_THIS_TURN": "this turn: FIELD = VALUE",
    "K_NEXT_TURN": "next turn: FIELD = VALUE",
    "K_TURN_AFTER_NEXT": "turn after next: FIELD = VALUE",
    "K_SHUFFLE": "shuffle PILE",
    "K_PERFORM": "perform ROW.METHOD(…)",
    "K_CHOOSE": "choose by PLAYER { ACTION(NAME in SET) { … } … } or choose NAME: ACTION in SET by PLAYER",
    "K_FINISH": "finish NAME: VALUE",
    "K_GIVES": "gives METHOD = VALUE",
    "K_ON": "on METHOD { … }",
    "K_TEXT": 'text "sha256:…"',
    "K_EXPECT": "expect CONDITION",
}
"""What a statement or a declaration looks like, by the terminal that starts it."""

_LONG = 30


def quoted(text: str) -> str:
    """A piece of the source, in quotes and not too long."""
    shown = text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
    return f"'{shown}'"


def describe(token: Token, kind: str | None = None) -> str:
    """A token in plain words; `kind` is its terminal where it differs."""
    kind = kind or token.type
    if kind == "$END":
        return "the end of the declaration"
    if kind == "END":
        return "';'" if token == ";" else "the end of the line"
    if kind == "STRING":
        return f"the text {token}" if len(token) <= _LONG else "a text"
    return quoted(token)


def listed(items: Sequence[str], limit: int = 5) -> str:
    """`a, b or c`; what is beyond the limit is left out."""
    shown = list(items[:limit])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
