"""The parser: what each construct becomes, what each mistake is called, and that nothing else ever happens."""

import os
import pickle
import random
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Diagnostics, render
from compiler.paths import ROOT
from compiler.source import SourceFile, Span
from compiler.syntax import ast, modules, parse_module, parse_modules
from compiler.syntax.unparse import format_module, unparse

SAMPLE = Path(__file__).parent / "syntax_sample.rules"
FILLS = re.compile("[0-9a-f]{64}")  # a fill is the body of a row, and no module
SPECS = [SAMPLE, *(path for path in sorted((ROOT / "specs").glob("**/*.rules")) if not FILLS.fullmatch(path.stem))]


def parse(text: str) -> ast.Module:
    sink = Diagnostics()
    module = parse_module(SourceFile("test.rules", text), sink)
    assert module is not None, render(sink)
    return module


def errors(text: str) -> list[str]:
    sink = Diagnostics()
    assert parse_module(SourceFile("test.rules", text), sink) is None
    return [f"{d.code} {d.span.line}:{d.span.col} {d.message}" for d in sink if d.span]


def bare(node: Any) -> Any:
    """A tree without its spans."""
    if isinstance(node, tuple):
        return tuple(map(bare, node))
    if is_dataclass(node):
        return type(node).__name__, *(
            bare(getattr(node, f.name)) for f in fields(node) if f.name not in ("span", "path")
        )
    return node


def shape(node: Any) -> str:
    """A tree, short: literals and names as they are, everything else as `Class(parts)`."""
    match node:
        case ast.Name(id=text) | ast.RowKey(key=text):
            return text
        case ast.Int(value):
            return str(value)
        case ast.Str(value):
            return repr(value)
        case tuple():
            return f"[{' '.join(map(shape, node))}]"
        case _ if is_dataclass(node):
            parts = (shape(getattr(node, f.name)) for f in fields(node) if f.name != "span")
            return f"{type(node).__name__}({', '.join(parts)})"
        case _:
            return "-" if node is None else str(node)


def expression(text: str) -> ast.Expr:
    (declaration,) = parse(f"const X = {text}").declarations
    assert isinstance(declaration, ast.ConstDecl)
    return declaration.value


def statements(text: str) -> tuple[ast.Statement, ...]:
    (declaration,) = parse(f"play {{\n{text}\n}}").declarations
    assert isinstance(declaration, ast.PlayDecl)
    return declaration.body.statements


