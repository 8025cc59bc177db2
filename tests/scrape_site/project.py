"""A project of its own for the invented set: everything but its cards, which `specc scrape` brings."""

from __future__ import annotations

import shutil
from pathlib import Path

from compiler.paths import ROOT
from tests.scrape_site import effects

HERE = Path(__file__).parent


def create(folder: Path) -> Path:
    """Write the project and return its manifest: the rules of the game, decks, and answers on record."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").touch()
    specs = folder / "specs"
    ours = specs / "invented"
    for name in ("model.rules", "rulings.rules", "flow.rules", "verbs"):
        source, target = ROOT / "specs" / "tcg" / name, specs / "tcg" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    (ours / "cards").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "decks.rules", ours / "decks.rules")
    effects.record(ours / "fills" / "recorded")
    manifest = specs / "invented.yaml"
    manifest.write_text((HERE / "invented.yaml").read_text(encoding="utf-8") + _filling(), encoding="utf-8")
    return manifest


def _filling() -> str:
    """How the game's own specification has its holes filled."""
    text = (ROOT / "specs" / "tcg.yaml").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    start = lines.index("fill:\n")
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "".join(lines[start:end])
