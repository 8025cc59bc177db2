"""What the invented texts mean, in the words of the specification: answers on record for `specc fill`."""

from __future__ import annotations

import json
from pathlib import Path

from compiler.texts import HASH_PREFIX, text_hash
from tests.scrape_site.cards import CARDS

EFFECTS = {
    "Stoke": "discard 1 fire energy from self",
    "Red Gale": "discard 2 fire energy from self",
    "Tail Feint": "let lucky = flip coin\nif lucky { stop foe from attacking }",
    "Kindling Waltz": """
let heads = flip 3 coins
repeat heads at most 3 {
  attach 1 fire energy to one of (t in benched(self.owner) where t.is_type(fire)) by self.owner
}
""",
    "High Water": "gives bonus = 60 if extra(self, water) >= 2 else 0",
    "Cold Stare": "let lucky = flip coin\nif lucky { make foe paralyzed }",
    "Hailstorm": "for t in benched(foe.owner) { hit t with 10 }",
    "Step Aside": "switch active of self.owner",
    "Glass Wall": "brace self by 20",
    "Mind Flood": "discard 2 psychic energy from self",
    "Veiled Gift": """
gives usable = active(self.owner).is_type(psychic)
on use { attach 1 psychic energy to active(self.owner) }
""",
    "Burrow": "let lucky = flip coin\nif lucky { shield self }",
    "Siphon": "heal dealt damage from self",
    "Seeping Fumes": "gives usable = is_active(self)\non use { make active(opponent(self.owner)) poisoned }",
    "Jagged Hide": "on when_hit { put 20 damage on attacker }",
    "Sear": "make foe burned",
    "Tidekeeper": """
gives playable = any(t in in_play(me): t.is_type(water))
choose t: slot in in_play(me) where t.is_type(water) by me
let heads = flip UNTIL_TAILS coins
attach heads water energy to t
""",
    "Ringmaster": "gives lends = 10",
    "Gatewarden": "gives playable = any(benched(opponent(me)))\nswitch active of opponent(me)",
    "Salve": """
gives playable = any(t in in_play(me): t.is_damaged)
choose t: slot in in_play(me) where t.is_damaged by me
heal 20 damage from t
""",
    "Light Boots": "this turn: me.lighter += 1",
    "Spyglass": "gives playable = any(deck(me))\nlook at 3 cards of me",
    "Fresh Start": """
gives playable = any(hand(opponent(me))) or any(deck(opponent(me)))
mix hand of opponent(me) into deck
deal 3 cards to opponent(me)
""",
    "Lure": "gives playable = any(deck(me))\nfetch (c in deck(me) where c.def.is_basic) of me",
    "Old Scholar": "gives playable = any(deck(me)) and count(hand(me)) <= HAND_LIMIT\ndeal 2 cards to me",
    "Thick Cloak": "gives hp_bonus = 20",
    "Thorn Cap": "on when_hit { put 20 damage on attacker }",
    "Seedling Meadow": "gives hp_bonus = 20 if target.pokemon.stage == basic else 0",
    "Market Square": """
gives open_to = any(deck(me))
on visit {
  let lucky = flip coin
  if lucky { fetch (c in deck(me) where c.def.kind == pokemon) of me }
}
""",
}
"""By the name of the card, the attack or the Ability."""


def texts() -> dict[str, str]:
    """The text that each effect is for."""
    found = {card["name"]: card["text"] for card in CARDS if card.get("trainer_type", "fossil") != "fossil"}
    for card in CARDS:
        parts = [*card.get("attacks", ()), *filter(None, [card.get("ability")])]
        found |= {part["name"]: part["text"] for part in parts if part["text"]}
    return found


def record(folder: Path) -> None:
    """Put the answers on record in a store of fills."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        answer = {"answers": [{"effect": EFFECTS[name].strip()}]}
        digits = text_hash(text).removeprefix(HASH_PREFIX)
        (folder / f"{digits}.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
