"""What a crawl reads in HTTP responses; what makes one a page is a rule that archives share."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler import urls
from storage.types import LinkState, Rejection, SourceState, Stage

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# Servers that do not know say one of these; then the first bytes decide.
_VAGUE_TYPES = frozenset({"", "text/plain", "application/octet-stream"})
_HTML_START = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# Request Timeout, Too Early, Too Many Requests: another time it may be served.
# Forbidden and Not Found are often said for a while: by a wall against bots, by a copy of the site that lags behind.
_PASSING_STATUSES = frozenset({403, 404, 408, 425, 429})
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def is_html(content_type: str | None, content: bytes) -> bool:
    """Tell whether a response is HTML, by its Content-Type, or by its first KiB where that says nothing.

    >>> is_html("text/html; charset=utf-8", b""), is_html("application/pdf", b"<html>"), is_html(None, b" <html>")
    (True, False, True)
    """
    mime = (content_type or "").partition(";")[0].strip().lower()
    return mime in _HTML_TYPES or (mime in _VAGUE_TYPES and _HTML_START.search(content[:1024]) is not None)


def refuse(url: str, source: str, reason: str, detail: str = "", *, retry: bool = False) -> Rejection:
    """Say that a link did not become a page. The rejection is kept under the URL's identity."""
    return Rejection(
        url=urls.identity(url), source=source, stage=Stage.FETCH, reason=reason, detail=detail, retry=retry
    )


def refuse_status(url: str, source: str, status: int, detail: str = "") -> Rejection:
    """Refuse a response for its HTTP status; what may pass (5xx, 404, 429) may be fetched again."""
    return refuse(url, source, f"http-{status}", detail, retry=status >= 500 or status in _PASSING_STATUSES)


def header(response: Response, name: str) -> str | None:
    """Return a header of a response as text."""
    value: bytes | None = response.headers.get(name)
    return value.decode("latin-1") if value else None


def digest(response: Response) -> str:
    """Return the payload digest of the body as it came over the line."""
    received: str = response.meta["received_digest"]
    return received


def is_unchanged(response: Response, state: SourceState | LinkState) -> bool:
    """Tell whether a document or a page is what it was at the last visit, whether the server says so or not."""
    return response.status == 304 or (response.status == 200 and digest(response) == state.payload_digest)


def max_age_s(response: Response) -> float | None:
    """Return for how many seconds the server says that its answer holds, None if it does not say.

    Source: RFC 9111, 5.2.2.1.
    """
    found = _MAX_AGE.search(header(response, "Cache-Control") or "")
    return float(found[1]) if found else None


def conditions(state: SourceState | LinkState) -> dict[str, str]:
    """Return the headers that ask for a document or a page only if it has changed."""
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def with_validators(state: SourceState, response: Response) -> SourceState:
    """Return a document's state with the validators to send next time.

    A 304 may leave out those that have not changed. Source: RFC 9110, 15.4.5.
    """
    etag, last_modified = (state.etag, state.last_modified) if response.status == 304 else (None, None)
    return replace(
        state,
        etag=header(response, "ETag") or etag,
        last_modified=header(response, "Last-Modified") or last_modified,
    )


def unaskable(url: str) -> str:
    """Say why no request can be made of an address; "" if it can."""
    from scrapy import Request

    try:
        Request(url)
    except ValueError as error:
        return str(error)
    return ""


def request_of(failure: Failure) -> Request:
    """Return the request that failed."""
    request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there for errbacks
    return request
