"""Plain English from typed rules."""

import pytest

from compiler.explain import (
    English,
    explain_all,
    explain_row,
    explain_verb,
    find_rows,
    find_verbs,
    known_names,
    prose,
)
from compiler.ir import hir
from compiler.ir.walk import walk
from tests import rules

GAME = """
players 2
enum Colour { red green blue }
entity card[4] per player
entity spot[2] per player
state { turn: int 0..99 = 0; leader: player = 0; stormy: bool; marked: spot? = none }
state per player {
  param list: list
  points: int 0..99 = 0
  has_moved: bool
  coins: int 0..9[Colour]
  shield: lasting int 0..9
}
state per spot { size: int 0..99 = 0; asleep: bool; colour: Colour? = none; guarded: lasting bool }
zone deck: pile of card per player hidden known 4 bottom 4 start
zone hand: bag of card per player visible to owner
zone kept: slot of card per spot visible
draws coin: int 0..1
draws die: int 1..6
draws pick: card
draws tint: Colour
action play(c: own card)
action target(s: spot)
action done
action number(n: int 0..3)

table trick {
  colour: Colour = green
  cost: int 0..9 = 0
  mix: int 0..9[Colour]
  rare: flag
  tame: bool = true
  liked: Colour? = none
  says: text = ""
  method act(me: player, at: spot)
  method bonus(me: player, at: spot): int 0..99 = 0
  method usable(me: player, at: spot): bool = true
  form spell { } body act
}
table charm in trick as charms[2] {
  cost: int 0..9 = 0
  method use(self: spot)
}
table list { tricks: trick[4]; sums: int 0..9[3] }

func def(c: card): trick = c.owner.list.tricks[c.index]
func other(p: player): player = 1 - p says "the opponent of {p}"
func home(p: player): spot = spot(p, 0) says "the home of {p}"
func big(s: spot): bool = s.size > 9
func is_sleepy(s: spot): bool = s.asleep
func fits(s: spot, c: Colour): bool = s.colour == c
func ready(s: spot): set of spot = (t in all spot of s.owner where not t.asleep) says "the ready spots of {s}"
func worth(s: spot): int 0..99 = s.size
func power(s: spot, n: int 0..9): int 0..108 = s.size + n

verb heal (n: int 0..99) from (s: spot) says "{s} loses {n} points of size" { s.size -= n }
verb take (n: int 0..9) coins { leader.coins[red] += n }
verb give (p: player) (n: int 0..9) cards says "{p} gets {n} cards of their deck" {
  repeat n { reveal c: pick from deck(p); if c != none { move c from deck(p) to hand(p) } }
}
verb throw: int 0..1 says "flip a coin" { draw side: coin; return side }
verb nap (s: spot) { s.asleep = true }

play {
  for p in all player { give p 2 cards }
  choose c: play in hand(leader) by leader
  if c != none { perform c.def.act(leader, home(leader)) }
  finish p: 1 if p == leader else -1
}
"""


def explain(body: str, form: str = "spell") -> list[str]:
    """The lines of a row with this body, less its heading."""
    program = rules.program(f'{GAME}\n{form} T-1 "The Trick" {{\n{body}\n}}\n')
    ((table, row),) = find_rows(program, "T-1")
    return [line.strip() if "- " not in line else line[2:] for line in explain_row(program, table, row).lines()][1:]


