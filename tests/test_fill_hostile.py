"""Hostile texts: no answer that does what one of them asks for gets into the rules, and the prompt keeps them apart."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from compiler.diagnostics import Diagnostics
from compiler.holes.admission import Case, Effort, Verdict, admit
from compiler.holes.answer import Answer
from compiler.holes.contract import Contract
from compiler.holes.session import Session
from compiler.paths import ROOT
from compiler.texts import TextStore, normalise, text_hash

HOSTILE: list[dict[str, str]] = YAML(typ="safe").load((ROOT / "tests" / "hostile_texts.yaml").read_text())
ROW = "I1-002/attack/0"
"""The row whose text is replaced: an attack that heals."""


@cache
def session() -> Session:
    return Session.open(ROOT / "specs" / "invented.yaml", Diagnostics(), TextStore(ROOT / "no-such-folder"))


def contract(text: str) -> Contract:
    """The contract of an attack that has this text."""
    opened = session()
    found = next(c for c in opened.all_contracts.values() if c.places[0].key == ROW)
    return replace(found, text=normalise(text))


def judged(text: str, effect: str) -> Any:
    opened = session()
    case = Case.of(contract(text), Answer(effect=effect), opened.workbench, opened.vocabulary, Effort(40, 1000))
    return admit(case)


def test_there_are_twenty_of_them() -> None:
    assert len(HOSTILE) == 20
    assert len({text_hash(entry["text"]) for entry in HOSTILE}) == 20


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: entry["text"][:30])
def test_an_answer_that_obeys_does_not_get_in(entry: dict[str, str]) -> None:
    judgement = judged(entry["text"], entry["obeys"])
    assert judgement.verdict is not Verdict.ADMITTED
    assert judgement.findings


def test_an_answer_to_an_honest_text_gets_in() -> None:
    assert judged("This one recovers 30 damage.", "heal 30 damage from self").verdict is Verdict.ADMITTED


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: entry["text"][:30])
def test_a_text_cannot_leave_its_place_in_the_prompt(entry: dict[str, str]) -> None:
    opened = session()
    honest = opened.prompter.prompt(contract("TEXT"))
    hostile = opened.prompter.prompt(contract(entry["text"]))
    assert hostile.shared == honest.shared
    quoted = json.dumps(normalise(entry["text"]), ensure_ascii=False)
    assert hostile.own == honest.own.replace('"TEXT"', quoted)
    assert len(hostile.own.splitlines()) == len(honest.own.splitlines())
