"""Coverage as one HTML page: how often everything was compared, as colours, with what never was by name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from compiler.conformance.coverage import Figure, RowCoverage
from compiler.conformance.pairs import Pairs
from compiler.conformance.report import Report

FULL = 1000
"""Comparisons from which a colour does not change any more."""


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    title: str
    summary: Sequence[tuple[str, str]]
    """Names and values of the head line."""
    figures: Mapping[str, Figure]
    rows: Sequence[RowCoverage]
    pairs: Pairs | None = None


def page_of(report: Report, title: str) -> Page:
    """The page of a verification; `title` is the game's."""
    summary = [("engine", report.engine)]
    if report.played is not None:
        played = report.played
        summary += [("episodes", f"{played.episodes:,}"), ("decisions", f"{played.decisions:,}")]
    for name, result in (report.lockstep or {}).items():
        summary.append((f"divergences from {name}", f"{result.divergences:,}"))
    if report.played is not None:
        for policy, counts in report.played.per_episode.items():
            listed = ", ".join(f"{value:g} {name}" for name, value in counts.items() if name != "decisions")
            if listed:
                summary.append((f"{policy}, per episode", listed))
    return Page(title, summary, report.coverage, report.rows, report.pairs)


def html_page(page: Page) -> str:
    """A self-contained HTML document, the same for the same counts."""
    parts = [_head(page), _kinds(page.figures), _rows(page.rows)]
    parts += [_figure(name, page.figures[name]) for name in page.figures if name not in ("cards", "texts")]
    if page.pairs is not None and page.pairs.names:
        parts.append(_matrix(page.pairs))
    style, body = _STYLE, "\n".join(parts)
    title = f"{escape(page.title)}: coverage"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(page: Page) -> str:
    facts = "".join(f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>" for name, value in page.summary)
    steps = "".join(f'<i style="background:{_colour(n)}"></i>' for n in (0, 1, 5, 25, 50, 100, 250, 500, FULL))
    legend = f'<div class="legend"><span>never</span>{steps}<span>{FULL} times or more</span></div>'
    return f'<header><h1>{escape(page.title)}</h1><p>How often each part of the rules was executed and compared</p>' \
           f'<div class="facts">{facts}</div>{legend}</header>'  # fmt: skip


def _kinds(figures: Mapping[str, Figure]) -> str:
    rows = []
    for name, figure in figures.items():
        share = figure.compared / figure.total if figure.total else 1.0
        never = ", ".join(map(escape, figure.never[:12])) + (
            f" … {len(figure.never)} in all" if len(figure.never) > 12 else ""
        )
        bar = f'<div class="bar"><i style="width:{100 * share:.1f}%"></i></div>'
        rows.append(
            f"<tr><th>{escape(name)}</th><td>{figure.compared} of {figure.total}</td><td>{bar}</td>"
            f"<td>{figure.least}</td><td>{figure.median}</td><td class=never>{never or '–'}</td></tr>"
        )
    heads = "<tr><th></th><th>compared</th><th></th><th>least</th><th>median</th><th>never compared</th></tr>"
    return f'<section><h2>Summary</h2><table class="kinds">{heads}{"".join(rows)}</table></section>'


def _rows(rows: Sequence[RowCoverage]) -> str:
    groups: dict[str, list[RowCoverage]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    parts = []
    for group, members in groups.items():
        tiles = "".join(_tile(row) for row in members)
        least = min(row.times for row in members)
        parts.append(f'<h3>{escape(group)} <small>{len(members)} cards, at least {least} ×</small></h3>'
                     f'<div class="tiles">{tiles}</div>')  # fmt: skip
    return f"<section><h2>Cards</h2>{''.join(parts)}</section>"


def _tile(row: RowCoverage) -> str:
    cells = "".join(
        f'<div class="cell" style="background:{_colour(part.times)};color:{_ink(part.times)}" '
        f'title="{escape(part.label)}: {part.times}"><span>{escape(part.label)}</span><b>{_short(part.times)}</b></div>'
        for part in row.parts
    )
    head = (
        f'<div class="name" style="background:{_colour(row.times)};color:{_ink(row.times)}">'
        f"<span>{escape(row.title)}</span><b>{_short(row.times)}</b></div>"
    )
    missing = " missing" if row.times == 0 else ""
    return f'<div class="tile{missing}" title="{escape(row.key)}">{head}<code>{escape(row.key)}</code>{cells}</div>'


def _figure(name: str, figure: Figure) -> str:
    if not figure.times:
        return ""
    listed = sorted(figure.times.items(), key=lambda item: (item[1], item[0]))
    cells = "".join(
        f'<div class="cell" style="background:{_colour(n)};color:{_ink(n)}" title="{escape(key)}: {n}">'
        f"<span>{escape(_tail(key))}</span><b>{_short(n)}</b></div>"
        for key, n in listed
    )
    head = f"<h2>{escape(name.capitalize())} <small>rarest first</small></h2>"
    return f'<section>{head}<div class="cells">{cells}</div></section>'


def _matrix(pairs: Pairs) -> str:
    """One square for each pair: below the diagonal in one decision, above it in one episode."""
    names, size = pairs.names, 9
    left, top = 190, 150
    squares = []
    for y, first in enumerate(names):
        for x, second in enumerate(names):
            pair = (first, second) if y < x else (second, first)
            if x != y:
                counts = pairs.episodes if x > y else pairs.decisions
                n = counts.get(pair, 0)
                what = "episodes" if x > y else "decisions"
                squares.append(
                    f'<rect x="{left + size * x}" y="{top + size * y}" fill="{_colour(n)}">'
                    f"<title>{escape(first)} + {escape(second)}: {n} {what}</title></rect>"
                )
    labels = "".join(
        f'<text x="{left - 4}" y="{top + size * i + 7}" text-anchor="end">{escape(_clip(name))}</text>'
        f'<text transform="translate({left + size * i + 7} {top - 4}) rotate(-90)">{escape(_clip(name))}</text>'
        for i, name in enumerate(names)
    )
    width, height = left + size * len(names) + 10, top + size * len(names) + 10
    gaps = len(pairs.never())
    text = (
        f"{pairs.total - gaps} of {pairs.total} pairs were compared in one episode. "
        "Above the diagonal: in one episode; below it: in one decision."
    )
    svg = f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(squares)}{labels}</svg>'
    return f'<section><h2>Interactions</h2><p>{text}</p><div class="matrix">{svg}</div></section>'


def _colour(times: int) -> str:
    """Red for never; then from pale yellow over green to deep blue, by orders of magnitude."""
    if times <= 0:
        return "#d7263d"
    level = min(1.0, math.log(times) / math.log(FULL))
    stops = ((0.0, (253, 236, 166)), (0.35, (178, 216, 136)), (0.7, (63, 160, 140)), (1.0, (36, 92, 130)))
    for (low, start), (high, end) in pairwise(stops):
        if level <= high:
            part = (level - low) / (high - low)
            red, green, blue = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
            return f"#{red:02x}{green:02x}{blue:02x}"
    return "#245c82"


def _ink(times: int) -> str:
    return "#fff" if times <= 0 or times >= FULL // 8 else "#1d2733"


def _short(number: int) -> str:
    if number >= 10_000_000:
        return f"{number // 1_000_000}M"
    return f"{number // 1000}k" if number >= 10_000 else str(number)


def _tail(name: str) -> str:
    """Without the folders of a place."""
    return name.rpartition("/")[2]


def _clip(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:29]}…"


