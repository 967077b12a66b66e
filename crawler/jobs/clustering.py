"""Edges to clusters: partitions again what a change has touched, and chooses the canonical articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crawler.extract import agencies
from dedupe.canonical import Claim, choose
from dedupe.clusters import Join, partition
from storage.store import Store
from storage.types import Article, Cluster, Edge

ONLY_COPY = "the only copy"


def recluster(store: Store, touched: Iterable[int]) -> None:
    """Bring the clusters in line with the stored edges around the touched articles.

    What is partitioned are whole components, so that the result is that of partitioning everything.
    """
    reached, edges = store.component(store.cluster_mates(touched))
    groups = partition(reached, [Join(edge.containment, edge.article_a, edge.article_b) for edge in edges])
    claims = _claims(store, [group for group in groups if len(group) > 1])
    store.replace_clusters([_cluster(group, claims) for group in groups])


def touched_by(edges: Sequence[Edge]) -> set[int]:
    """Return the articles at the ends of the edges that join."""
    return {end for edge in edges if edge.joins for end in (edge.article_a, edge.article_b)}


def _claims(store: Store, groups: Sequence[tuple[int, ...]]) -> dict[int, Claim]:
    articles = store.articles_by_id([article for group in groups for article in group])
    return {article_id: _claim(article_id, article) for article_id, article in articles.items()}


def _claim(article_id: int, article: Article) -> Claim:
    names = [article.source, article.site, article.publisher, agencies.named(article.publisher or article.source)]
    agency = article.source_organization or agencies.signed(article.article_body)  # imports come without it
    return Claim(
        article_id=article_id,
        url=article.url,
        names=tuple(filter(None, names)),
        credits=tuple(filter(None, (agency, article.credit_text))),
        points_at=tuple(url for url in (article.is_based_on, article.canonical_url) if url and url != article.url),
        published=article.date_published.timestamp() if article.date_published else None,
        words=len(article.article_body.split()),
    )


def _cluster(group: tuple[int, ...], claims: Mapping[int, Claim]) -> Cluster:
    if len(group) == 1:
        return Cluster(id=group[0], canonical_id=group[0], canonical_reason=ONLY_COPY, members=group)
    choice = choose([claims[article] for article in group])
    return Cluster(id=group[0], canonical_id=choice.article_id, canonical_reason=choice.reason, members=group)
