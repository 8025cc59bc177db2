"""The stages wired together: from a manifest to typed rules, and on to a generated engine.

Typed rules are kept in `.specc-cache/` of the project, by the content of every input and of the compiler's own stages,
so that checking what has not changed takes no time. The folder may be deleted at any time; a broken entry is ignored.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from compiler import paths
from compiler.diagnostics import Diagnostic, Diagnostics, SpecError, read_source
from compiler.files import Changes, OutputTree, source_hashes
from compiler.ir import hir
from compiler.manifest import Spec, load_spec
from compiler.source import SourceFile

if TYPE_CHECKING:
    from compiler.syntax.ast import Module, RowDecl

CACHE_FOLDER = ".specc-cache"

_STAGES = (
    "codes.py", "diagnostics.py", "driver.py", "ir/evaluate.py", "ir/hir.py", "ir/types.py", "ir/walk.py", "ops",
    "resolve.py", "source.py", "syntax", "typecheck",
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """A specification that has been checked."""

    spec: Spec
    program: hir.Program


def load(path: str | Path, sink: Diagnostics, *, use_cache: bool = True, whole: bool = False) -> Loaded:
    """Load and check a specification. Raises SpecError, with all of `sink`, when anything is wrong.

    A hole that nothing fills is a warning; where the game must be `whole`, it is an error.
    """
    spec = load_spec(path, sink)
    overrides = _overrides(spec, sink)
    sources = [source for file in spec.rules if (source := read_source(file, sink, spec.span("rules"))) is not None]
    fills = _fills(spec, sources, sink)
    sink.raise_if_errors()
    slot = spec.root / CACHE_FOLDER / "programs" / f"{spec.manifest.name}.pickle" if use_cache else None
    key = _key([*sources, *fills], spec, overrides)
    kept = _read(slot, key) if slot is not None else None
    if kept is None:
        found = Diagnostics()
        program = _check_spec(spec, sources, fills, overrides, found, spec.root / CACHE_FOLDER if use_cache else None)
        if program is not None and spec.manifest.players not in (None, program.players):
            message = f"the manifest says {spec.manifest.players} players, the rules say {program.players}"
            found.error("E0602", spec.span("players"), message)
        if program is None or not found.ok:
            sink.extend(found)
            raise SpecError(sink)
        kept = program, tuple(found)
        if slot is not None:
            _write(slot, key, kept)
    program, findings = kept
    if whole and program.holes:
        sink.extend(finding for finding in findings if finding.code != "W0909")
        _refuse_holes(spec, program, sink)
    sink.extend(findings)
    return Loaded(replace(spec, filled=tuple(source.path for source in fills)), program)


def load_with(path: str | Path, rows: Sequence[RowDecl], sink: Diagnostics) -> hir.Program:
    """A specification with rows that stand elsewhere, such as in deck lists.

    Raises SpecError, with what is wrong in them; the specification itself has been loaded before, and is right.
    """
    from compiler.syntax.ast import Module

    spec = load_spec(path, Diagnostics())
    sources = [source for file in spec.rules if (source := read_source(file, sink)) is not None]
    modules = [Module(str(row.span.file.path), (row,), row.span) for row in rows]
    found = Diagnostics()
    fills = _fills(spec, sources, found)
    folder = spec.root / CACHE_FOLDER
    program = _check_spec(spec, sources, fills, _overrides(spec, found), found, folder, modules)
    files = {row.span.file for row in rows}
    sink.extend(finding for finding in found if program is None or (finding.span and finding.span.file in files))
    if program is None:
        raise SpecError(sink)
    return program


_HASH = re.compile(r'"sha256:([0-9a-f]{64})"')


def _fills(spec: Spec, sources: Iterable[SourceFile], sink: Diagnostics) -> list[SourceFile]:
    """What the store has for the holes of the rules: one file per hash, in the order of the hashes."""
    if spec.fills is None:
        return []
    hashes = sorted({digits for source in sources for digits in _HASH.findall(source.text)})
    files = [file for digits in hashes if (file := spec.fills / f"{digits}.rules").exists()]
    return [source for file in files if (source := read_source(file, sink, spec.span("fills"))) is not None]


def _refuse_holes(spec: Spec, program: hir.Program, sink: Diagnostics) -> NoReturn:
    store = spec.fills and paths.display_path(spec.fills)
    if store is None:
        suggestion = "name a store of fills in the manifest, 'fills: FOLDER', or write the body there"
    elif not Path(store).is_dir():
        suggestion = f"there is no folder {store}, which the manifest names as the store of fills"
    else:
        suggestion = f"write its statements to {store}/HASH.rules, or there"
    for hole in program.holes:
        row = program.tables[hole.table].keys[hole.row]
        hint = suggestion.replace("HASH", hole.hash)
        sink.error("E0708", hole.span, f"the '{hole.method}' of '{row}' is a hole that nothing fills", suggestion=hint)
    raise SpecError(sink)


def check_sources(
    sources: Iterable[SourceFile], name: str, overrides: Mapping[str, int] | None = None
) -> tuple[hir.Program | None, Diagnostics]:
    """Check rules without a manifest: the typed rules, or None, and everything there is to say about them."""
    sink = Diagnostics()
    from compiler.syntax import parse_module
    from compiler.typecheck import check

    modules = [parse_module(source, sink) for source in sources]
    good = [module for module in modules if module is not None]
    return (check(good, name, sink, overrides) if len(good) == len(modules) else None), sink


def _check_spec(
    spec: Spec,
    sources: list[SourceFile],
    fills: list[SourceFile],
    overrides: Mapping[str, int],
    sink: Diagnostics,
    folder: Path | None,
    more: Sequence[Module] = (),
) -> hir.Program | None:
    from compiler.syntax import parse_bodies, parse_modules  # with a warm cache neither this stage
    from compiler.syntax.ast import PlayDecl
    from compiler.typecheck import check  # nor this one is needed

    modules = parse_modules([source.path for source in sources], sink, folder)
    good = [module for module in modules if module is not None]
    bodies = {}
    for source, module in zip(fills, parse_bodies([source.path for source in fills], sink, folder), strict=True):
        if module is not None and isinstance(play := module.declarations[0], PlayDecl):
            bodies[source.path.stem] = play.body
    if len(good) < len(modules) or len(bodies) < len(fills):
        return None
    spans = {name: spec.span("constants", name) for name in overrides}
    return check([*good, *more], spec.manifest.name, sink, overrides, spans, bodies)


def _overrides(spec: Spec, sink: Diagnostics) -> dict[str, int]:
    """The manifest's values of constants, as numbers."""
    found: dict[str, int] = {}
    for name, value in spec.manifest.constants.items():
        if isinstance(value, str):
            sink.error("E0601", spec.span("constants", name), f"the constant '{name}' is a number, not '{value}'")
        else:
            found[name] = int(value)
    return found