# --- expressions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4", "Binary(-, Binary(+, 1, Binary(*, 2, 3)), 4)"),
        ("(1 + 2) * 3", "Binary(*, Binary(+, 1, 2), 3)"),
        ("a | b & c - d", "Binary(|, a, Binary(&, b, Binary(-, c, d)))"),
        ("a or b and not c == d", "Binary(or, a, Binary(and, b, Unary(not, Binary(==, c, d))))"),
        ("a not in S", "Binary(not in, a, S)"),
        ("a // b % c", "Binary(%, Binary(//, a, b), c)"),
        ("a if b else c if d else e", "IfExpr(b, a, IfExpr(d, c, e))"),
        ("a-1", "Binary(-, a, 1)"),
        ("a - -1", "Binary(-, a, -1)"),
        ("-a", "Unary(-, a)"),
        ("- 1", "Unary(-, 1)"),
        ("-1", "-1"),
        ("a.b[c].d(e, f)", "Call(Attr(Index(Attr(a, b), c), d), [e f])"),
        ("f()", "Call(f, [])"),
        ("A1-129", "A1-129"),
        ("A1-129.hp", "Attr(A1-129, hp)"),
        ("P-A-001", "P-A-001"),
        ("A - 1", "Binary(-, A, 1)"),
        ("A_B-1", "Binary(-, A_B, 1)"),
        (r'"a \"b\" \\ \n"', r"""'a "b" \\ \n'"""),
        ("[]", "ListLit([])"),
        ("[a b 2*A1-129]", "ListLit([a b Binary(*, 2, A1-129)])"),
        ("[a, -1, b -1 (c) f(x)]", "ListLit([a -1 b -1 c Call(f, [x])])"),
        ("[a - 1]", "ListLit([Binary(-, a, 1)])"),
        ("all card", "All(card, -)"),
        ("all card of p.x | S", "Binary(|, All(card, Attr(p, x)), S)"),
        ("(x in S where x.a)", "Comprehension(set, x, S, Attr(x, a), -)"),
        ("(x in S)", "Binary(in, x, S)"),
        ("(x in S and y)", "Binary(and, Binary(in, x, S), y)"),
        ("any(S)", "Call(any, [S])"),
        ("any(x in S)", "Comprehension(any, x, S, -, -)"),
        ("all(x in S: x.a)", "Comprehension(all, x, S, -, Attr(x, a))"),
        ("sum(x in S | T where a: b)", "Comprehension(sum, x, Binary(|, S, T), a, b)"),
        ("max(a, b)", "Call(max, [a b])"),
        ("x.count(y in S)", "Call(Attr(x, count), [Binary(in, y, S)])"),
        ("p.top.end.turn", "Attr(Attr(Attr(p, top), end), turn)"),
        ("x.in", "Attr(x, in)"),
        ("not(a)", "Unary(not, a)"),
        ("true != none", "Binary(!=, Bool(True), NoneLit())"),
        ("f(\n  a,\n  b\n)", "Call(f, [a b])"),
        ("a +\n  b", "Binary(+, a, b)"),
        ("any(\n x in S\n where\n x.a)", "Comprehension(any, x, S, Attr(x, a), -)"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert shape(expression(text)) == expected


# --- statements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("heal 10 * n damage from self", "Phrase([heal Binary(*, 10, n) damage from self], -)"),
        ("show a -1 (b) f(c) [d]", "Phrase([show a -1 b Call(f, [c]) ListLit([d])], -)"),
        ('attack "X" [a b] 30 { f }', "Phrase([attack 'X' ListLit([a b]) 30], Block([Phrase([f], -)]))"),
        ("let x = a", "Let(x, False, -, Phrase([a], -))"),
        ("let x = flip 3 coins", "Let(x, False, -, Phrase([flip 3 coins], -))"),
        ("var n: bool = a", "Let(n, True, TypeExpr(bool, -, -, -, False, -, False), Phrase([a], -))"),
        ("a.b[c] += 1", "Assign(Index(Attr(a, b), c), +=, 1)"),
        ("turn -= 1", "Assign(turn, -=, 1)"),
        ("if a { } else if b { } else { }", "If(a, Block([]), Block([If(b, Block([]), Block([]))]))"),
        ("if a { }\nelse { }", "If(a, Block([]), Block([]))"),
        ("while a at most 3 { }", "While(a, 3, Block([]))"),
        ("repeat n { }", "Repeat(n, -, Block([]))"),
        ("repeat n at most 3 { }", "Repeat(n, 3, Block([]))"),
        ("for x in S where a { }", "For(x, S, a, Block([]))"),
        ("draw x: coin", "Draw(x, coin, -, -, -)"),
        ("draw x: pick from S where a weight b", "Draw(x, pick, S, a, b)"),
        ("draw 2 cards", "Phrase([draw 2 cards], -)"),
        ("reveal x: pick from p at 3", "Reveal(x, pick, p, 3)"),
        ("move c from a to b top", "Move(c, a, b, top)"),
        ("move from from p.from to f(to)", "Move(from, Attr(p, from), Call(f, [to]), -)"),
        ("move = 3", "Assign(move, =, 3)"),
        ("move.x = 3", "Assign(Attr(move, x), =, 3)"),
        ("swap a, b", "Swap(a, b)"),
        ("reset e", "Reset(e, False)"),
        ("end lasting on e", "Reset(e, True)"),
        ("end turn", "Phrase([end turn], -)"),
        ("advance lasting", "AdvanceLasting()"),
        ("this turn: a = 1", "During(0, Assign(a, =, 1))"),
        ("next turn: a += 1", "During(1, Assign(a, +=, 1))"),
        ("turn after next: a -= 1", "During(2, Assign(a, -=, 1))"),
        ("next = turn", "Assign(next, =, turn)"),
        ("shuffle deck(p)", "Shuffle(Call(deck, [p]))"),
        ("perform r.m(a)", "Perform(Call(Attr(r, m), [a]))"),
        ("finish p: a if b else -1", "Finish(p, IfExpr(b, a, -1))"),
        ("return a", "Return(a)"),
        ("gives m = a", "Gives(m, a)"),
        ("on m { }", "On(m, Block([]))"),
        ("on top of it", "Phrase([on top of it], -)"),
        ("expect a", "Expect(a)"),
        (
            "choose by p manual { act(x in S where a distinct by b, y in T) when c { } end { } }",
            "Choose(p, True, [Alternative(act, [Candidate(x, S, a, b) Candidate(y, T, -, -)], c, Block([]))"
            " Alternative(end, [], -, Block([]))], -)",
        ),
        ("choose by p {\n draw(x in S) { }\n move { } }", None),
        (
            "choose x: act in S where a distinct by b by p",
            "Choose(p, False, [Alternative(act, [Candidate(x, S, a, b)], -, Block([]))], x)",
        ),
    ],
)
def test_statements(text: str, expected: str | None) -> None:
    (statement,) = statements(text)
    if expected is not None:
        assert shape(statement) == expected
    assert bare(statements(unparse(statement))) == bare((statement,))


