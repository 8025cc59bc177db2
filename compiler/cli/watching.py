"""Doing something again whenever a specification changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import typer
from watchfiles import Change, watch

_SUFFIXES = (".rules", ".yaml", ".yml")
_PAUSE = 200  # ms; after the first one without a change, the watch is known to stand


def whenever_files_change(spec: Path) -> Iterator[None]:
    """Once now, and after every change of rules, fills or manifests beside a specification or below. Ctrl-C ends it."""
    folder = spec.absolute().parent
    watched = watch(folder, watch_filter=_matters, rust_timeout=_PAUSE, yield_on_timeout=True, raise_interrupt=True)
    with suppress(KeyboardInterrupt):
        next(watched)
        yield
        typer.echo(f"-- watching {folder}; Ctrl-C ends --", err=True)
        for changes in watched:
            if changes:
                names = sorted({Path(path).name for _, path in changes})
                typer.echo(f"-- changed: {', '.join(names)} --", err=True)
                yield


def _matters(_: Change, path: str) -> bool:
    return path.endswith(_SUFFIXES) and not Path(path).name.startswith(".")
