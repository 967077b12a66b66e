"""Fixtures that several folders of tests share."""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine

from storage.queries import Queries
from storage.schema import Base
from storage.store import Store
from tests import examples, postgres

_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Try fewer examples where the slow tests are left out."""
    settings.load_profile(examples.QUICK if config.option.markexpr == "not slow" else examples.WHOLE)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays to the end: modules and tests are most of what there is."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server; skips, with a warning, where there is none."""
    with postgres.server() as url:
        if url is None:
            warnings.warn(postgres.NOT_FOUND, stacklevel=1)
            pytest.skip(postgres.NOT_FOUND)
        yield url


@pytest.fixture
def postgres_schema_url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty schema of its own on the server."""
    with postgres.schema(postgres_url, f"wirefold_test_{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, to be copied: that takes less time than to make one."""
    path = tmp_path_factory.mktemp("made") / "store.db"
    Store.open(str(path)).close()
    return path


@pytest.fixture(scope="session")
def made_schema_url(postgres_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL store that tests have one after the other, as each empties it."""
    with postgres.schema(postgres_url, f"wirefold_test_{os.getpid()}_made") as url:
        Store.open(url).close()
        yield url


@pytest.fixture(scope="session")
def emptying(made_schema_url: str) -> Iterator[Engine]:
    """An engine whose one connection, kept for all tests, knows the tables."""
    engine = create_engine(made_schema_url)
    yield engine
    engine.dispose()


@pytest.fixture
def emptied_url(made_schema_url: str, emptying: Engine) -> str:
    """The URL of an empty PostgreSQL store."""
    postgres.empty(emptying, [table.name for table in reversed(Base.metadata.sorted_tables)])
    return made_schema_url


@pytest.fixture(params=["sqlite", "postgresql"])
def made_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, on each kind of database."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("made_file"), tmp_path / "store.db")
        return f"sqlite:///{copy}"
    url: str = request.getfixturevalue("emptied_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that does not exist yet, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_schema_url")
    return url


@pytest.fixture
def store(made_url: str) -> Iterator[Store]:
    """An empty store, on each kind of database."""
    with Store.open(made_url) as store:
        yield store


@pytest.fixture
def served(emptied_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with Store.open(emptied_url) as store:
        yield store


@pytest.fixture
def queries(store: Store) -> Queries:
    """Questions to `store`."""
    return Queries(store)