def heading(body: str) -> str:
    program = rules.program(f'{GAME}\ntrick T-1 "The Trick" {{ {body} }}\n')
    ((table, row),) = find_rows(program, "T-1")
    return next(iter(explain_row(program, table, row).lines()))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "The Trick (T-1): trick"),
        ("cost 3 rare", "The Trick (T-1): trick, cost 3, rare"),
        ("green", "The Trick (T-1): trick, colour green"),
        ("red", "The Trick (T-1): trick, colour red"),
        ("tame false", "The Trick (T-1): trick, not tame"),
        ("mix [red red blue]", "The Trick (T-1): trick, mix 2 red, 1 blue"),
        ("liked blue", "The Trick (T-1): trick, liked blue"),
        ('says "Boo"', "The Trick (T-1): trick, says “Boo”"),
    ],
)
def test_facts(body: str, said: str) -> None:
    assert heading(body) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("me.points += 3", "Add 3 to your points."),
        ("me.points -= 1", "Take 1 from your points."),
        ("me.points = at.size", "Set your points to at's size."),
        ("other(me).points += 1", "Add 1 to your opponent's points."),
        ("turn = turn * 2 + 1", "Set the turn to the turn × 2 + 1."),
        ("turn = (turn + 1) * 2", "Set the turn to (the turn + 1) × 2."),
        ("stormy = true", "Note that stormy."),
        ("at.asleep = true", "At is asleep from now on."),
        ("home(me).asleep = false", "Your home is not asleep from now on."),
        ("me.has_moved = true", "You have moved from now on."),
        ("marked = none", "Clear the marked."),
        ("me.coins[red] += 2", "Add 2 to your red coins."),
        ("this turn: me.shield += 2", "During this turn, add 2 to your shield."),
        ("next turn: me.shield = 2", "During the next turn, set your shield to 2."),
        ("turn after next: at.guarded = true", "During the turn after next, at is guarded."),
        ("heal 20 from at", "At loses 20 points of size."),
        ("heal 1 from home(other(me))", "The home of your opponent loses 1 point of size."),
        ("take 3 coins", "Take 3 coins."),
        ("take 1 coins", "Take 1 coin."),
        ("nap at", "Nap at."),
        ("give me 1 cards", "You get 1 card of your deck."),
        ("give other(me) 2 cards", "Your opponent gets 2 cards of their deck."),
        ("shuffle deck(me)", "Shuffle your deck."),
        ("swap home(me), home(other(me))", "Swap your home and the home of your opponent."),
        ("reset at", "Reset at."),
        ("end lasting on at", "End what lasts on at."),
        ("advance lasting", "What lasts for the next turn now holds for this one."),
        ("finish p: 1 if p == me else -1", "The game is over, and you win."),
        ("finish p: 0", "The game is over, and nobody wins."),
        ("let n = throw; take n coins", "Flip a coin, and let n be the result. Take n coins."),
        ("draw face: die; take face coins", "Roll a die. Take the die coins."),
        ("draw side: coin; if side == 1 { take 1 coins }", "Flip a coin. If the coin is 1, take 1 coin."),
        ("draw t: tint; at.colour = t", "Draw a random tint. Set at's colour to the tint."),
        (
            "draw c: pick from hand(me) where c.def.rare; if c != none { move c from hand(me) to deck(me) }",
            "Pick a card in your hand that is rare at random. "
            "If there is one, shuffle that card from your hand into your deck.",
        ),
        (
            "draw c: pick from hand(me) weight c.def.cost; if c != none { move c from hand(me) to deck(me) top }",
            "Pick a card in your hand at random, each as likely as its cost. "
            "If there is one, put that card from your hand on top of your deck.",
        ),
        (
            "reveal c: pick from deck(me) at 2; if c != none { move c from deck(me) to deck(me) bottom }",
            "Reveal the card at depth 2 of your deck. "
            "If there is one, put that card from your deck at the bottom of your deck.",
        ),
        (
            "choose c: play in hand(me) where c.def.colour == red by me\n"
            "if c != none { move c from hand(me) to kept(at) }",
            "You choose a card in your hand whose colour is red. "
            "If there is one, move that card from your hand to at's kept.",
        ),
        (
            "choose s: target in ready(at) by other(me); if s != none { nap s }",
            "Your opponent chooses one of the ready spots of at. If there is one, nap that spot.",
        ),
        ("for s in all spot of me { nap s }", "For each spot of yours, nap that spot."),
        ("repeat 2 { take 1 coins }", "Do this twice, take 1 coin."),
        (
            "if at.asleep { take 1 coins } else { take 2 coins }",
            "If at is asleep, take 1 coin. Otherwise, take 2 coins.",
        ),
        (
            "if stormy { take 1 coins } else if at.size > 3 { take 2 coins } else { take 3 coins }",
            "If stormy, take 1 coin. Otherwise, if at's size is more than 3, take 2 coins. Otherwise, take 3 coins.",
        ),
        ("if not at.asleep and not stormy { take 1 coins }", "If at is not asleep and not stormy, take 1 coin."),
        (
            "if not (at.asleep or me.has_moved) { take 1 coins }",
            "If at is not asleep and you have not moved, take 1 coin.",
        ),
        ("if at.colour == none { take 1 coins }", "If at has no colour, take 1 coin."),
        ("if at.colour != none { take 1 coins }", "If at has a colour, take 1 coin."),
        ("if at.colour in [red blue] { take 1 coins }", "If at's colour is red or blue, take 1 coin."),
        ("if any(hand(me)) { take 1 coins }", "If there is a card in your hand, take 1 coin."),
        ("if count(hand(me)) >= 3 { take 1 coins }", "If there are at least 3 cards in your hand, take 1 coin."),
        ("if count(hand(me)) == 0 { take 1 coins }", "If there is no card in your hand, take 1 coin."),
        ("if count(hand(me)) == 1 { take 1 coins }", "If there is exactly 1 card in your hand, take 1 coin."),
        ("if all(s in all spot: s.asleep) { take 1 coins }", "If for every spot it is asleep, take 1 coin."),
        ("if big(at) { take 1 coins }", "If at is big, take 1 coin."),
        ("if not is_sleepy(at) { take 1 coins }", "If at is not sleepy, take 1 coin."),
        ("if fits(at, red) { take 1 coins }", "If at fits red, take 1 coin."),
        ("if not fits(at, red) { take 1 coins }", "If at does not fit red, take 1 coin."),
        ("turn = worth(at)", "Set the turn to at's worth."),
        ("turn = min(power(at, 3), 5)", "Set the turn to the lesser of at's power (with 3) and 5."),
        ("turn = max(0, at.size - 3)", "Set the turn to at's size - 3 (but not below 0)."),
        (
            "turn = sum(s in all spot of me where s.asleep: s.size)",
            "Set the turn to the sum of its size over every spot of yours that is asleep.",
        ),
        ("turn = count(s in all spot where not s.asleep)", "Set the turn to the number of spots that are not asleep."),
        ("turn = 3 if stormy else 4", "Set the turn to 3 if stormy, otherwise 4."),
        ("turn = at.index", "Set the turn to at's index."),
        ("leader = at.owner", "Set the leader to at's owner."),
        ("marked = first(s in all spot where s.size == 0)", "Set the marked to the first spot whose size is 0."),
    ],
)  # fmt: skip
def test_statements(body: str, said: str) -> None:
    (line,) = explain(body)
    assert line == f"Act: {said}"


