"""What all providers have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from compiler.holes.answer import Answer
from compiler.holes.prices import Usage
from compiler.holes.prompt import Prompt


class ProviderError(Exception):
    """A provider cannot answer any request: it is not configured, or will not go on. `code` is a diagnostic's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Request:
    """One question. Requests that are alike but for `number` are independent answers to it."""

    digits: str
    """The hole, by the digits of its text's hash."""
    number: int
    """Which of the independent answers this is."""
    attempt: int
    """How many answers to it came before and were not admitted."""
    prompt: Prompt
    provider: str
    model: str
    asks_for: str
    """The versions of the contract and the vocabulary, and how often all has been asked anew."""
    max_tokens: int = 4_000

    @property
    def id(self) -> str:
        """The same for the same question, whenever it is asked: the examples in its prompt may be others by then."""
        parts = (self.provider, self.model, self.digits, self.number, self.attempt, self.asks_for)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Reply:
    """What came back. Without an answer, `problem` says why; a model that gave none may have cost something."""

    answer: Answer | None
    problem: str = ""
    usage: Usage = field(default_factory=Usage)
    stop: str = ""
    seconds: float = 0.0
    tries: int = 1
    """How many requests were sent for it, those included that were turned away."""

    def to_json(self) -> dict[str, Any]:
        return {
            "answer": self.answer.model_dump() if self.answer else None,
            "problem": self.problem,
            "usage": self.usage.to_json(),
            "stop": self.stop,
            "seconds": round(self.seconds, 3),
            "tries": self.tries,
        }

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Reply:
        answer = value.get("answer")
        return cls(
            Answer.model_validate(answer) if answer is not None else None,
            str(value.get("problem", "")),
            Usage.of(value.get("usage", {})),
            str(value.get("stop", "")),
            float(value.get("seconds", 0.0)),
            int(value.get("tries", 1)),
        )


class Provider(Protocol):
    """Answers requests, several at a time."""

    @property
    def name(self) -> str: ...

    @property
    def is_paid(self) -> bool:
        """Whether requests cost tokens."""
        ...

    async def ask(self, request: Request) -> Reply:
        """Answer a request. Raises ProviderError where no request can be answered."""
        ...

    async def close(self) -> None:
        """Let go of connections and programs."""
        ...
