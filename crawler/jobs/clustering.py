"""Edges and decisions to clusters: partitions again what a change has touched, and chooses the canonical articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set

from crawler import urls
from crawler.extract import agencies, republished
from dedupe.canonical import ONLY_COPY, Choice, Claim, choose
from dedupe.clusters import DOUBTFUL_SHARE, LEAST_JOINS, Evidence, Join, partition
from dedupe.clusters import Decision as Word
from dedupe.judge import Relation
from storage.store import Store
from storage.types import Article, Cluster, Decision, DecisionKind, Edge

DAY_S = 86_400.0
NO_PRIORITIES: Mapping[str, int] = {}
CLAIMED = frozenset(
    {"publisher", "source_organization", "credit_text", "dateline", "is_based_on", "canonical_url"}
    | {"date_published", "date_published_raw"}
)
"""The fields beside the text that `claim_of` reads and later rules of extraction may change."""

_SIGN = re.compile(r"\(([^()]+)\)")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_UNIX_SECONDS = re.compile(r"\d{9,}")


def recluster(store: Store, touched: Iterable[int], priorities: Mapping[str, int] = NO_PRIORITIES) -> None:
    """Bring the clusters in line with the stored edges and decisions around the touched articles.

    What is partitioned are whole components, so that the result is that of partitioning everything. ``priorities`` are
    those of sources, by name; a source that is not named has 0.
    """
    reached, joins = _component(store, store.cluster_mates(touched))
    decisions = store.decisions.about(reached)
    groups = partitioned(store, reached, _evidence(store, reached, joins, decisions), decisions)
    claims = _claims(store, [group for group in groups if len(group) > 1], priorities)
    chosen = {
        article: each for each in decisions if each.kind is DecisionKind.CANONICAL_IS for article in each.articles
    }
    store.replace_clusters([to_cluster(group, claims, chosen) for group in groups])


def by_edges_alone(store: Store, articles: Iterable[int]) -> dict[int, int]:
    """Say by article in which cluster these, and those near them, would be if nothing were decided. Only reads."""
    reached, joins = _component(store, articles)
    return cluster_of(partitioned(store, reached, _evidence(store, reached, joins, ()), ()))


def partitioned(
    store: Store, articles: Set[int], evidence: Evidence, decisions: Sequence[Decision]
) -> list[tuple[int, ...]]:
    """Partition articles as edges and decisions have it. Those of ignored sources stay alone, whatever is decided."""
    is_any_ignored = any(each.kind is DecisionKind.IGNORE_SOURCE for each in decisions)
    ignored = store.decisions.ignored(articles) if is_any_ignored else set()
    rest = evidence.without(ignored) if ignored else evidence
    groups = partition(articles - ignored, rest.joins, words(decisions), rest.doubts, rest.objections)
    return [*groups, *((article,) for article in ignored)]


def words(decisions: Iterable[Decision]) -> list[Word]:
    """Give the decisions on pairs of articles that are there the form in which they are obeyed."""
    return [
        Word(each.id, each.article_a, each.article_b, each.kind is DecisionKind.SAME)
        for each in decisions
        if each.article_a is not None and each.article_b is not None
    ]


def cluster_of(groups: Iterable[tuple[int, ...]]) -> dict[int, int]:
    """Say by article in which cluster it is."""
    return {article: group[0] for group in groups for article in group}


def _component(store: Store, articles: Iterable[int]) -> tuple[set[int], list[Join]]:
    reached, edges = store.component(articles)
    return reached, [Join(containment, a, b) for a, b, containment in edges]


def _evidence(store: Store, reached: Set[int], joins: list[Join], decisions: Sequence[Decision]) -> Evidence:
    """Gather what edges say beside joins; an article without a join, or a decision, is alone whatever it shares."""
    ends = reached & {end for join in joins for end in (join.a, join.b)}.union(*(each.articles for each in decisions))
    doubts = store.pairs_within(ends, Relation.BLOCK_QUOTE, DOUBTFUL_SHARE) if len(joins) >= LEAST_JOINS else []
    return Evidence(joins, doubts, store.pairs_within(ends, Relation.TEMPLATE, 0))


def choice_of(store: Store, group: Sequence[int], priorities: Mapping[str, int] = NO_PRIORITIES) -> Choice:
    """Choose the canonical article of a cluster again, to show what speaks for and against its members. Only reads."""
    return choose(_claims(store, [tuple(group)], priorities).values())


def touched_by(edges: Sequence[Edge]) -> set[int]:
    """Return the articles at the ends of the edges that join."""
    return {end for edge in edges if edge.joins for end in (edge.article_a, edge.article_b)}


def _claims(store: Store, groups: Sequence[tuple[int, ...]], priorities: Mapping[str, int]) -> dict[int, Claim]:
    articles = store.articles_by_id([article for group in groups for article in group])
    return {
        article_id: claim_of(article_id, one, priorities.get(one.source, 0)) for article_id, one in articles.items()
    }


def claim_of(article_id: int, article: Article, priority: int = 0) -> Claim:
    """Gather what an article says of where it comes from and when it was published."""
    own_agency = agencies.of_site(article.site) or agencies.named(article.publisher or article.source)
    names = (article.source, article.site, article.publisher, own_agency)
    agency = article.source_organization or agencies.signed(article.article_body)  # imports come without it
    signs = _SIGN.findall(article.dateline or "")
    named = (article.is_based_on, article.canonical_url)
    earliest = article.date_published.timestamp() if article.date_published else None
    return Claim(
        article_id=article_id,
        url=article.url,
        names=tuple(filter(None, names)),
        credits=tuple(filter(None, (agency, article.credit_text, *signs, *republished.named(article.article_body)))),
        points_at=tuple({urls.identity(url) for url in named if url} - {article.url}),
        earliest=earliest,
        latest=None if earliest is None else earliest + (0 if _has_time(article) else DAY_S),
        words=len(article.article_body.split()),
        is_agency=own_agency is not None,
        priority=priority,
    )


def _has_time(article: Article) -> bool:
    """Say whether the time of publication is known, not only the day. Midnight sharp is how a mere date is written."""
    raw = article.date_published_raw or ""
    clock = _CLOCK.search(raw)
    return (clock is not None and int(clock[1] + clock[2]) > 0) or _UNIX_SECONDS.match(raw) is not None


def to_cluster(group: tuple[int, ...], claims: Mapping[int, Claim], chosen: Mapping[int, Decision]) -> Cluster:
    """Make a cluster. Of the members that were decided to be canonical, the one of the latest decision is."""
    if len(group) == 1:
        return Cluster(id=group[0], canonical_id=group[0], canonical_reason=ONLY_COPY, members=group)
    named = max((article for article in group if article in chosen), key=lambda each: chosen[each].id, default=None)
    if named is not None:
        return Cluster(id=group[0], canonical_id=named, canonical_reason=chosen[named].reason, members=group)
    choice = choose([claims[article] for article in group])
    return Cluster(id=group[0], canonical_id=choice.article_id, canonical_reason=choice.reason, members=group)
