"""Piles against concrete decks: what a pile knows is always true of some deck that went through the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.backends.interp.errors import TapeError
from compiler.backends.interp.luck import Luck, Tape, mix
from compiler.backends.interp.zones import Place, State, put, reveal, shuffle, take, unordered
from compiler.ir.hir import DrawKind
from compiler.ir.types import EntityT, IntT

SEEN = DrawKind("seen", EntityT("card"), always=True)
LOT = DrawKind("lot", EntityT("card"), always=False)
CARDS = 7


def pile(known_top: int = CARDS, known_bottom: int = CARDS) -> Place:
    return Place("deck", "pile", "deck:top", "deck:bottom", known_top, known_bottom)


def state(mask: int = 0, top: tuple[int, ...] = (), bottom: tuple[int, ...] = ()) -> State:
    return {"deck": [mask], "deck:top": [list(top)], "deck:bottom": [list(bottom)]}


@given(st.data())
def test_a_pile_never_contradicts_a_concrete_deck(data: Any) -> None:
    place = pile(data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4)))
    deck, hand = data.draw(st.permutations(range(CARDS))), []
    lazy = state((1 << CARDS) - 1)
    for _ in range(data.draw(st.integers(1, 15))):
        top, bottom = lazy["deck:top"][0], lazy["deck:bottom"][0]
        match data.draw(st.sampled_from(("take", "put", "reveal", "shuffle"))):
            case "take" if deck:
                card = data.draw(st.sampled_from(deck))
                deck.remove(card)
                hand.append(card)
                assert take(lazy, place, 0, card)
            case "put" if hand:
                card, end = hand.pop(), data.draw(st.sampled_from(("top", "bottom", None)))
                middle = data.draw(st.integers(len(top), len(deck) - len(bottom)))
                deck.insert({"top": 0, "bottom": len(deck), None: middle}[end], card)
                known = len(top) if end == "top" else len(bottom)
                limit = {"top": place.known_top, "bottom": place.known_bottom, None: known + 1}[end]
                assert (put(lazy, place, 0, card, end) is None) == (known < limit)
            case "reveal":
                depth = data.draw(st.integers(0, place.known_top - 1)) if place.known_top else -1
                luck = Luck(0, Tape([("seen", card) for card in deck[: depth + 1]]))
                ticks = max(0, min(depth + 1, len(deck) - len(bottom)) - len(top))
                expected = deck[depth] if 0 <= depth < len(deck) else -1
                assert reveal(lazy, place, 0, depth, SEEN, luck) == (expected, None)
                assert luck.log == [("seen", card) for card in deck[: depth + 1]]
                assert luck.counter == ticks
            case "shuffle":
                deck = data.draw(st.permutations(deck))
                shuffle(lazy, place, 0)
        assert lazy["deck"] == [sum(1 << card for card in deck)]
        top, bottom = lazy["deck:top"][0], lazy["deck:bottom"][0]
        assert top == deck[: len(top)]
        assert bottom == deck[len(deck) - len(bottom) :]
        assert len(top) + len(bottom) + unordered(lazy, place, 0).bit_count() == len(deck)


def test_a_run_that_grows_too_long_forgets_its_innermost_place() -> None:
    lazy = state(0b11, top=(0,), bottom=(1,))
    assert put(lazy, pile(1, 1), 0, 2, "top") is not None
    assert put(lazy, pile(1, 1), 0, 3, "bottom") is not None
    assert lazy == state(0b1111, top=(2,), bottom=(3,))


def test_reveal_draws_ascending_from_the_rest_then_reads_the_bottom() -> None:
    lazy = state(0b11101, top=(3,), bottom=(0,))
    luck = Luck(5, None)
    first = ((mix(5) >> 16) * 2) >> 16
    rest = [2, 4]
    expected = rest.pop(first)
    assert reveal(lazy, pile(), 0, 1, LOT, luck) == (expected, None)
    assert (luck.counter, luck.log) == (1, [("lot", expected)])
    assert reveal(lazy, pile(), 0, 3, LOT, luck) == (0, None)
    assert (luck.counter, len(luck.log)) == (2, 1), "the last of the rest is drawn, but could not differ"
    assert lazy == state(0b11101, top=(3, expected, *rest), bottom=(0,))
    assert reveal(lazy, pile(), 0, 4, LOT, luck) == (-1, None)
    assert luck.counter == 2


def test_taking_what_is_not_there_is_refused() -> None:
    assert not take(state(0b10), pile(), 0, 0)
    assert not take({"active": [-1]}, Place("active", "slot", "", "", 0, 0), 0, 0)


# --- draws ------------------------------------------------------------------------------------------------------------

COIN = DrawKind("coin", IntT(0, 1), always=True)
OTHER = DrawKind("other", IntT(0, 9), always=False)


def test_every_draw_takes_one_tick_and_reports_what_could_differ() -> None:
    luck = Luck(1, None)
    assert luck.pick(OTHER, ()) == -1
    assert luck.pick(OTHER, (4,)) == 4
    assert luck.pick(COIN, (1,)) == 1
    other = luck.pick(OTHER, range(10))
    assert luck.weigh(OTHER, (1, 2, 3), (0, -1, 2)) == 3
    assert luck.weigh(OTHER, (1, 2), (0, 0)) == -1
    assert luck.counter == 6
    assert luck.log == [("coin", 1), ("other", other)]


def test_the_hash_is_the_one_written_down() -> None:
    """Figures of an implementation of docs/semantics.md in C."""
    assert [mix(x) for x in (0, 1, 0x9E3779B9, 0xFFFFFFFF)] == [0, 0x688990C0, 0x01FCE552, 0x6768824A]
    luck = Luck(42, None)
    assert [luck.uniform(100) for _ in range(5)] == [9, 93, 65, 92, 95]


@given(st.lists(st.integers(-2, 5), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_weights_are_cumulative_ascending(weights: list[int], key: int) -> None:
    positive = [max(weight, 0) for weight in weights]
    k = ((mix(key) >> 16) * sum(positive)) >> 16
    expected = next((i for i in range(len(weights)) if sum(positive[: i + 1]) > k), -1)
    assert Luck(key, None).weigh(OTHER, range(len(weights)), weights) == expected


def test_a_tape_decides_reported_draws_only() -> None:
    luck = Luck(0, Tape([("other", 7), ("coin", 0), ("other", 3)]))
    assert [luck.pick(OTHER, range(10)), luck.pick(OTHER, (5,)), luck.pick(COIN, (0,))] == [7, 5, 0]
    assert luck.weigh(OTHER, (3, 4), (1, 1)) == 3
    assert luck.counter == 4


@pytest.mark.parametrize("tape", [[], [("coin", 0)], [("other", 10)]], ids=["missing", "other kind", "impossible"])
def test_a_tape_that_does_not_fit_is_an_error(tape: list[tuple[str, int]]) -> None:
    with pytest.raises(TapeError):
        Luck(0, Tape(tape)).pick(OTHER, range(10))


def test_a_tape_with_left_over_outcomes_is_an_error() -> None:
    with pytest.raises(TapeError, match="coin 1"):
        Tape([("coin", 1)]).check_used_up()
