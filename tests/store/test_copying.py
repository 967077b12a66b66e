"""A store moves from one database to another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, create_engine, select, text, update

from storage import copying
from storage.checking import findings
from storage.errors import NotEmpty, StorageError, StoreUnavailable
from storage.loading import Load, loading
from storage.queries import Queries
from storage.schema import Base, ClusterTable
from storage.store import Store
from storage.types import ArticleQuery, IndexState, PostingRun, Rejection, SiteSample, Stage, Visited
from tests.store.build import NOON, a_cluster, an_article, an_edge, judge, put, put_many
from tests.store.test_links import a_link, visit
from tests.store.test_pages import a_page


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite", "postgresql to postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A store, and an empty one."""
    urls = [str(tmp_path / f"{number}.db") for number in range(2)]
    for place, kind in enumerate(request.param.split(" to ")):
        if kind == "postgresql":
            urls[place] = request.getfixturevalue(("emptied_url", "postgres_schema_url")[place])
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

    @contextmanager
    def lose(connection: Connection, table: Table, url: str) -> Iterator[Load]:
        with loading(connection, table, url) as load:
            yield (lambda _: None) if table.name == "alias" else load

    monkeypatch.setattr(copying, "loading", lose)
    with pytest.raises(StoreUnavailable, match="it took 0 of the 1 rows of alias"):
        copying.copy(source, target, lambda _: None)
    assert not any(_rows(target).values())


def test_a_copy_in_postgresql_has_the_keys_and_indexes_of_a_new_store(tmp_path: Path, postgres_schema_url: str) -> None:
    with Store.open(str(tmp_path / "store.db")) as source, Store.open(postgres_schema_url) as target:
        _fill(source)
        before = _keys(target)
        copying.copy(source, target, lambda _: None)
        assert _keys(target) == before != []


def _keys(store: Store) -> list[str]:
    keys = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() UNION ALL "
    rules = "SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint "
    with store.reading() as connection:
        return sorted(connection.scalars(text(f"{keys}{rules} WHERE connamespace = current_schema()::regnamespace")))


def test_a_row_that_postgresql_refuses_is_told_and_nothing_is_copied(tmp_path: Path, postgres_schema_url: str) -> None:
    with Store.open(str(tmp_path / "store.db")) as source, Store.open(postgres_schema_url) as target:
        _fill(source)
        with source.transaction() as connection:
            connection.execute(update(ClusterTable).values(size=1 << 40))
        with pytest.raises(StoreUnavailable, match=r'"1099511627776" is out of range for type integer.*COPY cluster'):
            copying.copy(source, target, lambda _: None)
        assert not any(_rows(target).values())


def test_a_server_that_goes_away_while_it_is_copied_to_is_told_and_has_nothing(
    tmp_path: Path, postgres_schema_url: str
) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY %'")
    server = create_engine(postgres_schema_url)

    def lose(_: int) -> None:
        with server.connect() as connection:
            connection.execute(end)

    with Store.open(str(tmp_path / "store.db")) as source, Store.open(postgres_schema_url) as target:
        _fill(source)
        with pytest.raises(StorageError, match=r"terminat|lost|closed"):
            copying.copy(source, target, lose)
        assert not any(_rows(target).values())
    server.dispose()
