"""Sets: full sets, lists, comprehensions and what is computed over them."""

from __future__ import annotations

from compiler.ir import hir
from compiler.ir.evaluate import mask_of
from compiler.ir.types import BOOL, PLAYER, EntityT, EnumT, IntT, OptT, PlayerT, SetT, Type, strip_optional
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck.checker import Checker
from compiler.typecheck.convert import INT32, described
from compiler.typecheck.scope import Scope

MOST_NUMBERS = 1024


def full_set(check: Checker, element: Type, node: ast.Expr | None = None) -> hir.Const:
    """Every value of a finite type."""
    return hir.Const((1 << check.program.domain(element)) - 1, SetT(element), node.span if node else None)


def all_of(check: Checker, node: ast.All, scope: Scope, hint: Type | None) -> hir.Expr:
    """``all NAME`` and ``all NAME of PLAYER``."""
    names = check.names
    if node.name not in ("player", *names.enums, *names.entities):
        message = f"'all {node.name}' is no set"
        if node.name in names.tables:
            check.fail("E0309", node.span, message, "there are sets of enums, entities and players, not of rows")
        check.unknown("E0204", node.span, "enum or entity", node.name, ("player", *names.enums, *names.entities))
    if node.owner is None:
        element = PLAYER if node.name == "player" else EnumT(node.name)
        return full_set(check, EntityT(node.name) if node.name in names.entities else element, node)
    if node.name not in names.entities or not check.program.entities[node.name].per_player:
        check.fail("E0302", node.span, f"'{node.name}' belongs to no player", f"write 'all {node.name}'")
    owner = check.fitted(node.owner, scope, PLAYER)
    return hir.AllOf(node.name, owner, SetT(EntityT(node.name)), node.span)


def list_literal(check: Checker, node: ast.ListLit, scope: Scope, hint: Type | None) -> hir.Expr:
    """``[a b c]`` where a set is wanted."""
    element = hint.element if isinstance(hint, SetT) else None
    items = []
    for item in node.items:
        value = check.infer(item, scope, element)
        element = element or strip_optional(value.type)
        if not isinstance(element, EnumT | EntityT | PlayerT):
            check.fail("E0309", node.span, f"there are no sets of {described(element)}")
        items.append(check.bounded(check.coerce(value, element, item.span), element, item.span))
    if element is None:
        check.fail("E0308", node.span, "nothing says what this empty list is a set of")
    known = hir.Const(mask_of([item.value for item in items if isinstance(item, hir.Const)]), SetT(element), node.span)
    local = hir.Local("x", element)
    matches: hir.Expr | None = None
    for item in items:
        if not isinstance(item, hir.Const):
            equal = hir.Apply("eq", (hir.Get(local, element), item), BOOL, item.span)
            matches = equal if matches is None else hir.Apply("or", (matches, equal), BOOL, node.span)
    if matches is None:
        return known
    others = hir.Filter(local, full_set(check, element), matches, SetT(element), node.span)
    return hir.Apply("union", (known, others), SetT(element), node.span) if known.value else others


def domain_of(check: Checker, node: ast.Expr, scope: Scope, what: str) -> hir.Expr:
    """A set that something runs over; a slot is a set of at most one."""
    domain = check.infer(node, scope)
    if isinstance(domain.type, OptT) and isinstance(domain, hir.Load) and domain.field.zone == "slot":
        element = domain.type.inner
        local = hir.Local("x", element)
        same = hir.Apply("eq", (hir.Get(local, element), domain), BOOL, node.span)
        return hir.Filter(local, full_set(check, element), same, SetT(element), node.span)
    if isinstance(domain.type, IntT):
        return numbers_below(check, domain, node.span)
    if not isinstance(domain.type, SetT):
        check.fail("E0312", node.span, f"this is {described(domain.type)}, where {what} wants a set")
    return domain


