"""The steps of `specc scrape`: which jobs there are, fetching them, and what their pages say.

The command line calls these; none of them prints.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from compiler.diagnostics import Diagnostics, did_you_mean
from compiler.manifest import PythonTarget, Spec
from compiler.scrape.bounded import Limits
from compiler.scrape.crawl import Job, Tally, crawl
from compiler.scrape.extract import extract
from compiler.scrape.fetch import Fetcher, now
from compiler.scrape.guard import Origin
from compiler.scrape.polite import Hosts, Manners
from compiler.scrape.reconcile import Statement
from compiler.scrape.records import Complaint
from compiler.scrape.site import Site, canonical
from compiler.scrape.snapshots import Snapshot, SnapshotStore


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    sets: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    """Empty: all that the manifest names."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Where sites are, if not where their adapters say: origins by the names of sites, `*` for all others."""
    rate: float | None = None
    """Requests a second, if not those of the adapter; 0: as fast as it goes, on hosts that `bases` names."""
    concurrency: int | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass
class Outcome:
    """A job and what came of it."""

    job: Job
    number: int | None = None
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    records: int = 0
    complaints: int = 0


def jobs_of(spec: Spec, kind: str, wish: Wish, sink: Diagnostics) -> list[Job]:
    """The jobs of a wish: one for each site and set. `kind` is the manifest's `sites` or `rules`.

    Reports sites and sets that the manifest does not know (E1201, E1202).
    """
    sources = spec.manifest.sources
    targets: Mapping[str, PythonTarget] = getattr(sources, kind)
    if not targets:
        sink.error("E1201", None, f"{spec.source.display} names no 'sources: {kind}:'")
    for name in wish.sites:
        if name not in targets:
            hint = did_you_mean(name, targets) or f"it names {', '.join(targets) or 'none'}"
            sink.error("E1202", None, f"{spec.source.display} names no site '{name}'", suggestion=hint)
    for name in wish.sets:
        if name not in sources.sets:
            hint = did_you_mean(name, sources.sets) or "add it to 'sources: sets:'"
            sink.error("E1202", None, f"{spec.source.display} knows no set '{name}'", suggestion=hint)
    sink.raise_if_errors()
    known = [{"set": name, **variables} for name, variables in sources.sets.items()]
    jobs = []
    for name, target in targets.items():
        if wish.sites and name not in wish.sites:
            continue
        site = _with_manners(spec.load(target, spec.span("sources", kind, name))(), name, wish)
        origin = str(Origin.of(wish.bases.get(name, wish.bases.get("*", site.origin))))
        chosen: Sequence[Mapping[str, str]] = [one for one in known if one["set"] in wish.sets] if wish.sets else [{}]
        for variables in chosen:
            missing = site.missing(variables)
            if missing and wish.sets:
                message = f"{name} is left out: it needs '{missing[0]}' of the set {variables['set']}"
                sink.warning("W1203", spec.span("sources", "sets", variables["set"]), message)
            else:
                jobs.append(Job(site, origin, variables, known))
    return jobs


def _with_manners(site: Site, name: str, wish: Wish) -> Site:
    manners = site.manners
    if wish.rate is not None:
        # nobody is asked faster than the adapter says, unless the user named the host and so answers for it
        named = name in wish.bases or "*" in wish.bases
        limit = manners.rate or float("inf")
        rate = wish.rate or None if named else min(wish.rate or limit, limit)
        manners = replace(manners, rate=rate)
    if wish.concurrency is not None:
        manners = replace(manners, concurrency=wish.concurrency)
    return replace(site, name=name, manners=manners)


# --- fetching ---------------------------------------------------------------------------------------------------------


def fetch(
    jobs: Sequence[Job],
    store: SnapshotStore,
    wish: Wish,
    contact: str | None,
    on_progress: Callable[[Job, Tally], None] = lambda _job, _tally: None,
) -> list[Outcome]:
    """Fetch all jobs, the sites side by side and the jobs of a site one after the other."""
    return asyncio.run(_fetch(jobs, store, wish, contact, on_progress))


async def _fetch(
    jobs: Sequence[Job],
    store: SnapshotStore,
    wish: Wish,
    contact: str | None,
    on_progress: Callable[[Job, Tally], None],
) -> list[Outcome]:
    outcomes = [Outcome(job) for job in jobs]
    by_site: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_site.setdefault(outcome.job.site.name, []).append(outcome)
    hosts = Hosts()
    async with asyncio.TaskGroup() as group:
        for mine in by_site.values():
            group.create_task(_fetch_site(mine, store, wish, contact, hosts, on_progress))
    return outcomes