def test_statements_end_at_line_breaks_and_semicolons() -> None:
    assert len(statements("a\n\n;; b; c\n# d\ne;")) == 4


# --- declarations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "players 2",
        "const X = 3 + Y",
        "enum Kind { a b end draw }",
        "entity card[20] per player",
        "entity cell[3 * 3]",
        "state { turn: int 0..31 = 0 }",
        "state per player { param deck: deck }",
        "state per place { energy: int 0..31[Element] = none hidden }",
        "state { guard: lasting int -5..N - 1 }",
        "state { seen: set of card visible to owner }",
        "state { slots: card?[20] }",
        "state { param: bool }",
        "zone hand: bag of card per player visible to owner",
        "zone deck: pile of card per place hidden known 6 bottom N start",
        "zone top: slot of card visible",
        "draws coin: int 0..1 always",
        "action bench(c: own card, k: int 0..1)",
        "action done",
        "table t { }",
        "table t { a: flag }",
        "table attack in species as attacks[2] { cost: int 0..5[Element] = [] }",
        "table t { method play(me: player) }",
        "table t { method ok(me: player): bool = true }",
        "table t { form a { kind = a } body play }",
        "table t { form a }",
        'table t { require "why": self.hp > 0 }',
        'pokemon A1-129 "Mewtwo ex" { basic psychic hp 150 }',
        "deck d { }",
        "form { }",
        'func f(p: player): bool = p == q says "it is {p}"',
        "func f = 3",
        "verb heal (n: int 0..9) damage from (p: place) { x = 1 }",
        'verb flip (n: int 0..9) coins: int 0..9 says "flip" { return n }',
        "play { }",
        'scenario "s" { given { } then { } }',
    ],
)
def test_declarations_are_printed_as_they_are_written(text: str) -> None:
    sink = Diagnostics()
    source = SourceFile("test.rules", text)
    module = parse_module(source, sink)
    assert module is not None, render(sink)
    assert format_module(module, source) == f"{text}\n"


def test_a_type_keeps_its_parts() -> None:
    (declaration,) = parse("state { a: lasting int 0..N + 1; b: set of card; c: Kind?[Kind] }").declarations
    assert isinstance(declaration, ast.StateDecl)
    assert [shape(field.type) for field in declaration.fields] == [
        "TypeExpr(int, 0, Binary(+, N, 1), -, False, -, True)",
        "TypeExpr(set, -, -, TypeExpr(card, -, -, -, False, -, False), False, -, False)",
        "TypeExpr(Kind, -, -, -, True, Kind, False)",
    ]


def test_a_zone_may_be_where_instances_start() -> None:
    first, second = parse("zone a: bag of card start\nzone start: bag of card").declarations
    assert isinstance(first, ast.ZoneDecl)
    assert isinstance(second, ast.ZoneDecl)
    assert (first.start, second.start, second.name) == (True, False, "start")


