"""A reference for the invented cards: the independent one, which knows each of them under another name.

An invented card has the numbers and the behaviour of a card that the reference implements from the published rules
(`PLAYS_LIKE`). The two meet only in the list of decks: so whatever is wrong between web page and engine, a number, an
evolution, an effect, shows as a difference in play.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.references.pocket import factory as pocket
from tests.scrape_site.cards import PLAYS_LIKE


class InventedReference:
    """The reference, spoken to in invented cards."""

    def __init__(self) -> None:
        self._inner = pocket()

    def reset(self, decks: Sequence[Sequence[str]], energy: Any, draws: Any) -> Mapping[str, Any]:
        """Start a game with decks of invented cards."""
        return self._inner.reset(_known(decks), energy, draws)

    def step(self, action: str, draws: Any) -> Mapping[str, Any]:
        """One decision."""
        return self._inner.step(action, draws)

    def inject(self, state: Any, decks: Sequence[Sequence[str]], energy: Any) -> Mapping[str, Any]:
        """Start from a position."""
        return self._inner.inject(state, _known(decks), energy)


def factory() -> InventedReference:
    """A reference that has not played yet."""
    return InventedReference()


def _known(decks: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[PLAYS_LIKE[card] for card in deck] for deck in decks]
