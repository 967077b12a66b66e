"""A store moves from one database to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, select

from storage import copying
from storage.checking import findings
from storage.errors import NotEmpty, StoreUnavailable
from storage.queries import Queries
from storage.rows import insert_all
from storage.schema import Base
from storage.store import Store
from storage.types import ArticleQuery, IndexState, PostingRun, Rejection, SiteSample, Stage, Visited
from tests.store.build import NOON, a_cluster, an_article, an_edge, judge, put, put_many
from tests.store.test_links import a_link, visit
from tests.store.test_pages import a_page


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A store, and an empty one."""
    urls = [str(tmp_path / f"{number}.db") for number in range(2)]
    for place, kind in enumerate(request.param.split(" to ")):
        if kind == "postgresql":
            urls[place] = request.getfixturevalue("postgres_schema_url")
    with Store.open(urls[0]) as source, Store.open(urls[1]) as target:
        yield source, target


def _fill(store: Store) -> None:
    put_many(store, 4)
    put(store, an_article(1, article_body="Körper \U0001f680, neu.", authors=("A",), extra={"a": [None, 1.5, "\0"]}))
    judge(store, [a_cluster(2, 3), a_cluster(4)], [an_edge(2, 3)])
    run = store.index.add_run(PostingRun(id=0, bucket=1, level=0, bits=1, width=1, first=1, last=1, postings=1))
    store.index.add_blocks(run, [(0, b"\0\xff")])
    store.index.put_samples([SiteSample(site="daily.example", revision_id=2, article_id=2, shingles=b"x")], 9)
    store.index.put_state(IndexState(spec="s", last_revision=4))
    store.put_links("daily", [a_link(1)], seen_at=NOON)
    visit(store, Visited.KEPT, 1)
    store.put_page(a_page())
    store.put_stored_source("daily", {"kind": "feed"})
    store.add_alias("https://short.example/1", an_article(1).url)
    loss = Rejection(url="u", source="s", stage=Stage.FETCH, reason="http-404")
    store.put_rejection(loss, run_id=1, seen_at=NOON)


def _rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in {"lock", "lease"}]
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


def test_all_rows_are_copied_as_they_are(pair: tuple[Store, Store]) -> None:
    source, target = pair
    _fill(source)
    told: list[int] = []
    copied = copying.copy(source, target, told.append)
    assert _rows(target) == _rows(source)
    assert copied == sum(told) == sum(map(len, _rows(source).values())) == copying.count_rows(source)
    assert list(findings(target)) == []


def test_a_copy_is_searched_and_added_to_like_the_original(pair: tuple[Store, Store]) -> None:
    for store in pair:
        if store is pair[0]:
            _fill(store)
            copying.copy(*pair, lambda _: None)
        found = Queries(store).articles(ArticleQuery(words="körper"))
        assert [row.id for row in found] == [1]
        put(store, an_article(9))
        assert Queries(store).find(an_article(9).url) == 5
        assert [row.id for row in Queries(store).article("5").revisions] == [6]
    assert _rows(pair[0]) == _rows(pair[1])


def test_what_is_not_empty_is_refused_and_left_alone(pair: tuple[Store, Store]) -> None:
    source, target = pair
    _fill(source)
    put(target, an_article(7))
    before = _rows(target)
    with pytest.raises(NotEmpty, match=r"not empty \(there are rows in run\)"):
        copying.copy(source, target, lambda _: None)
    assert _rows(target) == before


def test_a_copy_that_is_interrupted_leaves_nothing(pair: tuple[Store, Store]) -> None:
    source, target = pair
    _fill(source)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(source, target, interrupt)
    copying.copy(source, target, lambda _: None)
    assert _rows(target) == _rows(source)


def test_a_copy_that_lacks_rows_is_found_out(pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = pair
    _fill(source)

    def lose(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        insert_all(connection, table, [] if table.name == "alias" else rows)

    monkeypatch.setattr(copying, "insert_all", lose)
    with pytest.raises(StoreUnavailable, match="it took 0 of the 1 rows of alias"):
        copying.copy(source, target, lambda _: None)
    assert not any(_rows(target).values())