def test_a_scenario_has_four_parts() -> None:
    text = 'scenario "s" { given { a = 1 } draws coin 1, pick f(2)\n when { b(0) draws coin 1; c } then { expect d } }'
    (declaration,) = parse(text).declarations
    assert shape(declaration) == (
        "ScenarioDecl('s', Block([Assign(a, =, 1)]), [[coin 1] [pick Call(f, [2])]], "
        "[When(b, [0], [[coin 1]]) When(c, [], [])], Block([Expect(d)]))"
    ).replace("'s'", "s")


def test_spans_cover_what_was_written() -> None:
    text = "play {\n  if a { b += (c) }\n}\n"
    (declaration,) = parse(text).declarations
    assert isinstance(declaration, ast.PlayDecl)
    (branch,) = declaration.body.statements
    assert isinstance(branch, ast.If)
    (assignment,) = branch.then.statements
    assert isinstance(assignment, ast.Assign)
    assert declaration.span.text == text.strip()
    assert branch.span.text == "if a { b += (c) }"
    assert (assignment.span.text, assignment.value.span.text) == ("b += (c)", "(c)")
    assert (assignment.span.line, assignment.span.col) == (2, 10)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", " \t\n;\n", "\ufeff"])
def test_a_file_may_be_empty(text: str) -> None:
    assert parse(text.removeprefix("\ufeff")).declarations == ()


def test_odd_blanks_are_blanks() -> None:
    assert bare(parse("const\tX\u00a0=\u20033\x0c")) == bare(parse("const X = 3"))


# --- mistakes (each kind is pinned in bad_specs/) ---------------------------------------------------------------------


def test_every_damaged_declaration_is_reported_once_and_the_others_are_read() -> None:
    text = "func f(: player = = 1\nenum E { a }\nplay { x = ; y = }\nverb v {\nfunc g( = 3\nconst A = )\n"
    assert [error.split()[:2] for error in errors(text)] == [
        ["E0103", "1:7"],
        ["E0106", "3:11"],
        ["E0103", "4:8"],
        ["E0103", "5:7"],
        ["E0104", "6:11"],
    ]


def test_errors_of_one_file_are_limited() -> None:
    assert len(errors("$ a\n" * 1000)) == 50


def test_messages_name_no_terminals() -> None:
    for path in (Path(__file__).parent / "bad_specs").glob("*.rules"):
        sink = Diagnostics()
        parse_module(SourceFile.read(path), sink)
        for diagnostic in sink:
            assert not re.search(
                r"K_|[A-Z]{4,}|__|\$", f"{diagnostic.message}".replace("LOW..HIGH", "").replace("'$'", "")
            )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("const X = " + "(" * 100_000, "E0115"),
        ("const X = " + "not " * 20_000 + "x", "E0115"),
        ("const X = 1" + " + 1" * 5_000, "E0115"),
        ("const X = x" + ".y" * 5_000, "E0115"),
        ("play { if a { }" + " else if a { }" * 1_000 + " }", "E0115"),
        ('const X = "' + "a" * 1_000_000, "E0102"),
        ("const X = " + "9" * 1_000_000, "E0105"),
        ("\0" * 1_000_000, "E0101"),
        ("deck " + "A-" * 20_000 + "x", "E0112"),
    ],
)
def test_monstrous_files_get_an_ordinary_error(text: str, code: str) -> None:
    assert [error.split()[0] for error in errors(text)] == [code]


def test_the_deepest_trees_allowed_can_be_walked_and_pickled() -> None:
    for text in (
        "const X = " + "(" * 99 + "1" + ")" * 99,
        "const X = 1" + " + 1" * 145,
        "const X = " + "- " * 145 + "x",
    ):
        module = parse(text)
        assert bare(parse(unparse(module))) == bare(module)
        assert pickle.loads(pickle.dumps(module)) == module


# --- printing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_printing_and_parsing_again_gives_the_same_tree(path: Path) -> None:
    source = SourceFile.read(path)
    module = parse(source.text)
    assert bare(parse(unparse(module))) == bare(module)
    formatted = format_module(module, source)
    again = parse(formatted)
    assert bare(again) == bare(module)
    assert format_module(again, SourceFile("test.rules", formatted)) == formatted
    assert sorted(re.findall("#.*", formatted)) == sorted(re.findall("#.*", source.text.replace("\t", " ")))


