"""Who had the article of a cluster first and who took it from whom, found out when it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crawler.jobs.clustering import claim_of
from dedupe import shingles, sites
from dedupe.evidence import Member
from dedupe.provenance import Provenance, trace
from storage.queries import Queries
from storage.store import Store
from storage.types import Article, ArticleQuery, ClusterRow, MemberRow

_AT_ONCE = 500


def traced(store: Store, clusters: Iterable[ClusterRow]) -> Iterator[tuple[ClusterRow, Provenance]]:
    """Trace clusters, in their order; texts are read for some hundreds of articles at once."""
    for some in _batches(clusters):
        known = members(store, [row for cluster in some for row in cluster.members])
        for cluster in some:
            yield cluster, trace(known[row.id] for row in cluster.members)


def trace_one(store: Store, cluster: ClusterRow) -> Provenance:
    """Trace one cluster."""
    return next(found for _, found in traced(store, [cluster]))


def reused(store: Store, source: str) -> Iterator[tuple[ClusterRow, Provenance]]:
    """Trace all clusters that have an article of a source."""
    return traced(store, Queries(store).clusters_found(ArticleQuery(source=source)))


def _batches(clusters: Iterable[ClusterRow]) -> Iterator[list[ClusterRow]]:
    batch: list[ClusterRow] = []
    for cluster in clusters:
        batch.append(cluster)
        if sum(len(each.members) for each in batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def members(store: Store, rows: Sequence[MemberRow]) -> dict[int, Member]:
    """Gather by article id what articles and their texts tell of where they come from."""
    articles = store.articles_by_id(row.id for row in rows)
    marks = {number: document.site_text or b"" for number, document in store.documents(articles).items()}
    bodies = shingles.prepare([articles[row.id].article_body for row in rows])
    return {
        row.id: Member(
            claim=claim_of(row.id, articles[row.id]),
            words=body.words.hashes,
            site_text=body.words_in(sites.restored(marks[row.id], len(body.sequence)).repeated),
            seen=_seen(row, articles[row.id]),
        )
        for row, body in zip(rows, bodies, strict=True)
    }


def _seen(row: MemberRow, article: Article) -> float:
    """Return by when an article was there: when it was first seen or, if that is earlier, changed."""
    return min(filter(None, (row.date_first_seen, article.date_modified))).timestamp()
