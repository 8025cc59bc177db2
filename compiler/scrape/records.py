"""What sites say: records, and complaints about what was not understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

_SNIPPET = 160


class Record(BaseModel):
    """What one page says of one thing. Games derive their records from it.

    A field that is not set is one that the page does not speak of; that is not the same as one that is set to None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @property
    def key(self) -> str:
        """What tells things apart, across sites."""
        raise NotImplementedError

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other keys under which sites may speak of the same thing."""
        return ()

    def identity(self, key: str, names: Iterable[str]) -> dict[str, Any]:
        """The fields, as plain data, that tell which thing this is, when `names` are found to be names of one thing.

        They are no matter of agreement between sources.
        """
        return {}

    def stated(self) -> dict[str, Any]:
        """The fields that are set, as plain data."""
        return self.model_dump(mode="json", exclude_unset=True)


@dataclass(frozen=True)
class Complaint:
    """Something on a page that was not understood."""

    url: str
    where: str
    """A path of elements, a line, or another way to find the place."""
    message: str
    snippet: str

    def __str__(self) -> str:
        return f"{self.url}: {self.where}: {self.message}: {self.snippet}"


def snippet(text: str) -> str:
    """A text on one line, and not too long."""
    line = " ".join(text.split())
    shown = "".join(char if char.isprintable() else "�" for char in line)
    return shown if len(shown) <= _SNIPPET else f"{shown[: _SNIPPET - 1]}…"