def test_long_lines_are_broken_where_they_divide_least() -> None:
    wanted = """\
func worth(p: player): int 0..99 =
  sum(c in hand(p) where c.def.kind == jewel and not c.def.cursed: c.def.worth) + p.coins
    says "what {p} is worth"
func verdict(p: player): int 0..2 =
  1 if worth(p) > worth(opponent(p)) and not p.broke else 2 if worth(p) == worth(opponent(p)) else 0
verb hand over (c: card) with its (n: int 0..99) coins from (p: player) to (q: player)
    says "{c} with its {n} coins passes from {p} to {q}" {
  move c from hand(p) to hand(q)
}
verb bargain {
  choose by current {
    offer(c in hand(current) where c.def.kind == jewel, q in all player where q != current) when not current.broke { }
  }
}
deck rich "Rich" {
  cards [2*A1-001 2*A1-002 2*A1-003 2*A1-004 2*A1-005 2*A1-006 2*A1-007 2*A1-008 2*A1-009 2*A1-010 2*A1-011]
}
"""
    source = SourceFile("test.rules", re.sub(r"\n(?: +|(?=}))", " ", wanted))
    assert len(source.text.splitlines()) == 5
    assert format_module(parse(source.text), source) == wanted


def test_comments_and_blank_lines_stay_where_they_were() -> None:
    text = """\
# a file

# a declaration
players 2  # two


play {  # the game
  # first
  x = 1  # one

  y = (a +  # inside
    b)
  # last
}
# the end
"""
    source = SourceFile("test.rules", text)
    module = parse(text)
    assert (
        format_module(module, source)
        == """\
# a file

# a declaration
players 2  # two

play {  # the game
  # first
  x = 1  # one

  # inside
  y = a + b
  # last
}
# the end
"""
    )


def test_long_lines_break_where_a_line_break_is_a_blank() -> None:
    long = " or ".join(f"some_condition_{n}(a, b)" for n in range(12))
    text = unparse(parse(f'func f(a: player): bool = {long} says "{"x" * 90}"\nplay {{ y = {long} }}'))
    assert max(map(len, text.splitlines())) <= 120
    assert len(text.splitlines()) == 11


