"""What tests of the scraper share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from compiler import cli
from compiler.paths import ROOT
from compiler.scrape.extract import Extraction, extract
from compiler.scrape.site import Site, fill
from compiler.scrape.snapshots import Snapshot
from specs.tcg.sources import bulbapedia, limitless, serebii
from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS, SET, SLUG, TITLE, Card

INVENTED = ROOT / "tests" / "scrape_site" / "invented.yaml"
KNOWN = [{"set": SET, "slug": SLUG, "title": TITLE}]
SITES = {"limitless": limitless.site(), "serebii": serebii.site(), "bulbapedia": bulbapedia.site()}
WRITERS = {
    "limitless": pages.limitless_card,
    "serebii": pages.serebii_card,
    "bulbapedia": pages.bulbapedia_card,
}


def snapshot(site: Site, url: str, body: str | bytes, headers: Mapping[str, str] | None = None) -> Snapshot:
    """A page as if it had been fetched."""
    content = body.encode() if isinstance(body, str) else body
    kept = headers or {"content-type": "text/html; charset=utf-8"}
    return Snapshot(site.name, url, url, "2026-01-01T00:00:00.000+00:00", 200, kept, "", content)


def card_url(name: str, number: int, title: str = "Emberlet") -> str:
    """The URL of a print on a site."""
    site = SITES[name]
    kind = next(kind for kind in site.kinds if kind.name == "card")
    values = {"set": SET, "slug": SLUG, "title": TITLE, "name": title, "number": str(number)}
    if name == "serebii":
        values["number"] = f"{number:03d}"
    return site.origin + fill(kind.url, values)


def read(name: str, body: str | bytes, number: int = 1, headers: Mapping[str, str] | None = None) -> Extraction:
    """What a site's adapter says of a page of a card."""
    site = SITES[name]
    return extract(site, snapshot(site, card_url(name, number), body, headers), KNOWN)


def page_of(name: str, number: int) -> str:
    """A page of a card."""
    return WRITERS[name](PRINTS[number], number)


def expected(card: Card, number: int, *, knows_prints: bool) -> Card:
    """The record of a card as a site that knows, or does not know, of other prints states it."""
    own = f"{SET}-{number:03d}"
    classes = {"classes": []} if card["kind"] == "pokemon" else {}
    return {**card, **classes} if knows_prints else {**card, **classes, "id": own, "prints": [own]}


def scrape(base: str, *args: str | Path) -> tuple[int, dict[str, Any], str]:
    """Run `specc scrape` on the invented set; returns status, the document of --json, and the output."""
    common = [str(INVENTED), "--set", SET, "--base", base, "--rate", "0", "--concurrency", "8", "--json", "-"]
    result = CliRunner().invoke(cli.app, ["scrape", *common, *map(str, args)])
    start = result.stdout.find("{")
    document = json.loads(result.stdout[start:]) if start >= 0 else {}
    return result.exit_code, document, result.output
