"""Turn predicates over static data into masks: ``c.def.kind == item`` over a hand becomes one AND.

Contract: takes and gives a program without methods. A filter over instances that a player owns, whose condition looks
at
an instance only through its definition (``owner.param.array[index]``, static data named by a reset parameter), becomes
an
intersection with a mask column of the parameter's table. A condition that also depends on one other value of a small
domain (the row of the card to evolve) becomes a mask indexed by that value; any other that treats definitions in a few
classes alike is asked once for each
class. What is none of these stays a filter.

The columns are marked in ``notes["masks"]`` with the rows that pass, so that an engine can make them for any parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from compiler.ir import hir
from compiler.ir.evaluate import evaluate
from compiler.ir.types import BOOL, PLAYER, BoolT, EntityT, EnumT, IntT, OptT, PlayerT, RowT, Type
from compiler.ir.walk import Node, children, free, inline_functions, rename_bound, rewrite, substitute, walk
from compiler.passes.layout import WORD, owned
from compiler.passes.simplify import simplify

_SMALL = 64  # values of an integer that may index a mask
_CLASSES = 48  # classes of definitions a condition may be asked for


@dataclass(frozen=True)
class MaskColumn:
    """A mask over the positions of ``table.array``: ``passing[v]`` are the rows of ``rows`` that pass for key value v,
    ascending.
    """

    table: str
    column: str
    array: str
    rows: str
    passing: tuple[tuple[int, ...], ...]
    keyed: bool
    key_low: int


@dataclass(frozen=True)
class TwinColumn:
    """A mask of the positions of ``table.array`` that equal the position ``distance`` before."""

    table: str
    column: str
    array: str
    distance: int


@dataclass(frozen=True)
class StaticMasks:
    """The pass."""

    name: str = "static-masks"

    def run(self, program: hir.Program) -> hir.Program:
        return _Masks(program).run()


@dataclass
class _Masks:
    program: hir.Program
    made: dict[object, hir.TableColumn] = field(default_factory=dict)
    masks: list[MaskColumn] = field(default_factory=list)
    twins: list[TwinColumn] = field(default_factory=list)
    data: dict[str, dict[str, tuple]] = field(default_factory=dict)
    columns: dict[str, dict[str, hir.TableColumn]] = field(default_factory=dict)

    def run(self) -> hir.Program:
        p = self.program
        funcs = {n: replace(f, body=self.change(f.body)) for n, f in p.funcs.items()}
        procs = {
            n: replace(q, body=self.change(q.body), returns=self.change(q.returns) if q.returns is not None else None)
            for n, q in p.procs.items()
        }
        play = self.change(p.play)
        tables = {
            n: replace(t, columns=dict(t.columns) | self.columns.get(n, {}), data=dict(t.data) | self.data.get(n, {}))
            for n, t in p.tables.items()
        }
        notes = dict(p.notes) | {"masks": tuple(self.masks), "twins": tuple(self.twins)}
        return replace(p, funcs=funcs, procs=procs, play=play, tables=tables, notes=notes)

    def change(self, node: Node) -> Node:
        return rewrite(rewrite(node, self.open), self.node)

    def open(self, n: Node) -> Node:
        """Functions that give sets of owned instances are opened: what they are made of decides how they are held."""
        if isinstance(n, hir.CallFunc) and owned(self.program, n.type):
            return rewrite(inline_functions(self.program, n), self.open)
        if isinstance(n, hir.Filter) and isinstance(n.domain, hir.Filter):  # one filter with both conditions
            inner = n.domain
            first = substitute(rename_bound(inner.condition), {inner.local: hir.Get(n.local, n.local.type)})
            return replace(n, domain=inner.domain, condition=hir.Apply("and", (first, n.condition), BOOL))
        return n

    def node(self, n: Node) -> Node:
        match n:
            case hir.Reduce("any", local, domain, value) if value is not None and not isinstance(value, hir.Const):
                matching = self.node(hir.Filter(local, domain, value, domain.type, n.span))
                return replace(n, domain=matching, value=hir.Const(1, BOOL))
            case hir.Reduce("all", local, domain, value) if value is not None:
                failing = hir.Apply("not", (value,), BOOL)
                found = hir.Filter(local, domain, failing, domain.type, n.span)
                some = replace(n, kind="any", domain=self.node(found), value=hir.Const(1, BOOL))
                return hir.Apply("not", (some,), BOOL, n.span)
            case hir.Filter(local) if self.owned(local.type):
                return self.filter(n)
            case hir.Distinct(local) if self.owned(local.type):
                return self.distinct(n)
            case _:
                return n

    def owned(self, type_: Type) -> bool:
        entity = self.program.entities[type_.name] if isinstance(type_, EntityT) else None
        return entity is not None and entity.per_player and entity.count <= WORD

    # --- filters ------------------------------------------------------------------------------------------------------

    def filter(self, f: hir.Filter) -> hir.Expr:
        condition = simplify(self.program, rename_bound(inline_functions(self.program, f.condition)))
        conjuncts = _conjuncts(condition)
        fixed = [c for c in conjuncts if f.local not in free(c)]
        parts = [(c, _Definition.find(self.program, c, f.local)) for c in conjuncts if f.local in free(c)]
        found = next((p for _, p in parts if p is not None), None)
        if found is None:  # nothing static: keep the author's functions
            if not fixed:
                return f
            left = [c for c in conjuncts if f.local in free(c)]
            kept = replace(f, condition=_all(left)) if left else f.domain
            return hir.Select(_all(fixed), kept, hir.Const(0, f.type), f.type, f.span)
        definition, row = found[1], hir.Local("definition", found[2].type)
        static: list[hir.Expr] = []
        other: list[tuple[hir.Expr, hir.Expr]] = []  # the conjunct over the row, and as it was
        rest: list[hir.Expr] = []
        for conjunct, part in parts:
            if part is None or part[1] != definition:
                rest.append(conjunct)
                continue
            over_row = substitute(part[0], {part[2]: hir.Get(row, row.type)})
            if free(over_row) <= {row} and not _has_load(over_row):
                static.append(over_row)
            else:
                other.append((over_row, conjunct))
        domain = f.domain
        owner = owner_of_set(domain)
        deck = hir.Load(definition.param, owner, None, definition.param.type)
        rows = range(len(self.program.tables[definition.rows]))
        passing = [r for r in rows if all(evaluate(self.program, c, {row: r}) for c in static)]
        if static:
            domain = self.narrowed(domain, f, self.column(definition, [set(passing)], 0, False), deck, None, owner)
        for over_row, conjunct in other:
            narrowed = self.by_key(f, domain, definition, row, over_row, deck, owner) or self.by_class(
                f, domain, definition, row, over_row, passing, deck, owner
            )
            if narrowed is None:
                rest.append(conjunct)
            else:
                domain = narrowed
        kept = replace(f, domain=domain, condition=_all(rest)) if rest else domain
        return hir.Select(_all(fixed), kept, hir.Const(0, f.type), f.type, f.span) if fixed else kept

    def narrowed(
        self,
        domain: hir.Expr,
        f: hir.Filter,
        column: hir.TableColumn,
        deck: hir.Expr,
        sub: hir.Expr | None,
        owner: hir.Expr,
    ) -> hir.Expr:
        return hir.Apply("inter", (domain, self.own_set(f, column, deck, sub, owner)), f.type, f.span)

    def own_set(
        self,
        f: hir.Filter | hir.Distinct,
        column: hir.TableColumn,
        deck: hir.Expr,
        sub: hir.Expr | None,
        owner: hir.Expr,
    ) -> hir.Expr:
        """The instances that a mask column names: of the set's owner, or, where sets are of all players', of each."""
        assert isinstance(f.local.type, EntityT)
        assert isinstance(deck, hir.Load)
        each = [owner] if owned(self.program, f.type) else [hir.Const(p, PLAYER) for p in range(self.program.players)]
        result: hir.Expr | None = None
        for player in each:
            own = replace(deck, owner=player)
            bits = hir.Column(str(deck.type), column.name, own, sub, column.type)
            some = hir.OwnSet(f.local.type.name, bits, player, f.type, f.span)
            result = some if result is None else hir.Apply("union", (result, some), f.type, f.span)
        assert result is not None
        return result

    def by_key(
        self,
        f: hir.Filter,
        domain: hir.Expr,
        d: _Definition,
        row: hir.Local,
        condition: hir.Expr,
        deck: hir.Expr,
        owner: hir.Expr,
    ) -> hir.Expr | None:
        """A condition on the definition and one value of a small domain: a mask for each value."""
        key = self.key(condition, row)
        if key is None:
            return None
        low, high = self.program.bounds(key[0].type)
        passing = self.joined(key[1], row, len(self.program.tables[d.rows]), key[2], range(low, high + 1))
        column = self.column(d, passing, low, True)
        shift = hir.Const(-low, IntT(-low, -low))
        sub = hir.Apply("add", (key[0], shift), IntT(0, high - low)) if low else key[0]
        return self.narrowed(domain, f, column, deck, sub, owner)

    def by_class(
        self,
        f: hir.Filter,
        domain: hir.Expr,
        d: _Definition,
        row: hir.Local,
        condition: hir.Expr,
        passing: list[int],
        deck: hir.Expr,
        owner: hir.Expr,
    ) -> hir.Expr | None:
        """A condition that treats many definitions alike: it is asked once for each class of them."""
        parts: dict[hir.Expr, None] = {}
        _static_parts(condition, row, parts)
        classes: dict[tuple[int, ...], list[int]] = {}
        for r in passing:
            classes.setdefault(tuple(evaluate(self.program, part, {row: r}) for part in parts), []).append(r)
        if len(classes) > _CLASSES:
            return None
        kept: dict[hir.Expr, set[int]] = {}
        for values, members in classes.items():
            known = {part: hir.Const(v, part.type) for part, v in zip(parts, values, strict=True)}
            special = simplify(self.program, rewrite(condition, lambda n, known=known: _known(n, known)))
            if not (isinstance(special, hir.Const) and not special.value):
                kept.setdefault(special, set()).update(members)
        empty = hir.Const(0, f.type)
        result: hir.Expr | None = None
        for special, members in kept.items():
            if members == set(passing):
                return domain if isinstance(special, hir.Const) else hir.Select(special, domain, empty, f.type, f.span)
            mask = self.own_set(f, self.column(d, [members], 0, False), deck, None, owner)
            some = mask if isinstance(special, hir.Const) else hir.Select(special, mask, empty, f.type, f.span)
            result = some if result is None else hir.Apply("union", (some, result), f.type, f.span)
        return hir.Apply("inter", (domain, result), f.type, f.span) if result is not None else empty

    def key(self, static: hir.Expr, row: hir.Local) -> tuple[hir.Expr, hir.Expr, hir.Local] | None:
        """The one outside value of a small domain that a condition depends on, the condition over a local in its
        place.
        """
        candidates: dict[hir.Expr, None] = {}
        _outside(static, row, self.small, candidates)
        for key in candidates:
            local = hir.Local("key", key.type)
            inner = rewrite(static, lambda n, key=key, local=local: hir.Get(local, local.type) if n == key else n)
            if free(inner) <= {row, local} and not _has_load(inner):
                return key, inner, local
        return None

    def joined(self, condition: hir.Expr, row: hir.Local, rows: int, key: hir.Local, values: range) -> list[set[int]]:
        """For each value of the key, the rows for which the condition holds.

        Where it compares something of the row with something of the key, each is evaluated once.
        """
        match condition:
            case hir.Apply("eq", (left, right)):
                sides = {frozenset(free(left)): left, frozenset(free(right)): right}
                of_row, of_key = sides.get(frozenset({row})), sides.get(frozenset({key}))
                if of_row is not None and of_key is not None:
                    found: dict[int, set[int]] = {}
                    for r in range(rows):
                        found.setdefault(evaluate(self.program, of_row, {row: r}), set()).add(r)
                    return [found.get(evaluate(self.program, of_key, {key: value}), set()) for value in values]
            case hir.Apply("and", (left, right)):
                pairs = zip(*(self.joined(side, row, rows, key, values) for side in (left, right)), strict=True)
                return [a & b for a, b in pairs]
        every = range(rows)
        if key not in free(condition):
            return [{r for r in every if evaluate(self.program, condition, {row: r})}] * len(values)
        return [{r for r in every if evaluate(self.program, condition, {row: r, key: value})} for value in values]

    def small(self, type_: Type) -> bool:
        bare = type_.inner if isinstance(type_, OptT) else type_
        if isinstance(bare, IntT):
            return bare.hi - bare.lo < _SMALL
        return isinstance(bare, (RowT, EnumT, PlayerT, BoolT))

    # --- columns ------------------------------------------------------------------------------------------------------

    def column(self, d: _Definition, passing: list[set[int]], low: int, keyed: bool) -> hir.TableColumn:
        rows_of = tuple(tuple(sorted(members)) for members in passing)
        identity = (d.table, d.array, rows_of, keyed)
        if identity not in self.made:
            name = f"{d.array}_mask_{len(self.masks)}"
            table = self.program.tables[d.table]
            size = table.columns[d.array].size
            assert size is not None
            self.masks.append(MaskColumn(d.table, name, d.array, d.rows, rows_of, keyed, low))
            self.made[identity] = hir.TableColumn(
                name, IntT(0, (1 << size) - 1), len(passing) if keyed else None, None, 0
            )
            decks = [table.data[d.array][i] for i in range(len(table))]
            masks = [_deck_masks(deck, rows_of) for deck in decks]  # type: ignore[arg-type]
            self.data.setdefault(d.table, {})[name] = tuple(m if keyed else m[0] for m in masks)
            self.columns.setdefault(d.table, {})[name] = self.made[identity]
        return self.made[identity]

    def twin_column(self, d: _Definition, distance: int) -> hir.TableColumn:
        identity = (d.table, d.array, distance)
        if identity not in self.made:
            name = f"{d.array}_twin_{distance}"
            table = self.program.tables[d.table]
            size = table.columns[d.array].size
            assert size is not None
            self.made[identity] = column = hir.TableColumn(name, IntT(0, (1 << size) - 1), None, None, 0)
            self.twins.append(TwinColumn(d.table, name, d.array, distance))
            decks = [table.data[d.array][i] for i in range(len(table))]
            self.data.setdefault(d.table, {})[name] = tuple(
                _bits(i >= distance and deck[i] == deck[i - distance] for i in range(size))  # type: ignore[index]
                for deck in decks
            )
            self.columns.setdefault(d.table, {})[name] = column
        return self.made[identity]

    # --- distinct -----------------------------------------------------------------------------------------------------

    def distinct(self, n: hir.Distinct) -> hir.Expr:
        """``distinct by definition``: the lowest of equals, by masks of the positions that repeat one before."""
        key = simplify(self.program, rename_bound(inline_functions(self.program, n.key)))
        found = _Definition.find(self.program, key, n.local)
        if found is None or not isinstance(found[0], hir.Get):
            return n
        d = found[1]
        owner = owner_of_set(n.domain)
        deck = hir.Load(d.param, owner, None, d.param.type)
        distances = self.distances(d)
        twins = tuple(self.own_set(n, self.twin_column(d, k), deck, None, owner) for k in distances)
        return hir.Lowest(n.domain, distances, twins, n.type, n.span)

    def distances(self, d: _Definition) -> tuple[int, ...]:
        """How far apart equal positions stand in the data there is; 1 always, for parameters to come."""
        found = {1}
        for deck in self.program.tables[d.table].data[d.array]:
            assert isinstance(deck, tuple)
            found |= {j - i for j in range(len(deck)) for i in range(j) if deck[i] == deck[j]}
        return tuple(sorted(found))


@dataclass(frozen=True)
class _Definition:
    """The static data an instance stands for: ``Load(param, owner of x)`` is a row of ``table``, whose ``array`` at x's
    position is a row of ``rows``."""

    param: hir.Field
    table: str
    array: str
    rows: str

    @staticmethod
    def find(
        program: hir.Program, expression: hir.Expr, x: hir.Local
    ) -> tuple[hir.Expr, _Definition, hir.Local] | None:
        """The expression with x's definition replaced by a row variable; None where x is used in any other way."""
        found: list[_Definition] = []
        rows: list[hir.Local] = []

        def change(n: Node) -> Node:
            match n:
                case hir.Column(
                    table, array, hir.Load(param, hir.OwnerOf(hir.Get(a)), None), hir.IndexOf(hir.Get(b)), type_
                ):
                    bare = type_.inner if isinstance(type_, OptT) else type_
                    if a is x and b is x and param.param and isinstance(bare, RowT):
                        definition = _Definition(param, table, array, bare.table)
                        if not found:
                            found.append(definition)
                            rows.append(hir.Local("definition", bare))
                        if found[0] == definition:
                            return hir.Get(rows[0], bare)
                    return n
                case _:
                    return n

        changed = rewrite(expression, change)
        if not found or x in free(changed):
            return None
        return changed, found[0], rows[0]


