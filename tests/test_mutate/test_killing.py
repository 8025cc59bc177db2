"""Who notices a mutant: each of the three levels alone, and what becomes of those that nobody notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler import driver
from compiler.conformance.mutation import MutationOptions, MutationReport, mutate
from compiler.conformance.mutation.killing import LEVELS
from compiler.diagnostics import Diagnostics, SpecError
from tests.rules import SPECS
from tests.test_conformance.tools import duel


@pytest.fixture(scope="module")
def report() -> MutationReport:
    return mutate(MutationOptions(count=150, episodes=150, references=("right",)), duel().spec, duel().program)


def test_every_level_notices_something_and_together_they_notice_most(report: MutationReport) -> None:
    shares = [report.share(level) for level in LEVELS]
    assert all(share > 0 for share in shares)
    assert report.share() >= max(shares)
    assert report.share() > 0.9


def test_a_wrong_number_is_noticed_by_the_reference(report: MutationReport) -> None:
    found = [a for a in report.accounts if a.mutant.edit.text == "3" and "strikes with 2" in a.mutant.diff()]
    assert found
    assert all("life" in account.verdict.killed["reference"] for account in found)


def test_who_decides_is_noticed(report: MutationReport) -> None:
    found = [account for account in report.accounts if account.mutant.diff().startswith("- choose by current")]
    assert all(account.fate == "killed" for account in found)


def test_mutants_meet_every_scenario_of_a_game_with_many_decks() -> None:
    tcg = driver.load(SPECS / "tcg.yaml", Diagnostics(), use_cache=False)
    made = mutate(MutationOptions(count=1, episodes=1, references=("none",)), tcg.spec, tcg.program)
    assert made.recorded["scenarios"] == len(tcg.program.scenarios)
    assert made.recorded["scenarios_left_out"] == 0


def test_what_makes_no_difference_counts_apart(report: MutationReport) -> None:
    for account in report.of("equivalent"):
        assert not account.verdict.killed
        assert account.verdict.reached
    assert len(report.counted) == len(report.accounts) - len(report.of("equivalent"))


def test_processes_make_no_difference(report: MutationReport) -> None:
    options = MutationOptions(count=24, episodes=60, references=("right",))
    one = mutate(options, duel().spec, duel().program)
    two = mutate(MutationOptions(**{**vars(options), "workers": 2}), duel().spec, duel().program)
    assert [(a.mutant.id, a.verdict) for a in one.accounts] == [(a.mutant.id, a.verdict) for a in two.accounts]


def test_the_document_has_every_mutant(report: MutationReport) -> None:
    document = json.loads(json.dumps(report.to_json(duel().program)))
    assert document["mutants"] == len(document["accounts"]) == sum(document["fates"].values())
    first = document["accounts"][0]
    assert Path(first["file"]).name == "duel.rules"
    assert first["diff"].startswith(("-", "+"))


def test_rules_that_are_wrong_themselves_are_not_mutated() -> None:
    with pytest.raises(SpecError, match="E0807"):
        mutate(MutationOptions(count=5, episodes=40, references=("wrong",)), duel().spec, duel().program)
