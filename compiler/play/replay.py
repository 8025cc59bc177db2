"""Recorded games as files: a replay in one HTML page, and stills."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from compiler.emit import render_page
from compiler.files import write_text
from compiler.play.picture import Layout, document, fragments
from compiler.play.picture.svg import WIDTH
from compiler.play.record import Frame, Viewer


def html(frames: Mapping[Viewer, Sequence[Frame]], title: str, players: Sequence[str]) -> str:
    """A replay that needs nothing but a browser. It holds what its viewers may see, and no more."""
    pool = _Pool()
    layout = _layout(frames.values())
    views = [
        {
            "label": "Everything" if viewer is None else f"What player {viewer} sees",
            "frames": [_frame(frame, layout, pool) for frame in shown],
        }
        for viewer, shown in frames.items()
    ]
    data = {"width": WIDTH, "height": layout.height, "texts": pool.texts, "views": views}
    script = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return render_page("replay", title=title, data=script, width=WIDTH, height=layout.height, names=list(players))


def write_html(path: Path, frames: Mapping[Viewer, Sequence[Frame]], title: str, players: Sequence[str]) -> None:
    """Write a replay. Raises SpecError (E0704) where that is impossible."""
    write_text(path, html(frames, title, players))


def write_svg(folder: Path, frames: Sequence[Frame]) -> list[Path]:
    """Write a still for every frame, `000.svg` first. Raises SpecError (E0704) where that is impossible."""
    layout = _layout([frames])
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, frame in enumerate(frames):
        path = folder / f"{number:03}.svg"
        write_text(path, document(fragments(frame.scene, layout), layout, f"{number}: {frame.headline}"))
        written.append(path)
    return written


class _Pool:
    """Texts that occur again and again, each once."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self._index.setdefault(text, len(self._index))

    @property
    def texts(self) -> list[str]:
        return list(self._index)


def _frame(frame: Frame, layout: Layout, pool: _Pool) -> dict[str, Any]:
    return {
        "head": pool(frame.headline),
        "told": [[told.depth, pool(told.text)] for told in frame.told],
        "about": [pool(text) for text in frame.about],
        "words": [pool(line) for line in frame.words],
        "svg": [pool(part) for part in fragments(frame.scene, layout)],
    }


def _layout(sequences: Iterable[Sequence[Frame]]) -> Layout:
    layout = Layout()
    for frames in sequences:
        for frame in frames:
            layout.measure(frame.scene)
    return layout