WORDS = ("x", "card", "of", "from", "to", "top", "at", "most", "by", "on", "end", "turn", "next", "this", "lasting")
WORDS += ("draw", "move", "swap", "count", "max", "first", "when", "says", "visible", "own", "per", "choose", "after")
NOWHERE = Span(SourceFile("", ""), 0, 0)
names = st.sampled_from(WORDS)
atoms = st.one_of(
    st.builds(ast.Int, st.integers(-20, 20), st.just(NOWHERE)),
    st.builds(ast.Str, st.text('ab "\\\n\té{}#', max_size=6), st.just(NOWHERE)),
    st.builds(ast.Bool, st.booleans(), st.just(NOWHERE)),
    st.builds(ast.NoneLit, st.just(NOWHERE)),
    st.builds(ast.Name, names, st.just(NOWHERE)),
    st.builds(ast.RowKey, st.sampled_from(("A1-129", "P-A-001")), st.just(NOWHERE)),
)


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    span = st.just(NOWHERE)
    some = st.lists(inner, max_size=3).map(tuple)
    operators = ["or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "|", "&", "+", "-", "*", "//", "%"]
    attribute = st.builds(ast.Attr, inner, names, span)
    return st.one_of(
        st.builds(ast.ListLit, some, span),
        attribute,
        st.builds(ast.Index, inner, inner, span),
        st.builds(ast.Call, st.one_of(st.builds(ast.Name, names, span), attribute), some, span),
        st.builds(ast.Unary, st.sampled_from(("not", "-")), inner, span),
        st.builds(ast.Binary, st.sampled_from([*operators, "not in"]), inner, inner, span),
        st.builds(ast.IfExpr, inner, inner, inner, span),
        st.builds(ast.All, names, st.none() | inner, span),
        st.builds(ast.Comprehension, st.just("set"), names, inner, inner, st.none(), span),
        st.builds(
            ast.Comprehension,
            st.sampled_from(("count", "all", "sum")),
            names,
            inner,
            st.none() | inner,
            st.none() | inner,
            span,
        ),
    )


expressions = st.recursive(atoms, _compound, max_leaves=8)
places = st.builds(ast.Name, names, st.just(NOWHERE)) | st.builds(ast.Attr, expressions, names, st.just(NOWHERE))
assignments = st.builds(ast.Assign, places, st.sampled_from(("=", "+=", "-=")), expressions, st.just(NOWHERE))
maybe = st.none() | expressions


def _phrase(items: list[ast.Expr], block: ast.Block | None = None) -> ast.Phrase:
    return ast.Phrase(tuple(items), block, NOWHERE)


def _choose_one(player: ast.Expr, manual: bool, chosen: ast.Alternative) -> ast.Choose:
    return ast.Choose(player, manual, (chosen,), chosen.candidates[0].var, NOWHERE)


def _statement_strategies(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    span = st.just(NOWHERE)
    blocks = st.builds(ast.Block, st.lists(inner, max_size=3).map(tuple), span)
    phrases = st.lists(expressions, min_size=1, max_size=4).filter(lambda items: getattr(items[0], "op", "") != "==")
    candidates = st.builds(ast.Candidate, names, expressions, maybe, maybe, span)
    alternatives = st.builds(ast.Alternative, names, st.lists(candidates, max_size=2).map(tuple), maybe, blocks, span)
    nothing = st.builds(ast.Block, st.just(()), span)
    chosen = st.builds(ast.Alternative, names, candidates.map(lambda one: (one,)), st.none(), nothing, span)
    return st.one_of(
        st.builds(_phrase, phrases, st.none() | blocks),
        st.builds(ast.Let, names, st.booleans(), st.none(), phrases.map(_phrase), span),
        assignments,
        st.builds(ast.If, expressions, blocks, st.none() | blocks, span),
        st.builds(ast.While, expressions, expressions, blocks, span),
        st.builds(ast.Repeat, expressions, maybe, blocks, span),
        st.builds(ast.For, names, expressions, maybe, blocks, span),
        st.builds(ast.Draw, names, names, maybe, maybe, maybe, span),
        st.builds(ast.Reveal, names, names, expressions, maybe, span),
        st.builds(ast.Move, expressions, expressions, expressions, st.sampled_from((None, "top", "bottom")), span),
        st.builds(ast.Swap, expressions, expressions, span),
        st.builds(ast.Reset, expressions, st.booleans(), span),
        st.builds(ast.AdvanceLasting, span),
        st.builds(ast.During, st.integers(0, 2), assignments, span),
        st.builds(ast.Shuffle, expressions, span),
        st.builds(ast.Perform, expressions, span),
        st.builds(
            ast.Choose, expressions, st.booleans(), st.lists(alternatives, max_size=2).map(tuple), st.none(), span
        ),
        st.builds(_choose_one, expressions, st.booleans(), chosen),
        st.builds(ast.Finish, names, expressions, span),
        st.builds(ast.Return, expressions, span),
        st.builds(ast.Gives, names, expressions, span),
        st.builds(ast.On, names, blocks, span),
        st.builds(ast.Expect, expressions, span),
    )


plain_statements = st.builds(ast.Return, expressions, st.just(NOWHERE))
any_statements = st.deferred(lambda: _statement_strategies(plain_statements | _statement_strategies(plain_statements)))
relaxed = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


@relaxed
@given(expressions)
def test_any_expression_survives_printing(node: ast.Expr) -> None:
    assert bare(expression(unparse(node))) == bare(node)


@relaxed
@given(any_statements)
def test_any_statement_survives_printing(node: ast.Statement) -> None:
    assert bare(statements(unparse(node))) == bare((node,))


@relaxed
@given(any_statements)
def test_any_statement_survives_being_broken_into_short_lines(node: ast.Statement) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compiler.syntax.unparse.WIDTH", 40)
        assert bare(statements(unparse(node))) == bare((node,))


# --- caches -----------------------------------------------------------------------------------------------------------


def test_trees_come_out_of_the_cache_as_they_went_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.rules"
    path.write_text(SAMPLE.read_text())
    sink = Diagnostics()
    first = parse_modules([path], sink, tmp_path / "cache")
    monkeypatch.setattr(modules, "_parser", lambda folder: pytest.fail("the cache was not used"))
    second = parse_modules([path], sink, tmp_path / "cache")
    assert first == second
    assert first[0] is not None
    assert second[0] is not None
    assert second[0].declarations[0].span == first[0].declarations[0].span
    assert sink.ok


@pytest.mark.parametrize("damage", [b"", b"x", None, b"\x80\x05K\x01."])
def test_a_damaged_cache_is_done_without(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "a.rules"
    path.write_text("players 2\n")
    cache = tmp_path / "cache"
    expected = parse_modules([path], Diagnostics(), cache)
    for file in [file for file in cache.rglob("*") if file.is_file()]:
        content = file.read_bytes()
        file.write_bytes(content[:32] + damage if damage is not None else content[:-9])
    modules._parser.__globals__["_grammar"].cache_clear()
    assert parse_modules([path], Diagnostics(), cache) == expected
    assert parse_modules([path], Diagnostics(), cache) == expected


def test_a_changed_file_is_parsed_again_and_a_wrong_one_is_not_cached(tmp_path: Path) -> None:
    path = tmp_path / "a.rules"
    for text, good in (("players 2\n", True), ("players 3\n", True), ("players\n", False), ("players\n", False)):
        path.write_text(text)
        sink = Diagnostics()
        (module,) = parse_modules([path], sink, tmp_path / "cache")
        assert (module is not None) == good == sink.ok
        assert module is None or unparse(module) == text


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "a.rules"
    path.write_text("players 2\n")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    sink = Diagnostics()
    assert parse_modules([path, tmp_path / "missing.rules"], sink, blocked) == [
        parse_module(SourceFile.read(path), sink),
        None,
    ]
    assert [diagnostic.code for diagnostic in sink] == ["E0001"]


def test_processes_share_a_cache_and_need_no_lark_once_it_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "a.rules"
    path.write_text(SAMPLE.read_text())
    program = (
        "import sys; from compiler.diagnostics import Diagnostics; from compiler.syntax import parse_modules\n"
        f"assert parse_modules([{str(path)!r}], Diagnostics(), {str(tmp_path / 'cache')!r})[0]\n"
        "print('lark' in sys.modules)"
    )

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    both = [start(), start()]
    assert all(process.communicate()[0] and process.returncode == 0 for process in both)
    assert start().communicate()[0] == "False\n"
    assert not list(tmp_path.rglob("*.tmp"))


# --- fuzzing ----------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r'"[^"\n]*"|\w+|[^\w\s]|\s+')
CHARACTERS = "{}()[]\"#;:,.=+-*/!&|<>?\\'\n \t\0é€“aZ09_$@"


def test_mutated_specs_give_trees_or_diagnostics() -> None:
    """`SPECC_FUZZ=10000` runs more; a failure prints the text that caused it."""
    rng = random.Random(20)
    texts = [path.read_text() for path in SPECS]
    pool = [token for text in texts for token in TOKEN.findall(text)]
    for _ in range(int(os.environ.get("SPECC_FUZZ", "300"))):
        text = _mutated(rng, _piece(rng, rng.choice(texts)), pool)
        sink = Diagnostics()
        try:
            module = parse_module(SourceFile("test.rules", text), sink)
            render(sink)
            assert (module is None) == bool(sink.errors)
            if module is not None:
                assert bare(parse(unparse(module))) == bare(module)
        except Exception:
            print(text)
            raise


def _piece(rng: random.Random, text: str) -> str:
    """A few declarations."""
    starts = [0, *(match.start() + 1 for match in re.finditer(r"\n(?=\w)", text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    first = rng.randrange(len(pieces))
    return "".join(pieces[first : first + rng.randrange(1, 8)])


def _mutated(rng: random.Random, text: str, pool: list[str]) -> str:
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if rng.random() < 0.5:
            place = rng.randrange(len(text) + 1)
            end = place + rng.choice((0, 1, 1, rng.randrange(40)))
            text = text[:place] + rng.choice(("", rng.choice(CHARACTERS), text[place:end] * 2)) + text[end:]
        else:
            tokens = TOKEN.findall(text) or [""]
            place, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
            change = rng.randrange(4)
            if change == 0:
                tokens[place] = ""
            elif change == 1:
                tokens[place] = rng.choice(pool)
            elif change == 2:
                tokens[place] += f" {rng.choice(pool)} "
            else:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            text = "".join(tokens)
    return text
