"""Backups of SQLite stores."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.backup import back_up
from storage.errors import NoBackup, StoreUnavailable
from storage.migrations import HEAD
from storage.queries import Queries
from storage.store import Store
from tests.store.build import an_article, put, put_many


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_made_while_a_run_writes_is_as_the_store_was(tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    with Store.open(str(tmp_path / "store.db")) as store, store.lock():
        put_many(store, 2)
        with store.transaction():
            put(store, an_article(3))
            made = back_up(store.url, target)
    assert (made.version, made.articles, made.size_bytes) == (HEAD, 2, target.stat().st_size)
    with Store.open(str(target)) as backup:
        assert Queries(backup).article("2").article == an_article(2)


def test_a_backup_is_one_file_and_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for count in (1, 2):
        with Store.open(str(tmp_path / "store.db")) as store:
            put(store, an_article(count))
        assert back_up(store.url, folder / "backup.db").articles == count
    assert names(folder) == ["backup.db"]


def test_a_backup_does_not_upgrade_the_store(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store, store.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert back_up(store.url, tmp_path / "backup.db").version == "0001"
    with sqlite3.connect(store.url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_a_store_in_use_is_not_replaced_by_a_backup(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store, Store.open(str(tmp_path / "other.db")) as other:
        for target in (store, other):
            with pytest.raises(StoreUnavailable, match="in use"):
                back_up(store.url, Path(target.url))


def test_what_is_no_store_is_not_backed_up(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    sqlite3.connect(tmp_path / "empty.db").close()
    no_store = "there is no store yet"
    for source, problem in (("letter.txt", "not a database"), ("empty.db", no_store), ("missing.db", no_store)):
        with pytest.raises(StoreUnavailable, match=f"{source}: .*{problem}"):
            back_up(str(tmp_path / source), tmp_path / "backup.db")
    assert names(tmp_path) == ["empty.db", "letter.txt"]


def test_a_backup_for_which_there_is_no_room_leaves_the_older_one(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        put(store, an_article(1, article_body="word " * 100_000))
    target = tmp_path / "backup.db"
    target.write_text("older")
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from pathlib import Path; from storage.backup import back_up; back_up(sys.argv[1], Path(sys.argv[2]))"
    )
    done = subprocess.run([sys.executable, "-c", script, store.url, target], capture_output=True, text=True)
    assert f"StoreUnavailable: store {store.url}: no backup in {target}: " in done.stderr
    assert target.read_text() == "older"
    assert names(tmp_path) == ["backup.db", "store.db"]


def test_postgresql_has_a_program_of_its_own(tmp_path: Path) -> None:
    url = "postgresql+psycopg://news:s3cret@db.example/news"
    with pytest.raises(NoBackup, match=r"pg_dump --format=custom --file=FILE postgresql://news:\*\*\*@db.example/news"):
        back_up(url, tmp_path / "backup.db")


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 program")
def test_a_backup_can_be_read_by_others(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        put_many(store, 2)
    back_up(store.url, tmp_path / "backup.db")
    command = ["sqlite3", "-readonly", str(tmp_path / "backup.db"), "SELECT count(*) FROM article"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "2\n"
