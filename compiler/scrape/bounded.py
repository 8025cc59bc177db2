"""Answers within bounds: of time, of what comes over the wire, and of what it unpacks to."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import anyio
import httpx

from compiler.scrape.errors import RefusedError

_MEBI = 1 << 20
_ABOUT_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive")
_AUTO_HEADER = 32 + zlib.MAX_WBITS
"""zlib's way of saying: gzip or zlib, whichever it is."""


@dataclass(frozen=True)
class Limits:
    """What one answer may cost."""

    seconds: float = 60
    """From sending the request to the last byte, so that a site that drips does not hold us."""
    sent: int = 8 * _MEBI
    """Bytes over the wire."""
    unpacked: int = 8 * _MEBI
    """Bytes after decompression."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Reads every answer whole, unpacked, or refuses it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, limits: Limits) -> None:
        self._inner = inner
        self._limits = limits

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises RefusedError for what is too large, ReadTimeout for what is too slow."""
        request.headers["accept-encoding"] = "gzip"  # one that we can unpack bit by bit
        try:
            with anyio.fail_after(self._limits.seconds):
                response = await self._inner.handle_async_request(request)
                try:
                    body = await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no whole answer within {self._limits.seconds:g} s", request=request) from error
        headers = [(key, value) for key, value in response.headers.multi_items() if key not in _ABOUT_THE_WIRE]
        return httpx.Response(response.status_code, headers=headers, content=body, extensions=response.extensions)

    async def _read(self, response: httpx.Response) -> bytes:
        encoding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
        if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise RefusedError(f"is compressed as '{encoding}', which was not asked for")
        unpack = _Unpacker(self._limits.unpacked, packed=encoding != "identity")
        sent = 0
        async for chunk in response.aiter_raw():
            sent += len(chunk)
            if sent > self._limits.sent:
                raise RefusedError(f"is larger than {self._limits.sent:,} bytes")
            unpack.feed(chunk)
        return unpack.close()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Unpacker:
    """Unpacks what comes in pieces, and never holds more than its limit."""

    def __init__(self, limit: int, *, packed: bool) -> None:
        self._limit = limit
        self._zlib = zlib.decompressobj(_AUTO_HEADER) if packed else None
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        if self._zlib is None:
            self._keep(chunk)
            return
        try:
            while chunk and not self._zlib.eof:
                self._keep(self._zlib.decompress(chunk, self._limit + 1 - len(self._body)))
                chunk = self._zlib.unconsumed_tail
        except zlib.error as error:
            raise httpx.RemoteProtocolError(f"cannot be unpacked: {error}") from error

    def close(self) -> bytes:
        if self._zlib is not None and self._body and not self._zlib.eof:
            raise httpx.RemoteProtocolError("ends before its compressed data does")
        return bytes(self._body)

    def _keep(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > self._limit:
            raise RefusedError(f"unpacks to more than {self._limit:,} bytes")
