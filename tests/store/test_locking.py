"""One writer at a time; locked, lost and full databases; kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text, update

from storage.errors import ConnectionLost, StoreLocked, StoreUnavailable
from storage.locking import BEAT_EVERY, STALE_AFTER
from storage.queries import Queries
from storage.schema import LockTable
from storage.store import Store
from storage.types import (
    ArchiveState,
    ArticleQuery,
    Cause,
    HostState,
    IndexState,
    LinkState,
    Listed,
    Outcome,
    PostingRun,
    Rejection,
    SiteSample,
    SourceState,
    Stage,
    Standing,
)
from tests.store.build import NOON, a_cluster, a_sketch, an_article, an_edge, put, put_many
from tests.store.test_pages import a_page

# -- one run at a time ------------------------------------------------------------------------------------------------


def test_a_second_run_is_told_who_holds_the_lock(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second:
        expected = rf"in use by another run: pid {os.getpid()} on {socket.gethostname()}, since 20\d\d-.*\+00:00"
        with pytest.raises(StoreLocked, match=expected), second.lock():
            pytest.fail("both hold the lock")
    with Store.open(made_url) as second, second.lock():
        pass


def test_the_lock_does_not_keep_readers_out(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second:
        put(store, an_article())
        assert Queries(second).stats().articles == 1


def test_an_error_gives_the_lock_up(store: Store) -> None:
    with pytest.raises(RuntimeError), store.lock():
        raise RuntimeError
    with store.lock():
        pass


def test_a_run_that_was_taken_for_dead_writes_no_more(store: Store) -> None:
    with pytest.raises(StoreLocked, match="in use by another run"), store.lock():
        _holder(store, host="elsewhere")
        store._last_beat = NOON  # so that it beats
        put(store, an_article())
    assert Queries(store).stats().articles == 0


def _holder(store: Store, **values: object) -> None:
    with store.transaction() as connection:
        connection.execute(update(LockTable).values(**values))


def _dead_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_dead_pid_on_this_host_holds_nobody_up(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second:
        _holder(store, pid=_dead_pid())
        with second.lock():
            pass


def test_a_predecessor_with_our_own_pid_holds_nobody_up(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second:
        _holder(store, since=NOON)
        with second.lock():
            pass


def test_a_pid_on_another_host_is_believed_while_it_beats(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second:
        _holder(store, pid=_dead_pid(), host="elsewhere")
        with pytest.raises(StoreLocked, match="on elsewhere"), second.lock():
            pytest.fail("both hold the lock")
        _holder(store, heartbeat=datetime.now(UTC) - STALE_AFTER - timedelta(minutes=1))
        with second.lock():
            pass


def test_a_run_beats_while_it_writes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def heartbeat() -> datetime:
        with store.reading() as connection:
            return datetime.fromisoformat(str(connection.scalar(text("SELECT heartbeat FROM lock"))))

    with store.lock():
        begun = heartbeat()
        put(store, an_article(1))
        assert heartbeat() == begun
        monkeypatch.setattr("storage.locking.BEAT_EVERY", -BEAT_EVERY)
        put(store, an_article(2))
        assert heartbeat() > begun


# -- databases that do not answer -------------------------------------------------------------------------------------

A_STANDING = Standing(
    article_id=1, article=an_article(), seen_at=NOON, content_hash="", is_current=True, is_pending=False
)


def _lease(store: Store) -> None:
    with store.lock():
        store.lease(["s"])


_WRITES: dict[str, Callable[[Store], object]] = {
    "start_run": lambda store: store.start_run("test", NOON),
    "finish_run": lambda store: store.finish_run(1, NOON, {}),
    "put_article": lambda store: store.put_article(an_article(), run_id=1, seen_at=NOON),
    "put_rejection": lambda store: store.put_rejection(
        Rejection(url="u", source="s", stage=Stage.FETCH, reason="r"), run_id=1, seen_at=NOON
    ),
    "add_alias": lambda store: store.add_alias("a", "b"),
    "put_source_state": lambda store: store.put_source_state(SourceState(name="n", url="u")),
    "put_page": lambda store: store.put_page(a_page()),
    "settle_page": lambda store: store.settle_page(a_page(id=1), a_page(id=1)),
    "replace_article": lambda store: store.replace_article(
        A_STANDING, an_article(), run_id=1, seen_at=NOON, cause=Cause.RULES
    ),
    "put_links": lambda store: store.put_links("s", [Listed(url="u", address="u")], seen_at=NOON),
    "put_link": lambda store: store.put_link(LinkState(url="u", address="u", source="s", date_first_seen=NOON)),
    "put_host_state": lambda store: store.put_host_state(HostState(host="h")),
    "put_archive_state": lambda store: store.put_archive_state(
        ArchiveState(path="p", size_bytes=1, modified=NOON, offset=0)
    ),
    "put_stored_source": lambda store: store.put_stored_source("n", {}),
    "remove_stored_source": lambda store: store.remove_stored_source("n"),
    "purge": lambda store: store.purge(an_article().url, "r", run_id=1, at=NOON),
    "index.put_sketches": lambda store: store.index.put_sketches([a_sketch(1)]),
    "index.put_state": lambda store: store.index.put_state(IndexState(spec="s", last_revision=1)),
    "index.put_samples": lambda store: store.index.put_samples(
        [SiteSample(site="s", revision_id=1, article_id=1, shingles=b"")], 9
    ),
    "index.add_run": lambda store: store.index.add_run(
        PostingRun(id=0, bucket=1, level=0, bits=1, width=1, first=1, last=1, postings=1)
    ),
    "index.add_blocks": lambda store: store.index.add_blocks(1, [(0, b"x")]),
    "index.remove_runs": lambda store: store.index.remove_runs([1]),
    "forget_edges": lambda store: store.forget_edges(1),
    "save_edges": lambda store: store.save_edges([an_edge(1, 2)]),
    "replace_clusters": lambda store: store.replace_clusters([a_cluster(1, 2)]),
    "clear_dedupe": lambda store: store.clear_dedupe(),
    "lock": lambda store: store.lock().__enter__(),
    "lease": _lease,
}
_READS: dict[str, Callable[[Store], object]] = {
    "source_state": lambda store: store.source_state("n"),
    "is_purged": lambda store: store.is_purged("u"),
    "pages": lambda store: list(store.pages()),
    "count_pages": lambda store: store.count_pages(),
    "is_kept": lambda store: store.is_kept(a_page(id=1)),
    "standing": lambda store: store.standing(an_article().url, NOON),
    "known_urls": lambda store: store.known_urls(["u"]),
    "due_links": lambda store: store.due_links("s", NOON, 1),
    "count_due": lambda store: store.count_due("s", NOON),
    "sources_with_due_links": lambda store: store.sources_with_due_links(NOON),
    "link": lambda store: store.link("u"),
    "site_urls": lambda store: store.site_urls("s", 1),
    "host_state": lambda store: store.host_state("h"),
    "archive_state": lambda store: store.archive_state("p"),
    "stored_sources": lambda store: store.stored_sources(),
    "count_pending": lambda store: store.count_pending(),
    "documents": lambda store: store.documents([1]),
    "articles_by_id": lambda store: store.articles_by_id([1]),
    "index.state": lambda store: store.index.state(),
    "index.arrivals": lambda store: store.index.arrivals(0, 9),
    "index.documents": lambda store: store.index.documents([1]),
    "index.sizes": lambda store: store.index.sizes([1]),
    "index.runs": lambda store: store.index.runs(0, 1),
    "index.buckets": lambda store: store.index.buckets(1),
    "index.blocks": lambda store: store.index.blocks(1, [0]),
    "index.blocks_between": lambda store: store.index.blocks_between(1, 0, 1),
    "index.samples": lambda store: store.index.samples(["s"]),
    "component": lambda store: store.component([1]),
    "cluster_mates": lambda store: store.cluster_mates([1]),
    "articles": lambda store: Queries(store).articles(ArticleQuery()),
    "article": lambda store: Queries(store).article("1"),
    "clusters": lambda store: list(Queries(store).clusters()),
    "why": lambda store: Queries(store).why("1"),
    "source_health": lambda store: Queries(store).source_health(["n"], NOON),
    "texts": lambda store: Queries(store).texts([1]),
    "edges_of": lambda store: Queries(store).edges_of([1]),
    "edge_between": lambda store: Queries(store).edge_between(1, 2),
    "decisions.latest": lambda store: store.decisions.latest(1),
    "decisions.count": lambda store: store.decisions.count(),
    "totals": lambda store: Queries(store).totals(),
    "stats": lambda store: Queries(store).stats(),
}


@pytest.fixture
def locked_store(made_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with two articles, whose SQLite file another program is writing to."""
    shutil.copy(made_file, tmp_path / "store.db")
    with Store.open(f"sqlite:///{tmp_path}/store.db?timeout=0.05") as store:
        put_many(store, 2)
        other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield store
        other.close()


