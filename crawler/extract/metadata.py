"""One list of rules per field, in order of precedence: the first that finds something gives the field.

A rule is a function of the page's :class:`Evidence`; its name says where it looks. What a page says for machines comes
before what it shows, markup about this article before markup about the page, and guessing (htmldate, trafilatura) last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from crawler import urls
from crawler.extract import agencies, dates, jsonld, names
from crawler.extract.evidence import Evidence, text_at

T = TypeVar("T")
Rule = Callable[[Evidence], T | None]

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
_MAX_BYLINE_CHARS, _MAX_LABEL_CHARS = 200, 40
_MAX_KEYWORDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page says about its article; the names are those of ``storage.types.Article``."""

    headline: str | None
    canonical_url: str | None
    description: str | None
    authors: tuple[str, ...]
    publisher: str | None
    source_organization: str | None
    credit_text: str | None
    date_published: datetime | None
    date_published_raw: str | None
    date_modified: datetime | None
    date_modified_raw: str | None
    in_language: str | None
    article_section: str | None
    keywords: tuple[str, ...]
    main_image: str | None
    is_accessible_for_free: bool | None
    is_based_on: str | None


def read(evidence: Evidence) -> Metadata:
    """Apply the rules of every field. Pure: dates are judged against the time of fetching, not the clock."""
    published, published_raw = _pick(PUBLISHED, evidence) or (None, None)
    modified, modified_raw = _pick(MODIFIED, evidence) or (None, None)
    return Metadata(
        headline=_pick(HEADLINE, evidence),
        canonical_url=_pick(CANONICAL_URL, evidence),
        description=_pick(DESCRIPTION, evidence),
        authors=_pick(AUTHORS, evidence) or (),
        publisher=_pick(PUBLISHER, evidence),
        source_organization=_pick(AGENCY, evidence),
        credit_text=_pick(CREDIT, evidence),
        date_published=published,
        date_published_raw=published_raw,
        date_modified=modified,
        date_modified_raw=modified_raw,
        in_language=_pick(LANGUAGE, evidence),
        article_section=_pick(SECTION, evidence),
        keywords=_pick(KEYWORDS, evidence) or (),
        main_image=_pick(IMAGE, evidence),
        is_accessible_for_free=_pick(FREE, evidence),
        is_based_on=_pick(BASED_ON, evidence),
    )


def titles(evidence: Evidence) -> tuple[str, ...]:
    """Return every text by which the page calls its article, each once: what a body may repeat."""
    shown = [" ".join(heading.text_content().split()) for heading in evidence.tree.iter("h1")]
    found = [rule(evidence) for rule in HEADLINE] + shown
    return tuple(dict.fromkeys(title for title in found if title))


def _pick(rules: Sequence[Rule[T]], evidence: Evidence) -> T | None:
    return next((found for rule in rules if (found := rule(evidence)) is not None), None)


# -- kinds of rules ---------------------------------------------------------------------------------------------------


def _ld(*fields: str) -> Rule[str]:
    return lambda evidence: jsonld.first(evidence.article, *fields)


def _meta(*properties: str) -> Rule[str]:
    return lambda evidence: evidence.meta(*properties)


def _seen(*xpaths: str) -> Rule[str]:
    return lambda evidence: next((text for xpath in xpaths if (text := text_at(evidence.tree, xpath))), None)


def _attribute(xpath: str) -> Rule[str]:
    return lambda evidence: next((str(value).strip() for value in evidence.tree.xpath(xpath) if value.strip()), None)


def _link(rule: Rule[str]) -> Rule[str]:
    return lambda evidence: urls.absolute(evidence.url, rule(evidence))


def _date(rule: Rule[str]) -> Rule[tuple[datetime, str]]:
    """Turn a rule for a text into one for a date: a text that is no believable date counts as not found."""

    def dated(evidence: Evidence) -> tuple[datetime, str] | None:
        raw = rule(evidence)
        moment = dates.parse(raw, latest=evidence.fetched_at) if raw else None
        return (moment, raw) if moment and raw else None

    return dated


def _without_site(rule: Rule[str]) -> Rule[str]:
    """Take the site's name off the end of a title: "Headline - The Example"."""

    def headline(evidence: Evidence) -> str | None:
        title = rule(evidence)
        match = _SITE_SUFFIX.search(title) if title else None
        return title[: match.start()] if title and match and _names_site(match[1], evidence) else title

    return headline


def _names_site(text: str, evidence: Evidence) -> bool:
    plain = _NOT_IN_NAMES.sub("", text).casefold()
    host = _NOT_IN_NAMES.sub("", urls.site_of(evidence.url))
    names = [
        _NOT_IN_NAMES.sub("", name).casefold()
        for name in (_pick(PUBLISHER, evidence), evidence.meta("og:site_name"))
        if name
    ]
    return plain in names or (len(plain) > 2 and (plain in host or host.startswith(plain.removeprefix("the"))))


