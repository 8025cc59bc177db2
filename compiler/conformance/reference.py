"""References: independent accounts of the rules that follow a game, in process or as programs that speak JSON lines."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from compiler.diagnostics import SpecError
from compiler.manifest import CommandTarget, Target, load_target

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes in one answer of a program, beyond which it is taken to be broken."""


class RefusalError(Exception):
    """A reference does not accept a request: an action is not legal, or a draw is missing, impossible or left over."""


class FaultError(Exception):
    """A reference is broken: it died, did not answer in time, or answered in another form than the protocol's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reference says after a request: the canonical state and the names of the legal actions."""

    state: Any
    legal: tuple[str, ...]


class Reference(Protocol):
    """What the lockstep needs. Both methods raise RefusalError or FaultError."""

    def request(self, operation: str, arguments: Mapping[str, Any]) -> Answer:
        """`reset`, `step` or `inject`."""
        ...

    def close(self) -> None:
        """Let go of whatever the reference holds; it is not used afterwards."""
        ...


class InProcessReference:
    """A Python object with methods `reset(**setup, draws)`, `step(action, draws)` and, maybe, `inject(**position)`.

    They return a mapping with `state` and `legal`. Whatever they raise is a refusal.
    """

    def __init__(self, implementation: Any) -> None:
        self._implementation = implementation

    def request(self, operation: str, arguments: Mapping[str, Any]) -> Answer:
        method = getattr(self._implementation, operation, None)
        if method is None:
            raise FaultError(f"{type(self._implementation).__name__} has no method '{operation}'")
        try:
            answer = method(**arguments)
        except Exception as error:  # the module is the user's, and may raise anything
            raise RefusalError(f"{type(error).__name__}: {error}") from error
        return read_answer(answer)

    def close(self) -> None:
        close = getattr(self._implementation, "close", None)
        if callable(close):
            close()


class SubprocessReference:
    """A program that takes one JSON request a line and gives one JSON answer a line.

    It is started at the first request, and started anew after a fault.
    """

    def __init__(self, target: CommandTarget, folder: Path, timeout: float) -> None:
        self._argv, self._folder, self._timeout = target.argv, folder, timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the reference; closed in `close`)
        self._pending = bytearray()

    def request(self, operation: str, arguments: Mapping[str, Any]) -> Answer:
        process = self._process or self._start()
        line = json.dumps({"op": operation, **arguments}).encode() + b"\n"
        try:
            return self._parse(self._exchange(process, line))
        except FaultError:
            self._stop()
            raise

    def close(self) -> None:
        self._stop()
        self._complaints.close()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._argv,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise FaultError(f"cannot start '{' '.join(self._argv)}': {error.strerror or error}") from error
        assert process.stdin is not None
        assert process.stdout is not None
        os.set_blocking(process.stdin.fileno(), False)
        os.set_blocking(process.stdout.fileno(), False)
        self._process = process
        self._pending.clear()
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a session of its own, so its children go with it
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        """Write a line and read one; neither side waits for the other for ever."""
        assert process.stdin is not None
        assert process.stdout is not None
        if self._pending:
            raise FaultError(f"the program says more than it is asked: {_shown(bytes(self._pending))}")
        deadline = time.monotonic() + self._timeout
        left = memoryview(line)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stdin, selectors.EVENT_WRITE)
            while (end := self._pending.find(b"\n")) < 0 or left:
                if end < 0 and len(self._pending) > MAX_ANSWER:
                    raise FaultError(f"an answer is longer than {MAX_ANSWER} bytes")
                events = selector.select(max(0.0, deadline - time.monotonic()))
                if not events:
                    raise FaultError(f"no answer within {self._timeout:g} s{self._complaint()}")
                for key, _ in events:
                    if key.fileobj is process.stdout:
                        self._read(process)
                    else:
                        left = left[self._write(process, left) :]
                        if not left:
                            selector.unregister(process.stdin)
        answer = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return answer

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        chunk = os.read(process.stdout.fileno(), 1 << 16)
        if not chunk:
            raise self._death(process)
        self._pending += chunk

    def _write(self, process: subprocess.Popen[bytes], data: memoryview) -> int:
        assert process.stdin is not None
        try:
            return os.write(process.stdin.fileno(), data[: 1 << 16])
        except BlockingIOError:
            return 0
        except BrokenPipeError as error:
            raise self._death(process) from error

    def _death(self, process: subprocess.Popen[bytes]) -> FaultError:
        try:
            code = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return FaultError(f"the program closed its output{self._complaint()}")
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit status {code}"
        return FaultError(f"the program {how}{self._complaint()}")

    def _complaint(self) -> str:
        """The last lines that the program wrote to stderr."""
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - 2000))
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()[-3:]
        return f"; it last said: {' | '.join(lines)}" if lines else ""

    def _parse(self, line: bytes) -> Answer:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FaultError(f"an answer is no JSON: {_shown(line)}") from error
        return read_answer(answer)


def open_reference(target: Target, root: Path, timeout: float) -> Reference:
    """The reference of a target. Raises SpecError (E0017) where its module or factory fails."""
    if isinstance(target, CommandTarget):
        return SubprocessReference(target, root, timeout)
    factory = load_target(target, root)
    try:
        return InProcessReference(factory())
    except Exception as error:  # the module is the user's, and may raise anything
        message = f"{target.module}:{target.factory}() raised {type(error).__name__}: {error}"
        raise SpecError.single("E0017", None, message) from error


def read_answer(answer: Any) -> Answer:
    """Check the form of an answer. Raises RefusalError where it is `{"error": …}`, FaultError where it is malformed."""
    if not isinstance(answer, Mapping):
        raise FaultError(f"an answer is no mapping: {answer!r:.200}")
    if "error" in answer:
        raise RefusalError(str(answer["error"]))
    if missing := [key for key in ("state", "legal") if key not in answer]:
        raise FaultError(f"an answer has no '{missing[0]}': {answer!r:.200}")
    legal = answer["legal"]
    if not isinstance(legal, (list, tuple)) or not all(isinstance(name, str) for name in legal):
        raise FaultError(f"the legal actions of an answer are no list of names: {legal!r:.200}")
    return Answer(answer["state"], tuple(legal))


def _shown(line: bytes) -> str:
    return repr(line[:200].decode(errors="replace"))
