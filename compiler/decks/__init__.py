"""Deck lists: rows that are given at reset, as the plain text that players exchange."""

from compiler.decks.lists import DeckTable, deck_table, export, parse_list

__all__ = ["DeckTable", "deck_table", "export", "parse_list"]
