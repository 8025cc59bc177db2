"""What people write by mistake: the message, the code and the suggestion for each.

Two kinds: tokens that the language does not have (`Substitutes`), which are reported and replaced by what was probably
meant so that reading goes on; and tokens that do not fit (`report`), for which the rules below are tried in order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lark import Token

from compiler.diagnostics import Diagnostics, did_you_mean
from compiler.source import SourceFile, Span
from compiler.syntax.layout import is_word
from compiler.syntax.words import DECLARATIONS, FORMS, OPERATORS, STATEMENTS, VALUE_STARTS, describe, listed, quoted

# --- tokens that the language does not have ---------------------------------------------------------------------------

WRONG_TERMINALS = ("WRONG_NUMBER", "WRONG_STRING", "WRONG_QUOTES", "WRONG_OPERATOR", "UNKNOWN")

_OPERATORS = {  # what is written: what is meant, and what to say
    ":=": ("=", "write '='"),
    "&&": ("and", "write 'and'"),
    "||": ("or", "write 'or'"),
    "!": ("not", "write 'not', or '!=' for 'differs'"),
    "/": ("//", "write '//', which rounds down"),
    "**": ("*", "write the product out"),
    "*=": ("=", "write 'x = x * …'"),
    "/=": ("=", "write 'x = x // …'"),
    "%=": ("=", "write 'x = x % …'"),
    "++": ("+", "write 'x += 1'"),
    "--": ("-", "write 'x -= 1'"),
    "<>": ("!=", "write '!='"),
    "=>": (">=", "write '>=' to compare; nothing else needs an arrow"),
    "->": (":", "a result's type follows ':'"),
    "===": ("==", "write '=='"),
    "!==": ("!=", "write '!='"),
}


class Substitutes:
    """Reports tokens that the language does not have and stands in what was probably meant."""

    def __init__(self, terminals: Mapping[str, str], source: SourceFile, sink: Diagnostics) -> None:
        self._names = {text: name for name, text in terminals.items()}
        self._source = source
        self._sink = sink
        self._places: list[int] = []

    def are_in(self, tokens: list[Token]) -> bool:
        """Whether anything was replaced within a run of tokens: what does not fit there may be a consequence."""
        place = bisect_left(self._places, tokens[0].start_pos or 0)
        return place < len(self._places) and self._places[place] < (tokens[-1].end_pos or 0)

    def of(self, raw: Iterable[Token]) -> Iterator[Token]:
        """The tokens of a file, mistakes replaced or left out."""
        for token in raw:
            if token.type in WRONG_TERMINALS:
                self._places.append(token.start_pos or 0)
                if token.type == "WRONG_NUMBER":
                    token = self._number(token)
                elif token.type == "WRONG_OPERATOR":
                    self._operator(token)
                elif token.type == "UNKNOWN":
                    self._unknown(token)
                    continue
                else:
                    token = self._text(token)
            yield token

    def _number(self, token: Token) -> Token:
        digits = token[: len(token) - len(token.lstrip("0123456789"))]
        if token[len(digits)] == ".":
            self._error("E0105", token, "numbers are whole", "count in smaller units: tenths or hundredths")
        else:
            self._error("E0105", token, f"{quoted(token)} is neither a number nor a name", "names start with a letter")
        return _instead(token, "INT", digits)

    def _operator(self, token: Token) -> None:
        meant, suggestion = _OPERATORS[str(token)]
        self._error("E0101", token, f"the language has no '{token}'", suggestion)
        token.type = self._names[meant]

    def _unknown(self, token: Token) -> None:
        if token.isprintable():
            self._error("E0101", token, f"the language has no {quoted(token)}", None)
        else:
            self._error("E0101", token, f"an unprintable character, U+{ord(token[0]):04X}", "delete it")

    def _text(self, token: Token) -> Token:
        if token.type == "WRONG_STRING":
            self._error("E0102", token, "this text is never closed", "close it with '\"' on the same line")
        else:
            self._error("E0101", token, "a text stands in double quotes", 'write "…"')
        return _instead(token, "STRING", '""')

    def _error(self, code: str, token: Token, message: str, suggestion: str | None) -> None:
        self._sink.error(code, _span(self._source, token), message, suggestion=suggestion)


def _instead(token: Token, kind: str, text: str) -> Token:
    """A token of another kind at the same place."""
    return Token(kind, text, token.start_pos, token.line, token.column, None, None, token.end_pos)


# --- tokens that do not fit -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Misfit:
    """The place in a declaration where the parser stopped, and what it would have taken."""

    tokens: list[Token]
    position: int
    accepts: set[str]
    texts: Mapping[str, str]
    """What the terminals that are fixed texts look like."""
    source: SourceFile
    start: int
    """The first token of the statement, member or declaration being read."""
    bracket: int | None
    """The innermost ( or [ that is open."""

    @property
    def type(self) -> str:
        """The terminal that does not fit; at the end of the declaration `$END`."""
        return self.tokens[self.position].type if self.position < len(self.tokens) else "$END"

    @property
    def token(self) -> Token:
        """The token that does not fit, or the last."""
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.tokens[self.position - 1] if self.position else None

    @property
    def head(self) -> Token:
        """The first token of the statement; what cannot start one is its own head."""
        return self.tokens[min(self.start, len(self.tokens) - 1)]

    @property
    def read(self) -> list[str]:
        """The terminals of the statement read so far."""
        return [token.type for token in self.tokens[self.start : self.position]]

    @property
    def at_line_start(self) -> bool:
        """Whether it is the first token of a statement."""
        return self.position == 0 or self.tokens[self.position - 1].type == "END"

    @property
    def starts_value(self) -> bool:
        """Whether it could start an expression."""
        return self.type in VALUE_STARTS

    @property
    def takes_value(self) -> bool:
        """Whether an expression could stand here."""
        return "STRING" in self.accepts and "INT" in self.accepts

    @property
    def span(self) -> Span:
        """Where to point: at the token, or just behind the last where a statement ends too early."""
        if self.type in ("END", "$END") and self.tokens[: self.position]:
            end = self.tokens[self.position - 1].end_pos or 0
            return self.source.span(end, end)
        return _span(self.source, self.token)


@dataclass(frozen=True)
class Finding:
    """What a rule has to say about a misfit."""

    code: str
    message: str
    suggestion: str | None = None
    token: Token | None = None
    """The token to point at, if it is not the one that does not fit."""


def report(
    tokens: list[Token],
    position: int,
    accepts: set[str],
    texts: Mapping[str, str],
    source: SourceFile,
    sink: Diagnostics,
) -> None:
    """Report the token at `position` (or the end), where only the terminals `accepts` fit."""
    start, bracket = _statement(tokens, position)
    misfit = Misfit(tokens, position, accepts, texts, source, start, bracket)
    finding = next(found for rule in _RULES if (found := rule(misfit)) is not None)
    span = _span(source, finding.token) if finding.token is not None else misfit.span
    sink.error(finding.code, span, finding.message, suggestion=finding.suggestion)


def _statement(tokens: list[Token], position: int) -> tuple[int, int | None]:
    """Where the statement around `position` starts, and the innermost round or square bracket open in it."""
    depth = 0
    bracket = None
    for place in range(position - 1, -1, -1):
        kind = tokens[place].type
        if kind in ("RPAR", "RSQB", "RBRACE"):
            depth += 1
        elif kind in ("LPAR", "LSQB", "CALL", "INDEX", "SUBSET", "LBRACE"):
            if depth:
                depth -= 1
            elif kind == "LBRACE":
                return place + 1, bracket
            elif bracket is None:
                bracket = place
        elif kind == "END" and not depth:
            return place + 1, bracket
    return 0, bracket


_COMPARISONS = ("EQUALS", "DIFFERS", "LESSTHAN", "MORETHAN", "LESS_EQUAL", "MORE_EQUAL", "IN", "K_NOT_IN")
_STATEMENT_WORDS = frozenset(("IF", "FOR", "LET", "VAR", "WHILE", "REPEAT", "RETURN"))
_FOREIGN = {
    "elif": "write 'else if'",
    "elseif": "write 'else if'",
    "elsif": "write 'else if'",
    "then": "a block in '{ }' follows the condition",
    "do": "a block in '{ }' follows",
    "is": "write '=='",
    "isnt": "write '!='",
    "mod": "write '%'",
    "div": "write '//'",
}


def _foreign_word(m: Misfit) -> Finding | None:
    if m.type == "NAME" and str(m.token) in _FOREIGN and "NAME" not in m.accepts:
        return Finding("E0110", f"the language has no '{m.token}'", _FOREIGN[str(m.token)])
    if m.type == "QMARK" and "PLUS" in m.accepts:
        return Finding("E0110", "a choice between two values is written with 'if'", "write 'A if CONDITION else B'")
    if m.type == "COLON" and "LBRACE" in m.accepts:
        return Finding("E0110", "a block stands in braces", "write '{' here and '}' after the block")
    return None


def _outside_block(m: Misfit) -> Finding | None:
    first = m.tokens[0]
    if m.start:
        return None
    if first.type in _STATEMENT_WORDS or (first.type == "NAME" and str(first) in STATEMENTS):
        return Finding(
            "E0112",
            f"'{first}' starts a statement, and statements stand inside a block",
            "put it into 'play { … }' or a 'verb … { … }'",
            first,
        )
    if first.type != "NAME" or m.position == 0:
        return None
    near = did_you_mean(first, DECLARATIONS)
    if near is None and m.type in ("EQUAL", "INCREASE", "DECREASE", "DOT", "CALL", "INDEX"):
        return Finding(
            "E0112", "this statement stands outside a block", "put it into 'play { … }' or a 'verb … { … }'", first
        )
    if near is None and any(token.type == "LBRACE" for token in m.tokens[:-1]):
        return None  # a row
    return Finding(
        "E0112",
        f"'{first}' starts no declaration",
        near or "a file holds declarations (const, enum, state, func, verb, play …) and rows of tables",
        first,
    )


def _nested_declaration(m: Misfit) -> Finding | None:
    head = m.head
    follower = m.tokens[m.start + 1] if m.start + 1 < len(m.tokens) else head
    if (
        m.start
        and head.type == "NAME"
        and str(head) in DECLARATIONS
        and follower.type in ("NAME", "STRING", "K_COMPREHENSION")
    ):
        return Finding(
            "E0113",
            f"'{head}' starts a declaration, and declarations do not stand inside others",
            "close the block above it with '}', or move it to the top level",
            head,
        )
    return None


def _line_start(m: Misfit) -> Finding | None:
    if m.at_line_start and (m.type in OPERATORS or m.type in ("LBRACE", "COMMA", "DOT", "EQUAL")):
        return Finding(
            "E0119", f"a line cannot start with '{m.token}'", f"put '{m.token}' at the end of the line before"
        )
    return None


def _equal_sign(m: Misfit) -> Finding | None:
    if m.type == "EQUALS" and "EQUAL" in m.accepts:
        return Finding("E0108", "'==' compares, and a value is given here", "write '='")
    if m.type != "EQUAL":
        return None
    head = m.head.type
    if head in ("K_FUNC", "K_VERB", "K_ACTION", "K_METHOD") and m.bracket is not None and "EQUAL" not in m.read:
        return Finding("E0106", "a parameter has no default", None)
    conditional = head in ("IF", "WHILE", "FOR", "RETURN", "K_EXPECT", "K_REQUIRE")
    if conditional or m.bracket is not None or not {"IF", "WHERE", "K_WHEN", "AND", "OR", "NOT"}.isdisjoint(m.read):
        return Finding("E0107", "'=' assigns, and a comparison is meant here", "write '=='")
    return None


def _touching_bracket(m: Misfit) -> Finding | None:
    wanted = {"LPAR": "CALL", "LSQB": "INDEX"}.get(m.type)
    before = m.before
    apart = before is not None and before.end_pos != m.token.start_pos
    if wanted in m.accepts and before is not None and apart and is_word(before):
        return Finding("E0109", f"a blank stands between '{before}' and its '{m.token}'", f"write '{before}{m.token}'")
    return None


def _missing_where(m: Misfit) -> Finding | None:
    on_set = m.head.type == "FOR" or m.bracket is not None
    if on_set and "WHERE" in m.accepts and m.starts_value and m.type != "NEGINT":
        return Finding("E0111", f"a condition follows 'where', found {describe(m.token)}", f"write 'where {m.token} …'")
    if "ELSE" in m.accepts and "IF" in m.read and m.before is not None and m.before.type != "RBRACE":
        loop = m.head.type == "FOR" and "WHERE" not in m.read
        opener = m.tokens[m.bracket] if m.bracket is not None else None
        kind = m.tokens[m.bracket - 1].type if m.bracket else None
        if (loop and m.type == "LBRACE") or (
            opener is not None and opener.type == "CALL" and kind == "K_COMPREHENSION"
        ):
            place = m.start + len(m.read) - 1 - m.read[::-1].index("IF")
            return Finding("E0111", "a condition on a set follows 'where', not 'if'", "write 'where'", m.tokens[place])
        return Finding(
            "E0106",
            f"expected 'else', found {describe(m.token, m.type)}",
            "an 'if' inside an expression has two values: A if CONDITION else B",
        )
    return None


def _chained_comparison(m: Misfit) -> Finding | None:
    if m.type in _COMPARISONS and "AND" in m.accepts and any(kind in _COMPARISONS for kind in m.read):
        return Finding("E0116", "comparisons do not chain", "write 'a < b and b < c'")
    return None


def _bounds(m: Misfit) -> Finding | None:
    before = m.before
    typed = m.position > 1 and m.tokens[m.position - 2].type in ("COLON", "K_LASTING")
    if typed and before is not None and before.type == "NAME" and before == "set":
        return Finding("E0106", f"expected 'of', found {describe(m.token, m.type)}", "a set's type is 'set of T'")
    if before is not None and before.type == "INT_TYPE":
        return Finding("E0120", "an 'int' needs its bounds", "write 'int LOW..HIGH', such as 'int 0..9'", before)
    if "RANGE" in m.accepts:
        return Finding("E0120", "the bounds of an 'int' are LOW..HIGH", "write 'int LOW..HIGH', such as 'int 0..9'")
    if m.head.type == "WHILE" and m.type == "LBRACE" and "K_AT_MOST" in m.accepts:
        return Finding("E0106", "a loop needs its bound", "write 'while CONDITION at most N {'")
    return None


def _reserved(m: Misfit) -> Finding | None:
    if (
        is_word(m.token)
        and m.type != "NAME"
        and not m.type.startswith("K_")
        and "NAME" in m.accepts
        and not m.takes_value
    ):
        return Finding("E0118", f"'{m.token}' is a reserved word", "use another name")
    return None


def _subtraction(m: Misfit) -> Finding | None:
    if m.type == "NEGINT" and "MINUS" in m.accepts:
        return Finding("E0106", f"'{m.token}' is a number of its own here", f"to subtract, write '- {m.token[1:]}'")
    return None


def _after_value(m: Misfit) -> Finding | None:
    """A value where the statement should be over."""
    head = m.head.type
    read = m.read
    assigned = "EQUAL" in read or "INCREASE" in read or "DECREASE" in read
    if m.bracket is None and m.starts_value and "END" in m.accepts and assigned and head in ("NAME", "K_THIS_TURN"):
        return Finding(
            "E0106",
            f"expected the end of the statement, found {describe(m.token)}",
            "only 'let' and 'var' take what a verb gives: let x = …",
        )
    if m.before is not None and m.before.type == "RBRACE" and m.accepts <= {"END", "RBRACE", "ELSE", "$END"}:
        return Finding(
            "E0106",
            f"expected the end of the line, found {describe(m.token)}",
            "start a new line after '}', or write ';'",
        )
    if head == "LET" and m.type == "COLON":
        return Finding("E0106", "a 'let' has no type", "write 'var x: TYPE = …' where a type is needed")
    return None


def _separator(m: Misfit) -> Finding | None:
    if m.type == "SEMICOLON":
        return Finding("E0106", "';' stands inside brackets", "it ends a statement; in brackets write ','")
    return None


def _anything(m: Misfit) -> Finding:
    choices = _expected(m)
    expected = listed(choices)
    form = FORMS.get(m.head.type) if m.start or m.tokens[0].type != "NAME" else FORMS["row"]
    if "K_THEN" in m.accepts:
        form = FORMS["K_SCENARIO"]
    if m.type == "$END":
        what = "declaration" if m.start == 0 else "block"
        return Finding("E0114", f"the {what} ends too early: expected {expected}", form and f"write {form}")
    near = (
        did_you_mean(m.token, [choice[1:-1] for choice in choices if choice[1:-1].isalpha()])
        if m.type == "NAME"
        else None
    )
    found = describe(m.token, m.type)
    return Finding("E0106", f"expected {expected}, found {found}", near or (form and f"write {form}"))


_RULES: tuple[Callable[[Misfit], Finding | None], ...] = (
    _nested_declaration,
    _outside_block,
    _line_start,
    _foreign_word,
    _equal_sign,
    _touching_bracket,
    _subtraction,
    _missing_where,
    _chained_comparison,
    _bounds,
    _reserved,
    _after_value,
    _separator,
    _anything,
)


def _expected(m: Misfit) -> list[str]:
    """What would have fitted, in plain words, the most telling first."""
    accepts = set(m.accepts)
    found: list[str] = []
    if "LET" in accepts:
        return ["a statement"]
    if "K_CONST" in accepts:
        return ["a declaration"]
    if m.takes_value:
        found.append("a value")
        accepts -= VALUE_STARTS
    if "K_SET_OF" in accepts:
        found.append("a type")
        accepts -= {"K_LASTING", "K_SET_OF", "INT_TYPE", "NAME", "K_OWN"}
    if "PLUS" in accepts:
        accepts -= OPERATORS | {"DOT", "IF"}
        if not accepts - {"CALL", "INDEX"}:
            found.append("an operator")
    for optional in ({"CALL", "INDEX"}, {"QMARK", "LSQB", "INDEX"}, {"RBRACE"}, {"END"}):
        if accepts - optional:
            accepts -= optional if optional != {"END"} or "K_THEN" in accepts else set()
    words = sorted(describe_terminal(kind, m.texts) for kind in accepts)
    return [*found, *dict.fromkeys(words)]


def describe_terminal(kind: str, texts: Mapping[str, str]) -> str:
    """A terminal in plain words."""
    plain = {
        "NAME": "a name",
        "ROWKEY": "a row key",
        "INT": "a number",
        "NEGINT": "a number",
        "STRING": "a text in quotes",
        "END": "the end of the statement",
        "$END": "the end of the declaration",
        "CALL": "'('",
        "INDEX": "'['",
        "SUBSET": "'('",
        "K_ZONE_KIND": "'bag', 'pile' or 'slot'",
        "K_DEPTH": "'at'",
        "K_COMPREHENSION": "a name",
    }
    if kind in plain:
        return plain[kind]
    return f"'{texts[kind]}'" if kind in texts else f"'{kind.removeprefix('K_').lower().replace('_', ' ')}'"


def _span(source: SourceFile, token: Token) -> Span:
    return source.span(token.start_pos or 0, token.end_pos or 0)
