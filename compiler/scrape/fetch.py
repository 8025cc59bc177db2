"""One page at a time: what `crawl` asks for, through cache, retries, manners and guards."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from hishel import AsyncBaseStorage, CacheOptions, Entry, Headers, Request, Response
from hishel.httpx import AsyncCacheTransport

import compiler
from compiler.scrape.bounded import BoundedTransport, Limits
from compiler.scrape.errors import RefusedError, UnansweredError
from compiler.scrape.guard import GuardedTransport, Origin
from compiler.scrape.polite import AGENT, Hosts, Manners, PoliteTransport, RetryTransport
from compiler.scrape.snapshots import Snapshot, SnapshotStore

MAX_REDIRECTS = 5


@dataclass(frozen=True)
class Fetched:
    """A page, and whether its body came from the store: unchanged (304), or fresh enough not to ask."""

    snapshot: Snapshot
    from_cache: bool


def now() -> str:
    """The time as snapshots record it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def user_agent(contact: str | None) -> str:
    """How we introduce ourselves."""
    return f"{AGENT}/{compiler.__version__} (reads published game rules into a specification{_to(contact)})"


def _to(contact: str | None) -> str:
    return f"; contact: {contact}" if contact else ""


class Fetcher:
    """Fetches pages of one site. An async context manager."""

    def __init__(
        self,
        store: SnapshotStore,
        site: str,
        allowed: Iterable[Origin],
        named: Iterable[str],
        manners: Manners,
        limits: Limits,
        hosts: Hosts,
        *,
        contact: str | None = None,
        on_retry: Callable[[], None] = lambda: None,
    ) -> None:
        """`named` are the hosts that the user named: they may have private addresses."""
        agent = user_agent(contact)
        transport: httpx.AsyncBaseTransport = GuardedTransport(allowed, named, manners.concurrency)
        transport = BoundedTransport(transport, limits)
        transport = PoliteTransport(transport, manners, agent, hosts)
        transport = RetryTransport(transport, manners, on_retry)
        transport = _CacheByUrl(transport, _SnapshotCache(store), rfc=CacheOptions(shared=False))
        self._site = site
        self._client = httpx.AsyncClient(
            transport=transport,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            headers={"user-agent": agent},
            timeout=httpx.Timeout(limits.seconds, connect=min(20.0, limits.seconds)),
            trust_env=False,
        )

    async def __aenter__(self) -> Fetcher:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._client.aclose()

    async def fetch(self, url: str) -> Fetched:
        """The page at a URL, whatever its status below 400. Raises RefusedError, UnansweredError or httpx.HTTPError."""
        try:
            response = await self._client.get(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise RefusedError(f"is redirected to no URL: {error}") from error
        if response.status_code != 200:
            raise UnansweredError(f"answers with {response.status_code} {response.reason_phrase}".rstrip())
        snapshot = Snapshot(
            site=self._site,
            url=url,
            final_url=str(response.url),
            fetched=now(),
            status=response.status_code,
            headers={key.lower(): value for key, value in response.headers.items()},
            digest=hashlib.sha256(response.content).hexdigest(),
            body=response.content,
        )
        caching = response.extensions.get("caching") or {}
        return Fetched(snapshot, bool(caching.get("from_cache")))


class _CacheByUrl(AsyncCacheTransport):
    """Asks the cache by the URL itself, which is what snapshots are found by."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "caching": {"key": str(request.url)}}
        return await super().handle_async_request(request)


class _SnapshotCache(AsyncBaseStorage):
    """The snapshots as an HTTP cache sees them: the latest good answer of each URL.

    Answers are recorded by the crawl, as evidence, whatever the rules of caching say of them; so nothing is saved here.
    """

    def __init__(self, store: SnapshotStore) -> None:
        super().__init__()
        self._store = store

    async def create_entry(
        self, request: Request, response: Response, key: str, *, ttl: float | None = None, tti: float | None = None
    ) -> Entry:
        return Entry(uuid.uuid4(), request, response)

    async def get_entries(self, key: str) -> list[Entry]:
        snapshot = self._store.latest(key)
        if snapshot is None or snapshot.final_url != key:
            return []
        request = Request("GET", key, Headers({}))
        response = Response(snapshot.status, Headers(dict(snapshot.headers)), _stream(snapshot.body))
        return [Entry(uuid.uuid5(uuid.NAMESPACE_URL, key), request, response)]

    async def update_headers(self, id: uuid.UUID, headers: Headers) -> None:
        """Nothing: the crawl records the page anew, with the headers that it came with."""

    async def remove_entry(self, id: uuid.UUID) -> None:
        """Nothing: a later snapshot takes the place of an earlier one."""


async def _stream(body: bytes) -> AsyncIterator[bytes]:
    yield body
