"""Page -> Article or Rejection, in one direction: parse, gather, read metadata, find the body, judge, trim."""

from __future__ import annotations

from crawler import urls
from crawler.extract import agencies, body, evidence, furniture, judge, metadata
from crawler.extract.page import Page
from crawler.extract.tree import Refused, parse
from storage.types import Article, Rejection, Stage


def extract(page: Page) -> Article | Rejection:
    """Return the article on the page, or why there is none. Pure: no network, no clock, nothing kept between pages."""
    try:
        return _article(page)
    except Refused as refused:
        source = page.source or urls.site_of(page.url)
        return Rejection(
            url=urls.identity(page.url),
            source=source,
            stage=Stage.EXTRACT,
            reason=refused.reason,
            detail=refused.detail,
        )


def _article(page: Page) -> Article:
    site = urls.site_of(page.url)
    found = evidence.gather(page, parse(page))
    about = metadata.read(found)
    whole = body.text_of(found)
    text = furniture.trim(whole, furniture.Context(metadata.titles(found), about.authors))
    judge.check(found, text)
    dateline = agencies.dateline(text)
    agency = (dateline.agency if dateline else None) or agencies.signed(whole) or about.source_organization
    return Article(
        url=urls.identity(page.url),
        site=site,
        source=page.source or site,
        headline=about.headline or "",
        article_body=text,
        canonical_url=about.canonical_url,
        description=about.description,
        authors=about.authors,
        publisher=about.publisher,
        source_organization=agency,
        credit_text=about.credit_text,
        dateline=dateline.text if dateline else None,
        date_published=about.date_published,
        date_published_raw=about.date_published_raw,
        date_modified=about.date_modified,
        date_modified_raw=about.date_modified_raw,
        in_language=about.in_language,
        article_section=about.article_section,
        keywords=about.keywords,
        main_image=about.main_image,
        is_accessible_for_free=about.is_accessible_for_free,
        is_based_on=about.is_based_on,
    )
