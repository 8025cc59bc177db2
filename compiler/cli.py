"""The command line, `specc`. Each command loads only what it needs, so that `specc check` stays quick.

Exit status: 0 success, 1 the specification or what was checked is wrong, 2 the command line is wrong, 3 specc itself
failed, 130 interrupted.
"""

from __future__ import annotations

import json as json_module
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

import compiler
from compiler.diagnostics import Diagnostics, SpecError

if TYPE_CHECKING:
    from rich.console import Console

    from compiler.driver import BuildResult, Loaded
    from compiler.ir.hir import Program

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


# --- what all commands share ------------------------------------------------------------------------------------------


class _Command(TyperCommand):
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
class _Report:
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
def _report(json: str | None) -> Iterator[_Report]:
    """Run the body of a command: whatever goes wrong is told in the same way, and the exit status says so."""
    report = _Report(json)
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


def _load(spec: Path, report: _Report, *, whole: bool = False) -> Loaded:
    from compiler import driver

    return driver.load(spec, report.sink, whole=whole)


# --- commands ---------------------------------------------------------------------------------------------------------


@app.callback(invoke_without_command=True)
def specc(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Options that stand before the command."""
    if version:
        typer.echo(f"specc {compiler.__version__}")
        raise typer.Exit


@app.command(cls=_Command)
def check(spec: SpecArgument, json: JsonOption = None) -> None:
    """Parse, resolve and type-check a specification; every error comes with file, line and column."""
    with _report(json) as report:
        program = _load(spec, report).program
        rows = sum(len(table) for table in program.tables.values())
        counts = {
            "players": program.players,
            "actions": program.action_count,
            "tables": len(program.tables),
            "rows": rows,
            "verbs": len(program.procs),
            "scenarios": len(program.scenarios),
        }
        report.document["game"] = {"name": program.name, **counts}
        if report.sink.ok:
            report.say(f"{spec}: no errors ({', '.join(f'{count} {name}' for name, count in counts.items())})")


@app.command(cls=_Command)
def build(
    specs: Annotated[list[Path], typer.Argument(metavar="SPEC...", help="The manifests of the games to build.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the engine's package goes; by default generated/<engine>/."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Write the engine of each specification."""
    with _report(json) as report:
        if out is not None and len(specs) > 1:
            raise typer.BadParameter("--out takes one engine; build several one by one")
        from compiler import driver

        built = report.document["engines"] = []
        for spec in specs:
            sink = Diagnostics()
            try:
                built.append(_built(spec, driver.build(spec, sink, out=out), report))
            except SpecError as error:
                sink.extend(error.diagnostics)
            report.sink.extend(sink)


@app.command(cls=_Command)
def verify(
    spec: SpecArgument,
    level: Annotated[str, typer.Option("--level", metavar="L1,…", help="L1, L2, L3 or all.")] = "all",
    episodes: Annotated[int | None, typer.Option("--episodes", min=1, help="Games to play.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of setups, luck and players.")] = 0,
    decks: Annotated[
        str | None,
        typer.Option("--decks", metavar="A,B", help="Keys or titles of the rows given at reset; random by default."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME,…", help="Who plays: uniform, eager, greedy, mixed."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="NAME", help="What is verified: jax or interp."),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference", metavar="NAME", help="A reference of the manifest, python:… or cmd:…, or none; repeatable."
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", metavar="TRACE", help="Play a recorded disagreement again, and nothing else."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    timeout: Annotated[float, typer.Option("--timeout", min=0.01, help="Seconds a reference may take to answer.")] = 30,
    traces: Annotated[
        Path, typer.Option("--traces", metavar="DIR", help="Where disagreements are written down.")
    ] = Path(".specc-cache/traces"),
    json: JsonOption = None,
) -> None:
    """Run the engine against the interpreter, the scenarios and the references."""
    with _report(json) as report:
        loaded = _load(spec, report, whole=True)
        from compiler.conformance.verify import LEVELS, Options
        from compiler.conformance.verify import verify as verify_spec

        options = Options(
            levels=LEVELS if level == "all" else tuple(_names(level.upper())),
            episodes=episodes,
            seed=seed,
            decks=tuple(_names(decks)),
            policies=tuple(_names(policy)),
            engine=engine,
            references=tuple(reference or ()),
            replay=replay,
            workers=workers,
            timeout=timeout,
            traces=traces,
        )
        found = verify_spec(options, loaded.spec, loaded.program, console=report.console)
        found.print(report.console)
        report.document.update(found.to_json())
        report.ok = found.ok


@app.command(cls=_Command)
def play(
    spec: SpecArgument,
    auto: Annotated[bool, typer.Option("--auto", help="Agents play a whole game; nobody is asked.")] = False,
    players: Annotated[
        str | None,
        typer.Option("--players", metavar="WHO,…", help="human, random or eager: one for each player, or one for all."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the luck; by default another every time.")] = None,
    decks: Annotated[
        str | None,
        typer.Option("--decks", metavar="A,B", help="Keys or titles of the rows given at reset; random by default."),
    ] = None,
    delay: Annotated[float, typer.Option("--delay", min=0, max=60, help="Seconds after an agent's decision.")] = 0.0,
    json: JsonOption = None,
) -> None:
    """Play a game in the terminal, against simple agents or with others at one screen."""
    with _report(json) as report:
        loaded = _load(spec, report)
        from compiler.conformance.policies import Taste
        from compiler.play import PlayOptions
        from compiler.play import play as play_game

        verify = loaded.spec.manifest.verify
        taste = Taste(verify.eager, verify.last, verify.score)
        options = PlayOptions(
            players=_agents(players, loaded.program.players, auto),
            seed=seed if seed is not None else 0 if auto else int.from_bytes(os.urandom(4), "big"),
            decks=tuple(_names(decks)),
            delay=delay,
            auto=auto,
        )
        played = play_game(loaded.program, taste, options, report.console)
        report.document.update(played.to_json())


@app.command(cls=_Command)
def explain(
    spec: SpecArgument,
    row: Annotated[
        str | None, typer.Argument(metavar="ROW", help="The key or title of a row, or a verb's words.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every row.")] = False,
    json: JsonOption = None,
) -> None:
    """Say in plain English what a row of a table, or a verb, is and does."""
    with _report(json) as report:
        if (row is None) != everything:
            raise typer.BadParameter("name one row, or give --all")
        program = _load(spec, report).program
        from compiler import explain as english

        rows = [english.explain_row(program, *found) for found in english.find_rows(program, row)] if row else []
        verbs = english.find_verbs(program, row) if row and not rows else []
        if row is None:
            rows = english.explain_all(program)
        elif not rows and not verbs:
            from compiler.diagnostics import did_you_mean

            near = did_you_mean(row, english.known_names(program))
            hint = near or ("--all lists every row" if program.tables else "the specification has no tables")
            raise SpecError.single("E0811", None, f"nothing is called '{row}'", suggestion=hint)
        said = {proc.name: english.explain_verb(program, proc) for proc in verbs}
        report.document["rows"] = [explanation.to_json() for explanation in rows]
        report.document["verbs"] = [{"name": name, "text": text} for name, text in said.items()]
        report.say("\n\n".join([*(explanation.text for explanation in rows), *said.values()]))


_PASSES = {
    "merged": "merge-methods", "sets": "set-literals", "offers": "turn-offers", "masks": "static-masks", "lir": "split"
}  # fmt: skip
"""The stages of a dump after the rules themselves, and the passes that end with them."""


@app.command(cls=_Command)
def dump(
    spec: SpecArgument,
    stage: Annotated[
        str, typer.Option("--stage", metavar="STAGE", help=f"How far: {', '.join(['hir', *_PASSES])}.")
    ] = "hir",
    json: JsonOption = None,
) -> None:
    """Print what the compiler has made of the rules after a stage of its work."""
    with _report(json) as report:
        if stage != "hir" and stage not in _PASSES:
            from compiler.diagnostics import did_you_mean

            hint = did_you_mean(stage, ["hir", *_PASSES]) or f"choose from {', '.join(['hir', *_PASSES])}"
            raise typer.BadParameter(f"--stage: '{stage}' is no stage; {hint}")
        program = _load(spec, report).program
        text = _text_after(program, stage)
        report.document.update(stage=stage, text=text)
        report.say(text.rstrip("\n"))


@app.command(cls=_Command)
def bench(
    spec: SpecArgument,
    quick: Annotated[bool, typer.Option("--quick", help="Few short runs: a glance, not a measurement.")] = False,
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Games side by side.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Decisions per game and run.")] = None,
    runs: Annotated[int | None, typer.Option("--runs", min=1, help="Runs, of which the median counts.")] = None,
    json: JsonOption = None,
) -> None:
    """Measure the generated engine: steps per second, compile time, size of a state."""
    with _report(json) as report:
        from compiler.manifest import load_spec

        manifest = load_spec(spec, report.sink)
        from compiler.bench import BenchOptions
        from compiler.bench import bench as measure

        options = BenchOptions(batch=batch, steps=steps, runs=runs, quick=quick)
        result = measure(manifest.manifest.engine, manifest.root / "generated", options)
        report.document.update(result)
        _print_results(result, report)


@app.command(cls=_Command)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The game's name: lower-case letters, digits and '_'.")],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where the manifest goes.")] = Path("specs"),
    json: JsonOption = None,
) -> None:
    """Start a new game: a manifest and a small set of rules that check and play."""
    with _report(json) as report:
        from compiler.scaffold import create

        written = create(name, folder)
        report.document["files"] = [path.as_posix() for path in written]
        for path in written:
            report.say(f"wrote {path}")
        report.say(f"Try: specc check {written[0]}  and: specc play {written[0]}")


@app.command(cls=_Command)
def fmt(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES...", help="Rules files, folders of them, or manifests.")
    ],
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file would change.")] = False,
    json: JsonOption = None,
) -> None:
    """Lay out rules files in the one canonical way; comments stay."""
    with _report(json) as report:
        from compiler.diagnostics import read_source
        from compiler.manifest import load_spec
        from compiler.syntax import parse_module
        from compiler.syntax.unparse import format_module

        changed = report.document["changed"] = []
        for path in _rules_files(files, lambda manifest: load_spec(manifest, report.sink).rules):
            source = read_source(path, report.sink)
            module = parse_module(source, report.sink) if source is not None else None
            if source is None or module is None:
                continue
            text = format_module(module, source)
            if text == source.text:
                continue
            changed.append(str(path))
            report.say(f"{path}: {'would change' if only_check else 'formatted'}")
            if only_check:
                report.ok = False
            else:
                _write_text(path, text)


# --- helpers of commands ----------------------------------------------------------------------------------------------


def _built(spec: Path, result: BuildResult, report: _Report) -> dict[str, Any]:
    changes = result.changes
    counts = {name: list(getattr(changes, name)) for name in ("written", "removed", "unchanged", "edited")}
    told = ", ".join(f"{len(files)} {name}" for name, files in counts.items() if name != "edited" and files)
    report.say(f"{spec}: {result.folder}: {told}")
    if changes.edited:
        report.say(f"  edited by hand, and written anew: {', '.join(changes.edited)}")
    return {"spec": str(spec), "folder": str(result.folder), **counts, "engine": dict(result.metadata)}


def _text_after(program: Program, stage: str) -> str:
    """A program as text, as it is after a stage."""
    from compiler.ir.hir_text import program_text
    from compiler.ir.lir import OpProgram
    from compiler.ir.lir_text import op_text

    found: Program | OpProgram = program
    if stage != "hir":
        from compiler.passes import lower

        results: dict[str, Program | OpProgram] = {}
        lower(program, results.__setitem__)
        found = results[_PASSES[stage]]
    return op_text(found) if isinstance(found, OpProgram) else program_text(found)


def _rules_files(paths: list[Path], of_manifest: Callable[[Path], Iterable[Path]]) -> list[Path]:
    """The rules files that are meant, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files = (file for file in sorted(path.rglob("*.rules")) if not re.fullmatch("[0-9a-f]{64}", file.stem))
            found.update(dict.fromkeys(files))  # what fills a hole, HASH.rules, is laid out by those who write it
        elif path.suffix in (".yaml", ".yml"):
            found.update(dict.fromkeys(of_manifest(path)))
        else:
            found[path] = None
    return list(found)


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SpecError.single("E0704", None, f"cannot write {path}: {error.strerror or error}") from error


def _names(text: str | None) -> list[str]:
    """The parts of "A,B"."""
    return [name.strip() for name in text.split(",") if name.strip()] if text else []


def _agents(players: str | None, count: int, auto: bool) -> tuple[str, ...]:
    """Who plays, from what was typed."""
    from compiler.diagnostics import did_you_mean
    from compiler.play import AGENTS

    if players is None:
        return ("eager",) * count if auto else ("human", *("eager",) * (count - 1))
    given = tuple(name.casefold() for name in _names(players))
    for name in given:
        if name not in AGENTS:
            hint = did_you_mean(name, AGENTS) or f"choose from {', '.join(AGENTS)}"
            raise typer.BadParameter(f"--players: '{name}' is no agent; {hint}")
    if len(given) not in (1, count):
        raise typer.BadParameter(f"--players: {len(given)} are given; the game has {count} players")
    if auto and "human" in given:
        raise typer.BadParameter("--auto asks nobody, so that no player can be human")
    return given * (count if len(given) == 1 else 1)


def _print_results(result: dict[str, Any], report: _Report) -> None:
    from rich.table import Table

    table = Table(title=f"{result['engine']} on {result['device']}", title_justify="left")
    for column in ("measured", "value", "unit", "batch", "policy"):
        table.add_column(column, justify="right" if column in ("value", "batch") else "left")
    for row in result["results"]:
        value = f"{row['value']:,.3g}" if row["value"] < 1000 else f"{row['value']:,.0f}"
        table.add_row(row["name"].replace("_", " "), value, row["unit"], str(row["batch"]), row["policy"])
    report.console.print(table)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character gets '?', and no traceback
    try:
        app(prog_name="specc")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
