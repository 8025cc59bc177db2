"""Figures of the scraper: pages read a second, a long scrape from loopback, and the rate that a site sees.

python benchmarks/scrape.py               everything, as printed in docs/scraping.md
python benchmarks/scrape.py --only rate
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compiler.paths import ROOT
from compiler.scrape.extract import extract
from compiler.scrape.snapshots import Snapshot
from specs.tcg.sources import bulbapedia, limitless, serebii
from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS, SLUG, TITLE, Card, many
from tests.scrape_site.server import LoopbackSite, Page, invented_pages

SETS = 6
CARDS = 300
RATE = 2.0
_WIKI = "/w/api.php?action=parse&prop=wikitext&format=json&redirects=1&page="
WINDOW = 5.0
PADDING = f'<div class="row"><span class="cell">{"filler " * 8}</span></div>' * 100
"""Real pages carry more around a card than the invented ones."""


def extraction(seconds: float) -> None:
    """Pages of cards read a second, from snapshots in memory, on one core."""
    known = [{"set": "T1", "slug": SLUG, "title": TITLE}]
    sources = (
        (limitless.site(), pages.limitless_card, "/cards/T1/{n}"),
        (serebii.site(), pages.serebii_card, f"/tcgpocket/{SLUG}/{{n:03d}}.shtml"),
        (bulbapedia.site(), pages.bulbapedia_card, _WIKI + f"X+({TITLE.replace(' ', '+')}+{{n}})"),
    )
    for site, write, path in sources:
        snapshots = []
        for number, card in PRINTS.items():
            body = write(card, number).replace("</nav>", f"</nav>{PADDING}").encode()
            url = site.origin + path.format(n=number)
            snapshots.append(Snapshot(site.name, url, url, "", 200, {}, "", body))
        done, started = 0, time.process_time()
        while time.process_time() - started < seconds:
            for snapshot in snapshots:
                found = extract(site, snapshot, known)
                assert len(found.records) == 1
                assert not found.complaints
            done += len(snapshots)
        size = sum(len(snapshot.body) for snapshot in snapshots) / len(snapshots)
        rate = done / (time.process_time() - started)
        print(f"{site.name}: {rate:,.0f} card pages of {size / 1024:.1f} KiB read in a second of one core")


def long_scrape() -> None:
    """1,800 cards from loopback as fast as it goes: wall time and peak memory of the process."""
    sets = {f"T{n}": many(CARDS, f"T{n}") for n in range(1, SETS + 1)}
    with tempfile.TemporaryDirectory() as folder, LoopbackSite(_all(sets)).running() as web:
        manifest = _manifest(Path(folder), list(sets))
        options = [word for name in sets for word in ("--set", name)]
        options += ["--site", "limitless", "--base", web.url, "--rate", "0", "--concurrency", "8"]
        options += ["--out", str(Path(folder) / "cards"), "--records", str(Path(folder) / "records.jsonl")]
        for title in ("first run", "second run, nothing changed"):
            started = time.monotonic()
            usage = _run([str(manifest), *options], Path(folder))
            wall, mebi = time.monotonic() - started, usage.ru_maxrss / 1024
            cpu = usage.ru_utime + usage.ru_stime
            records = len((Path(folder) / "records.jsonl").read_text().splitlines())
            print(
                f"{title}: {records:,} cards, {len(web.asked()):,} requests so far; "
                f"{wall:.1f} s wall, {cpu:.1f} s of CPU, peak {mebi:.0f} MiB"
            )


def politeness() -> None:
    """The most requests that the site sees within any window, with a limit of 2 a second."""
    with tempfile.TemporaryDirectory() as folder, LoopbackSite(invented_pages(many(40))).running() as web:
        manifest = _manifest(Path(folder), ["T1"])
        options = ["--set", "T1", "--site", "limitless", "--base", web.url, "--rate", str(RATE), "--concurrency", "8"]
        _run([str(manifest), *options], Path(folder))
        times = sorted(request.at for request in web.log)
        most = max(sum(start <= at < start + WINDOW for at in times) for start in times)
        mean = (len(times) - 1) / (times[-1] - times[0])
        print(
            f"limit {RATE:g} requests/s: {len(times)} requests, {mean:.2f}/s on average, "
            f"at most {most} ({most / WINDOW:.2f}/s) in any {WINDOW:g} seconds"
        )
        assert most <= RATE * WINDOW


def _run(arguments: list[str], folder: Path) -> resource.struct_rusage:
    """`specc scrape` in a process of its own; what it used."""
    environment = {**os.environ, "SPECC_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "compiler.cli", "scrape", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"specc scrape failed with {status}")
    return usage


def _all(sets: dict[str, dict[int, Card]]) -> Page:
    each = [invented_pages(prints, name) for name, prints in sets.items()]
    return lambda path, query: next((found for page in each if (found := page(path, query)) is not None), None)


def _manifest(folder: Path, sets: list[str]) -> Path:
    (folder / "pyproject.toml").touch()
    (folder / "specs").mkdir()
    (folder / "specs" / "many.rules").write_text("players 2\n")
    lines = ["name: many", "engine: manyjax", "title: Many cards", "rules: [many.rules]", "sources:", "  sites:"]
    lines += ["    limitless: python:specs.tcg.sources.limitless:site", "  rows: python:specs.tcg.sources.rows:rows"]
    lines += ["  sets:", *(f"    {name}: {{}}" for name in sets)]
    manifest = folder / "specs" / "many.yaml"
    manifest.write_text("\n".join(lines) + "\n")
    return manifest


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python benchmarks/scrape.py", description=__doc__)
    parser.add_argument("--only", choices=["extraction", "long", "rate"])
    parser.add_argument("--seconds", type=float, default=5.0, help="of CPU for each site's extraction")
    args = parser.parse_args()
    if args.only in (None, "extraction"):
        extraction(args.seconds)
    if args.only in (None, "long"):
        long_scrape()
    if args.only in (None, "rate"):
        politeness()


if __name__ == "__main__":
    main()