def test_what_governs_much_is_a_list() -> None:
    body = "if stormy { take 1 coins; nap at; for s in all spot { nap s; take 1 coins; take 2 coins } }; take 3 coins"
    assert explain(body) == [
        "Act: If stormy:",
        "- Take 1 coin.",
        "- Nap at.",
        "- For each spot:",
        "  - Nap that spot.",
        "  - Take 1 coin.",
        "  - Take 2 coins.",
        "Take 3 coins.",
    ]


def test_choices() -> None:
    assert explain("choose by me { play(c in hand(me)) { take 1 coins } done { } }") == [
        "Act: You may choose a card in your hand. If you do, take 1 coin."
    ]
    assert explain("choose by other(me) { done { take 1 coins } }") == ["Act: Your opponent may “done”, take 1 coin."]
    target = "target(s in all spot of me) when stormy { nap s }"
    lines = explain(f"choose by me {{ {target} play(c in hand(me)) {{ take 1 coins }} done {{ }} }}")
    assert lines == [
        "Act: You choose one of these:",
        "- “target” a spot of yours (if stormy), nap that spot.",
        "- “play” a card in your hand, take 1 coin.",
        "- “done”.",
    ]


def test_loops_with_conditions() -> None:
    lines = explain("var n: int 0..9 = 3\nwhile n > 0 at most 5 { n -= 1\n take 1 coins\n nap at }")
    assert lines == [
        "Act: Let n be 3. As long as n is more than 0, at most 5 times:",
        "- Take 1 from n.",
        "- Take 1 coin.",
        "- Nap at.",
    ]


def test_methods_and_rows_within_rows() -> None:
    parts = ["rare", "gives bonus = 2 * at.size", "gives usable = not stormy", "on act { nap at }"]
    body = "\n".join([*parts, 'charm "Spark" 3 { nap self }', 'charm "Dud" { }'])
    assert explain(body, "trick") == [
        "Act: Nap at.",
        "Bonus: 2 × at's size.",
        "Usable: If not stormy.",
        "charm “Spark”: cost 3",
        "Use: Nap The Trick.",
        "charm “Dud”",
    ]
    program = rules.program(f'{GAME}\ntrick T-1 "The Trick" {{ {body} }}\n')
    (found,) = explain_all(program)
    data = found.to_json()
    assert data["facts"] == ["rare"]
    assert data["methods"] == {"act": ["Nap at."], "bonus": ["2 × at's size."], "usable": ["If not stormy."]}
    assert isinstance(data["children"], list)
    assert [child["title"] for child in data["children"]] == ["Spark", "Dud"]
    assert data["text"] == found.text