def numbers_below(check: Checker, count: hir.Expr, span: Span) -> hir.Expr:
    """The numbers 0 … count - 1."""
    assert isinstance(count.type, IntT)
    if not 1 <= count.type.hi <= MOST_NUMBERS:
        message = f"this runs over the numbers below {count.type.hi}"
        check.fail("E0305", span, message, f"at least 1 and at most {MOST_NUMBERS} are possible")
    element = IntT(0, count.type.hi - 1)
    everything = full_set(check, element)
    if isinstance(count, hir.Const):
        return everything
    local = hir.Local("k", element)
    below = hir.Apply("lt", (hir.Get(local, element), count), BOOL, span)
    return hir.Filter(local, everything, below, everything.type, span)


def filtered(check: Checker, domain: hir.Expr, var: str, where: ast.Expr | None, span: Span, scope: Scope) -> hir.Expr:
    """The elements of a domain for which a condition holds."""
    if where is None:
        return domain
    assert isinstance(domain.type, SetT)
    local = hir.Local(var, domain.type.element, span)
    inner = scope.inner()
    inner.bind(var, local, span)
    return hir.Filter(local, domain, check.expect(where, inner, BOOL), domain.type, where.span)


def comprehension(check: Checker, node: ast.Comprehension, scope: Scope, hint: Type | None) -> hir.Expr:
    """``KIND(x in SET where COND: VALUE)``."""
    domain = domain_of(check, node.domain, scope, "'in'")
    assert isinstance(domain.type, SetT)
    if node.value is None and node.kind in ("sum", "max", "min", "all", "union"):
        form = "all(x in S: condition)" if node.kind == "all" else f"{node.kind}(x in S: value)"
        check.fail("E0303", node.span, f"'{node.kind}' needs what to look at", f"write {form}")
    if node.value is not None and node.kind in ("count", "first"):
        form = f"write {node.kind}(x in S where condition)"
        check.fail("E0303", node.value.span, f"'{node.kind}' takes no value after ':'", form)
    if node.kind == "any" and node.value is None and node.where is not None:
        return _reduce(check, node, domain, node.where, scope)
    domain = filtered(check, domain, node.var, node.where, node.span, scope)
    if node.kind == "set":
        return domain
    if node.value is None:
        return reduction(check, node.kind, domain, node)
    return _reduce(check, node, domain, node.value, scope, hint)


def _reduce(
    check: Checker,
    node: ast.Comprehension,
    domain: hir.Expr,
    value_node: ast.Expr,
    scope: Scope,
    hint: Type | None = None,
) -> hir.Expr:
    assert isinstance(domain.type, SetT)
    local = hir.Local(node.var, domain.type.element, node.span)
    inner = scope.inner()
    inner.bind(node.var, local, node.span)
    if node.kind in ("any", "all"):
        value = check.expect(value_node, inner, BOOL)
        return hir.Reduce(node.kind, local, domain, value, BOOL, node.span)
    if node.kind == "union":
        value = check.infer(value_node, inner, hint)
        if not isinstance(value.type, SetT):
            check.fail("E0312", value_node.span, f"this is {described(value.type)}, where 'union' wants sets")
        return hir.Reduce("union", local, domain, value, value.type, node.span)
    value = check.expect(value_node, inner, INT32)
    low, high = check.program.bounds(value.type)
    times = check.most(domain) if node.kind == "sum" else 1
    bounds = IntT(min(low * times, 0), max(high * times, 0))
    if bounds.lo < INT32.lo or bounds.hi > INT32.hi:
        message = f"this sum may lie anywhere in {bounds.lo}..{bounds.hi}, beyond 32 bits"
        check.fail("E0306", node.span, message, "bound its terms with 'clamp'")
    return hir.Reduce(node.kind, local, domain, value, bounds, node.span)


def reduction(check: Checker, kind: str, domain: hir.Expr, node: ast.Expr) -> hir.Expr:
    """``count``, ``any`` and ``first`` of a set."""
    assert isinstance(domain.type, SetT)
    element = domain.type.element
    local = hir.Local("x", element)
    if kind == "any":
        return hir.Reduce("any", local, domain, hir.Const(1, BOOL), BOOL, node.span)
    type_ = OptT(element) if kind == "first" else IntT(0, check.most(domain))
    return hir.Reduce(kind, local, domain, None, type_, node.span)
