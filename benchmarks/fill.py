"""Filling the card game anew: its effects as answers of a Messages API on loopback, asked by the real client.

python benchmarks/fill.py                  every effect, as printed in docs/fills.md
python benchmarks/fill.py --count 30       thirty of them, spread over all
python benchmarks/fill.py --requests-only  no admission: what the client alone takes

The wording is what `specc explain` says of the rows. Doubtful answers are accepted, as a person would who knows that
they are true; how many there were is printed. Tokens are estimates: no model has counted them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from compiler.diagnostics import Diagnostics
from compiler.holes.prices import load_prices
from compiler.holes.providers.anthropic import Anthropic, Settings
from compiler.holes.providers.base import Request
from compiler.holes.providers.names import DEFAULT_MODEL
from compiler.holes.report import price_holes, price_lines
from compiler.holes.session import Session
from compiler.paths import ROOT
from tests.fake_messages import KEY, FakeMessages, served
from tests.filling import Punched, built, coded_rows, program_of, punched, without_locations

CONCURRENCY = 8


def spread_out(folder: Path, count: int | None) -> Punched:
    """A copy of the card game without `count` of its effects."""
    rows = coded_rows(program_of("tcg"))
    return punched(folder, "tcg", rows if count is None else rows[:: max(1, len(rows) // count)][:count], {})


def opened(game: Punched) -> Session:
    return Session.open(game.manifest, Diagnostics(), game.texts)


def prompts(session: Session) -> list[Request]:
    """What is asked about every hole, priced on the way."""
    table = load_prices(None)
    priced = price_holes(session, session.open_contracts, False, DEFAULT_MODEL, table.of(DEFAULT_MODEL), 1, table)
    for line in price_lines(priced):
        print(line)
    return [
        Request(contract.digits, 0, 0, session.prompter.prompt(contract, []), "anthropic", DEFAULT_MODEL, "")
        for contract in session.open_contracts
    ]


async def ask_all(requests: list[Request], url: str) -> int:
    """Send all requests, so many at a time. Returns how many came back with an answer."""
    client, places = Anthropic(Settings(url)), asyncio.Semaphore(CONCURRENCY)

    async def one(request: Request) -> bool:
        async with places:
            return (await client.ask(request)).answer is not None

    try:
        return sum(await asyncio.gather(*map(one, requests)))
    finally:
        await client.close()


def client_alone(session: Session, server: FakeMessages) -> None:
    requests = prompts(session)
    started, cpu = time.perf_counter(), time.process_time()
    hits = asyncio.run(ask_all(requests, server.url))
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    rate = len(requests) / wall
    print(f"client alone: {hits} answers to {len(requests)} requests in {wall:.1f} s, {rate:.0f} requests/s")
    print(f"  {used:.1f} s of CPU, the server's included")


def fill(game: Punched, server: FakeMessages, effort: list[str]) -> None:
    """`specc fill` in a process of its own, and what is doubtful accepted."""
    result = game.manifest.parent / "fill.json"
    sent = len(server.requests)
    command = [sys.executable, "-m", "compiler.cli", "fill", str(game.manifest), "--texts", str(game.texts.folder)]
    command += ["--provider", "anthropic", "--base-url", server.url, "--concurrency", str(CONCURRENCY), *effort]
    started = time.perf_counter()
    subprocess.run([*command, "--json", str(result)], check=False, stdout=subprocess.DEVNULL, cwd=ROOT)
    wall = time.perf_counter() - started
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    holes = json.loads(result.read_text())["holes"]
    counts = Counter(hole["status"] for hole in holes)
    asked = len(server.requests) - sent
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    print(f"fill: {told}; {asked} requests in {wall:.1f} s with admission ({cpu:.1f} s of CPU), {asked / wall:.1f}/s")
    checks = Counter(finding["check"] for hole in holes for finding in hole.get("findings", ()) if _counts(finding))
    if checks:
        print("  findings: " + ", ".join(f"{check} {count}" for check, count in checks.most_common()))


def _counts(finding: dict[str, str]) -> bool:
    return finding["severity"] != "note"


def accept_doubtful(game: Punched) -> None:
    session = opened(game)
    for doubt in session.store.doubtful():
        origin = replace(doubt.origin, verdict="accepted")
        session.store.admit(session.all_contracts[doubt.digits], doubt.answer.effect, origin)


def compare(game: Punched, whole: Punched) -> bool:
    """Build both. The engine with its fills in the store is the other one but for where its rules stand."""
    started = time.perf_counter()
    ours, theirs = built(game.manifest), built(whole.manifest)
    same = without_locations(ours) == without_locations(theirs)
    size = sum(len(text.encode()) for text in theirs.values())
    print(
        f"build: {'identical' if same else 'DIFFERENT'} but for the places of rules,"
        f" {len(theirs)} files of {size / 1024:,.0f} KiB, two builds in {time.perf_counter() - started:.1f} s"
    )
    return same


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, help="Only so many effects.")
    parser.add_argument("--requests-only", action="store_true", help="No admission and no build.")
    parser.add_argument("--states", type=int, default=20_000, help="As of specc fill.")
    parser.add_argument("--executions", type=int, default=1_000, help="As of specc fill.")
    args = parser.parse_args()
    os.environ["ANTHROPIC_API_KEY"] = KEY
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    with tempfile.TemporaryDirectory(prefix="specc-fill-") as folder:
        game = spread_out(Path(folder) / "with_holes", args.count)
        answers = {game.wording[digits]: [effect] for digits, effect in game.effects.items()}
        with served(answers) as server:
            client_alone(opened(game), server)
            if args.requests_only:
                return
            fill(game, server, ["--states", str(args.states), "--executions", str(args.executions)])
        accept_doubtful(game)
        if not compare(game, punched(Path(folder) / "whole", "tcg", [], {})):
            sys.exit(1)


if __name__ == "__main__":
    main()