async def _fetch_site(
    outcomes: Sequence[Outcome],
    store: SnapshotStore,
    wish: Wish,
    contact: str | None,
    hosts: Hosts,
    on_progress: Callable[[Job, Tally], None],
) -> None:
    for outcome in outcomes:
        job, tally = outcome.job, outcome.tally
        allowed, named = _allowed(job, wish)

        def on_retry(tally: Tally = tally) -> None:
            tally.retries += 1

        manners: Manners = job.site.manners
        fetcher = Fetcher(
            store, job.site.name, allowed, named, manners, wish.limits, hosts, contact=contact, on_retry=on_retry
        )
        started = asyncio.get_running_loop().time()
        async with fetcher:
            outcome.number = await crawl(job, store, fetcher, tally, lambda t, job=job: on_progress(job, t))
        outcome.seconds = asyncio.get_running_loop().time() - started


def _allowed(job: Job, wish: Wish) -> tuple[set[Origin], set[str]]:
    """The origins that a job's requests may go to, and the hosts that the user named."""
    origin = Origin.of(job.origin)
    if job.site.name in wish.bases or "*" in wish.bases:
        return {origin}, {origin.host}
    return {origin, *job.site.origins()}, set()


def wanted(jobs: Sequence[Job], store: SnapshotStore) -> Iterator[tuple[Job, str, str]]:
    """The requests that fetching would make, as far as the store knows: the job, the URL, and how it is asked for.

    Pages that have never been fetched may lead to further ones.
    """
    for job in jobs:
        current = store.unfinished(job.name)
        queue = job.site.first_urls(job.origin, job.variables)
        seen = set(queue)
        for url in queue:
            had = store.visit(current, url) if current is not None else None
            older = had or store.latest(url)
            conditional = older is not None and {"etag", "last-modified"} & older.headers.keys()
            yield job, url, "have" if had else "if changed" if conditional else "get"
            found = job.site.kind_of(url)
            if older is not None and found is not None and found[0].leads:
                links = [link for link in extract(job.site, older, job.known).links if job.wants(link)]
                queue += [link for link in links if link not in seen]
                seen.update(links)


# --- saved files ------------------------------------------------------------------------------------------------------

_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_CANONICAL = re.compile(
    r"""<(?:link[^>]+rel=["']?canonical["']?[^>]+href|meta[^>]+og:url["'][^>]+content)=["']([^"']+)""", re.IGNORECASE
)


def import_folder(job: Job, store: SnapshotStore, folder: Path, limits: Limits) -> tuple[Outcome, list[str]]:
    """Take saved pages into the store, as a finished job; returns the files that are none of the job's pages.

    A page's URL is what the browser noted when saving it, or what the page says of itself, or the file's path.
    """
    outcome = Outcome(job)
    number = outcome.number = store.begin(job.name, now())
    unknown = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        outcome.tally.known += 1
        body = path.read_bytes() if path.stat().st_size <= limits.unpacked else b""
        url = next((url for url in _urls(job, path.relative_to(folder), body) if job.wants(url)), None)
        if url is None or not body:
            unknown.append(str(path))
            continue
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
        store.record(number, Snapshot(job.site.name, url, url, saved, 200, {}, sha256(body).hexdigest(), body))
        outcome.tally.done += 1
    store.finish(number, now())
    return outcome, unknown


def _urls(job: Job, path: Path, body: bytes) -> Iterator[str]:
    for found in _named(path, body[:20_000].decode("utf-8", errors="replace")):
        with contextlib.suppress(ValueError):
            parts = urlsplit(found)
            yield canonical(job.origin + parts.path + (f"?{parts.query}" if parts.query else ""))


def _named(path: Path, head: str) -> Iterator[str]:
    for pattern in (_SAVED_FROM, _CANONICAL):
        if found := pattern.search(head):
            yield unescape(found[1])
    plain = f"/{path.as_posix()}"
    yield from (plain, re.sub(r"\.(html?|json|txt)$", "", plain), re.sub(r"index\.html?$", "", plain))


# --- what the pages say -----------------------------------------------------------------------------------------------


def read(outcomes: Sequence[Outcome], store: SnapshotStore) -> tuple[list[Statement], list[Complaint]]:
    """The records of all jobs and what was not understood, without the network."""
    statements: list[Statement] = []
    complaints: list[Complaint] = []
    for outcome in outcomes:
        number = outcome.number
        if number is None:
            number = outcome.number = store.latest_job(outcome.job.name)
        if number is None:
            continue
        site = outcome.job.site
        for snapshot in store.of_job(number):
            found = extract(site, snapshot, outcome.job.known)
            outcome.records += len(found.records)
            outcome.complaints += len(found.complaints)
            statements += [Statement(site.name, snapshot.url, record) for record in found.records]
            complaints += found.complaints
    return statements, complaints


def summary(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""
    tally = outcome.tally
    return {
        "site": outcome.job.site.name,
        "set": outcome.job.variables.get("set"),
        "pages": tally.done,
        "fetched": tally.fetched,
        "unchanged": tally.unchanged,
        "resumed": tally.resumed,
        "retries": tally.retries,
        "failed": len(tally.failures),
        "bytes": tally.received,
        "seconds": round(outcome.seconds, 3),
        "records": outcome.records,
        "complaints": outcome.complaints,
    }