# -- single rules -----------------------------------------------------------------------------------------------------


def _title_element(evidence: Evidence) -> str | None:
    return text_at(evidence.tree, "//head//title") or text_at(evidence.tree, "//title")


def _authors_from(bylines: Callable[[Evidence], list[str]]) -> Rule[tuple[str, ...]]:
    def people(evidence: Evidence) -> tuple[str, ...] | None:
        organisations = (_pick(PUBLISHER, evidence), evidence.meta("og:site_name"))
        return names.people(bylines(evidence), organisations) or None

    return people


def _ld_authors(evidence: Evidence) -> list[str]:
    """Return author names of the JSON-LD node; a reference ("@id") is looked up among the page's nodes."""
    authors = evidence.article.get("author") or evidence.article.get("creator")
    by_id = {node["@id"]: node for node in evidence.nodes if isinstance(node.get("@id"), str)}
    listed = authors if isinstance(authors, list) else [authors]
    whole = [
        by_id.get(part.get("@id"), part) if isinstance(part, dict) and "name" not in part else part for part in listed
    ]
    return [name for part in whole for name in jsonld.strings(part)]


def _meta_authors(evidence: Evidence) -> list[str]:
    properties = (
        "parsely-author",
        "sailthru.author",
        "byl",
        "author",
        "dc.creator",
        "dcterms.creator",
        "article:author",
        "og:author",
    )
    return next((list(evidence.metas[name]) for name in properties if _named(evidence.metas.get(name, ()))), [])


def _named(contents: Sequence[str]) -> bool:
    return any(names.people([content]) for content in contents)


def _seen_authors(evidence: Evidence) -> list[str]:
    return _texts(evidence, _BYLINES, _MAX_BYLINE_CHARS)


def _texts(evidence: Evidence, xpaths: Sequence[str], max_chars: int) -> list[str]:
    elements = (element for xpath in xpaths for element in evidence.tree.xpath(xpath))
    texts = (" ".join(element.text_content().split()) for element in elements)
    return [text for text in texts if len(text) <= max_chars]


def _seen_sources(evidence: Evidence) -> list[str]:
    """Return the labels beside a dateline that say where a report is from ("AP")."""
    return _texts(evidence, _SOURCE_LABELS, _MAX_LABEL_CHARS)


def _guessed_authors(evidence: Evidence) -> list[str]:
    from trafilatura.metadata import extract_author  # heavy, and seldom needed

    return [extract_author(evidence.tree) or ""]


def _guessed_date(evidence: Evidence) -> str | None:
    from htmldate import find_date  # heavy, and seldom needed

    latest = evidence.fetched_at.strftime("%Y-%m-%d")
    found: str | None = find_date(
        evidence.tree, original_date=True, url=evidence.url, max_date=latest, deferred_url_extractor=True
    )
    return found


def _language(rule: Rule[str]) -> Rule[str]:
    def primary(evidence: Evidence) -> str | None:
        match = _LANGUAGE.fullmatch(rule(evidence) or "")
        return match[1].lower() if match else None

    return primary


def _access(rule: Rule[object]) -> Rule[bool]:
    def free(evidence: Evidence) -> bool | None:
        return _ACCESS.get(str(rule(evidence)).rpartition("/")[2].strip().lower())

    return free


def _keywords(found: Callable[[Evidence], list[str]]) -> Rule[tuple[str, ...]]:
    def keywords(evidence: Evidence) -> tuple[str, ...] | None:
        words = [word.strip() for text in found(evidence) for word in text.split(",")]
        return tuple(dict.fromkeys(word for word in words if word))[:_MAX_KEYWORDS] or None

    return keywords


def _agency_in(bylines: Callable[[Evidence], list[str]]) -> Rule[str]:
    def agency(evidence: Evidence) -> str | None:
        named = (agencies.named(part) for text in bylines(evidence) for part in (text, *names.parts(text)))
        return next((name for name in named if name), None)

    return agency


def _ld_sources(evidence: Evidence) -> list[str]:
    fields = ("sourceOrganization", "creditText", "copyrightHolder", "provider")
    return [text for field in fields for text in jsonld.strings(evidence.article.get(field))]


def _all_meta_authors(evidence: Evidence) -> list[str]:
    properties = (
        "author",
        "byl",
        "dc.creator",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.source",
        "source",
        "news_source",
    )
    return [content for name in properties for content in evidence.metas.get(name, ())]


