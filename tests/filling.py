"""Copies of a specification with holes in it, for tests of filling them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compiler import driver
from compiler.diagnostics import Diagnostics
from compiler.explain import explain_row
from compiler.holes.inline import block_of, punch
from compiler.ir import hir
from compiler.paths import ROOT
from compiler.texts import HASH_PREFIX, TextStore, normalise, text_hash


@dataclass(frozen=True)
class Punched:
    """A copy of a project in which some effects are holes."""

    manifest: Path
    original: hir.Program
    texts: TextStore
    effects: Mapping[str, str]
    """What stood in each hole, by digits."""
    wording: Mapping[str, str]

    @property
    def fills(self) -> Path:
        return self.manifest.parent / self.manifest.stem / "fills"

    def record(self, answers: Mapping[str, Sequence[str]]) -> None:
        """Put effects on record as answers, by digits."""
        for digits, effects in answers.items():
            path = self.fills / "recorded" / f"{digits}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"answers": [{"effect": effect} for effect in effects]}))


@cache
def program_of(spec: str) -> hir.Program:
    """The rules of a specification of this repository."""
    return driver.load(ROOT / "specs" / f"{spec}.yaml", Diagnostics()).program


def coded_rows(program: hir.Program) -> list[tuple[str, int]]:
    """The rows whose whole effect stands in a block of its own, in the order of the tables."""
    found = []
    for table in program.tables.values():
        for row in sorted({row for method in table.methods.values() for row in method.bodies}):
            span = table.spans[row]
            has_body = table.parent is not None or any(
                word in table.forms[row] for word in ("item", "supporter", "tool", "stadium")
            )
            if span is not None and has_body and block_of(span) is not None:
                found.append((table.name, row))
    return found


def is_laid_out_alike(program: hir.Program, table: str, row: int) -> bool:
    """Whether a row comes back with the line breaks it had: a single statement on a line of its own does not."""
    span = program.tables[table].spans[row]
    place = block_of(span) if span is not None else None
    assert span is not None
    assert place is not None
    inside = span.file.text[place[0] : place[1]]
    return "\n" not in inside or len(inside.strip().splitlines()) > 1


def own_words(program: hir.Program, table: str, row: int) -> str:
    """What a row does, as `specc explain` says it, with its title so that no two are alike."""
    explained = explain_row(program, program.tables[table], row)
    lines = [line for section in explained.sections for line in section.lines()]
    return f"{explained.title}: {' '.join(' '.join(lines).split())}"


def punched(
    folder: Path, spec: str, rows: Sequence[tuple[str, int]], wording: Mapping[tuple[str, int], str]
) -> Punched:
    """Copy `specs/<spec>.yaml` into a project of its own, and make holes of these rows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").touch()
    shutil.copytree(ROOT / "specs", folder / "specs", ignore=shutil.ignore_patterns("__pycache__"))
    manifest = folder / "specs" / f"{spec}.yaml"
    original = program_of(spec)
    store = TextStore(folder / "texts")
    said = {row: wording.get(row) or own_words(original, *row) for row in rows}
    digits = {row: store.put(text).removeprefix(HASH_PREFIX) for row, text in said.items()}
    files, effects = punch(original, [(*row, digits[row]) for row in rows])
    for path, text in files.items():
        (folder / path.relative_to(ROOT)).write_text(text)
    words = {text_hash(text).removeprefix(HASH_PREFIX): normalise(text) for text in said.values()}
    return Punched(manifest, original, store, effects, words)


_LOCATION = re.compile(r'"""\S+\.rules:[0-9]+"""')


def built(manifest: Path) -> dict[str, str]:
    """The files of the engine of a copy, but for its manifest, which has the hashes of the rules."""
    folder = manifest.parents[1] / "generated"
    driver.build(manifest, Diagnostics(), folder)
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != "manifest.json"]
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def without_locations(engine: Mapping[str, str]) -> dict[str, str | list[str]]:
    """An engine less the lines of rules that its blocks come from: a fill in the store stands elsewhere than inline."""
    code = {name: _LOCATION.sub('"""a rule"""', text) for name, text in engine.items() if name != "spans.json"}
    return {**code, "spans.json": list(json.loads(engine["spans.json"]))}
