"""What was compared how often: pairs of verbs and hooks, rounds made around rare rows, and the page that shows it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from compiler.conformance.adapter import Adapter
from compiler.conformance.coverage import Part, RowCoverage
from compiler.conformance.heatmap import Page, html_page, page_of
from compiler.conformance.pairs import PairCounts, Pairs
from compiler.conformance.schedule import ENOUGH, PLAIN, ROWS, drawn, needs, plan_round, ready
from compiler.ir.rows import rows_of, with_rows
from tests.test_conformance.tools import duel, run


def test_pairs_are_counted_by_decision_and_by_episode() -> None:
    counts = PairCounts()
    counts.add({frozenset({1, 2}): 3, frozenset({2, 5}): 1})
    counts.add({frozenset({1, 2}): 1})
    pairs = Pairs.of({1: "a", 2: "b", 5: "c"}, counts)
    assert pairs.decisions == {("a", "b"): 4, ("b", "c"): 1}
    assert pairs.episodes == {("a", "b"): 2, ("b", "c"): 1, ("a", "c"): 1}
    assert (pairs.total, pairs.never()) == (3, [])


def test_a_pair_that_never_met_is_named() -> None:
    counts = PairCounts()
    counts.add({frozenset({1, 2}): 1})
    counts.add({frozenset({5}): 1})
    assert Pairs.of({1: "a", 2: "b", 5: "c"}, counts).never() == [("a", "c"), ("b", "c")]


def test_versions_of_one_hook_count_together() -> None:
    counts = PairCounts()
    counts.add({frozenset({1, 2}): 1, frozenset({1, 3}): 1, frozenset({2, 3}): 1})
    pairs = Pairs.of({1: "verb", 2: "table.hook", 3: "table.hook"}, counts)
    assert pairs.names == ("verb", "table.hook")
    assert pairs.decisions == {("verb", "table.hook"): 2}


def test_a_verification_reports_the_interactions(tmp_path: Path) -> None:
    found = run(tmp_path, episodes=40).to_json()["pairs"]
    assert "strikes with" in found["names"]
    assert "kind.cast" in found["names"]
    assert found["in one decision"] <= found["in one episode"] <= found["pairs"]
    assert found["in one episode"] + len(found["never"]) == found["pairs"]


def test_what_the_manifest_wants_counted_is_counted_by_policy(tmp_path: Path) -> None:
    report = run(tmp_path, episodes=20, policies=("uniform", "eager"))
    assert report.played is not None
    assert {policy: counts["episodes"] for policy, counts in report.played.by_policy.items()} == {
        "uniform": 10,
        "eager": 10,
    }
    assert sum(counts["decisions"] for counts in report.played.by_policy.values()) == report.played.decisions


# --- rounds -----------------------------------------------------------------------------------------------------------


def test_what_was_compared_least_is_wanted_most() -> None:
    need = needs({"never": 0, "seldom": ENOUGH // 2, "often": 40 * ENOUGH})
    assert need["never"] > need["seldom"] > need["often"] > 0
    rng = random.Random(0)
    first = [drawn(rng, need, 1)[0] for _ in range(300)]
    assert first.count("never") > first.count("seldom") > first.count("often")
    assert ready(rng, need, ["often", "unknown"]) == ["often"]


def rows(_program: Any, rng: random.Random, wanted: list[str]) -> Mapping[str, Any]:
    keys = ["strike", "gamble", "mend", "recall", "ward"]
    cards = [*(key for key in wanted if key in keys), *rng.choices(keys, k=6)][:6]
    return {"deck_list": {"title": wanted[0] if wanted else "none", "cards": sorted(cards)}}


def test_rounds_begin_with_the_rules_own_rows_and_are_the_same_for_the_same_seed() -> None:
    program = duel().program
    adapter = Adapter(program, {"rows": rows})
    own = {"deck_list": rows_of(program, "deck_list")}
    times = {"strike": 1000, "mend": 0}
    first, again = (plan_round(0, 7, adapter, own, times) for _ in range(2))
    assert first == again
    assert [row["key"] for row in first.given["deck_list"][:2]] == ["even", "wild"]
    assert len(first.given["deck_list"]) == ROWS
    later = plan_round(1, 7, adapter, own, times).given["deck_list"]
    assert sum(row["title"] == "mend" for row in later) > sum(row["title"] == "strike" for row in later)


def test_a_round_that_keeps_many_rows_is_longer() -> None:
    program = duel().program
    own = [{**row, "key": f"{row['key']}-{n}"} for n in range(ROWS) for row in rows_of(program, "deck_list")]
    adapter = Adapter(program, {"rows": rows})
    kept = plan_round(0, 7, adapter, {"deck_list": own}, {"mend": 0}, kept=len(own)).given["deck_list"]
    assert [row["key"] for row in kept[: len(own)]] == [row["key"] for row in own]
    assert len(kept) == len(own) + ROWS // 2


def test_given_rows_take_the_place_of_a_tables_own() -> None:
    program = duel().program
    given = {"deck_list": [{"key": "one", "cards": ["mend"] * 6}]}
    changed = with_rows(program, given)
    assert changed.tables["deck_list"].keys == ("one",)
    assert rows_of(changed, "deck_list")[0]["cards"] == ["mend"] * 6
    same = with_rows(program, {"deck_list": rows_of(program, "deck_list")}).tables["deck_list"]
    assert same.data["cards"] == program.tables["deck_list"].data["cards"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cards": []}, "there is no table 'cards'"),
        ({"kind": [{}]}, "carry code"),
        ({"deck_list": [{"cards": ["mend"]}]}, "needs 6 entries"),
        ({"deck_list": [{"cards": ["mended"] * 6}]}, "has no 'mended'"),
        ({"deck_list": [{"cards": [77] * 6}]}, "not in 0..4"),
    ],
)
def test_rows_that_cannot_be_are_refused(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        with_rows(duel().program, given)


def test_without_an_adapter_that_makes_rows_there_is_one_plain_round() -> None:
    assert (PLAIN.given, PLAIN.need) == ({}, {})


# --- the page ---------------------------------------------------------------------------------------------------------


class _Balance(HTMLParser):
    """Whether every element is closed, and what would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_fetches_nothing(tmp_path: Path) -> None:
    text = html_page(page_of(run(tmp_path, episodes=30), "A duel"))
    parser = _Balance()
    parser.feed(text)
    assert (parser.open, parser.fetched) == ([], [])
    assert "<h1>A duel</h1>" in text
    for title in ("Strike", "Gamble", "Mend", "Recall", "Ward"):
        assert f"<span>{title}</span>" in text


def test_what_was_never_compared_stands_out() -> None:
    rare = RowCoverage("set", "k-1", "<Rare>", 0, (Part("effect", 0),))
    common = RowCoverage("set", "k-2", "Common", 500, (Part("effect", 700),))
    text = html_page(Page("game", [], {}, [rare, common]))
    tiles = re.findall(r'<div class="tile( missing)?" ', text)
    assert [bool(tile) for tile in tiles] == [True, False]
    assert "&lt;Rare&gt;" in text
    assert text.count("#d7263d") > html_page(Page("game", [], {}, [common])).count("#d7263d")
