"""The identity of an article by its address: a visible list of rules, applied until none changes anything.

Identities name, they need not be fetchable. Left alone, because sites do tell such addresses apart or nothing says that
they do not: case and double or closing slashes of the path, other subdomains, parameters that nobody knows to be idle.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from crawler.urls.parameters import is_amp, is_print, is_session, is_tracking
from crawler.urls.spelling import SITE_PREFIX, spelled, unescaped

_VIEWER = re.compile(
    r"""(?: (?:www\.)?google\.(?:com?\.)?[a-z]{2,3}/amp | (?:[^/]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[cv] )
        /(?:s/)?(?P<host>[^/]+\.[^/]+)(?P<path>.*)""",
    re.VERBOSE | re.DOTALL,
)
_SESSION_SEGMENT = re.compile(r"/\((?:[A-Z]\([0-9A-Za-z]{20,200}\))+\)(?=/)")
_SESSION_SUFFIX = re.compile(r"(?<=[^/.])(?:;(?:jsessionid|phpsessid)=[\w.!-]*)++$", re.IGNORECASE)
_AMP_FIRST = re.compile(r"^(?:/amp)+(?=/[^/])")
_AMP_LAST = re.compile(r"(?<=[^/])(?:/amp)+(?=/?$)")
_AMP_SUFFIX = re.compile(r"(?<=[^/.])(?:\.amp)+(?=(?:\.html?)?$)")
_INDEX = re.compile(r"(?<=/)index\.html?$")

Rule = Callable[[SplitResult], SplitResult]
Parameter = Callable[[str, str], bool]


def identity(url: str) -> str:
    """Return the one address under which `url` is stored; what is no web address comes back unchanged but trimmed.

    Idempotent. ``RULES`` are applied to the one spelling of ``crawler.urls.spelling``:

    >>> identity("http://m.Example.com:80/story/amp?utm_source=x&id=7#top")
    'https://example.com/story?id=7'
    >>> identity(" urn:wirefold:Desk:A 1#x ")
    'urn:wirefold:Desk:A 1#x'
    """
    parts, before = spelled(url), None
    if parts is None:
        return url.strip()
    while parts != before:
        before = parts
        for rule in RULES:
            parts = rule(parts)
    return parts.geturl()


def address(url: str) -> str:
    """Return `url` without what only tracks the reader, otherwise as spelled: what to ask for and to show.

    >>> address("http://www.example.com/Story/?b=2&utm_source=x&a=%7e#top")
    'http://www.example.com/Story/?b=2&a=%7e'
    """
    try:
        return without_tracking(without_fragment(urlsplit(unescaped(url.strip())))).geturl()
    except ValueError:
        return url.strip()


# -- the rules ---------------------------------------------------------------------------------------------------------


def out_of_viewer(parts: SplitResult) -> SplitResult:
    """Take the article out of an AMP viewer: Google, Bing and the AMP cache write its address into their path.

    >>> _try(out_of_viewer, "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/story?id=7")
    'https://www.example.com/story?id=7'
    >>> _try(out_of_viewer, "https://www.google.com/amp/example.com/story%3Fid%3D7")
    'https://example.com/story?id=7'
    """
    match = _VIEWER.fullmatch(parts.netloc + parts.path)
    if match is None:
        return parts
    path, _, encoded = match["path"].partition("%3F")
    query = "&".join(filter(None, (unquote(encoded), parts.query)))
    return spelled(parts._replace(netloc=match["host"], path=path, query=query).geturl()) or parts


def without_site_prefix(parts: SplitResult) -> SplitResult:
    """Take www., m., mobile. or amp. off the host: they are doors to the same articles.

    >>> _try(without_site_prefix, "https://www.example.com/a"), _try(without_site_prefix, "https://m.tv/a")
    ('https://example.com/a', 'https://m.tv/a')
    """
    return parts._replace(netloc=SITE_PREFIX.sub("", parts.netloc))


def without_fragment(parts: SplitResult) -> SplitResult:
    """Drop the fragment, a place on the page; "#!" is what old script-driven sites choose the article by.

    >>> _try(without_fragment, "https://example.com/a#comments"), _try(without_fragment, "https://example.com/#!a")
    ('https://example.com/a', 'https://example.com/#!a')
    """
    return parts if re.match("!.", parts.fragment) else parts._replace(fragment="")


def without_session_in_path(parts: SplitResult) -> SplitResult:
    """Drop session ids that Java and ASP.NET servers write into the path for readers without cookies.

    >>> _try(without_session_in_path, "https://example.com/a;jsessionid=8A3F.node1?id=7")
    'https://example.com/a?id=7'
    >>> _try(without_session_in_path, "https://example.com/(S(lit3py55t21z5v55vlm25s55))/a.aspx")
    'https://example.com/a.aspx'
    """
    return parts._replace(path=_SESSION_SUFFIX.sub("", _SESSION_SEGMENT.sub("", parts.path)))


def without_amp_in_path(parts: SplitResult) -> SplitResult:
    """Drop "amp" as first or last segment or extension: the same article for AMP. A site's own "/amp" stays.

    >>> _try(without_amp_in_path, "https://example.com/story/amp/"), _try(without_amp_in_path, "https://example.com/amp")
    ('https://example.com/story/', 'https://example.com/amp')
    >>> _try(without_amp_in_path, "https://example.com/amp/story.amp.html")
    'https://example.com/story.html'
    """
    path = _AMP_SUFFIX.sub("", _AMP_FIRST.sub("", parts.path))
    return parts._replace(path=_AMP_LAST.sub("", path))


def without_index(parts: SplitResult) -> SplitResult:
    """Drop "index.html": servers send it for the folder, so no other article can be there.

    >>> _try(without_index, "https://example.com/2016/story/index.html")
    'https://example.com/2016/story/'
    """
    return parts._replace(path=_INDEX.sub("", parts.path))


def without_tracking(parts: SplitResult) -> SplitResult:
    """Drop parameters that say how the reader came here (``parameters.is_tracking``).

    >>> _try(without_tracking, "https://example.com/a?utm_source=x&id=7&fbclid=Q")
    'https://example.com/a?id=7'
    """
    return _without(parts, is_tracking)


def without_session(parts: SplitResult) -> SplitResult:
    """Drop parameters that carry a session (``parameters.is_session``): each reader has another.

    >>> _try(without_session, "https://example.com/a?id=7&PHPSESSID=k3a9")
    'https://example.com/a?id=7'
    """
    return _without(parts, is_session)


def without_amp(parts: SplitResult) -> SplitResult:
    """Drop parameters that ask for AMP (``parameters.is_amp``).

    >>> _try(without_amp, "https://example.com/a?outputType=amp&id=7&amp=1")
    'https://example.com/a?id=7'
    """
    return _without(parts, is_amp)


def without_print(parts: SplitResult) -> SplitResult:
    """Drop parameters that ask for the article to be printed or on one page (``parameters.is_print``).

    >>> _try(without_print, "https://example.com/a?pagewanted=all&print=1&page=2")
    'https://example.com/a?page=2'
    """
    return _without(parts, is_print)


RULES: tuple[Rule, ...] = (
    out_of_viewer,
    without_site_prefix,
    without_fragment,
    without_session_in_path,
    without_amp_in_path,
    without_index,
    without_tracking,
    without_session,
    without_amp,
    without_print,
)


def _without(parts: SplitResult, idle: Parameter) -> SplitResult:
    if not parts.query:
        return parts
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    kept = [name + mark + value for name, mark, value in pairs if not idle(unquote_plus(name), unquote_plus(value))]
    return parts._replace(query="&".join(kept))


def _try(rule: Rule, url: str) -> str:
    """Apply one rule to an address, for the examples."""
    return rule(urlsplit(url)).geturl()
