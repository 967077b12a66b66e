"""What a report is made of, read once: numbers, clusters and signs, for whichever format shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.reports.attention import Found, Reason, reasons, urgent
from crawler.reports.health import Case, Sign, signs
from crawler.reports.pickup import Curve, curves
from crawler.reports.reuse import Matrix, matrix
from crawler.reports.volume import Volume, volume
from crawler.reports.wording import brief, moment
from storage.queries import Queries
from storage.types import ArticleQuery, ClusterRow, Counted, Edge, HostState, SourceHealth, Stats

_EVERYTHING = ArticleQuery()


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How a source does, and what there is to say of it."""

    health: SourceHealth
    signs: tuple[Sign, ...]

    @property
    def needs_look(self) -> bool:
        """Say whether a person should look at it."""
        return any(sign.needs_look for sign in self.signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that a report tells.

    Args:
        asked: which articles it is about, whatever its role, order and page.
        reasons: by cluster, why it needs a look.
        clusters: those of which any member was found, the largest first; whole.
        sources: those that need a look first.
        stats: of the whole store, whatever was asked for.
    """

    asked: ArticleQuery
    now: datetime
    volume: Volume
    matrix: Matrix
    curves: Sequence[Curve]
    clusters: Sequence[ClusterRow]
    reasons: Found
    sources: Sequence[SourceReport]
    stats: Stats

    @property
    def urgent(self) -> list[ClusterRow]:
        """List the clusters that need a look, the most urgent first."""
        return urgent(self.clusters, self.reasons)


def summarise(
    queries: Queries, *, now: datetime, asked: ArticleQuery = _EVERYTHING, hosts: Mapping[str, HostState | None]
) -> Summary:
    """Read all that a report tells; ``hosts`` are the sources to report on, each with what is known of its host."""
    clusters = list(queries.clusters() if asked == _EVERYTHING else queries.clusters_found(asked))
    days = [queries.trend(asked, counted) for counted in (Counted.COPIES, Counted.CANONICAL)]
    return Summary(
        asked=asked,
        now=now,
        volume=volume(*days, since=asked.since, until=asked.until, now=now),
        matrix=matrix(queries.reuse(asked)),
        curves=curves(clusters, now),
        clusters=clusters,
        reasons=_reasons(clusters, queries, now),
        sources=_sources(queries, now, hosts if asked.source is None else _only(asked.source, hosts)),
        stats=queries.stats(),
    )


def about(asked: ArticleQuery) -> Iterator[tuple[str, str]]:
    """Say in words which articles are meant: what each filter is called, and its value."""
    fields = (
        ("words", asked.words),
        ("published", _span(asked.since, asked.until)),
        ("source", asked.source),
        ("site", asked.site),
        ("language", asked.in_language),
        ("agency", asked.source_organization),
        ("section", asked.article_section),
        ("articles in a cluster", f"{asked.min_size} or more" if asked.min_size > 1 else None),
    )
    return ((name, brief(value)) for name, value in fields if value)


def _span(since: datetime | None, until: datetime | None) -> str:
    first, last = (None if end is None else moment(end) for end in (since, _last(until)))
    if first == last:
        return first or ""
    return " ".join(word for word in (first and f"from {first}", last and f"to {last}") if word)


def _last(until: datetime | None) -> datetime | None:
    """Give the last day of a span that ends at midnight."""
    is_day = until is not None and moment(until) == moment(until.replace(hour=0, minute=0, second=0))
    return until - timedelta(days=1) if until is not None and is_day else until


def _only(source: str, hosts: Mapping[str, HostState | None]) -> Mapping[str, HostState | None]:
    return {name: host for name, host in hosts.items() if name == source}


def _sources(queries: Queries, now: datetime, hosts: Mapping[str, HostState | None]) -> list[SourceReport]:
    """Tell how sources do, those that need a look first, then those of which there is anything to say."""
    healths = queries.source_health([*hosts], now)
    found = [SourceReport(each, tuple(signs(Case(each, hosts[each.name], now)))) for each in healths]
    return sorted(found, key=lambda each: (not each.needs_look, not each.signs, each.health.name))


def _reasons(clusters: Sequence[ClusterRow], queries: Queries, now: datetime) -> dict[int, tuple[Reason, ...]]:
    """Give the reasons for a look at each cluster; only those of three or more have pairs that can disagree."""
    cluster_of = {member.id: row.id for row in clusters if len(row.members) > 2 for member in row.members}
    inside: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in queries.edges_of(cluster_of):
        cluster_id = cluster_of.get(edge.article_a)
        if cluster_id is not None and cluster_id == cluster_of.get(edge.article_b):
            inside[cluster_id].append(edge)
    return {row.id: reasons(row, inside[row.id], now=now) for row in clusters}
