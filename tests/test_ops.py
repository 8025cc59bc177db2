"""Operators: what they mean, that their type rules bound them, and that their page is current."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.driver import check_sources
from compiler.ir.evaluate import Evaluator
from compiler.ir.types import BOOL, PLAYER, TEXT, BoolT, EntityT, EnumT, IntT, NoneT, OptT, SetT, Type
from compiler.ops import FAMILIES, OPS, OpTypeError, builtins_markdown
from compiler.paths import ROOT
from compiler.source import SourceFile

COLOR, CARD = EnumT("Color"), EntityT("card")


class View:
    """A program of two players."""

    def bounds(self, type_: Type) -> tuple[int, int]:
        match type_:
            case IntT(lo, hi):
                return lo, hi
            case OptT(inner):
                return -1, self.bounds(inner)[1]
        return 0, 1


def type_of(op: str, *types: Type) -> Type:
    return OPS[op].type_rule(View(), types)


NUMBERS = [op.name for op in FAMILIES["Numbers"]]
intervals = st.tuples(st.integers(-7, 7), st.integers(0, 6)).map(lambda pair: IntT(pair[0], pair[0] + pair[1]))


@given(st.sampled_from(NUMBERS), st.lists(intervals, min_size=3, max_size=3))
def test_bounds_hold_every_result(name: str, types: list[IntT]) -> None:
    types = types[: OPS[name].arity]
    result = type_of(name, *types)
    assert isinstance(result, IntT)
    for values in product(*(range(type_.lo, type_.hi + 1) for type_ in types)):
        assert result.lo <= OPS[name].interpret(*values) <= result.hi


@given(st.sampled_from(["add", "sub", "mul", "neg", "min", "max", "abs", "div"]), st.lists(intervals, min_size=2))
def test_bounds_are_as_narrow_as_intervals_can_be(name: str, types: list[IntT]) -> None:
    types = types[: OPS[name].arity]
    result = type_of(name, *types)
    assert isinstance(result, IntT)
    found = {OPS[name].interpret(*values) for values in product(*(range(type_.lo, type_.hi + 1) for type_ in types))}
    assert (min(found), max(found)) == (result.lo, result.hi)


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("div", (-7, 2), -4),
        ("div", (7, -2), -4),
        ("div", (7, 0), 0),
        ("mod", (-7, 4), 1),
        ("mod", (7, -4), -1),
        ("mod", (7, 0), 0),
        ("clamp", (5, 3, 1), 1),
        ("saturate", (5, 0, 3), 3),
        ("not", (1,), 0),
        ("contains", (2, 0b100), 1),
        ("contains", (-1, 0b100), 0),
        ("union", (0b100, 0b001), 0b101),
        ("inter", (0b110, 0b011), 0b010),
        ("diff", (0b110, 0b011), 0b100),
        ("shift", (0b100_010_001, 2, 3, 3), 0b000_100_010),
        ("shift", (0b111, -1, 3, 3), 0),
        ("ray", (0b001, 4, 0b001_001_000, 3, 3), 0b001_001_000),
        ("ray", (0b001, 4, 0b001_000_000, 3, 3), 0),
        ("line", (0b001_011_111, 4, 3, 3, 3), 0b001),
        ("neighbours", (0b000_010_000, 0b11111111, 3, 3), 0b111_101_111),
        ("flood", (0b001, 0b110_100_111, 0b10000, 3, 3), 0b001),
        ("flood", (0b001, 0b110_100_111, 0b01010101, 3, 3), 0b110_100_111),
    ],
)
def test_meaning(name: str, args: tuple[int, ...], result: int) -> None:
    assert OPS[name].interpret(*args) == result


@pytest.mark.parametrize(
    ("name", "types", "result"),
    [
        ("add", (IntT(0, 3), IntT(0, 5)), IntT(0, 8)),
        ("sub", (IntT(1, 1), PLAYER), IntT(0, 1)),
        ("mul", (IntT(-2, 3), IntT(-5, 1)), IntT(-15, 10)),
        ("add", (OptT(IntT(0, 3)), IntT(0, 0)), IntT(-1, 3)),
        ("mod", (IntT(12, 14), IntT(10, 10)), IntT(2, 4)),
        ("mod", (IntT(0, 99), IntT(1, 10)), IntT(0, 9)),
        ("eq", (OptT(CARD), CARD), BOOL),
        ("eq", (OptT(CARD), NoneT()), BOOL),
        ("ne", (TEXT, TEXT), BOOL),
        ("eq", (PLAYER, IntT(0, 5)), BOOL),
        ("lt", (COLOR, COLOR), BOOL),
        ("and", (BOOL, BOOL), BOOL),
        ("contains", (OptT(CARD), SetT(CARD)), BOOL),
        ("union", (SetT(COLOR), SetT(COLOR)), SetT(COLOR)),
    ],
)
def test_types(name: str, types: tuple[Type, ...], result: Type) -> None:
    assert type_of(name, *types) == result


@pytest.mark.parametrize(
    ("name", "types", "argument"),
    [
        ("add", (IntT(0, 3), BoolT()), 1),
        ("add", (COLOR, IntT(0, 3)), 0),
        ("eq", (COLOR, CARD), 1),
        ("eq", (SetT(CARD), SetT(CARD)), 0),
        ("lt", (CARD, CARD), 0),
        ("lt", (COLOR, EnumT("Other")), 1),
        ("or", (BOOL, IntT(0, 1)), 1),
        ("contains", (COLOR, SetT(CARD)), 0),
        ("contains", (CARD, CARD), 1),
        ("diff", (SetT(CARD), SetT(COLOR)), 1),
        ("inter", (CARD, SetT(CARD)), 0),
    ],
)
def test_wrong_types(name: str, types: tuple[Type, ...], argument: int) -> None:
    with pytest.raises(OpTypeError) as raised:
        type_of(name, *types)
    assert raised.value.argument == argument


def test_every_operator_has_what_backends_need() -> None:
    assert len(OPS) == sum(map(len, FAMILIES.values()))
    for op in OPS.values():
        assert all(f"{{{index}}}" in op.array for index in range(op.arity))
        assert op.doc.endswith(".")


@pytest.mark.parametrize("example", [op.example for op in OPS.values() if op.example])
def test_the_examples_hold(example: str) -> None:
    program, sink = check_sources(
        [SourceFile("t.rules", f"players 2\nentity cell[3, 3]\nfunc f(): bool = {example}\nplay {{ if f() {{ }} }}\n")],
        "t",
    )
    assert program is not None, list(sink)
    assert Evaluator(program).value(program.funcs["f"].body, {})


def test_the_page_is_current() -> None:
    page = (ROOT / "docs" / "builtins.md").read_text(encoding="utf-8")
    assert page == builtins_markdown(), "run 'make docs'"
