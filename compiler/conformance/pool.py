"""Episodes in several processes."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from compiler.conformance.lockstep import Episode
from compiler.conformance.runner import Job, Outcome, Runner
from compiler.conformance.schedule import Round
from compiler.diagnostics import SpecError

Task = tuple[Round, Sequence[int] | Sequence[Episode]]
"""A round, and numbers of episodes to be played on the interpreter, or episodes that were played, to be checked."""


class Pool:
    """Processes that each have a runner. Use it as a context manager."""

    def __init__(self, job: Job, workers: int) -> None:
        context = multiprocessing.get_context("spawn")  # forking a process in which JAX runs may hang
        self._tasks: Any = context.Queue()
        self._results: Any = context.Queue()
        self._processes: list[BaseProcess] = [
            context.Process(target=_work, args=(job, self._tasks, self._results), daemon=True) for _ in range(workers)
        ]

    def __enter__(self) -> Pool:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _ in self._processes:
            self._tasks.put(None)
        if kind is not None:
            self._tasks.cancel_join_thread()  # what nobody will read must not keep this process waiting
        for process in self._processes:
            if kind is not None:
                process.terminate()
            process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join()

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """What came of each task, in whatever order. Tasks are taken only as processes have time for them."""
        waiting = 0
        for task in tasks:
            self._tasks.put((task[0], list(task[1])))
            waiting += 1
            if waiting > 2 * len(self._processes):
                yield self._next()
                waiting -= 1
        for _ in range(waiting):
            yield self._next()

    def _next(self) -> Outcome:
        while True:
            try:
                result = self._results.get(timeout=1)
            except queue.Empty:
                for process in self._processes:
                    if process.exitcode is not None:
                        message = f"a process that verifies ended with exit status {process.exitcode}"
                        raise SpecError.single("E0806", None, message) from None
                continue
            if isinstance(result, Outcome):
                return result
            raise result


def _work(job: Job, tasks: Any, results: Any) -> None:
    """The life of one process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the programs of references end with it
    try:
        runner = Runner(job)
    except BaseException as error:
        results.put(_carried(error))
        return
    try:
        while (task := tasks.get()) is not None:
            try:
                results.put(check(runner, task))
            except Exception as error:
                results.put(_carried(error))
    except KeyboardInterrupt:
        pass
    finally:
        runner.close()


def check(runner: Runner, task: Task) -> Outcome:
    """Play and check a task's episodes, or check those that were played."""
    outcome = Outcome()
    runner.begin(task[0])
    for item in task[1]:
        for episode in [item] if isinstance(item, Episode) else runner.play([item]):
            runner.check(episode, outcome)
    return outcome


def _carried(error: BaseException) -> BaseException:
    """An error as it can be sent to another process."""
    if isinstance(error, SpecError):
        return error
    return RuntimeError(f"in a process that verifies: {type(error).__name__}: {error}")
