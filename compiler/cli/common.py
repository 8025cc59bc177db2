"""What all commands share: the application they register with, how they report, and their usual arguments.

Exit status: 0 success, 1 the specification or what was checked is wrong, 2 the command line is wrong, 3 specc itself
failed, 130 interrupted.
"""

from __future__ import annotations

import json as json_module
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from compiler.diagnostics import Diagnostics, SpecError

if TYPE_CHECKING:
    from rich.console import Console

    from compiler.driver import Loaded

DEBUG = "SPECC_DEBUG"
FAILED, INTERNAL, INTERRUPTED = 1, 3, 130

_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "message": "bold",
    "frame": "blue",
    "note": "cyan",
    "help": "green",
}


class Command(TyperCommand):
    """A command whose `--json` may stand without a file: it then means `-`, standard output."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given: list[str] = []
        for index, arg in enumerate(args):
            given.append(arg)
            following = args[index + 1] if index + 1 < len(args) else "--"
            if arg == "--json" and following.startswith("-") and following != "-":
                given.append("-")
        return super().parse_args(ctx, given)


app = typer.Typer(
    name="specc",
    help="Compile the rules of a game into a fast, verified reinforcement-learning engine.",
    epilog="Errors show where they are. Start with: specc new my_game; specc check specs/my_game.yaml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC", help="The manifest of a game, such as specs/game.yaml.")]
JsonOption = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE", help="Write the result as JSON to FILE; '-' is standard output."),
]


@dataclass
class Report:
    """What a command says: text for people and, where asked for, a document for programs."""

    json: str | None
    sink: Diagnostics = field(default_factory=Diagnostics)
    document: dict[str, Any] = field(default_factory=dict)
    ok: bool = True

    @property
    def console(self) -> Console:
        """For text; it leaves standard output to the document where that goes there."""
        from rich.console import Console

        return Console(stderr=self.json == "-", highlight=False)

    def say(self, text: str) -> None:
        """A plain line for people."""
        typer.echo(text, err=self.json == "-")


@contextmanager
def reporting(json: str | None) -> Iterator[Report]:
    """Run the body of a command: whatever goes wrong is told in the same way, and the exit status says so."""
    report = Report(json)
    status = 0
    try:
        _check_json_target(json)
        yield report
    except SpecError as error:
        report.sink.extend(error.diagnostics)
        report.ok = False
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            typer.echo(err=True)  # the shell's prompt starts on a line of its own
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        report.ok, status = False, INTERNAL
        report.document["error"] = f"{type(error).__name__}: {error}"
        typer.echo(f"specc: internal error: {type(error).__name__}: {error}", err=True)
        typer.echo(f"This is a fault of specc, not of the specification. {DEBUG}=1 shows where it happened.", err=True)
    report.ok = report.ok and report.sink.ok
    _print_diagnostics(report.sink)
    document = {"ok": report.ok, **report.document, "diagnostics": [found.to_json() for found in report.sink]}
    if not _write_json(json, document) or not report.ok:
        raise typer.Exit(status or FAILED)


def _print_diagnostics(sink: Diagnostics) -> None:
    if not len(sink):
        return
    from rich.console import Console
    from rich.text import Text

    from compiler.diagnostics import segments

    text = Text.assemble(*((part, _STYLES.get(role, "")) for role, part in segments(sink)))
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, end="")


def _check_json_target(target: str | None) -> None:
    """Refuse a file that cannot be written before anything is computed for it."""
    if target is None or target == "-":
        return
    path = Path(target)
    if path.suffix in (".yaml", ".yml", ".rules"):
        raise typer.BadParameter(f"'{target}' is a specification; write --json - for standard output")
    problem = None
    if path.is_dir():
        problem = "it is a directory"
    elif not path.absolute().parent.is_dir():
        problem = f"there is no folder {path.parent}"
    elif not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        problem = "access is denied"
    if problem:
        raise SpecError.single("E0704", None, f"cannot write {target}: {problem}")


def _write_json(target: str | None, document: dict[str, Any]) -> bool:
    """Write the document where it was asked for; False, with a message, where that is impossible."""
    if target is None:
        return True
    text = json_module.dumps(document, indent=2) + "\n"
    if target == "-":
        typer.echo(text, nl=False)
        return True
    try:
        Path(target).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        if document["ok"] or not any(found["code"] == "E0704" for found in document["diagnostics"]):
            typer.echo(f"error[E0704]: cannot write {target}: {getattr(error, 'strerror', None) or error}", err=True)
        return False
    return True


def load_program(spec: Path, report: Report, *, whole: bool = False) -> Loaded:
    from compiler import driver

    return driver.load(spec, report.sink, whole=whole)


def names_in(text: str | None) -> list[str]:
    """The parts of "A,B"."""
    return [name.strip() for name in text.split(",") if name.strip()] if text else []
