"""The rules that metadata is read by: kinds of rules to build them from, and the ones that are single.

A rule is a function of the page's :class:`Evidence` that returns what it found, or None. Rules of bylines return texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from lxml import etree

from crawler import urls
from crawler.extract import agencies, dates, jsonld, names
from crawler.extract.evidence import Evidence, text_at

T = TypeVar("T")
Rule = Callable[[Evidence], T | None]
Bylines = Callable[[Evidence], list[str]]

_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_].*)?\s*", re.DOTALL)
_ACCESS = {"true": True, "yes": True, "free": True, "false": False, "no": False, "locked": False, "metered": False}
_SITE_SUFFIX = re.compile(r"\s+(?:[|»·•–—]|--?|:)\s+([^|»·•–—]{2,60})$")
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_BYLINES = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author'][not(self::meta or self::link)]",
    "//*[@rel='author'][not(self::link)]",
    "//*[contains(@class, 'byline') or contains(@class, 'Byline')]",
)
_SOURCE_LABELS = (
    "//*[@itemprop='sourceOrganization']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' source ')]",
)
_AUTHOR_METAS = (
    *("parsely-author", "sailthru.author", "byl", "author"),
    *("dc.creator", "dcterms.creator", "article:author", "og:author"),
)
_SOURCE_METAS = ("dc.source", "source", "news_source")
_NO_AI, _TDM = {"noai", "noimageai"}, "tdm-reservation"
_MAX_BYLINE_CHARS, _MAX_LABEL_CHARS = 200, 40
_MAX_KEYWORDS = 50
_MAX_BYLINES, _MAX_LABELS = 100, 200
_MAX_GUESSED_BYTES = 1_000_000
"""Of markup that htmldate is given: it takes 0.3 s for so much. Three of 2,727 real pages have more."""


def pick(rules: Sequence[Rule[T]], evidence: Evidence) -> T | None:
    """Return what the first rule that finds something finds."""
    return next((found for rule in rules if (found := rule(evidence)) is not None), None)


def ld(*fields: str) -> Rule[str]:
    """Read the first of these fields that the article's JSON-LD node has."""
    return lambda evidence: jsonld.first(evidence.article, *fields)


def meta(*properties: str) -> Rule[str]:
    """Read the first of these meta elements that the page has."""
    return lambda evidence: evidence.meta(*properties)


def seen(*xpaths: str) -> Rule[str]:
    """Read the text of the first element that has any."""
    return lambda evidence: next((text for xpath in xpaths if (text := text_at(evidence.tree, xpath))), None)


def attribute(xpath: str) -> Rule[str]:
    """Read the first attribute at `xpath` that is not blank."""
    return lambda evidence: next((str(value).strip() for value in evidence.tree.xpath(xpath) if value.strip()), None)


def link(rule: Rule[str]) -> Rule[str]:
    """Turn a rule for a text into one for an absolute http(s) address."""
    return lambda evidence: urls.absolute(evidence.url, rule(evidence))


def date(rule: Rule[str]) -> Rule[tuple[datetime, str]]:
    """Turn a rule for a text into one for a date: a text that is no believable date counts as not found."""

    def dated(evidence: Evidence) -> tuple[datetime, str] | None:
        raw = rule(evidence)
        moment = dates.parse(raw, latest=evidence.fetched_at) if raw else None
        return (moment, raw) if moment and raw else None

    return dated


def without_site(rule: Rule[str]) -> Rule[str]:
    """Take the site's name off the end of a title: "Headline - The Example"."""

    def headline(evidence: Evidence) -> str | None:
        title = rule(evidence)
        match = _SITE_SUFFIX.search(title) if title else None
        return title[: match.start()] if title and match and _names_site(match[1], evidence) else title

    return headline


def _names_site(text: str, evidence: Evidence) -> bool:
    plain = _NOT_IN_NAMES.sub("", text).casefold()
    host = _NOT_IN_NAMES.sub("", urls.site_of(evidence.url))
    declared = (pick(PUBLISHER, evidence), evidence.meta("og:site_name"))
    known = {_NOT_IN_NAMES.sub("", name).casefold() for name in declared if name}
    return plain in known or (len(plain) > 2 and (plain in host or host.startswith(plain.removeprefix("the"))))


# -- single rules -----------------------------------------------------------------------------------------------------


def title_element(evidence: Evidence) -> str | None:
    """Read the page's title element, before those of drawings in it."""
    return text_at(evidence.tree, "//head//title") or text_at(evidence.tree, "//title")


def authors_from(bylines: Bylines) -> Rule[tuple[str, ...]]:
    """Turn bylines into the people they name, the site not being one."""

    def people(evidence: Evidence) -> tuple[str, ...] | None:
        organisations = (pick(PUBLISHER, evidence), evidence.meta("og:site_name"))
        return names.people(bylines(evidence), organisations) or None

    return people


def ld_authors(evidence: Evidence) -> list[str]:
    """Return author names of the JSON-LD node; a reference ("@id") is looked up among the page's nodes."""
    authors = evidence.article.get("author") or evidence.article.get("creator")
    by_id = {node["@id"]: node for node in evidence.nodes if isinstance(node.get("@id"), str)}
    listed = authors if isinstance(authors, list) else [authors]
    whole = [
        by_id.get(str(part.get("@id")), part) if isinstance(part, dict) and "name" not in part else part
        for part in listed
    ]
    return [name for part in whole for name in jsonld.strings(part)]


