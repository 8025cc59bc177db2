"""Answers that are on record in the store: offline, free, the same every time."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from compiler.files import write_text
from compiler.holes.answer import Answer, AnswerError, parse_answer
from compiler.holes.providers.base import Reply, Request

FOLDER = "recorded"
"""Where they lie in a store: `<digits>.json`, a list of answers."""


@dataclass(frozen=True)
class Recorded:
    """Gives the answers of a folder: to each independent question one, in order, and to its repairs the next ones."""

    folder: Path
    name: str = "recorded"
    is_paid: bool = False

    async def ask(self, request: Request) -> Reply:
        answers = read_answers(self.folder, request.digits)
        index = request.number + request.attempt
        if index >= len(answers):
            return Reply(None, "no answer is on record" if not answers else "no further answer is on record", tries=0)
        return Reply(answers[index], stop="recorded")

    async def close(self) -> None:
        pass


def read_answers(folder: Path, digits: str) -> list[Answer]:
    """The answers on record for a text; a file that does not hold answers counts as none."""
    try:
        listed = json.loads((folder / f"{digits}.json").read_text(encoding="utf-8"))
        return [parse_answer(value) for value in listed["answers"]]
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AnswerError):
        return []


def write_answers(folder: Path, digits: str, answers: list[Answer]) -> None:
    """Put answers on record, in place of those that are."""
    listed = [answer.model_dump() for answer in answers]
    text = json.dumps({"answers": listed}, indent=1, ensure_ascii=False)
    with contextlib.suppress(OSError):  # which the writing will tell
        folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{digits}.json", text + "\n")
