"""The command that looks for mistakes nobody would notice: mutate."""

from __future__ import annotations

from typing import Annotated

import typer

from compiler.cli.common import Command, JsonOption, SpecArgument, app, load_program, reporting


@app.command(cls=Command)
def mutate(
    spec: SpecArgument,
    count: Annotated[int, typer.Option("--count", min=1, help="Mutants to make.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Of the choice of mutants, and of the games.")] = 0,
    episodes: Annotated[int, typer.Option("--episodes", min=1, help="Games to record at most.")] = 1500,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    reference: Annotated[
        list[str] | None,
        typer.Option("--reference", metavar="NAME", help="As for verify; by default all of the manifest's."),
    ] = None,
    at_least: Annotated[
        float, typer.Option("--at-least", min=0, max=1, help="Fail where a smaller share is killed.")
    ] = 0.0,
    json: JsonOption = None,
) -> None:
    """Make small mistakes in the rules, and see whether scenarios, references and properties notice them."""
    with reporting(json) as report:
        loaded = load_program(spec, report, whole=True)
        from compiler.conformance.mutation import MutationOptions
        from compiler.conformance.mutation import mutate as mutate_spec

        options = MutationOptions(count, seed, episodes, workers, tuple(reference or ()))
        found = mutate_spec(options, loaded.spec, loaded.program, console=report.console)
        found.print(report.console, loaded.program)
        report.document.update(found.to_json(loaded.program))
        report.ok = found.share() >= at_least
