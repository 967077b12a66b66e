"""One list of rules per field, in order of precedence: the first that finds something gives the field.

A rule is a function of the page's :class:`Evidence`; its name says where it looks. What a page says for machines comes
before what it shows, markup about this article before markup about the page, then what the source says of it, and
guessing (htmldate, trafilatura) last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from crawler.extract import dates, jsonld, rules
from crawler.extract.evidence import Evidence

_MAX_HEADINGS, _MAX_TITLE_CHARS = 20, 1_000
"""Of what a body may repeat: it is compared with every line at its edges."""


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
    opt_outs: tuple[str, ...]


def read(evidence: Evidence) -> Metadata:
    """Apply the rules of every field. Pure: dates are judged against the time of fetching, not the clock."""
    published, published_raw = rules.pick(PUBLISHED, evidence) or (None, None)
    if published and published_raw and (listed := rules.listed_date(evidence)):
        published = dates.to_the_minute(published, published_raw, listed[0])
    modified, modified_raw = rules.pick(MODIFIED, evidence) or (None, None)
    return Metadata(
        headline=rules.pick(HEADLINE, evidence),
        canonical_url=rules.pick(CANONICAL_URL, evidence),
        description=rules.pick(DESCRIPTION, evidence),
        authors=rules.pick(AUTHORS, evidence) or (),
        publisher=rules.pick(rules.PUBLISHER, evidence),
        source_organization=rules.pick(AGENCY, evidence),
        credit_text=rules.pick(CREDIT, evidence),
        date_published=published,
        date_published_raw=published_raw,
        date_modified=modified,
        date_modified_raw=modified_raw,
        in_language=rules.pick(LANGUAGE, evidence),
        article_section=rules.pick(SECTION, evidence),
        keywords=rules.pick(KEYWORDS, evidence) or (),
        main_image=rules.pick(IMAGE, evidence),
        is_accessible_for_free=rules.pick(FREE, evidence),
        is_based_on=rules.pick(BASED_ON, evidence),
        opt_outs=rules.opt_outs(evidence),
    )


def titles(evidence: Evidence) -> tuple[str, ...]:
    """Return every text by which the page calls its article, each once: what a body may repeat."""
    headings = islice(evidence.tree.iter("h1"), _MAX_HEADINGS)
    shown = [" ".join(heading.text_content().split()) for heading in headings]
    found = [rule(evidence) for rule in HEADLINE] + shown
    return tuple(dict.fromkeys(title for title in found if title and len(title) <= _MAX_TITLE_CHARS))


# -- the rules of each field, in order of precedence ------------------------------------------------------------------

HEADLINE: tuple[rules.Rule[str], ...] = (
    rules.without_site(rules.ld("headline")),
    rules.without_site(rules.meta("og:title")),
    rules.seen("//h1[@itemprop='headline']", "//article//h1", "//h1"),
    rules.without_site(
        rules.meta("headline", "hdl", "title", "dc.title", "twitter:title", "parsely-title", "sailthru.title")
    ),
    rules.without_site(rules.title_element),
    rules.listed_headline,
)
CANONICAL_URL: tuple[rules.Rule[str], ...] = (
    rules.link(rules.attribute("//link[@rel='canonical']/@href")),
    rules.link(rules.meta("og:url")),
)
DESCRIPTION: tuple[rules.Rule[str], ...] = (
    rules.ld("description"),
    rules.meta("og:description", "description", "dc.description", "twitter:description"),
)
AUTHORS: tuple[rules.Rule[tuple[str, ...]], ...] = tuple(
    rules.authors_from(bylines)
    for bylines in (rules.ld_authors, rules.meta_authors, rules.seen_authors, rules.guessed_authors)
)
PUBLISHED: tuple[rules.Rule[tuple[datetime, str]], ...] = (
    rules.date(rules.ld("datePublished", "dateCreated", "uploadDate")),
    rules.date(
        rules.meta("article:published_time", "article:published", "og:article:published_time", "og:published_time")
    ),
    rules.date(
        rules.meta(
            "datepublished",
            "cxenseparse:recs:publishtime",
            "parsely-pub-date",
            "dc.date.issued",
            "dcterms.issued",
            "dcterms.created",
        )
    ),
    rules.date(rules.attribute("//*[@itemprop='datePublished']/@datetime")),
    rules.date(
        rules.meta(
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
    rules.date(rules.attribute("//time[@pubdate]/@datetime")),
    rules.date(rules.attribute("//article//time/@datetime")),
    rules.date(rules.attribute("//time/@datetime")),
    rules.listed_date,
    rules.date(rules.guessed_date),
)
MODIFIED: tuple[rules.Rule[tuple[datetime, str]], ...] = (
    rules.date(rules.ld("dateModified")),
    rules.date(
        rules.meta(
            "article:modified_time",
            "article:modified",
            "og:updated_time",
            "datemodified",
            "dcterms.modified",
            "lastmod",
            "last-modified",
        )
    ),
    rules.date(rules.attribute("//*[@itemprop='dateModified']/@datetime")),
)
LANGUAGE: tuple[rules.Rule[str], ...] = tuple(
    rules.language(rule)
    for rule in (
        rules.attribute("/html/@lang"),
        rules.ld("inLanguage"),
        rules.meta("content-language", "language", "dc.language", "og:locale"),
        rules.listed_language,
    )
)
SECTION: tuple[rules.Rule[str], ...] = (
    rules.ld("articleSection"),
    rules.meta("article:section", "parsely-section", "section", "articlesection", "cg", "dc.subject.section"),
)
KEYWORDS: tuple[rules.Rule[tuple[str, ...]], ...] = (
    rules.keywords(lambda evidence: jsonld.strings(evidence.article.get("keywords"))),
    rules.keywords(lambda evidence: list(evidence.metas.get("article:tag", ()))),
    rules.keywords(
        lambda evidence: list(evidence.metas.get("news_keywords", ()) or evidence.metas.get("keywords", ()))
    ),
)
IMAGE: tuple[rules.Rule[str], ...] = (
    rules.link(rules.image),
    rules.link(rules.meta("og:image", "twitter:image", "twitter:image:src")),
)
FREE: tuple[rules.Rule[bool], ...] = (
    rules.access(lambda evidence: evidence.article.get("isAccessibleForFree")),
    rules.access(rules.meta("article:content_tier", "isaccessibleforfree")),
)
BASED_ON: tuple[rules.Rule[str], ...] = (
    rules.link(rules.ld("isBasedOn", "isBasedOnUrl")),
    rules.link(rules.meta("original-source", "syndication-source")),
    rules.link(rules.attribute("//link[@rel='syndication-source' or @rel='original-source']/@href")),
)
AGENCY: tuple[rules.Rule[str], ...] = tuple(
    rules.agency_in(bylines)
    for bylines in (rules.ld_sources, rules.ld_authors, rules.meta_sources, rules.seen_authors, rules.seen_sources)
)
CREDIT: tuple[rules.Rule[str], ...] = (
    rules.ld("creditText", "copyrightNotice"),
    rules.meta("copyright", "dc.rights", "dcterms.rights"),
)
