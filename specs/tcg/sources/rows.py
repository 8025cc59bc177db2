"""How the record of a card becomes a row of `cards/<set>.rules`."""

from __future__ import annotations

from compiler.scrape.records import Record
from compiler.scrape.rows import Fact, Part, Row, Rows
from specs.tcg.sources.records import ELEMENTS, STAGES, Card, Fossil, Pokemon, Trainer, sort_key

_ELEMENTS = {letter: name.lower() for name, letter in ELEMENTS.items()}
_STAGES = {number: name.lower().replace(" ", "_") for name, number in STAGES.items()}
_VALUED = frozenset({"hp", "weakness", "retreat", "evolves_from", "stage", "element", "kind"})


def row(record: Record) -> Row:
    """The row of a card."""
    assert isinstance(record, Card)
    if isinstance(record, Pokemon):
        ability = [Part("ability", record.ability.name, (), record.ability.text)] if record.ability else []
        attacks = [
            Part("attack", attack.name, (_cost(attack.cost), *_damage(attack.damage)), attack.text)
            for attack in record.attacks
        ]
        return Row("pokemon", record.id, record.name, _facts(record), (*ability, *attacks))
    if isinstance(record, Fossil):
        return Row("fossil", record.id, record.name, () if record.hp == _FOSSIL_HP else (("hp", str(record.hp)),))
    assert isinstance(record, Trainer)
    return Row(record.trainer_type, record.id, record.name, text=record.text)


_FOSSIL_HP = 40
"""What the form `fossil` has. What a Fossil's text says is a rule of the game, and no effect."""


def _facts(card: Pokemon) -> tuple[Fact, ...]:
    facts: list[Fact] = [(_STAGES[card.stage],), (_ELEMENTS[card.type],), ("hp", str(card.hp))]
    if card.weakness is not None:
        facts.append(("weakness", _ELEMENTS[card.weakness]))
    facts.append(("retreat", str(card.retreat)))
    facts += [(flag,) for flag in ("ex", "mega") if getattr(card, flag)]
    if card.evolves_from is not None:
        facts.append(("evolves_from", f'"{card.evolves_from}"'))
    return tuple(facts)


def _cost(letters: str) -> str:
    return f"[{' '.join(_ELEMENTS[letter] for letter in letters)}]"


def _damage(number: int) -> tuple[str, ...]:
    return (str(number),) if number else ()


def _file(key: str) -> str:
    """`A1-004` stands in `a1.rules`, `P-A-022` in `p_a.rules`."""
    return f"{key.rpartition('-')[0].lower().replace('-', '_')}.rules"


def rows() -> Rows:
    """How cards are written."""
    return Rows(
        row=row,
        file=_file,
        head=lambda key: f"Cards of the set {key.rpartition('-')[0]}.",
        sort_key=sort_key,
        owned=frozenset({*_VALUED, *_ELEMENTS.values(), *_STAGES.values(), "ex", "mega"}),
        valued=_VALUED,
    )
