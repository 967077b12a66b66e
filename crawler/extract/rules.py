"""What metadata rules are made of: a named function of the page's Evidence that finds a value, or None.

Readers (`ld`, `micro`, `meta`, `shown`, `linked`) make rules of places; the others turn rules for texts into rules for
dates, addresses, languages. The name says where a value is from, and stands in an article's ``provenance``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from lxml import html

from crawler import urls
from crawler.extract import dates, jsonld
from crawler.extract.evidence import Evidence
from crawler.extract.microdata import scope_of
from crawler.extract.tree import shown_text

T = TypeVar("T")
S = TypeVar("S")

_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_].*)?\s*", re.DOTALL)
_ACCESS = {"true": True, "yes": True, "free": True, "false": False, "no": False, "locked": False, "metered": False}
_SITE_SUFFIX = re.compile(r"\s+(?:[|»·•–—]|--?|:)\s+([^|»·•–—]{2,60})$")
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_NO_AI, _TDM = {"noai", "noimageai"}, "tdm-reservation"
_MAX_KEYWORDS = 50
_MAX_GUESSED_BYTES = 1_700_000
"""Of a page that htmldate is given: it takes 0.3 s for 1 MB of markup. The largest of 2,727 real pages has so much."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """One place to look for a field."""

    name: str
    find: Callable[[Evidence], T | None]


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value, and the name of the rule that gave it."""

    value: T
    rule: str


def pick(rules: Sequence[Rule[T]], evidence: Evidence) -> Found[T] | None:
    """Return what the first rule that finds something finds."""
    found = (Found(value, rule.name) for rule in rules if (value := rule.find(evidence)) is not None)
    return next(found, None)


# -- readers ----------------------------------------------------------------------------------------------------------


def ld(*fields: str) -> tuple[Rule[str], ...]:
    """Read these fields of the article's JSON-LD node."""
    return tuple(_reader("json-ld", name, lambda evidence, key: jsonld.first(evidence.article, key)) for name in fields)


def micro(*fields: str) -> tuple[Rule[str], ...]:
    """Read these fields of the article's microdata, or of a property that belongs to no article's item."""

    def read(evidence: Evidence, field: str) -> str | None:
        return jsonld.first(evidence.microdata, field) or next(
            (value for e in evidence.marked.get(f"itemprop {field}", ()) if (value := _own_value(e))), None
        )

    return tuple(_reader("microdata", field, read) for field in fields)


def _own_value(element: html.HtmlElement) -> str | None:
    """Return the value of a property that belongs to no item."""
    is_stray = scope_of(element) is None
    return (element.get("content") or element.get("datetime") or None) if is_stray else None


def meta(*properties: str) -> tuple[Rule[str], ...]:
    """Read these meta elements."""
    return tuple(_reader("meta", name, lambda evidence, name: evidence.meta(name)) for name in properties)


def _reader(place: str, name: str, read: Callable[[Evidence, str], str | None]) -> Rule[str]:
    return Rule(f"{place} {name}", lambda evidence: read(evidence, name))


def shown(mark: str, attribute: str | None = None, *, inside: str | None = None) -> Rule[str]:
    """Read the text (or an attribute) of the first marked element that has any, perhaps only ones inside another."""

    def read(evidence: Evidence) -> str | None:
        elements = evidence.marked.get(mark, ())
        if inside is not None:
            elements = [element for element in elements if next(element.iterancestors(inside), None) is not None]
        texts = ((e.get(attribute) or "").strip() if attribute else shown_text(e) for e in elements)
        return next((text for text in texts if text), None)

    return Rule(" ".join(part for part in (inside, mark, attribute) if part), read)


def linked(relation: str) -> Rule[str]:
    """Read the address of a link element of this relation."""
    links = shown(f"rel {relation}", "href")
    return Rule(f"link {relation}", links.find)


# -- changes ----------------------------------------------------------------------------------------------------------


def changed(rules: Sequence[Rule[S]], change: Callable[[Evidence, S], T | None]) -> tuple[Rule[T], ...]:
    """Turn rules into ones whose finds are changed; what is changed to None counts as not found."""

    def rule(inner: Rule[S]) -> Rule[T]:
        def find(evidence: Evidence) -> T | None:
            found = inner.find(evidence)
            return None if found is None else change(evidence, found)

        return Rule(inner.name, find)

    return tuple(map(rule, rules))


def link(*rules: Rule[str]) -> tuple[Rule[str], ...]:
    """Turn rules for texts into ones for absolute http(s) addresses."""
    return changed(rules, lambda evidence, text: urls.absolute(evidence.url, text))


def dated(*rules: Rule[str]) -> tuple[Rule[tuple[datetime, str]], ...]:
    """Turn rules for texts into ones for dates: a text that is no believable date counts as not found."""

    def date(evidence: Evidence, raw: str) -> tuple[datetime, str] | None:
        moment = dates.parse(raw, latest=evidence.fetched_at, earliest=evidence.earliest)
        return (moment, raw) if moment else None

    return changed(rules, date)


