"""Any program as a provider: a request as JSON on its standard input, an answer as JSON on its standard output."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.holes.answer import AnswerError, parse_answer
from compiler.holes.providers.base import ProviderError, Reply, Request
from compiler.holes.providers.secrets import is_secret

MOST_OUTPUT = 64 * 1024
"""How many bytes of output are read."""


_LAST_WORDS = 5.0
"""Seconds that a program which was ended has to let go of its pipes."""


@dataclass(frozen=True)
class Command:
    """Runs a program once for each request, in a folder, for a limited time, and without the environment's secrets."""

    argv: tuple[str, ...]
    folder: Path
    timeout: float = 60.0
    """In seconds."""
    name: str = "command"
    is_paid: bool = False

    async def ask(self, request: Request) -> Reply:
        begun = time.monotonic()
        try:
            process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=self.folder,
                env={key: value for key, value in os.environ.items() if not is_secret(key)},
                start_new_session=True,
            )
        except OSError as error:
            message = f"the command '{self.argv[0]}' cannot be run: {error.strerror or error}"
            raise ProviderError("E1101", message) from error
        try:
            output, problem = await asyncio.wait_for(_talk(process, _document(request)), self.timeout)
        except TimeoutError:
            output, problem = b"", f"the command gave no answer in {self.timeout:g} seconds"
        finally:
            await _end(process)
        seconds = time.monotonic() - begun
        if problem:
            return Reply(None, problem, seconds=seconds)
        if process.returncode:
            return Reply(None, f"the command ended with exit status {process.returncode}", seconds=seconds)
        try:
            return Reply(parse_answer(json.loads(output)), stop="command", seconds=seconds)
        except (ValueError, RecursionError, AnswerError) as error:
            reason = str(error) if isinstance(error, AnswerError) else "the command's output is not JSON"
            return Reply(None, reason, seconds=seconds)

    async def close(self) -> None:
        pass


def _document(request: Request) -> bytes:
    document: dict[str, Any] = {
        "id": request.id,
        "hole": request.digits,
        "number": request.number,
        "attempt": request.attempt,
        "model": request.model,
        "shared": list(request.prompt.shared),
        "prompt": request.prompt.own,
    }
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


async def _talk(process: asyncio.subprocess.Process, document: bytes) -> tuple[bytes, str]:
    """Give the program its request and read its answer; stops reading a program that says too much."""
    assert process.stdin is not None
    assert process.stdout is not None

    async def give() -> None:
        assert process.stdin is not None
        with contextlib.suppress(ConnectionError):  # a program need not read all of it
            process.stdin.write(document)
            await process.stdin.drain()
            process.stdin.close()

    giving = asyncio.create_task(give())
    output = b""
    while chunk := await process.stdout.read(8192):
        output += chunk
        if len(output) > MOST_OUTPUT:
            giving.cancel()
            return b"", f"the command said more than {MOST_OUTPUT} bytes"
    await giving
    await process.wait()
    return output, ""


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the program and what it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
    # what it said is read to the end, or else its pipe stays open and its exit is never noticed
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.communicate(), _LAST_WORDS)
