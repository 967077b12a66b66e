"""Which article a page says it is (rel=canonical, og:url), and when it is not believed.

Sites set these claims by template and get them wrong: then many articles would become one, and each would look like an
update of the other. A claim is believed only if every one of ``CHECKS`` holds; a right claim that is not believed costs
only a copy, which dedupe finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from crawler.urls.rules import identity
from crawler.urls.spelling import absolute

Check = Callable[[SplitResult, SplitResult], bool]

_WORD = re.compile(r"[^\W_]{3,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:\d\d){0,2}")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(\d\d)[/_-]?(\d\d)(?!\d)")
_PAGING = re.compile(r"p|pg|pp|page|part|seite|pagina|start|offset|slide|image|img", re.IGNORECASE)
_LEAST_SHARED_WORDS, _LEAST_SHARED = 2, 1 / 3
"""Source: the 123 pages of shared/data that claim another identity, 45 on their own site: 38 are believed."""
_SLUG_WORDS, _ID_CHARS, _ID_DIGITS = 3, 5, 3


def claimed(page_url: str, canonical: str | None) -> str:
    """Return the identity of the article that the page is: of its claim, if that is believed, else of its address.

    >>> claimed("https://example.com/a/rain-until-friday?ref=top", "http://www.example.com/news/rain-until-friday")
    'https://example.com/news/rain-until-friday'
    >>> claimed("https://example.com/a/rain-until-friday", "https://example.com/")
    'https://example.com/a/rain-until-friday'
    """
    own = identity(page_url)
    target = absolute(page_url, canonical)
    claim = identity(target) if target else own
    if claim == own or absolute("", own) is None or absolute("", claim) is None:
        return own
    page_parts, claim_parts = urlsplit(own), urlsplit(claim)
    return claim if all(check(page_parts, claim_parts) for check in CHECKS) else own


# -- the checks --------------------------------------------------------------------------------------------------------


def same_site(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no claim on another site: a syndicated copy is an article of its own, and anyone could claim anything.

    A host above or below in the same name ("edition.example.com") is the same site where the path is the same.

    >>> _try(same_site, "https://example.com/a", "https://other.example/a")
    False
    >>> _try(same_site, "https://edition.example.com/a", "https://example.com/a")
    True
    """
    one, other = page.netloc, claim.netloc
    related = one.endswith(f".{other}") or other.endswith(f".{one}")
    return one == other or (related and page.path == claim.path)


def not_the_homepage(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no page that claims to be the homepage: the commonest mistake of templates.

    >>> _try(not_the_homepage, "https://example.com/2016/rain", "https://example.com/")
    False
    """
    return bool(claim.path.strip("/") or claim.query or claim.fragment)


def not_above(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no page that claims a folder it lies in: that is its section, its live blog or the first of its pages.

    >>> _try(not_above, "https://example.com/news/rain-until-friday", "https://example.com/news/")
    False
    """
    path, folder = page.path.rstrip("/"), claim.path.rstrip("/")
    return path == folder or not path.startswith(f"{folder}/")


def keeps_what_chooses(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no claim that loses the parameter by which the page is chosen, unless its path names the article.

    >>> _try(keeps_what_chooses, "https://example.com/story.php?id=7", "https://example.com/story.php")
    False
    >>> _try(keeps_what_chooses, "https://example.com/rain-until-friday?from=top", "https://example.com/rain-until-friday")
    True
    >>> _try(keeps_what_chooses, "https://example.com/rain-until-friday?page=2", "https://example.com/rain-until-friday")
    False
    """
    if page.fragment not in ("", claim.fragment):
        return False
    said = set(re.findall(r"\w+", unquote(f"{claim.path} {claim.query}")))
    lost = [(name, value) for name, value in parse_qsl(page.query) if value not in said]
    return not lost or (_names_article(claim) and not any(_PAGING.fullmatch(name) for name, _ in lost))


def not_another_issue(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no claim of another day or another number: what comes out daily, or in parts, has nearly one address.

    >>> _try(not_another_issue, "https://example.com/2020/06/01/briefing", "https://example.com/2020/06/02/briefing")
    False
    >>> _try(not_another_issue, "https://example.com/news-roundup-123456", "https://example.com/news-roundup-123457")
    False
    >>> _try(not_another_issue, "https://example.com/a/55001/rain-2", "https://example.com/rain-55001")
    True
    """
    days = _DAY.search(page.path), _DAY.search(claim.path)
    if days[0] and days[1] and days[0].groups() != days[1].groups():
        return False
    one, other = _numbers(page), _numbers(claim)
    return not one or not other or one[-1] == other[-1]


def about_the_same(page: SplitResult, claim: SplitResult) -> bool:
    """Believe no claim that shares neither a number nor a third of the words: one page's address on all pages.

    >>> _try(about_the_same, "https://example.com/rain-until-friday", "https://example.com/tram-for-the-port")
    False
    >>> _try(about_the_same, "https://example.com/rain-until-friday-12345", "https://example.com/storm-12345")
    True
    """
    if _is_one_name(page, claim) or set(_numbers(page)) & set(_numbers(claim)):
        return True
    one, other = _words(page), _words(claim)
    shared = len(one & other)
    return shared >= _LEAST_SHARED_WORDS and shared >= _LEAST_SHARED * min(len(one), len(other))


CHECKS: tuple[Check, ...] = (
    same_site,
    not_the_homepage,
    not_above,
    keeps_what_chooses,
    not_another_issue,
    about_the_same,
)


def _is_one_name(page: SplitResult, claim: SplitResult) -> bool:
    """Tell whether what names the article is the same in both; a section's name alone is not enough."""
    name = _telling(page)
    is_enough = _segments(page)[-1] == _segments(claim)[-1] or len(_WORD.findall(name)) >= _LEAST_SHARED_WORDS
    return name == _telling(claim) and is_enough


def _telling(parts: SplitResult) -> str:
    """Return the segment of the path that has the most words, the last of them."""
    return max(reversed(_segments(parts)), key=lambda segment: len(_WORD.findall(segment)))


def _segments(parts: SplitResult) -> list[str]:
    return unquote(parts.path).lower().strip("/").split("/")


def _words(parts: SplitResult) -> set[str]:
    return {word for word in _WORD.findall(_telling(parts)) if not _DATE.fullmatch(word)} - {"html", "htm", "story"}


def _numbers(parts: SplitResult) -> list[str]:
    """Return the words in path and query that look like an article's number, also where letters are among it."""
    words = re.findall(r"[^\W_]+", unquote(f"{parts.path} {parts.query}").lower())
    return [word for word in words if _is_number(word)]


def _is_number(word: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return len(word) >= _ID_CHARS and digits >= _ID_DIGITS and not _DATE.fullmatch(word)


def _names_article(parts: SplitResult) -> bool:
    path = parts._replace(query="")
    return len(_words(path)) >= _SLUG_WORDS or bool(_numbers(path))


def _try(check: Check, page: str, claim: str) -> bool:
    """Apply one check to two addresses, for the examples."""
    return check(urlsplit(page), urlsplit(claim))