def _image(evidence: Evidence) -> str | None:
    image = evidence.article.get("image")
    first = image[0] if isinstance(image, list) and image else image
    return (
        first
        if isinstance(first, str)
        else jsonld.first(first, "url", "contentUrl", "@id")
        if isinstance(first, dict)
        else None
    )


# -- the rules of each field, in order of precedence ------------------------------------------------------------------

PUBLISHER: tuple[Rule[str], ...] = (
    _ld("publisher"),
    _meta("og:site_name", "application-name", "dc.publisher", "al:android:app_name", "apple-mobile-web-app-title"),
)
HEADLINE: tuple[Rule[str], ...] = (
    _without_site(_ld("headline")),
    _without_site(_meta("og:title")),
    _seen("//h1[@itemprop='headline']", "//article//h1", "//h1"),
    _without_site(_meta("headline", "hdl", "title", "dc.title", "twitter:title", "parsely-title", "sailthru.title")),
    _without_site(_title_element),
)
CANONICAL_URL: tuple[Rule[str], ...] = (_link(_attribute("//link[@rel='canonical']/@href")), _link(_meta("og:url")))
DESCRIPTION: tuple[Rule[str], ...] = (
    _ld("description"),
    _meta("og:description", "description", "dc.description", "twitter:description"),
)
AUTHORS: tuple[Rule[tuple[str, ...]], ...] = tuple(
    _authors_from(bylines) for bylines in (_ld_authors, _meta_authors, _seen_authors, _guessed_authors)
)
PUBLISHED: tuple[Rule[tuple[datetime, str]], ...] = (
    _date(_ld("datePublished", "dateCreated", "uploadDate")),
    _date(_meta("article:published_time", "article:published", "og:article:published_time", "og:published_time")),
    _date(
        _meta(
            "datepublished",
            "cxenseparse:recs:publishtime",
            "parsely-pub-date",
            "dc.date.issued",
            "dcterms.issued",
            "dcterms.created",
        )
    ),
    _date(_attribute("//*[@itemprop='datePublished']/@datetime")),
    _date(
        _meta(
            "sailthru.date",
            "pubdate",
            "publishdate",
            "publish-date",
            "publication_date",
            "date.created",
            "dc.date",
            "date",
            "last-modified",
        )
    ),
    _date(_attribute("//time[@pubdate]/@datetime")),
    _date(_attribute("//article//time/@datetime")),
    _date(_attribute("//time/@datetime")),
    _date(_guessed_date),
)
MODIFIED: tuple[Rule[tuple[datetime, str]], ...] = (
    _date(_ld("dateModified")),
    _date(
        _meta(
            "article:modified_time",
            "article:modified",
            "og:updated_time",
            "datemodified",
            "dcterms.modified",
            "lastmod",
            "last-modified",
        )
    ),
    _date(_attribute("//*[@itemprop='dateModified']/@datetime")),
)
LANGUAGE: tuple[Rule[str], ...] = tuple(
    _language(rule)
    for rule in (
        _attribute("/html/@lang"),
        _ld("inLanguage"),
        _meta("content-language", "language", "dc.language", "og:locale"),
    )
)
SECTION: tuple[Rule[str], ...] = (
    _ld("articleSection"),
    _meta("article:section", "parsely-section", "section", "articlesection", "cg", "dc.subject.section"),
)
KEYWORDS: tuple[Rule[tuple[str, ...]], ...] = (
    _keywords(lambda evidence: jsonld.strings(evidence.article.get("keywords"))),
    _keywords(lambda evidence: list(evidence.metas.get("article:tag", ()))),
    _keywords(lambda evidence: list(evidence.metas.get("news_keywords", ()) or evidence.metas.get("keywords", ()))),
)
IMAGE: tuple[Rule[str], ...] = (_link(_image), _link(_meta("og:image", "twitter:image", "twitter:image:src")))
FREE: tuple[Rule[bool], ...] = (
    _access(lambda evidence: evidence.article.get("isAccessibleForFree")),
    _access(_meta("article:content_tier", "isaccessibleforfree")),
)
BASED_ON: tuple[Rule[str], ...] = (
    _link(_ld("isBasedOn", "isBasedOnUrl")),
    _link(_meta("original-source", "syndication-source")),
    _link(_attribute("//link[@rel='syndication-source' or @rel='original-source']/@href")),
)
AGENCY: tuple[Rule[str], ...] = tuple(
    _agency_in(bylines) for bylines in (_ld_sources, _ld_authors, _all_meta_authors, _seen_authors, _seen_sources)
)
CREDIT: tuple[Rule[str], ...] = (
    _ld("creditText", "copyrightNotice"),
    _meta("copyright", "dc.rights", "dcterms.rights"),
)
