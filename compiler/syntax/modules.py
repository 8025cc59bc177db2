"""Parsing rule files, with caches: of trees by content, and of the parser's tables by grammar."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from compiler import paths, source
from compiler.diagnostics import Diagnostics, read_source
from compiler.source import SourceFile
from compiler.syntax import ast

if TYPE_CHECKING:
    from compiler.syntax.parser import Parser


def parse_module(file: SourceFile, sink: Diagnostics) -> ast.Module | None:
    """Parse one file. Returns None after reporting errors; every broken declaration is reported once."""
    return _parser(None).parse(file, sink)


def parse_body(file: SourceFile, sink: Diagnostics) -> ast.Module | None:
    """Parse a file that holds the statements of one body; they come as the `play` of a module."""
    return _parser(None).parse_body(file, sink)


def parse_bodies(
    files: Iterable[str | Path], sink: Diagnostics, cache_dir: str | Path | None = None
) -> list[ast.Module | None]:
    """Parse files of statements, as `parse_modules` does with files of declarations."""
    folder = None if cache_dir is None else Path(cache_dir)
    return [_parse_file(path, sink, folder, is_body=True) for path in files]


def parse_modules(
    files: Iterable[str | Path], sink: Diagnostics, cache_dir: str | Path | None = None
) -> list[ast.Module | None]:
    """Parse files, in their order; None stands for a file with errors.

    Trees and the parser's tables are kept in `cache_dir`, which several processes may share and anyone may delete.
    Trees come out of it as they went in, so only the user's own folder will do: it holds pickles.
    """
    folder = None if cache_dir is None else Path(cache_dir)
    return [_parse_file(path, sink, folder) for path in files]


def _parse_file(
    path: str | Path, sink: Diagnostics, folder: Path | None, *, is_body: bool = False
) -> ast.Module | None:
    file = read_source(path, sink)
    if file is None:
        return None
    if folder is None:
        return parse_body(file, sink) if is_body else parse_module(file, sink)
    key = hashlib.sha256(f"{_version()}\0{is_body}\0{file.path}\0{file.text}".encode()).digest()
    slot = folder / "syntax" / f"{hashlib.sha256(str(file.path).encode()).hexdigest()[:32]}.pickle"
    module = _load(slot, key)
    if module is None:
        parser = _parser(folder)
        module = parser.parse_body(file, sink) if is_body else parser.parse(file, sink)
        if module is not None:
            _store(slot, key, module)
    return module


def _load(slot: Path, key: bytes) -> ast.Module | None:
    """The tree kept in a slot, if it is that of `key`; whatever is wrong with the slot, the file is parsed again."""
    try:
        with slot.open("rb") as stream:
            if stream.read(len(key)) != key:
                return None
            module = pickle.load(stream)
    except Exception:  # a broken pickle may raise anything
        return None
    return module if isinstance(module, ast.Module) else None


def _store(slot: Path, key: bytes, module: ast.Module) -> None:
    """Keep a tree. The slot is replaced as a whole; a cache that cannot be written is done without."""
    with contextlib.suppress(OSError, RecursionError):
        content = key + pickle.dumps(module, protocol=pickle.HIGHEST_PROTOCOL)
        slot.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=slot.parent, prefix=slot.stem, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            os.replace(temporary, slot)
        except BaseException:
            os.unlink(temporary)
            raise


def _parser(folder: Path | None) -> Parser:
    from compiler.syntax.parser import parser  # importing lark is worth avoiding when every tree is cached

    tables = None
    if folder is not None:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            tables = folder / "parser.lark"
    return parser(_grammar(), tables)


@cache
def _grammar() -> str:
    return (paths.grammars() / "rules.lark").read_text(encoding="utf-8")


@cache
def _version() -> str:
    """Changes with the grammar, the code of this stage and Python, so that old caches are not read."""
    digest = hashlib.sha256(f"{sys.version}\0{_grammar()}".encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(source.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
