"""What makes an HTTP response a page: the rules that a crawl and an archive share."""

from __future__ import annotations

import re

from crawler import urls
from storage.types import Rejection, Stage

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# Servers that do not know say one of these; then the first bytes decide.
_VAGUE_TYPES = frozenset({"", "text/plain", "application/octet-stream"})
_HTML_START = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# Request Timeout, Too Early, Too Many Requests: another time it may be served.
_PASSING_STATUSES = frozenset({408, 425, 429})


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


def refuse_status(url: str, source: str, status: int) -> Rejection:
    """Refuse a response for its HTTP status; what may pass (5xx, 429) may be fetched again."""
    return refuse(url, source, f"http-{status}", retry=status >= 500 or status in _PASSING_STATUSES)
