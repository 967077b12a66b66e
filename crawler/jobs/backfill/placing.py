"""Edges to clusters: components of joined articles are found in rounds, and each is partitioned by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

from crawler.jobs.backfill.arriving import Member
from crawler.jobs.backfill.engines import Rows
from crawler.jobs.clustering import to_cluster
from dedupe.clusters import Evidence, Pair, partition
from dedupe.components import ends, large_star, larger, small_star, unsettled
from storage.types import Document, Edge, Role


class Link(NamedTuple):
    """What clusters need of an edge between two articles, a < b."""

    a: int
    b: int
    relation: str
    containment: float
    joins: bool


class Root(NamedTuple):
    """An article, and the smallest one of its component, which is another."""

    article: int
    root: int


class Rooted(NamedTuple):
    """An article or a link, in the component of which ``root`` is the smallest article."""

    root: int
    row: Member | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An article and its place among clusters."""

    article_id: int
    external_id: str | None
    url: str
    source: str
    cluster_id: int
    role: str
    canonical_reason: str


Row: TypeAlias = Document | Member | Link | Root


def clusters(articles: Rows[Document | Member], edges: Rows[Edge]) -> Rows[Placed]:
    """Put articles into the clusters that edges make."""
    links = edges.parts(_links)
    roots = _components(links.parts(_joined).kept()).parts(_roots)
    return articles.plus(links).plus(roots).grouped(_article_of, _root).grouped(_root_of, _place)


def _links(_: int, edges: Iterator[Edge]) -> Iterator[Link]:
    return (Link(each.article_a, each.article_b, each.relation, each.containment, each.joins) for each in edges)


def _joined(_: int, links: Iterator[Link]) -> Iterator[Pair]:
    return ((link.b, link.a) for link in links if link.joins)


def _components(pairs: Rows[Pair]) -> Rows[Pair]:
    """Pair each article that is joined to another with the smallest one of its component; that one is in no pair."""
    while pairs.grouped(ends, unsettled).parts(_first).collected():
        pairs = pairs.grouped(ends, large_star).grouped(larger, small_star).kept()
    return pairs


def _roots(_: int, pairs: Iterator[Pair]) -> Iterator[Root]:
    return (Root(*pair) for pair in pairs)


def _first(_: int, articles: Iterator[int]) -> Iterator[int]:
    return islice(articles, 1)


def _article_of(row: Row) -> Iterator[int]:
    """Give the key of what is to be said of an article: its own row, its component, and the links that begin at it."""
    if isinstance(row, Member):
        yield row.article_id
    elif isinstance(row, (Link, Root)):
        yield row[0]


def _root(article: int, rows: list[Member | Link | Root]) -> Iterator[Rooted]:
    """Say in which component an article, and each link that begins at it, is."""
    root = next((row.root for row in rows if isinstance(row, Root)), article)
    return (Rooted(root, row) for row in rows if not isinstance(row, Root))


def _root_of(row: Rooted) -> Iterator[int]:
    yield row.root


def _place(_: int, rows: list[Rooted]) -> Iterator[Placed]:
    """Partition a component into clusters, and choose the canonical article of each."""
    members = {row.row.article_id: row.row for row in rows if isinstance(row.row, Member)}
    claims = {article_id: member.claim for article_id, member in members.items()}
    evidence = _evidence((row.row for row in rows if isinstance(row.row, Link)), members.keys())
    groups = partition(members, evidence.joins, doubts=evidence.doubts, objections=evidence.objections)
    for cluster in (to_cluster(group, claims, {}) for group in groups):
        for article_id in cluster.members:
            member = members[article_id]
            yield Placed(
                article_id=article_id,
                external_id=member.external_id,
                url=member.url,
                source=member.source,
                cluster_id=cluster.id,
                role=Role.CANONICAL if article_id == cluster.canonical_id else Role.VARIANT,
                canonical_reason=cluster.canonical_reason,
            )


def _evidence(links: Iterable[Link], members: Set[int]) -> Evidence:
    """Gather what links say of the members of a component; those that lead out of it say nothing."""
    evidence = Evidence()
    for link in links:
        if link.b in members:
            evidence.add(link.a, link.b, link.relation, link.containment, joins=link.joins)
    return evidence
