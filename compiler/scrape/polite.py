"""Manners: robots.txt, rates per host, few connections, and trying again as a site asks for it."""

from __future__ import annotations

import email.utils
import random
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
import httpx
import tenacity
from aiolimiter import AsyncLimiter
from protego import Protego

from compiler.scrape.errors import RefusedError
from compiler.scrape.guard import Origin

AGENT = "specc"
"""The name that robots.txt may speak of."""

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_ASKS_TO_WAIT = frozenset({429, 503})


@dataclass(frozen=True)
class Manners:
    """How a site is treated."""

    rate: float | None = 1.0
    """Requests a second to one host; None: as fast as it goes."""
    window: float = 5.0
    """Seconds: in no window of this length does a host see more requests than the rate allows."""
    concurrency: int = 2
    """Requests under way at one host."""
    attempts: int = 5
    backoff: float = 1.0
    """Seconds before the second attempt; they double from there, with jitter."""
    patience: float = 300.0
    """Seconds: whoever asks for a longer wait is given up for now."""


class _Pace:
    """Spaces requests evenly, and keeps what a host sees to the rate.

    Requests may be held up on their way and arrive in a bunch, so even spacing alone promises nothing. When a request
    arrives is not known, but it has arrived by the time it is answered: as many as a window may hold are under way or
    were answered within it, and the next one waits.
    """

    def __init__(self, pause: float, window: float) -> None:
        self._spacing = AsyncLimiter(1, pause)
        self._most = max(1, int(window / pause + 1e-9))
        self._window = self._most * pause
        self._under_way = 0
        self._answered: deque[float] = deque()

    async def start(self) -> None:
        """Wait until a request may be sent."""
        await self._spacing.acquire()
        while self._under_way + self._recent() >= self._most:
            oldest = self._answered[0] if self._answered else time.monotonic()
            await anyio.sleep(max(0.01, oldest + self._window - time.monotonic()))
        self._under_way += 1

    def end(self) -> None:
        """A request was answered, or has failed."""
        self._under_way -= 1
        self._answered.append(time.monotonic())

    def _recent(self) -> int:
        while self._answered and self._answered[0] + self._window <= time.monotonic():
            self._answered.popleft()
        return len(self._answered)


@dataclass
class _Host:
    gate: anyio.Semaphore
    pace: _Pace | None
    robots: Protego | None = None
    asking: anyio.Lock = field(default_factory=anyio.Lock)
    not_before: float = 0.0


class Hosts:
    """What is known of hosts: rates and robots rules, shared by all that fetch from them."""

    def __init__(self) -> None:
        self._hosts: dict[Origin, _Host] = {}

    def get(self, origin: Origin, manners: Manners) -> _Host:
        """A host; it is treated in the manners of whoever came first."""
        if origin not in self._hosts:
            self._hosts[origin] = _Host(anyio.Semaphore(manners.concurrency), _pace(manners, 0))
        return self._hosts[origin]


class PoliteTransport(httpx.AsyncBaseTransport):
    """Sends what robots.txt allows, no faster than agreed."""

    def __init__(self, inner: httpx.AsyncBaseTransport, manners: Manners, agent: str, hosts: Hosts) -> None:
        self._inner = inner
        self._manners = manners
        self._agent = agent
        self._hosts = hosts

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request when its time has come. Raises RefusedError where robots.txt forbids it."""
        origin = Origin.of(request.url)
        host = self._hosts.get(origin, self._manners)
        robots = await self._robots(origin, host)
        if not robots.can_fetch(str(request.url), AGENT):
            raise RefusedError(f"robots.txt of {origin} forbids it")
        return await self._send(request, host)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, host: _Host) -> httpx.Response:
        async with host.gate:
            while (wait := host.not_before - time.monotonic()) > 0:
                await anyio.sleep(wait)
            pace = host.pace
            if pace is not None:
                await pace.start()
            try:
                response = await self._inner.handle_async_request(request)
            finally:
                if pace is not None:
                    pace.end()
        if response.status_code in _ASKS_TO_WAIT and (asked := retry_after(response)) is not None:
            host.not_before = max(host.not_before, time.monotonic() + min(asked, self._manners.patience))
        return response

    async def _robots(self, origin: Origin, host: _Host) -> Protego:
        async with host.asking:
            if host.robots is None:
                host.robots = Protego.parse(await self._robots_text(origin, host))
                if delay := _delay(host.robots):
                    host.pace = _pace(self._manners, delay)
        return host.robots

    async def _robots_text(self, origin: Origin, host: _Host) -> str:
        """RFC 9309: no such file allows everything; a site in trouble allows nothing."""
        url = httpx.URL(f"{origin}/robots.txt")
        trouble = "User-agent: *\nDisallow: /\n"
        for attempt in range(self._manners.attempts):
            try:
                response = await self._send(httpx.Request("GET", url, headers={"user-agent": self._agent}), host)
            except httpx.TransportError:
                if attempt + 1 == self._manners.attempts:
                    raise
                await anyio.sleep(_pause(self._manners, attempt))
                continue
            if response.is_redirect and response.next_request is None and "location" in response.headers:
                url = url.join(response.headers["location"])
                continue
            if response.status_code in _AGAIN and attempt + 1 < self._manners.attempts:
                await anyio.sleep(_pause(self._manners, attempt))
                continue
            if response.is_success:
                return response.content.decode("utf-8", errors="replace").replace("\0", "")
            return "" if 400 <= response.status_code < 500 and response.status_code != 429 else trouble
        return trouble


class _AgainError(Exception):
    """An answer after which we try again."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class RetryTransport(httpx.AsyncBaseTransport):
    """Tries again after timeouts, broken connections, 429 and 5xx, as late as the site asks for."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, manners: Manners, on_retry: Callable[[], None] = lambda: None
    ) -> None:
        self._inner = inner
        self._manners = manners
        self._on_retry = on_retry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The first good answer, or the last one."""
        retrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._manners.attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception(_is_passing),
            before_sleep=lambda _: self._on_retry(),
            sleep=anyio.sleep,
            reraise=True,
        )
        try:
            return await retrying(self._attempt, request)
        except _AgainError as error:
            return error.response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _attempt(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.status_code not in _AGAIN:
            return response
        if (retry_after(response) or 0) > self._manners.patience:
            return response
        raise _AgainError(response)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = retry_after(error.response) if isinstance(error, _AgainError) else None
        pause = _pause(self._manners, state.attempt_number - 1)
        return pause if asked is None else asked + random.uniform(0, min(1.0, pause))


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that an answer asks to wait, given as a number or as a date; None where it does not ask."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _pace(manners: Manners, delay: float) -> _Pace | None:
    pause = max(1 / manners.rate if manners.rate else 0.0, delay)
    return _Pace(pause, manners.window) if pause else None


def _delay(robots: Protego) -> float:
    """The seconds between requests that robots.txt asks for."""
    rate = robots.request_rate(AGENT)
    return max(float(robots.crawl_delay(AGENT) or 0), rate.seconds / rate.requests if rate and rate.requests else 0)


def _pause(manners: Manners, attempt: int) -> float:
    """Exponential backoff with full jitter: everyone who was turned away does not come back at once."""
    return manners.backoff * 2**attempt * random.uniform(0.5, 1.0)


def _is_passing(error: BaseException) -> bool:
    """Whether another attempt may go better."""
    if isinstance(error, httpx.TransportError):
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return False
            cause = cause.__cause__ or cause.__context__
        return not isinstance(error, httpx.UnsupportedProtocol)
    return isinstance(error, _AgainError)
