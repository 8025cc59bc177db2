"""Replays and pictures: what is drawn, who may see it, and that a browser steps through it."""

import io
import json
import random
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from compiler.backends.interp import Interp, snapshot
from compiler.backends.interp.state import fresh
from compiler.cli import app
from compiler.conformance.determinize import determinize
from compiler.conformance.policies import Taste
from compiler.diagnostics import SpecError
from compiler.ir import hir
from compiler.play import PlayOptions, Recorder, load_look, play
from compiler.play.picture import Layout, Painter, Paths, document, fragments
from compiler.play.picture.scene import Fan, Grid
from compiler.play.record import Frame, in_words
from compiler.play.replay import html
from compiler.play.view import Lexicon, View
from tests import rules
from tests.test_play import CARDS

VIEWERS = (None, 0, 1)
TASTE = Taste(("ability", "attach", "evolve", "bench", "supporter", "item", "attack"), ("end", "done", "retreat"), None)
Frames = dict[int | None, list[Frame]]


def look_of(name: str, program: hir.Program) -> Paths:
    path = rules.SPECS / name / "view.yaml"
    return load_look(program, path if path.exists() else None)


def record(
    program: hir.Program, paths: Paths, seed: int = 1, decks: tuple[str, ...] = (), agent: str = "eager"
) -> Frames:
    """A whole game between agents."""
    names = [f"player {player}" for player in range(program.players)]
    recorder = Recorder(program, paths, names, (None, *range(program.players)))
    options = PlayOptions((agent,) * program.players, seed, decks, auto=True)
    play(program, TASTE, options, Console(file=io.StringIO()), recorder=recorder)
    return recorder.frames


def texts(page: str) -> list[str]:
    """Every text that a replay can show."""
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    return json.loads(data[1])["texts"]


@pytest.fixture(scope="module")
def tcg() -> hir.Program:
    return rules.spec("tcg")


@pytest.fixture(scope="module")
def duel(tcg: hir.Program) -> Frames:
    return record(tcg, look_of("tcg", tcg), 5, ("blastoise", "machamp"))


# --- pictures ---------------------------------------------------------------------------------------------------------


LONG = ("invented", "pong")  # games of thousands of decisions, or rows much like those of another


@pytest.mark.parametrize("name", sorted(path.stem for path in rules.SPECS.glob("*.yaml") if path.stem not in LONG))
def test_every_game_has_pictures_that_are_xml_and_change(name: str) -> None:
    program = rules.spec(name)
    for viewer, frames in record(program, look_of(name, program), agent="random").items():
        layout = Layout()
        for frame in frames:
            layout.measure(frame.scene)
        drawn = [document(fragments(frame.scene, layout), layout, frame.headline) for frame in frames]
        roots = [ET.fromstring(text) for text in drawn]
        assert len({root.get("height") for root in roots}) == 1, "the picture jumps"
        assert len(set(drawn)) > len(drawn) // 2, f"viewer {viewer} sees little happen"
        assert not any("href" in text or "url(" in text for text in drawn)


def test_a_board_is_drawn_as_one() -> None:
    program = rules.program("""
        players 2
        entity cell[2, 3]
        state per player { stones: set of cell }
        action go(c: cell)
        play {
          var mover: player = 1
          choose by mover { go(c in all cell) { mover.stones = mover.stones | [c] } }
          finish p: 0
        }
    """)
    (_, end) = record(program, load_look(program, None))[None]
    (board,) = [row[0] for side in end.scene.sides for row in side.rows]
    assert isinstance(board, Grid)
    assert [[cell.player for cell in row] for row in board.rows].count([None] * 3) == 1
    assert [cell.player for row in board.rows for cell in row if not cell.empty] == [1]
    assert all(not chip.text.startswith("stones") for side in end.scene.sides for chip in side.chips)


