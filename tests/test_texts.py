"""Effect texts: one normal form and one hash, however a page writes them, and the local store of their wording."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.texts import TextStore, default_text_folder, is_text_hash, normalise, text_hash


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  Heal 5.\n\tThen draw. ", "Heal 5. Then draw."),
        ("\u201cIt\u2019s\u201d 5\u00a0\u2013\u20096", '"It\'s" 5 - 6'),
        ("heal\u200b \u202e5\u2066\u0007\ufe0f", "heal 5"),
        ("Poke\u0301mon", "Pok\u00e9mon"),
        ("\uff11\uff10 damage", "10 damage"),
        ("x\ud800y", "xy"),
        ("", ""),
    ],
)
def test_ways_of_writing_a_text_have_one_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal
    assert text_hash(written) == text_hash(normal)


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_what_is_read_differently_has_another_hash() -> None:
    texts = ["Heal 5.", "Heal 50.", "heal 5.", "Heal 5", "Heal -5."]
    assert len({text_hash(text) for text in texts}) == len(texts)
    assert all(is_text_hash(text_hash(text)) for text in texts)
    assert not is_text_hash("sha256:12")


def test_the_store_keeps_each_text_once_under_its_hash(tmp_path: Path) -> None:
    store = TextStore(tmp_path / "texts")
    assert list(store) == []
    found = store.put("Heal  5.")
    assert store.put("Heal 5.") == found == text_hash("Heal 5.")
    assert store.get(found) == store.get(found.removeprefix("sha256:")) == "Heal 5."
    assert list(store) == [found]
    assert found in store
    assert store.get("sha256:../../etc/passwd") is None


def test_a_file_that_is_not_what_its_name_says_counts_as_absent(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    found = store.put("Heal 5.")
    (tmp_path / f"{found.removeprefix('sha256:')}.txt").write_text("Heal 500.")
    assert found not in store
    assert list(store) == []
    store.put("Heal 5.")
    assert found in store


def test_where_texts_lie_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECC_HOME", str(tmp_path))
    assert default_text_folder() == tmp_path / "texts"
    monkeypatch.delenv("SPECC_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_text_folder() == tmp_path / ".local" / "share" / "specc" / "texts"
