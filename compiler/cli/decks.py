"""The commands about decks: specc decks export, check, import, random."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compiler.cli.common import Command, JsonOption, Report, SpecArgument, app, load_program, names_in, reporting
from compiler.diagnostics import SpecError, did_you_mean

if TYPE_CHECKING:
    from compiler.syntax.ast import RowDecl

decks = typer.Typer(
    help="Deck lists as the plain text that players exchange.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(decks, name="decks")

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Deck lists, one to a file.")]


@decks.command("export", cls=Command)
def export_decks(
    spec: SpecArgument,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="DECK...", help="Keys or titles; by default every deck.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write KEY.txt for each into a folder.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Print decks of a specification as deck lists."""
    with reporting(json) as report:
        program = load_program(spec, report).program
        from compiler.decks import deck_table, export
        from compiler.files import write_text

        found = deck_table(program)
        keys, titles = found.table.keys, [title.casefold() for title in found.table.titles]
        rows = []
        for name in names or keys:
            matches = [row for row, key in enumerate(keys) if key == name]
            matches = matches or [row for row, title in enumerate(titles) if title == name.casefold()]
            if not matches:
                hint = did_you_mean(name, [*keys, *found.table.titles])
                report.sink.error("E0801", None, f"there is no deck '{name}'", suggestion=hint)
            rows += matches
        report.sink.raise_if_errors()
        lists = {keys[row]: export(found, row) for row in rows}
        report.document["decks"] = [{"key": key, "text": text} for key, text in lists.items()]
        if out is None:
            report.say("\n".join(lists.values()).rstrip("\n"))
            return
        out.mkdir(parents=True, exist_ok=True)
        for key, text in lists.items():
            write_text(out / f"{key}.txt", text)
        report.say(f"wrote {len(lists)} lists to {out}")


@decks.command("check", cls=Command)
def check_decks(spec: SpecArgument, files: FilesArgument, json: JsonOption = None) -> None:
    """Check deck lists against the cards and the rules of a specification."""
    with reporting(json) as report:
        rows = _read(spec, files, report)
        report.document["decks"] = [{"key": row.key, "title": row.title} for row in rows]
        for row in rows:
            report.say(f"{row.span.file.display}: '{row.title}' is legal")


@decks.command("import", cls=Command)
def import_decks(
    spec: SpecArgument,
    files: FilesArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the rows to a new rules file.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Turn deck lists into rows of the specification's language."""
    with reporting(json) as report:
        if out is not None and out.exists():
            raise SpecError.single("E0704", None, f"cannot write {out}: it exists")
        rows = _read(spec, files, report)
        from compiler.files import write_text
        from compiler.syntax.unparse import unparse

        text = "\n\n".join(unparse(row) for row in rows)
        report.document["rules"] = text
        if out is None:
            report.say(text)
        else:
            write_text(out, f"{text}\n")
            report.say(f"wrote {len(rows)} decks to {out}")


@decks.command("random", cls=Command)
def random_decks(
    spec: SpecArgument,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="Decks to make.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same decks.")] = 0,
    wanted: Annotated[
        str | None, typer.Option("--with", metavar="CARD,…", help="Keys of cards that should be in them.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write a file for each into a folder.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Make random legal decks of cards that belong together."""
    with reporting(json) as report:
        loaded = load_program(spec, report)
        from compiler.conformance.runner import load_adapter
        from compiler.conformance.setups import episode_rng
        from compiler.decks import deck_table, export
        from compiler.files import write_text
        from compiler.ir.rows import with_rows

        adapter = load_adapter(loaded.program, loaded.spec.manifest.adapter, loaded.spec.root)
        if not adapter.makes_rows:
            message = "the game cannot make decks: its adapter has no function 'rows'"
            raise SpecError.single("E0802", None, message, suggestion="docs/verify.md says what it must return")
        table = deck_table(loaded.program).table.name
        names = names_in(wanted)
        known = {key for other in loaded.program.tables.values() for key in other.keys}
        for name in names:
            if name not in known:
                report.sink.error("E0801", None, f"there is no card '{name}'", suggestion=did_you_mean(name, known))
        report.sink.raise_if_errors()
        made = [adapter.rows(episode_rng(seed, deck, "deck"), names)[table] for deck in range(number)]
        rows = [{**row, "key": f"random-{seed}-{deck}"} for deck, row in enumerate(made)]
        found = deck_table(with_rows(loaded.program, {table: rows}))
        lists = {row["key"]: export(found, deck) for deck, row in enumerate(rows)}
        report.document["decks"] = [{"key": key, "text": text} for key, text in lists.items()]
        if out is None:
            report.say("\n".join(lists.values()).rstrip("\n"))
            return
        out.mkdir(parents=True, exist_ok=True)
        for key, text in lists.items():
            write_text(out / f"{key}.txt", text)
        report.say(f"wrote {len(lists)} lists to {out}")


def _read(spec: Path, files: list[Path], report: Report) -> list[RowDecl]:
    """Deck lists as rows that the rules accept. Raises SpecError with what is wrong in any of them."""
    program = load_program(spec, report).program
    from compiler import driver
    from compiler.decks import deck_table, parse_list
    from compiler.diagnostics import Diagnostics, read_source

    found = deck_table(program)
    sink = Diagnostics()
    rows: list[RowDecl] = []
    for file in files:
        source = read_source(file, sink)
        row = parse_list(found, source, sink, [row.key or "" for row in rows]) if source is not None else None
        rows += [row] if row is not None else []
    if rows:
        with suppress(SpecError):  # what is wrong is in the sink
            driver.load_with(spec, rows, sink)
    report.sink.extend(sink)
    report.sink.raise_if_errors()
    return rows
