"""The loopback server: pages by path, a log of every request, and trouble on demand."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.scrape_site import pages
from tests.scrape_site.cards import PRINTS, SET, SLUG, TITLE, Card


@dataclass(frozen=True)
class Request:
    """A request as it was met: when (monotonic seconds), for what, and how it was answered."""

    at: float
    path: str
    status: int
    headers: Mapping[str, str]


@dataclass
class Answer:
    """What the server says. `drip`: seconds between the bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    length: int | None = None
    """What Content-Length says, where that is not true."""


Page = Callable[[str, Mapping[str, list[str]]], "str | bytes | None"]


class LoopbackSite:
    """A server of pages by path. `trouble` has answers that come, one after the other, before the page itself."""

    def __init__(self, page: Page, robots: str | None = "User-agent: *\nAllow: /\n", port: int = 0) -> None:
        self.page = page
        self.robots = robots
        self.trouble: dict[str, Iterator[Answer]] = {}
        self.delay = 0.0
        self.log: list[Request] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self, path: str = "") -> list[Request]:
        """The requests so far, those for robots.txt apart."""
        with self._lock:
            return [one for one in self.log if one.path.startswith(path) and one.path != "/robots.txt"]

    def give(self, path: str, answers: Iterable[Answer]) -> None:
        """Answer a path in these ways first."""
        self.trouble[path] = iter(answers)

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        """What a request for a path is answered with."""
        trouble = next(self.trouble.get(path, iter(())), None)
        if trouble is not None:
            return trouble
        parts = urlsplit(path)
        if parts.path == "/robots.txt":
            return (
                Answer(404)
                if self.robots is None
                else Answer(200, self.robots.encode(), {"Content-Type": "text/plain"})
            )
        found = self.page(parts.path, parse_qs(parts.query))
        if found is None:
            return Answer(404, b"there is no such page")
        body = found.encode() if isinstance(found, str) else found
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        shared = {"ETag": tag, "Cache-Control": "no-cache"}
        if headers.get("if-none-match") == tag:
            return Answer(304, b"", shared)
        kind = "application/json" if parts.path.endswith(".php") else "text/html; charset=utf-8"
        packed = {"Content-Encoding": "gzip"} if "gzip" in headers.get("accept-encoding", "") else {}
        return Answer(200, gzip.compress(body, 1) if packed else body, {"Content-Type": kind, **shared, **packed})

    def record(self, request: Request) -> None:
        """Note a request."""
        with self._lock:
            self.log.append(request)

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @contextmanager
    def running(self) -> Iterator[LoopbackSite]:
        """Serve in a thread."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()


def _handler(site: LoopbackSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            at = time.monotonic()
            headers = {key.lower(): value for key, value in self.headers.items()}
            answer = site.answer(self.path, headers)
            site.record(Request(at, self.path, answer.status, headers))
            if site.delay:
                time.sleep(site.delay)
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            if answer.drip:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.drip)
            elif answer.status != 304:
                self.wfile.write(answer.body)
            if answer.length is not None and answer.length != len(answer.body):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def invented_pages(prints: Mapping[int, Card] = PRINTS, set_code: str = SET) -> Page:
    """The pages of a set on all sites: their paths do not collide."""

    def page(path: str, query: Mapping[str, list[str]]) -> str | None:
        match path.strip("/").split("/"):
            case ["cards", code] if code == set_code:
                return pages.limitless_set(code, prints, int(query.get("page", ["1"])[0]))
            case ["cards", code, number] if code == set_code and int(number) in prints:
                return pages.limitless_card(prints[int(number)], int(number))
            case ["tcgpocket", slug] if slug == SLUG:
                return pages.serebii_set(prints)
            case ["tcgpocket", slug, name] if slug == SLUG and int(name[:3]) in prints:
                return pages.serebii_card(prints[int(name[:3])], int(name[:3]))
            case ["w", "api.php"]:
                return _wiki_page(query.get("page", [""])[0], prints)
        return None

    return page


def _wiki_page(title: str, prints: Mapping[int, Card]) -> str | None:
    if title == f"{TITLE} (TCG Pocket)":
        return pages.bulbapedia_set(dict(prints))
    for number, card in prints.items():
        if title == f"{card['name']} ({TITLE} {number})":
            return pages.bulbapedia_card(card, number)
    return None
