"""The facts of a card, as every source states them, and the words that sources have for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from compiler.scrape.records import Record

ELEMENTS = {
    "Grass": "G", "Fire": "R", "Water": "W", "Lightning": "L", "Psychic": "P", "Fighting": "F", "Darkness": "D",
    "Metal": "M", "Dragon": "N", "Colorless": "C",
}  # fmt: skip
"""The types of Energy, and the letters that stand for them."""

STAGES = {"Basic": 0, "Stage 1": 1, "Stage 2": 2}
TRAINERS = {"Item": "item", "Supporter": "supporter", "Tool": "tool", "Pokémon Tool": "tool", "Stadium": "stadium"}

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
Letter = Annotated[str, StringConstraints(pattern=r"^[GRWLPFDMNC]$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*(-[A-Z])?-[0-9]{3}$")]


class Attack(Record):
    """An attack as printed; `cost` has a letter for each Energy."""

    name: Name
    cost: Annotated[str, StringConstraints(pattern=r"^[GRWLPFDMNC]{0,5}$")]
    damage: Annotated[int, Field(ge=0, le=400)]
    suffix: Literal["", "+", "x"] = ""
    text: Text | None


class Ability(Record):
    """An Ability."""

    name: Name
    text: Text


class Card(Record):
    """What all cards have. `id` is that of the first print; `prints` are those of all that a source knows."""

    id: Key
    kind: Literal["pokemon", "trainer"]
    name: Name
    prints: tuple[Key, ...]

    @property
    def key(self) -> str:
        return self.id

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.prints

    def identity(self, key: str, names: Iterable[str]) -> dict[str, Any]:
        return {"id": key, "prints": list(in_order(names))}


class Pokemon(Card):
    """A Pokémon."""

    type: Letter
    hp: Annotated[int, Field(ge=10, le=400, multiple_of=10)]
    stage: Annotated[int, Field(ge=0, le=2)]
    evolves_from: Name | None
    weakness: Letter | None
    retreat: Annotated[int, Field(ge=0, le=5)]
    ex: bool
    mega: bool
    points: Annotated[int, Field(ge=1, le=3)]
    ability: Ability | None
    attacks: Annotated[tuple[Attack, ...], Field(max_length=2)]
    classes: tuple[str, ...] = ()
    """Groups that texts speak of; no source states them apart."""


class Trainer(Card):
    """A Trainer card."""

    trainer_type: Literal["item", "supporter", "tool", "stadium"]
    text: Text


class Fossil(Card):
    """A Trainer card that is played as a Pokémon."""

    trainer_type: Literal["fossil"]
    text: Text
    hp: Annotated[int, Field(ge=10, le=400, multiple_of=10)]


def trainer(kind: str | None, text: str, hp: int | None) -> tuple[type[Card], dict[str, Any]]:
    """The record of a Trainer card, and its fields: one with HP is a Fossil."""
    if hp is not None:
        return Fossil, {"kind": "trainer", "trainer_type": "fossil", "text": text, "hp": hp}
    return Trainer, {"kind": "trainer", "trainer_type": kind, "text": text}


def card_id(set_code: str, number: str) -> str:
    """`A1` and `4` make `A1-004`."""
    return f"{set_code}-{number.lstrip('0').zfill(3)}"


def letter(word: str) -> str:
    """The letter of a type; what is no type stays as it is, and will not pass for one."""
    return ELEMENTS.get(word.strip().capitalize(), word)


def prize(name: str) -> dict[str, bool | int]:
    """What the name says of the points for a Knock Out."""
    ex = name.endswith(" ex")
    mega = ex and name.startswith("Mega ")
    return {"ex": ex, "mega": mega, "points": 3 if mega else 2 if ex else 1}


_DAMAGE = re.compile(r"(\d{1,3})\s*([+x×]?)")


def damage(text: str) -> dict[str, int | str] | None:
    """`30+` as number and suffix; None for something else. Nothing is no damage."""
    found = _DAMAGE.fullmatch(text.strip()) if text.strip() else None
    if found is None:
        return None if text.strip() else {"damage": 0, "suffix": ""}
    return {"damage": int(found[1]), "suffix": "x" if found[2] == "×" else found[2]}


def in_order(prints: Iterable[str]) -> tuple[str, ...]:
    """Prints by age: sets in the order of their codes, promos last."""
    return tuple(sorted(set(prints), key=sort_key))


def sort_key(card: str) -> tuple[bool, str]:
    """Sorts ids of cards: promos last."""
    return card.startswith("P-"), card
