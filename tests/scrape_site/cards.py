"""An invented set: names, numbers and texts are ours; each card plays like one that the reference knows (`PLAYS_LIKE`)."""

from __future__ import annotations

from typing import Any

Card = dict[str, Any]

SET, SLUG, TITLE = "T1", "loopbackisles", "Loopback Isles"

PLAYS_LIKE: dict[str, str] = {}
"""Which card of the reference's pool an invented card behaves like, by id."""


def _pokemon(number: int, like: str, name: str, facts: str, *attacks: tuple[Any, ...], ability: Any = None) -> Card:
    """`facts`: type, HP, stage or what it evolves from, Weakness, Retreat Cost. An attack: cost, name, damage, text."""
    letter, hp, stage, weakness, retreat = facts.split()
    origin = None if stage == "basic" else stage[2:].replace("_", " ")
    ident = f"{SET}-{number:03d}"
    PLAYS_LIKE[ident] = like
    ex = name.endswith(" ex")
    return {
        "id": ident,
        "kind": "pokemon",
        "name": name,
        "prints": [ident],
        "type": letter,
        "hp": int(hp),
        "stage": 0 if origin is None else int(stage[0]),
        "evolves_from": origin,
        "weakness": None if weakness == "-" else weakness,
        "retreat": int(retreat),
        "ex": ex,
        "mega": False,
        "points": 2 if ex else 1,
        "ability": None if ability is None else {"name": ability[0], "text": ability[1]},
        "attacks": [
            {"name": title, "cost": cost, "damage": int(str(harm).rstrip("+x")), "suffix": str(harm).lstrip("0123456789"),
             "text": text[0] if text else None}
            for cost, title, harm, *text in attacks
        ],
    }  # fmt: skip


def _trainer(number: int, like: str, kind: str, name: str, text: str) -> Card:
    ident = f"{SET}-{number:03d}"
    PLAYS_LIKE[ident] = like
    card: Card = {"id": ident, "kind": "trainer", "name": name, "prints": [ident], "trainer_type": kind, "text": text}
    return {**card, "hp": 40} if kind == "fossil" else card


