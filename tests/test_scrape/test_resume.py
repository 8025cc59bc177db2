"""Interrupted scrapes: nothing that was fetched is lost, and nothing is fetched twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compiler.paths import ROOT
from compiler.scrape.snapshots import SnapshotStore
from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS, many
from tests.scrape_site.server import Answer, LoopbackSite, invented_pages
from tests.test_scrape.tools import INVENTED, scrape

CARDS = 500
LISTS = 5
CONCURRENCY = 4


def start(web: LoopbackSite) -> subprocess.Popen[bytes]:
    """`specc scrape` in a process of its own."""
    options = [
        "--set",
        "T1",
        "--site",
        "limitless",
        "--base",
        web.url,
        "--rate",
        "0",
        "--concurrency",
        str(CONCURRENCY),
    ]
    command = [sys.executable, "-m", "compiler.cli", "scrape", str(INVENTED), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(home: Path) -> set[str]:
    """The paths of the pages that the store has, whole."""
    store = SnapshotStore(home / "snapshots")
    try:
        jobs = [job for (job,) in store._index.execute("SELECT id FROM jobs").fetchall()]
        return {snapshot.url.partition("/cards")[2] for job in jobs for snapshot in store.of_job(job)}
    finally:
        store.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_scrape_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing(home: Path, seed: int) -> None:
    luck = random.Random(seed)
    kills = sorted(luck.sample(range(1, CARDS + LISTS - 20), 4))
    with LoopbackSite(invented_pages(many(CARDS))).running() as web:
        web.delay = 0.004
        had: set[str] = set()
        for kill in kills:
            process = start(web)
            while len(web.asked()) < kill and process.poll() is None:
                time.sleep(0.001)
            time.sleep(luck.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            before, had = had, stored(home)
            assert before <= had
            _check_repeats(web, had)
        assert start(web).wait() == 0
        wanted = {request.path.partition("/cards")[2] for request in web.asked()}
        assert len(wanted) == CARDS + LISTS
        assert stored(home) == wanted
        asked = len(web.asked())
        # what was asked for twice was under way, and not yet stored, when the process was killed
        assert CARDS + LISTS <= asked <= CARDS + LISTS + len(kills) * CONCURRENCY
        assert kills[0] <= asked


def _check_repeats(web: LoopbackSite, had: set[str]) -> None:
    """From now on, the server is told of every request for a page that the store has."""
    inner = web.page

    def page(path: str, query: object) -> str | bytes | None:
        full = path + (f"?page={query['page'][0]}" if isinstance(query, dict) and "page" in query else "")
        assert full.partition("/cards")[2] not in had, f"{full} was fetched before"
        return inner(path, query)  # type: ignore[arg-type]

    web.page = page


def test_what_failed_is_tried_again_and_only_that(web: LoopbackSite) -> None:
    web.give("/cards/T1/7", [Answer(404)])
    status, document, _ = scrape(web.url, "--site", "limitless")
    assert status == 1
    assert list(document["failures"]) == [f"{web.url}/cards/T1/7"]
    assert document["jobs"][0]["records"] == len(PRINTS) - 1
    asked = len(web.asked())
    status, document, _ = scrape(web.url, "--site", "limitless")
    assert status == 0
    assert [request.path for request in web.asked()[asked:]] == ["/cards/T1/7"]
    assert document["jobs"][0]["resumed"] == len(PRINTS)


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b nonsense", None])
def test_a_body_that_is_damaged_is_fetched_again(web: LoopbackSite, home: Path, damage: bytes | None) -> None:
    web.give("/cards/T1/7", [Answer(404)])
    scrape(web.url, "--site", "limitless")
    bodies = sorted((home / "snapshots" / "bodies").rglob("*.gz"))
    body = pages.limitless_card(PRINTS[5], 5).encode()
    target = next(path for path in bodies if path.stem == _digest(body))
    if damage is None:
        target.unlink()
    else:
        target.write_bytes(damage)
    asked = len(web.asked())
    assert scrape(web.url, "--site", "limitless")[0] == 0
    assert sorted(request.path for request in web.asked()[asked:]) == ["/cards/T1/5", "/cards/T1/7"]


def test_only_one_scrape_writes_to_a_store(web: LoopbackSite, home: Path) -> None:
    with SnapshotStore(home / "snapshots").writing() as alone:
        assert alone
        status, document, _ = scrape(web.url)
    assert status == 1
    assert [found["code"] for found in document["diagnostics"]] == ["E1207"]


def test_a_store_that_is_none_is_told(web: LoopbackSite, home: Path) -> None:
    (home / "snapshots").mkdir(parents=True)
    (home / "snapshots" / "index.sqlite").write_bytes(b"this is no database" * 100)
    status, document, _ = scrape(web.url)
    assert status == 1
    assert [found["code"] for found in document["diagnostics"]] == ["E1207"]


def _digest(body: bytes) -> str:
    from hashlib import sha256

    return sha256(body).hexdigest()
