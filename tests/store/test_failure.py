"""Disks that are full, upgrades that are killed: a clear error, and nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, text

from storage.checking import findings
from storage.migrations import HEAD
from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery
from tests.store.test_migration import fill, put_old

__all__ = ["fill"]  # a fixture

ROOT = Path(__file__).parents[2]
_UNTIL_FULL = """
import itertools, resource, sys
from storage.store import Store
from tests.store.build import an_article, put

resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
with Store.open(sys.argv[1]) as store:
    for number in itertools.count(1):
        put(store, an_article(number, article_body=f"word{number} " * 10_000))
        print(number, flush=True)
"""
_KILLED_UPGRADE = """
import os, signal, sys
import alembic.op
from storage.store import Store

operations = iter(range(int(sys.argv[2])))
create_index = alembic.op.create_index

def create_or_die(*arguments, **options):
    if next(operations, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    create_index(*arguments, **options)

alembic.op.create_index = create_or_die
Store.open(sys.argv[1])
"""


def _run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)


def test_a_disk_that_fills_up_costs_only_the_transaction_that_finds_it_full(tmp_path: Path) -> None:
    url = str(tmp_path / "store.db")
    done = _run(_UNTIL_FULL, url)
    assert f"StoreUnavailable: store {url}: " in done.stderr
    stored = len(done.stdout.split())
    with Store.open(url) as store:
        assert stored > 1
        assert list(findings(store)) == []
        assert len(Queries(store).articles(ArticleQuery(limit=1000))) == stored
        assert [row.id for row in Queries(store).articles(ArticleQuery(words=f"word{stored}"))] == [stored]


def test_an_upgrade_that_is_killed_leaves_the_store_as_it_was(store_url: str, fill: Any) -> None:
    put_old(fill, 1, "https://daily.example/1")
    for operations in (0, 3, 7):
        assert _run(_KILLED_UPGRADE, store_url, operations).returncode == -signal.SIGKILL
        engine = create_engine(store_url)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
            assert "link" not in inspect(connection).get_table_names()
        engine.dispose()
    with Store.open(store_url) as store:
        assert store.version_found == "0001" != HEAD
        assert [row.headline for row in Queries(store).articles(ArticleQuery(words="headline"))] == ["Headline 1"]
