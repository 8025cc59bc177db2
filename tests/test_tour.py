"""The tours of docs/ do what they say: its files are written, its commands are run, and their output is compared."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.paths import ROOT

TOURS = sorted((ROOT / "docs").glob("tour*.md"))
BLOCK = re.compile(r"^```(?P<info>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…\n"


def matches(output: str, expected: str) -> bool:
    """Whether an output is as expected; a line "…" stands for any lines."""
    parts = [re.escape(part) for part in expected.split(ANYTHING)]
    return re.fullmatch("(?:.*\n)*?".join(parts), output) is not None


def run(text: str, fails: bool) -> None:
    """Run the commands of a console block."""
    for command in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, expected = command.partition("\n")
        program, *args = line.split()
        assert program == "specc"
        result = CliRunner().invoke(cli.app, args)
        assert result.exit_code == (1 if fails else 0), result.output
        assert matches(result.output, expected), f"{line} says\n{result.output}\nand not\n{expected}"


@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.stem)
def test_a_tour(tour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    if tour.stem == "tour_fills":  # goes on from cards that are there
        for part in ("invented.yaml", "invented", "tcg"):
            (tmp_path / "specs").mkdir(exist_ok=True)
            source = ROOT / "specs" / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / "specs" / part)
    blocks = BLOCK.findall(tour.read_text(encoding="utf-8"))
    kinds = [info.split()[0] for info, _ in blocks]
    assert kinds.count("console") >= 3
    for info, text in blocks:
        kind, *rest = info.split()
        if kind == "console":
            run(text, rest == ["fails"])
            continue
        path = Path(rest[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() and rest[1:] != ["new"] else ""
        path.write_text(before + text, encoding="utf-8")


def test_the_first_tour_needs_few_lines() -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "tour.md").read_text(encoding="utf-8"))
    rules = [text for info, text in blocks if info.startswith("rules")]
    assert len([line for text in rules for line in text.splitlines() if line.strip()]) < 80


def test_outputs_are_compared() -> None:
    assert matches("a\nb\nc\n", "a\n…\nc\n")
    assert matches("a\nc\n", "a\n…\nc\n")
    assert matches("", "")
    assert not matches("a\n", "")
    assert not matches("a\nb\n", "a\n")
