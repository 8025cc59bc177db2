"""Scenes as SVG: where everything lies, and how it looks.

A picture is a list of fragments, each a complete element at its place: from one state to the next most stay the same,
so that a replay keeps every different fragment once. Nothing outside the picture is referred to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from compiler.play.picture.scene import Block, Card, Chip, Disc, Fan, Grid, Pieces, Pile, Scene, Side

WIDTH = 1000
_EDGE, _GAP, _HEAD, _LABEL = 14, 12, 30, 16
_INNER = WIDTH - 4 * _EDGE

FELT, SIDE, ACTIVE, INK, PAPER, MUTED = "#1d2733", "#273444", "#f2c14e", "#1b1f24", "#fbfaf6", "#b9c3cf"
BACK, RIM, TRACK = "#3d5a80", "#8794a5", "#d9d5ca"
_FONT = "font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels."""

    x: float
    y: float
    w: float
    h: float


@dataclass
class Layout:
    """The heights of a game's sides and rows; the greatest that any of its scenes needs, so that nothing jumps."""

    rows: list[list[float]] = field(default_factory=list)

    def measure(self, scene: Scene) -> None:
        """Make room for a scene."""
        for index, side in enumerate(scene.sides):
            if index == len(self.rows):
                self.rows.append([])
            heights = self.rows[index]
            for number, row in enumerate(side.rows):
                if number == len(heights):
                    heights.append(0)
                heights[number] = max(heights[number], *(_height(block) for block in row))

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return sum(_EDGE + self.side_height(index) for index in range(len(self.rows))) + _EDGE

    def side_height(self, index: int) -> float:
        """Of a side, its heading included."""
        return _HEAD + sum(height + _GAP for height in self.rows[index]) + (4 if self.rows[index] else 8)


def fragments(scene: Scene, layout: Layout) -> list[str]:
    """A scene as SVG elements, in drawing order."""
    found = [_rect(Box(0, 0, WIDTH, layout.height), FELT, radius=18)]
    top = float(_EDGE)
    for index, side in enumerate(scene.sides):
        height = layout.side_height(index)
        found += _side(side, Box(_EDGE, top, WIDTH - 2 * _EDGE, height), layout.rows[index])
        top += height + _EDGE
    return found


