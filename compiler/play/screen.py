"""Draws what a view says, with rich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from compiler.play.view import Board, Item, Side, View

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "white", "bright_black")
"""One for each player."""


def colour(player: int | None) -> str:
    """The colour of a player's things."""
    return "white" if player is None else COLOURS[player % len(COLOURS)]


def state_of_play(view: View, names: Sequence[str], decider: int) -> RenderableType:
    """The whole table: what is common, then each side."""
    drawn = (_side(side, names, decider) for side in view.sides())
    return Group(*(part for part in drawn if part is not None))


def _side(side: Side, names: Sequence[str], decider: int) -> RenderableType | None:
    parts: list[RenderableType] = []
    if side.facts:
        parts.append(Text(" · ".join(side.facts)))
    if side.items:
        parts.append(Columns([_item(item, side.player) for item in side.items], padding=(0, 0)))
    parts += [_board(board) for board in side.boards]
    if side.zones:
        zones = Table.grid(padding=(0, 1))
        for name, content in side.zones:
            zones.add_row(Text(name, style="dim"), Text(content))
        parts.append(zones)
    if not parts:
        return None
    if side.player is None:
        return Group(*parts)
    mark = " ◀" if side.player == decider else ""
    title = Text(f" {names[side.player]}{mark} ", style=f"bold {colour(side.player)}")
    return Panel(Group(*parts), title=title, title_align="left", border_style=colour(side.player), box=box.ROUNDED)


def _item(item: Item, player: int | None) -> RenderableType:
    name, _, row = item.title.partition(": ")
    title = Text.assemble((name, "dim"), " " if row else "", (row, f"bold {colour(player)}"))
    return Panel(Text("\n".join(item.lines)), title=title, title_align="left", border_style="dim", box=box.SQUARE)


def _board(board: Board) -> RenderableType:
    grid = Table(box=box.SQUARE, show_header=False, show_lines=True, padding=(0, 1))
    for row in board.rows:
        grid.add_row(*(Text(c.text, style="dim" if c.empty else f"bold {colour(c.player)}") for c in row))
    return grid


def menu(choices: Mapping[int, str], width: int) -> RenderableType:
    """The legal actions with their numbers on the menu, in as many columns as fit."""
    digits = len(str(len(choices)))
    lines = [Text.assemble((f"{n:>{digits}} ", "bold"), text) for n, text in enumerate(choices.values(), 1)]
    if len(lines) <= 8:
        return Group(*lines)
    return Columns(lines, column_first=True, padding=(0, 3), width=min(max(map(len, lines)), width // 2))


def move_line(player: int | None, name: str, action: str, draws: Sequence[str]) -> Text:
    """One decision, and the luck that it met."""
    line = Text.assemble((f"{name}: ", f"bold {colour(player)}"), action)
    if draws:
        line.append(f"   ({', '.join(draws)})", style="dim")
    return line


def clear(console: Console) -> None:
    """A fresh screen where there is one."""
    if console.is_terminal:
        console.clear()
