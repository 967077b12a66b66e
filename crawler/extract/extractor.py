"""Page -> Article or Rejection, in one direction: parse, gather, read metadata, find the body, trim it, judge."""

from __future__ import annotations

from dataclasses import asdict

from lxml import html

from crawler import urls
from crawler.extract import agencies, body, evidence, furniture, judge, metadata
from crawler.extract.page import Page
from crawler.extract.tree import Refused, parse, parse_again
from storage.types import Article, Rejection, Stage


def extract(page: Page) -> Article | Rejection:
    """Return the article on the page, or why there is none. Pure: no network, no clock, nothing kept between pages."""
    try:
        return _read(page)
    except Refused as refused:
        source = page.source or urls.site_of(page.url)
        return Rejection(
            url=urls.identity(page.url),
            source=source,
            stage=Stage.EXTRACT,
            reason=refused.reason,
            detail=refused.detail,
        )


def _read(page: Page) -> Article:
    """Read the page; if its tree holds little text, look whether the parser lost some."""
    tree = parse(page)
    try:
        return _article(page, tree)
    except Refused as refused:
        again = parse_again(page, tree) if refused.reason == "too-short" else None
        if again is None:
            raise
        return _article(page, again)


def _article(page: Page, tree: html.HtmlElement) -> Article:
    found = evidence.gather(page, tree)
    about = metadata.read(found)
    url, address = urls.claimed(page.url, about.canonical_url), urls.address(page.url)
    site = urls.site_of(url)
    whole = body.text_of(found)
    text = furniture.trim(whole, furniture.Context(metadata.titles(found), about.authors))
    judge.check(found, text)
    dateline = agencies.dateline(text)
    agency = agencies.signed(whole) or about.source_organization or (dateline.agency if dateline else None)
    return Article(
        **asdict(about)
        | {
            "url": url,
            "address": address if address != url else None,
            "site": site,
            "source": page.source or site,
            "headline": about.headline or "",
            "article_body": text,
            "dateline": dateline.text if dateline else None,
            "source_organization": agency,
            "credit_text": about.credit_text or agencies.credit_line(whole),
        }
    )
