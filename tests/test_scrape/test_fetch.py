"""Fetching from a site that is slow, broken, hostile or asks for patience."""

from __future__ import annotations

import asyncio
import email.utils
import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from compiler.scrape.bounded import Limits
from compiler.scrape.errors import RefusedError, UnansweredError
from compiler.scrape.fetch import Fetched, Fetcher
from compiler.scrape.guard import GuardedBackend, Origin, is_public
from compiler.scrape.polite import Hosts, Manners, retry_after
from compiler.scrape.snapshots import SnapshotStore
from tests.scrape_site.server import Answer, LoopbackSite

FAST = Manners(rate=None, concurrency=8, attempts=4, backoff=0.01, patience=5)
TIGHT = Limits(seconds=5, sent=200_000, unpacked=400_000)
PAGE = b"<html><body>A page.</body></html>"


@pytest.fixture
def web() -> Iterator[LoopbackSite]:
    """A site that has the same page everywhere."""
    with LoopbackSite(lambda path, query: PAGE).running() as site:
        yield site


def get(
    web: LoopbackSite, *paths: str, manners: Manners = FAST, limits: Limits = TIGHT, store: Path | None = None
) -> list[Fetched]:
    """Fetch pages one after the other, as a crawl would."""

    async def run() -> list[Fetched]:
        origin = Origin.of(web.url)
        snapshots = SnapshotStore(store or Path("/nonexistent")) if store else _NO_STORE
        async with Fetcher(snapshots, "test", {origin}, {origin.host}, manners, limits, Hosts()) as fetcher:
            return [await fetcher.fetch(web.url + path) for path in paths]

    return asyncio.run(run())


class _NoStore(SnapshotStore):
    def __init__(self) -> None:
        pass

    def latest(self, url: str) -> None:
        return None


_NO_STORE = _NoStore()


def failure(web: LoopbackSite, path: str = "/page", **options: object) -> BaseException:
    """What a fetch ends with."""
    with pytest.raises((RefusedError, UnansweredError, httpx.HTTPError)) as caught:
        get(web, path, **options)  # type: ignore[arg-type]
    return caught.value


# --- who we are, and what we are allowed ------------------------------------------------------------------------------


def test_requests_say_who_asks(web: LoopbackSite) -> None:
    (fetched,) = get(web, "/page")
    assert fetched.snapshot.body == PAGE
    assert fetched.snapshot.digest
    for request in web.log:
        assert request.headers["user-agent"].startswith("specc/")
        assert request.headers["accept-encoding"] == "gzip"


def test_robots_are_asked_once_and_obeyed(web: LoopbackSite) -> None:
    web.robots = "User-agent: *\nDisallow: /private\n\nUser-agent: specc\nDisallow: /secret\n"
    get(web, "/page", "/private/page", "/other")
    assert "robots.txt" in str(failure(web, "/secret/page"))
    assert [request.path for request in web.log] == ["/robots.txt", "/page", "/private/page", "/other", "/robots.txt"]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_without_robots_a_site_in_trouble_is_left_alone(web: LoopbackSite, status: int, allowed: bool) -> None:
    web.give("/robots.txt", [Answer(status)] * 20)
    if allowed:
        get(web, "/page")
    else:
        assert "robots.txt" in str(failure(web))
        assert not web.asked()


def test_robots_behind_a_redirect_count(web: LoopbackSite) -> None:
    web.give("/robots.txt", [Answer(301, b"", {"Location": "/moved.txt"})])
    web.give("/moved.txt", [Answer(200, b"User-agent: *\nDisallow: /\n")])
    assert "robots.txt" in str(failure(web))


def test_a_delay_that_robots_ask_for_is_kept(web: LoopbackSite) -> None:
    web.robots = "User-agent: *\nCrawl-delay: 0.4\n"
    get(web, "/1", "/2", "/3")
    times = [request.at for request in web.asked()]
    assert times[2] - times[0] >= 0.75


# --- trying again -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(web: LoopbackSite, status: int) -> None:
    web.give("/page", [Answer(status), Answer(status)])
    assert get(web, "/page")[0].snapshot.body == PAGE
    assert [request.status for request in web.asked()] == [status, status, 200]


def test_retry_after_is_waited_for_by_everyone(web: LoopbackSite) -> None:
    web.give("/page", [Answer(429, b"", {"Retry-After": "1"})])
    get(web, "/page")
    first, second = (request.at for request in web.asked())
    assert 1 <= second - first < 4


