"""The ledger: one JSON line for every request before it is sent, every reply, and every verdict.

Lines are only ever added, and each is on the disk before the next thing happens: whatever stops a run, what was paid
for is there when it goes on. It holds answers and hashes, no wording of texts and no key.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from compiler.diagnostics import SpecError
from compiler.holes.prices import Usage
from compiler.holes.providers.base import Reply, Request
from compiler.paths import display_path

NAME = "ledger.jsonl"


@dataclass
class Book:
    """What a ledger says."""

    replies: dict[str, Reply] = field(default_factory=dict)
    """By the id of the request."""
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    dollars: float = 0.0
    round: int = 0
    """How often all has been asked anew."""
    sent: int = 0
    answered: int = 0
    reserved: float = 0.0
    """What requests without a reply may have cost, in dollars: sent by a run that was stopped."""

    @property
    def lost(self) -> int:
        """Requests whose reply never came."""
        return self.sent - self.answered

    broken: int = 0
    """Lines that are none."""


class Ledger:
    """A ledger open for writing, by one process at a time. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = Book()
        self._descriptor = -1

    def __enter__(self) -> Ledger:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            message = f"cannot open {display_path(self.path)}: {error.strerror}"
            raise SpecError.single("E1103", None, message) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            message = f"{display_path(self.path)} is in use by another run"
            raise SpecError.single("E1103", None, message, suggestion="wait until it has ended") from None
        self.book = read_ledger(self.path)
        if _ends_amid_line(self.path):
            os.write(self._descriptor, b"\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._descriptor)  # and with it the lock

    def asked(self, request: Request, estimate: Usage, dollars: float) -> None:
        """Write down that a request is about to be sent, and what it may cost."""
        entry = {
            "event": "request",
            "id": request.id,
            "hole": request.digits,
            "number": request.number,
            "attempt": request.attempt,
            "provider": request.provider,
            "model": request.model,
            "prompt": request.prompt.hash,
            "estimate": estimate.to_json(),
            "dollars": round(dollars, 6),
        }
        self._add(entry)
        self.book.requests[request.id] = entry
        self.book.sent += 1

    def replied(self, request: Request, reply: Reply, dollars: float) -> None:
        """Write down what came back, and what it cost."""
        self._add({"event": "reply", "id": request.id, **reply.to_json(), "dollars": round(dollars, 6)})
        self.book.replies[request.id] = reply
        self.book.answered += 1
        self.book.usage += reply.usage
        self.book.dollars += dollars

    def anew(self, number: int) -> None:
        """Write down that from here on everything is asked again."""
        self._add({"event": "round", "number": number})
        self.book.round = number

    def judged(self, entry: Mapping[str, Any]) -> None:
        """Write down a verdict."""
        self._add({"event": "verdict", **entry})
        self.book.verdicts.append(dict(entry))

    def _add(self, entry: Mapping[str, Any]) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        line = json.dumps({**entry, "at": now}, ensure_ascii=False) + "\n"
        os.write(self._descriptor, line.encode())
        os.fsync(self._descriptor)


def read_ledger(path: Path) -> Book:
    """A ledger as it stands; a line that a stopped run left half-written is left out."""
    book = Book()
    waiting: dict[str, float] = {}
    for entry in _entries(path, book):
        match entry.get("event"):
            case "request":
                book.requests[str(entry["id"])] = entry
                book.sent += 1
                waiting[str(entry["id"])] = waiting.get(str(entry["id"]), 0.0) + float(entry.get("dollars", 0.0))
            case "reply":
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    reply = Reply.of(entry)
                    book.replies[str(entry["id"])] = reply
                    book.answered += 1
                    last = float(book.requests.get(str(entry["id"]), {}).get("dollars", 0.0))
                    waiting[str(entry["id"])] = max(0.0, waiting.get(str(entry["id"]), 0.0) - last)
                    book.usage += reply.usage
                    book.dollars += float(entry.get("dollars", 0.0))
            case "round":
                book.round = int(entry.get("number", 0))
            case "verdict":
                book.verdicts.append(entry)
    book.reserved = sum(waiting.values())
    return book


def _entries(path: Path, book: Book) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            book.broken += bool(line.strip())
            continue
        if isinstance(entry, dict):
            yield entry


def _ends_amid_line(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")
