"""What discovery makes of one answer of a source."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from crawler.sources.links import Link

Entry = TypeVar("Entry")

MAX_LINKS = 10_000
MAX_ENTRIES = 100_000  # twice what the sitemap protocol allows; what comes after them is counted, not read
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What a source answered: its title and its links in its order.

    ``form`` is what people call the format: "RSS", "news sitemap".
    ``dropped`` counts entries that gave no link, by reason: "no-address" (none of http or https), "over-limit" (more
    than are taken from one answer). ``skipped`` are the addresses that the source's ``follow`` leaves out.
    """

    form: str
    links: Sequence[Link]
    title: str | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    skipped: Sequence[str] = ()


def select(
    form: str,
    entries: Iterable[Entry],
    read: Callable[[Entry], Link | None],
    follow: str | None,
    title: str | None = None,
) -> Discovered:
    """Return the links that `read` finds in the entries, in their order, and what becomes of the others.

    Of more than ``MAX_LINKS`` the newest stay: some sitemaps list the oldest first.
    """
    dropped: Counter[str] = Counter()
    skipped: list[str] = []
    found = _followed(_readable(entries, read, dropped), re.compile(follow or ""), skipped)
    newest = heapq.nlargest(MAX_LINKS, _counted(found, dropped), key=_age)
    dropped["over-limit"] -= len(newest)
    links = [link for _, link in sorted(newest, key=lambda pair: pair[0])]
    return Discovered(form=form, links=links, title=title, dropped=dict(+dropped), skipped=tuple(skipped[:MAX_LINKS]))


def _readable(
    entries: Iterable[Entry], read: Callable[[Entry], Link | None], dropped: Counter[str]
) -> Iterator[tuple[int, Link]]:
    for position, entry in enumerate(entries):
        link = read(entry) if position < MAX_ENTRIES else None
        if link is None:
            dropped["no-address" if position < MAX_ENTRIES else "over-limit"] += 1
        else:
            yield position, link


def _followed(
    found: Iterable[tuple[int, Link]], follow: re.Pattern[str], skipped: list[str]
) -> Iterator[tuple[int, Link]]:
    for position, link in found:
        if link.kind == "article" and not follow.search(link.url):
            skipped.append(link.url)
        else:
            yield position, link


def _counted(found: Iterable[tuple[int, Link]], dropped: Counter[str]) -> Iterator[tuple[int, Link]]:
    for pair in found:
        dropped["over-limit"] += 1
        yield pair


def _age(pair: tuple[int, Link]) -> tuple[datetime, int]:
    position, link = pair
    return link.latest or _LONG_AGO, -position
