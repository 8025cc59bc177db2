"""What can go wrong while a game runs."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.source import Span


class RulesError(Exception):
    """The rules did something that has no meaning, such as reading a field of none. The game cannot go on."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(f"{span}: {message}" if span else message)
        self.message = message
        self.span = span


class TapeError(Exception):
    """Recorded outcomes do not fit the game: one is missing, impossible or left over."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth knowing that does not stop a game: ``saturated`` (a store out of bounds) or ``fault``."""

    kind: str
    message: str
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" if self.span else self.message
