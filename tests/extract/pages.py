"""Small pages for tests of single rules."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extract import Page, extract
from crawler.extract.evidence import Evidence, gather
from crawler.extract.tree import parse
from storage.types import Article, Rejection

FETCHED_AT = datetime(2024, 3, 20, 12, tzinfo=UTC)
PARAGRAPHS = (
    "The council approved the new budget on Tuesday after a long debate about roads, schools and the library.",
    "Residents had filled the hall an hour before, and some of them stood in the corridor until the vote was over.",
    "The mayor said that the reserve would last for two years if the winters stayed mild, which nobody can promise.",
)
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(html: str | bytes, url: str = "https://www.a.example/news/1", content_type: str | None = "text/html") -> Page:
    """Return a page of this HTML; text is sent as UTF-8."""
    content = html.encode() if isinstance(html, str) else html
    return Page(url=url, content=content, content_type=content_type, fetched_at=FETCHED_AT)


def article(
    head: str = "", body: str = BODY, html: str = "<html>", url: str = "https://www.a.example/news/1"
) -> Article:
    """Return the article that a page with this head and body gives; fail if it is rejected."""
    result = extract(page(f"{html}<head>{head}</head><body><article>{body}</article></body></html>", url))
    assert isinstance(result, Article), result
    return result


def rejection(
    html: str | bytes, url: str = "https://www.a.example/news/1", content_type: str | None = "text/html"
) -> Rejection:
    """Return why the page is rejected; fail if it gives an article."""
    result = extract(page(html, url, content_type))
    assert isinstance(result, Rejection), result
    return result


def evidence(head: str, body: str = BODY) -> Evidence:
    """Return what is gathered from a page with this head and body."""
    built = page(f"<html><head>{head}</head><body>{body}</body></html>")
    return gather(built, parse(built))
