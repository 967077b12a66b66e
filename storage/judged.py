"""What dedupe has judged: edges and clusters, on a connection inside a transaction.

What each function promises is said at the `Store` method of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.decisions import said_to_be_same
from storage.index import clear_index
from storage.rows import (
    ARTICLE_COLUMNS,
    EDGE_COLUMNS,
    VERDICT_FIELDS,
    AnyRow,
    AnySelect,
    chunked,
    insert_all,
    read_among,
    select_current,
    select_edges,
    to_article,
    to_edge,
    values_of,
)
from storage.schema import IS_PENDING, ArticleTable, ClusterTable, EdgeTable, VerdictTable
from storage.types import Article, Cluster, Edge, Role

_JOINS = select(EdgeTable.article_a, EdgeTable.article_b, EdgeTable.containment).where(EdgeTable.joins.is_(True))
_WITHOUT_MEASURES = select_edges(*(column for column in EDGE_COLUMNS if column is not EdgeTable.measures))
_PAIR = ("article_a", "article_b")
_OF_PAIR = ("joins", "jaccard", "containment", "measures")
_VERDICTS = select(*(getattr(VerdictTable, name) for name in (*VERDICT_FIELDS, "id")))
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Said: TypeAlias = tuple[str, ...]
"""What an edge says, by VERDICT_FIELDS."""


def count_pending(connection: Connection) -> int:
    return connection.scalar(select(func.count(ArticleTable.id)).where(IS_PENDING)) or 0


def articles_by_id(connection: Connection, article_ids: Iterable[int]) -> dict[int, Article]:
    current = select_current(*ARTICLE_COLUMNS, ArticleTable.id)
    return {row.id: to_article(row) for row in read_among(connection, current, ArticleTable.id, set(article_ids))}


def save_edges(connection: Connection, edges: Sequence[Edge]) -> None:
    by_pair = {(edge.article_a, edge.article_b): edge for edge in edges}
    if not by_pair:
        return
    verdicts = _verdicts(connection, {_said(edge) for edge in by_pair.values()})
    rows = [{**values_of(edge, (*_PAIR, *_OF_PAIR)), "verdict_id": verdicts[_said(edge)]} for edge in by_pair.values()]
    new = _INSERT[connection.dialect.name](EdgeTable)
    replaced = {name: new.excluded[name] for name in (*_OF_PAIR, "verdict_id")}
    connection.execute(new.on_conflict_do_update(index_elements=_PAIR, set_=replaced), rows)


def _said(edge: Edge) -> Said:
    return (edge.relation, edge.reason, edge.rules_version)


def _verdicts(connection: Connection, wanted: set[Said]) -> dict[Said, int]:
    """Return the ids of verdicts; those that nobody gave before are added."""
    known = _known_verdicts(connection)
    if missing := sorted(wanted - known.keys()):
        # another run may add the same
        add = _INSERT[connection.dialect.name](VerdictTable).on_conflict_do_nothing()
        connection.execute(add, [dict(zip(VERDICT_FIELDS, said, strict=True)) for said in missing])
        known = _known_verdicts(connection)
    return known


def _known_verdicts(connection: Connection) -> dict[Said, int]:
    return {tuple(said): verdict_id for *said, verdict_id in connection.execute(_VERDICTS)}


def forget_edges(connection: Connection, article_id: int) -> None:
    connection.execute(
        delete(EdgeTable).where((EdgeTable.article_a == article_id) | (EdgeTable.article_b == article_id))
    )


def component(connection: Connection, article_ids: Iterable[int]) -> tuple[set[int], list[tuple[int, int, float]]]:
    reached: set[int] = set()
    frontier = set(article_ids)
    joins: set[tuple[int, int, float]] = set()
    while frontier:
        reached |= frontier
        found = [*_touching(connection, frontier, _JOINS)]
        joins |= {tuple(row) for row in found}
        ends = {end for row in found for end in (row.article_a, row.article_b)}
        frontier = (ends | said_to_be_same(connection, frontier)) - reached
    return reached, sorted(joins)


def touching_edges(connection: Connection, article_ids: Iterable[int]) -> list[Edge]:
    """Read the edges that have an end among the articles, once each, by article_a and article_b."""
    rows = {(row.article_a, row.article_b): row for row in _touching(connection, article_ids, select_edges())}
    return [to_edge(rows[pair]) for pair in sorted(rows)]


def joining_edges(connection: Connection, article_ids: Iterable[int]) -> list[Edge]:
    """Read the edges that join and have an end among the articles, without measures; with both, they come twice."""
    rows = _touching(connection, article_ids, _WITHOUT_MEASURES.where(EdgeTable.joins.is_(True)))
    return [to_edge(row) for row in rows]


def _touching(connection: Connection, article_ids: Iterable[int], statement: AnySelect) -> Iterator[AnyRow]:
    """Read edges that have an end among the articles; those that have both come twice."""
    ids = set(article_ids)
    for end in (EdgeTable.article_a, EdgeTable.article_b):
        yield from read_among(connection, statement, end, ids)


def pairs_within(
    connection: Connection, article_ids: Iterable[int], relation: str, least: float
) -> list[tuple[int, int]]:
    ids = set(article_ids)
    ends = select_edges(EdgeTable.article_a, EdgeTable.article_b)
    wanted = ends.where(VerdictTable.relation == relation, EdgeTable.containment >= least)
    rows = read_among(connection, wanted, EdgeTable.article_a, ids)
    return sorted((row.article_a, row.article_b) for row in rows if row.article_b in ids)


def cluster_mates(connection: Connection, article_ids: Iterable[int]) -> set[int]:
    ids = set(article_ids)
    clustered = select(ArticleTable.cluster_id).where(ArticleTable.cluster_id.is_not(None))
    clusters = {row.cluster_id for row in read_among(connection, clustered, ArticleTable.id, ids)}
    return ids | {row.id for row in read_among(connection, select(ArticleTable.id), ArticleTable.cluster_id, clusters)}


def replace_clusters(connection: Connection, clusters: Sequence[Cluster]) -> None:
    places = {member: _place(cluster, member) for cluster in clusters for member in cluster.members}
    before = _places(connection, places)
    _put_clusters(connection, {cluster.id: _cluster_values(cluster) for cluster in clusters})
    moved = [
        {"of": member, "cluster_id": cluster_id, "role": role}
        for member, (cluster_id, role) in places.items()
        if before.get(member) != (cluster_id, role)
    ]
    if moved:
        connection.execute(update(ArticleTable).where(ArticleTable.id == bindparam("of")), moved)
    left = {cluster_id for cluster_id, _ in before.values() if cluster_id is not None}
    _recount(connection, left - {cluster.id for cluster in clusters})


def _place(cluster: Cluster, member: int) -> tuple[int, str]:
    return cluster.id, Role.CANONICAL if member == cluster.canonical_id else Role.VARIANT


def _places(connection: Connection, article_ids: Iterable[int]) -> dict[int, tuple[int | None, str | None]]:
    """Read by article its cluster and its role there."""
    columns = select(ArticleTable.id, ArticleTable.cluster_id, ArticleTable.role)
    rows = read_among(connection, columns, ArticleTable.id, article_ids)
    return {row.id: (row.cluster_id, row.role) for row in rows}


def _cluster_values(cluster: Cluster) -> dict[str, Any]:
    return {**values_of(cluster, ("canonical_id", "canonical_reason")), "size": len(cluster.members)}


def _put_clusters(connection: Connection, values: Mapping[int, Mapping[str, Any]]) -> None:
    known = read_among(connection, select(ClusterTable.__table__), ClusterTable.id, values)
    old = {row.id: dict(row._mapping) for row in known}
    changed = [
        {"of": cluster_id, **values[cluster_id]}
        for cluster_id in sorted(old)
        if old[cluster_id] != {"id": cluster_id, **values[cluster_id]}
    ]
    if changed:
        connection.execute(update(ClusterTable).where(ClusterTable.id == bindparam("of")), changed)
    insert_all(connection, ClusterTable, [{"id": i, **values[i]} for i in values if i not in old])


def _recount(connection: Connection, cluster_ids: set[int]) -> None:
    """Set the sizes by who points at them, and drop those nobody points at any more."""
    members = select(func.count()).where(ArticleTable.cluster_id == ClusterTable.id).scalar_subquery()
    for chunk in chunked(cluster_ids):
        connection.execute(update(ClusterTable).where(ClusterTable.id.in_(chunk)).values(size=members))
        connection.execute(delete(ClusterTable).where(ClusterTable.id.in_(chunk), ClusterTable.size == 0))


def clear_dedupe(connection: Connection, *, keep_sketches: bool) -> None:
    clear_index(connection, keep_sketches=keep_sketches)
    connection.execute(delete(EdgeTable))
    connection.execute(delete(VerdictTable))
    connection.execute(update(ArticleTable).values(cluster_id=None, role=None, is_pending=True))
    connection.execute(delete(ClusterTable))
