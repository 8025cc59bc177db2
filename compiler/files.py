"""Writing generated packages: all of a package or nothing, and never over files that people wrote.

A generated folder carries `manifest.json`, which lists its files and their hashes. A commit writes the complete new
folder beside the old one and swaps the two by renaming, so that an interrupted build leaves one of them whole: the old
one in its place, or, if the process dies between the two renames, under a name from which the next commit (or
`recover`) puts it back.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from compiler.diagnostics import SpecError
from compiler.paths import display_path, path_within
from compiler.source import SourceFile

MANIFEST = "manifest.json"
GENERATOR = "specc"

_CACHES = frozenset({"__pycache__"})
"""Folders that tools leave inside a generated package; a commit drops them."""


@dataclass(frozen=True)
class Changes:
    """What a commit did, as sorted paths within the folder."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[str, ...]
    """Generated files that somebody had changed by hand; they are among `written` or `removed` if that was undone."""


class OutputTree:
    """The files of one generated package, collected before anything is written."""

    def __init__(self, metadata: Mapping[str, Any] | None = None) -> None:
        """`metadata` becomes part of `manifest.json`; keep it free of times and machine paths."""
        self._metadata = dict(metadata or {})
        self._files: dict[str, bytes] = {}
        self._taken: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def add(self, path: str, content: str | bytes) -> None:
        """Add a file. Raises SpecError when the path is taken (E0702) or leaves the folder (E0703)."""
        pure = PurePosixPath(path)
        if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or str(pure) != path or path == ".":
            raise SpecError.single("E0703", None, f"'{path}' is not a path inside the output folder")
        if path.casefold() == MANIFEST or _CACHES & set(pure.parts):
            raise SpecError.single("E0703", None, f"the output path '{path}' is reserved")
        # Case is folded because some file systems do; a path that is also a folder of another collides, too.
        folded = path.casefold()
        parents = [str(parent) for parent in PurePosixPath(folded).parents][:-1]
        other = self._taken.get(folded) or self._folders.get(folded)
        other = other or next((self._taken[parent] for parent in parents if parent in self._taken), None)
        if other:
            raise SpecError.single("E0702", None, f"the output path '{path}' collides with '{other}'")
        self._taken[folded] = path
        self._folders.update(dict.fromkeys(parents, path))
        self._files[path] = content.encode() if isinstance(content, str) else content

    def commit(self, folder: str | Path) -> Changes:
        """Make `folder` hold exactly these files and their `manifest.json`; unchanged files are not rewritten.

        Raises SpecError when the folder holds anything that specc did not generate (E0701) or on failure (E0704).
        """
        target = Path(folder).resolve()  # a link to the folder stays a link
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with _lock(target.parent):
                _recover(target)
                return self._commit(target)
        except OSError as error:
            raise SpecError.single("E0704", None, f"cannot write {display_path(target)}: {error}") from error

    def _commit(self, target: Path) -> Changes:
        recorded = _recorded_files(target)
        old = {path: _hash((target / path).read_bytes()) for path in recorded if (target / path).is_file()}
        hashes = {path: _hash(self._files[path]) for path in self}
        record = {"generator": GENERATOR, **self._metadata, "files": hashes}
        files = {**self._files, MANIFEST: (json.dumps(record, indent=2) + "\n").encode()}
        same_manifest = (target / MANIFEST).is_file() and (target / MANIFEST).read_bytes() == files[MANIFEST]
        unchanged = {path for path in hashes if old.get(path) == hashes[path]}
        changes = Changes(
            written=tuple(sorted(hashes.keys() - unchanged)),
            removed=tuple(sorted(old.keys() - hashes.keys())),
            unchanged=tuple(sorted(unchanged)),
            edited=tuple(sorted(path for path in old if old[path] != recorded[path])),
        )
        if changes.written or changes.removed or not same_manifest:
            keep = unchanged | ({MANIFEST} if same_manifest else set())
            _swap_in(target, files, keep)
        return changes


def source_hashes(root: Path, files: Iterable[Path]) -> dict[str, str]:
    """What tells versions of source files apart, by their paths as seen from `root`."""
    return {
        path_within(path, root): hashlib.sha256(SourceFile.read(path).text.encode()).hexdigest()[:16] for path in files
    }


def write_text(path: Path, text: str) -> None:
    """Write a single file: all of it or nothing, and with the mode that it had. Raises SpecError (E0704)."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    except OSError as error:
        raise SpecError.single("E0704", None, f"cannot write {path}: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def recover(folder: str | Path) -> None:
    """Finish or undo a commit to `folder` that died half-way."""
    target = Path(folder).resolve()
    if target.parent.is_dir():
        with _lock(target.parent):
            _recover(target)


def _recover(target: Path) -> None:
    new, backup = _siblings(target)
    if backup.exists() and not target.exists():
        os.rename(backup, target)
    for leftover in (new, backup):
        if leftover.exists():
            shutil.rmtree(leftover)


def _swap_in(target: Path, files: Mapping[str, bytes], keep: set[str]) -> None:
    new, backup = _siblings(target)
    try:
        os.mkdir(new)
        for path, content in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            if path in keep:
                shutil.copy2(target / path, new / path)  # keeps its times, so that nothing downstream rebuilds
            else:
                (new / path).write_bytes(content)
        if target.exists():
            os.rename(target, backup)
        os.rename(new, target)
    except BaseException:
        with contextlib.suppress(OSError):  # the next commit recovers what cannot be put right now
            _recover(target)
        raise
    shutil.rmtree(backup, ignore_errors=True)


def _recorded_files(target: Path) -> dict[str, str]:
    """The generated files of an existing folder and their recorded hashes; refuses a folder with any other."""
    shown = display_path(target)
    if not target.exists():
        return {}
    if not target.is_dir():
        raise SpecError.single("E0701", None, f"{shown} is a file; the output needs a folder of that name")
    present = set(_walk(target))
    if not present:
        return {}
    recorded = _read_record(target / MANIFEST)
    if recorded is None:
        raise SpecError.single(
            "E0701",
            None,
            f"{shown} holds files that specc did not generate",
            suggestion="choose another `engine` name, or empty the folder yourself",
        )
    if foreign := sorted(present - recorded.keys() - {MANIFEST}):
        raise SpecError.single(
            "E0701",
            None,
            f"{shown} holds files that specc did not generate: {', '.join(foreign[:5])}{' …' * (len(foreign) > 5)}",
            suggestion="move them elsewhere; a generated folder is replaced as a whole",
        )
    return recorded


def _read_record(path: Path) -> dict[str, str] | None:
    try:
        record = json.loads(path.read_bytes())
        files = record["files"] if record["generator"] == GENERATOR else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return files if isinstance(files, dict) else None


def _walk(folder: Path) -> Iterator[str]:
    """Everything in a folder that is not a folder or a cache, as paths within it; links are not followed."""
    for where, folders, names in os.walk(folder, onerror=_raise):
        here = Path(where)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _CACHES and name not in links]
        for name in (*names, *links):
            yield (here / name).relative_to(folder).as_posix()


def _raise(error: OSError) -> NoReturn:
    raise error


def _siblings(target: Path) -> tuple[Path, Path]:
    return target.with_name(f".{target.name}.specc-new"), target.with_name(f".{target.name}.specc-old")


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Keep other commits out of a folder, without leaving a lock file in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
