"""Suites as pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from compiler.diagnostics import SpecError

_INK, _BAR = "#1b4965", "#5fa8d3"


def draw(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write a PNG for each suite of a document of `suites.run` that has a picture. Raises SpecError (E0705, E0704)."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        message = "plots need matplotlib, which is not installed"
        raise SpecError.single("E0705", None, message, suggestion="pip install matplotlib") from error
    mpl.use("Agg")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, rows in document["suites"].items():
            if name in _PICTURES and rows:
                path = folder / f"{document['engine']}-{name}.png"
                _figure(document, rows, _PICTURES[name]).savefig(path, dpi=120, metadata={"Software": None})
                written.append(path)
    except OSError as error:
        raise SpecError.single("E0704", None, f"cannot write to {folder}: {error.strerror or error}") from error
    return written


def _figure(document: Mapping[str, Any], rows: list[dict[str, Any]], picture: Callable[[Any, list], None]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    picture(axes, rows)
    axes.set_title(f"{document['engine']} on {document['device']}, JAX {document['versions']['jax']}", fontsize=10)
    return figure


def _bars(axes: Any, rows: list[dict[str, Any]]) -> None:
    found = [row for row in rows if row["name"] == "steps_per_second"][::-1]
    bars = axes.barh([row["policy"] for row in found], [row["value"] for row in found], color=_BAR)
    axes.bar_label(bars, labels=[f"{row['value']:,.0f}" for row in found], padding=4, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("steps per second")


def _by_batch(axes: Any, rows: list[dict[str, Any]]) -> None:
    found = [row for row in rows if row["name"] == "steps_per_second"]
    axes.loglog([row["batch"] for row in found], [row["value"] for row in found], "o-", color=_INK)
    axes.set_xlabel("games side by side")
    axes.set_ylabel("steps per second")
    axes.grid(alpha=0.3)


def _by_rows(axes: Any, rows: list[dict[str, Any]]) -> None:
    sizes = [int(row["policy"].split()[1]) for row in rows if row["name"] == "steps_per_second"]
    costs = [row["value"] for row in rows if row["name"] == "processor_nanoseconds_per_step"]
    compiling = [row["value"] for row in rows if row["name"] == "compile_seconds"]
    axes.semilogx(sizes, costs, "o-", color=_INK, base=2, label="processor time per step")
    axes.set_xlabel("rows")
    axes.set_ylabel("ns per step")
    axes.set_ylim(bottom=0)
    other = axes.twinx()
    other.semilogx(sizes, compiling, "s--", color=_BAR, base=2, label="compile time")
    other.set_ylabel("s to compile")
    other.set_ylim(bottom=0)
    lines = [*axes.get_lines(), *other.get_lines()]
    axes.legend(lines, [line.get_label() for line in lines], loc="lower right")


_PICTURES: Mapping[str, Callable[[Any, list], None]] = {
    "policies": _bars,
    "baselines": _bars,
    "batches": _by_batch,
    "rows": _by_rows,
}
