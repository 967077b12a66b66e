"""Pages that send the browser on at once by a meta element."""

from __future__ import annotations

import html
import re

from crawler.urls.spelling import absolute

_LOOKED_AT_BYTES = 8_192
_MOST_S = 5
"""Pages that wait longer are meant to be read first, or load themselves again."""
_NOT_SHOWN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(noscript|script|style|template|textarea|title)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_META = re.compile(r"<meta\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)", re.IGNORECASE)
_REFRESHES = re.compile(r"\bhttp-equiv\s*=\s*[\"']?\s*refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\s*(\d{1,6})[\d.]*(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?(\S.*)", re.IGNORECASE | re.DOTALL)


def refresh_target(content: bytes, base: str) -> str | None:
    """Return where the page sends the browser within five seconds, if that is another web address.

    Only the first 8 KB are looked at, without parsing; what is in comments, noscript and scripts does not count.
    Source: HTML Standard, shared declarative refresh steps.

    >>> refresh_target(b'<meta http-equiv="refresh" content="0; url=/story">', "https://example.com/s?id=7")
    'https://example.com/story'
    """
    head = content[:_LOOKED_AT_BYTES]
    if b"refresh" not in head.lower():
        return None
    metas = (match[1] for match in _META.finditer(_NOT_SHOWN.sub(" ", head.decode("utf-8", "replace"))))
    directive = next((_content(meta) for meta in metas if _REFRESHES.search(meta)), "")
    match = _DIRECTIVE.fullmatch(directive)
    if match is None or int(match[1]) > _MOST_S:
        return None
    target = absolute(base, _unquoted(match[2]))
    return target if target and target.partition("#")[0] != base.partition("#")[0] else None


def _content(meta: str) -> str:
    match = _CONTENT.search(meta)
    return html.unescape(next(filter(None, match.groups()), "")) if match else ""


def _unquoted(target: str) -> str:
    """Return what stands between quotes, if it begins with one; the closing one may be missing."""
    return target[1:].partition(target[0])[0] if target[0] in "\"'" else target
