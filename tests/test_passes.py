"""Passes keep what programs mean: the interpreter plays the same games before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.conformance.interp_engine import InterpEngine
from compiler.ir import hir
from compiler.ir.types import BOOL, PLAYER, EntityT, IntT, OptT, SetT
from compiler.ir.walk import Node, rewrite, substitute, walk
from compiler.passes import MergeMethods, SetLiterals, StaticMasks, lower
from compiler.passes.supersequence import common_supersequence, embed
from tests.engines import first_difference
from tests.rules import program, spec

FOLDER = Path(__file__).parent / "jax_games"
GAMES = {path.stem: program(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.rules"))}
GAMES["tcg"] = spec("tcg")
WITH_ROWS = [name for name, game in GAMES.items() if any(table.methods for table in game.tables.values())]


def same(before: hir.Program, after: hir.Program, games: int = 24) -> str | None:
    """Random games on both; actions, fields and everything else go by the first."""
    engines = InterpEngine(before, games, views=True), InterpEngine(after, games, views=True)
    return first_difference(engines[1], engines[0], before, games=games, decisions=60)


# --- methods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_ROWS)
def test_rows_do_the_same_as_operands_of_one_procedure(name: str) -> None:
    merged = MergeMethods().run(GAMES[name])
    assert not any(table.methods for table in merged.tables.values())
    assert not [node for proc in merged.procs.values() for node in walk(proc.body) if isinstance(node, hir.Perform)]
    assert same(GAMES[name], merged) is None


def test_steps_are_shared_and_counted() -> None:
    merged = MergeMethods().run(GAMES["tables"])
    lengths = merged.notes["supersequence"]
    assert lengths == {
        name: len(merged.procs[name].body.statements)
        for table in GAMES["tables"].tables.values()
        for method in table.methods.values()
        if method.result is None and (name := f"{table.name}.{method.name}")
    }
    plain = sum(len(body.statements) for body in GAMES["tables"].tables["item"].methods["play"].bodies.values())  # type: ignore[union-attr]
    assert lengths["item.play"] < plain


def test_a_row_that_is_made_of_known_steps_adds_none() -> None:
    text = (FOLDER / "tables.rules").read_text(encoding="utf-8")
    more = text.replace(
        'spell "Mend"', 'spell "Salve" {\n  power 1\n  on play { heal me by 3; me.mana += 2 }\n}\nspell "Mend"'
    )
    assert more != text
    before, after = MergeMethods().run(program(text)), MergeMethods().run(program(more))
    assert before.notes["supersequence"] == after.notes["supersequence"]


# --- the supersequence ------------------------------------------------------------------------------------------------

programs = st.lists(st.lists(st.sampled_from("abcdef"), max_size=7).map(tuple), max_size=8)


@given(programs)
def test_every_program_embeds_in_the_supersequence_and_each_step_is_needed(
    sequences: Sequence[tuple[str, ...]],
) -> None:
    merged = common_supersequence(sequences)
    for sequence in sequences:
        positions = embed(merged, sequence)
        assert positions is not None
        assert positions == sorted(set(positions))
        assert [merged[i] for i in positions] == list(sequence)
    for i in range(len(merged)):
        assert any(embed(merged[:i] + merged[i + 1 :], sequence) is None for sequence in sequences)
    assert merged == common_supersequence(sequences)


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GAMES)
def test_masks_hold_what_filters_keep(name: str) -> None:
    changed = StaticMasks().run(SetLiterals().run(MergeMethods().run(GAMES[name])))
    assert same(GAMES[name], in_plain_forms(changed)) is None


@pytest.mark.parametrize("name", ["many_instances", "tcg"])
def test_mask_columns_say_which_positions_pass(name: str) -> None:
    op = lower(GAMES[name])
    assert op.program.notes["masks"]
    for mask in op.program.notes["masks"]:
        table = op.program.tables[mask.table]
        for deck, value in zip(table.data[mask.array], table.data[mask.column], strict=True):
            assert isinstance(deck, tuple)
            wanted = [sum(1 << i for i, row in enumerate(deck) if row in rows) for rows in mask.passing]
            assert (list(value) if isinstance(value, tuple) else [value]) == wanted
    for twin in op.program.notes["twins"]:
        table = op.program.tables[twin.table]
        for deck, value in zip(table.data[twin.array], table.data[twin.column], strict=True):
            assert isinstance(deck, tuple)
            same_before = [i for i in range(twin.distance, len(deck)) if deck[i] == deck[i - twin.distance]]
            assert value == sum(1 << i for i in same_before)


def in_plain_forms(game: hir.Program) -> hir.Program:
    """A program in which what only passes make is said as the rules would say it: what these nodes mean."""

    def change(node: Node) -> Node:
        return _plain(game, node)

    procs = {
        name: replace(proc, body=rewrite(proc.body, change), returns=proc.returns and rewrite(proc.returns, change))
        for name, proc in game.procs.items()
    }
    funcs = {name: replace(func, body=rewrite(func.body, change)) for name, func in game.funcs.items()}
    return replace(game, procs=procs, funcs=funcs, play=rewrite(game.play, change))


def _plain(game: hir.Program, node: Node) -> Node:
    match node:
        case hir.Single(element, SetT(type_)):
            x, get = _variable(type_)
            everything = hir.Const((1 << game.domain(type_)) - 1, node.type)
            return hir.Filter(x, everything, hir.Apply("eq", (get, element), BOOL), node.type)
        case hir.OwnSet(entity, bits, owner, type_):
            x, get = _variable(EntityT(entity))
            inside = hir.Apply("contains", (hir.IndexOf(get, IntT(0, 31)), bits), BOOL)
            return hir.Filter(x, hir.AllOf(entity, owner, type_), inside, type_)
        case hir.OwnerOfSet(domain):
            assert isinstance(domain.type, SetT)
            x, _ = _variable(domain.type.element)
            first = hir.Reduce("first", x, domain, None, OptT(domain.type.element))
            some = hir.Reduce("any", x, domain, hir.Const(1, BOOL), BOOL)
            return hir.Select(some, hir.OwnerOf(first, PLAYER), hir.Const(0, PLAYER), PLAYER)
        case hir.Without(domain, element, SetT(type_)):
            x, get = _variable(type_)
            return hir.Filter(x, domain, hir.Apply("ne", (get, element), BOOL), node.type)
        case hir.Distinct(local, domain, key, type_):
            x, get = _variable(local.type)
            lower_ = hir.Apply("lt", (get, hir.Get(local, local.type)), BOOL)
            equal = hir.Apply("eq", (substitute(key, {local: get}), key), BOOL)
            before = hir.Reduce("any", x, domain, hir.Apply("and", (lower_, equal), BOOL), BOOL)
            return hir.Filter(local, domain, hir.Apply("not", (before,), BOOL), type_)
        case _:
            return node


def _variable(type_: object) -> tuple[hir.Local, hir.Get]:
    local = hir.Local("x", type_)  # type: ignore[arg-type]
    return local, hir.Get(local, local.type)