def test_retry_after_may_be_a_date() -> None:
    when = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert 50 < (retry_after(httpx.Response(503, headers={"Retry-After": when})) or 0) <= 60
    assert retry_after(httpx.Response(503, headers={"Retry-After": "soon"})) is None
    assert retry_after(httpx.Response(503, headers={"Retry-After": "Mon, 01 Jan 1990 00:00:00 GMT"})) == 0


def test_who_asks_for_too_much_patience_is_given_up(web: LoopbackSite) -> None:
    web.give("/page", [Answer(429, b"", {"Retry-After": "86400"})] * 3)
    assert "429" in str(failure(web))
    assert len(web.asked()) == 1


def test_a_storm_of_errors_ends(web: LoopbackSite) -> None:
    web.give("/page", [Answer(500)] * 100)
    assert "500" in str(failure(web))
    assert len(web.asked()) == FAST.attempts


def test_what_does_not_pass_is_not_tried_again(web: LoopbackSite) -> None:
    web.give("/page", [Answer(404)])
    assert "404" in str(failure(web))
    assert len(web.asked()) == 1


def test_a_broken_answer_is_tried_again(web: LoopbackSite) -> None:
    web.give("/page", [Answer(200, PAGE, length=len(PAGE) + 100)])
    assert get(web, "/page")[0].snapshot.body == PAGE
    assert len(web.asked()) == 2


def test_nobody_there(web: LoopbackSite) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        origin = Origin("http", "127.0.0.1", free.getsockname()[1])

    async def run() -> None:
        async with Fetcher(_NO_STORE, "test", {origin}, {origin.host}, FAST, TIGHT, Hosts()) as fetcher:
            await fetcher.fetch(f"{origin}/page")

    with pytest.raises(httpx.ConnectError):
        asyncio.run(run())


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_a_page_that_is_too_large_is_refused(web: LoopbackSite) -> None:
    web.give("/page", [Answer(200, b"x" * 10_000_000)])
    assert "larger than" in str(failure(web))
    assert len(web.asked()) == 1


def test_a_decompression_bomb_is_refused(web: LoopbackSite) -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)
    assert len(bomb) < TIGHT.sent
    web.give("/page", [Answer(200, bomb, {"Content-Encoding": "gzip"})])
    assert "unpacks to more than" in str(failure(web))
    assert len(web.asked()) == 1


def test_compressed_pages_are_unpacked(web: LoopbackSite) -> None:
    web.give("/page", [Answer(200, gzip.compress(PAGE), {"Content-Encoding": "gzip"})])
    snapshot = get(web, "/page")[0].snapshot
    assert snapshot.body == PAGE
    assert "content-encoding" not in snapshot.headers


def test_other_compression_is_refused(web: LoopbackSite) -> None:
    web.give("/page", [Answer(200, PAGE, {"Content-Encoding": "br"})])
    assert "'br'" in str(failure(web))


@pytest.mark.parametrize("body", [gzip.compress(PAGE)[:-12], b"no gzip at all"], ids=["cut off", "no gzip at all"])
def test_broken_compression_is_tried_again(web: LoopbackSite, body: bytes) -> None:
    web.give("/page", [Answer(200, body, {"Content-Encoding": "gzip"})])
    assert get(web, "/page")[0].snapshot.body == PAGE


def test_a_site_that_drips_does_not_hold_us(web: LoopbackSite) -> None:
    web.give("/page", [Answer(200, b"x" * 1000, drip=0.1)] * 10)
    started = time.monotonic()
    error = failure(web, limits=Limits(seconds=0.5), manners=Manners(rate=None, attempts=2, backoff=0.01))
    assert isinstance(error, httpx.ReadTimeout)
    assert time.monotonic() - started < 5


# --- where requests go ------------------------------------------------------------------------------------------------


def test_a_loop_of_redirects_ends(web: LoopbackSite) -> None:
    web.give("/page", (Answer(302, b"", {"Location": "/page"}) for _ in range(100)))
    assert isinstance(failure(web), httpx.TooManyRedirects)
    assert len(web.asked()) <= 7


def test_redirects_within_the_site_are_followed(web: LoopbackSite) -> None:
    web.give("/page", [Answer(301, b"", {"Location": "/new"})])
    snapshot = get(web, "/page")[0].snapshot
    assert (snapshot.url, snapshot.final_url) == (f"{web.url}/page", f"{web.url}/new")


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest", "https://127.0.0.1/", "http://localhost:1/", "file:///etc/passwd", "http://[bad"],
)
def test_redirects_elsewhere_are_refused(web: LoopbackSite, target: str) -> None:
    web.give("/page", [Answer(302, b"", {"Location": target})] * 9)
    assert isinstance(failure(web), RefusedError | httpx.HTTPError)
    assert len(web.asked()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "no address",
    ],
)  # fmt: skip
def test_addresses_of_private_networks_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_internet_are_known(address: str) -> None:
    assert is_public(address)


