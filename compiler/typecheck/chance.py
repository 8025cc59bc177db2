"""Chance and zones: draws, reveals, moves, shuffles."""

from __future__ import annotations

from compiler.ir import hir
from compiler.ir.types import EntityT, EnumT, IntT, OptT, PlayerT, SetT, Type
from compiler.resolve import Abort
from compiler.syntax import ast
from compiler.typecheck import groups
from compiler.typecheck.checker import Checker, FieldRef
from compiler.typecheck.convert import INT32, described
from compiler.typecheck.scope import Scope

Statements = list[hir.Statement]


def draw(check: Checker, node: ast.Draw, scope: Scope, out: Statements) -> None:
    """``draw x: KIND [from S] [where C] [weight W]``."""
    kind = draw_kind(check, node.kind, node)
    element = kind.type
    if node.domain is None and node.where is None and node.weight is None:
        local = check.declare(node.var, element, node.span, scope)
        out.append(hir.Draw(local, kind, None, None, None, None, node.span))
        return
    domain = _source(check, node, kind, scope)
    if not isinstance(domain.type, SetT):
        _draw_number(check, node, kind, domain, scope, out)
        return
    if domain.type.element != element:
        check.fail(
            "E0301", node.span, f"'{kind.name}' draws {described(element)}, and this is {described(domain.type)}"
        )
    domain = groups.filtered(check, domain, node.var, node.where, node.span, scope)
    weight_local, weight = None, None
    if node.weight is not None:
        weight_local = hir.Local(node.var, element, node.span)
        inner = scope.inner()
        inner.bind(node.var, weight_local, node.span)
        weight = check.expect(node.weight, inner, INT32)
    local = check.declare(node.var, OptT(element), node.span, scope)
    out.append(hir.Draw(local, kind, domain, None, weight_local, weight, node.span))


def draw_kind(check: Checker, name: str, node: ast.Draw | ast.Reveal | ast.When | ast.ScenarioDecl) -> hir.DrawKind:
    """A declared kind of draw."""
    if name not in check.program.draws:
        if name in check.names.draws:
            raise Abort
        check.unknown("E0210", node.span, "kind of draw", name, check.names.draws)
    check.names.used.add(("draw", name))
    return check.program.draws[name]


def _source(check: Checker, node: ast.Draw, kind: hir.DrawKind, scope: Scope) -> hir.Expr:
    """What a draw takes its outcome from: a set, or a number of outcomes."""
    if node.domain is None:
        if not isinstance(kind.type, EnumT | EntityT | PlayerT):
            check.fail("E0312", node.span, f"'{kind.name}' draws numbers: 'where' and 'weight' need a set to draw from")
        return groups.full_set(check, kind.type, None)
    domain = check.infer(node.domain, scope)
    if isinstance(domain.type, IntT | PlayerT):
        return domain
    return groups.domain_of(check, node.domain, scope, "'from'")


def _draw_number(
    check: Checker, node: ast.Draw, kind: hir.DrawKind, count: hir.Expr, scope: Scope, out: Statements
) -> None:
    if not isinstance(kind.type, IntT):
        check.fail("E0301", node.span, f"'{kind.name}' draws {described(kind.type)}, and a number of outcomes is given")
    if node.where is not None or node.weight is not None:
        check.fail("E0312", node.span, "'where' and 'weight' need a set to draw from")
    low, high = check.program.bounds(count.type)
    if kind.type.lo > 0 or kind.type.hi < high - 1:
        message = f"'{kind.name}' draws {described(kind.type)}, and this may draw up to {high - 1}"
        check.fail("E0301", node.span, message, "give the number narrower bounds, or the kind wider ones")
    number = IntT(0, max(high - 1, 0))
    local = check.declare(node.var, number if low > 0 else OptT(number), node.span, scope)
    out.append(hir.Draw(local, kind, None, count, None, None, node.span))


def zone(check: Checker, node: ast.Expr, scope: Scope, kind: str | None = None) -> hir.Zone:
    """The zone that an expression names."""
    found = check.designate(node, scope)
    if not isinstance(found, FieldRef) or found.field.zone is None:
        check.fail("E0408", node.span, "this is no zone", f"zones are {_zones(check)}")
    if kind is not None and found.field.zone != kind:
        check.fail("E0408", node.span, f"'{found.field.name}' is a {found.field.zone}, where a {kind} is wanted")
    return hir.Zone(found.field, found.owner)


def _zones(check: Checker) -> str:
    zones = [field.name for field in check.program.fields.values() if field.zone]
    return ", ".join(dict.fromkeys(zones)) if zones else "declared with 'zone'"


def element_of(field: hir.Field) -> Type:
    """What a zone holds."""
    assert isinstance(field.type, SetT | OptT)
    return field.type.element if isinstance(field.type, SetT) else field.type.inner


def reveal(check: Checker, node: ast.Reveal, scope: Scope, out: Statements) -> None:
    """``reveal x: KIND from PILE [at I]``."""
    kind = draw_kind(check, node.kind, node)
    pile = zone(check, node.pile, scope, "pile")
    element = element_of(pile.field)
    if kind.type != element:
        check.fail("E0301", node.span, f"'{kind.name}' draws {described(kind.type)}, and the pile holds '{element}'")
    nothing = hir.Const(0, IntT(0, 0), node.span)
    depth = check.expect(node.depth, scope, INT32) if node.depth is not None else nothing
    local = check.declare(node.var, OptT(element), node.span, scope, lint=False)  # to see it may be all that is wanted
    out.append(hir.Reveal(local, kind, pile, depth, node.span))


def move(check: Checker, node: ast.Move, scope: Scope, out: Statements) -> None:
    """``move c from Z to Z [top|bottom]``."""
    what = check.infer(node.what, scope)
    source, target = zone(check, node.source, scope), zone(check, node.target, scope)
    element = element_of(source.field)
    if isinstance(what.type, SetT):
        check.fail("E0301", node.what.span, "one at a time moves", "write 'for x in … { move x from … to … }'")
    what = check.coerce(what, element, node.what.span)
    if element_of(target.field) != element:
        message = f"'{target.field.name}' holds '{element_of(target.field)}', not '{element}'"
        check.fail("E0301", node.target.span, message)
    if node.end is not None and target.field.zone != "pile":
        check.fail("E0408", node.target.span, f"a {target.field.zone} has no {node.end}: only a pile is ordered")
    out.append(hir.Move(what, source, target, node.end, node.span))


def shuffle(check: Checker, node: ast.Shuffle, scope: Scope, out: Statements) -> None:
    """``shuffle PILE``."""
    out.append(hir.Shuffle(zone(check, node.pile, scope, "pile"), node.span))
