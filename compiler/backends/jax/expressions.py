"""Typed expressions as array code: one Python expression over lanes for each HIR expression."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from compiler.ir import hir
from compiler.ir.types import BoolT, EntityT, EnumT, IntT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.ops import OPS
from compiler.passes.layout import Lanes, LayoutError, mask_words, owned
from compiler.paths import codegen_templates


def identifier(text: str) -> str:
    """A Python name for a name of the spec."""
    return _free("".join(c if c.isalnum() else "_" for c in text))


def constant_name(text: str) -> str:
    """The name of a constant of the generated model: in capitals, and another than that of a class of the text."""
    name = "".join(c if c.isalnum() else "_" for c in text)
    return _free(f"{name}_" if name.isupper() else name.upper())


def _free(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in reserved() else name


@cache
def reserved() -> frozenset[str]:
    """What generated modules use themselves: the runtime's own names, the model's, and those of every function."""
    folder = codegen_templates() / "jax"
    runtime = "".join((folder / f"{name}.py.j2").read_text(encoding="utf-8") for name in ("words", "runtime", "boards"))
    own = re.findall(r"^(?:def |class )?(\w+)(?= =|:|\(| \()", runtime, re.MULTILINE)
    return frozenset({*own, *MODEL, *MODULES, "g", "on", "player", "range", "self", "words"})


MODEL = ("ACTIONS", "ACTION_NAMES", "Act", "At", "DRAW_NAMES", "Draws", "HALTED", "LASTING", "OBSERVATION_NAMES")
MODULES = ("PLAYERS", "PLAYER_COUNT", "SEGMENTS", "WORD", "annotations", "jax", "jnp", "lax", "np")


@dataclass
class Names:
    """How the locals in scope are spelled: a register is a lane of the game, anything else a Python variable."""

    registers: Mapping[hir.Local, str]
    variables: dict[hir.Local, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    bound: dict[hir.Local, str] = field(default_factory=dict)  # variables of the lambdas being printed

    def of(self, local: hir.Local) -> str:
        if local in self.bound:
            return self.bound[local]
        if local in self.registers:
            return f"g.{self.registers[local]}"
        if local not in self.variables:
            self.variables[local] = self.fresh(local.name)
        return self.variables[local]

    def fresh(self, hint: str) -> str:
        base = identifier(hint)
        name, n = base, 1
        while name in self.used:
            n += 1
            name = f"{base}_{n}"
        self.used.add(name)
        return name


@dataclass
class Expressions:
    """Prints expressions of one program. ``blocks`` numbers blocks, for labels; ``root`` is the project's folder."""

    program: hir.Program
    lanes: Mapping[str, Lanes]
    blocks: Mapping[str, int] = field(default_factory=dict)
    root: Path = Path()

    def names(self, registers: Mapping[hir.Local, str]) -> Names:
        """Fresh names for one function, apart from those it may use of the model and of other functions."""
        taken = {identifier(name) for name in (*self.program.funcs, *self.program.procs, *self.program.enums)}
        taken |= {constant_name(name) for name in (*self.program.entities, *self.program.enums)}
        taken |= {lanes.name.upper() for lanes in self.lanes.values()}
        return Names(registers, used=taken)

    def universe(self, type_: Type) -> str:
        """The name of the domain of a set's elements."""
        match strip_optional(type_):
            case EntityT(name) | EnumT(name):
                return constant_name(name)
            case PlayerT():
                return "PLAYERS"
            case RowT(table):
                return f"Universe({len(self.program.tables[table])})"
            case IntT(_, high):
                return f"Universe({high + 1})"
            case _:
                return "WORD"

    def constant(self, c: hir.Const) -> str:
        match c.type:
            case BoolT():
                return "True" if c.value else "False"
            case SetT() if owned(self.program, c.type):
                return self.owned_constant(c)
            case SetT():
                words = mask_words(self.program, c.type)
                return f"U32({c.value:#x})" if words == 1 else f"wide({c.value:#x}, {words})"
            case EnumT(name) if c.value >= 0:
                return f"{identifier(name)}.{identifier(self.program.enums[name].values[c.value])}"
            case _:
                return str(c.value)

    def owned_constant(self, c: hir.Const) -> str:
        entity = owned(self.program, c.type)
        assert entity is not None
        players = [p for p in range(self.program.players) if c.value >> (p * entity.count) & ((1 << entity.count) - 1)]
        if not players:
            return "Owned(U32(0), None)"
        if len(players) > 1:
            raise LayoutError(c.span, f"this is a set of several players' {entity.name}s, of which there are too many")
        mask, words = c.value >> (players[0] * entity.count), mask_words(self.program, c.type)
        known = f"U32({mask:#x})" if words == 1 else f"wide({mask:#x}, {words})"
        return f"Owned({known}, {players[0]})"

    def __call__(self, e: hir.Expr, names: Names) -> str:
        def sub(x: hir.Expr) -> str:
            return self(x, names)

        match e:
            case hir.Const():
                return self.constant(e)
            case hir.Get(local):
                return names.of(local)
            case hir.Load(field_, owner, index):
                return self.load(field_, owner, index, names)
            case hir.Column(table, column, row, index):
                name = "g.tables." + identifier(f"{table}_{column}")
                if index is None:
                    return f"look({name}, {sub(row)})"
                size = self.program.tables[table].columns[column].size
                return f"look_in({name}, {size}, {sub(row)}, {sub(index)})"
            case hir.Apply(op, args):
                return self.apply(op, args, names)
            case hir.Select(condition, then, otherwise):
                return f"where({sub(condition)}, {sub(then)}, {sub(otherwise)})"
            case hir.AllOf(entity, owner):
                return f"of_player({constant_name(entity)}, {sub(owner)})"
            case hir.MakeRef(entity, owner, index):
                if owner is None:
                    return sub(index)
                return f"place_at({constant_name(entity)}, {sub(owner)}, {sub(index)})"
            case hir.OwnerOf(ref):
                return f"owner_of({self.universe(ref.type)}, {sub(ref)})"
            case hir.IndexOf(ref):
                return f"index_of({self.universe(ref.type)}, {sub(ref)})"
            case hir.Filter(local, domain, condition):
                return f"subset({self.universe(local.type)}, {sub(domain)}, {self.function(local, condition, names)})"
            case hir.Reduce():
                return self.reduce(e, names)
            case hir.CallFunc(func, args):
                return f"{identifier(func)}({', '.join(['g', *(sub(a) for a in args)])})"
            case hir.OwnSet(entity, bits, owner):
                return f"own_set({constant_name(entity)}, {sub(bits)}, {sub(owner)})"
            case hir.Single(element):
                return f"single({self.universe(element.type)}, {sub(element)})"
            case hir.OwnerOfSet(domain):
                return f"{sub(domain)}.owner"
            case hir.Without(domain, element):
                return f"without({self.universe(element.type)}, {sub(domain)}, {sub(element)})"
            case hir.Lowest(domain, distances, twins):
                pairs = ", ".join(f"({d}, {sub(t)})" for d, t in zip(distances, twins, strict=True))
                return f"lowest_of_equals({sub(domain)}, ({pairs},))"
            case hir.Distinct(local, domain, key):
                return f"distinct({self.universe(local.type)}, {sub(domain)}, {self.function(local, key, names)})"
            case hir.Label(block):
                return f"At.{block}"
            case _:
                raise TypeError(f"{type(e).__name__} cannot stand in an op program")

    def function(self, local: hir.Local, body: hir.Expr, names: Names) -> str:
        """A lambda; its variable hides whatever the local is outside."""
        outer = names.bound.get(local)
        name = names.bound[local] = names.fresh(local.name)
        code = f"lambda {name}: {self(body, names)}"
        if outer is None:
            del names.bound[local]
        else:
            names.bound[local] = outer
        return code

    def load(self, field_: hir.Field, owner: hir.Expr | None, index: hir.Expr | None, names: Names) -> str:
        lanes = self.lanes[field_.id]
        whose = self(owner, names) if owner is not None else "0"
        if lanes.packed:
            assert index is not None
            value = f"element({lanes.name.upper()}, g.{lanes.name}, {whose}, {self(index, names)})"
            return f"({value} == 1)" if isinstance(field_.type, BoolT) else value
        value = f"g.{lanes.name}" if owner is None and field_.zone != "pile" else f"at(g.{lanes.name}, {whose})"
        entity = owned(self.program, field_.type) if isinstance(field_.type, SetT) else None
        if entity is None or owner is None:
            return value
        return f"Owned({value}, {self.player_of(field_, whose)})"

    def player_of(self, field_: hir.Field, whose: str) -> str:
        """The player whose instances the field of an owner holds."""
        return whose if field_.owner == "player" else f"owner_of({constant_name(field_.owner or '')}, {whose})"

    def apply(self, op: str, args: tuple[hir.Expr, ...], names: Names) -> str:
        printed = [self(a, names) for a in args]
        if op in ("eq", "ne") and isinstance(args[0].type, SetT):
            equal = f"same({printed[0]}, {printed[1]})"
            return equal if op == "eq" else f"negate({equal})"
        if op == "contains" and owned(self.program, args[1].type):
            return f"contains({printed[1]}, {printed[0]}, {self.universe(args[0].type)})"
        return OPS[op].array.format(*printed)

    def reduce(self, e: hir.Reduce, names: Names) -> str:
        domain = self(e.domain, names)
        universe = self.universe(e.local.type)
        every = e.value is None or (isinstance(e.value, hir.Const) and bool(e.value.value))
        body = "" if e.value is None or every else self.function(e.local, e.value, names)
        match e.kind:
            case "count":
                return f"size({domain})"
            case "first":
                return f"lowest({universe}, {domain})"
            case "any":
                return f"nonempty({domain})" if every else f"nonempty(subset({universe}, {domain}, {body}))"
            case "all":
                assert e.value is not None
                fails = hir.Apply("not", (e.value,), e.value.type)
                return f"negate(nonempty(subset({universe}, {domain}, {self.function(e.local, fails, names)})))"
            case "sum":
                assert e.value is not None
                return f"total({universe}, {domain}, {self.function(e.local, e.value, names)})"
            case "union":
                assert e.value is not None
                assert isinstance(e.type, SetT)
                empty = self.constant(hir.Const(0, e.type))
                return f"joined({universe}, {domain}, {self.function(e.local, e.value, names)}, {empty})"
            case _:
                assert e.value is not None
                best = "greater" if e.kind == "max" else "lesser"
                return f"extreme({universe}, {domain}, {self.function(e.local, e.value, names)}, {best})"


def lane_type(program: hir.Program, type_: Type) -> str:
    """The type a value has inside a step: bool, mask, owned or int."""
    if isinstance(type_, SetT):
        return "owned" if owned(program, type_) else "mask"
    return "bool" if isinstance(type_, BoolT) else "int"


def fits(value: Type, field_: Type) -> bool:
    """Whether every value of one type is a value of the other, so that a store need not saturate."""
    if isinstance(field_, IntT):
        return isinstance(value, IntT) and field_.lo <= value.lo and value.hi <= field_.hi
    return True