def owner_of_set(domain: hir.Expr) -> hir.Expr:
    """The player whose instances a set holds, as an expression."""
    from compiler.ir.types import PLAYER

    match domain:
        case hir.Load(field, owner) if field.zone is not None and owner is not None:
            return owner if field.owner == "player" else hir.OwnerOf(owner, PLAYER)
        case hir.AllOf(_, owner):
            return owner
        case hir.Single(element):
            return hir.OwnerOf(element, PLAYER)
        case (
            hir.Filter(_, inner)
            | hir.Distinct(_, inner)
            | hir.Lowest(inner)
            | hir.Apply("inter" | "diff" | "union", (inner, *_))
            | hir.Select(_, inner, hir.Const())
        ):
            return owner_of_set(inner)
        case _:
            return hir.OwnerOfSet(domain, PLAYER)


def _all(conditions: list[hir.Expr]) -> hir.Expr:
    result = conditions[0]
    for more in conditions[1:]:
        result = hir.Apply("and", (result, more), BOOL)
    return result


def _conjuncts(e: hir.Expr) -> list[hir.Expr]:
    if isinstance(e, hir.Apply) and e.op == "and":
        return [c for a in e.args for c in _conjuncts(a)]
    return [e]


def _outside(node: Node, row: hir.Local, small, found: dict[hir.Expr, None]) -> None:
    """Maximal subexpressions of small type that do not mention ``row``, largest first, then those below them."""
    if row not in free(node) and not isinstance(node, hir.Const) and small(node.type):
        found[node] = None
    for child in children(node):
        _outside(child, row, small, found)


def _has_load(node: Node) -> bool:
    return any(isinstance(n, hir.Load) for n in walk(node))


def _static_parts(node: Node, row: hir.Local, found: dict[hir.Expr, None]) -> None:
    """Maximal subexpressions of a row alone."""
    outside = free(node)
    if row in outside and outside == {row} and not _has_load(node):
        found[node] = None
        return
    for child in children(node):
        _static_parts(child, row, found)


def _known(node: Node, values: dict[hir.Expr, hir.Const]) -> Node:
    try:
        return values.get(node, node)
    except TypeError:  # what cannot be hashed is no expression
        return node


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << i for i, flag in enumerate(flags) if flag)


def _deck_masks(deck: Sequence[int], passing: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """For each value of a key the positions of the deck whose row passes."""
    places: dict[int, int] = {}
    for position, row in enumerate(deck):
        places[row] = places.get(row, 0) | 1 << position
    held = places.keys()
    return tuple(sum(places[row] for row in held & set(rows) if row >= 0) for rows in passing)
