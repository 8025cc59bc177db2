"""From AST nodes back to text, in the one canonical layout.

Parsing the text gives the same tree again, spans apart. `unparse` needs the tree alone; `format_module` also keeps the
comments, the blank lines and the one-line blocks of the file that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from compiler.source import SourceFile, Span
from compiler.syntax import ast
from compiler.syntax.words import COMPREHENSIONS, STATEMENT_PHRASES, STATEMENTS

WIDTH = 120
_INDENT = "  "


def unparse(node: ast.Module | ast.Decl | ast.Statement | ast.Expr | ast.TypeExpr) -> str:
    """The canonical text of a node. A module ends in a newline, other nodes do not."""
    if isinstance(node, ast.Module):
        return _Printer(None).module(node)
    if isinstance(node, ast.TypeExpr):
        return _type(node)
    if isinstance(node, ast.Expr):
        return _expr(node)
    printer = _Printer(None)
    printer.item(_declaration(node) if isinstance(node, ast.Decl) else _statement(node), 0)
    return "\n".join(printer.lines)


def format_module(module: ast.Module, source: SourceFile) -> str:
    """The canonical text of a parsed file, with the comments and the blank lines of its source."""
    return _Printer(source).module(module)


# --- layout: items and bodies into lines ------------------------------------------------------------------------------


@dataclass
class _Body:
    """What stands in a pair of braces. `span` is the text that must be on one line for the body to be so, too."""

    items: list[_Item]
    span: Span
    tall: bool = False  # one item to a line, unless the source says otherwise
    separator: str = "; "


@dataclass
class _Item:
    """A declaration, member or statement: pieces of text and bodies in turn."""

    span: Span
    parts: list[str | _Body]

    @property
    def flat(self) -> str:
        return " ".join(part if isinstance(part, str) else _flat(part) for part in self.parts)


def _flat(body: _Body) -> str:
    inner = body.separator.join(item.flat for item in body.items)
    return f"{{ {inner} }}" if inner else "{ }"


@dataclass
class _Printer:
    """Writes items as lines; with a source, comments and blank lines go where they were."""

    source: SourceFile | None
    lines: list[str] = field(default_factory=list)

    _trailing: dict[int, str] = field(default_factory=dict)  # comments at the ends of lines, by line

    def __post_init__(self) -> None:
        self._comments = _comments(self.source.text) if self.source else []
        self._reached = 0  # the offset up to which the source has been written

    def module(self, module: ast.Module) -> str:
        previous: ast.Decl | None = None
        for declaration in module.declarations:
            item = _declaration(declaration)
            if self.source is None and previous is not None and not _belong_together(previous, declaration):
                self.lines.append("")
            self.item(item, 0)
            previous = declaration
        if self.source:
            self._comments_before(len(self.source.text), 0)
        return "".join(f"{line}\n" for line in self._with_trailing_comments())

    def item(self, item: _Item, depth: int) -> None:
        self._comments_before(item.span.start, depth)
        self._blank_line_before(item.span.start)
        first = len(self.lines)
        bodies = [part for part in item.parts if isinstance(part, _Body) and part.items]
        if not bodies or (all(self._may_be_flat(body) for body in bodies) and _fits(item.flat, depth)):
            self._write(item.flat, depth)
        else:
            self._write_tall(item, depth)
        self._comments_after(item, first, depth)
        self._reached = max(self._reached, item.span.end)

    def _write_tall(self, item: _Item, depth: int) -> None:
        line = ""
        for part in item.parts:
            if isinstance(part, str):
                line = f"{line} {part}" if line else part
            elif not part.items:
                line += " { }"
            else:
                self._write(f"{line} {{", depth)
                self._comment_on_opening(part)
                for inner in part.items:
                    self.item(inner, depth + 1)
                if self.source:
                    self._comments_before(part.span.end, depth + 1)
                line = "}"
        self._write(line, depth)

    def _may_be_flat(self, body: _Body) -> bool:
        if self.source is not None:
            return "\n" not in body.span.text
        return not body.tall and len(body.items) == 1 and all(isinstance(part, str) for part in body.items[0].parts)

    def _write(self, text: str, depth: int) -> None:
        self.lines.extend(_wrapped(text, _INDENT * depth))

    # --- comments and blank lines of the source -----------------------------------------------------------------------

    def _comments_before(self, offset: int, depth: int) -> None:
        while self._comments and self._comments[0].start < offset:
            comment = self._comments.pop(0)
            self._blank_line_before(comment.start)
            self.lines.append(_INDENT * depth + comment.text)
            self._reached = comment.start + len(comment.text)

    def _comment_on_opening(self, body: _Body) -> None:
        start = body.items[0].span.start
        while self._comments and self._comments[0].start < start and not self._comments[0].alone:
            self._append(self._comments.pop(0))

    def _comments_after(self, item: _Item, first: int, depth: int) -> None:
        inside = []
        while self._comments and self._comments[0].start < item.span.end:
            inside.append(_INDENT * depth + self._comments.pop(0).text)
        if inside:
            self.lines[first:first] = inside
            moved = {line + len(inside) * (line >= first): text for line, text in self._trailing.items()}
            self._trailing = moved
        if self._comments and self.source:
            comment = self._comments[0]
            if re.fullmatch(r"[;,)}\] \t]*", self.source.text[item.span.end : comment.start]):
                self._append(self._comments.pop(0))

    def _append(self, comment: _Comment) -> None:
        line = len(self.lines) - 1
        self._trailing[line] = f"{self._trailing[line]}  {comment.text}" if line in self._trailing else comment.text
        self._reached = max(self._reached, comment.start + len(comment.text))

    def _with_trailing_comments(self) -> list[str]:
        """The lines with the comments at their ends, two blanks away: a change touches no neighbouring line."""
        return [
            f"{line}  {self._trailing[number]}" if number in self._trailing else line
            for number, line in enumerate(self.lines)
        ]

    def _blank_line_before(self, offset: int) -> None:
        if self.source and self.lines and not self.lines[-1].endswith("{"):
            between = self.source.text[self._reached : offset]
            if re.search(r"\n[^\S\n]*\n", between) and self.lines[-1]:
                self.lines.append("")


@dataclass(frozen=True)
class _Comment:
    start: int
    text: str
    alone: bool  # on a line of its own


def _comments(text: str) -> list[_Comment]:
    found = []
    for match in re.finditer(r'"(?:[^"\\\n]|\\[^\n])*"|#[^\n]*', text):
        if match[0][0] == "#":
            line_start = text.rfind("\n", 0, match.start()) + 1
            alone = not text[line_start : match.start()].strip()
            found.append(_Comment(match.start(), match[0].rstrip(), alone))
    return found


def _fits(text: str, depth: int) -> bool:
    return len(text) + len(_INDENT) * depth <= WIDTH


def _wrapped(text: str, indent: str) -> list[str]:
    """A statement as lines: broken where a line break counts as a blank, at the loosest such place."""
    if len(indent) + len(text) <= WIDTH:
        return [indent + text]
    code, says = text, ""
    if text.startswith(("action ", "func ", "verb ")) and (found := _SAYS.search(text)):
        code, says = text[: found.start()], indent + 2 * _INDENT + text[found.start() + 1 :]
    lines: list[str] = []
    head, equals, value = code.partition(" = ")
    if code.startswith("func ") and equals and len(indent) + len(code) > WIDTH and len(indent) + len(head) + 2 <= WIDTH:
        lines = [f"{indent}{head} =", *_broken(value, indent, 1, starts=False)]
    else:
        lines = _broken(code, indent, 2 if code.endswith("{") else 1)
    return [*lines, says] if says else lines


def _broken(text: str, indent: str, level: int, *, starts: bool = True) -> list[str]:
    """A text as lines; those that follow the first are `level` deeper, and deeper still within brackets."""
    lines: list[str] = []
    prefix, depth = indent + ("" if starts else level * _INDENT), 0
    while len(prefix) + len(text) > WIDTH:
        place = _best_break(text, WIDTH - len(prefix))
        if place is None:
            break
        lines.append(prefix + text[:place])
        depth += sum((piece[0] in "([") - (piece[0] in ")]") for piece in _PIECES.finditer(text, 0, place))
        prefix, text = indent + _INDENT * max(level, 1 + depth), text[place + 1 :]
    return [*lines, prefix + text]


_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[()\[\]]|\S|[^\S\n]')
_SAYS = re.compile(r' says "(?:[^"\\]|\\.)*"(?: \{)?$')
_BREAKS = [  # what a line may end with, the best first
    re.compile(f"(?:{pattern})$")
    for pattern in (
        r",|(?<![\w.])(?:or|where|else)|[^=<>!+-]=|\+=|-=|:",
        r"(?<![\w.])and",
        r"[|&]",
        r" [+-]",
        r"[*%]|//",
    )
]


def _best_break(text: str, room: int) -> int | None:
    """Where to break a line: at the last blank within `room` that divides the least."""
    depth = 0
    best: tuple[tuple[int, int], int] | None = None
    for piece in _PIECES.finditer(text):
        start = piece.start()
        if start > room:
            break
        shown = piece[0]
        if shown in "([":
            depth += 1
        elif shown in ")]":
            depth -= 1
        elif shown == " " and start > room // 3:
            before = text[max(0, start - 8) : start]
            rank = next((n for n, pattern in enumerate(_BREAKS) if pattern.search(before)), len(_BREAKS))
            if (depth > 0 or rank < len(_BREAKS)) and (best is None or (depth, rank) <= best[0]):
                best = (depth, rank), start
    return best[1] if best else None


def _belong_together(first: ast.Decl, second: ast.Decl) -> bool:
    """Whether two declarations stand without a blank line between them."""
    one_line = (ast.ConstDecl, ast.EnumDecl, ast.PlayersDecl, ast.EntityDecl, ast.ZoneDecl, ast.DrawKindDecl)
    one_line += (ast.ActionDecl, ast.FuncDecl)
    return isinstance(first, ast.CitesDecl) or (type(first) is type(second) and isinstance(first, one_line))


# --- declarations -----------------------------------------------------------------------------------------------------


def _declaration(node: ast.Decl) -> _Item:
    match node:
        case ast.CitesDecl(digest):
            parts: list[str | _Body] = [f"cites {_text(digest)}"]
        case ast.ConstDecl(name, value):
            parts = [f"const {name} = {_expr(value)}"]
        case ast.EnumDecl(name):
            parts = [f"enum {name}", _enum_body(node)]
        case ast.PlayersDecl(count):
            parts = [f"players {_expr(count)}"]
        case ast.EntityDecl(name, count, columns, per_player):
            size = _expr(count) if columns is None else f"{_expr(count)}, {_expr(columns)}"
            parts = [f"entity {name}[{size}]" + " per player" * per_player]
        case ast.StateDecl(per, fields):
            head = f"state per {per}" if per else "state"
            parts = [head, _Body([_Item(entry.span, [_field(entry)]) for entry in fields], node.span, tall=True)]
        case ast.ZoneDecl():
            parts = [_zone(node)]
        case ast.DrawKindDecl(name, kind, always):
            parts = [f"draws {name}: {_type(kind)}" + " always" * always]
        case ast.ActionDecl(name, params, says):
            parts = [f"action {name}{_params(params)}{_says(says)}"]
        case ast.TableDecl():
            parts = _table(node)
        case ast.RowDecl(form, key, title, body):
            words = [form, key, None if title is None else _text(title)]
            parts = [" ".join(word for word in words if word is not None), _block(body)]
        case ast.FuncDecl(name, params, result, value, says):
            head = f"func {name}{_params(params)}{_result(result)} = {_expr(value)}"
            parts = [head + _says(says)]
        case ast.VerbDecl(pattern, result, says, body):
            words = [item.id if isinstance(item, ast.Name) else f"({_param(item)})" for item in pattern]
            parts = [f"verb {' '.join(words)}{_result(result)}{_says(says)}", _block(body)]
        case ast.PlayDecl(body):
            parts = ["play", _block(body)]
        case ast.ScenarioDecl():
            parts = _scenario(node)
    return _Item(node.span, parts)


def _enum_body(node: ast.EnumDecl) -> _Body:
    """The values, in the rows that they were written in if that is known."""
    rows: dict[object, list[ast.Name]] = {}
    for value in node.values:
        rows.setdefault(value.span.line if value.span.text == value.id else 0, []).append(value)
    items = [_Item(row[0].span.to(row[-1].span), [" ".join(value.id for value in row)]) for row in rows.values()]
    return _Body(items, node.span)


def _field(node: ast.FieldDecl) -> str:
    default = "" if node.default is None else f" = {_expr(node.default)}"
    shown = {"public": "", "owner": " visible to owner", "hidden": " hidden"}[node.visibility]
    return f"{'param ' * node.param}{node.name}: {_type(node.type)}{default}{shown}"


def _zone(node: ast.ZoneDecl) -> str:
    per = f" per {node.per}" if node.per else ""
    shown = {"public": " visible", "owner": " visible to owner", "hidden": " hidden"}[node.visibility]
    known = ""
    if node.known_top is not None or node.known_bottom is not None:
        known = " known"
    if node.known_top is not None:
        known += f" {_expr(node.known_top)}"
    if node.known_bottom is not None:
        known += f" bottom {_expr(node.known_bottom)}"
    return (
        f"zone {node.name}: {node.kind} of {'own ' * node.own}{node.entity}{per}{shown}{known}{' start' * node.start}"
    )


def _table(node: ast.TableDecl) -> list[str | _Body]:
    head = f"table {node.name}"
    if node.parent is not None and node.capacity is not None:
        head += f" in {node.parent} as {node.column}[{_expr(node.capacity)}]"
    items = [_Item(column.span, [_column(column)]) for column in node.columns]
    items += [_Item(method.span, [_method(method)]) for method in node.methods]
    items += [_Item(form.span, _form(form)) for form in node.forms]
    items += [
        _Item(require.span, [f"require {_text(require.message)}: {_expr(require.condition)}"])
        for require in node.requires
    ]
    # Members come by kind in the tree; a file keeps the order it has, in which comments make sense.
    if all(item.span.text for item in items):
        items.sort(key=lambda item: item.span.start)
    return [head, _Body(items, node.span, tall=True)]


def _column(node: ast.ColumnDecl) -> str:
    return f"{node.name}: {_type(node.type)}" + ("" if node.default is None else f" = {_expr(node.default)}")


def _method(node: ast.MethodDecl) -> str:
    default = "" if node.default is None else f" = {_expr(node.default)}"
    return f"method {node.name}{_params(node.params)}{_result(node.result)}{default}"


def _form(node: ast.FormDecl) -> list[str | _Body]:
    parts: list[str | _Body] = [f"form {node.name}"]
    if node.sets:
        parts.append(_Body([_Item(entry.span, [_assign(entry)]) for entry in node.sets], node.span))
    return [*parts, f"body {node.body}"] if node.body else parts


def _scenario(node: ast.ScenarioDecl) -> list[str | _Body]:
    given = _Item(node.given.span, ["given", _block(node.given)])
    items = [given]
    if node.start_draws:
        items.append(_Item(node.start_draws[0][1].span, [_draws(node.start_draws)]))
    if node.when:
        span = node.when[0].span.to(node.when[-1].span)
        steps = [_Item(step.span, [_step(step)]) for step in node.when]
        items.append(_Item(span, ["when", _Body(steps, span)]))
    items.append(_Item(node.then.span, ["then", _block(node.then)]))
    return [f"scenario {_text(node.title)}", _Body(items, node.span, tall=True, separator=" ")]


def _step(node: ast.When) -> str:
    call = f"{node.action}({_exprs(node.args)})" if node.args else node.action
    return f"{call} {_draws(node.draws)}" if node.draws else call


def _draws(outcomes: Sequence[tuple[str, ast.Expr]]) -> str:
    return "draws " + ", ".join(f"{kind} {_expr(value)}" for kind, value in outcomes)


def _params(params: Sequence[ast.Param]) -> str:
    return f"({', '.join(map(_param, params))})" if params else ""


def _param(node: ast.Param) -> str:
    return f"{node.name}: {'own ' * node.own}{_type(node.type)}"


def _result(node: ast.TypeExpr | None) -> str:
    return "" if node is None else f": {_type(node)}"


def _says(text: str | None) -> str:
    return "" if text is None else f" says {_text(text)}"


def _type(node: ast.TypeExpr) -> str:
    if node.name == "int" and node.low is not None and node.high is not None:
        name = f"int {_bound(node.low)}..{_bound(node.high)}"
    elif node.element is not None:
        name = f"set of {_type(node.element)}"
    else:
        name = node.name
    size = "" if node.size is None else f"[{_expr(node.size)}]"
    return f"{'lasting ' * node.lasting}{name}{'?' * node.optional}{size}"


def _bound(node: ast.Expr) -> str:
    """A bound of a type: sums and products of names and numbers stand bare."""
    return _expr(node, _SUM) if _is_bare_bound(node) else f"({_expr(node)})"


def _is_bare_bound(node: ast.Expr) -> bool:
    if isinstance(node, ast.Binary):
        return _BINARY[node.op] >= _SUM and _is_bare_bound(node.left) and _is_bare_bound(node.right)
    return isinstance(node, ast.Int | ast.Name)


# --- statements -------------------------------------------------------------------------------------------------------


def _block(node: ast.Block) -> _Body:
    return _Body([_statement(statement) for statement in node.statements], node.span)


def _statement(node: ast.Statement) -> _Item:
    match node:
        case ast.Phrase(items, block):
            text = _guarded(_words(items), block is not None)
            parts: list[str | _Body] = [text] if block is None else [text, _block(block)]
        case ast.If():
            parts = _if(node)
        case ast.While(condition, bound, body):
            parts = [f"while {_expr(condition)} at most {_expr(bound)}", _block(body)]
        case ast.Repeat(count, bound, body):
            parts = [f"repeat {_expr(count)}{_clause('at most', bound)}", _block(body)]
        case ast.For(var, domain, where, body):
            parts = [f"for {var} in {_expr(domain)}{_clause('where', where)}", _block(body)]
        case ast.Choose() if node.binds is None:
            head = f"choose by {_expr(node.player)}{' manual' * node.manual}"
            parts = [head, _Body([_alternative(option) for option in node.alternatives], node.span, tall=True)]
        case ast.On(method, body):
            parts = [f"on {method}", _block(body)]
        case _:
            parts = [_simple(node)]
    return _Item(node.span, parts)


def _simple(node: ast.Statement) -> str:
    """A statement without a block."""
    match node:
        case ast.Let(name, mutable, type_, value):
            return f"{'var' if mutable else 'let'} {name}{_result(type_)} = {_words(value.items)}"
        case ast.Assign():
            return _assign(node)
        case ast.Draw(var, kind, domain, where, weight):
            clauses = _clause("from", domain) + _clause("where", where) + _clause("weight", weight)
            return f"draw {var}: {kind}{clauses}"
        case ast.Reveal(var, kind, pile, depth):
            return f"reveal {var}: {kind} from {_expr(pile)}{_clause('at', depth)}"
        case ast.Move(what, source, target, end):
            return f"move {_expr(what)} from {_expr(source)} to {_expr(target)}" + (f" {end}" if end else "")
        case ast.Swap(left, right):
            return f"swap {_expr(left)}, {_expr(right)}"
        case ast.Reset(target, lasting_only):
            return f"{'end lasting on' if lasting_only else 'reset'} {_expr(target)}"
        case ast.AdvanceLasting():
            return "advance lasting"
        case ast.During(offset, body):
            return f"{('this turn', 'next turn', 'turn after next')[offset]}: {_assign(body)}"
        case ast.Shuffle(pile):
            return f"shuffle {_expr(pile)}"
        case ast.Perform(call):
            return f"perform {_expr(call)}"
        case ast.Choose():
            return _choose_one(node)
        case ast.Finish(var, reward):
            return f"finish {var}: {_expr(reward)}"
        case ast.Return(value):
            return f"return {_expr(value)}"
        case ast.Gives(method, value):
            return f"gives {method} = {_expr(value)}"
        case ast.TextHole(text):
            return f"text {_text(text)}"
        case ast.Expect(value):
            return f"expect {_expr(value)}"
        case _:
            raise TypeError(f"not a simple statement: {node!r}")


def _if(node: ast.If) -> list[str | _Body]:
    parts: list[str | _Body] = [f"if {_expr(node.condition)}", _block(node.then)]
    rest = node.otherwise
    if rest is None:
        return parts
    if len(rest.statements) == 1 and isinstance(rest.statements[0], ast.If):
        head, *others = _if(rest.statements[0])
        return [*parts, f"else {head}", *others]
    return [*parts, "else", _block(rest)]


def _assign(node: ast.Assign) -> str:
    return f"{_expr(node.target)} {node.op} {_expr(node.value)}"


def _alternative(node: ast.Alternative) -> _Item:
    candidates = f"({', '.join(map(_candidate, node.candidates))})" if node.candidates else ""
    return _Item(node.span, [f"{node.action}{candidates}{_clause('when', node.when)}", _block(node.body)])


def _candidate(node: ast.Candidate) -> str:
    return f"{node.var} in {_expr(node.domain)}{_clause('where', node.where)}{_clause('distinct by', node.distinct)}"


def _choose_one(node: ast.Choose) -> str:
    (alternative,) = node.alternatives
    (candidate,) = alternative.candidates
    clauses = _clause("where", candidate.where) + _clause("distinct by", candidate.distinct)
    head = f"choose {node.binds}: {alternative.action} in {_expr(candidate.domain)}{clauses}"
    return f"{head} by {_expr(node.player)}{' manual' * node.manual}"


def _clause(word: str, node: ast.Expr | None) -> str:
    return "" if node is None else f" {word} {_expr(node)}"


def _words(items: Sequence[ast.Expr], in_list: bool = False) -> str:
    """Expressions side by side, so that each stays one; a list writes its repetitions tight: `2*x`."""
    if len(items) == 1 and not in_list:
        return _expr(items[0])
    texts: list[str] = []
    for item in items:
        if in_list and isinstance(item, ast.Binary) and item.op == "*" and isinstance(item.left, ast.Int):
            text = f"{_expr(item.left)}*{_expr(item.right, _NEGATION)}"
        else:
            text = _expr(item, _UNION)
        starts_of = text == "of" or text.startswith("of ")
        if starts_of and texts and re.search(r"\ball \w+$", texts[-1]):
            texts[-1] = f"({texts[-1]})"
        if text.startswith("-") and texts and not _is_negative_number(item):
            text = f"({text})"
        texts.append(text)
    return " ".join(texts)


def _is_negative_number(node: ast.Expr) -> bool:
    """Whether the leftmost token of an expression is a number below zero."""
    while True:
        match node:
            case ast.Int(value):
                return value < 0
            case ast.Binary(_, left) | ast.Attr(left) | ast.Index(left):
                node = left
            case _:
                return False


_LEADING_KEYWORD = re.compile(rf"(?:{'|'.join(STATEMENTS)})\b(?!\.|\[| =(?!=)| \+=| -=)")


def _guarded(phrase: str, has_block: bool) -> str:
    """A phrase, with brackets around its first word where that would start another statement."""
    taken = _LEADING_KEYWORD.match(phrase) or any(
        re.match(rf"{' '.join(words).replace(' :', ':')}(?:\s|$)", phrase) for words, _ in STATEMENT_PHRASES
    )
    taken = taken or re.match(r'text "\s*sha-?256', phrase, re.IGNORECASE)
    if taken or (has_block and re.fullmatch(r"on \w+", phrase)):
        word, _, rest = phrase.partition(" ")
        return f"({word}) {rest}" if rest else f"({word})"
    return phrase


# --- expressions ------------------------------------------------------------------------------------------------------

_IF, _OR, _AND, _NOT, _COMPARISON, _UNION, _INTERSECTION, _SUM, _PRODUCT, _NEGATION, _POSTFIX = range(11)

_BINARY = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in"), _COMPARISON),
    "|": _UNION,
    "&": _INTERSECTION,
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "//", "%"), _PRODUCT),
}


def _expr(node: ast.Expr, level: int = _IF) -> str:
    """An expression, in brackets if it binds less tightly than `level`."""
    text, own = _expr_at(node)
    return f"({text})" if own < level else text


def _expr_at(node: ast.Expr) -> tuple[str, int]:
    match node:
        case ast.Int(value):
            return str(value), _POSTFIX
        case ast.Str(value):
            return _text(value), _POSTFIX
        case ast.Bool(value):
            return ("true" if value else "false"), _POSTFIX
        case ast.NoneLit():
            return "none", _POSTFIX
        case ast.Name(id=text) | ast.RowKey(key=text):
            return text, _POSTFIX
        case ast.ListLit(items):
            return f"[{_words(items, in_list=True) if items else ''}]", _POSTFIX
        case ast.Attr(base, name):
            return f"{_expr(base, _POSTFIX)}.{name}", _POSTFIX
        case ast.Index(base, index):
            return f"{_expr(base, _POSTFIX)}[{_expr(index)}]", _POSTFIX
        case ast.Call():
            return _call(node), _POSTFIX
        case ast.Unary("not", operand):
            return f"not {_expr(operand, _NOT)}", _NOT
        case ast.Unary(_, operand):
            text = _expr(operand, _NEGATION)
            return (f"- {text}" if text[0].isdigit() or text[0] == "-" else f"-{text}"), _NEGATION
        case ast.Binary(op, left, right):
            level = _BINARY[op]
            left_level = level + 1 if level == _COMPARISON else level
            return f"{_expr(left, left_level)} {op} {_expr(right, level + 1)}", level
        case ast.IfExpr(condition, then, otherwise):
            return f"{_expr(then, _OR)} if {_expr(condition, _OR)} else {_expr(otherwise)}", _IF
        case ast.All(name, owner):
            return f"all {name}" + ("" if owner is None else f" of {_expr(owner, _POSTFIX)}"), _NEGATION
        case ast.Comprehension(kind, var, domain, where, value):
            inner = f"{var} in {_expr(domain)}{_clause('where', where)}"
            inner += "" if value is None else f": {_expr(value)}"
            return f"{'' if kind == 'set' else kind}({inner})", _POSTFIX


def _call(node: ast.Call) -> str:
    args = _exprs(node.args)
    if isinstance(node.callee, ast.Name) and node.callee.id in COMPREHENSIONS and re.match(r"\w+ in ", args):
        first, *rest = node.args
        args = ", ".join([f"({_expr(first)})", *map(_expr, rest)])
    return f"{_expr(node.callee, _POSTFIX)}({args})"


def _exprs(nodes: Iterable[ast.Expr]) -> str:
    return ", ".join(map(_expr, nodes))


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def _text(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'