def meta_authors(evidence: Evidence) -> list[str]:
    """Return the contents of the first author element that names a person; many hold only the outlet or an address."""
    listed = (list(evidence.metas.get(name, ())) for name in _AUTHOR_METAS)
    return next((contents for contents in listed if names.people(contents)), [])


def seen_authors(evidence: Evidence) -> list[str]:
    """Return the bylines that the page shows."""
    return _texts(evidence, _BYLINES, _MAX_BYLINE_CHARS)


def _texts(evidence: Evidence, xpaths: Sequence[str], max_chars: int) -> list[str]:
    elements = islice((element for xpath in xpaths for element in evidence.tree.xpath(xpath)), _MAX_LABELS)
    texts = (" ".join(element.text_content().split()) for element in elements)
    return [text for text in texts if len(text) <= max_chars]


def seen_sources(evidence: Evidence) -> list[str]:
    """Return the labels beside a dateline that say where a report is from ("AP")."""
    return _texts(evidence, _SOURCE_LABELS, _MAX_LABEL_CHARS)


def listed_headline(evidence: Evidence) -> str | None:
    """Return the headline under which the source lists the page."""
    return evidence.page.headline_listed or None


def listed_date(evidence: Evidence) -> tuple[datetime, str] | None:
    """Return the date with which the source lists the page."""
    listed = evidence.page.date_listed
    believed = listed is not None and dates.is_believable(listed, latest=evidence.fetched_at)
    return (listed, listed.isoformat()) if listed and believed else None


def listed_language(evidence: Evidence) -> str | None:
    """Return the language that is set for the source."""
    return evidence.page.language


def listed_publisher(evidence: Evidence) -> str | None:
    """Return the publisher that is set for the source."""
    return evidence.page.publisher


def opt_outs(evidence: Evidence) -> tuple[str, ...]:
    """Return the reservations against text and data mining, from HTTP headers and meta elements, sorted.

    Source: TDM Reservation Protocol, W3C Community Group report of 2024 (1: reserved). noai, noimageai: no standard.
    """
    robots = {word.strip().lower() for text in evidence.metas.get("robots", ()) for word in text.split(",")}
    reserved = {_TDM} if "1" in evidence.metas.get(_TDM, ()) else set()
    return tuple(sorted({*evidence.page.opt_outs, *(robots & _NO_AI), *reserved}))


def guessed_authors(evidence: Evidence) -> list[str]:
    """Ask trafilatura for the byline."""
    from trafilatura.metadata import extract_author  # heavy, and seldom needed

    return [extract_author(evidence.tree) or ""]


def guessed_date(evidence: Evidence) -> str | None:
    """Ask htmldate for the day, which it also finds in the address and in the text.

    It makes 1 January of a year alone, such as that of a copyright notice: not believed.
    """
    from htmldate import find_date  # heavy, and seldom needed

    if len(etree.tostring(evidence.tree, encoding="utf-8")) > _MAX_GUESSED_BYTES:
        return None
    latest = evidence.fetched_at.strftime("%Y-%m-%d")
    found: str | None = find_date(
        evidence.tree, original_date=True, url=evidence.url, max_date=latest, deferred_url_extractor=True
    )
    return None if found is None or found.endswith("-01-01") else found


def language(rule: Rule[str]) -> Rule[str]:
    """Turn a rule for a language tag into one for its primary subtag ("en")."""

    def primary(evidence: Evidence) -> str | None:
        match = _LANGUAGE.fullmatch(rule(evidence) or "")
        return match[1].lower() if match else None

    return primary


def access(rule: Rule[object]) -> Rule[bool]:
    """Turn a rule for a word into one for whether the article is free to read."""

    def free(evidence: Evidence) -> bool | None:
        return _ACCESS.get(str(rule(evidence)).rpartition("/")[2].strip().lower())

    return free


def keywords(found: Callable[[Evidence], list[str]]) -> Rule[tuple[str, ...]]:
    """Split comma-separated texts into keywords, each once."""

    def split(evidence: Evidence) -> tuple[str, ...] | None:
        words = [word.strip() for text in found(evidence) for word in text.split(",")]
        return tuple(dict.fromkeys(word for word in words if word))[:_MAX_KEYWORDS] or None

    return split


def agency_in(bylines: Bylines) -> Rule[str]:
    """Turn bylines into the agency they name."""

    def agency(evidence: Evidence) -> str | None:
        named = (
            agencies.named(part) for text in bylines(evidence)[:_MAX_BYLINES] for part in (text, *names.parts(text))
        )
        return next((name for name in named if name), None)

    return agency


def ld_sources(evidence: Evidence) -> list[str]:
    """Return the organisations that JSON-LD credits besides author and publisher."""
    fields = ("sourceOrganization", "creditText", "copyrightHolder", "provider")
    return [text for field in fields for text in jsonld.strings(evidence.article.get(field))]


def meta_sources(evidence: Evidence) -> list[str]:
    """Return the contents of every meta element that may name an author or a source."""
    return [content for name in (*_AUTHOR_METAS, *_SOURCE_METAS) for content in evidence.metas.get(name, ())]


def image(evidence: Evidence) -> str | None:
    """Return the address of the first image of the JSON-LD node."""
    images = evidence.article.get("image")
    first = images[0] if isinstance(images, list) and images else images
    if isinstance(first, dict):
        return jsonld.first(first, "url", "contentUrl", "@id")
    return first if isinstance(first, str) else None


PUBLISHER: tuple[Rule[str], ...] = (
    ld("publisher"),
    meta("og:site_name", "application-name", "dc.publisher", "al:android:app_name", "apple-mobile-web-app-title"),
    listed_publisher,
)
