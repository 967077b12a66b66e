"""Keeps the crawl out of the operator's own network: judges the addresses that are connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, NotConfigured
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.components.refusal import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where IPv6 addresses carry the IPv4 address that packets end up at: translated (NAT64, RFC 6052; SIIT, RFC 2765),
# compatible (RFC 4291). Mapped and 6to4 addresses are known to the ipaddress module.
_CARRIERS = [ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")]
# Local by their RFC, but global to Python 3.11: local-use NAT64 (8215), site-local (3879), documentation (9637), SRv6.
_LOCAL = [ipaddress.IPv6Network(each) for each in ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")]
# Below it are mail, file and name servers, which could take a request for their own language; above, web servers, too.
_FIRST_FREE_PORT = 1024
_WEB_PORTS = frozenset({80, 443})


class PrivateAddressGuard:
    """Refuse hosts at private, loopback and link-local addresses, whether written or resolved, redirects included.

    One private address among those of a name is enough. Behind a proxy, which resolves the names itself, only written
    addresses can be judged (``resolve`` is None).
    """

    def __init__(self, resolve: Callable[[str], Awaitable[Sequence[str]]] | None) -> None:
        self._resolve = resolve

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        if settings.getbool("WIREFOLD_ALLOW_PRIVATE_ADDRESSES"):
            raise NotConfigured
        timeout_s = settings.getfloat("DOWNLOAD_TIMEOUT")
        return cls(None if settings.get("WIREFOLD_PROXY") else lambda host: _resolve(host, timeout_s))

    async def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        host, port = parts.hostname or "", parts.port or 443
        if port < _FIRST_FREE_PORT and port not in _WEB_PORTS:
            raise Refused("bad-port", f"port {port} is not for the web", retry=False)
        written = written_address(host)
        if written is not None and not is_public(written):
            raise Refused("private-address", "", retry=False)
        if written is None and self._resolve is not None:
            private = next((each for each in await self._resolve(host) if not _is_public_text(each)), None)
            if private is not None:
                raise Refused("private-address", f"{host} is at {private}", retry=False)


@implementer(IHostnameResolver)
class JudgingResolver:
    """Resolve each name once in a run, and give away no address of a name that has a private one.

    Connections are made with it, so that a name server that answers differently the second time gains nothing.
    """

    def __init__(self, reactor: Any, *, judges: bool) -> None:
        self._reactor = reactor
        self._judges = judges
        self._resolver = reactor.nameResolver
        self._known: dict[str, list[Any]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        settings = crawler.settings
        allows_private = settings.getbool("WIREFOLD_ALLOW_PRIVATE_ADDRESSES")
        # With a proxy, the only name resolved here is the proxy's, which the operator has chosen.
        return cls(reactor, judges=not allows_private and not settings.get("WIREFOLD_PROXY"))

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        receiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Tell `receiver` the addresses of a name, none if it is refused."""
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)

        def tell(addresses: Sequence[Any]) -> None:
            if not self._judges or all(_is_public_text(each.host) for each in addresses):
                for each in addresses:
                    if addressTypes is None or isinstance(each, tuple(addressTypes)):
                        receiver.addressResolved(type(each)(each.type, each.host, portNumber))
            receiver.resolutionComplete()

        self.gather(hostName, tell)
        return resolution

    def gather(self, host: str, then: Callable[[Sequence[Any]], None]) -> None:
        """Call `then` with all addresses of a host, at once or later; with none if it is unknown."""
        if known := self._known.get(host):
            then(known)
        else:
            self._resolver.resolveHostName(_Gathering(lambda found: then(self._keep(host, found))), host, 0)

    def _keep(self, host: str, found: list[Any]) -> list[Any]:
        return self._known.setdefault(host, found) if found else found


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Go on: others may wait for the same name."""


@implementer(IResolutionReceiver)
class _Gathering:
    """Collects the addresses that the system knows."""

    def __init__(self, then: Callable[[list[Any]], None]) -> None:
        self._then = then
        self._found: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:
        """Wait."""

    def addressResolved(self, address: Any) -> None:
        self._found.append(address)

    def resolutionComplete(self) -> None:
        self._then(self._found)


async def _resolve(host: str, timeout_s: float) -> list[str]:
    from twisted.internet import reactor  # only there once the process has installed it

    resolver: Any = reactor.nameResolver  # a JudgingResolver, by the settings
    found: asyncio.Future[Sequence[Any]] = asyncio.get_running_loop().create_future()
    resolver.gather(host, lambda addresses: None if found.done() else found.set_result(addresses))
    try:
        addresses = await asyncio.wait_for(found, timeout_s)
    except TimeoutError as error:
        raise CannotResolveHostError(f"no answer about {host} in {timeout_s:g} s") from error
    if not addresses:
        raise CannotResolveHostError(f"no address of {host} is known")
    return [each.host for each in addresses]


def written_address(host: str) -> Address | None:
    """Return the address that a host is, in any spelling that a resolver takes for one (``127.1``, ``0x7f000001``)."""
    host = host.removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_public(address: Address) -> bool:
    """Tell whether packets to an address go out into the internet, those that a gateway would translate included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _carried(address)
        if inner is not None:
            return is_public(inner)
        if any(address in network for network in _LOCAL):
            return False
    return address.is_global and not address.is_multicast


def _is_public_text(address: str) -> bool:
    return is_public(ipaddress.ip_address(address))


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in _CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
