"""From reductions of the grammar to AST nodes: one method per rule of grammars/rules.lark, called as the parser goes.

A method takes what its rule matches, tokens included; what is absent is None.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lark import Token, Transformer, v_args

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile, Span
from compiler.syntax import ast

MAX_INT = 2**63 - 1

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TURNS = {"K_THIS_TURN": 0, "K_NEXT_TURN": 1, "K_TURN_AFTER_NEXT": 2}
_VISIBILITY = {"K_HIDDEN": "hidden", "K_VISIBLE": "public", "K_VISIBLE_TO_OWNER": "owner"}


@v_args(inline=True)
class Builder(Transformer):
    """Builds the AST of one declaration at a time; `source` and `sink` are those of the file being read."""

    def __init__(self) -> None:
        super().__init__()
        self.source = SourceFile("", "")
        self.sink = Diagnostics()

    # --- declarations -------------------------------------------------------------------------------------------------

    def cites(self, head, text):
        return ast.CitesDecl(self._text(text), self._span(head, text))

    def const(self, head, name, _, value):
        return ast.ConstDecl(str(name), value, self._span(head, value))

    def enum(self, head, name, _, *values):
        names = tuple(self.name(value) for value in values if value.type == "NAME")
        return ast.EnumDecl(str(name), names, self._span(head, values[-1]))

    def players(self, head, count):
        return ast.PlayersDecl(count, self._span(head, count))

    def entity(self, head, name, _, count, *rest):
        *columns, close, per = rest
        columns = next((node for node in columns if isinstance(node, ast.Expr)), None)
        return ast.EntityDecl(str(name), count, columns, self._per_player(per), self._span(head, per or close))

    def per(self, _, name):
        return name

    def state(self, head, per, _, *fields):
        return ast.StateDecl(per and str(per), _nodes(fields), self._span(head, fields[-1]))

    def field(self, param, name, _, type_, default, visibility):
        shown = _VISIBILITY[visibility.type] if visibility else "public"
        span = self._span(param or name, visibility or default or type_)
        return ast.FieldDecl(str(name), type_, default, shown, param is not None, span)

    def default(self, _, value):
        return value

    def visibility(self, word):
        return word

    def zone(self, head, name, _, kind, of, own, entity, per, visibility, known_top, known_bottom, start):
        shown = _VISIBILITY[visibility.type] if visibility else "public"
        last = start or known_bottom or known_top or visibility or per or entity
        return ast.ZoneDecl(
            str(name),
            str(kind),
            str(entity),
            per and str(per),
            shown,
            known_top,
            known_bottom,
            start is not None,
            own is not None,
            self._span(head, last),
        )

    def known_top(self, _, count):
        return count

    def known_bottom(self, known, bottom, count):
        return count

    def draws(self, head, name, _, type_, always):
        return ast.DrawKindDecl(str(name), type_, always is not None, self._span(head, always or type_))

    def action(self, head, name, params, says):
        declared, end = params or ((), name)
        text, end = says or (None, end)
        return ast.ActionDecl(str(name), declared, text, self._span(head, end))

    def table(self, head, name, inside, _, *members):
        parent, column, capacity = inside or (None, None, None)
        return ast.TableDecl(
            str(name),
            parent,
            column,
            capacity,
            tuple(member for member in members if isinstance(member, ast.ColumnDecl)),
            tuple(member for member in members if isinstance(member, ast.MethodDecl)),
            tuple(member for member in members if isinstance(member, ast.FormDecl)),
            tuple(member for member in members if isinstance(member, ast.RequireDecl)),
            self._span(head, members[-1]),
        )

    def in_table(self, _in, parent, _as, column, _open, capacity, _close):
        return str(parent), str(column), capacity

    def column(self, name, _, type_, default):
        return ast.ColumnDecl(str(name), type_, default, self._span(name, default or type_))

    def method(self, head, name, params, result, default):
        declared, end = params or ((), name)
        return ast.MethodDecl(str(name), declared, result, default, self._span(head, default or result or end))

    def form(self, head, name, *rest):
        *sets, body = rest
        span = self._span(head, body or next((part for part in reversed(sets) if part is not None), name))
        return ast.FormDecl(str(name), _nodes(sets), body and str(body), span)

    def form_body(self, _, method):
        return method

    def require(self, head, message, _, condition):
        return ast.RequireDecl(self._text(message), condition, self._span(head, condition))

    def row(self, form, key, title, body):
        text = None if title is None else self._text(title)
        return ast.RowDecl(str(form), key and str(key), text, body, self._span(form, body))

    def func(self, head, name, params, result, _, value, says):
        text, end = says or (None, value)
        return ast.FuncDecl(str(name), params[0] if params else (), result, value, text, self._span(head, end))

    def verb(self, head, *rest):
        *pattern, result, says, body = rest
        items = tuple(self.name(item) if isinstance(item, Token) else item for item in pattern)
        return ast.VerbDecl(items, result, says and says[0], body, self._span(head, body))

    def verb_param(self, _open, param, _close):
        return param

    def says(self, _, text):
        return self._text(text), text

    def result(self, _, type_):
        return type_

    def params(self, _open, *rest):
        return _nodes(rest), rest[-1]

    def param(self, name, _, own, type_):
        return ast.Param(str(name), type_, own is not None, self._span(name, type_))

    def play(self, head, body):
        return ast.PlayDecl(body, self._span(head, body))

    def scenario(self, head, title, open_, *rest):
        given: ast.Block = ast.Block((), self._span(open_))
        draws: tuple[tuple[str, ast.Expr], ...] = ()
        when: tuple[ast.When, ...] = ()
        then: Any = None
        for part in rest:
            if not isinstance(part, tuple):
                continue
            section, value = part
            if section == "given":
                given = value
            elif section == "draws":
                draws = value
            elif section == "when":
                when = value
            else:
                then = value
        return ast.ScenarioDecl(self._text(title), given, draws, when, then, self._span(head, rest[-1]))

    def given(self, _, block):
        return "given", block

    def start_draws(self, *outcomes):
        return "draws", _pairs(outcomes)

    def when_steps(self, _when, _open, *steps):
        return "when", _nodes(steps)

    def step(self, name, *rest):
        *call, outcomes = rest
        last = outcomes[-1][1] if outcomes else next((part for part in reversed(call) if part is not None), name)
        return ast.When(str(name), _nodes(call), outcomes or (), self._span(name, last))

    def outcomes(self, *outcomes):
        return _pairs(outcomes)

    def outcome(self, kind, value):
        return str(kind), value

    def then(self, _, block):
        return "then", block

    # --- types --------------------------------------------------------------------------------------------------------

    def type(self, lasting, *rest):
        base, optional, size = rest
        count, close = size or (None, None)
        return replace(
            base,
            optional=optional is not None,
            size=count,
            lasting=lasting is not None,
            span=self._span(lasting or base, close or optional or base),
        )

    def int_type(self, head, low, _, high):
        return ast.TypeExpr("int", low, high, None, False, None, False, self._span(head, high))

    def set_type(self, head, element):
        return ast.TypeExpr("set", None, None, element, False, None, False, self._span(head, element))

    def named_type(self, name):
        return ast.TypeExpr(str(name), None, None, None, False, None, False, self._span(name))

    def size(self, _, count, close):
        return count, close

    # --- statements ---------------------------------------------------------------------------------------------------

    def block(self, open_, *statements):
        return ast.Block(_nodes(statements), self._span(open_, statements[-1]))

    def phrase(self, *rest):
        *items, block = rest
        if block is not None and isinstance(items[0], ast.Name):
            self._check_head(items[0])
        if block is None and len(items) == 1 and isinstance(items[0], ast.Binary) and items[0].op == "==":
            self.sink.error(
                "E0108",
                items[0].span,
                "'==' compares, and nothing is done with the answer",
                suggestion="to assign, write '='",
            )
        return ast.Phrase(tuple(items), block, self._span(items[0], block or items[-1]))

    def _check_head(self, head: ast.Name) -> None:
        """What has a block and starts like a phrase may be something else."""
        if head.id in ("elif", "elseif", "elsif"):
            suggestion = "write 'else if' behind the '}' of the 'if'"
            self.sink.error("E0110", head.span, f"the language has no '{head.id}'", suggestion=suggestion)
        elif head.id in ("enum", "table", "state", "verb", "play", "scenario"):
            self.sink.error(
                "E0113",
                head.span,
                f"'{head.id}' starts a declaration, and declarations do not stand inside others",
                suggestion="close the block above it with '}', or move it to the top level",
            )

    def words(self, *items):
        return ast.Phrase(items, None, self._span(items[0], items[-1]))

    def let(self, head, name, _, value):
        return ast.Let(str(name), False, None, value, self._span(head, value))

    def var(self, head, name, type_, _, value):
        return ast.Let(str(name), True, type_, value, self._span(head, value))

    def assign(self, target, op, value):
        if not isinstance(target, ast.Name | ast.Attr | ast.Index):
            self.sink.error(
                "E0117",
                target.span,
                "only a variable, a field or an element can stand left of an assignment",
                suggestion="to compare, write '=='" if op == "=" else None,
            )
        return ast.Assign(target, str(op), value, self._span(target, value))

    def if_(self, head, condition, then, otherwise):
        return ast.If(condition, then, otherwise, self._span(head, otherwise or then))

    def else_(self, _, body):
        return body if isinstance(body, ast.Block) else ast.Block((body,), body.span)

    def while_(self, head, condition, bound, body):
        return ast.While(condition, bound, body, self._span(head, body))

    def repeat(self, head, count, bound, body):
        return ast.Repeat(count, bound, body, self._span(head, body))

    def for_(self, head, var, _, domain, where, body):
        return ast.For(str(var), domain, where, body, self._span(head, body))

    def draw(self, head, var, _, kind, domain, where, weight):
        span = self._span(head, weight or where or domain or kind)
        return ast.Draw(str(var), str(kind), domain, where, weight, span)

    def reveal(self, head, var, _, kind, pile, depth):
        return ast.Reveal(str(var), str(kind), pile, depth, self._span(head, depth or pile))

    def clause(self, _, value):
        return value

    at_most = where = from_ = weight = depth = when = distinct = value = clause

    def move(self, head, what, _from, source, _to, target, end):
        return ast.Move(what, source, target, end and str(end), self._span(head, end or target))

    def swap(self, head, left, _, right):
        return ast.Swap(left, right, self._span(head, right))

    def reset(self, head, target):
        return ast.Reset(target, False, self._span(head, target))

    def end_lasting(self, head, target):
        return ast.Reset(target, True, self._span(head, target))

    def advance_lasting(self, head):
        return ast.AdvanceLasting(self._span(head))

    def during(self, head, body):
        return ast.During(_TURNS[head.type], body, self._span(head, body))

    def shuffle(self, head, pile):
        return ast.Shuffle(pile, self._span(head, pile))

    def perform(self, head, call):
        return ast.Perform(call, self._span(head, call))

    def choose(self, head, _by, player, manual, _open, *rest):
        return ast.Choose(player, manual is not None, _nodes(rest), None, self._span(head, rest[-1]))

    def alternative(self, name, *rest):
        *candidates, when, body = rest
        return ast.Alternative(str(name), _nodes(candidates), when, body, self._span(name, body))

    def candidate(self, var, _, domain, where, distinct):
        span = self._span(var, distinct or where or domain)
        return ast.Candidate(str(var), domain, where, distinct, span)

    def choose_one(self, head, var, _colon, action, _in, domain, where, distinct, _by, player, manual):
        candidate = self.candidate(var, _in, domain, where, distinct)
        nothing = ast.Block((), self._span(action))
        alternative = ast.Alternative(str(action), (candidate,), None, nothing, self._span(action, candidate))
        span = self._span(head, manual or player)
        return ast.Choose(player, manual is not None, (alternative,), str(var), span)

    def finish(self, head, var, _, reward):
        return ast.Finish(str(var), reward, self._span(head, reward))

    def return_(self, head, value):
        return ast.Return(value, self._span(head, value))

    def gives(self, head, method, _, value):
        return ast.Gives(str(method), value, self._span(head, value))

    def on(self, head, method, body):
        return ast.On(str(method), body, self._span(head, body))

    def text_hole(self, head, text):
        return ast.TextHole(self._text(text), self._span(head, text))

    def expect(self, head, value):
        return ast.Expect(value, self._span(head, value))

    # --- expressions --------------------------------------------------------------------------------------------------

    def if_expr(self, then, _if, condition, _else, otherwise):
        return ast.IfExpr(condition, then, otherwise, self._span(then, otherwise))

    def binary(self, left, op, right):
        return ast.Binary("not in" if op.type == "K_NOT_IN" else str(op), left, right, self._span(left, right))

    def unary(self, op, operand):
        return ast.Unary(str(op), operand, self._span(op, operand))

    def all_(self, head, name, _of, owner):
        return ast.All(str(name), owner, self._span(head, owner or name))

    def attr(self, base, _, name):
        return ast.Attr(base, str(name), self._span(base, name))

    def index(self, base, _, index, close):
        return ast.Index(base, index, self._span(base, close))

    def call(self, callee, *rest):
        if not isinstance(callee, ast.Name | ast.Attr):
            self.sink.error("E0117", callee.span, "only a name can be called")
        return ast.Call(callee, _nodes(rest), self._span(callee, rest[-1]))

    def int_lit(self, token):
        digits = token.lstrip("-")
        value = int(digits) if len(digits.lstrip("0")) < 20 else MAX_INT + 1
        if value > MAX_INT:
            self.sink.error("E0105", self._span(token), f"this number is larger than {MAX_INT}")
            value = MAX_INT
        return ast.Int(-value if token.type == "NEGINT" else value, self._span(token))

    def str_lit(self, token):
        return ast.Str(self._text(token), self._span(token))

    def bool_lit(self, token):
        return ast.Bool(token.type == "TRUE", self._span(token))

    def none_lit(self, token):
        return ast.NoneLit(self._span(token))

    def name(self, token):
        return ast.Name(str(token), self._span(token))

    def row_key(self, token):
        return ast.RowKey(str(token), self._span(token))

    def paren(self, open_, inner, close):
        return replace(inner, span=self._span(open_, close))

    def list_lit(self, open_, *rest):
        return ast.ListLit(_nodes(rest), self._span(open_, rest[-1]))

    def subset(self, open_, var, _, domain, where, close):
        return ast.Comprehension("set", str(var), domain, where, None, self._span(open_, close))

    def comprehension(self, kind, _open, var, _in, domain, where, value, close):
        return ast.Comprehension(str(kind), str(var), domain, where, value, self._span(kind, close))

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _span(self, first: Any, last: Any = None) -> Span:
        start = (first.start_pos or 0) if isinstance(first, Token) else first.span.start
        end = first if last is None else last
        return Span(self.source, start, _end(end))

    def _text(self, token: Token) -> str:
        body = token[1:-1]
        if (control := _CONTROL.search(body)) is not None:
            place = (token.start_pos or 0) + 1 + control.start()
            message = f"an unprintable character, U+{ord(control[0]):04X}"
            self.sink.error("E0101", self.source.span(place, place + 1), message, suggestion="delete it")
        if "\\" not in body:
            return body
        text = []
        position = 0
        while position < len(body):
            char = body[position]
            if char == "\\":
                position += 1
                char = _ESCAPES.get(body[position], "")
                if not char:
                    place = (token.start_pos or 0) + position
                    self.sink.error(
                        "E0102",
                        self.source.span(place, place + 2),
                        f"a text has no escape '\\{body[position]}'",
                        suggestion='write \\\\ for a backslash, \\" for a quote, \\n for a new line',
                    )
            text.append(char)
            position += 1
        return "".join(text)

    def _per_player(self, per: Token | None) -> bool:
        if per is not None and per != "player":
            self.sink.error("E0106", self._span(per), "instances are counted per player: expected 'player'")
        return per is not None


def _end(last: Any) -> int:
    if isinstance(last, Token):
        return last.end_pos or 0
    if isinstance(last, tuple):  # a section of a scenario
        return _end(last[-1])
    return last.span.end


def _nodes(children: Any) -> tuple[Any, ...]:
    """The nodes among a rule's children: without tokens and absent parts."""
    return tuple(child for child in children if child is not None and not isinstance(child, Token))


def _pairs(children: Any) -> tuple[tuple[str, ast.Expr], ...]:
    return tuple(child for child in children if isinstance(child, tuple))