def test_a_public_name_for_a_private_address_is_refused(web: LoopbackSite) -> None:
    port = Origin.of(web.url).port
    origin = Origin("http", "localhost", port)

    async def run(named: set[str]) -> None:
        async with Fetcher(_NO_STORE, "test", {origin}, named, FAST, TIGHT, Hosts()) as fetcher:
            await fetcher.fetch(f"{origin}/page")

    with pytest.raises(RefusedError, match="private network"):
        asyncio.run(run(set()))
    assert not web.log
    asyncio.run(run({"localhost"}))
    assert web.asked()


def test_the_address_that_is_checked_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    used = []

    async def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    async def connect(self: object, host: str, *args: object) -> str:
        used.append(host)
        return "stream"

    backend = GuardedBackend(())
    monkeypatch.setattr("anyio.getaddrinfo", resolve)
    monkeypatch.setattr(type(backend._inner), "connect_tcp", connect)
    asyncio.run(backend.connect_tcp("rebinding.example", 443))
    with pytest.raises(RefusedError):
        asyncio.run(backend.connect_tcp("rebinding.example", 443))
    assert used == ["93.184.216.34"]


def test_certificates_are_verified(tmp_path: Path) -> None:
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    web = LoopbackSite(lambda path, query: PAGE)
    web.wrap(context)
    with web.running():
        origin = Origin("https", "127.0.0.1", Origin.of(web.url).port)

        async def run() -> None:
            async with Fetcher(_NO_STORE, "test", {origin}, {origin.host}, FAST, TIGHT, Hosts()) as fetcher:
                await fetcher.fetch(f"{origin}/page")

        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            asyncio.run(run())
    assert not web.log


def _self_signed(folder: Path) -> Path:
    import subprocess

    path = folder / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    run = subprocess.run([*command.split(), "-keyout", path, "-out", folder / "c"], capture_output=True, check=False)
    if run.returncode:
        pytest.skip("there is no openssl to make a certificate with")
    path.write_text(path.read_text() + (folder / "c").read_text())
    return path


# --- caching ----------------------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(web: LoopbackSite, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    (first,) = get(web, "/page", store=tmp_path)
    store.record(store.begin("job", "now"), first.snapshot)
    (second,) = get(web, "/page", store=tmp_path)
    assert [request.status for request in web.asked()] == [200, 304]
    assert second.from_cache
    assert second.snapshot.body == PAGE


def test_what_is_fresh_is_not_asked_for(web: LoopbackSite, tmp_path: Path) -> None:
    fresh = {"Cache-Control": "max-age=600", "Date": email.utils.formatdate(usegmt=True)}
    web.give("/page", [Answer(200, PAGE, fresh)])
    store = SnapshotStore(tmp_path)
    (first,) = get(web, "/page", store=tmp_path)
    store.record(store.begin("job", "now"), first.snapshot)
    (second,) = get(web, "/page", store=tmp_path)
    assert len(web.asked()) == 1
    assert second.from_cache


# --- rates ------------------------------------------------------------------------------------------------------------


def test_requests_keep_to_the_rate_also_side_by_side(web: LoopbackSite) -> None:
    rate = 20.0

    async def run() -> None:
        origin = Origin.of(web.url)
        manners = Manners(rate=rate, concurrency=8, window=1.0)
        async with Fetcher(_NO_STORE, "test", {origin}, {origin.host}, manners, TIGHT, Hosts()) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"{web.url}/{n}") for n in range(30)))

    asyncio.run(run())
    times = sorted(request.at for request in web.log)
    window = 1.0
    most = max(sum(start <= at < start + window for at in times) for start in times)
    assert most <= rate * window


def test_no_more_requests_than_agreed_are_under_way(web: LoopbackSite) -> None:
    web.delay = 0.05

    async def run() -> None:
        origin = Origin.of(web.url)
        manners = Manners(rate=None, concurrency=3)
        async with Fetcher(_NO_STORE, "test", {origin}, {origin.host}, manners, TIGHT, Hosts()) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"{web.url}/{n}") for n in range(12)))

    asyncio.run(run())
    times = sorted(request.at for request in web.asked())
    assert all(times[n + 3] - times[n] >= 0.045 for n in range(len(times) - 3))