# --- building ---------------------------------------------------------------------------------------------------------

OUTPUT_FOLDER = "generated"

_OUTPUT_STAGES = ("backends/jax", "emit", "passes")


@dataclass(frozen=True)
class BuildResult:
    """What a build made. ``metadata`` is the engine's ``manifest.json`` less its files."""

    folder: Path
    changes: Changes
    metadata: Mapping[str, Any]


def build(path: str | Path, sink: Diagnostics, out: str | Path | None = None) -> BuildResult:
    """Write the engine of a specification to ``generated/<engine>/`` of its project, or to ``out``.

    The same input gives the same bytes, wherever it is built from. Raises SpecError, with all of `sink`, when the
    specification is wrong, does not fit the backend, or the output cannot be written.
    """
    loaded = load(path, sink, whole=True)
    spec = loaded.spec
    folder = Path(out) if out is not None else spec.root / OUTPUT_FOLDER / spec.manifest.engine
    return write_engine(loaded.program, spec, sink, folder)


def write_engine(program: hir.Program, spec: Spec, sink: Diagnostics, folder: Path) -> BuildResult:
    """Write the engine of a program to a folder. Raises SpecError as `build` does."""
    from compiler.backends.jax.engine import engine_view
    from compiler.emit.render import EmitError, render_engine
    from compiler.passes import lower
    from compiler.passes.layout import LayoutError

    manifest = spec.manifest
    source = paths.path_within(spec.source.path, spec.root)
    try:
        op = lower(program)
        view = engine_view(op, manifest.engine, manifest.title, root=spec.root)
        files = render_engine(view, [source])
    except LayoutError as error:
        sink.error("E0706", error.span, str(error))
        raise SpecError(sink) from error
    except EmitError as error:
        sink.error("E0707", None, str(error))
        raise SpecError(sink) from error
    steps = dict(op.program.notes.get("supersequence", {}))
    metadata = {
        "spec": source,
        "engine": manifest.engine,
        "tables": {table.name: len(table) for table in program.tables.values()},
        "holes": [],
        "hashes": {"spec": source_hashes(spec.root, spec.files), "compiler": _output_version()},
        "supersequence": sum(steps.values()),  # steps of all merged methods
        "methods": steps,
        "state_bytes": view.state_bytes,
        "actions": view.actions,
        "observations": len(view.observation_names),
        "blocks": len(view.blocks),
        "registers": len(view.registers),
    }
    tree = OutputTree(metadata)
    for name, text in files.items():
        tree.add(name, text)
    return BuildResult(Path(paths.display_path(folder)), tree.commit(folder), metadata)


