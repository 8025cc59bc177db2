"""Games in the terminal: what is shown, what may be typed, and who may see what."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from compiler.backends.interp import Interp
from compiler.conformance.policies import Taste
from compiler.diagnostics import SpecError
from compiler.ir import hir
from compiler.paths import ROOT
from compiler.play import Played, PlayOptions, play
from compiler.play.view import Lexicon, View
from tests import rules

CARDS = """
players 2
entity card[6] per player
entity place[2] per player
enum Tint { red blue }
state { to_move: player = 0; round: int 0..9 = 0 }
state per player { param list: list visible to owner; secret: int 0..9 = 0 hidden; points: int 0..99 = 0 }
state per place { shown: kind? = none; wear: int 0..9 = 0; lit: lasting bool; dots: int 0..9[Tint] }
zone deck: pile of card per player hidden known 1 bottom 1 start
zone hand: bag of card per player visible to owner
zone under: bag of card per place visible
draws pick: card always
draws coin: int 0..1
action put(c: own card, t: own place)
action hit(t: place)
action use(k: int 0..1)
action skip
table kind { strength: int 0..9 = 1 }
table list { cards: kind[6] }
func def(c: card): kind = c.owner.list.cards[c.index]
func use_label(k: int 0..1): kind? = place(to_move, k).shown
play {
  for p in all player {
    p.secret = 7
    repeat 3 { reveal c: pick from deck(p); if c != none { move c from deck(p) to hand(p) } }
  }
  repeat 6 {
    round += 1
    choose by to_move manual {
      put(c in hand(to_move) distinct by c.def, t in all place of to_move where t.shown == none) {
        t.shown = c.def
        move c from hand(to_move) to under(t)
      }
      hit(t in all place where t.shown != none) {
        draw side: coin
        t.wear += 1 + side
        t.dots[red] += 1
        next turn: t.lit = true
      }
      use(k in 2) when place(to_move, 0).shown != none and place(to_move, 1).shown != none { to_move.points += 1 }
      skip { }
    }
    to_move = 1 - to_move
  }
  finish p: 1 if p.points > 0 else 0
}
kind fox "Fox" { strength 3 }
kind owl "Owl" { }
list wild "Wild" { cards [3*fox 3*owl] }
list calm "Calm" { cards [6*owl] }
"""  # fmt: skip

BROKEN = """
players 1
state { at: int 0..9 = 5 }
entity box[2]
state per box { held: int 0..9 = 0 }
action go
play { choose by 0 manual { go { box(at).held = 1 } }; finish p: 0 }
"""


class Screen:
    """A console that keeps what is printed, and a keyboard that types lines."""

    def __init__(self, *lines: str, width: int = 120) -> None:
        self.console = Console(file=io.StringIO(), width=width, highlight=False)
        self.typed = iter(lines)

    def read(self, prompt: str) -> str:
        self.console.print(prompt, end="")
        try:
            return next(self.typed)
        except StopIteration:
            raise EOFError from None

    @property
    def text(self) -> str:
        file = self.console.file
        assert isinstance(file, io.StringIO)
        return file.getvalue()


@pytest.fixture(scope="module")
def cards() -> hir.Program:
    return rules.program(CARDS)


def run(
    program: hir.Program, *lines: str, seed: int = 1, players: str = "human,random", decks: str = "wild"
) -> tuple[Played, str]:
    """Play with typed lines; what happened, and what was shown."""
    screen = Screen(*lines)
    given = (decks,) if any(field.param for field in program.fields.values()) else ()
    options = PlayOptions(tuple(players.split(",")), seed, given)
    return play(program, Taste(), options, screen.console, screen.read), screen.text


def shown(view: View) -> Iterator[str]:
    """Every text of a view."""
    for side in view.sides():
        yield from side.facts
        yield from (f"{name}: {content}" for name, content in side.zones)
        for item in side.items:
            yield item.title
            yield from item.lines


# --- agents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.stem for path in rules.SPECS.glob("*.yaml")))
@pytest.mark.parametrize("agent", ["random", "eager"])
def test_agents_play_every_game_to_its_end(name: str, agent: str) -> None:
    program = rules.spec(name)
    screen = Screen()
    options = PlayOptions((agent,) * program.players, seed=5, auto=True)
    played = play(program, Taste(), options, screen.console, screen.read)
    assert played.over
    assert len(screen.text.splitlines()) > len(played.actions)
    assert played == play(program, Taste(), options, Screen().console, screen.read)
    data = json.loads(json.dumps(played.to_json()))
    assert set(data) == {"players", "seed", "setup", "decisions", "actions", "over", "rewards", "winner"}
    assert data["decisions"] == len(data["actions"]) > 0
    best = [player for player, reward in enumerate(data["rewards"]) if reward == max(data["rewards"])]
    assert data["winner"] == (best[0] if len(best) == 1 and program.players > 1 else None)


def test_seeds_and_decks(cards: hir.Program) -> None:
    one, _ = run(cards, seed=1, players="random,random")
    other, _ = run(cards, seed=2, players="random,random")
    assert one.actions != other.actions
    mixed = PlayOptions(("random", "random"), 1, ("wild", "Calm"))
    screen = Screen()
    assert play(cards, Taste(), mixed, screen.console, screen.read).setup == {"player.list": ["Wild", "Calm"]}
    with pytest.raises(SpecError, match="E0801"):
        run(cards, players="random,random", decks="savage")


def test_eager_players_follow_the_taste(cards: hir.Program) -> None:
    screen = Screen()
    options = PlayOptions(("eager", "eager"), 3)
    played = play(cards, Taste(eager=("put",), last=("skip",)), options, screen.console, screen.read)
    assert played.actions[0].startswith("put")


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_choose_by_number_and_by_name(cards: hir.Program) -> None:
    played, text = run(cards, "put fox", "1", "skip", "skip", "skip")
    assert played.actions[0].startswith("put:")
    assert "player 0: put Fox, place" in text
    assert played.over


def test_ambiguous_and_unknown_input_is_answered(cards: hir.Program) -> None:
    lines = ["put", "nonsense", "0", "99", "-3", "1.5", "²", "١", "9" * 50, "", "   ", "\x1b[A", "skp", "quit"]
    played, text = run(cards, *lines)
    assert played.actions == []
    assert not played.over
    assert "'put' could be: put " in text
    assert "No action starts like 'nonsense'. Type ? for help." in text
    assert "There is no action 99: the numbers go from 1 to" in text
    assert "did you mean 'skip'?" in text
    assert text.count("player 0> ") == len(lines)
    assert text.endswith("You have left the game.\n")


@pytest.mark.parametrize("line", ["?", "help", "h"])
def test_help(cards: hir.Program, line: str) -> None:
    assert "explain NAME" in run(cards, line, "q")[1]


@pytest.mark.parametrize("line", ["?Fox", "? fox", "explain fox", "EXPLAIN Fox"])
def test_rows_are_explained_at_the_prompt(cards: hir.Program, line: str) -> None:
    assert "Fox (fox): kind, strength 3" in run(cards, line, "q")[1]


def test_unknown_rows_at_the_prompt(cards: hir.Program) -> None:
    text = run(cards, "?foxx", "explain zzzzz", "? ", "q")[1]
    assert "Nothing is called 'foxx': did you mean 'Fox'?" in text
    assert "Nothing is called 'zzzzz'." in text


def test_state_log_and_random(cards: hir.Program) -> None:
    played, text = run(cards, "state", "log", "random", "q")
    assert len(played.actions) >= 1
    assert text.count("start: the game begins") >= 2


def test_the_end_of_input_leaves_the_game(cards: hir.Program) -> None:
    played, _ = run(cards)
    assert not played.over
    assert played.rewards == (0, 0)


def test_markup_in_names_is_text() -> None:
    program = rules.program(CARDS.replace('"Fox"', '"[bold]Fox[/]"'))
    text = run(program, "put [bold]fox", "?[bold]Fox[/]", "q")[1]
    assert "[bold]Fox[/]" in text


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_others_hands_and_hidden_fields_are_not_shown(cards: hir.Program) -> None:
    game = Interp(cards).new_game({"list": [0, 1]}, key=3)
    lexicon = Lexicon(Interp(cards))
    mine = list(shown(View(lexicon, game.state, 0)))
    assert "list Wild" in mine
    assert "list Calm" not in mine
    assert "hand 3: " in mine
    assert any(text.startswith("hand 3: ") and len(text) > 9 for text in mine)
    assert not any("secret" in text for text in mine)
    everything = list(shown(View(lexicon, game.state, None)))
    assert "secret 7" in everything
    assert "hand 3: 3 × Owl" in everything
    assert "list Calm" in everything


def test_draws_that_a_viewer_may_not_know_have_no_name(cards: hir.Program) -> None:
    game = Interp(cards).new_game({"list": [0, 1]}, key=3)
    view = View(Lexicon(game.interp), game.state, 0)
    said = [view.draw(kind, value) for kind, value in game.draws]
    assert [text == "pick" for text in said] == [False] * 3 + [True] * 3


def test_items_show_what_differs_from_their_defaults(cards: hir.Program) -> None:
    game = Interp(cards).new_game({"list": [1, 1]}, key=3)
    put = next(action for action in game.legal if game.action_name(action).startswith("put"))
    game.step(put)
    hit = next(action for action in game.legal if game.action_name(action).startswith("hit"))
    game.step(hit)
    lines = list(shown(View(Lexicon(game.interp), game.state, 1)))
    assert "place 0: Owl" in lines
    assert "dots: 1 red" in lines
    assert "lit next turn" in lines
    assert "round 3" in lines


def test_actions_are_said_as_their_declarations_say() -> None:
    said = CARDS.replace(
        "action put(c: own card, t: own place)", 'action put(c: own card, t: own place) says "{c} to {t}"'
    )
    program = rules.program(said.replace("action use(k: int 0..1)", 'action use(k: int 0..1) says "let {k} act"'))
    played, text = run(program, "fox to place 1", "quit")
    assert played.actions[0].startswith("put:")
    assert "player 0: Fox to place 1" in text
    with pytest.raises(SpecError, match="there is no parameter 'd'"):
        rules.program(said.replace('"{c} to', '"{d} to'))


def test_labels_name_actions(cards: hir.Program) -> None:
    _, text = run(cards, "put fox, place 0", "put owl", "state", players="human,human", decks="wild")
    program = rules.program(CARDS.replace("repeat 6 {", "place(0, 0).shown = fox\nplace(0, 1).shown = owl\nrepeat 6 {"))
    assert "use Fox" in run(program, "q")[1]
    assert "use Owl" in run(program, "q")[1]
    assert "use Fox" not in text


def test_one_screen_for_two_people_gives_nothing_away(cards: hir.Program) -> None:
    text = run(cards, "skip", "log", "q", players="human,human")[1]
    first, second = text.split("player 1> ", 1)
    assert "pick Fox" not in first + second
    assert "pick Owl" not in first + second


@pytest.mark.parametrize(
    ("size", "constants", "rows"),
    [
        ("9", "", 3),
        ("16", "", 4),
        ("6", "const ROWS = 2\nconst COLUMNS = 3", 0),
        ("12", "", 0),
        ("42", "const HEIGHT = 6\nconst WIDTH = 7", 6),
    ],
)
def test_boards(size: str, constants: str, rows: int) -> None:
    used = " + ".join(line.split()[1] for line in constants.splitlines()) or "1"
    text = f"""
        players 2
        {constants}
        entity cell[{size}]
        state {{ n: int 0..99 = 0; to_move: player = 0 }}
        state per cell {{ mark: player? = none }}
        action mark(c: cell)
        play {{
          repeat 3 {{
            n = {used}
            choose by to_move {{
              mark(c in all cell where c.mark == none) {{ c.mark = to_move; to_move = 1 - to_move }}
            }}
          }}
          finish p: 0
        }}
    """
    program = rules.program(text)
    game = Interp(program).new_game()
    game.step(game.legal[1])
    game.step(game.legal[-1])
    board = [board for side in View(Lexicon(game.interp), game.state, 0).sides() for board in side.boards]
    assert [len(found.rows) for found in board] == ([rows] if rows else [])
    if rows:
        cells = [cell for row in board[0].rows for cell in row]
        assert [cell.text for cell in cells[:3]] == ["0", "X", "2"]
        assert (cells[1].player, cells[1].empty, cells[-1].text, cells[-1].player) == (0, False, "O", 1)


# --- when rules go wrong ----------------------------------------------------------------------------------------------


def test_rules_that_go_wrong_are_diagnostics() -> None:
    program = rules.program(BROKEN)
    with pytest.raises(SpecError, match="E0812") as caught:
        run(program, "go", players="human")
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert "box(at)" in found.span.text


def test_as_a_program_without_a_terminal() -> None:
    def specc(*args: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "compiler.cli", "play", str(rules.SPECS / "tic_tac_toe.yaml"), *args]
        return subprocess.run(command, input=typed, capture_output=True, text=True, check=False, cwd=ROOT)

    auto = specc("--auto", "--seed", "2")
    assert auto.returncode == 0, auto.stderr
    assert "wins after" in auto.stdout or "Nobody wins" in auto.stdout
    assert "\x1b" not in auto.stdout
    person = specc(typed="1\nx\nquit\n")
    assert person.returncode == 0, person.stderr
    everyone = specc("--players", "human", "--json", "-", typed="1\n1\n1\n1\n1\n1\n1\n")
    assert everyone.returncode == 0, everyone.stderr
    assert json.loads(everyone.stdout)["winner"] == 0
