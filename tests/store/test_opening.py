"""Opening a store: what is made, what is refused, and in which words."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text

import storage.migrations
from storage.errors import StorageError, StoreLocked, StoreTooNew, StoreUnavailable
from storage.queries import Queries
from storage.schema import Base
from storage.store import Store
from tests.store.build import an_article, put

_FULL_TEXT = ("revision_text", "words", "ix_revision_words")  # made by the migration alone

_FOUR_AT_ONCE = """
import sys
from multiprocessing import get_context

import alembic.command  # loaded before, so that all four come to it at once
import psycopg
from storage.store import Store

processes = [get_context("fork").Process(target=Store.open, args=sys.argv[1:]) for _ in range(4)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(any(process.exitcode for process in processes))
"""


def _is_shared(name: str | None, _kind: str, _parents: object) -> bool:
    return not (name or "").startswith(_FULL_TEXT)


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite's is compared by the next test
def test_models_and_migrations_agree(made_url: str) -> None:
    with create_engine(made_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_shared})
        assert compare_metadata(context, Base.metadata) == []


def test_models_and_migrations_give_sqlite_the_same_tables(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "migrated.db")) as store, store.reading() as connection:
        migrated = _tables(connection)
    with create_engine("sqlite://").begin() as connection:
        Base.metadata.create_all(connection)
        assert _tables(connection) == migrated


def _tables(connection: Connection) -> dict[str, object]:
    """Read columns and keys of each table, and the statement of each index; columns may have been added later."""
    rows = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql > ''")
    )
    ours = [row for row in rows if not row.name.startswith(("revision_text", "alembic_version"))]
    return {row.name: row.sql if row.type == "index" else _shape(connection, row.name, row.sql) for row in ours}


def _shape(connection: Connection, table: str, sql: str) -> object:
    def pragma(name: str) -> set[tuple[object, ...]]:
        return {tuple(row)[1:] for row in connection.exec_driver_sql(f"PRAGMA {name}('{table}')")}

    constraints = set(re.findall(r"CONSTRAINT \w+ [^,\n]+", sql))
    return pragma("table_info"), pragma("foreign_key_list"), constraints, "WITHOUT ROWID" in sql


def test_the_newest_migration_is_the_one_stores_are_checked_against() -> None:
    scripts = ScriptDirectory(str(Path(storage.migrations.__file__).parent))
    assert scripts.get_heads() == [storage.migrations.HEAD]


def test_a_store_opened_again_is_as_it_was_left(store_url: str) -> None:
    with Store.open(store_url) as store:
        put(store, an_article())
    with Store.open(store_url) as store:
        assert Queries(store).article("1").article == an_article()


def test_a_store_that_is_being_written_to_can_be_opened_and_read(store: Store, made_url: str) -> None:
    with store.transaction():
        put(store, an_article())
        with Store.open(made_url) as second:
            assert Queries(second).stats().articles == 0


def test_several_programs_may_make_a_store_at_once(store_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", _FOUR_AT_ONCE, store_url], stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_path_makes_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "100%" / "store.db"
    with Store.open(str(path)) as store:
        assert store.url == str(path)
    assert path.is_file()


def test_a_store_in_memory_works() -> None:
    with Store.open("sqlite://") as store:
        put(store, an_article())
        assert Queries(store).stats().articles == 1


def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store, store.reading() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    assert settings == ["wal", 1]


def _refusal(location: str) -> str:
    with pytest.raises(StorageError) as caught:
        Store.open(location)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    assert _refusal(str(tmp_path)) == f"store {tmp_path}: unable to open database file"


def test_a_path_below_a_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file/x/store.db") in _refusal(str(tmp_path / "file/x/store.db"))


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    assert _refusal(str(path)) == f"store {path}: file is not a database"
    assert path.read_text() == "Dear Sir or Madam, " * 100


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(str(path)).close()
    path.write_bytes(path.read_bytes()[:1000] + b"\xff" * 20_000)
    assert str(path) in _refusal(str(path))


def test_another_programs_database_is_refused_and_left_alone(store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice (id INTEGER)"))
    assert "not a Wirefold store: it holds another program's tables (invoice, …)" in _refusal(store_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE invoice"))
    engine.dispose()
    Store.open(store_url).close()


def test_a_newer_schema_is_refused_and_left_alone(store_url: str) -> None:
    with Store.open(store_url) as store:
        put(store, an_article())
        with store.transaction() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match=r"made by a newer Wirefold \(schema 9999\); please upgrade"):
        Store.open(store_url)


def test_an_upgrade_that_fails_leaves_nothing_behind(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable(store_url, "power cut")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(StoreUnavailable, match="power cut"):
        Store.open(store_url)
    monkeypatch.undo()
    with Store.open(store_url) as store:
        put(store, an_article())


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    message = _refusal("postgresql://reader:s3cret@127.0.0.1:1/news?sslpassword=s3cret")
    assert message.startswith("store postgresql://reader:***@127.0.0.1:1/news: connection failed")
    assert "s3cret" not in message


@pytest.mark.parametrize("location", ["mysql://u:s3cret@h/d", "postgresql+asyncpg://u:s3cret@h/d"])
def test_other_databases_and_drivers_are_refused(location: str) -> None:
    message = _refusal(location)
    assert "s3cret" not in message
    assert "SQLite or PostgreSQL" in message or "not a usable URL" in message


@pytest.mark.parametrize("location", ["nosuch://u:s3cret@h/d", "postgresql://u:s3cret@h:port/d", "://s3cret", ""])
def test_what_is_no_url_is_refused(location: str) -> None:
    assert "s3cret" not in _refusal(location)


def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="nosuch").render_as_string(hide_password=False)
    assert 'database "nosuch" does not exist' in _refusal(url)


def test_a_store_another_program_keeps_for_itself_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(str(path)).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLocked, match=r"another program \(SQLite file .*store.db is locked\)"):
        Store.open(f"sqlite:///{path}?timeout=0.1")
    other.close()