_STYLE = """\
:root { color-scheme: light; font: 14px/1.4 system-ui, "Segoe UI", Roboto, sans-serif; color: #1d2733; }
body { margin: 0; background: #f5f6f8; }
header { background: #14263a; color: #fff; padding: 28px 36px 20px; }
h1 { margin: 0; font-size: 26px; }
header p { margin: 2px 0 16px; color: #b9c6d6; }
.facts { display: flex; flex-wrap: wrap; gap: 28px; margin-bottom: 16px; }
.facts div { display: flex; flex-direction: column; }
.facts b { font-size: 20px; font-variant-numeric: tabular-nums; }
.facts span { color: #b9c6d6; font-size: 12px; }
.legend { display: flex; align-items: center; gap: 3px; font-size: 12px; color: #b9c6d6; }
.legend i { width: 26px; height: 12px; border-radius: 2px; }
.legend span { margin: 0 6px 0 0; }
.legend i + span { margin: 0 0 0 6px; }
section { margin: 22px 36px; }
h2 { font-size: 19px; margin: 0 0 10px; }
h3 { font-size: 15px; margin: 18px 0 8px; text-transform: uppercase; letter-spacing: .04em; }
small { font-weight: normal; color: #687787; text-transform: none; letter-spacing: 0; margin-left: 6px; }
table.kinds { border-collapse: collapse; background: #fff; border-radius: 8px; overflow: hidden; width: 100%; }
.kinds th, .kinds td { text-align: left; padding: 6px 12px; border-bottom: 1px solid #e7eaee; white-space: nowrap; }
.kinds td { font-variant-numeric: tabular-nums; }
.kinds td.never { white-space: normal; color: #a5192c; width: 45%; }
.bar { width: 130px; height: 8px; background: #d7263d; border-radius: 4px; overflow: hidden; }
.bar i { display: block; height: 100%; background: #3fa08c; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(176px, 1fr)); gap: 8px; }
.tile { background: #fff; border-radius: 7px; overflow: hidden; box-shadow: 0 1px 2px #0002; padding-bottom: 4px; }
.tile.missing { outline: 2px solid #d7263d; }
.name, .cell { display: flex; justify-content: space-between; gap: 8px; padding: 4px 8px; }
.name { font-weight: 600; }
.name span, .cell span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.name b, .cell b { font-variant-numeric: tabular-nums; font-weight: 600; }
.tile code { display: block; padding: 3px 8px; font-size: 11px; color: #687787; }
.tile .cell { margin: 2px 6px; border-radius: 4px; font-size: 12px; }
.cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 4px; }
.cells .cell { border-radius: 4px; font-size: 12px; }
.matrix { overflow-x: auto; background: #fff; border-radius: 8px; padding: 10px; }
svg rect { width: 8px; height: 8px; }
svg text { font-size: 8px; fill: #1d2733; }
"""
