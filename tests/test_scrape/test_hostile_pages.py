"""Pages that are broken, huge or made to hurt: extraction gives a record or a located complaint, and never fails."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compiler.scrape.extract import Extraction, extract
from specs.tcg.sources import zendesk
from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS
from tests.test_scrape.tools import KNOWN, SITES, page_of, read, snapshot

NAMES = sorted(SITES)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(found: Extraction) -> None:
    """A record, or a complaint that says where; the adapter never failed."""
    assert found.records or found.complaints
    for complaint in found.complaints:
        assert "failed" not in complaint.message, complaint
        assert complaint.url
        assert complaint.where
        assert len(complaint.snippet) <= 160
        assert complaint.snippet.isprintable() or not complaint.snippet


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_ends_anywhere_is_read_or_told(name: str) -> None:
    body = page_of(name, 16).encode()
    start = body.find(b"card-text") if name == "limitless" else body.find(b"tcgtable") if name == "serebii" else 0
    for end in range(max(0, start - 50), len(body), 23):
        holds(read(name, body[:end], 16))


@pytest.mark.parametrize("name", ["limitless", "serebii"])
def test_text_in_another_charset_is_read(name: str) -> None:
    body = page_of(name, 25).replace("Pokémon", "Pokémon")
    latin = body.replace('charset="utf-8"', 'charset="iso-8859-1"').replace("•", "").replace("◊", "").replace("·", "")
    found = read(name, latin.encode("latin-1", errors="ignore"), 25, {"content-type": "text/html; charset=iso-8859-1"})
    assert [record.stated()["text"] for record in found.records] == [PRINTS[25]["text"]]


@pytest.mark.parametrize("declared", ["iso-8859-1", "koi8-r", "no-such-charset", ""])
def test_a_wrong_charset_is_no_harm_where_the_page_is_utf_8(declared: str) -> None:
    found = read("limitless", page_of("limitless", 25), 25, {"content-type": f"text/html; charset={declared}"})
    assert not found.complaints
    assert found.records[0].stated()["text"] == PRINTS[25]["text"]


def test_bytes_of_no_charset_are_told() -> None:
    body = page_of("limitless", 1).encode().replace(b"Emberlet", b"Ember\xff\xfelet")
    found = read("limitless", body)
    assert any("charset" in complaint.message for complaint in found.complaints)


def test_nul_characters_are_left_out_and_told() -> None:
    body = page_of("limitless", 1).encode().replace(b"burns", b"bu\x00rns")
    found = read("limitless", body)
    assert found.records == read("limitless", page_of("limitless", 1)).records
    assert any("NUL" in complaint.message for complaint in found.complaints)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "noise",
    [
        "<div>" * 20_000,
        "<b><i>" * 10_000,
        "<table><tr><td>" * 5_000,
        "x" * 10_000_000,
        "&amp;" * 500_000,
        "&#x110000;&#0;&bogus;" * 10_000,
        "<!--" * 100_000,
        "<script>" * 10_000,
        "<a href='http://[::'>" * 1000,
        "{{" * 20_000,
        "[[" * 20_000,
        "<card-text class='card-text cardinfo tcgtable'>" * 5000,
    ],
    ids=lambda noise: noise[:12],
)
def test_noise_is_read_around_or_told_in_reasonable_time(name: str, noise: str) -> None:
    body = page_of(name, 1)
    if name == "bulbapedia":
        document = json.loads(body)
        document["parse"]["wikitext"]["*"] = document["parse"]["wikitext"]["*"].replace("|damage", noise + "|damage")
        hostile = json.dumps(document)
    else:
        hostile = body.replace("Stoke", f"Stoke{noise}")
    assert len(hostile) > len(body)
    started = time.process_time()
    holds(read(name, hostile))
    assert time.process_time() - started < 20


@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(data=st.data())
def test_damaged_pages_are_read_or_told(name: str, data: st.DataObject) -> None:
    body = page_of(name, data.draw(st.sampled_from(sorted(PRINTS)), "card"))
    for _ in range(data.draw(st.integers(1, 4), "cuts")):
        start = data.draw(st.integers(0, len(body)), "start")
        end = data.draw(st.integers(start, min(len(body), start + 200)), "end")
        piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=20), "piece")
        body = body[:start] + piece + body[end:]
    holds(read(name, body.encode("utf-8", errors="surrogatepass")))


PIECES = [
    "", "<", ">", "</div>", "<div>", "</p>", "<p class='card-text-title'>", "<td>", "</table>", "<!--", "]]>", "&",
    "\0", "<br>", "<img alt=Fire>", "<script>", "}}", "{{", "|", "[[", "]]", "=", '"', "'", "\\", "9" * 30,
    "²", "٣", "\u202e", "\ud800", "\x1b[31m", "<a href='http://[x'>", "<?xml version='1.0' encoding='utf-16'?>",
    "<svg>", "<math><mi>", "<template>", "<![CDATA[",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(body=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(body=b"")
@example(body=b"\x00")
@example(body=b"\xff\xfe\x00")
@example(body=b"null")
@example(body=b'{"parse": {"wikitext": {"*": 3}}}')
@example(body=b"[" * 100_000)
def test_anything_at_all_is_told(name: str, body: bytes) -> None:
    holds(read(name, body))


@FUZZ
@given(text=st.text(max_size=300))
def test_any_card_text_comes_through_as_a_text_or_a_complaint(text: str) -> None:
    body = pages.limitless_card({**PRINTS[33], "text": text}, 33)
    holds(read("limitless", body.encode("utf-8", "surrogatepass"), 33))


@FUZZ
@given(body=st.binary(max_size=200), inside=st.booleans())
def test_any_rules_page_is_read_or_told(body: bytes, inside: bool) -> None:
    site = zendesk.pocket()
    whole = b'<div class="article-body"><p>' + body if inside else body
    holds(extract(site, snapshot(site, f"{site.origin}/hc/en-us/articles/5-x", whole)))


@FUZZ
@given(body=st.binary(max_size=200))
def test_any_link_of_a_list_is_followed_or_told(body: bytes) -> None:
    for name, site in SITES.items():
        values = {"set": "T1", "slug": "loopbackisles", "title": "Loopback Isles"}
        (url,) = site.first_urls(site.origin, values)
        whole = b'<div class="card-search-grid"><a href="' + body if name == "limitless" else b'<a href="' + body
        found = extract(site, snapshot(site, url, whole), KNOWN)
        assert not any("failed" in complaint.message for complaint in found.complaints), found.complaints
