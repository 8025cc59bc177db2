"""The command that measures: bench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from compiler.cli.common import Command, JsonOption, Report, SpecArgument, app, load_program, names_in, reporting


@app.command(cls=Command)
def bench(
    spec: SpecArgument,
    quick: Annotated[bool, typer.Option("--quick", help="Few short runs: a glance, not a measurement.")] = False,
    suite: Annotated[
        str | None,
        typer.Option(
            "--suite",
            metavar="NAME,…",
            help="policies, batches, rows, baselines or all, instead of one player's speed.",
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", metavar="NAME,…", help="Who plays: uniform, eager, each +observation; network.")
    ] = "uniform",
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Games side by side.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Decisions per game and run.")] = None,
    runs: Annotated[int | None, typer.Option("--runs", min=1, help="Runs, of which the median counts.")] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="DIR", help="Draw the suites as PNG files into a folder.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Measure the generated engine: steps per second, compile time, size of a state."""
    with reporting(json) as report:
        from compiler.bench.engines import POLICIES, BenchOptions
        from compiler.bench.engines import bench as measure
        from compiler.bench.suites import SUITES, Bench, run

        policies = _chosen("--policy", policy, POLICIES)
        options = BenchOptions(batch=batch, steps=steps, runs=runs, quick=quick, policies=policies)
        if suite is None:
            from compiler.conformance.policies import Taste
            from compiler.manifest import load_spec

            manifest = load_spec(spec, report.sink)
            verify = manifest.manifest.verify
            taste = Taste(verify.eager, verify.last, verify.score)
            result = measure(manifest.manifest.engine, manifest.root / "generated", options, taste)
            report.document.update(result)
            _print_results(result["engine"], result["device"], result["results"], report)
            return
        chosen = tuple(SUITES) if suite == "all" else _chosen("--suite", suite, tuple(SUITES))
        loaded = load_program(spec, report, whole=True)
        with report.console.status("measuring") as status:
            result = run(Bench(loaded, options, lambda what: status.update(f"measuring: {what}")), chosen)
        report.document.update(result)
        for name, found in result["suites"].items():
            _print_results(f"{result['engine']}, {name}", result["device"], found, report)
        if plots is not None:
            from compiler.bench.plots import draw

            for path in draw(result, plots):
                report.say(f"drew {path}")


def _chosen(option: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names in a list of them, each of which must be known."""
    from compiler.diagnostics import did_you_mean

    names = tuple(names_in(text))
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"choose from {', '.join(known)}"
            raise typer.BadParameter(f"{option}: '{name}' is unknown; {hint}")
    return names


def _print_results(title: str, device: str, results: list[dict[str, Any]], report: Report) -> None:
    from rich.table import Table

    table = Table(title=f"{title} on {device}", title_justify="left")
    for column in ("measured", "value", "unit", "batch", "policy"):
        table.add_column(column, justify="right" if column in ("value", "batch") else "left")
    for row in results:
        value = f"{row['value']:,.3g}" if row["value"] < 1000 else f"{row['value']:,.0f}"
        table.add_row(row["name"].replace("_", " "), value, row["unit"], str(row["batch"]), row["policy"])
    report.console.print(table)