def test_rows_that_list_rows() -> None:
    rows = 'spell A-1 "Ay" { }\nspell B-2 "Bee" { }\nlist L-1 { tricks [2*A-1 B-2 A-1] sums [1 2 3] }\n'
    program = rules.program(f"{GAME}\n{rows}")
    ((table, row),) = find_rows(program, "l-1")
    assert explain_row(program, table, row).text == "L-1: list, tricks 3 × Ay, Bee, sums 1, 2, 3"


def test_rows_are_found_by_key_and_by_title() -> None:
    program = rules.program(f'{GAME}\nspell A-1 "Same" {{ }}\nspell A-2 "Same" {{ }}\nspell A-3 "A-1" {{ }}\n')
    assert [row for _, row in find_rows(program, "same")] == [0, 1]
    assert [row for _, row in find_rows(program, "a-1")] == [0]
    assert find_rows(program, "nothing") == []
    assert [name for name in known_names(program) if name[0].isupper()] == ["A-1", "A-2", "A-3", "Same"]


def test_verbs_are_found_by_their_words() -> None:
    program = rules.program(GAME)
    (heal,) = find_verbs(program, "Heal from")
    assert explain_verb(program, heal) == "S loses n points of size: Take n from s's size."
    (throw,) = find_verbs(program, "throw")
    assert explain_verb(program, throw) == "Flip a coin: Flip a coin. The result is the coin."
    assert find_verbs(program, "heal 3") == []
    assert "give cards" in known_names(program)


def test_verbs_and_the_game_itself_can_be_said() -> None:
    program = rules.program(GAME)
    english = English(program)
    for proc in program.procs.values():
        assert english.verb(proc).heading
        assert all(line.strip() for line in english.verb(proc).lines())
    assert list(prose(English(program).block(program.play)))


@pytest.mark.parametrize("name", sorted(path.stem for path in rules.SPECS.glob("*.yaml")))
def test_every_specification_can_be_said(name: str) -> None:
    program = rules.spec(name)
    texts = [explanation.text for explanation in explain_all(program)]
    english = English(program)
    texts += ["\n".join(english.verb(proc).lines()) for proc in program.procs.values()]
    texts.append("\n".join(prose(english.block(program.play))))
    blemishes = ("you's", "it's ", "  -  ", "None", "Local(", "<", "{", "}", "an one", " ,", "you is", "..")
    for text in texts:
        assert not [blemish for blemish in blemishes if blemish in text], text
    statements = {type(node) for proc in program.procs.values() for node in walk(proc.body)}
    assert hir.Block in statements or not program.procs


def test_rows_within_rows_speak_of_themselves_and_of_you() -> None:
    program = rules.program("""
        players 2
        entity place[2] per player
        state per place { shown: beast? = none; wear: int 0..9 = 0 }
        state per player { coins: int 0..9 = 0 }
        draws coin: int 0..1
        action go
        table beast { }
        table bite in beast as bites[2] { method effect(self: place, foe: place) }
        func other(p: player): player = 1 - p says "the opponent of {p}"
        verb flip coin: bool says "flip a coin" { draw c: coin; return c == 1 }
        verb (p: player) pays (n: int 0..9) says "{p} pays {n} coins" { p.coins = p.coins - n }
        verb wear out (t: place) says "{t} is worn out" { t.wear += 1 }
        play {
          choose by 0 manual { go { perform place(0, 0).shown.bites[0].effect(place(0, 0), place(1, 0)) } }
          finish p: other(p)
        }
        beast "Fox" {
          bite "Nip" { let lucky = flip coin; if lucky { wear out self }; self.owner pays 1; foe.owner pays 2 }
          bite "Rip" { other(self.owner) pays 3; let heads = flip coin; wear out foe; if not heads { wear out self } }
        }
    """)
    (row,) = explain_all(program)
    said = {child.title: " ".join(line.strip() for line in child.lines()) for child in row.children}
    assert said["Nip"].endswith(
        "Effect: Flip a coin. If lucky, Fox is worn out. You pay 1 coin. Your opponent pays 2 coins."
    )
    assert said["Rip"].endswith(
        "Effect: Your opponent pays 3 coins. Flip a coin, and let heads be the result. Foe is worn out. "
        "If not heads, Fox is worn out."
    )
