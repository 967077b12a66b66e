"""What the answer of a server reserves."""

from __future__ import annotations

from scrapy.http import Headers

_OUR_NAME = "wirefold"
_NOT_FOR_AI = frozenset({"noai", "noimageai"})


def opt_outs(headers: Headers) -> tuple[str, ...]:
    """Return the reservations against AI and text and data mining in HTTP headers, sorted.

    Source: X-Robots-Tag as Google documents it (``name: rule`` is for that crawler alone); ``noai`` and ``noimageai``
    as DeviantArt introduced them; TDM Reservation Protocol (W3C community group), section 3.2.

    >>> opt_outs(Headers({"X-Robots-Tag": ["noindex, noai", "otherbot: noimageai"], "TDM-Reservation": "1"}))
    ('noai', 'tdm-reservation')
    """
    found = {rule for line in _lines(headers, "X-Robots-Tag") for rule in _rules(line) if rule in _NOT_FOR_AI}
    if "1" in _lines(headers, "TDM-Reservation"):
        found.add("tdm-reservation")
    return tuple(sorted(found))


def _lines(headers: Headers, name: str) -> list[str]:
    return [value.decode("latin-1").strip().lower() for value in headers.getlist(name)]


def _rules(line: str) -> list[str]:
    """Return the rules of one line that are for us. A line for one crawler begins with its name."""
    name, colon, rest = line.partition(":")
    if colon and "," not in name and name.strip() not in ("unavailable_after", _OUR_NAME):
        return []
    return [rule.strip() for rule in (rest if colon and name.strip() == _OUR_NAME else line).split(",")]
