"""A model behind the Messages API, through the official client.

The shared part of a prompt is marked for the provider's cache; the answer comes as the input of a tool whose schema is
that of an answer. The client's own retries are off: whatever is turned away is tried again here, where one request that
must wait makes all wait, and every try is counted.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from typing import Any

import anthropic

from compiler.holes.answer import TOOL, AnswerError, parse_answer, schema
from compiler.holes.prices import Usage
from compiler.holes.providers.base import ProviderError, Reply, Request
from compiler.holes.providers.names import BASE_URL_VARIABLE
from compiler.holes.providers.pace import Pace, backoff
from compiler.holes.providers.secrets import KEY, without

_FINAL = (400, 401, 402, 403, 404, 413)
"""Statuses after which no other request would fare better."""


@dataclass(frozen=True)
class Settings:
    """How the model is asked."""

    base_url: str | None = None
    timeout: float = 120.0
    """In seconds, for one try."""
    tries: int = 6
    """How often a request is sent before it counts as failed."""
    first_wait: float = 1.0
    """In seconds, before the second try; doubled each time."""
    requests_per_minute: int | None = None


class Anthropic:
    """Asks a model. The key comes from the environment, and is in no message, ledger or representation."""

    name = "anthropic"
    is_paid = True

    def __init__(self, settings: Settings) -> None:
        self._key = os.environ.get(KEY)
        if not self._key:
            raise ProviderError("E1101", f"the provider 'anthropic' needs a key in the environment variable {KEY}")
        self._settings = settings
        self._pace = Pace(settings.requests_per_minute)
        url = settings.base_url or os.environ.get(BASE_URL_VARIABLE) or None
        self._client = anthropic.AsyncAnthropic(
            api_key=self._key, base_url=url, max_retries=0, timeout=settings.timeout
        )

    def __repr__(self) -> str:
        return f"Anthropic({self._settings})"

    async def close(self) -> None:
        await self._client.close()

    async def ask(self, request: Request) -> Reply:
        begun = time.monotonic()
        problem = ""
        for attempt in range(self._settings.tries):
            await self._pace.turn()
            try:
                message = await self._client.messages.create(**_arguments(request))
            except anthropic.APIStatusError as error:
                if error.status_code in _FINAL:
                    raise ProviderError("E1102", self._said(error)) from None
                problem = self._said(error)
                wait = backoff(attempt, error.response.headers, self._settings.first_wait)
                if error.status_code in (429, 529):
                    self._pace.rest(wait)
            except anthropic.APIResponseValidationError as error:
                problem, wait = self._said(error), backoff(attempt, {}, self._settings.first_wait)
            except anthropic.APITimeoutError:
                problem = f"no answer in {self._settings.timeout:g} seconds"
                wait = backoff(attempt, {}, self._settings.first_wait)
            except anthropic.APIConnectionError:
                problem, wait = "the connection was lost", backoff(attempt, {}, self._settings.first_wait)
            except (anthropic.AnthropicError, ValueError) as error:
                problem, wait = self._said(error), backoff(attempt, {}, self._settings.first_wait)
            else:
                if isinstance(message, anthropic.types.Message):
                    return _read(message, time.monotonic() - begun, attempt + 1)
                problem, wait = "what came is no message", backoff(attempt, {}, self._settings.first_wait)
            if attempt + 1 < self._settings.tries:
                await asyncio.sleep(wait)
        return Reply(None, f"unreachable: {problem}", seconds=time.monotonic() - begun, tries=self._settings.tries)

    def _said(self, error: Exception) -> str:
        """An error as it may be told: the status and the kind, and never a key or a prompt."""
        if isinstance(error, anthropic.APIStatusError):
            body = error.body if isinstance(error.body, dict) else {}
            inner = body.get("error")
            kind = inner.get("type", "") if isinstance(inner, dict) else ""
            return without(f"the server answers {error.status_code}{f' ({str(kind)[:60]})' if kind else ''}", self._key)
        return without(type(error).__name__, self._key)


def _arguments(request: Request) -> dict[str, Any]:
    """The request as the client takes it."""
    shared: list[dict[str, Any]] = [{"type": "text", "text": text} for text in request.prompt.shared]
    shared[-1]["cache_control"] = {"type": "ephemeral"}  # covers the tool and everything up to here
    return {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "system": shared,
        "messages": [{"role": "user", "content": request.prompt.own}],
        "tools": [{"name": TOOL, "description": "Return the effect of the row.", "input_schema": schema()}],
        "tool_choice": {"type": "tool", "name": TOOL},
    }


def _read(message: Any, seconds: float, tries: int) -> Reply:
    """A reply from a message; what the server sends is no more trusted than what the model says."""
    usage = _usage(getattr(message, "usage", None))
    stop = str(getattr(message, "stop_reason", "") or "")
    used = [block for block in getattr(message, "content", None) or [] if getattr(block, "type", "") == "tool_use"]
    problem, answer = "", None
    if stop == "refusal":
        problem = "the model refuses"
    elif stop in ("max_tokens", "model_context_window_exceeded"):
        problem = f"the answer was cut off ({stop})"
    elif len(used) != 1 or used[0].name != TOOL:
        problem = "the model did not use the tool" if not used else f"the model used {len(used)} tools, not one"
    else:
        try:
            answer = parse_answer(used[0].input)
        except AnswerError as error:
            problem = str(error)
    return Reply(answer, problem, usage, stop, seconds, tries)


def _usage(value: Any) -> Usage:
    def number(name: str) -> int:
        found = getattr(value, name, 0)
        return found if isinstance(found, int) and found >= 0 else 0

    return Usage(
        number("input_tokens"),
        number("output_tokens"),
        number("cache_creation_input_tokens"),
        number("cache_read_input_tokens"),
    )
