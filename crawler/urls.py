"""The rules that make two spellings of an address one: pure functions over strings, no network.

The rules of :func:`identity`: spaces around it go; ``http`` becomes ``https``; host in lower case, without user,
closing dot and default port; path and query percent-encoded one way, dot segments resolved; parameters sorted, those
that only track the reader dropped; no fragment. Host prefixes (``www.``) and closing slashes stay: sites do tell them
apart.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from w3lib.url import canonicalize_url

# Parameters that never choose the article, only say how the reader came to it. Short words that some sites use as
# article numbers ("id", "cid", "source", "ref") are not here.
# Source: the query-stripping lists of Firefox and AdGuard (TrackParamFilter), reduced to what news links carry.
_TRACKING = re.compile(
    r"""(utm|hsa|mtm|pk|ga|mc|oly|vero|itm|stm)_\w+      # campaign families
      | (dc|fb|g|gb|tw|yc|ysc|ms|wb|ttc|srs)lid | fbclid | gclid | gclsrc | msclkid | twclid | igshid? | wbraid | gbraid
      | _ga | _gl | _hsenc | _hsmi | mkt_tok | yclid | xtor | ncid | cmpid | ocid | smid | smtyp | cmp | icid
      | s_cid | ns_campaign | ns_mchannel | ns_source | ns_linkname | at_(medium|campaign|custom\d|link\w*|ptr_name)
      | ftag | taid | guccounter | guce_referr\w+ | sr_share | __twitter_impression | __source | partner
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SITE_PREFIX = re.compile(r"^(www\d?|m|mobile|amp)\.(?=[^.]+\.)")


def identity(url: str) -> str:
    """Return the one spelling under which `url` is stored; addresses of other schemes (``urn:``) come back unchanged.

    Idempotent. http and https are one site in practice, and feeds mix them:

    >>> identity(" HTTP://Example.com:80/a ")
    'https://example.com/a'

    Tracking and the fragment say nothing about the article; what is left is sorted:

    >>> identity("https://example.com/a?utm_source=x&id=7&b=2&fbclid=Q#nt=top")
    'https://example.com/a?b=2&id=7'

    One percent-encoding, no dot segments, no user, no closing dot on the host:

    >>> identity("https://me:pw@example.com./news/../caf%c3%a9%7e")
    'https://example.com/caf%C3%A9~'
    """
    url = url.strip()
    try:
        parts = urlsplit(canonicalize_url(url))
        netloc = _host(parts)
    except ValueError:
        return url
    if parts.scheme not in _DEFAULT_PORTS or not netloc:
        return url
    query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    return parts._replace(scheme="https", netloc=netloc, query=query).geturl()


def site_of(url: str) -> str:
    """Return the host without ``www.``, ``m.``, ``mobile.`` or ``amp.``: the site on which site text is learned, or "".

    >>> site_of("https://www.example.com/a"), site_of("http://amp.example.co.uk:8080/"), site_of("urn:wirefold:x:1")
    ('example.com', 'example.co.uk', '')
    """
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return _SITE_PREFIX.sub("", host.removesuffix("."))


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
    except ValueError:
        return None
    return joined if parts.scheme in _DEFAULT_PORTS and parts.hostname else None


def _host(parts: SplitResult) -> str:
    """Return host and, unless it is the default of the scheme, port."""
    host = (parts.hostname or "").removesuffix(".")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f"{host}:{port}"
