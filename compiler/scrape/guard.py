"""Where a scrape may go: origins that were allowed, and no machine of a private network behind a public name.

The address that is checked is the address that is connected to, so a name that resolves to something else a moment
later gains nothing; redirects pass through here like every other request.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import anyio
import httpcore
import httpx

from compiler.scrape.errors import RefusedError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, order=True)
class Origin:
    """Scheme, host and port: what rates, robots rules and permissions go by."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL | str) -> Origin:
        """The origin of a URL."""
        url = httpx.URL(url)
        return cls(url.scheme, url.host, url.port or _PORTS.get(url.scheme, 0))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet, and not to this machine, its network or a reserved range."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(found.is_global and not found.is_multicast for found in _meant(parsed))


def _meant(address: _Address) -> list[_Address]:
    """An address and the IPv4 addresses that it carries."""
    inner: list[_Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return [mapped]
        inner += [found for found in (address.sixtofour, *(address.teredo or ())) if found is not None]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *inner]


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that are public, or whose host was named by the user."""

    def __init__(self, named: Iterable[str]) -> None:
        self._named = frozenset(named)
        self._inner: Any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers. Raises RefusedError for one that is not public."""
        try:
            with anyio.fail_after(timeout):
                found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no address of {host} in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address of {host}: {error}") from error
        addresses = list(dict.fromkeys(str(address[4][0]) for address in found))
        if host not in self._named:
            for address in addresses:
                if not is_public(address):
                    raise RefusedError(f"{host} is {address}, an address of a private network")
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise RefusedError("a socket of this machine is no web site")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """HTTP/1.1 and HTTP/2 to allowed origins, TLS always verified, no proxies."""

    def __init__(self, allowed: Iterable[Origin], named: Iterable[str], connections: int) -> None:
        context = httpx.create_ssl_context(verify=True)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        super().__init__(verify=context, http2=True, trust_env=False)
        self._allowed = frozenset(allowed)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30,
            http1=True,
            http2=True,
            network_backend=GuardedBackend(named),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises RefusedError for an origin that is not allowed."""
        origin = Origin.of(request.url)
        if origin not in self._allowed:
            raise RefusedError(f"leads to {origin}, which is not among the site's hosts")
        return await super().handle_async_request(request)
