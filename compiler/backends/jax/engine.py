"""The view model of a generated engine: everything the templates print, decided here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler.backends.jax.blocks import FunctionView, block_view, function_view, procedure_view
from compiler.backends.jax.expressions import Expressions, constant_name, identifier, lane_type
from compiler.backends.jax.views import FieldView, SeenView, TableView, field_views, seen_views, table_views
from compiler.ir import hir, lir
from compiler.ir.actions import action_names
from compiler.ir.observations import observation_names
from compiler.ir.walk import walk
from compiler.ops.boards import DIRECTIONS
from compiler.passes.layout import TAKEN, WORD, check_sets, layout, mask_words, narrow


@dataclass(frozen=True)
class RegisterView:
    """A local of the rules that lives from block to block; ``kept``: from decision to decision."""

    name: str
    kind: str  # bool | int | mask | owned
    dtype: str
    kept: bool
    words: int  # of a mask

    @property
    def zero(self) -> str:
        """A mask with nothing in it."""
        return "0" if self.words == 1 else f"wide(0, {self.words})"


@dataclass(frozen=True)
class EngineView:
    """What the templates of ``codegen_templates/jax`` see."""

    spec: str
    engine: str
    title: str
    players: int
    actions: int
    action_names: tuple[str, ...]
    observation_names: tuple[str, ...]
    enums: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    universes: tuple[tuple[str, int, int, bool], ...]
    draws: tuple[tuple[str, str, int, bool], ...]
    acts: tuple[tuple[str, int], ...]
    fields: tuple[FieldView, ...]
    tables: tuple[TableView, ...]
    masks: tuple[Any, ...]
    twins: tuple[Any, ...]
    seen: tuple[SeenView, ...]
    registers: tuple[RegisterView, ...]
    functions: tuple[FunctionView, ...]
    procedures: tuple[FunctionView, ...]
    blocks: tuple[FunctionView, ...]
    numbers: tuple[tuple[str, int], ...]
    segments: tuple[tuple[str, ...], ...]
    asks: tuple[str, ...]  # blocks that always wait for a decision
    entry: str
    rewards_along_the_way: bool
    boards: bool  # whether places lie in rows
    steps: tuple[tuple[int, int], ...] = DIRECTIONS
    knobs: Knobs = field(default_factory=lambda: Knobs())
    counter_bytes: int = 8

    @property
    def chunk(self) -> int:
        """Games that go together; 0, all, where the rules are so short that sorting games costs more than it saves."""
        return self.knobs.chunk if len(self.segments) > self.knobs.few_segments else 0

    @property
    def state_bytes(self) -> int:
        """Bytes of one game between steps."""
        words = -(-self.actions // WORD) * 4
        kept = sum(_BYTES[r.dtype] * (r.words + (r.kind == "owned")) for r in self.registers if r.kept)
        return sum(f.bytes for f in self.fields) + kept + words + self.counter_bytes + 2 + 1


_BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4}


@dataclass(frozen=True)
class Knobs:
    """How the engine is cut: blocks are grouped until a segment has ``segment_lines``; games into chunks."""

    segment_lines: int = 24
    chunk: int = 256
    few_segments: int = 8


def engine_view(
    op: lir.OpProgram, engine: str, title: str, knobs: Knobs | None = None, root: Path | None = None
) -> EngineView:
    """Lower an op program to the view model; paths are seen from ``root``, the project's folder.

    Raises LayoutError where the state does not fit.
    """
    program = op.program
    lanes = layout(program)
    check_sets(op)
    asks = tuple(name for name, b in op.blocks.items() if isinstance(b.end, lir.Ask) and b.end.choice.manual)
    order = [*(name for name in op.blocks if name not in asks), *asks]
    numbers = {name: i for i, name in enumerate(order)}
    expr = Expressions(program, lanes, numbers, root or Path())
    registers = _registers(op)
    names = {local: view.name for local, view in registers.items()}
    blocks = tuple(block_view(block, expr, names) for block in (op.blocks[name] for name in order))
    procedures = tuple(procedure_view(proc, expr) for proc in op.procs.values())
    functions = tuple(function_view(f, expr) for f in _used_functions(op))
    return EngineView(
        spec=program.name,
        engine=engine,
        title=title,
        players=program.players,
        actions=program.action_count,
        action_names=action_names(program),
        observation_names=observation_names(program),
        enums=tuple(
            (identifier(e.name), tuple((identifier(v), i) for i, v in enumerate(e.values)))
            for e in program.enums.values()
        ),
        universes=_universes(program),
        draws=tuple((identifier(d.name), d.name, i, d.always) for i, d in enumerate(program.draws.values())),
        acts=tuple((identifier(a.name), a.base) for a in program.actions.values()),
        fields=field_views(program, lanes),
        tables=table_views(program),
        masks=program.notes.get("masks", ()),
        twins=program.notes.get("twins", ()),
        seen=seen_views(program, lanes),
        registers=tuple(registers.values()),
        functions=functions,
        procedures=procedures,
        blocks=blocks,
        numbers=tuple(numbers.items()),
        segments=_segments(tuple(b for b in blocks if b.name not in asks), knobs or Knobs()),
        asks=asks,
        entry=op.entry,
        knobs=knobs or Knobs(),
        rewards_along_the_way=program.fields["player.reward"].span is not None,
        boards=any(entity.columns for entity in program.entities.values()),
    )


def _registers(op: lir.OpProgram) -> dict[hir.Local, RegisterView]:
    taken = {lanes.name for lanes in layout(op.program).values()} | TAKEN
    kept = set(op.frame)
    views: dict[hir.Local, RegisterView] = {}
    for local in op.registers:
        base = name = f"r_{identifier(local.name)}"
        n = 1
        while name in taken:
            n += 1
            name = f"{base}_{n}"
        taken.add(name)
        kind = lane_type(op.program, local.type)
        low, high = op.program.bounds(local.type)
        dtype = "bool" if kind == "bool" else "uint32" if kind in ("mask", "owned") else narrow(min(low, -1), high)
        views[local] = RegisterView(name, kind, dtype, local in kept, mask_words(op.program, local.type))
    return views


def _universes(program: hir.Program) -> tuple[tuple[str, int, int, bool], ...]:
    found = [("PLAYERS", program.players, 0, False), ("WORD", WORD, 0, False)]
    for entity in program.entities.values():
        players = program.players if entity.per_player else 0
        found.append((constant_name(entity.name), entity.count, players, entity.name in program.notes.get("split", ())))
    found += [(constant_name(e.name), len(e.values), 0, False) for e in program.enums.values()]
    return tuple(found)


def _used_functions(op: lir.OpProgram) -> list[hir.Func]:
    """The functions that generated code calls, callees first."""
    found: dict[str, hir.Func] = {}

    def visit(node: object) -> None:
        for n in walk(node):
            if isinstance(n, hir.CallFunc) and n.func not in found:
                func = op.program.funcs[n.func]
                visit(func.body)
                found[n.func] = func

    for proc in op.procs.values():
        visit(proc.body)
        if proc.returns is not None:
            visit(proc.returns)
    for block in op.blocks.values():
        for statement in block.body:
            visit(statement)
        match block.end:
            case lir.Branch(condition):
                visit(condition)
            case lir.Ask(choice):
                visit(choice)
            case _:
                pass
    return list(found.values())


def _segments(blocks: tuple[FunctionView, ...], knobs: Knobs) -> tuple[tuple[str, ...], ...]:
    segments: list[list[str]] = []
    lines = knobs.segment_lines
    for block in blocks:
        if lines >= knobs.segment_lines:
            segments.append([])
            lines = 0
        segments[-1].append(block.name)
        lines += len(block.lines)
    return tuple(tuple(s) for s in segments)