def test_numbers_by_cell_stand_on_the_board() -> None:
    program = rules.program("""
        players 1
        entity cell[2, 2]
        state { tile: int 0..9[4]; other: int 0..9[3] }
        action go(c: cell)
        play {
          choose by 0 { go(c in all cell) { tile[c.index] = 7; other[1] = 3 } }
          finish p: 0
        }
    """)
    (_, end) = record(program, load_look(program, None))[None]
    (board,) = [row[0] for side in end.scene.sides for row in side.rows]
    assert isinstance(board, Grid)
    assert [cell.text for row in board.rows for cell in row if not cell.empty] == ["7"]
    assert [chip.text for side in end.scene.sides for chip in side.chips] == ["other: 1 = 3"]


def test_places_show_what_the_view_file_asks_for(duel: Frames) -> None:
    layout = _layout(duel[None])
    drawn = "".join(part for frame in duel[None] for part in fragments(frame.scene, layout))
    assert re.search(r"<title>points [12] of 3</title>", drawn)
    assert re.search(r"<title>place \d: Wartortle, stage 1, \d water, \d+ of 80 left</title>", drawn)
    assert "#4a90d9" in drawn, "the colour of its type"


def _layout(frames: list[Frame]) -> Layout:
    layout = Layout()
    for frame in frames:
        layout.measure(frame.scene)
    return layout


# --- who may see what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tcg", "kuhn_poker", "rock_paper_scissors"])
def test_what_a_player_sees_does_not_depend_on_what_is_hidden(name: str) -> None:
    program = rules.spec(name)
    paths = look_of(name, program)
    interp = Interp(program)
    lexicon = Lexicon(interp)
    painter = Painter(paths, [f"player {player}" for player in range(program.players)])
    rng = random.Random(3)
    params = {f.id: [0, 1] for f in program.fields.values() if f.param}
    compared = 0
    for key in range(3):
        game = interp.new_game(params, key)
        while not game.over and compared < 400:
            for viewer in range(program.players):
                world = determinize(program, snapshot(game)["fields"], viewer, rng)
                state = fresh(program, {}, world)
                for field in ("over", "decider", "player.reward"):
                    state[field] = game.state[field]
                views = [View(lexicon, each, viewer) for each in (game.state, state)]
                one, other = (painter.scene(view, game.decider) for view in views)
                assert one == other
                assert list(in_words(views[0], painter.names)) == list(in_words(views[1], painter.names))
                compared += 1
            game.step(rng.choice(game.legal))
    assert compared > 10


def test_a_players_replay_holds_nothing_that_the_player_never_saw(tcg: hir.Program, duel: Frames) -> None:
    everything = html({None: duel[None]}, "Duel", ["a", "b"])
    for viewer in (0, 1):
        page = html({viewer: duel[viewer]}, "Duel", ["a", "b"])
        table = tcg.tables["deck_list"]
        titles = [
            {tcg.tables["species"].titles[row] for row in table.data["cards"][table.keys.index(deck)]}  # type: ignore[union-attr]
            for deck in ("blastoise", "machamp")
        ]
        seen = {title for title in titles[1 - viewer] if any(title in text for text in texts(page))}
        unseen = titles[1 - viewer] - titles[viewer] - seen
        layout = _layout(duel[viewer])
        drawn = {part for frame in duel[viewer] for part in fragments(frame.scene, layout)}
        named = {title for title in titles[1 - viewer] | titles[viewer] if any(title in part for part in drawn)}
        assert seen <= named | titles[viewer], "something is named that was never on the table"
        assert all(title in everything for title in unseen)
        hands = [
            block
            for frame in duel[viewer]
            for row in frame.scene.sides[0].rows
            for block in row
            if isinstance(block, Fan)
        ]
        assert any(block.cards for block in hands)
        assert all(card.back for block in hands for card in block.cards), "the other's hand is face down"


def test_secret_choices_are_not_told() -> None:
    program = rules.spec("rock_paper_scissors")
    frames = record(program, load_look(program, None), agent="random")
    assert [frame.headline for frame in frames[1]][1] == "Player 0: throw"
    assert re.fullmatch("Player 0: throw (rock|paper|scissors)", frames[None][1].headline)
    assert re.fullmatch("Player 0: throw (rock|paper|scissors)", frames[0][1].headline)


