"""Writes facts.json: the bare facts of the pool's cards, without any wording of their texts.

python tests/references/pocket/make_facts.py PATH/TO/cards.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

POOL = """
A1-033 A1-034 A1-036 A1-037 A1-047 B2b-010 A1-053 A1-054 A1-056 A1-083 A1-084 A1-115 A1-126 A1-129 A1-130 A1-131 A1-132
A1-120 A1-121 A1-123 A1a-032 P-A-038 A1-143 A1-144 A1-145 A1-158 A1-159 A1-139 A1-140 A1-176 A1-177 A1a-056 A1-205
P-A-022 A1-195 A1-217 A1-220 A1-222 A1-223 A1-225 A1a-065 P-A-001 P-A-002 P-A-003 P-A-004 P-A-006 A2b-111 A4b-373
A2-147 A2-148 B2-154 B2a-093
""".split()  # noqa: SIM905

POKEMON_FACTS = ("hp", "type", "stage", "evolves_from", "ex", "points", "weakness", "retreat")


def facts_of(card: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"id": card["id"], "name": card["name"], "kind": card["kind"]}
    if card["kind"] == "trainer":
        facts["trainer_type"] = card["trainer_type"]
        if card["trainer_type"] == "fossil":
            facts["hp"] = card["hp"]
        return facts
    facts |= {name: card[name] for name in POKEMON_FACTS}
    facts["attacks"] = [{name: attack[name] for name in ("name", "cost", "damage")} for attack in card["attacks"]]
    facts["ability"] = card["ability"]["name"] if card["ability"] else None
    return facts


def main(source: str) -> None:
    by_id = {card["id"]: card for card in json.loads(Path(source).read_text(encoding="utf-8"))}
    lines = [json.dumps(facts_of(by_id[card_id]), ensure_ascii=False) for card_id in POOL]
    target = Path(__file__).with_name("facts.json")
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
