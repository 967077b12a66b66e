"""A copy of a SQLite store as it is at one moment, whatever its schema, while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from storage.database import NOT_THERE, parse_location, shown_as
from storage.errors import NoBackup, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds, as it was found in it afterwards."""

    version: str
    articles: int
    size_bytes: int


def back_up(location: str, target: Path) -> Backup:
    """Write a copy of the store at a SQLAlchemy URL or a path, whole or not at all, in place of an older copy.

    Raises NoBackup for a store on PostgreSQL, StoreUnavailable naming the store or the copy.
    """
    url = parse_location(location)
    if url.get_backend_name() != "sqlite":
        raise NoBackup(shown_as(url))
    source = Path(url.database or "")
    if not source.is_file():
        raise StoreUnavailable(shown_as(url), NOT_THERE)
    if target.with_name(f"{target.name}-wal").exists() or (target.exists() and target.samefile(source)):
        raise StoreUnavailable(str(target), "in use, not to be replaced by a backup")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _copy(source, unfinished)
        backup = _look_into(unfinished)
        unfinished.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(str(source), f"no backup in {target}: {error}") from error
    finally:
        for suffix in ("", "-journal"):
            with suppress(OSError):  # nothing was written where nothing can be deleted
                unfinished.with_name(unfinished.name + suffix).unlink()
    return backup


def _copy(source: Path, target: Path) -> None:
    opened = sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)
    with closing(opened) as store, closing(sqlite3.connect(target)) as copy:
        store.backup(copy)  # in one step: between several of them it would begin anew whenever others write
        copy.execute("PRAGMA journal_mode = DELETE")  # so that the copy is one file


def _look_into(path: Path) -> Backup:
    with closing(sqlite3.connect(path)) as copy:
        [(found,), *_] = copy.execute("PRAGMA quick_check").fetchall()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchall():
            raise sqlite3.DatabaseError(NOT_THERE)
        [(version,)] = copy.execute("SELECT version_num FROM alembic_version").fetchall()
        [(articles,)] = copy.execute("SELECT count(*) FROM article").fetchall()
    return Backup(version, articles, path.stat().st_size)