CARDS: list[Card] = [
    _pokemon(1, "A1-033", "Emberlet", "R 60 basic W 1", ("R", "Stoke", 30, "One [R] Energy on this Pokémon burns up.")),
    _pokemon(2, "A1-034", "Embercat", "R 90 1:Emberlet W 2", ("RCC", "Scorch Paw", 60)),
    _pokemon(
        3,
        "A1-036",
        "Emberlion ex",
        "R 180 2:Embercat W 2",
        ("RCC", "Rake", 60),
        ("RRCC", "Red Gale", 200, "Two [R] Energy on this Pokémon burn up."),
    ),
    _pokemon(
        4,
        "A1-037",
        "Wispkit",
        "R 50 basic W 1",
        ("C", "Tail Feint", 0, "Toss a coin: on heads the Pokémon it faces cannot attack in its next turn."),
    ),
    _pokemon(
        5,
        "A1-047",
        "Sunheron ex",
        "R 140 basic L 2",
        (
            "R",
            "Kindling Waltz",
            0,
            "Toss three coins. For every heads, a [R] Energy out of the Energy Zone goes to a [R] Pokémon on your Bench. "
            "You say to which.",
        ),
        ("RCC", "Heat Ray", 70),
    ),
    _pokemon(6, "A1-053", "Puddlepup", "W 60 basic L 1", ("W", "Splash", 20)),
    _pokemon(7, "A1-054", "Brookhound", "W 80 1:Puddlepup L 1", ("WC", "Torrent", 40)),
    _pokemon(
        8,
        "A1-056",
        "Floodhound ex",
        "W 180 2:Brookhound L 3",
        ("WC", "Breaker", 40),
        ("WWC", "High Water", "100+", "With two [W] Energy more than it costs, this attack is stronger by 60."),
    ),
    _pokemon(
        9,
        "A1-083",
        "Rimewing",
        "W 100 basic L 1",
        ("WWC", "Cold Stare", 60, "Toss a coin: on heads the Pokémon it faces becomes Paralyzed."),
    ),
    _pokemon(
        10,
        "A1-084",
        "Rimewing ex",
        "W 140 basic L 2",
        ("WC", "Sleet", 40),
        ("WWW", "Hailstorm", 80, "Every Pokémon on the opposing Bench is hit for 10, too."),
    ),
    _pokemon(11, "A1-115", "Blinkbud", "P 60 basic D 1", ("C", "Step Aside", 0, "A Pokémon from your Bench takes its place.")),
    _pokemon(12, "A1-126", "Mimewort", "P 80 basic D 1", ("PC", "Glass Wall", 30, "Until your next turn, attacks on it do 20 less.")),
    _pokemon(
        13,
        "A1-129",
        "Orbitwo ex",
        "P 150 basic D 2",
        ("PC", "Mind Disc", 50),
        ("PPCC", "Mind Flood", 150, "Two [P] Energy on this Pokémon are spent."),
    ),
    _pokemon(14, "A1-130", "Dolling", "P 60 basic D 1", ("C", "Nudge", 10)),
    _pokemon(15, "A1-131", "Dancerling", "P 80 1:Dolling D 1", ("PC", "Cuff", 30)),
    _pokemon(
        16,
        "A1-132",
        "Ballerune",
        "P 110 2:Dancerling D 2",
        ("PPC", "Psi Lance", 60),
        ability=(
            "Veiled Gift",
            "Once in each of your turns, your Active Pokémon, if it is a [P] one, may get a [P] Energy out of your Energy Zone.",
        ),
    ),
    _pokemon(17, "A1-139", "Moleling", "F 50 basic G 1", ("F", "Mud Toss", 20)),
    _pokemon(
        18,
        "A1-140",
        "Moletrio",
        "F 70 1:Moleling G 1",
        ("F", "Burrow", 40, "Toss a coin: on heads nothing that attacks do reaches this Pokémon before your next turn."),
    ),
    _pokemon(19, "A1-158", "Shellkin", "F 90 1:Shell_Rock G 1", ("F", "Shell Bump", 40)),
    _pokemon(
        20,
        "A1-159",
        "Shellblade",
        "F 140 2:Shellkin G 1",
        ("F", "Siphon", 50, "As much damage as this attack does is taken off this Pokémon."),
    ),
    _pokemon(21, "A1-176", "Sootling", "D 70 basic F 1", ("D", "Fume", 20)),
    _pokemon(
        22,
        "A1-177",
        "Sootwin",
        "D 110 1:Sootling F 3",
        ("D", "Bump", 30),
        ability=("Seeping Fumes", "While it is Active, it may once in each of your turns make the opposing Active Pokémon Poisoned."),
    ),
    _pokemon(
        23,
        "A1a-056",
        "Cragdrake",
        "N 100 basic - 2",
        ("RWC", "Crag Claw", 90),
        ability=("Jagged Hide", "When an opposing attack damages it in the Active Spot, the attacker gets 20 damage."),
    ),
    _pokemon(24, "B2b-010", "Hotfoal", "R 60 basic W 1", ("R", "Sear", 0, "The Pokémon it faces becomes Burned.")),
    _trainer(25, "A1-217", "fossil", "Shell Rock", "Lies in play as a [C] Basic Pokémon of 40 HP. You may discard it in your turn. It never retreats."),
    _trainer(26, "A1-220", "supporter", "Tidekeeper", "Pick a [W] Pokémon of yours and toss a coin again and again, up to the first tails: every heads gives it a [W] Energy out of your Energy Zone."),
    _trainer(27, "A1-223", "supporter", "Ringmaster", "For this turn your Pokémon's attacks hit the opposing Active Pokémon for 10 more."),
    _trainer(28, "A1-225", "supporter", "Gatewarden", "The opposing Active Pokémon goes to the Bench. Your opponent chooses who comes forward."),
    _trainer(29, "P-A-001", "item", "Salve", "Takes 20 damage off one of your Pokémon."),
    _trainer(30, "P-A-002", "item", "Light Boots", "Retreating costs your Active Pokémon one Energy less this turn."),
    _trainer(31, "P-A-004", "item", "Spyglass", "Shows you the three uppermost cards of your deck."),
    _trainer(32, "P-A-006", "item", "Fresh Start", "The cards in your opponent's hand are shuffled into the deck. Your opponent draws three."),
    _trainer(33, "A2b-111", "item", "Lure", "A Basic Pokémon from your deck, chosen by chance, comes to your hand."),
    _trainer(34, "A4b-373", "supporter", "Old Scholar", "You draw two cards."),
    _trainer(35, "A2-147", "tool", "Thick Cloak", "Its bearer has 20 HP more."),
    _trainer(36, "A2-148", "tool", "Thorn Cap", "When an opposing attack damages its bearer in the Active Spot, the attacker gets 20 damage."),
    _trainer(37, "B2-154", "stadium", "Seedling Meadow", "Basic Pokémon of both sides have 20 HP more."),
    _trainer(38, "B2a-093", "stadium", "Market Square", "In their turn, players may once toss a coin: on heads, a Pokémon chosen by chance comes from their deck to their hand."),
]  # fmt: skip

_REPRINTS = {39: "T1-003", 40: "T1-016", 41: "T1-028"}
for _number, _first in _REPRINTS.items():
    _card = CARDS[int(_first[-3:]) - 1]
    _card["prints"].append(f"{SET}-{_number:03d}")

PRINTS: dict[int, Card] = {int(ident[-3:]): card for card in CARDS for ident in card["prints"]}
"""The card that is printed at each number of the set."""


def many(count: int, set_code: str = SET) -> dict[int, Card]:
    """A set of any size, for measurements: the invented cards again and again, under other numbers."""
    found: dict[int, Card] = {}
    for number in range(1, count + 1):
        ident = f"{set_code}-{number:03d}"
        found[number] = {**CARDS[(number - 1) % len(CARDS)], "id": ident, "prints": [ident]}
    return found
