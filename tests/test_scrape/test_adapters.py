"""What adapters read from pages in the structure of their sites, and what they say of what they do not understand."""

from __future__ import annotations

import pytest

from compiler.scrape.extract import extract
from specs.tcg.sources import zendesk
from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS, SLUG, TITLE, Card
from tests.test_scrape.tools import KNOWN, SITES, expected, page_of, read, snapshot

PRINT_NUMBERS = sorted(PRINTS)


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("number", PRINT_NUMBERS)
def test_every_card_is_read_as_it_was_written(name: str, number: int) -> None:
    found = read(name, page_of(name, number), number)
    assert not found.complaints
    (record,) = found.records
    assert record.model_dump(mode="json") == expected(PRINTS[number], number, knows_prints=name == "limitless")


@pytest.mark.parametrize(
    ("url", "body", "kind"),
    [
        ("https://pocket.limitlesstcg.com/cards/T1", pages.limitless_set("T1", PRINTS), "limitless"),
        (f"https://www.serebii.net/tcgpocket/{SLUG}/", pages.serebii_set(PRINTS), "serebii"),
        (
            "https://bulbapedia.bulbagarden.net/w/api.php?action=parse&prop=wikitext&format=json&redirects=1"
            "&page=Loopback+Isles+(TCG+Pocket)",
            pages.bulbapedia_set(PRINTS),
            "bulbapedia",
        ),
    ],
)
def test_the_list_of_a_set_leads_to_every_card(url: str, body: str, kind: str) -> None:
    site = SITES[kind]
    found = extract(site, snapshot(site, url, body), KNOWN)
    assert not found.complaints
    cards = [link for link in found.links if (at := site.kind_of(link)) and at[0].name == "card"]
    assert len(cards) == len(PRINTS)


def test_a_long_list_leads_to_its_next_page() -> None:
    site = SITES["limitless"]
    body = pages.limitless_set("T1", range(1, 251))
    found = extract(site, snapshot(site, "https://pocket.limitlesstcg.com/cards/T1", body), KNOWN)
    assert len(found.links) == pages.PER_PAGE + 1
    assert found.links[-1].endswith("/cards/T1?page=2")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("limitless", "Fire - 60 HP", "Fire - many HP", "name, type and HP"),
        ("limitless", "Fire - 60 HP", "Plasma - 60 HP", "type"),
        ("limitless", "Fire - 60 HP", "Fire - 65 HP", "hp"),
        ("limitless", "Weakness: Water", "Weak: Water", "Weakness and Retreat"),
        ("limitless", "Retreat: 1", "Retreat: free", "retreat"),
        ("limitless", "- Basic", "- Stage 9", "stage"),
        ("limitless", "Pokémon\n - Basic", "Gadget", "neither"),
        ("limitless", '<span class="ptcg-symbol">R', '<span class="ptcg-symbol">Q', "cost"),
        ("limitless", 'class="card-text-attack"', 'class="card-text-poem"', "not understood"),
        ("limitless", 'class="card-text"', 'class="gone"', "no text of a card"),
        ("serebii", "60 HP", "6 HP", "hp"),
        ("serebii", "Basic Pokémon", "Large Pokémon", "kind that is not understood"),
        ("serebii", "Weakness", "Strength", "label"),
        ("serebii", 'alt="Fire"', 'alt="Plasma"', "cost|type"),
        ("serebii", "cardinfo", "gone", "no facts"),
        ("bulbapedia", "|hp=60", "|hp=lots", "hp"),
        ("bulbapedia", "{{e|Fire}} Energy", "{{zap}} Energy", "template in its text"),
        ("bulbapedia", "|evo stage=Basic", "|evo stage=Larva", "stage"),
        ("bulbapedia", "TCG Card Infobox", "Box", "no infobox"),
        ("bulbapedia", '{"parse"', '{"error"', "no answer of the API"),
        ("bulbapedia", '{"parse"', '"parse"', "no JSON"),
    ],
)
def test_what_is_not_understood_is_told_with_place_and_snippet(name: str, old: str, new: str, said: str) -> None:
    body = page_of(name, 1)
    assert old in body
    found = read(name, body.replace(old, new))
    assert found.complaints
    first = found.complaints[0]
    assert any(word in first.message for word in said.split("|")), first
    assert first.url
    assert first.where
    assert first.snippet


@pytest.mark.parametrize("field", ["weakness", "text", "damage"])
def test_a_card_without_something_says_so(field: str) -> None:
    numbers = {"weakness": 23, "text": 2, "damage": 4}
    found = read("limitless", page_of("limitless", numbers[field]), numbers[field])
    plain = found.records[0].model_dump(mode="json")
    value = plain["weakness"] if field == "weakness" else plain["attacks"][0][field]
    assert value in (None, 0)


def test_line_breaks_and_entities_are_read_as_people_read_them() -> None:
    card: Card = {**PRINTS[36], "text": 'Toss it. Then: "catch" & don\'t <drop> it. [W] – [C].'}
    found = read("limitless", pages.limitless_card(card, 36), 36)
    assert found.records[0].model_dump()["text"] == card["text"]


def test_the_text_of_scripts_and_styles_is_no_text_of_a_card() -> None:
    noise = '<script>var a = "60 HP"</script><style>p { }</style><!-- remark -->'
    body = page_of("limitless", 1).replace("One ", f"One {noise}")
    assert read("limitless", body).records == read("limitless", page_of("limitless", 1)).records


def test_rules_pages_become_numbered_statements() -> None:
    site = zendesk.pocket()
    url = f"{site.origin}/hc/en-us/articles/123-about-turns"
    body = pages.zendesk_article("Turns", ["A turn has parts.", "#Drawing", "You draw.", "You stop at ten."])
    found = extract(site, snapshot(site, url, body))
    assert [(r.key, r.model_dump()["heading"], r.model_dump()["text"]) for r in found.records] == [
        ("123.1", "", "A turn has parts."),
        ("123.2", "Drawing", "You draw."),
        ("123.3", "Drawing", "You stop at ten."),
    ]


def test_lists_in_rules_pages_are_said_once() -> None:
    site = zendesk.pocket()
    body = '<div class="article-body"><ul><li><p>One.</p></li><li>Two <b>now</b>.</li></ul><p></p></div>'
    found = extract(site, snapshot(site, f"{site.origin}/hc/en-us/articles/5", body))
    assert [r.model_dump()["text"] for r in found.records] == ["One.", "Two now."]


def test_a_page_of_no_known_kind_is_told() -> None:
    site = SITES["serebii"]
    found = extract(site, snapshot(site, f"{site.origin}/{TITLE}", ""))
    assert [complaint.message for complaint in found.complaints] == ["is no page that the adapter of serebii knows"]
