"""The parts of verification, one by one."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.conformance.adapter import Adapter, AdapterError, readable
from compiler.conformance.coverage import Ledger, Places
from compiler.conformance.diff import ABSENT, Difference, compare, compare_legal, missing_and_extra, plain
from compiler.conformance.engine import Observed, Setup
from compiler.conformance.lockstep import Divergence, Episode, Step
from compiler.conformance.policies import Outlook, Position, Taste, policies
from compiler.conformance.setups import Setups, episode_key, episode_rng
from compiler.conformance.shrink import Shown, shrink
from compiler.conformance.trace import Trace, TraceDifference, TraceSetup, TraceStep, read_trace, spec_hash
from compiler.diagnostics import SpecError
from compiler.ir.types import BOOL, EntityT, EnumT, OptT, RowT
from tests.test_conformance.tools import duel

# --- differences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "got", "path", "values"),
    [
        ({"a": 1}, {"a": 2}, "a", (1, 2)),
        ({"players": [{"slots": [None, {"damage": 30}]}]}, {"players": [{"slots": [None, {"damage": 20}]}]},
         "players[0].slots[1].damage", (30, 20)),
        ({"hand": [1, 2, 3]}, {"hand": [1, 3]}, "hand", ([1, 2, 3], [1, 3])),
        ({"a": 1, "b": 2}, {"a": 1}, "b", (2, ABSENT)),
        ({"a": 1}, {"a": 1, "b": None}, "b", (ABSENT, None)),
        ([{"a": 1}], [{"a": 1}, {"a": 2}], "state", ([{"a": 1}], [{"a": 1}, {"a": 2}])),
        ({"x": {"y": 1}}, {"x": None}, "x", ({"y": 1}, None)),
        (1, 2, "state", (1, 2)),
    ],
)  # fmt: skip
def test_the_first_differing_field_is_named(expected: Any, got: Any, path: str, values: tuple[Any, Any]) -> None:
    found = compare("state", expected, got)
    assert found is not None
    assert (found.path, (found.expected, found.got)) == (path, values)
    assert path in str(found)


@given(
    st.recursive(
        st.integers() | st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_value_is_equal_to_itself(value: Any) -> None:
    assert compare("state", value, plain(value)) is None


def test_tuples_and_numbers_as_keys_are_as_json_has_them() -> None:
    assert compare("state", {"a": (1, (2,)), 3: 4}, {"a": [1, [2]], "3": 4}) is None


def test_legal_actions_are_compared_in_any_order() -> None:
    assert compare_legal(["b", "a"], ["a", "b"]) is None
    found = compare_legal(["a", "b"], ["b", "c", "c"])
    assert found is not None
    assert missing_and_extra(found.expected, found.got) == (["a"], ["c", "c"])
    assert str(found) == "legal actions: missing a; extra c, c"


def test_signatures_leave_out_places_and_numbers() -> None:
    first, second = (Difference("state", f"players[{n}].slots[2].damage", n, 5) for n in (0, 1))
    assert first.signature == second.signature
    assert (
        Difference("refused", "step", "missing draw: coin", "go").signature
        != Difference("refused", "step", "draws left over: [1]", "go").signature
    )


# --- policies ---------------------------------------------------------------------------------------------------------

TASTE = Taste(eager=("attack", "evolve"), last=("end",), score="points")


def often(name: str, kinds: list[str], lookahead: Any = None) -> set[str]:
    """What a policy chooses mostly."""
    position = Position(0, range(len(kinds)), kinds, lookahead)
    chosen = [kinds[policies(TASTE)[name].choose(position, random.Random(seed))] for seed in range(200)]
    return {kind for kind in kinds if chosen.count(kind) > 30}


def test_the_uniform_player_takes_anything() -> None:
    assert often("uniform", ["end", "attack", "bench"]) == {"end", "attack", "bench"}


def test_the_eager_player_follows_the_order_of_preference() -> None:
    assert often("eager", ["end", "bench", "evolve", "attack"]) == {"attack"}
    assert often("eager", ["end", "bench", "evolve"]) == {"evolve"}
    assert often("eager", ["end", "bench", "item"]) == {"bench", "item"}
    assert often("eager", ["end"]) == {"end"}


def test_the_greedy_player_wins_where_it_can_then_scores() -> None:
    worth = [Outlook(False, (), (1, 0)), Outlook(True, (1, -1), (0, 0)), Outlook(False, (), (3, 0))]
    assert often("greedy", ["bench", "end", "item"], worth.__getitem__) == {"end"}
    worth[1] = Outlook(True, (-1, 1), (9, 0))
    assert often("greedy", ["bench", "end", "item"], worth.__getitem__) == {"item"}


# --- setups -----------------------------------------------------------------------------------------------------------


def test_episodes_are_set_up_by_seed_and_number() -> None:
    setups = Setups.of(duel().program, 7)
    assert setups.episode(3) == setups.episode(3)
    assert len({setups.episode(number).key for number in range(50)}) == 50
    assert {setups.episode(number).params["player.list"] for number in range(50)} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert 0 <= episode_key(7, 3) < 1 << 32
    assert episode_rng(7, 3, "a").random() != episode_rng(7, 3, "b").random()


@pytest.mark.parametrize(
    ("names", "possible"),
    [
        (("even",), {(0, 0)}),
        (("Wild", "even"), {(1, 0)}),
        (("random", "wild"), {(0, 1), (1, 1)}),
        (("random",), {(0, 0), (0, 1), (1, 0), (1, 1)}),
    ],
)
def test_rows_are_given_by_key_or_title(names: tuple[str, ...], possible: set[tuple[int, int]]) -> None:
    setups = Setups.of(duel().program, 7, names)
    assert {setups.episode(number).params["player.list"] for number in range(50)} == possible


# --- adapters ---------------------------------------------------------------------------------------------------------


def test_an_adapter_without_functions_is_the_identity() -> None:
    adapter = Adapter.of(duel().program, SimpleNamespace(setup="no function"))
    assert adapter.setup({"player.list": (0, 1)}) == {"player.list": [0, 1]}
    assert adapter.canonical({"a": 1}) == {"a": 1}
    assert adapter.draws([("coin", 1)]) == [["coin", 1]]
    assert adapter.actions({}, ["go"]) == ["go"]
    with pytest.raises(AdapterError, match="no 'inject'"):
        adapter.inject({}, {})


@pytest.mark.parametrize(
    ("function", "result", "message"),
    [("setup", [1], "no mapping"), ("draws", None, "no list"), ("actions", ["a", "b"], "one name for each of 1")],
)
def test_what_an_adapter_returns_is_checked(function: str, result: Any, message: str) -> None:
    adapter = Adapter.of(duel().program, SimpleNamespace(**{function: lambda *_: result}))
    arguments = {"setup": ({},), "draws": ([],), "actions": ({}, ["go"])}[function]
    with pytest.raises(AdapterError, match=message):
        getattr(adapter, function)(*arguments)


def test_an_adapter_that_raises_is_told_with_its_line() -> None:
    adapter = Adapter.of(duel().program, SimpleNamespace(canonical=lambda program, state: state["nothing"]))
    with pytest.raises(AdapterError, match=r"'canonical' raised KeyError: 'nothing' \(.*test_parts\.py:\d+\)"):
        adapter.canonical({})


def test_values_are_readable() -> None:
    program = duel().program
    assert readable(program, RowT("deck_list"), 1) == "wild"
    assert readable(program, OptT(RowT("deck_list")), -1) is None
    assert readable(program, EntityT("card"), 8) == "card(1, 2)"
    assert readable(program, BOOL, 1) == 1
    assert EnumT("x") != EnumT("y")


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_the_rows_that_take_part_are_those_that_parameters_lead_to() -> None:
    places = Places(duel().program, ())
    even = places.taking_part(duel().program, {"player.list": (0, 0)})
    wild = places.taking_part(duel().program, {"player.list": (1, 1)})
    assert ("kind", 2) in even
    assert ("kind", 2) not in wild  # no Mend in it
    assert even | wild == places.taking_part(duel().program, {"player.list": (0, 1)})


def test_a_row_is_covered_when_all_of_its_code_ran() -> None:
    keys = [("method", "kind", "cast", "mend"), ("method", "kind", "free", "mend")]
    places = Places(duel().program, keys)
    part, whole = Ledger(), Ledger()
    rows = [("kind", index) for index in range(5)]
    part.add({keys[0]: 3}, rows)
    whole.add({keys[0]: 1, keys[1]: 1}, rows)
    assert "mend Mend" in places.figures(whole, part)["cards"].never
    assert "mend Mend" not in places.figures(whole, whole)["cards"].never
    assert "ward Ward" not in places.figures(whole, whole)["cards"].never
    assert (places.figures(whole, part)["texts"].executed, places.figures(whole, part)["texts"].compared) == (2, 1)


def test_how_often_things_were_compared_is_counted() -> None:
    keys = [("method", "kind", "cast", "mend"), ("method", "kind", "free", "mend")]
    places = Places(duel().program, keys)
    ledger, other = Ledger(), Ledger()
    ledger.add(dict.fromkeys(keys, 5), [("kind", 2)])
    other.add({keys[0]: 2}, [("kind", 2)])
    other.add({}, [])
    ledger.merge(other)
    figures = places.figures(ledger, ledger)
    assert sorted(figures["texts"].times.values()) == [5, 7]
    assert figures["cards"].times["mend Mend"] == 2  # it took part in two games
    assert (figures["texts"].least, figures["cards"].least) == (5, 0)


# --- shrinking --------------------------------------------------------------------------------------------------------


def seen() -> Observed:
    return Observed({"fields": {}}, (0,), (), 0, False, ())


def taken(episode: Episode) -> list[int]:
    return list(episode.actions)


def shown(actions: list[int], path: str = "x") -> Shown:
    steps = tuple(Step(action, seen()) for action in actions)
    episode = Episode(0, "", Setup({}, 0), seen(), steps, "cut")
    return Shown(episode, Divergence("other", len(actions), Difference("state", path, 0, 1)))


def test_decisions_that_do_not_matter_are_left_out() -> None:
    """The disagreement needs a 3 and, later, a 7."""

    def attempt(found: Any) -> Shown | None:
        actions = list(found)
        if 3 in actions and 7 in actions[actions.index(3) :]:
            return shown(actions[: actions.index(7, actions.index(3)) + 1])
        return None

    best = shrink(shown([1, 2, 3, 4, 5, 6, 1, 1, 2, 7]), taken, attempt)
    assert best.episode.actions == (3, 7)


def test_a_disagreement_of_another_kind_is_not_taken_for_the_same() -> None:
    best = shrink(shown([1, 2, 3]), taken, lambda actions: shown(list(actions), "y"))
    assert best.episode.actions == (1, 2, 3)


def test_shrinking_ends_in_time() -> None:
    now = iter(range(1000))
    tries = []
    shrink(shown([1] * 50), taken, lambda actions: tries.append(actions), 10, clock=lambda: float(next(now)))
    assert len(tries) < 11


# --- traces -----------------------------------------------------------------------------------------------------------

TRACE = Trace(
    game="duel",
    spec_hash="sha256:0",
    engine="interp",
    reference="right",
    setup=TraceSetup(params={"player.list": ["even", 1]}, key=5),
    start_draws=[("first", 0)],
    steps=[TraceStep(player=0, action="rest", draws=[("pick", 3)])],
    difference=TraceDifference(step=1, kind="state", path="turn", expected=2, got=3, spec=["a:1", "b:2"]),
)


def test_a_trace_is_written_and_read(tmp_path: Path) -> None:
    path = TRACE.write(tmp_path / "new")
    assert read_trace(path) == TRACE
    assert TRACE.write(tmp_path / "new") == path
    assert '    {"player": 0, "action": "rest", "draws": [["pick", 3]]}\n' in path.read_text(encoding="utf-8")
    empty = TRACE.model_copy(update={"steps": []})
    assert read_trace(empty.write(tmp_path)) == empty


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no trace"),
        ("nonsense", "is no trace"),
        ("[]", 'has no "format"'),
        ("{}", 'has no "format"'),
        ("\0", "is no trace"),
        ("[" * 100_000, "is no trace"),
        ('{"format": "specc-trace", "version": 9}', "version 9; this specc reads version 1"),
        ('{"format": "specc-trace", "version": 1}', "is broken: game"),
        (TRACE.text()[:-30], "is no trace"),
        (TRACE.text().replace('"key": 5', '"key": -5'), "is broken: setup.key"),
        (TRACE.text().replace('"pick", 3', '"pick", "x"'), "is broken: steps.0.draws.0.1"),
        (TRACE.text().replace('"policy"', '"polly"'), "is broken: polly"),
    ],
)
def test_damaged_traces_are_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.trace.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as error:
        read_trace(path)
    (found,) = error.value.diagnostics
    assert found.code == "E0803"
    assert message in found.message


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    for path, code in ((tmp_path, "E0002"), (tmp_path / "nowhere", "E0001"), (tmp_path / "latin", "E0803")):
        with pytest.raises(SpecError) as error:
            read_trace(path)
        assert error.value.diagnostics[0].code == code
    with pytest.raises(SpecError, match="cannot write"):
        TRACE.write(tmp_path / "latin" / "below")


def test_the_hash_of_a_specification_changes_with_any_file() -> None:
    base = spec_hash([("a", "1"), ("b", "2")])
    assert base == spec_hash([("b", "2"), ("a", "1")])
    assert (
        len({base, spec_hash([("a", "1")]), spec_hash([("a", "12"), ("b", "")]), spec_hash([("a", "1"), ("b", "3")])})
        == 4
    )
