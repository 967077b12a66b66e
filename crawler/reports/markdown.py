"""The report as Markdown, short enough for a mail. What pages said stays text: nothing in it is markup or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import quote

from crawler.reports.attention import confirmed
from crawler.reports.summary import Summary, about
from crawler.reports.wording import brief, link, moment, plural
from storage.types import ClusterRow

MAX_CLUSTERS = 10
_SHOWN_DAYS = 14
_SHOWN_PAIRS = 10
_SHOWN_SOURCES = 20
_HEADLINE_CHARS = 100
_MARKUP = re.compile(r"([\\`*_\[\]<>|&~#])")


def render(summary: Summary, *_: object, max_clusters: int = MAX_CLUSTERS) -> str:
    """Make the mail; ``max_clusters`` are listed to look at, and as many others for being large."""
    look = summary.urgent[:max_clusters]
    shown = {row.id for row in look}
    others = islice((row for row in summary.clusters if row.id not in shown), max_clusters)
    sections = (
        ("Need a look", _clusters(summary, look)),
        ("Largest of the others" if look else "Largest", _clusters(summary, others)),
        ("Who runs whose text", _pairs(summary)),
        ("Sources that need a look", _sources(summary)),
        ("By day", _days(summary)),
    )
    lines = [*_head(summary), *(line for title, found in sections for line in _section(title, list(found)))]
    return "\n".join(lines) + "\n"


def _head(summary: Summary) -> Iterator[str]:
    yield f"# Wirefold report, {moment(summary.now)} UTC"
    if lines := [f"- {name}: {_text(value)}" for name, value in about(summary.asked)]:
        yield from ("", *lines)
    found = summary.volume
    yield from (
        "",
        f"{plural(found.articles, 'article')}, {plural(found.copies, 'copy', 'copies')} among them.",
        f"{plural(len(summary.clusters), 'cluster')} of two or more, {len(summary.urgent):,} to look at.",
    )


def _section(title: str, lines: Sequence[str]) -> Sequence[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _clusters(summary: Summary, rows: Iterable[ClusterRow]) -> Iterator[str]:
    for row in rows:
        marks = [reason.text for reason in summary.reasons[row.id][:1]] + ["Confirmed."] * confirmed(row)
        about_it = f"{plural(len(row.members), 'article')}, canonical at {_text(row.canonical.source)}."
        yield " ".join([f"- {_linked(row.canonical.headline, row.canonical.url)}:", about_it, *map(_text, marks)])


def _pairs(summary: Summary) -> Iterator[str]:
    named = [(row.source, row.counts) for row in summary.matrix.rows if row.source is not None]
    columns = summary.matrix.columns
    cells = [(count, source, name) for source, counts in named for count, name in zip(counts, columns, strict=True)]
    cells.sort(key=lambda cell: -cell[0])
    for count, source, origin in cells[:_SHOWN_PAIRS]:
        if count:
            yield f"- {_text(source)} has {plural(count, 'copy', 'copies')} of {_text(origin)}"


def _sources(summary: Summary) -> Iterator[str]:
    looks = [each for each in summary.sources if each.needs_look]
    for each in looks[:_SHOWN_SOURCES]:
        yield f"- {_text(each.health.name)}: {'; '.join(_text(sign.text) for sign in each.signs)}"
    if len(looks) > _SHOWN_SOURCES:
        yield f"- and {len(looks) - _SHOWN_SOURCES} more"


def _days(summary: Summary) -> Iterator[str]:
    days = summary.volume.days[-_SHOWN_DAYS:] if summary.volume.articles else ()
    if days:
        yield from ("| Day | Canonical | Copies |", "|---|---:|---:|")
    yield from (f"| {day.day} | {day.canonical:,} | {day.copies:,} |" for day in days)


def _linked(headline: str, url: str) -> str:
    words, address = _text(headline) or "No headline", link(url)
    return words if address is None else f"[{words}](<{quote(address, safe=':/?#[]@!$&()*+,;=%~')}>)"


def _text(text: str) -> str:
    r"""Take the meaning of markup from a text.

    >>> _text("*Ferry* [sinks](javascript:alert) <b>")
    '\\*Ferry\\* \\[sinks\\](javascript:alert) \\<b\\>'
    """
    return _MARKUP.sub(r"\\\1", brief(text, _HEADLINE_CHARS))
