"""The command line, `specc`. Each command loads only what it needs, so that `specc check` stays quick.

A command is a function in one of the modules below; a new area of work brings a module of its own and a line here.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

import compiler
from compiler.cli import authoring, benching, decks, engines, filling, mutation, scraping
from compiler.cli.common import INTERRUPTED, app

__all__ = ["app", "authoring", "benching", "decks", "engines", "filling", "main", "mutation", "scraping"]


@app.callback(invoke_without_command=True)
def specc(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Options that stand before the command."""
    if version:
        typer.echo(f"specc {compiler.__version__}")
        raise typer.Exit


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character gets '?', and no traceback
    try:
        app(prog_name="specc")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
