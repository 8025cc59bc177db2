"""`specc fill` from end to end: a game with holes, a server on loopback, runs that are stopped and go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from compiler import cli, driver
from compiler.diagnostics import Diagnostics
from compiler.holes.ledger import read_ledger
from compiler.holes.session import Session
from compiler.paths import ROOT
from tests.fake_messages import CACHED, KEY, OUTPUT, SENT, served
from tests.filling import (
    Punched,
    built,
    coded_rows,
    is_laid_out_alike,
    program_of,
    punched,
    without_locations,
)

HOLES = 30
QUICK = ["--states", "600", "--executions", "40"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def holes_of(folder: Path, count: int) -> Punched:
    """A copy of the card game with this many effects removed, spread over all of them."""
    program = program_of("tcg")
    rows = [row for row in coded_rows(program) if is_laid_out_alike(program, *row)]
    return punched(folder, "tcg", rows[:: max(1, len(rows) // count)][:count], {})


def arguments(game: Punched, *more: str) -> list[str]:
    return ["fill", str(game.manifest), "--texts", str(game.texts.folder), *QUICK, *more]


def run(game: Punched, *more: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(cli.app, [*arguments(game, *more), "--json", "-"])
    assert result.exit_code in (0, 1), result.output
    assert KEY not in result.output
    return result.exit_code, json.loads(result.stdout)


def answers(game: Punched) -> dict[str, list[str]]:
    return {game.wording[digits]: [effect] for digits, effect in game.effects.items()}


def accept_doubtful(game: Punched) -> None:
    """Say yes to what waits for review."""
    result = CliRunner().invoke(cli.app, arguments(game, "--review"), input="a\n" * 100)
    assert result.exit_code == 0, result.output


def engine(manifest: Path) -> dict[str, bytes]:
    folder = driver.build(manifest, Diagnostics()).folder.absolute()
    folder = manifest.parents[1] / "generated" / folder.name
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.mark.slow
def test_thirty_removed_effects_come_back_as_the_same_engine(tmp_path: Path) -> None:
    game = holes_of(tmp_path / "with_holes", HOLES)
    with served(answers(game)) as server:
        _, found = run(game, "--provider", "anthropic", "--base-url", server.url, "--concurrency", "8")
    statuses = Counter(hole["status"] for hole in found["holes"])
    assert statuses["refused"] == statuses["open"] == 0, found["holes"]
    assert statuses["admitted"] >= 0.8 * len(game.effects)
    accept_doubtful(game)
    assert CliRunner().invoke(cli.app, arguments(game, "--inline")).exit_code == 0
    original = tmp_path / "original"
    whole = punched(original, "tcg", [], {})
    for path in sorted(whole.manifest.parent.glob("tcg/**/*.rules")):
        again = game.manifest.parent / path.relative_to(whole.manifest.parent)
        assert again.read_text() == path.read_text()
    assert engine(game.manifest) == engine(whole.manifest)
    assert found["spent"]["requests"] == len(server.requests)
    assert found["spent"]["cache_read"] == CACHED * len(server.requests)
    assert read_ledger(game.fills / "ledger.jsonl").usage.output == OUTPUT * len(server.requests)


def test_fills_in_the_store_build_the_engine_that_they_build_inline(tmp_path: Path) -> None:
    """Only the places of rules differ, which fills in the store have there."""
    rows = coded_rows(program_of("tcg"))
    game, whole = punched(tmp_path / "with_holes", "tcg", rows, {}), punched(tmp_path / "whole", "tcg", [], {})
    game.fills.mkdir(parents=True, exist_ok=True)
    for digits, effect in game.effects.items():
        (game.fills / f"{digits}.rules").write_text(effect)
    stored, inline = built(game.manifest), built(whole.manifest)
    assert without_locations(stored) == without_locations(inline)
    kept, there = (json.loads(engine["spans.json"]) for engine in (stored, inline))
    moved = [block for block in kept if kept[block] != there[block]]
    assert len(moved) > 50
    elsewhere = [block for block in moved if not kept[block]["file"].startswith("specs/tcg/fills/")]
    assert all(kept[block]["file"] == there[block]["file"] for block in elsewhere)  # further down in the same file


WRONG = {
    "heal 20 damage from self }": "parse",
    "verb win { finish p: 1 }": "parse",
    "import os": "types",
    "finish p: 1 if p == me else -1": "reach",
    "take turn": "types",
    "settle from me": "reach",
    "me.points = 3": "reach",
    "let x = 3": "dead code",
    "repeat 1000 { repeat 1000 { heal 1 damage from active(me) } }": "bounds",
    "{{ 7 * 7 }}": "parse",
    "": "size",
    "a" * 7000: "form",
}


@pytest.mark.slow
def test_wrong_answers_are_refused_with_reasons(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 1)
    (digits,) = game.effects
    for effect, check in WRONG.items():
        with served({game.wording[digits]: [effect]}) as server:
            status, found = run(game, "--provider", "anthropic", "--base-url", server.url, "--attempts", "1", "--again")
        assert status == 1
        (hole,) = found["holes"]
        assert hole["status"] in ("refused", "open", "doubtful"), effect
        told = [finding["check"] for finding in hole.get("findings", ())] or [hole["reason"]]
        assert any(check in one for one in told), (effect, told)
        assert not (game.fills / f"{digits}.rules").exists()
    with pytest.raises(Exception, match="hole that nothing fills"):
        driver.build(game.manifest, Diagnostics())


def test_a_refused_answer_comes_back_with_its_diagnostics(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 1)
    ((digits, effect),) = game.effects.items()
    with served({game.wording[digits]: ["heal 20 damage form self", effect]}) as server:
        _, found = run(game, "--provider", "anthropic", "--base-url", server.url)
    assert [hole["attempts"] for hole in found["holes"]] == [2]
    second = server.requests[1]["messages"][0]["content"]
    assert "heal 20 damage form self" in second
    assert "parse: 1:" in second or "types: 1:" in second
    assert server.requests[0]["system"] == server.requests[1]["system"]


def test_independent_answers_must_agree(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 4)
    digits, effect = next((d, e) for d, e in game.effects.items() if any(char.isdigit() for char in e))
    other = "".join(str((int(char) + 1) % 10) if char.isdigit() else char for char in effect)
    row = next(
        c.places[0].key
        for c in Session.open(game.manifest, Diagnostics(), game.texts).open_contracts
        if c.digits == digits
    )
    with served({game.wording[digits]: [effect, effect, other, other, other]}) as server:
        args = (row, "--provider", "anthropic", "--base-url", server.url, "--answers", "2", "--attempts", "1")
        _, same = run(game, *args)
        _, differing = run(game, *args, "--again") if same["holes"][0]["status"] != "admitted" else (0, same)
    assert "agreement" in same["holes"][0]["passed"]
    if differing is not same:
        assert differing["holes"][0]["status"] == "doubtful"


def test_nothing_is_spent_beyond_the_budget(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 5)
    with served(answers(game)) as server:
        status, found = run(game, "--provider", "anthropic", "--base-url", server.url, "--dollars", "0.12")
    assert status == 1
    reasons = Counter(hole["reason"] for hole in found["holes"])
    assert reasons["the budget is used up"] >= 1
    assert 1 <= len(server.requests) < 5
    assert found["spent"]["dollars"] <= 0.12


def test_only_so_many_requests_are_open_at_a_time(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 8)
    with served(answers(game), delay=0.1) as server:
        run(game, "--provider", "anthropic", "--base-url", server.url, "--concurrency", "2")
    assert server.most_at_once == 2


@pytest.mark.slow
def test_stopped_at_any_point_it_goes_on_without_paying_twice(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 8)
    args = [*arguments(game), "--provider", "anthropic", "--concurrency", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with served(answers(game), delay=0.05) as server:
        command = [sys.executable, "-m", "compiler.cli", *args, "--base-url", server.url]
        kills = 0
        for after in (1, 3, 5):  # killed when the server has seen so many requests
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and len(server.requests) < after:
                time.sleep(0.01)
            if process.poll() is None:
                time.sleep(0.02 * (after % 3))
                process.send_signal(signal.SIGKILL)
                kills += 1
            process.wait()
            paid = read_ledger(game.fills / "ledger.jsonl")
            seen = Counter(server.texts)
            assert len(server.requests) - paid.answered <= 2 * kills  # at most what was on its way
            assert all(seen[text] >= 1 for text in seen)
        _, found = run(game, "--provider", "anthropic", "--base-url", server.url)
        before = len(server.requests)
        _, again = run(game, "--provider", "anthropic", "--base-url", server.url)
    assert kills == 3
    assert len(server.requests) == before  # nothing is left to be asked
    book = read_ledger(game.fills / "ledger.jsonl")
    per_request = Counter(json.loads(line)["id"] for line in _lines(game) if json.loads(line)["event"] == "reply")
    assert max(per_request.values()) == 1  # no reply was paid for twice
    assert book.answered == len(game.effects)
    assert {*found, *again} >= {"holes"}
    filled = len(list(game.fills.glob("*.rules"))) + len(list((game.fills / "review").glob("*.json")))
    assert filled == len(game.effects)


def _lines(game: Punched) -> list[str]:
    return (game.fills / "ledger.jsonl").read_text().splitlines()


def test_a_half_written_line_of_the_ledger_is_left_out(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 2)
    with served(answers(game)) as server:
        run(game, "--provider", "anthropic", "--base-url", server.url)
        path = game.fills / "ledger.jsonl"
        path.write_bytes(path.read_bytes() + b'{"event": "reply", "id": "abc", "us')
        for file in game.fills.glob("*.rules"):
            file.unlink()
        run(game, "--provider", "anthropic", "--base-url", server.url)
    assert len(server.requests) == 2
    assert read_ledger(path).broken == 1


def test_the_key_is_written_nowhere(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 2)
    with served(answers(game), faults={0: "429", 1: "500"}) as server:
        run(game, "--provider", "anthropic", "--base-url", server.url)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_the_dry_run_prices_and_sends_nothing(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 3)
    with served(answers(game)) as server:
        result = CliRunner().invoke(cli.app, arguments(game, "--dry-run", "--base-url", server.url))
    assert result.exit_code == 0, result.output
    assert not server.requests
    assert "3 holes, 3 requests" in result.output
    assert "an estimate" in result.output
    assert not (game.fills / "ledger.jsonl").exists()


def test_prompts_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 3)
    first, second = (CliRunner().invoke(cli.app, arguments(game, "--show-prompt")).output for _ in range(2))
    assert first == second
    assert all(json.dumps(text, ensure_ascii=False) in first for text in game.wording.values())


def test_stale_fills_are_found(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 3)
    game.record({digits: [effect] for digits, effect in game.effects.items()})
    run(game)
    accept_doubtful(game)
    _, fresh = run(game, "--stale")
    assert fresh["stale"] == []
    verbs = next(game.manifest.parent.glob("tcg/verbs*"))
    verbs = verbs if verbs.is_file() else sorted(verbs.glob("*.rules"))[0]
    verbs.write_text(verbs.read_text() + "\n\nfunc nobody_asks(n: int 0..9): int 0..9 = n\n")
    changed = sorted(game.fills.glob("*.rules"))[0]
    changed.write_text("# nothing\n")
    _, found = run(game, "--stale")
    reasons = {entry["hash"]: entry["reasons"] for entry in found["stale"]}
    assert all("the vocabulary has changed" in why for why in reasons.values())
    assert "the effect was changed by hand" in reasons[changed.stem]


def test_the_report_adds_up(tmp_path: Path) -> None:
    game = holes_of(tmp_path, 3)
    with served(answers(game)) as server:
        run(game, "--provider", "anthropic", "--base-url", server.url)
    _, found = run(game, "--report")
    assert found["requests"] == found["replies"] == len(server.requests)
    assert found["tokens"]["input"] == SENT * len(server.requests)
    assert sum(found["statuses"].values()) == 3
    assert found["dollars"] > 0
    result = CliRunner().invoke(cli.app, arguments(game, "--report"))
    assert f"{len(server.requests)} requests" in result.output


def test_two_runs_do_not_share_a_ledger(tmp_path: Path) -> None:
    from compiler.holes.ledger import Ledger

    game = holes_of(tmp_path, 1)
    with Ledger(game.fills / "ledger.jsonl"):
        status, found = run(game)
    assert status == 1
    assert [diagnostic["code"] for diagnostic in found["diagnostics"]][-1] == "E1103"