@cache
def _output_version() -> str:
    """Changes with the part of the compiler that writes engines; what stands before it shows in what is written."""
    digest = hashlib.sha256()
    stages = [paths.PACKAGE / name for name in _OUTPUT_STAGES]
    files = [file for stage in stages for file in ([stage] if stage.is_file() else sorted(stage.glob("**/*.py")))]
    for file in (*files, *sorted((paths.codegen_templates() / "jax").glob("*.j2"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


# --- the cache --------------------------------------------------------------------------------------------------------

_Kept = tuple[hir.Program, tuple[Diagnostic, ...]]


def _key(sources: Iterable[SourceFile], spec: Spec, overrides: Mapping[str, int]) -> bytes:
    digest = hashlib.sha256(_version())
    digest.update(repr((spec.manifest.name, spec.manifest.players, sorted(overrides.items()))).encode())
    for source in sources:
        digest.update(f"{source.path}\0{len(source.text)}\0{source.text}".encode())
    return digest.digest()


@cache
def _version() -> bytes:
    """Changes with Python, the grammar and the code of every stage that a check runs through."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update((paths.grammars() / "rules.lark").read_bytes())
    for name in _STAGES:
        path = paths.PACKAGE / name
        for file in [path] if path.is_file() else sorted(path.glob("**/*.py")):
            digest.update(file.read_bytes())
    return digest.digest()


def _read(slot: Path, key: bytes) -> _Kept | None:
    try:
        with slot.open("rb") as stream, _no_collection():
            if stream.read(len(key)) != key:
                return None
            program, findings = pickle.load(stream)
    except Exception:  # a broken pickle may raise anything
        return None
    return (program, findings) if isinstance(program, hir.Program) else None


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Reading a pickle makes many objects and no garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _write(slot: Path, key: bytes, kept: _Kept) -> None:
    """Keep a program. The slot is replaced as a whole; a cache that cannot be written is done without."""
    with contextlib.suppress(OSError, RecursionError):
        content = key + pickle.dumps(kept, protocol=pickle.HIGHEST_PROTOCOL)
        slot.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=slot.parent, prefix=slot.stem, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            os.replace(temporary, slot)
        except BaseException:
            os.unlink(temporary)
            raise
