"""From raw tokens to declarations: statement ends, touching brackets, and words that are keywords only in their place.

The grammar (grammars/rules.lark) is context-free and LALR(1); this pass takes from it what depends on layout and on
neighbouring words. It looks at most a few tokens ahead and never fails: what does not fit is left for the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lark import Token

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile
from compiler.syntax import brackets
from compiler.syntax.words import COMPREHENSIONS, DECLARATIONS, LABELLED_STATEMENTS, STATEMENT_PHRASES, STATEMENTS

_INNER_WORDS = {  # by the head of the statement or declaration: words that are keywords after an expression or a name
    "K_MOVE": {"from": "K_FROM", "to": "K_TO", "top": "K_TOP", "bottom": "K_BOTTOM"},
    "K_DRAW": {"from": "K_FROM", "weight": "K_WEIGHT"},
    "K_REVEAL": {"from": "K_FROM", "at": "K_DEPTH"},
    "K_CHOOSE": {"by": "K_BY", "manual": "K_MANUAL"},
    "K_ENTITY": {"per": "K_PER"},
    "K_TABLE": {"as": "K_AS"},
    "K_ZONE": {
        "per": "K_PER",
        "visible": "K_VISIBLE",
        "hidden": "K_HIDDEN",
        "known": "K_KNOWN",
        "bottom": "K_BOTTOM",
        "start": "K_START",
        "of": "K_OF",
    },
    "K_DRAWS": {"always": "K_ALWAYS"},
    "K_FORM": {"body": "K_BODY"},
}
_LABELLED = ("K_CHOOSE", *LABELLED_STATEMENTS.values())
"""Statements in which no type follows a colon."""

_FIELD_WORDS = {"visible": "K_VISIBLE", "hidden": "K_HIDDEN"}
_HASH = re.compile(r'"\s*sha-?256', re.IGNORECASE)
"""After `text`: a hole, however wrong its hash is. Before other texts `text` is a name, such as that of a column."""

_ZONE_KINDS = ("bag", "pile", "slot")

_SECTIONS = {"given": "K_GIVEN", "when": "K_WHEN", "then": "K_THEN"}

_VALUE_ENDS = frozenset(
    {"NAME", "ROWKEY", "INT", "NEGINT", "STRING", "RPAR", "RSQB", "RBRACE", "TRUE", "FALSE", "NONE", "QMARK"}
    | {"K_ZONE_KIND", "K_VISIBLE", "K_VISIBLE_TO_OWNER", "K_HIDDEN"}
)
"""The terminals that an expression, a type or a clause can end with."""

_TOUCHABLE = _VALUE_ENDS - {"QMARK", "RBRACE"} | {"K_COMPREHENSION"}
"""A bracket that touches one of these calls or indexes it."""


_CONTINUES = frozenset(
    {"=", "+=", "-=", "==", "!=", "<", "<=", ">", ">=", "|", "&", "+", "-", "*", "//", "%", ",", ":", ".", ".."}
    | {"and", "or", "not", "in", "not in", "where", "if", "else", "when"}
    | {"this turn:", "next turn:", "turn after next:"}
)
"""After these a line break is a blank."""

# What a pair of braces holds.
_TOP, _ENUM, _FIELDS, _TABLE, _SETS, _SCENARIO, _STEPS, _BLOCK, _ALTERNATIVES = range(9)

_BRACES = {
    (_TOP, "K_ENUM"): _ENUM,
    (_TOP, "K_STATE"): _FIELDS,
    (_TOP, "K_TABLE"): _TABLE,
    (_TOP, "K_SCENARIO"): _SCENARIO,
    (_TABLE, "K_FORM"): _SETS,
    (_SCENARIO, "K_WHEN"): _STEPS,
    (_BLOCK, "K_CHOOSE"): _ALTERNATIVES,
}


@dataclass
class _Brace:
    """An open pair of braces (or the file itself) and the statement being read in it."""

    holds: int
    head: str | None = None
    parens: list[Token] = field(default_factory=list)


def is_word(token: Token) -> bool:
    """Whether a token is a name or a keyword."""
    return (token[0].isalpha() or token[0] == "_") and token.type != "ROWKEY"


def declarations(
    raw: list[Token], source: SourceFile, sink: Diagnostics, is_broken: Callable[[list[Token]], bool]
) -> list[list[Token]]:
    """The tokens of each declaration of a file; those with unmatched brackets are left out.

    They are reported unless `is_broken` says that something in them was reported already.
    """
    regions = brackets.regions(raw, source, sink, is_broken)
    return [tokens for region in regions for tokens in _Layout(region, source, sink).run()]


def _without_inner_newlines(raw: list[Token]) -> list[Token]:
    """The tokens without the line breaks in round and square brackets, which are blanks."""
    kept = []
    brackets_open: list[int] = [0]  # round and square ones, by depth of braces
    for token in raw:
        kind = token.type
        if kind == "NEWLINE":
            if brackets_open[-1]:
                continue
        elif kind in ("LPAR", "LSQB"):
            brackets_open[-1] += 1
        elif kind in ("RPAR", "RSQB"):
            brackets_open[-1] -= 1
        elif kind == "LBRACE":
            brackets_open.append(0)
        elif kind == "RBRACE":
            brackets_open.pop()
        kept.append(token)
    return kept


class _Layout:
    def __init__(self, raw: list[Token], source: SourceFile, sink: Diagnostics) -> None:
        self.raw = _without_inner_newlines(raw)
        self.source = source
        self.sink = sink
        self.out: list[Token] = []
        self.done: list[list[Token]] = []
        self.stack = [_Brace(_TOP)]

    def run(self) -> list[list[Token]]:
        raw = self.raw
        position = 0
        while position < len(raw):
            token = raw[position]
            kind = token.type
            if kind == "NEWLINE":
                self._newline(position)
            elif kind == "SEMICOLON":
                self._semicolon(token)
            elif is_word(token):
                position += self._word(position)
            else:
                if kind == "LPAR" or kind == "LSQB":
                    self._open(token)
                elif kind == "RPAR" or kind == "RSQB":
                    if self.stack[-1].parens:
                        self.stack[-1].parens.pop()
                elif kind == "LBRACE":
                    self._open_brace()
                elif kind == "RBRACE":
                    if self.out and self.out[-1].type == "END":
                        self.out.pop()
                    if len(self.stack) > 1:
                        self.stack.pop()
                self.out.append(token)
            position += 1
        self._end_declaration()
        return self.done

    # --- statement ends -----------------------------------------------------------------------------------------------

    def _newline(self, position: int) -> None:
        top = self.stack[-1]
        if not self.out or top.holds == _ENUM:
            return
        last = self.out[-1]
        if last.type in ("END", "LBRACE"):
            return
        if last.type != "NAME" and last in _CONTINUES:
            if len(self.stack) == 1 and brackets.starts_declaration(self.raw, position + 1):
                self._end_declaration()  # it ends too early
            return
        for ahead in range(position + 1, len(self.raw)):
            following = self.raw[ahead]
            if following.type != "NEWLINE":
                if following.type == "ELSE" or (following == "says" and self._type(ahead + 1) == "STRING"):
                    return
                if following.type == "LBRACE":
                    self._brace_on_new_line(following)
                    return
                break
        self._end(self.raw[position])

    def _brace_on_new_line(self, brace: Token) -> None:
        self.sink.error(
            "E0119",
            self.source.span(brace.start_pos or 0, brace.end_pos or 0),
            "a line cannot start with '{'",
            suggestion="put '{' at the end of the line before",
        )

    def _semicolon(self, token: Token) -> None:
        if self.stack[-1].parens:
            self.out.append(token)
        elif self.out and self.out[-1].type not in ("END", "LBRACE"):
            self._end(token)

    def _end(self, token: Token) -> None:
        if len(self.stack) == 1:
            self._end_declaration()
        else:
            token.type = "END"
            self.out.append(token)

    def _end_declaration(self) -> None:
        if self.out:
            self.done.append(self.out)
            self.out = []
        self.stack = [_Brace(_TOP)]

    # --- brackets -----------------------------------------------------------------------------------------------------

    def _open(self, token: Token) -> None:
        top = self.stack[-1]
        last = self.out[-1] if self.out else None
        if last is not None and last.end_pos == token.start_pos:
            if token.type == "LSQB":
                if last.type in _TOUCHABLE or last.type == "QMARK":
                    token.type = "INDEX"
            elif last.type in _TOUCHABLE:
                if top.head == "K_VERB" and top.holds == _TOP and not top.parens:
                    self._verb_bracket(last, token)
                else:
                    token.type = "CALL"
        top.parens.append(token)

    def _verb_bracket(self, word: Token, bracket: Token) -> None:
        if word.type == "NAME":
            self.sink.error(
                "E0109",
                self.source.span(bracket.start_pos or 0, bracket.end_pos or 0),
                "a parameter of a verb needs a blank before its '('",
                suggestion=f"write '{word} (…'; a verb is called as a phrase: {word} …",
            )

    def _open_brace(self) -> None:
        top = self.stack[-1]
        self.stack.append(_Brace(_BRACES.get((top.holds, top.head or ""), _BLOCK)))

    # --- words --------------------------------------------------------------------------------------------------------

    def _word(self, position: int) -> int:
        """Give the word at `position` its terminal and emit it; returns how many further tokens it took."""
        token = self.raw[position]
        last = self.out[-1].type if self.out else "END"
        top = self.stack[-1]
        if last == "DOT":
            return self._emit(position, "NAME")
        starts = not top.parens and (
            last in ("END", "LBRACE") or (last == "RBRACE" and top.holds in (_ALTERNATIVES, _SCENARIO))
        )
        if starts:
            top.head = None
            keyword, length = self._statement_start(position, top)
            if keyword:
                top.head = keyword
                return self._emit(position, keyword, length)
            if token.type == "NAME" or self._comprehends(position):
                return self._emit_name(position)
            top.head = token.type
            return self._emit(position, token.type)
        if token.type == "WHERE":
            self._mark_subset(top)
        if token.type == "NOT" and self._next(position, "in"):
            return self._emit(position, "K_NOT_IN", 2)
        if token.type != "NAME" and not self._comprehends(position):
            return self._emit(position, token.type)
        if last == "COLON" and top.head not in _LABELLED:
            return self._type_start(position)
        if last == "K_LASTING" and self._next(position, "of") and token == "set":
            return self._emit(position, "K_SET_OF", 2)
        return self._inner_word(position, top, last)

    def _statement_start(self, position: int, top: _Brace) -> tuple[str | None, int]:
        """The keyword of several or one words that starts a statement, a member or a declaration here, if one does."""
        word = self.raw[position]
        if top.holds == _TOP:
            return (DECLARATIONS.get(word) if self._type(position + 1) not in ("EQUAL", "DOT") else None), 1
        if top.holds == _FIELDS:
            return ("K_PARAM" if word == "param" and self._is_word(position + 1) else None), 1
        if top.holds == _TABLE:
            follows_word = self._is_word(position + 1)
            if word == "require" and self._type(position + 1) == "STRING":
                return "K_REQUIRE", 1
            return {"method": "K_METHOD", "form": "K_FORM"}.get(word) if follows_word else None, 1
        if top.holds == _SCENARIO:
            if word == "draws":
                return "K_DRAWS", 1
            return (_SECTIONS.get(word) if self._type(position + 1) == "LBRACE" else None), 1
        if top.holds == _BLOCK:
            return self._block_statement(position)
        return None, 1

    def _block_statement(self, position: int) -> tuple[str | None, int]:
        word = self.raw[position]
        for words, keyword in STATEMENT_PHRASES:
            if word == words[0] and all(self._next(position + n, words[n + 1]) for n in range(len(words) - 1)):
                return keyword, len(words)
        after = self._type(position + 1)
        if word in STATEMENTS:
            touching = after in ("LSQB", "DOT") and self.raw[position + 1].start_pos == word.end_pos
            assigned = after == "EQUAL" or self._next(position, "+=") or self._next(position, "-=")
            return (None if touching or assigned else STATEMENTS[word]), 1
        if word == "text" and after == "STRING" and _HASH.match(self.raw[position + 1]):
            return "K_TEXT", 1
        if self._is_word(position + 1):
            third = self._type(position + 2)
            if word in LABELLED_STATEMENTS and third == "COLON":
                return LABELLED_STATEMENTS[word], 1
            if word == "gives" and third == "EQUAL":
                return "K_GIVES", 1
            if word == "on" and third == "LBRACE":
                return "K_ON", 1
        return None, 1

    def _type_start(self, position: int) -> int:
        """A word after a colon: a type, or an expression."""
        token = self.raw[position]
        follows_word = self._type(position + 1) in ("NAME", "INT_TYPE")
        if token == "set" and self._next(position, "of"):
            return self._emit(position, "K_SET_OF", 2)
        if token == "lasting" and follows_word:
            return self._emit(position, "K_LASTING")
        if token == "own" and follows_word:
            return self._emit(position, "K_OWN")
        if token in _ZONE_KINDS and self.stack[-1].head == "K_ZONE" and len(self.stack) == 1:
            return self._emit(position, "K_ZONE_KIND")
        return self._emit_name(position)

    def _inner_word(self, position: int, top: _Brace, last: str) -> int:
        token = self.raw[position]
        choosing = top.holds == _ALTERNATIVES or top.head == "K_CHOOSE"
        if choosing and token == "distinct" and self._next(position, "by") and last in _VALUE_ENDS:
            return self._emit(position, "K_DISTINCT_BY", 2)
        if token == "of" and last == "NAME" and len(self.out) > 1 and self.out[-2].type == "ALL":
            return self._emit(position, "K_OF")
        if not top.parens:
            keyword, length = self._clause(position, top, last)
            if keyword:
                return self._emit(position, keyword, length)
        return self._emit_name(position)

    def _clause(self, position: int, top: _Brace, last: str) -> tuple[str | None, int]:
        """The keyword that starts a clause of the statement being read, if the word at `position` does."""
        token = self.raw[position]
        head = top.head or ""
        visible_to_owner = token == "visible" and self._next(position, "to") and self._next(position + 1, "owner")
        if token == "says" and head in ("K_FUNC", "K_VERB", "K_ACTION") and self._type(position + 1) == "STRING":
            return "K_SAYS", 1
        if token == "when" and top.holds == _ALTERNATIVES and last in ("NAME", "RPAR"):
            return "K_WHEN", 1
        if token == "by" and last == "K_CHOOSE" and self._type(position + 1) != "COLON":
            return "K_BY", 1
        if token == "per" and last == "K_STATE":
            return "K_PER", 1
        if token == "draws" and top.holds in (_STEPS, _SCENARIO):
            return "K_DRAWS", 1
        if last == "K_KNOWN" and token == "bottom":
            return "K_BOTTOM", 1
        if token == "own" and last == "K_OF" and head == "K_ZONE" and self._type(position + 1) == "NAME":
            return "K_OWN", 1
        if last not in _VALUE_ENDS:
            return None, 1
        if token == "at" and head in ("REPEAT", "WHILE") and self._next(position, "most"):
            return "K_AT_MOST", 2
        if visible_to_owner and (top.holds == _FIELDS or head == "K_ZONE"):
            return "K_VISIBLE_TO_OWNER", 3
        if top.holds == _FIELDS and token in _FIELD_WORDS:
            return _FIELD_WORDS[token], 1
        return _INNER_WORDS.get(head, {}).get(token), 1

    def _emit_name(self, position: int) -> int:
        return self._emit(position, "K_COMPREHENSION" if self._comprehends(position) else "NAME")

    def _emit(self, position: int, kind: str, length: int = 1) -> int:
        token = self.raw[position]
        if length > 1:
            last = self.raw[position + length - 1]
            words = " ".join(self.raw[position : position + length]).replace(" :", ":")
            token = Token(kind, words, token.start_pos, end_pos=last.end_pos)
        token.type = kind
        self.out.append(token)
        return length - 1

    def _comprehends(self, position: int) -> bool:
        """Whether `count(x in …` starts here."""
        raw = self.raw
        return (
            raw[position] in COMPREHENSIONS
            and self._type(position + 1) == "LPAR"
            and raw[position + 1].start_pos == raw[position].end_pos
            and self._is_word(position + 2)
            and self._type(position + 3) == "IN"
        )

    def _mark_subset(self, top: _Brace) -> None:
        """At `where`: if its bracket began `(x in`, it is a subset."""
        if top.parens and top.parens[-1].type == "LPAR":
            bracket = top.parens[-1]
            for place in range(len(self.out) - 1, -1, -1):
                if self.out[place] is bracket:
                    if (
                        place + 2 < len(self.out)
                        and self.out[place + 1].type == "NAME"
                        and self.out[place + 2].type == "IN"
                    ):
                        bracket.type = "SUBSET"
                    return

    # --- looking ahead ------------------------------------------------------------------------------------------------

    def _type(self, position: int) -> str | None:
        return self.raw[position].type if position < len(self.raw) else None

    def _is_word(self, position: int) -> bool:
        return position < len(self.raw) and is_word(self.raw[position])

    def _next(self, position: int, text: str) -> bool:
        return position + 1 < len(self.raw) and self.raw[position + 1] == text
