"""One spelling of an address, before anything is judged: encoding, host, order of parameters."""

from __future__ import annotations

import re
import socket
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from w3lib.url import canonicalize_url

SITE_PREFIX = re.compile(
    r"^(?:(?:www\d?|m|mobile|amp)\.(?!(?:com?|org|net|gov|edu|ac|ne|or|go)\.[a-z]{2}\.?$))+(?=[^.]+\.)"
)
"""Names of a site's front doors: what stands behind them is the site, unless that is but an ending ("amp.com.au")."""

_PORTS = {"http": 80, "https": 443}
_MAX_CHARS = 8_192
"""Longer addresses are left alone. Source: the longest request line that Apache takes by default has 8,190."""
_NOT_IN_HOSTS = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
"""Source: the forbidden domain code points of the URL Standard."""
_AMPERSAND = re.compile(r"&(?:amp|#0{0,4}38|#x0{0,4}26);", re.IGNORECASE)
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.DOTALL)


def spelled(url: str) -> SplitResult | None:
    """Return the parts of a web address in one spelling, https in any case; None if it is not one.

    Spaces around it, user, default port and the host's closing dot go; the host is in lower case and punycode; path and
    query are percent-encoded one way, dot segments resolved, parameters sorted, "&amp;" read as "&".

    >>> spelled(" HTTP://me:pw@B\u00fccher.Example.:80/news/../caf%c3%a9%7e?b=2&amp;a=1#top ").geturl()
    'https://xn--bcher-kva.example/caf%C3%A9~?a=1&b=2#top'
    >>> spelled("https://example.com:port/"), spelled("urn:wirefold:x:1"), spelled("https://two words/")
    (None, None, None)
    """
    if len(url) > _MAX_CHARS:
        return None
    try:
        parts = urlsplit(canonicalize_url(unescaped(url.strip()), keep_fragments=True))
        netloc = _netloc(parts)
    except ValueError:
        return None
    return parts._replace(scheme="https", netloc=netloc) if parts.scheme in _PORTS and netloc else None


def unescaped(url: str) -> str:
    """Read "&" where HTML was taken for text: "&amp;", or "&#038;" as WordPress writes.

    >>> unescaped("https://example.com/?a=1&#038;b=2&amp;c=3")
    'https://example.com/?a=1&b=2&c=3'
    """
    return _AMPERSAND.sub("&", url)


def site_of(url: str) -> str:
    """Return the host without ``www.``, ``m.``, ``mobile.`` or ``amp.``: the site on which site text is learned, or "".

    >>> site_of("https://www.example.com/a"), site_of("http://amp.example.co.uk:8080/"), site_of("urn:wirefold:x:1")
    ('example.com', 'example.co.uk', '')
    """
    try:
        host = _host(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""
    return SITE_PREFIX.sub("", host)


def absolute(base: str, link: object) -> str | None:
    """Return `link` as found on the page at `base` as an absolute http(s) address, or None if it is not one.

    >>> absolute("https://example.com/a/b", "../c"), absolute("https://example.com/", "javascript:alert(1)")
    ('https://example.com/c', None)
    """
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        joined = urljoin(base, link.strip())
        parts = urlsplit(joined)
        is_address = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of the port, too
        return None
    return joined if is_address else None


def _netloc(parts: SplitResult) -> str:
    """Return host and, unless it is a default, port.

    Raises:
        ValueError: the host cannot be one.
    """
    host = _host(parts.hostname or "")
    return host if parts.port in (None, *_PORTS.values()) else f"{host}:{parts.port}"


def _host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    plain = unquote(host).rstrip(".").lower()
    ascii_host = plain if plain.isascii() else plain.encode("idna").decode("ascii")
    if _NOT_IN_HOSTS.search(ascii_host):
        raise ValueError(f"not a host: {host!r}")
    return _dotted(ascii_host)


def _dotted(host: str) -> str:
    """Write an IPv4 address as four decimal numbers; browsers take hexadecimal, octal and fewer numbers, too."""
    if not _NUMBER.fullmatch(host):
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError as error:
        raise ValueError(f"not an IPv4 address: {host!r}") from error