@pytest.mark.parametrize("write", _WRITES.values(), ids=_WRITES)
def test_writing_to_a_locked_file_says_so(locked_store: Store, write: Callable[[Store], object]) -> None:
    with pytest.raises(StoreLocked, match=r"another program \(SQLite file .*store.db is locked\)"):
        write(locked_store)


@pytest.mark.parametrize("read", _READS.values(), ids=_READS)
def test_reading_a_locked_file_works(locked_store: Store, read: Callable[[Store], object]) -> None:
    read(locked_store)


_ALL = pytest.mark.parametrize("use", [*_WRITES.values(), *_READS.values()], ids=[*_WRITES, *_READS])


@_ALL
def test_using_a_lost_file_says_so(made_file: Path, tmp_path: Path, use: Callable[[Store], object]) -> None:
    with Store.open(shutil.copy(made_file, str(tmp_path))) as store:
        with store.reading() as connection:
            engine = connection.engine
        engine.dispose()
        Path(store.url).write_bytes(b"something else " * 1000)
        with pytest.raises(StoreUnavailable):
            use(store)


@_ALL
def test_a_connection_that_breaks_ends_its_transaction_alone(served: Store, use: Callable[[Store], object]) -> None:
    put_many(served, 2)
    with pytest.raises(ConnectionLost), served.transaction():
        put(served, an_article(3))
        lose(served)
        use(served)
    lose(served)
    use(served)
    assert Queries(served).find(an_article(2).url) == 2
    assert served.known_urls([an_article(3).url]) == set()


