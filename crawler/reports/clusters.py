"""The report as a page: numbers, plots, and clusters for a person to look at; one HTML file without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import islice
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from crawler.reports.attention import Found, Reason, confirmed, urgent
from crawler.reports.difference import Difference, difference
from crawler.reports.figures import plots
from crawler.reports.path import Path, path
from crawler.reports.pickup import MARKS
from crawler.reports.rendering import environment
from crawler.reports.summary import Summary, about
from crawler.reports.timeline import Stop, Timeline, carried, timeline
from dedupe.provenance import Provenance
from storage.types import ClusterRow, MemberRow, Stats

Texts = Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]
Trace = Callable[[ClusterRow], Provenance]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a cluster a card shows."""

    variants: int
    stops: int
    branches: int
    with_differences: bool


MAX_CLUSTERS = 200
# The page is sent by mail and opened on phones: 5 MB at most. Cards are whole while there is room for that and for the
# cards still to come, which may have to be short ones.
_CARDS_BYTES = 4_500_000
_CARD_BYTES = 3_500
_SHOWN_DIFFERENCES = 3
_WHOLE = Extent(variants=6, stops=10, branches=12, with_differences=True)
_SHORT = Extent(variants=2, stops=4, branches=0, with_differences=False)
_SHOWN_LOSSES = 40
_SHOWN_HEALTH = 40
_SHOWN_DECISIONS = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """A copy as shown, with its difference from the canonical article when that is in the page."""

    member: MemberRow
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Card:
    """A cluster as shown: the weakest copies first, each source once."""

    cluster: ClusterRow
    reasons: tuple[Reason, ...]
    confirmed: bool
    timeline: Timeline
    stops: tuple[Stop, ...]
    path: Path | None
    variants: tuple[Variant, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One list of clusters: those that an earlier section shows, the cards of the others, and how many had no room."""

    key: str
    above: tuple[ClusterRow, ...]
    cards: tuple[Markup, ...]
    left_out: int


def render(summary: Summary, texts: Texts, trace: Trace, *, max_clusters: int = MAX_CLUSTERS) -> str:
    """Make the page: the numbers, then the clusters most in need of a look, the largest and the newest, each once."""
    templates = _environment()
    chosen = choose(summary.clusters, summary.reasons, now=summary.now, max_clusters=max_clusters)
    count, template = min(len(summary.clusters), max_clusters), templates.get_template("card.html")
    cards = _Cards(count, template, lambda row, extent: _card(row, summary, texts, trace, extent))
    sections = [cards.section(key, rows) for key, rows in chosen.items()]
    return templates.get_template("clusters.html").render(
        summary=summary,
        about=list(about(summary.asked)),
        shown=cards.shown,
        sections=sections,
        plots=plots(summary.volume, summary.curves),
        **_style(),
        **_losses(summary.stats),
    )


def _style() -> dict[str, str]:
    """Give the style sheet and the hash by which the page allows it and no other."""
    css = (files("crawler.reports") / "templates/clusters.css").read_text(encoding="utf-8")
    return {"css": Markup(css), "css_hash": base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}


def _losses(stats: Stats) -> dict[str, Any]:
    losses = sorted(stats.rejected.items(), key=lambda loss: (-loss[1], loss[0]))
    return {"rejected": sum(stats.rejected.values()), "losses": losses[:_SHOWN_LOSSES]}


def choose(
    clusters: Sequence[ClusterRow], found: Found, *, now: datetime, max_clusters: int
) -> dict[str, list[ClusterRow]]:
    """Choose each section's clusters, in order: half by urgency, a quarter by size, the newest fill what is left."""
    largest = sorted(clusters, key=lambda row: (-len(row.members), row.id))
    newest = sorted(clusters, key=lambda row: (_latest(row, now), row.id), reverse=True)
    look, large = urgent(clusters, found)[: -(-max_clusters // 2)], largest[: max_clusters // 4]
    shown = {row.id for row in (*look, *large)}
    room = islice((row.id for row in newest if row.id not in shown), max_clusters - len(shown))
    new = {*room, *(row.id for row in newest[: max_clusters // 4])}
    return {"look": look, "largest": large, "newest": [row for row in newest if row.id in new]}


def _latest(cluster: ClusterRow, now: datetime) -> datetime:
    return max(carried(member, now) for member in cluster.members)


class _Cards:
    """Makes the cards of a page, each cluster's once, as long as there is room; ``count`` are expected."""

    def __init__(self, count: int, template: Template, make: Callable[[ClusterRow, Extent], Card]) -> None:
        self._count, self._template, self._card = count, template, make
        self.shown: set[int] = set()
        self._size_bytes = 0

    def section(self, key: str, clusters: Sequence[ClusterRow]) -> Section:
        above = tuple(row for row in clusters if row.id in self.shown)
        new = [row for row in clusters if row.id not in self.shown]
        cards = [self._make(row) for row in new if self._size_bytes < _CARDS_BYTES]
        return Section(key, above, tuple(cards), len(new) - len(cards))

    def _make(self, row: ClusterRow) -> Markup:
        to_come = _CARD_BYTES * (self._count - len(self.shown))
        extent = _WHOLE if self._size_bytes + to_come < _CARDS_BYTES else _SHORT
        html = self._template.render(card=self._card(row, extent))
        self._size_bytes += len(html.encode())
        self.shown.add(row.id)
        return Markup(html)


def _card(row: ClusterRow, summary: Summary, texts: Texts, trace: Trace, extent: Extent) -> Card:
    copies = [member for member in row.members if member.id != row.canonical.id]
    copies.sort(key=lambda member: (member.containment or 0.0, member.jaccard or 0.0, member.id))
    compared = _differences(row.canonical, copies[:_SHOWN_DIFFERENCES], texts) if extent.with_differences else {}
    line = timeline(row.members, summary.now)
    return Card(
        cluster=row,
        reasons=summary.reasons[row.id],
        confirmed=confirmed(row),
        timeline=line,
        stops=line.stops[: extent.stops],
        path=path(row, trace(row), extent.branches) if extent.branches else None,
        variants=tuple(Variant(member, compared.get(member.id)) for member in copies[: extent.variants]),
        sources=tuple(dict.fromkeys(member.source for member in row.members)),
    )


def _differences(canonical: MemberRow, copies: Sequence[MemberRow], texts: Texts) -> dict[int, Difference]:
    bodies = texts([canonical.id, *(member.id for member in copies)])
    return {member.id: difference(bodies[canonical.id][1], bodies[member.id][1]) for member in copies}


def _environment() -> Environment:
    made = environment()
    made.globals |= {
        "marks": MARKS,
        "shown_decisions": _SHOWN_DECISIONS,
        "shown_health": _SHOWN_HEALTH,
    }
    return made
