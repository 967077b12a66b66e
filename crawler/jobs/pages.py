"""Pages as they are kept for later rules of extraction, and back. Pure."""

from __future__ import annotations

from dataclasses import fields, replace

from crawler import urls
from crawler.extract.page import Page
from storage.types import TEXT_FROM, Article, KeptPage, Rejection

FEED = "feed"

_SHARED = tuple(field.name for field in fields(Page) if field.name != "url")


def kept_page(page: Page, result: Article | Rejection, text_from: str | None = None) -> KeptPage:
    """Return a page as it is kept, under the URL of what it gave: canonical claims may have moved that."""
    return KeptPage(
        url=result.url,
        site=urls.site_of(result.url),
        is_article=isinstance(result, Article),
        reason=result.reason if isinstance(result, Rejection) else None,
        address=page.url,
        text_from=text_from,
        **{name: getattr(page, name) for name in _SHARED},
    )


def page_of(kept: KeptPage) -> Page:
    """Return a kept page as extraction was given it."""
    return Page(url=kept.address, **{name: getattr(kept, name) for name in _SHARED})


def with_text_from(result: Article | Rejection, text_from: str | None) -> Article | Rejection:
    """Note on an article where its text comes from, if that is not its page."""
    if text_from is None or isinstance(result, Rejection):
        return result
    return replace(result, extra={**result.extra, TEXT_FROM: text_from})
