"""Clusters as people see them: the canonical article, its variants, and what each is to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from storage.decisions import about_articles
from storage.judged import joining_edges
from storage.relations import relation_of
from storage.rows import LISTED_COLUMNS, AnyRow, AnySelect, chunked, read_among, select_current
from storage.schema import ArticleTable, ClusterTable, EdgeTable
from storage.types import ClusterRow, Comparison, Decision, DecisionKind, Edge, MemberRow, Role

_LISTED = tuple(column.key for column in LISTED_COLUMNS)


def read_clusters(connection: Connection, cluster_ids: Iterable[int]) -> list[ClusterRow]:
    """Read clusters in the order asked for, leaving out those that are not there; a few statements for 500 of them."""
    return [row for chunk in chunked(cluster_ids) for row in _read_chunk(connection, chunk)]


def read_comparisons(connection: Connection, cluster_ids: Iterable[int]) -> dict[int, list[Comparison]]:
    a, b = aliased(ArticleTable), aliased(ArticleTable)
    inside: AnySelect = (
        select(a.cluster_id, EdgeTable.article_a, EdgeTable.article_b, EdgeTable.joins)
        .join(a, a.id == EdgeTable.article_a)
        .join(b, (b.id == EdgeTable.article_b) & (b.cluster_id == a.cluster_id))
    )
    found: dict[int, list[Comparison]] = {}
    for row in read_among(connection, inside, a.cluster_id, cluster_ids):
        found.setdefault(row.cluster_id, []).append(Comparison(row.article_a, row.article_b, row.joins))
    return found


def _read_chunk(connection: Connection, cluster_ids: Sequence[int]) -> list[ClusterRow]:
    clusters = select(ClusterTable.__table__).where(ClusterTable.id.in_(cluster_ids))
    rows = {row.id: row for row in connection.execute(clusters)}
    members: dict[int, list[AnyRow]] = {cluster_id: [] for cluster_id in rows}
    for member in connection.execute(_members_of(cluster_ids)).all():
        members[member.cluster_id].append(member)
    cluster_of = {member.id: i for i in members for member in members[i]}
    edges = _edges_inside(connection, cluster_of, {row.canonical_id for row in rows.values()})
    decisions = about_articles(connection, cluster_of)
    return [_cluster_row(rows[i], members[i], edges.get(i, []), decisions) for i in cluster_ids if i in rows]


def _members_of(cluster_ids: Sequence[int]) -> AnySelect:
    statement = select_current(ArticleTable.cluster_id, *LISTED_COLUMNS)  # in the order that `_member_row` takes
    return statement.where(ArticleTable.cluster_id.in_(cluster_ids))


def _edges_inside(connection: Connection, cluster_of: Mapping[int, int], canonical: set[int]) -> dict[int, list[Edge]]:
    """Read by cluster the joining edges inside that tell what members are to the canonical one.

    Those are its own, and all of members that have none with it: of a large cluster few among many.
    """
    own = _joins_inside(connection, canonical, cluster_of)
    told = canonical.union(*((edge.article_a, edge.article_b) for edge in own))
    found: dict[int, list[Edge]] = {}
    for edge in (*own, *_joins_inside(connection, cluster_of.keys() - told, cluster_of)):
        found.setdefault(cluster_of[edge.article_a], []).append(edge)
    return found


def _joins_inside(connection: Connection, article_ids: Set[int], cluster_of: Mapping[int, int]) -> list[Edge]:
    edges = joining_edges(connection, article_ids)
    return [edge for edge in edges if cluster_of.get(edge.article_a) == cluster_of.get(edge.article_b)]


def _cluster_row(
    cluster: AnyRow, members: Sequence[AnyRow], edges: Sequence[Edge], decisions: Sequence[Decision]
) -> ClusterRow:
    ids, sources = {member.id for member in members}, {member.source for member in members}
    own = [decision for decision in decisions if decision.articles & ids or decision.source in sources]
    same = {article: each for each in own if each.kind is DecisionKind.SAME for article in each.articles}
    edges_of: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        edges_of[edge.article_a].append(edge)
        edges_of[edge.article_b].append(edge)
    rows = [_member_row(member, cluster.canonical_id, edges_of[member.id], same.get(member.id)) for member in members]
    rows.sort(key=_canonical_first)
    return ClusterRow(
        id=cluster.id,
        canonical=rows[0],
        canonical_reason=cluster.canonical_reason,
        members=tuple(rows),
        decisions=tuple(own),
    )


def _canonical_first(member: MemberRow) -> tuple[bool, datetime, int]:
    return member.role != Role.CANONICAL, member.date_published or member.date_first_seen, member.id


def _member_row(member: AnyRow, canonical_id: int, edges: Sequence[Edge], same: Decision | None) -> MemberRow:
    """Say what a member is to the canonical article: by an edge, else by a decision that it is the ``same``."""
    is_canonical = member.id == canonical_id
    edge = None if is_canonical else _telling_edge(canonical_id, edges)
    relation, reason = (None, None) if same is None or is_canonical else (str(same.kind), same.reason)
    if edge is not None:
        relation, reason = relation_of(member.id, edge), edge.reason
    return MemberRow(
        **dict(zip(_LISTED, member[1:], strict=True)),
        role=Role.CANONICAL if is_canonical else Role.VARIANT,
        relation=relation,
        jaccard=None if edge is None else edge.jaccard,
        containment=None if edge is None else edge.containment,
        edge_reason=reason,
    )


def _telling_edge(canonical_id: int, edges: Sequence[Edge]) -> Edge | None:
    """Pick of a member's edges that to the canonical article, else the one of highest containment."""
    return max(
        edges, key=lambda edge: (canonical_id in (edge.article_a, edge.article_b), edge.containment), default=None
    )