def lose(store: Store) -> None:
    """Cut a store's connection to its server."""
    with store.reading() as connection:
        engine, pid = connection.engine, connection.scalar(text("SELECT pg_backend_pid()"))
    with create_engine(engine.url, isolation_level="AUTOCOMMIT").connect() as other:
        # Not with the server's own timeout: it looks every tenth of a second whether the process has ended.
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        while other.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid}):
            pass


def test_what_is_retried_is_kept_once_though_its_connection_breaks(served: Store) -> None:
    breaks = iter([True, False])

    def work() -> None:
        with served.transaction():
            put(served, an_article())
            if next(breaks):
                lose(served)

    served.retried(work)
    assert (Queries(served).stats().articles, Queries(served).stats().revisions) == (1, 1)


def test_a_part_of_a_transaction_is_not_retried(served: Store) -> None:
    def work() -> None:
        lose(served)
        put(served, an_article(2))

    with pytest.raises(ConnectionLost), served.transaction():
        put(served, an_article(1))
        served.retried(work)
    assert Queries(served).stats().articles == 0


@pytest.fixture
def away(postgres_schema_url: str, tmp_path: Path) -> Iterator[tuple[Store, Callable[[], object]]]:
    """A store whose server has just gone, and what brings that back."""
    url = make_url(postgres_schema_url)
    if not (host := str(url.query.get("host"))).startswith("/"):
        pytest.skip("the server is not reached through a folder")
    here, gone = tmp_path / "here", tmp_path / "gone"
    here.symlink_to(host)
    at_link = url.update_query_dict({"host": str(here)}).render_as_string(hide_password=False)
    with Store.open(at_link) as store:
        lose(store)
        here.rename(gone)
        yield store, lambda: gone.rename(here)


def test_a_server_that_comes_back_is_waited_for(away: tuple[Store, Callable[[], object]]) -> None:
    store, come_back = away
    threading.Timer(0.2, come_back).start()
    assert put(store, an_article()) == Outcome.KEPT


def test_a_server_that_stays_away_is_given_up(
    away: tuple[Store, Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away[0]._database, "_reconnect_after_s", (0.01, 0.01))
    with pytest.raises(StoreUnavailable, match=r"here/\.s\.PGSQL"):
        put(away[0], an_article())


def test_a_connection_that_breaks_each_time_is_given_up(served: Store) -> None:
    attempts = count(1)

    def work() -> None:
        with served.transaction():
            next(attempts)
            lose(served)
            put(served, an_article())

    with pytest.raises(ConnectionLost):
        served.retried(work)
    assert next(attempts) == 4


def test_a_full_disk_says_so_and_keeps_what_was_there(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        put(store, an_article(1))
        with pytest.raises(StoreUnavailable, match="database or disk is full"), store.transaction() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            put(store, an_article(2, article_body="x" * 1_000_000))
        assert Queries(store).stats().articles == 1


# -- kill -9 ----------------------------------------------------------------------------------------------------------

_WRITER = """
import itertools, sys
from datetime import UTC, datetime
from storage.store import Store
from tests.store.build import an_article

numbers = itertools.count(1)
with Store.open(sys.argv[1]) as store, store.lock():
    now = datetime.now(UTC)
    run_id = store.start_run("crawl", now)
    for batch in itertools.count(1):
        with store.transaction():
            for _ in range(10):
                store.put_article(an_article(next(numbers)), run_id=run_id, seen_at=now)
        print(batch, flush=True)
"""


def test_a_killed_run_loses_only_the_transaction_it_was_in(store_url: str) -> None:
    committed = _run_and_kill(store_url, batches=5)
    with Store.open(store_url) as store, store.lock():
        stats = Queries(store).stats()
        assert stats.articles >= 10 * committed
        assert stats.articles % 10 == 0
        assert (stats.revisions, stats.unjudged, stats.runs) == (stats.articles,) * 2 + (1,)
        assert len(Queries(store).articles(ArticleQuery(words="body", limit=10_000))) == stats.articles
        with store.reading() as connection:
            assert connection.scalar(text("SELECT finished_at FROM run")) is None
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert put(store, an_article(10**6)) == "kept"


def _run_and_kill(store_url: str, batches: int) -> int:
    """Start a run that writes for ever, kill it after some transactions; returns how many it said it had done."""
    command = [sys.executable, "-c", _WRITER, store_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        done = [int(process.stdout.readline()) for _ in range(batches)]
        process.send_signal(signal.SIGKILL)
    return done[-1]
