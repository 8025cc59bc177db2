"""Fetching all pages of a job: from the first ones along their links, resumed where an earlier run ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from compiler.scrape.errors import RefusedError, UnansweredError, in_words
from compiler.scrape.extract import extract
from compiler.scrape.fetch import Fetcher, now
from compiler.scrape.site import Site, Variables
from compiler.scrape.snapshots import SnapshotStore


@dataclass
class Tally:
    """How a job went so far."""

    known: int = 0
    """Pages that are wanted, as far as is known."""
    done: int = 0
    fetched: int = 0
    unchanged: int = 0
    """Answered from the store: not modified, or still fresh."""
    resumed: int = 0
    """Had by an earlier run of the same job."""
    retries: int = 0
    received: int = 0
    """Bytes, unpacked."""
    failures: dict[str, str] = field(default_factory=dict)
    """Why pages could not be had, by URL."""


@dataclass(frozen=True)
class Job:
    """What to fetch from one site."""

    site: Site
    origin: str
    variables: Variables
    """Those that the user gave: links that lead to other values of them are not followed."""
    known: Sequence[Variables] = ()
    max_pages: int = 20_000

    @property
    def name(self) -> str:
        """What an interrupted run is found by."""
        return " ".join([self.site.name, self.origin, *(f"{k}={v}" for k, v in sorted(self.variables.items()))])

    def wants(self, url: str) -> bool:
        """Whether a URL is a page of this job."""
        if not url.startswith(f"{self.origin}/") or urlsplit(url).username is not None:
            return False
        found = self.site.kind_of(url)
        return found is not None and all(self.variables.get(name, value) == value for name, value in found[1].items())


async def crawl(
    job: Job,
    store: SnapshotStore,
    fetcher: Fetcher,
    tally: Tally,
    on_progress: Callable[[Tally], None] = lambda _: None,
) -> int:
    """Fetch all pages of a job that an earlier run has not, and return the job's number in the store.

    Each page is recorded before its links are looked at. The job is finished when every page was had; else it is
    resumed by the next run, which tries again what failed.
    """
    number = store.begin(job.name, now())
    run = _Run(job, number, store, fetcher, tally, on_progress)
    for url in job.site.first_urls(job.origin, job.variables):
        run.add(url)
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(run.work()) for _ in range(max(1, job.site.manners.concurrency))]
        await run.queue.join()
        for worker in workers:
            worker.cancel()
    if not tally.failures:
        store.finish(number, now())
    return number


@dataclass
class _Run:
    job: Job
    number: int
    store: SnapshotStore
    fetcher: Fetcher
    tally: Tally
    on_progress: Callable[[Tally], None]
    queue: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    seen: set[str] = field(default_factory=set)

    def add(self, url: str) -> None:
        if url not in self.seen and len(self.seen) < self.job.max_pages:
            self.seen.add(url)
            self.tally.known += 1
            self.queue.put_nowait(url)

    async def work(self) -> None:
        while True:
            url = await self.queue.get()
            try:
                await self._page(url)
            finally:
                self.tally.done += 1
                self.on_progress(self.tally)
                self.queue.task_done()

    async def _page(self, url: str) -> None:
        snapshot = self.store.visit(self.number, url)
        if snapshot is not None:
            self.tally.resumed += 1
        else:
            try:
                fetched = await self.fetcher.fetch(url)
            except (RefusedError, UnansweredError, httpx.HTTPError) as error:
                self.tally.failures[url] = in_words(error)
                return
            snapshot = fetched.snapshot
            self.store.record(self.number, snapshot)
            self.tally.fetched += not fetched.from_cache
            self.tally.unchanged += fetched.from_cache
            self.tally.received += len(snapshot.body)
        found = self.job.site.kind_of(url)
        if found is None or not found[0].leads:
            return
        for link in extract(self.job.site, snapshot, self.job.known).links:
            if self.job.wants(link):
                self.add(link)
