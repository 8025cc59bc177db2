"""Merging what several sites say of one card."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.scrape.reconcile import Merged, Policy, Statement, reconcile
from compiler.scrape.records import Record
from specs.tcg.sources.records import Fossil, Pokemon, Trainer, sort_key
from tests.scrape_site.cards import PRINTS, Card
from tests.scrape_site.server import LoopbackSite
from tests.test_scrape.test_command import changed_pages
from tests.test_scrape.tools import scrape

MODELS = {"pokemon": Pokemon, "trainer": Trainer}


def record(card: Card) -> Record:
    """A card as a record."""
    model = Fossil if card.get("trainer_type") == "fossil" else MODELS[card["kind"]]
    plain: dict[str, Any] = {
        key: tuple(value) if key in ("prints", "attacks") else value for key, value in card.items()
    }
    return model(**plain)


def merged(*said: tuple[str, Card], policy: Policy | None = None) -> Merged:
    """What becomes of the statements of several sources."""
    statements = [Statement(source, f"http://{source}/", record(card)) for source, card in said]
    (found,) = reconcile(statements, policy or Policy(order=("a", "b", "c")), sort_key)
    return found


def value(found: Merged, name: str) -> Any:
    """A field of what was merged."""
    assert found.record is not None
    return found.record.stated()[name]


CARD = PRINTS[5]


def test_agreement_is_kept_with_who_agrees() -> None:
    found = merged(("a", CARD), ("b", CARD))
    assert not found.disagreements
    assert found.provenance["hp"] == ("a", "b")
    assert found.provenance["attacks.1.damage"] == ("a", "b")
    assert found.pages == ("http://a/", "http://b/")


def test_the_preferred_source_is_believed_and_the_others_are_named() -> None:
    found = merged(("b", {**CARD, "hp": 150}), ("a", CARD), ("c", {**CARD, "hp": 160}))
    assert value(found, "hp") == CARD["hp"]
    (disagreement,) = found.disagreements
    assert disagreement.values == (("a", 140), ("b", 150), ("c", 160))
    assert str(disagreement) == "T1-005: the sources disagree on hp: a says 140, b says 150, c says 160"
    assert found.provenance["hp"] == ("a",)


@pytest.mark.parametrize(("said", "taken"), [((140, 150, 150), 150), ((140, 150, 160), 140), ((140, 140, 150), 140)])
def test_a_majority_is_believed_and_without_one_the_preferred_source(said: tuple[int, ...], taken: int) -> None:
    cards = [(name, {**CARD, "hp": hp}) for name, hp in zip("abc", said, strict=True)]
    found = merged(*cards, policy=Policy("majority", ("a", "b", "c")))
    assert value(found, "hp") == taken


def test_who_is_to_be_asked_is_asked() -> None:
    asked = []

    def ask(key: str, path: str, options: Any) -> Any:
        asked.append((key, path, tuple(options)))
        return options[1][1]

    said = (("a", CARD), ("b", {**CARD, "hp": 150}))
    found = merged(*said, policy=Policy(order="ab", fields={"hp": "ask"}, ask=ask))
    assert asked == [("T1-005", "hp", (("a", 140), ("b", 150)))]
    assert value(found, "hp") == 150
    nobody = merged(*said, policy=Policy(order="ab", fields={"hp": "ask"}))
    assert not nobody.settled
    answered = merged(*said, policy=Policy(order="ab", fields={"hp": "ask"}, answers={"T1-005.hp": 170}))
    assert answered.settled
    assert value(answered, "hp") == 170


def test_fields_of_lists_have_policies_of_their_own() -> None:
    other = {**CARD, "attacks": [{**CARD["attacks"][0], "text": "Other."}, CARD["attacks"][1]]}
    found = merged(
        ("a", CARD), ("b", other), ("c", other), policy=Policy(order="abc", fields={"attacks.text": "majority"})
    )
    assert value(found, "attacks")[0]["text"] == "Other."


def test_quotes_and_blanks_are_no_disagreement() -> None:
    card = PRINTS[29]
    found = merged(("a", card), ("b", {**card, "text": card["text"].replace(" ", "\u00a0")}))
    assert not found.disagreements


def test_prints_of_one_card_are_one_card() -> None:
    first, reprint = PRINTS[3], {**PRINTS[3], "id": "T1-039", "prints": ["T1-039"]}
    found = merged(("b", reprint), ("a", first))
    assert found.key == "T1-003"
    assert value(found, "prints") == ["T1-003", "T1-039"]
    assert not found.disagreements


def test_things_of_different_kinds_are_told() -> None:
    trainer = {**PRINTS[29], "id": CARD["id"], "prints": CARD["prints"]}
    found = merged(("a", CARD), ("b", trainer))
    assert any(disagreement.field == "kind" for disagreement in found.disagreements)


@given(order=st.permutations(range(6)))
def test_the_order_of_statements_makes_no_difference(order: list[int]) -> None:
    cards = [(source, {**card}) for source, card in itertools.product("abc", (CARD, PRINTS[29]))]
    cards[2] = ("b", {**CARD, "hp": 150})
    statements = [Statement(source, f"http://{source}/", record(card)) for source, card in cards]
    policy = Policy("majority", ("b", "a"))
    assert reconcile([statements[n] for n in order], policy, sort_key) == reconcile(statements, policy, sort_key)


def test_a_disagreement_of_sites_is_a_warning_with_both_values(web: LoopbackSite) -> None:
    inner = web.page
    changed_pages(web, 1, hp=70)
    changed = web.page
    web.page = lambda path, query: (changed if path.startswith("/tcgpocket") else inner)(path, query)
    status, document, output = scrape(web.url)
    assert status == 0, output
    (found,) = document["diagnostics"]
    assert found["code"] == "W1201"
    assert "limitless says 60, serebii says 70" in found["message"]
    assert "T1-001.hp" in found["suggestion"]