def document(parts: Iterable[str], layout: Layout, title: str) -> str:
    """A picture that stands alone."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_n(layout.height)}" width="{WIDTH}" '
        f'height="{_n(layout.height)}" role="img" aria-label="{escape(title)}" style="{_FONT}">'
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", *parts, "</svg>"]) + "\n"


# --- sides ------------------------------------------------------------------------------------------------------------


def _side(side: Side, box: Box, heights: Sequence[float]) -> Iterator[str]:
    yield _rect(box, SIDE, radius=12, stroke=ACTIVE if side.active else None, width=2.5)
    yield _heading(side, box)
    top = box.y + _HEAD
    for row, height in zip(side.rows, heights, strict=False):
        yield from _row(row, Box(box.x + _EDGE, top, box.w - 2 * _EDGE, height))
        top += height + _GAP


def _heading(side: Side, box: Box) -> str:
    parts = []
    x = box.x + _EDGE
    y = box.y + _HEAD / 2 + 3
    if side.player is not None:
        parts.append(f'<circle cx="{_n(x + 6)}" cy="{_n(y - 1)}" r="6" fill="{side.colour}" stroke="{PAPER}"/>')
        parts.append(_text(x + 18, y + 3, side.name, 14, PAPER, weight=700))
        x += 18 + _width(side.name, 14, bold=True) + 14
    for chip in side.chips:
        drawn, width = _chip(chip, x, y - 10)
        if x + width > box.x + box.w - _EDGE:
            break
        parts.append(drawn)
        x += width + 8
    return f"<g>{''.join(parts)}</g>"


def _chip(chip: Chip, x: float, y: float) -> tuple[str, float]:
    """A fact of a side, and how wide it is."""
    if chip.pips is not None:
        full, whole = chip.pips
        start = x + _width(chip.text, 12) + 8 * bool(chip.text)
        pips = "".join(
            f'<circle cx="{_n(start + 7 + 17 * n)}" cy="{_n(y + 10)}" r="6.5" '
            f'fill="{ACTIVE if n < full else "none"}" stroke="{ACTIVE}" stroke-width="1.5"/>'
            for n in range(max(full, whole))
        )
        label = _text(x, y + 14, chip.text, 12, MUTED) if chip.text else ""
        said = f"<title>{escape(chip.text)} {full} of {whole}</title>"
        return f"<g>{said}{label}{pips}</g>", start - x + 17 * max(full, whole)
    width = _width(chip.text, 12) + 16 + 14 * bool(chip.colour)
    box = _rect(Box(x, y, width, 20), "#34445a", radius=10)
    disc = f'<circle cx="{_n(x + 13)}" cy="{_n(y + 10)}" r="6" fill="{chip.colour}"/>' if chip.colour else ""
    return box + disc + _text(x + 8 + 14 * bool(chip.colour), y + 14, chip.text, 12, PAPER), width


def _row(row: Sequence[Block], box: Box) -> Iterator[str]:
    fixed = [_fixed_width(block) for block in row]
    flexible = fixed.count(None)
    room = box.w - sum(width or 0 for width in fixed) - 2 * _GAP * (len(row) - 1)
    x = box.x if flexible else box.x + max(0, room) / 2
    for block, width in zip(row, fixed, strict=True):
        given = width if width is not None else room / flexible
        place = Box(x, box.y + (box.h - _height(block)) / 2, given, _height(block))
        yield from _block(block, place)
        x += given + 2 * _GAP


# --- blocks -----------------------------------------------------------------------------------------------------------


def _size(card: Card | None) -> tuple[float, float]:
    """Width and height of a card, by how much stands on it."""
    if card is not None and card.name:
        return (190, 124) if card.large else (156, 108)
    return (96, 66)


def _cell(block: Grid) -> float:
    return min(64.0, _INNER / max(1, len(block.rows[0])), 420 / len(block.rows))


def _fixed_width(block: Block) -> float | None:
    """The width that a block needs; None for one that takes what is left."""
    match block:
        case Pieces(cards):
            return sum(_size(card)[0] for card in cards) + _GAP * (len(cards) - 1)
        case Pile():
            return 108
        case Grid(_, rows):
            return _cell(block) * len(rows[0]) + 12
        case Fan():
            return None


def _height(block: Block) -> float:
    match block:
        case Pieces(cards):
            return max(_size(card)[1] for card in cards)
        case Pile():
            return 66 + _LABEL
        case Grid(_, rows):
            return _cell(block) * len(rows) + 12
        case Fan(_, cards):
            return max([66.0, *(_size(card)[1] for card in cards)]) + _LABEL


def _block(block: Block, box: Box) -> Iterator[str]:
    match block:
        case Pieces(cards):
            x = box.x
            for card in cards:
                width, height = _size(card)
                yield _card(card, Box(x, box.y + (box.h - height) / 2, width, height))
                x += width + _GAP
        case Pile():
            yield _pile(block, box)
        case Fan():
            yield from _fan(block, box)
        case Grid():
            yield from _grid(block, box)


def _fan(fan: Fan, box: Box) -> Iterator[str]:
    yield _text(box.x, box.y + 11, f"{fan.label} {sum(card.count for card in fan.cards)}", 11, MUTED)
    if not fan.cards:
        return
    width, height = _size(fan.cards[0])
    step = min(width + 8, (box.w - width) / max(1, len(fan.cards) - 1))
    for number, card in enumerate(fan.cards):
        yield _card(card, Box(box.x + number * step, box.y + _LABEL, width, height))


def _pile(pile: Pile, box: Box) -> str:
    x, y = box.x + 2, box.y + _LABEL
    parts = [f"<title>{escape(f'{pile.label} {pile.count}: {pile.hint}' if pile.hint else pile.label)}</title>"]
    parts.append(_text(box.x, box.y + 11, pile.label, 11, MUTED))
    if pile.top is None:
        parts.append(_rect(Box(x, y, 96, 66), "none", radius=7, stroke=RIM, width=1.2, dashed=True))
    else:
        for depth in range(min(2, pile.count - 1), 0, -1):
            parts.append(_rect(Box(x + 3 * depth, y - 2 * depth, 96, 66), "#2f4765", radius=7, stroke=FELT, width=1))
        parts.append(_card(pile.top, Box(x, y, 96, 66)))
        if not pile.counted:
            return f"<g>{''.join(parts)}</g>"
        parts.append(f'<circle cx="{_n(x + 92)}" cy="{_n(y + 60)}" r="12" fill="{FELT}" stroke="{MUTED}"/>')
        parts.append(_text(x + 92, y + 64, str(pile.count), 12, PAPER, weight=700, anchor="middle"))
    return f"<g>{''.join(parts)}</g>"


def _grid(grid: Grid, box: Box) -> Iterator[str]:
    size = _cell(grid)
    yield _rect(box, "#151c25", radius=10)
    for i, row in enumerate(grid.rows):
        for j, cell in enumerate(row):
            x, y = box.x + 6 + j * size, box.y + 6 + i * size
            tile = _rect(Box(x + 1, y + 1, size - 2, size - 2), grid.colour or "#3a4c63", radius=5)
            middle = f'cx="{_n(x + size / 2)}" cy="{_n(y + size / 2)}"'
            if cell.player is not None and grid.discs:
                drawn = f'<circle {middle} r="{_n(size * 0.38)}" fill="{grid.colours[cell.player]}" stroke="#0008"/>'
            elif cell.empty:
                drawn = _text(x + size / 2, y + size / 2 + 4, cell.text, 10, "#6d8098", anchor="middle")
                drawn = drawn if not grid.discs else ""
            elif cell.player is not None:
                drawn = _text(
                    x + size / 2, y + size * 0.72, cell.text, size * 0.62, grid.colours[cell.player], weight=700,
                    anchor="middle",
                )  # fmt: skip
            else:
                shown = _fit(cell.text, size - 6, min(14, size / 3))
                drawn = _text(x + size / 2, y + size / 2 + 5, shown, min(14, size / 3), PAPER, anchor="middle")
            said = f"{grid.label} {i * len(row) + j}: {'empty' if cell.empty else cell.text}"
            yield f"<g><title>{escape(said)}</title>{tile}{drawn}</g>"


# --- cards ------------------------------------------------------------------------------------------------------------


def _card(card: Card, box: Box) -> str:
    if card.empty:
        outline = _rect(box, "none", radius=9, stroke="#566579", width=1.2, dashed=True)
        name = _text(box.x + box.w / 2, box.y + box.h / 2 + 4, card.title, 12, "#77879b", anchor="middle")
        return f"<g>{outline}{name}</g>"
    if card.back:
        inner = Box(box.x + 6, box.y + 6, box.w - 12, box.h - 12)
        middle = f"{_n(box.x + box.w / 2)},{_n(box.y + box.h / 2)}"
        mark = f'<path d="M{middle}m-12,0l12,-14l12,14l-12,14z" fill="none" stroke="#98b4d4" stroke-width="2"/>'
        back = _rect(box, BACK, radius=8, stroke=PAPER, width=1.5)
        return f"<g>{back}{_rect(inner, 'none', radius=5, stroke='#6f8fb3', width=1)}{mark}</g>"
    return f"<g>{''.join(_face(card, box))}</g>"


def _face(card: Card, box: Box) -> Iterator[str]:
    colour = card.colour or "#7a8797"
    ink = _ink(colour)
    small = not card.name
    head = 20 if small else 26
    size = 11 if small else 14
    yield f"<title>{escape(_spoken(card))}</title>"
    yield _rect(box, PAPER, radius=8)
    path = (
        f"M{_n(box.x)},{_n(box.y + head)}v{_n(8 - head)}a8,8 0 0 1 8,-8h{_n(box.w - 16)}a8,8 0 0 1 8,8v{_n(head - 8)}z"
    )
    yield f'<path d="{path}" fill="{colour}"/>'
    corner = _width(card.corner, size - 1, bold=True)
    shown = _fit(card.title, box.w - 16 - corner - 4 * bool(card.corner), size, bold=True)
    yield _text(box.x + 8, box.y + head - (6 if small else 8), shown, size, ink, weight=700)
    if card.corner:
        yield _text(box.x + box.w - 8, box.y + head - (6 if small else 8), card.corner, size - 1, ink, anchor="end")
    y = box.y + head + (14 if small else 16)
    for line in card.lines[: 2 if small else 4]:
        yield _text(box.x + 8, y, _fit(line, box.w - 16, 10.5), 10.5, "#4a525c")
        y += 13
    yield from _discs(card.discs, box, y + 5 if card.lines else box.y + head + (16 if small else 20))
    yield from _badges(card.badges, box)
    yield from _tags(card.tags, box)
    if card.bar is not None:
        yield from _bar(card.bar, box)
    if card.count > 1:
        x, y = box.x + box.w - 6, box.y + box.h - 6
        yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="11" fill="{FELT}" stroke="{MUTED}"/>'
        yield _text(x, y + 4, f"×{card.count}", 11, PAPER, weight=700, anchor="middle")
    yield _rect(box, "none", radius=8, stroke="#0b0f14", width=1)


def _discs(discs: Sequence[Disc], box: Box, y: float) -> Iterator[str]:
    """Up to six discs one by one, more of them with their number."""
    x = box.x + 17
    one_by_one = sum(disc.count for disc in discs) <= (box.w - 16) // 20
    for disc in discs:
        for _ in range(disc.count if one_by_one else 1):
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="9" fill="{disc.colour}" stroke="#0006"/>'
            yield _text(x, y + 4, disc.sign, 11, _ink(disc.colour), weight=700, anchor="middle")
            x += 20
        if not one_by_one:
            yield _text(x - 8, y + 4, f"×{disc.count}", 11, INK)
            x += 6 + _width(f"×{disc.count}", 11)


def _badges(badges: Sequence[Chip], box: Box) -> Iterator[str]:
    right = box.x + box.w - 6
    for chip in badges:
        width = _width(chip.text, 10.5) + 12
        right -= width
        colour = chip.colour or "#6b4fa0"
        yield _rect(Box(right, box.y + box.h - 44, width, 17), colour, radius=8.5)
        yield _text(right + width / 2, box.y + box.h - 32, chip.text, 10.5, _ink(colour), anchor="middle")
        right -= 4


def _tags(tags: Sequence[str], box: Box) -> Iterator[str]:
    x = box.x + 6
    for tag in tags:
        shown = _fit(tag, box.w - 24, 10.5)
        width = _width(shown, 10.5) + 12
        yield _rect(Box(x, box.y + box.h - 44, width, 17), "#e4dcc3", radius=4, stroke="#b7ab86", width=1)
        yield _text(x + 6, box.y + box.h - 32, shown, 10.5, INK)
        x += width + 4


def _bar(bar: tuple[int, int], box: Box) -> Iterator[str]:
    taken, whole = bar
    left = max(0, whole - taken)
    share = left / whole
    colour = "#3f9d58" if share > 0.5 else "#d99a26" if share > 0.25 else "#cf4a3c"
    label = f"{left}/{whole}"
    wide = box.w - 26 - _width(label, 11, bold=True)
    y = box.y + box.h - 16
    yield _rect(Box(box.x + 8, y, wide, 8), TRACK, radius=4)
    if left:
        yield _rect(Box(box.x + 8, y, max(4, wide * share), 8), colour, radius=4)
    yield _text(box.x + box.w - 8, y + 8, label, 11, INK, weight=600, anchor="end")


def _spoken(card: Card) -> str:
    """All that stands on a card, for tooltips and screen readers."""
    parts = [f"{card.name}: {card.title}" if card.name else card.title, card.corner, *card.lines]
    parts += [f"{disc.count} {disc.name}" for disc in card.discs]
    parts += [chip.text for chip in card.badges] + list(card.tags)
    if card.bar is not None:
        parts.append(f"{max(0, card.bar[1] - card.bar[0])} of {card.bar[1]} left")
    return ", ".join(part for part in parts if part) + (f" ({card.count} of them)" if card.count > 1 else "")


# --- elements ---------------------------------------------------------------------------------------------------------


def _rect(
    box: Box, fill: str, *, radius: float = 0, stroke: str | None = None, width: float = 1, dashed: bool = False
) -> str:
    line = f' stroke="{stroke}" stroke-width="{_n(width)}"' if stroke else ""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.w)}" height="{_n(box.h)}"'
    return f'<rect {place} rx="{_n(radius)}" fill="{fill}"{line}{dash}/>'


def _text(x: float, y: float, text: str, size: float, fill: str, *, weight: int = 400, anchor: str = "start") -> str:
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{bold}{where}>{escape(text)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is: fonts differ, and nobody can ask the one that will draw it."""
    narrow = sum(c in "iljtfr.,:;'|!()[] I1" for c in text)
    wide = sum(c in "mwMWQO@" for c in text)
    return size * (0.63 * (len(text) - narrow - wide) + 0.36 * narrow + 0.92 * wide) * (1.06 if bold else 1)


def _fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """As much of a text as there is room for."""
    if _width(text, size, bold=bold) <= width:
        return text
    while text and _width(f"{text}…", size, bold=bold) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if (light + 0.05) / 0.063 > 1.05 / (light + 0.05) else "#ffffff"
