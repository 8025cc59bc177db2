"""The commands that read and write specifications: check, build, explain, dump, new, fmt."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compiler.cli.common import INTERRUPTED, Command, JsonOption, Report, SpecArgument, app, load_program, reporting
from compiler.diagnostics import Diagnostics, SpecError

if TYPE_CHECKING:
    from compiler.driver import BuildResult
    from compiler.ir.hir import Program, Table


@app.command(cls=Command)
def check(
    spec: SpecArgument,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")] = False,
    json: JsonOption = None,
) -> None:
    """Parse, resolve and type-check a specification; every error comes with file, line and column."""
    if not watch:
        _check(spec, json)
        return
    from compiler.cli.watching import whenever_files_change

    for _ in whenever_files_change(spec):
        try:
            _check(spec, json)
        except typer.Exit as end:
            if end.exit_code == INTERRUPTED:
                return  # anything else has been said


def _check(spec: Path, json: str | None) -> None:
    with reporting(json) as report:
        loaded = load_program(spec, report)
        program = loaded.program
        if loaded.spec.filled:
            from compiler.holes.numbers import unused_numbers
            from compiler.texts import TextStore

            unused_numbers(loaded.spec, program, TextStore(), report.sink)
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
        tables = [table for table in program.tables.values() if table.parent is None]
        report.document["tables"] = {table.name: _lines_by_form(table) for table in tables}
        if report.sink.ok:
            report.say(f"{spec}: no errors ({', '.join(f'{count} {name}' for name, count in counts.items())})")


def _lines_by_form(table: Table) -> dict[str, dict[str, float]]:
    """How many rows of each form a table has, and how many lines of source they take: the median and the most."""
    lines: dict[str, list[int]] = {}
    for form, span in zip(table.forms, table.spans, strict=True):
        if span is not None:
            last, _ = span.file.line_col(span.end)
            lines.setdefault(form, []).append(last - span.line + 1)
    return {
        form: {"rows": len(taken), "median_lines": statistics.median(taken), "most_lines": max(taken)}
        for form, taken in lines.items()
    }


@app.command(cls=Command)
def build(
    specs: Annotated[list[Path], typer.Argument(metavar="SPEC...", help="The manifests of the games to build.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the engine's package goes; by default generated/<engine>/."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Write the engine of each specification."""
    with reporting(json) as report:
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


@app.command(cls=Command)
def explain(
    spec: SpecArgument,
    row: Annotated[
        str | None, typer.Argument(metavar="ROW", help="The key or title of a row, or a verb's words.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every row.")] = False,
    json: JsonOption = None,
) -> None:
    """Say in plain English what a row of a table, or a verb, is and does."""
    with reporting(json) as report:
        if (row is None) != everything:
            raise typer.BadParameter("name one row, or give --all")
        program = load_program(spec, report).program
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


@app.command(cls=Command)
def dump(
    spec: SpecArgument,
    stage: Annotated[
        str, typer.Option("--stage", metavar="STAGE", help=f"How far: {', '.join(['hir', *_PASSES])}.")
    ] = "hir",
    json: JsonOption = None,
) -> None:
    """Print what the compiler has made of the rules after a stage of its work."""
    with reporting(json) as report:
        if stage != "hir" and stage not in _PASSES:
            from compiler.diagnostics import did_you_mean

            hint = did_you_mean(stage, ["hir", *_PASSES]) or f"choose from {', '.join(['hir', *_PASSES])}"
            raise typer.BadParameter(f"--stage: '{stage}' is no stage; {hint}")
        program = load_program(spec, report).program
        text = _text_after(program, stage)
        report.document.update(stage=stage, text=text)
        report.say(text.rstrip("\n"))


@app.command(cls=Command)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The game's name: lower-case letters, digits and '_'.")],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where the manifest goes.")] = Path("specs"),
    json: JsonOption = None,
) -> None:
    """Start a new game: a manifest and a small set of rules that check and play."""
    with reporting(json) as report:
        from compiler.scaffold import create

        written = create(name, folder)
        report.document["files"] = [path.as_posix() for path in written]
        for path in written:
            report.say(f"wrote {path}")
        report.say(f"Try: specc check {written[0]}  and: specc play {written[0]}")


@app.command(cls=Command)
def fmt(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES...", help="Rules files, folders of them, or manifests.")
    ],
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file would change.")] = False,
    json: JsonOption = None,
) -> None:
    """Lay out rules files in the one canonical way; comments stay."""
    with reporting(json) as report:
        from compiler.diagnostics import read_source
        from compiler.files import write_text
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
                write_text(path, text)


# --- helpers --------------------------------------------------------------------------------------------------------


def _built(spec: Path, result: BuildResult, report: Report) -> dict[str, Any]:
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