def language(*rules: Rule[str]) -> tuple[Rule[str], ...]:
    """Turn rules for language tags into ones for their primary subtags ("en")."""

    def primary(_: Evidence, tag: str) -> str | None:
        match = _LANGUAGE.fullmatch(tag)
        return match[1].lower() if match else None

    return changed(rules, primary)


def access(*rules: Rule[str]) -> tuple[Rule[bool], ...]:
    """Turn rules for words into ones for whether the article is free to read."""
    return changed(rules, lambda _, word: _ACCESS.get(word.rpartition("/")[2].strip().lower()))


def keywords(name: str, texts: Callable[[Evidence], Sequence[str]]) -> Rule[tuple[str, ...]]:
    """Split comma-separated texts into keywords, each once."""

    def split(evidence: Evidence) -> tuple[str, ...] | None:
        words = [word.strip() for text in texts(evidence) for word in text.split(",")]
        return tuple(dict.fromkeys(word for word in words if word))[:_MAX_KEYWORDS] or None

    return Rule(name, split)


def headline(*rules: Rule[str]) -> tuple[Rule[str], ...]:
    """Take the name of the site or of the section off the end of titles: "Headline - The Example"."""

    def without_site(evidence: Evidence, title: str) -> str:
        match = _SITE_SUFFIX.search(title)
        return title[: match.start()] if match and _names_site(match[1], evidence) else title

    return changed(rules, without_site)


def shared_headline(evidence: Evidence) -> str | None:
    """Return the title for social networks, if a heading of the page says the same."""
    found = pick(headline(*meta("og:title")), evidence)
    return found.value if found and _plain(found.value) in map(_plain, evidence.shown("h1")) else None


def _names_site(text: str, evidence: Evidence) -> bool:
    plain = _plain(text)
    host = _plain(urls.site_of(evidence.url))
    known = {_plain(found.value) for rules in (PUBLISHER, SECTION) if (found := pick(rules, evidence))}
    known.add(_plain(evidence.meta("og:site_name") or ""))
    return plain in known or (len(plain) > 2 and (plain in host or host.startswith(plain.removeprefix("the"))))


def _plain(text: str) -> str:
    return _NOT_IN_NAMES.sub("", text).casefold()


# -- single rules -----------------------------------------------------------------------------------------------------


def listed_date(evidence: Evidence) -> tuple[datetime, str] | None:
    """Return the date with which the source lists the page."""
    listed = evidence.page.date_listed
    believed = listed is not None and dates.is_believable(listed, latest=evidence.fetched_at)
    return (listed, listed.isoformat()) if listed and believed else None


def guessed_date(evidence: Evidence) -> str | None:
    """Ask htmldate for the day, which it also finds in the address and in the text.

    It makes 1 January of a year alone, such as that of a copyright notice: not believed.
    """
    from htmldate import find_date  # heavy, and seldom needed

    if len(evidence.page.content) > _MAX_GUESSED_BYTES:
        return None
    latest = evidence.fetched_at.strftime("%Y-%m-%d")
    found: str | None = find_date(
        evidence.tree, original_date=True, url=evidence.url, max_date=latest, deferred_url_extractor=True
    )
    return None if found is None or found.endswith("-01-01") else found


def opt_outs(evidence: Evidence) -> tuple[str, ...]:
    """Return the reservations against text and data mining, from HTTP headers and meta elements, sorted.

    Source: TDM Reservation Protocol, W3C Community Group report of 2024 (1: reserved). noai, noimageai: no standard.
    """
    robots = {word.strip().lower() for text in evidence.metas.get("robots", ()) for word in text.split(",")}
    reserved = {_TDM} if "1" in evidence.metas.get(_TDM, ()) else set()
    return tuple(sorted({*evidence.page.opt_outs, *(robots & _NO_AI), *reserved}))


def image(evidence: Evidence) -> str | None:
    """Return the address of the first image of the JSON-LD node."""
    images = evidence.article.get("image")
    first = images[0] if isinstance(images, list) and images else images
    if isinstance(first, dict):
        return jsonld.first(first, "url", "contentUrl", "@id")
    return first if isinstance(first, str) else None


def _named(evidence: Evidence, name: str) -> str | None:
    """Refuse a publisher's address where its name should be."""
    return None if name.startswith(("http://", "https://", "#")) else name


PUBLISHER: tuple[Rule[str], ...] = (
    *changed(ld("publisher"), _named),
    *meta("og:site_name", "application-name", "dc.publisher", "al:android:app_name", "apple-mobile-web-app-title"),
    *changed(micro("publisher"), _named),
    Rule("source", lambda evidence: evidence.page.publisher),
)
SECTION: tuple[Rule[str], ...] = (
    *ld("articleSection"),
    *meta("article:section", "parsely-section", "section", "articlesection", "cg", "dc.subject.section"),
    *micro("articleSection"),
)