def test_rolls_that_fields_hide_are_not_told() -> None:
    program = rules.program("""
        players 2
        state per player { die: int 0..5 = 0 visible to owner }
        draws roll: int 0..5
        draws coin: int 0..1
        action go
        verb (p: player) rolls { draw r: roll; p.die = r }
        verb toss { draw c: coin }
        play {
          choose by 0 manual { go { } }
          for p in all player { p rolls }
          choose by 0 manual { go { } }
          toss
          finish p: 0
        }
    """)
    paths = load_look(program, None)
    found = {
        viewer: [told.text for frame in frames for told in frame.told]
        for viewer, frames in record(program, paths).items()
    }
    assert any("roll" in text for text in found[None])
    for viewer in (0, 1):
        assert not any("roll" in text for text in found[viewer])


# --- what happened ----------------------------------------------------------------------------------------------------


def test_the_log_says_what_verbs_do_in_english(duel: Frames) -> None:
    said = [told.text for frame in duel[None] for told in frame.told]
    assert any(re.fullmatch(r"This attack hits player \d's [A-Z][\w ]+( \(place \d\))? for \d+", text) for text in said)
    assert any(re.fullmatch(r"Player \d draws 1 card", text) for text in said)
    assert any(re.fullmatch(r"Player \d has 1 points? \(before: 0\)", text) for text in said)
    assert any(re.fullmatch(r"By lot: (.*, )?coin (heads|tails)(, .*)?", text) for text in said)
    assert not any(text.startswith(("Take turn", "Close turn", "Settle")) for text in said), "plumbing is no news"
    heads = [frame.headline for frame in duel[0]]
    assert any(re.fullmatch(r"Player 1: evolve [A-Z]\w+( \(place \d\))? into [A-Z]\w+", text) for text in heads)
    about = [text for frame in duel[0] for text in frame.about if ": attack with " in frame.headline]
    assert any("attack, cost" in text for text in about)
    assert duel[0][-1].told[-1].text.startswith(("Player 0 wins", "Player 1 wins", "Nobody wins"))


def test_the_same_game_gives_the_same_bytes(tcg: hir.Program, duel: Frames) -> None:
    again = record(tcg, look_of("tcg", tcg), 5, ("blastoise", "machamp"))
    assert html(again, "Duel", ["a", "b"]) == html(duel, "Duel", ["a", "b"])


def test_titles_are_escaped(duel: Frames) -> None:
    page = html({0: duel[0][:2]}, "</script><b>Duel", ["<i>"])
    assert "</script><b>" not in page
    assert "<i>" not in page


# --- view files -------------------------------------------------------------------------------------------------------

WRONG = """\
colours: {Tint: {red: "#ff0000", bleu: "#0000ff"}, Hue: {}}
rows:
  kind: {corner: [strenght], subtitle: [key]}
things:
  place:
    row: wear
    bar: {taken: wear, whole: shown}
    dots: wear
    colour: [{show: shown.strength}]
    badges: [{show: lit, when: shown}, dots.red]
zones: {hnad: fan}
boards: {cell: {}}
player:
  facts: [pionts, {show: points, of: GOAL}]
  layout: [[hand, "place[0..9]", "place[", under]]
table:
  layout: [[deck]]
log: [secrets]
draws: {cion: [a, b]}
"""


