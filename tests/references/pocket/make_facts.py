"""Writes facts.json: the bare facts of the pool's cards, without any wording of their texts.

python tests/references/pocket/make_facts.py PATH/TO/cards.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

WHOLE_SETS = ("A1", "A1a", "P-A")
# Staples and evolution lines from other sets; then a few more that bring Tools and Stadiums along.
SINGLE_CARDS = """
A2-038 A2a-066 A2a-067 A2b-111 A3-133 A3-134 A4b-373
A2-147 A2-148 B2-154 B2a-093 B2b-010
""".split()  # noqa: SIM905

POKEMON_FACTS = ("hp", "type", "stage", "evolves_from", "ex", "points", "weakness", "retreat")


def in_pool(card_id: str) -> bool:
    return card_id.rpartition("-")[0] in WHOLE_SETS or card_id in SINGLE_CARDS


def facts_of(card: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"id": card["id"], "name": card["name"], "kind": card["kind"]}
    if card["kind"] == "trainer":
        facts["trainer_type"] = card["trainer_type"]
        if card["trainer_type"] == "fossil":
            facts["hp"] = card["hp"]
        return facts
    facts |= {name: card[name] for name in POKEMON_FACTS}
    facts["attacks"] = [
        {name: attack[name] for name in ("name", "cost", "damage")} | {"effect": bool(attack["text"])}
        for attack in card["attacks"]
    ]
    facts["ability"] = card["ability"]["name"] if card["ability"] else None
    return facts


def main(source: str) -> None:
    cards = json.loads(Path(source).read_text(encoding="utf-8"))
    lines = [json.dumps(facts_of(card), ensure_ascii=False) for card in cards if in_pool(card["id"])]
    target = Path(__file__).with_name("facts.json")
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
