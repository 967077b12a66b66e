"""Reads robots.txt as RFC 9309 says; pure.

Protego reads the rules and matches addresses. It differs from RFC 9309, or from Google's parser where the RFC leaves it
open, in what is mended here before it sees a line:

- bytes: a byte order mark (a cut one, too) is left out, so that the first line counts; bytes that are not UTF-8 count
  as percent-encoded; only CR, LF and CRLF end a line (Protego also splits at form feeds and Unicode separators); lines
  are cut after 16,663 bytes and the file after 500 KiB;
- groups: only the group for the reader is handed to Protego. It would copy each rule to every user agent of a group, so
  that a file of 500 KB could fill the memory;
- names: a group's name is its first word without version and "*" (``Foo/1.0 (x)`` is ``foo``); it holds for a crawler
  of that name or of a name that goes on with something else than a letter (``foo-news``), the longest winning. For
  Protego ``wire`` would be meant for ``wirefold``, too.

Left as Protego has it: a Crawl-delay or unknown record ends the list of user agents before it, as a rule does, because
that is what its authors mean (section 2.2.4 would join ``User-agent: *``, ``Crawl-delay: 9`` to the next group); lines
without a colon and usual misspellings count; "$" at the end of a rule also stands for itself; ``index.html`` allowed
allows its folder; equivalent percent-encodings are equal on both sides (Google leaves the address as it is).

Source: RFC 9309; https://github.com/google/robotstxt; Protego 0.7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self
from urllib.parse import quote

from protego import Protego

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: "at least 500 kibibytes"
_MAX_LINE_BYTES = 2083 * 8 - 1  # as Google's parser
_BYTE_ORDER_MARK = re.compile(rb"\xef(\xbb\xbf?)?")
_LINE_END = re.compile(rb"\r\n?|\n")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_OTHER_LINE_END = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
# A colon may be missing, but then none separates another name from its value.
_AGENT = re.compile(r"user[- ]?agent(?:\s*:|\s(?!.*:\s)|\Z)\s*(.*)", re.IGNORECASE | re.DOTALL)
# What belongs to no group, and so ends none.
_SITE_WIDE = re.compile(r"(site-?maps?|host)\s*(:|\s)", re.IGNORECASE)
_RECORD = re.compile(r"[^:]*:|(allow|dis+al+o?w|crawl[- ]delay|request[- ]rate)\s", re.IGNORECASE)

_Group = list[str]


class Rules:
    """What one robots.txt asks of crawlers. ``Rules()`` asks nothing."""

    def __init__(self) -> None:
        self._groups: dict[str, list[_Group]] = {}
        self._parsed: dict[str, Protego] = {}

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a robots.txt; there is none that cannot be read."""
        rules = cls()
        group: _Group = []  # rules before the first user agent hold for nobody
        ended = True
        for line in _lines(body):
            if agent := _AGENT.fullmatch(line):
                if ended:
                    group, ended = [], False
                rules._groups.setdefault(_name(agent[1]), []).append(group)
            elif _RECORD.match(line) and not _SITE_WIDE.match(line):
                group.append(line)
                ended = True
        return rules

    def allows(self, url: str, user_agent: str) -> bool:
        """Tell whether `user_agent` (a name or a whole User-Agent header) may fetch `url`.

        >>> rules = Rules.parse(b"User-agent: *\\nDisallow: /private/\\nAllow: /private/press")
        >>> [rules.allows(f"https://a.example/private/{page}", "Wirefold") for page in ("x", "press/1")]
        [False, True]
        """
        return bool(self._for(user_agent).can_fetch(url, "*"))

    def delay_s(self, user_agent: str) -> float:
        """Return the least seconds between two requests: the slower of Crawl-delay and Request-rate, 0 if neither.

        >>> Rules.parse(b"User-agent: *\\nCrawl-delay: 2\\nRequest-rate: 10/1m").delay_s("Wirefold")
        6.0
        """
        rules = self._for(user_agent)
        rate = rules.request_rate("*")
        return max(rules.crawl_delay("*") or 0.0, rate.seconds / rate.requests if rate else 0.0)

    def _for(self, user_agent: str) -> Protego:
        name = self._best_name(user_agent.lower())
        if name not in self._parsed:
            lines = [line for group in self._groups.get(name, []) for line in group]
            self._parsed[name] = Protego.parse("\n".join(["User-agent: *", *lines]))
        return self._parsed[name]

    def _best_name(self, user_agent: str) -> str:
        """Return the name of the group to obey: the longest that is meant for the crawler, else "*"."""
        if " " in user_agent and "/" not in user_agent:
            return "*"  # neither a name nor a header
        user_agent = user_agent.replace("*", "")
        names = (name for name in self._groups if name and name in user_agent and _is_meant(name, user_agent))
        return max(names, key=len, default="*")


def _is_meant(name: str, user_agent: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![^\W\d_])", user_agent) is not None


def _name(value: str) -> str:
    """Return under which name a user-agent line is kept."""
    word = (value.split() or [""])[0].lower()
    return word if word == "*" else word.partition("/")[0].replace("*", "")


def _lines(body: bytes) -> Iterator[str]:
    """Yield the lines that say something, without comments and space around."""
    start = _BYTE_ORDER_MARK.match(body)
    for line in _LINE_END.split(body[start.end() if start else 0 : MAX_BYTES]):
        text = line[:_MAX_LINE_BYTES].decode("utf-8", "surrogateescape").partition("#")[0].strip()
        if text:
            text = _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", text)
            yield _OTHER_LINE_END.sub(lambda end: quote(end[0]), text)
