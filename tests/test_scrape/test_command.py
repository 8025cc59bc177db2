"""`specc scrape` from the loopback site to rules files and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile
from compiler.syntax import parse_module
from compiler.syntax.unparse import format_module
from compiler.texts import TextStore, text_hash
from tests.scrape_site import pages
from tests.scrape_site.cards import CARDS, PRINTS
from tests.scrape_site.server import LoopbackSite
from tests.test_scrape.tools import scrape

PAGES = 3 * (len(PRINTS) + 1)


def changed_pages(web: LoopbackSite, number: int, **facts: object) -> None:
    """Serve other facts of a card on all sites."""
    before = web.page
    card = {**PRINTS[number], **facts}
    first = int(card["id"][-3:])
    numbers = [int(ident[-3:]) for ident in PRINTS[number]["prints"]]
    assert first in numbers

    def page(path: str, query: object) -> str | bytes | None:
        for n in numbers:
            if path == f"/cards/T1/{n}":
                return pages.limitless_card(card, n)
            if path == f"/tcgpocket/loopbackisles/{n:03d}.shtml":
                return pages.serebii_card(card, n)
        found = before(path, query)  # type: ignore[arg-type]
        if path == "/w/api.php" and isinstance(found, str):
            title = json.loads(found)["parse"]["title"]
            for n in numbers:
                if title == f"{card['name']} (Loopback Isles {n})":
                    return pages.bulbapedia_card(card, n)
        return found

    web.page = page


def test_three_sites_become_rows_and_texts(web: LoopbackSite, tmp_path: Path) -> None:
    out = tmp_path / "cards"
    status, document, output = scrape(web.url, "--out", out, "--records", tmp_path / "records.jsonl")
    assert status == 0, output
    assert [job["fetched"] for job in document["jobs"]] == [len(PRINTS) + 1] * 3
    assert not document["diagnostics"]
    assert len(document["changed"]) == len(CARDS)
    text = (out / "t1.rules").read_text()
    source = SourceFile("t1.rules", text)
    module = parse_module(source, Diagnostics())
    assert module is not None
    assert format_module(module, source) == text
    records = [json.loads(line) for line in (tmp_path / "records.jsonl").read_text().splitlines()]
    assert records == [{**card, "classes": []} if card["kind"] == "pokemon" else card for card in CARDS]
    store = TextStore()
    for card in CARDS:
        texts = [card.get("text") if card.get("trainer_type") != "fossil" else None]
        texts += [attack["text"] for attack in card.get("attacks", [])]
        for said in filter(None, texts):
            assert text_hash(said) in text
            assert text_hash(said) in store


def test_a_second_run_asks_only_whether_pages_changed_and_writes_nothing(web: LoopbackSite, tmp_path: Path) -> None:
    scrape(web.url, "--out", tmp_path)
    before = (tmp_path / "t1.rules").stat()
    status, document, _ = scrape(web.url, "--out", tmp_path)
    assert status == 0
    assert document["changed"] == []
    assert [job["unchanged"] for job in document["jobs"]] == [len(PRINTS) + 1] * 3
    assert [request.status for request in web.asked()][PAGES:] == [304] * PAGES
    assert (tmp_path / "t1.rules").stat().st_mtime_ns == before.st_mtime_ns


def test_a_changed_card_is_a_diff_of_one_card(web: LoopbackSite, tmp_path: Path) -> None:
    scrape(web.url, "--out", tmp_path)
    before = (tmp_path / "t1.rules").read_text().splitlines()
    changed_pages(web, 16, hp=120)
    status, document, _ = scrape(web.url, "--check", "--out", tmp_path)
    assert status == 1
    assert [drift["key"] for drift in document["drift"]] == ["T1-016"]
    (found,) = document["diagnostics"]
    assert found["code"] == "E1205"
    assert any("hp 120" in note["message"] for note in found["notes"])
    assert (tmp_path / "t1.rules").read_text().splitlines() == before
    status, document, _ = scrape(web.url, "--out", tmp_path)
    assert status == 0
    assert [change["key"] for change in document["changed"]] == ["T1-016"]
    after = (tmp_path / "t1.rules").read_text().splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        (
            '  stage_2 psychic hp 110 weakness darkness retreat 2 evolves_from "Dancerling"',
            '  stage_2 psychic hp 120 weakness darkness retreat 2 evolves_from "Dancerling"',
        )
    ]
    assert scrape(web.url, "--check", "--out", tmp_path)[0] == 0


def test_effects_written_by_hand_are_never_touched(web: LoopbackSite, tmp_path: Path) -> None:
    scrape(web.url, "--out", tmp_path)
    path = tmp_path / "t1.rules"
    hole = {name: f'text "{text_hash(text)}"' for name, text in _texts().items()}
    text = path.read_text()
    text = text.replace(f"{{ {hole['Stoke']} }}", "{\n    # by hand\n    discard 1 fire energy from self\n  }")
    text = text.replace(f"{{ {hole['Ringmaster']} }}", "{ this turn: me.boost += 10 }  # by hand")
    text = text.replace(f"{{ {hole['Gatewarden']} }}", f"{{ gives playable = any(deck(me)); {hole['Gatewarden']} }}")
    assert text.count("by hand") == 2
    path.write_text(text)
    assert scrape(web.url, "--check", "--out", tmp_path)[0] == 0
    assert scrape(web.url, "--out", tmp_path)[1]["changed"] == []
    assert path.read_text() == text
    changed_pages(web, 1, hp=70)
    assert [change["key"] for change in scrape(web.url, "--out", tmp_path)[1]["changed"]] == ["T1-001"]
    assert "hp 70" in path.read_text()
    assert "discard 1 fire energy from self" in path.read_text()
    changed_pages(web, 28, text="Whoever stands in front goes back.")
    assert [change["key"] for change in scrape(web.url, "--out", tmp_path)[1]["changed"]] == ["T1-028"]
    after = path.read_text()
    assert "gives playable = any(deck(me))" in after
    assert text_hash("Whoever stands in front goes back.") in after
    assert hole["Gatewarden"] not in after


def test_facts_that_no_source_states_and_rows_of_others_stay(web: LoopbackSite, tmp_path: Path) -> None:
    scrape(web.url, "--out", tmp_path)
    path = tmp_path / "t1.rules"
    text = path.read_text().replace("hp 60 weakness water retreat 1\n", "hp 60 weakness water retreat 1 beloved\n", 1)
    text += '\npokemon T1-900 "Of our own" {\n  basic fire hp 10\n}\n'
    path.write_text(text)
    status, document, _ = scrape(web.url, "--check", "--out", tmp_path)
    assert status == 0
    assert [found["code"] for found in document["diagnostics"]] == ["W1204"]
    assert scrape(web.url, "--out", tmp_path)[1]["changed"] == []
    assert path.read_text() == text


def test_pages_are_read_again_without_the_network(web: LoopbackSite, tmp_path: Path) -> None:
    url = web.url
    scrape(url)
    asked = len(web.asked())
    status, document, _ = scrape(url, "--offline", "--out", tmp_path)
    assert status == 0
    assert len(document["changed"]) == len(CARDS)
    assert len(web.asked()) == asked


def test_a_dry_run_lists_what_would_be_asked_and_asks_nothing(web: LoopbackSite) -> None:
    document = scrape(web.url, "--dry-run")[1]
    assert [request["how"] for request in document["requests"]] == ["get"] * 3
    assert not web.log
    scrape(web.url)
    asked = len(web.asked())
    document = scrape(web.url, "--dry-run")[1]
    assert [request["how"] for request in document["requests"]] == ["if changed"] * PAGES
    assert len(web.asked()) == asked


@pytest.mark.parametrize("named_by", ["path", "canonical", "browser"])
def test_saved_pages_are_imported_without_a_request(tmp_path: Path, named_by: str) -> None:
    folder = tmp_path / "saved"
    for number, card in PRINTS.items():
        body = pages.limitless_card(card, number)
        url = f"https://pocket.limitlesstcg.com/cards/T1/{number}"
        path = folder / f"page {number}.html"
        if named_by == "path":
            path = folder / "cards" / "T1" / f"{number}.html"
        elif named_by == "canonical":
            body = body.replace("<title>", f'<link rel="canonical" href="{url}"><title>')
        else:
            body = f"<!-- saved from url=({len(url):04d}){url} -->\n{body}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    (folder / "notes.txt").write_text("no page")
    args = ["--import", folder, "--site", "limitless", "--out", tmp_path / "cards"]
    status, document, output = scrape("http://127.0.0.1:9", *args)
    assert status == 0, output
    assert len(document["changed"]) == len(CARDS)
    assert ["notes.txt" in found["message"] for found in document["diagnostics"]] == [True]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--site", "limitles"], "did you mean 'limitless'"),
        (["--set", "T2"], "knows no set 'T2'"),
        (["--check"], "--out"),
        (["--import", "/"], "--site"),
        (["--base", "ftp://x"], "should look like"),
    ],
)
def test_a_wrong_command_line_is_told(args: list[str], said: str) -> None:
    status, document, output = scrape("http://127.0.0.1:9", *args)
    assert status in (1, 2)
    assert said in output + json.dumps(document)


def _texts() -> dict[str, str]:
    found = {card["name"]: card["text"] for card in CARDS if "text" in card}
    return found | {a["name"]: a["text"] for card in CARDS for a in card.get("attacks", ()) if a["text"]}
