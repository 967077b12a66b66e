"""Small articles, sketches and edges to fill a store with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import storage.migrations
from storage.store import Store
from storage.types import Article, Cluster, Document, Edge, Outcome, Sketch

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_article(number: int = 1, **fields: Any) -> Article:
    """Make an article; its URL, headline and body follow from ``number`` unless given."""
    defaults: dict[str, Any] = {
        "url": f"https://daily.example/{number}",
        "site": "daily.example",
        "source": "daily",
        "headline": f"Headline {number}",
        "article_body": f"Body of number {number}.",
    }
    return Article(**{**defaults, **fields})


def put(store: Store, article: Article, seen_at: datetime = NOON) -> Outcome:
    """Put one article in a run of its own."""
    with store.transaction():
        return store.put_article(article, run_id=store.start_run("test", seen_at), seen_at=seen_at)


def put_many(store: Store, count: int) -> list[int]:
    """Put articles 1 to ``count`` into an empty store; returns their ids, which are the same numbers."""
    with store.transaction():
        run_id = store.start_run("test", NOON)
        for number in range(1, count + 1):
            store.put_article(an_article(number), run_id=run_id, seen_at=NOON)
    return [document.article_id for document in pending(store)]


def pending(store: Store) -> list[Document]:
    """Read the current revisions that the index does not hold."""
    sketched = store.index.sizes(range(1, 100))
    return [each for each in store.index.arrivals(0, 100) if each.is_current and each.revision_id not in sketched]


def a_sketch(revision_id: int, **fields: Any) -> Sketch:
    """Make a sketch; `put_many` leaves articles whose ids are those of their revisions."""
    return Sketch(**{"revision_id": revision_id, "size": 100, **fields})


def an_edge(a: int, b: int, *, joins: bool = True, relation: str = "near-duplicate", containment: float = 0.9) -> Edge:
    """Make an edge between two articles."""
    return Edge(
        article_a=a,
        article_b=b,
        relation=relation,
        joins=joins,
        jaccard=0.8,
        containment=containment,
        reason=f"{a} and {b}",
        rules_version="rules-1",
        measures={"shared": 12.0},
    )


def a_cluster(*members: int, canonical: int | None = None) -> Cluster:
    """Make a cluster; the first member is canonical unless said otherwise."""
    return Cluster(
        id=min(members), canonical_id=canonical or members[0], canonical_reason="first", members=tuple(members)
    )


def judge(store: Store, clusters: Iterable[Cluster], edges: Iterable[Edge] = ()) -> None:
    """Store edges and clusters, and a sketch of each member."""
    clusters = list(clusters)
    with store.transaction():
        store.index.put_sketches([a_sketch(member) for cluster in clusters for member in cluster.members])
        store.save_edges(list(edges))
        store.replace_clusters(clusters)


def make_old(connection: Connection, version: str) -> None:
    """Give an empty database the tables of an earlier version."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(storage.migrations.__file__).parent))
    command.upgrade(config, version)
