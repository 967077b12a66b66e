"""Several runs on one store: which may share it, and which sites each of them asks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from storage.errors import StoreLocked
from storage.locking import STALE_AFTER
from storage.queries import Queries
from storage.schema import LockTable
from storage.store import Store
from tests.store.build import an_article, put


@pytest.fixture
def two(emptied_url: str) -> Iterator[tuple[Store, Store]]:
    """Two runs that share a store on PostgreSQL."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Store.open(emptied_url)) for _ in range(2))
        stack.enter_context(first.lock(shared=True))
        stack.enter_context(second.lock(shared=True))
        yield first, second


def _refused() -> pytest.RaisesExc[StoreLocked]:
    return pytest.raises(StoreLocked, match="another run: pid")


def test_shared_runs_keep_out_one_that_wants_to_be_alone(two: tuple[Store, Store], emptied_url: str) -> None:
    with Store.open(emptied_url) as third, _refused(), third.lock():
        pytest.fail("one is alone beside others")


def test_a_run_that_is_alone_keeps_out_shared_ones(store: Store, made_url: str) -> None:
    with store.lock(), Store.open(made_url) as second, _refused(), second.lock(shared=True):
        pytest.fail("one shares what another has alone")


def test_on_sqlite_no_run_shares(tmp_path: Path) -> None:
    first, second = (Store.open(f"sqlite:///{tmp_path}/store.db") for _ in range(2))
    with first, second, first.lock(shared=True), _refused(), second.lock(shared=True):
        pytest.fail("both write to one file")


def test_a_site_is_leased_to_one_run_until_that_ends(two: tuple[Store, Store], emptied_url: str) -> None:
    first, second = two
    assert first.lease(["a.example", "b.example"]) == {"a.example", "b.example"}
    with Store.open(emptied_url) as third:
        with third.lock(shared=True):
            assert third.lease(["b.example", "c.example"]) == {"c.example"}
        assert second.lease(["a.example", "c.example"]) == {"c.example"}


def test_the_first_free_sites_are_leased_up_to_the_limit(two: tuple[Store, Store]) -> None:
    first, second = two
    sites = [f"{letter}.example" for letter in "dcba"]
    assert first.lease(sites, 1) == {"d.example"}
    assert second.lease(sites, 2) == {"c.example", "b.example"}
    assert first.lease(sites) == {"a.example"}


def test_the_leases_of_a_dead_process_lapse(two: tuple[Store, Store], emptied_url: str) -> None:
    first, second = two
    first.lease(["a.example"])
    process = subprocess.Popen(["true"])
    process.wait()
    _change(second, 1, pid=process.pid)
    with Store.open(emptied_url) as third, third.lock(shared=True):
        assert third.lease(["a.example"]) == {"a.example"}


def test_the_leases_of_a_run_on_another_host_lapse_after_long_silence(
    two: tuple[Store, Store], emptied_url: str
) -> None:
    first, second = two
    first.lease(["a.example"])
    _change(second, 1, host="elsewhere")
    with Store.open(emptied_url) as third, third.lock(shared=True):
        assert third.lease(["a.example"]) == set()
    _change(second, 1, heartbeat=datetime.now(UTC) - STALE_AFTER - timedelta(minutes=1))
    with Store.open(emptied_url) as third, third.lock(shared=True):
        assert third.lease(["a.example"]) == {"a.example"}


def _change(store: Store, lock_id: int, **values: object) -> None:
    with store.transaction() as connection:
        connection.execute(update(LockTable).where(LockTable.id == lock_id).values(**values))


def test_a_transaction_waits_for_the_one_before_it(two: tuple[Store, Store], emptied_url: str) -> None:
    """So that ids ascend as transactions end, and what is judged in their order leaves nothing out."""
    first, _ = two
    impatient = f"{emptied_url}%20-clock_timeout%3D100"
    with Store.open(impatient) as third, first.transaction():
        put(first, an_article(1))
        with pytest.raises(StoreLocked, match="gave no turn in"):
            put(third, an_article(2))
        assert Queries(third).stats().articles == 0
    assert Queries(first).stats().articles == 1