def test_a_view_file_that_does_not_fit_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "view.yaml"
    path.write_text(WRONG)
    with pytest.raises(SpecError) as wrong:
        load_look(rules.program(CARDS), path)
    found = [f"{d.span.line if d.span else 0}: {d.message}" for d in wrong.value.diagnostics]
    assert {d.code for d in wrong.value.diagnostics} == {"E0021"}
    assert found == [
        "1: colours: there is no value of Tint 'bleu'",
        "1: colours: there is no enum 'Hue'",
        "3: 'strenght': kind has no 'strenght'",
        "6: row: 'wear' is not a row",
        "7: whole: 'shown' is not a number",
        "8: dots: 'wear' is not numbers by an enum",
        "9: colour: 'shown.strength' is not a value of an enum",
        "10: when: 'shown' is neither true or false nor a number",
        "10: 'dots.red' goes into an array",
        "11: zones: there is no zone 'hnad'",
        "12: boards: there is no entity 'cell'",
        "14: 'pionts': a player has no 'pionts'",
        "14: 'GOAL': a player has no 'GOAL'",
        "15: layout: 'place[0..9]' goes beyond what there is",
        "15: layout: 'place[' is no zone and no entity of a player",
        "15: layout: 'under' is no zone and no entity of a player",
        "17: layout: 'deck' is no zone and no entity of nobody",
        "18: log: a player has no field 'secrets'",
        "19: draws: there is no kind of draw 'cion'",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("rows: [", "E0010"), ("rowz: {}", "E0012"), ("rows: {kind: {colour: 3}}", "E0014"), ("", "E0014")],
)
def test_a_view_file_of_the_wrong_form(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "view.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as wrong:
        load_look(rules.program(CARDS), path)
    assert code in {d.code for d in wrong.value.diagnostics}


# --- the command ------------------------------------------------------------------------------------------------------


def test_play_writes_replays_and_stills(tmp_path: Path) -> None:
    spec = rules.SPECS / "tic_tac_toe.yaml"
    page, stills = tmp_path / "game.html", tmp_path / "stills"
    args = ["play", str(spec), "--auto", "--html", str(page), "--svg", str(stills), "--json", "-"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    decisions = json.loads(result.stdout)["decisions"]
    assert [path.name for path in sorted(stills.iterdir())] == [f"{n:03}.svg" for n in range(decisions + 1)]
    assert "What player 1 sees" in page.read_text()
    assert CliRunner().invoke(app, [*args, "--viewer", "1"]).exit_code == 0
    assert "Everything" not in page.read_text()
    for wrong in (["--viewer", "2"], ["--viewer", "me"]):
        assert CliRunner().invoke(app, [*args, *wrong]).exit_code == 2
    missing = CliRunner().invoke(app, ["play", str(spec), "--auto", "--html", str(tmp_path / "no" / "game.html")])
    assert missing.exit_code == 1
    assert "E0704" in missing.output


# --- in a browser -----------------------------------------------------------------------------------------------------

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path; apt-get install chromium")
def test_a_browser_steps_through_a_replay(tmp_path: Path, duel: Frames) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    path = tmp_path / "duel.html"
    path.write_text(html(duel, "Duel", ["player 0 (eager)", "player 1 (eager)"]), encoding="utf-8")
    last = len(duel[None]) - 1
    with sync_api.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text))
        page.goto(path.as_uri())

        def board() -> str:
            return page.inner_html("#board")

        def step() -> int:
            return int(page.get_attribute("#board", "data-step") or -1)

        start = board()
        assert step() == 0
        assert page.inner_text("#head") == "The game begins"
        page.keyboard.press("ArrowRight")
        second = board()
        assert (step(), second != start) == (1, True)
        page.keyboard.press("End")
        assert (step(), board() not in (start, second)) == (last, True)
        assert " wins after " in page.inner_text("#told")
        assert page.is_disabled("#next")
        page.keyboard.press("ArrowLeft")
        assert step() == last - 1
        page.keyboard.press("Home")
        assert (step(), board()) == (0, start)
        page.select_option("#speed", "350")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        page.wait_for_selector("#board:not([data-step='0'], [data-step='1'])")
        page.keyboard.press("Space")
        halted = step()
        page.wait_for_timeout(500)
        assert step() == halted, "it goes on after a pause"
        page.click(f"#log li:nth-child({last // 2 + 1}) button")
        everything = board()
        assert page.get_attribute(f"#log li:nth-child({last // 2 + 1}) button", "aria-current") == "step"
        page.select_option("#viewer", "1")
        assert step() == last // 2
        assert board() != everything, "the view switch changes nothing"
        page.fill("#slider", "3")
        assert step() == 3
        unnamed = page.evaluate(
            "[...document.querySelectorAll('.controls button, .controls input')].filter((e) => !e.ariaLabel).length"
        )
        assert unnamed == 0
        browser.close()
    assert troubles == []
    assert [url for url in asked if not url.startswith("file:")] == []
