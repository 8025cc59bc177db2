"""Providers: the real client against a server on loopback that goes wrong in every way, and programs as providers."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path

import pytest

from compiler.holes.prompt import Prompt
from compiler.holes.providers import Provider, ProviderError, Reply, Request
from compiler.holes.providers.anthropic import Anthropic, Settings
from compiler.holes.providers.command import MOST_OUTPUT, Command
from compiler.holes.providers.recorded import Recorded
from tests.fake_messages import CACHED, KEY, MARK, OUTPUT, SENT, FakeMessages, headers_of, served

TEXT = "Heal 20."
EFFECT = "heal 20 damage from self"


def request(number: int = 0, attempt: int = 0) -> Request:
    prompt = Prompt(("the shared part", "the vocabulary"), f"{MARK}{json.dumps(TEXT)}\n")
    return Request("0" * 64, number, attempt, prompt, "anthropic", "claude-sonnet-5-5", "v")


def ask(provider: Provider, *requests: Request) -> list[Reply]:
    async def run() -> list[Reply]:
        try:
            return list(await asyncio.gather(*(provider.ask(one) for one in requests or (request(),))))
        finally:
            await provider.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def client(server: FakeMessages, **settings: float) -> Anthropic:
    return Anthropic(Settings(server.url, **{"timeout": 5.0, "tries": 3, "first_wait": 0.01, **settings}))  # type: ignore[arg-type]


def test_an_answer_comes_with_its_tokens() -> None:
    with served({TEXT: [EFFECT]}) as server:
        (reply,) = ask(client(server))
    assert reply.answer is not None
    assert reply.answer.effect == EFFECT
    assert (reply.usage.input, reply.usage.output, reply.usage.cache_read) == (SENT, OUTPUT, CACHED)
    assert reply.tries == 1


def test_the_shared_part_is_cached_and_the_answer_is_a_tool() -> None:
    with served({TEXT: [EFFECT]}) as server:
        ask(client(server))
    (sent,) = server.requests
    assert [block.get("cache_control") for block in sent["system"]] == [None, {"type": "ephemeral"}]
    assert sent["tool_choice"] == {"type": "tool", "name": sent["tools"][0]["name"]}
    assert sent["tools"][0]["input_schema"]["additionalProperties"] is False
    assert TEXT not in json.dumps(sent["system"])
    assert headers_of(server.headers[0]) == KEY


@pytest.mark.parametrize("fault", ["429", "529", "500", "drop", "hang", "garbage"])
def test_what_may_pass_is_tried_again(fault: str) -> None:
    with served({TEXT: [EFFECT]}, faults={0: fault}) as server:
        (reply,) = ask(client(server, timeout=0.5))
    assert reply.answer is not None, reply.problem
    assert reply.tries == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("form", "does not have the form"),
        ("no_tool", "did not use the tool"),
        ("two_tools", "2 tools"),
        ("refusal", "refuses"),
        ("cut", "cut off"),
    ],
)
def test_a_message_without_an_answer_says_why_and_what_it_cost(fault: str, problem: str) -> None:
    with served({TEXT: [EFFECT]}, faults={0: fault}) as server:
        (reply,) = ask(client(server))
    assert reply.answer is None
    assert problem in reply.problem
    assert reply.usage.output == OUTPUT
    assert len(server.requests) == 1


def test_a_server_that_stays_away_ends_in_a_problem() -> None:
    with served({TEXT: [EFFECT]}, faults=dict.fromkeys(range(9), "529")) as server:
        (reply,) = ask(client(server))
    assert reply.answer is None
    assert reply.problem == "unreachable: the server answers 529 (overloaded_error)"
    assert len(server.requests) == 3


def test_a_rest_that_the_server_asks_for_is_kept_by_all_requests() -> None:
    with served({TEXT: [EFFECT]}, faults={0: "429"}, retry_after="0.6") as server:
        times: list[float] = []
        server.before = lambda number, text: times.append(time.monotonic())
        begun = time.monotonic()

        async def run() -> None:
            provider = client(server)
            first = asyncio.create_task(provider.ask(request(0)))
            await asyncio.sleep(0.2)
            await asyncio.gather(first, provider.ask(request(1)))
            await provider.close()

        asyncio.run(run())
    assert len(times) == 3
    assert all(seen - begun >= 0.55 for seen in times[1:])


def test_requests_keep_their_distance() -> None:
    with served({TEXT: [EFFECT]}) as server:
        begun = time.monotonic()
        ask(client(server, requests_per_minute=300), *(request(n) for n in range(4)))
    assert time.monotonic() - begun >= 0.55


def test_a_wrong_key_ends_it_and_is_told_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), served({TEXT: [EFFECT]}, faults={0: "401"}) as server:
        provider = client(server)
        with pytest.raises(ProviderError) as caught:
            ask(provider)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {provider!r} {caplog.text}"
    assert KEY not in shown
    assert "401" in str(caught.value)
    assert caught.value.code == "E1102"


def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(ProviderError, match="ANTHROPIC_API_KEY"):
        Anthropic(Settings())


# --- programs ---------------------------------------------------------------------------------------------------------


def program(code: str, timeout: float = 10.0) -> Command:
    return Command((sys.executable, "-c", code), Path.cwd(), timeout)


GOOD = """
import json, sys, os
question = json.loads(sys.stdin.readline())
secrets = [name for name in os.environ if "KEY" in name]
print(json.dumps({"effect": "heal 20 damage from self", "note": ",".join([*question, *secrets])}))
"""


def test_a_program_answers_without_seeing_secrets() -> None:
    (reply,) = ask(program(GOOD))
    assert reply.answer is not None, reply.problem
    assert reply.answer.note == "id,hole,number,attempt,model,shared,prompt"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import time; time.sleep(60)", "gave no answer in 1 seconds"),
        ("print('x' * 10_000_000)", f"more than {MOST_OUTPUT} bytes"),
        ("print('{')", "not JSON"),
        ("print('[' * 60000)", "not JSON"),
        ("print('{}')", "form asked for: effect: missing"),
        ("print('{\"effect\": 3}')", "form asked for: effect: string_type"),
        ("raise SystemExit(3)", "exit status 3"),
    ],
)
def test_a_program_that_goes_wrong_is_a_problem(code: str, problem: str) -> None:
    (reply,) = ask(program(code, timeout=1.0))
    assert reply.answer is None
    assert problem in reply.problem


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ProviderError, match="cannot be run"):
        ask(Command(("./no-such-program",), Path.cwd()))


def test_recorded_answers_come_in_order(tmp_path: Path) -> None:
    (tmp_path / f"{'0' * 64}.json").write_text(json.dumps({"answers": [{"effect": "a"}, {"effect": "b"}]}))
    replies = ask(Recorded(tmp_path), request(), request(1), request(0, 1), request(1, 1))
    assert [reply.answer and reply.answer.effect for reply in replies] == ["a", "b", "b", None]
    assert replies[3].problem == "no further answer is on record"
    (tmp_path / f"{'0' * 64}.json").write_text("{")
    assert ask(Recorded(tmp_path))[0].problem == "no answer is on record"
