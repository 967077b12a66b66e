"""One list of rules per field, in order of precedence: the first that finds something gives the field.

What a page says for machines comes before what it shows, markup about this article before markup about the page, then
what the source says of it, and guessing (htmldate, trafilatura) last. JSON-LD comes first because publishers write it
for the news search engines, from the fields of their own database; for headlines these often get other words than
readers do, so one that the page both shows and shares goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from crawler.extract import bylines, dates, jsonld, rules
from crawler.extract.evidence import Evidence
from crawler.extract.rules import Found, Rule

Dated = tuple[datetime, str]

_MAX_HEADINGS, _MAX_TITLE_CHARS = 20, 1_000
"""Of what a body may repeat: it is compared with every line at its edges."""


def read(evidence: Evidence, first: Mapping[str, Sequence[Rule[Any]]] = MappingProxyType({})) -> dict[str, Found[Any]]:
    """Return what the rules of every field find, ``first`` those of a publisher; a field that none finds is left out.

    The names are those of ``storage.types.Article``. Dates are judged against the time of fetching, not the clock.
    """
    every = {field: (*first.get(field, ()), *listed) for field, listed in FIELDS.items()}
    found = {field: value for field, listed in every.items() if (value := rules.pick(listed, evidence))}
    for field in ("date_published", "date_modified"):
        if field in found:
            found[field], found[f"{field}_raw"] = _date(found[field], evidence)
    return found


def _date(found: Found[Dated], evidence: Evidence) -> tuple[Found[datetime], Found[str]]:
    """Split a date from its text; the rule also says what of a time the text leaves open."""
    moment, raw = found.value
    rule = ", ".join(part for part in (found.rule, dates.left_open(raw)) if part)
    listed = rules.listed_date(evidence)
    if listed and (exact := dates.to_the_minute(moment, raw, listed[0])) != moment:
        moment, rule = exact, f"{found.rule}, its time from the source"
    return Found(moment, rule), Found(raw, found.rule)


def titles(evidence: Evidence) -> tuple[str, ...]:
    """Return every text by which the page calls its article, each once: what a body may repeat."""
    found = [rule.find(evidence) for rule in HEADLINE] + evidence.shown("h1")[:_MAX_HEADINGS]
    return tuple(dict.fromkeys(title for title in found if title and len(title) <= _MAX_TITLE_CHARS))


# -- the rules of each field, in order of precedence ------------------------------------------------------------------

HEADLINE: tuple[Rule[str], ...] = (
    Rule("meta og:title, shown as h1", rules.shared_headline),
    *rules.headline(*rules.ld("headline"), *rules.meta("og:title"), *rules.micro("headline")),
    rules.shown("h1", inside="article"),
    rules.shown("h1"),
    *rules.headline(
        *rules.meta("headline", "hdl", "title", "dc.title", "twitter:title", "parsely-title", "sailthru.title"),
        Rule("title element", lambda evidence: evidence.title or None),
    ),
    Rule("source", lambda evidence: evidence.page.headline_listed or None),
)
_PUBLISHED: tuple[Rule[Dated], ...] = (
    *rules.dated(
        *rules.ld("datePublished", "dateCreated", "uploadDate"),
        *rules.meta("article:published_time", "article:published", "og:article:published_time", "og:published_time"),
        *rules.micro("datePublished"),
        *rules.meta(
            "datepublished",
            "cxenseparse:recs:publishtime",
            "parsely-pub-date",
            "dc.date.issued",
            "dcterms.issued",
            "dcterms.created",
            "sailthru.date",
            "pubdate",
            "publishdate",
            "publish-date",
            "publication_date",
            "date.created",
            "dc.date",
            "date",
            "last-modified",
        ),
        rules.shown("time", "datetime", inside="article"),
        rules.shown("time", "datetime"),
    ),
    Rule("source", rules.listed_date),
    *rules.dated(Rule("htmldate", rules.guessed_date)),
)
_MODIFIED: tuple[Rule[Dated], ...] = rules.dated(
    *rules.ld("dateModified"),
    *rules.meta(
        "article:modified_time",
        "article:modified",
        "og:updated_time",
        "datemodified",
        "dcterms.modified",
        "lastmod",
        "last-modified",
    ),
    *rules.micro("dateModified"),
)
_AUTHORS = tuple(
    bylines.authors(name, place)
    for name, place in (
        ("json-ld author", bylines.ld_authors),
        ("meta author", bylines.meta_authors),
        ("microdata author", bylines.microdata_authors),
        ("byline", bylines.shown_authors),
    )
)
FIELDS: Mapping[str, Sequence[Rule[Any]]] = {
    "headline": HEADLINE,
    "canonical_url": rules.link(rules.linked("canonical"), *rules.meta("og:url")),
    "description": (
        *rules.ld("description"),
        *rules.meta("og:description", "description", "dc.description", "twitter:description"),
        *rules.micro("description"),
    ),
    # people anywhere come before organisations anywhere
    "authors": (*(people for people, _ in _AUTHORS), *(organisations for _, organisations in _AUTHORS)),
    "publisher": rules.PUBLISHER,
    "source_organization": tuple(
        bylines.agency(name, place)
        for name, place in (
            ("json-ld sourceOrganization", bylines.ld_sources),
            ("json-ld author", bylines.ld_authors),
            ("meta author", bylines.meta_sources),
            ("byline", bylines.every_shown_author),
            ("source label", bylines.shown_sources),
        )
    ),
    "credit_text": (
        *rules.ld("creditText", "copyrightNotice"),
        *rules.meta("copyright", "dc.rights", "dcterms.rights"),
    ),
    "date_published": _PUBLISHED,
    "date_modified": _MODIFIED,
    "in_language": rules.language(
        Rule("html lang", lambda evidence: evidence.tree.getroottree().getroot().get("lang")),
        *rules.ld("inLanguage"),
        *rules.meta("content-language", "language", "dc.language", "og:locale"),
        *rules.micro("inLanguage"),
        Rule("source", lambda evidence: evidence.page.language),
    ),
    "article_section": rules.SECTION,
    "keywords": (
        rules.keywords("json-ld keywords", lambda evidence: jsonld.strings(evidence.article.get("keywords"))),
        rules.keywords("meta article:tag", lambda evidence: evidence.metas.get("article:tag", ())),
        rules.keywords("meta news_keywords", lambda evidence: evidence.metas.get("news_keywords", ())),
        rules.keywords("meta keywords", lambda evidence: evidence.metas.get("keywords", ())),
        rules.keywords("microdata keywords", lambda evidence: jsonld.strings(evidence.microdata.get("keywords"))),
    ),
    "main_image": rules.link(
        Rule("json-ld image", rules.image),
        *rules.meta("og:image", "twitter:image", "twitter:image:src"),
        *rules.micro("image"),
    ),
    "is_accessible_for_free": rules.access(
        Rule("json-ld isAccessibleForFree", lambda evidence: _word(evidence.article.get("isAccessibleForFree"))),
        *rules.micro("isAccessibleForFree"),
        *rules.meta("article:content_tier", "isaccessibleforfree"),
        Rule("json-ld hasPart", lambda evidence: _locked_part(evidence.article)),
    ),
    "is_based_on": rules.link(
        *rules.ld("isBasedOn", "isBasedOnUrl"),
        *rules.meta("original-source", "syndication-source"),
        rules.linked("syndication-source"),
        rules.linked("original-source"),
    ),
}


def _locked_part(article: jsonld.Node) -> str | None:
    """Return "false" if a part of the article is not free; one that is says nothing of the others."""
    parts = article.get("hasPart")
    listed = parts if isinstance(parts, list) else [parts]
    words = [_word(part.get("isAccessibleForFree")) for part in listed if isinstance(part, dict)]
    return next((word for word in words if word and word.lower() == "false"), None)


def _word(value: object) -> str | None:
    return str(value) if isinstance(value, str | bool) else None
