"""References: programs that die, hang and talk nonsense, and Python objects that do."""

import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from compiler.conformance.reference import (
    FaultError,
    InProcessReference,
    RefusalError,
    SubprocessReference,
    open_reference,
    read_answer,
)
from compiler.diagnostics import SpecError
from compiler.manifest import CommandTarget, PythonTarget

GOOD = '{"state": {"n": 1}, "legal": ["go"]}'


def program(folder: Path, text: str, timeout: float = 5.0) -> SubprocessReference:
    """A reference whose program is this Python text."""
    script = folder / "program.py"
    script.write_text(dedent(text), encoding="utf-8")
    return SubprocessReference(CommandTarget((sys.executable, str(script))), folder, timeout)


def fault(reference: SubprocessReference) -> str:
    with pytest.raises(FaultError) as error:
        reference.request("reset", {"draws": []})
    reference.close()
    return str(error.value)


def test_a_program_answers_line_by_line(tmp_path: Path) -> None:
    reference = program(
        tmp_path,
        """
        import json, sys
        for count, line in enumerate(sys.stdin):
            print(json.dumps({"state": {"request": json.loads(line), "count": count}, "legal": ["go"]}), flush=True)
        """,
    )
    first = reference.request("reset", {"draws": [["coin", 1]]})
    assert first.state == {"request": {"op": "reset", "draws": [["coin", 1]]}, "count": 0}
    assert reference.request("step", {"action": "go"}).state["count"] == 1
    assert first.legal == ("go",)
    reference.close()


def test_large_requests_and_answers_do_not_block(tmp_path: Path) -> None:
    reference = program(
        tmp_path,
        """
        import json, sys
        for line in sys.stdin:
            print(json.dumps({"state": json.loads(line), "legal": []}), flush=True)
        """,
    )
    long = "x" * 2_000_000
    assert reference.request("reset", {"text": long}).state["text"] == long
    reference.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import sys; sys.exit(3)", "ended with exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9"),
        ("import sys; print('no cards', file=sys.stderr); sys.exit(1)", "it last said: no cards"),
        ("raise ValueError('oh dear')", "it last said: "),
        ("input(); print('garbage', flush=True); input()", "no JSON: 'garbage"),
        ("input(); print('[1, 2]', flush=True); input()", "no mapping: [1, 2]"),
        ("input(); print('{\"state\": 1}', flush=True); input()", "no 'legal'"),
        ('input(); print(\'{"state": 1, "legal": "go"}\', flush=True); input()', "no list of names"),
        ('input(); print(\'{"state": 1, "legal": [1]}\', flush=True); input()', "no list of names"),
        ("input(); print('[' * 100000, flush=True); input()", "no JSON"),
        ("import os; input(); os.write(1, b'\\xff\\xfe\\n'); input()", "no JSON"),
    ],
)
def test_programs_that_fail_are_told_apart(tmp_path: Path, text: str, message: str) -> None:
    assert message in fault(program(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "import time; time.sleep(60)",
        "import time; input(); print('{\"state\": 1', end='', flush=True); time.sleep(60)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])",
    ],
    ids=["sleeps", "half an answer", "deaf to signals", "waits for a child"],
)
def test_a_program_that_hangs_is_given_up(tmp_path: Path, text: str) -> None:
    began = time.monotonic()
    assert "no answer within 0.5 s" in fault(program(tmp_path, text, timeout=0.5))
    assert time.monotonic() - began < 10


def test_a_program_that_floods_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.conformance.reference.MAX_ANSWER", 100_000)
    assert "longer than 100000 bytes" in fault(program(tmp_path, "while True: print('x' * 1000, end='')"))


def test_a_program_that_says_more_than_it_is_asked_is_told(tmp_path: Path) -> None:
    reference = program(tmp_path, f"import os; input(); os.write(1, b'{GOOD}\\n{GOOD}\\n'); input()")
    reference.request("reset", {})
    with pytest.raises(FaultError, match="more than it is asked"):
        reference.request("step", {"action": "go"})
    reference.close()


def test_a_program_starts_anew_after_a_fault(tmp_path: Path) -> None:
    text = f"""
        import pathlib
        input()
        seen = pathlib.Path("seen")
        if seen.exists():
            print({GOOD!r}, flush=True)
            input()
        seen.touch()
    """
    reference = program(tmp_path, text)
    with pytest.raises(FaultError, match="exit status 0"):
        reference.request("reset", {})
    assert reference.request("reset", {}).state == {"n": 1}
    reference.close()


def test_an_error_is_a_refusal_and_the_program_lives_on(tmp_path: Path) -> None:
    reference = program(
        tmp_path,
        f"""
        import sys
        for number, line in enumerate(sys.stdin):
            print({GOOD!r} if number % 2 else '{{"error": "not legal"}}', flush=True)
        """,
    )
    with pytest.raises(RefusalError, match="not legal"):
        reference.request("reset", {})
    assert reference.request("reset", {}).legal == ("go",)
    reference.close()


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert "cannot start '/nowhere/at/all'" in fault(
        SubprocessReference(CommandTarget(("/nowhere/at/all",)), tmp_path, 1)
    )


class Odd:
    def reset(self, draws: list[object]) -> object:
        if draws:
            raise ValueError("no draws here")
        return {"state": (1, 2), "legal": ("go",)}

    def step(self, action: str, draws: list[object]) -> object:
        return None


def test_what_an_object_raises_is_a_refusal_and_what_it_returns_is_checked() -> None:
    reference = InProcessReference(Odd())
    assert reference.request("reset", {"draws": []}).legal == ("go",)
    with pytest.raises(RefusalError, match="ValueError: no draws here"):
        reference.request("reset", {"draws": [1]})
    with pytest.raises(RefusalError, match="TypeError"):
        reference.request("reset", {"cards": []})
    with pytest.raises(FaultError, match="no mapping: None"):
        reference.request("step", {"action": "go", "draws": []})
    with pytest.raises(FaultError, match="Odd has no method 'inject'"):
        reference.request("inject", {})


def broken() -> None:
    raise RuntimeError("no reference today")


def test_a_factory_that_raises_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="broken\\(\\) raised RuntimeError: no reference today"):
        open_reference(PythonTarget("tests.test_conformance.test_reference", "broken"), tmp_path, 1)


def test_answers_are_read() -> None:
    assert read_answer({"state": 1, "legal": [], "more": 2}).state == 1
    with pytest.raises(RefusalError, match="why"):
        read_answer({"error": "why"})
