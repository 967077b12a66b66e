"""Bring a database to the newest schema, in the caller's transaction: it is upgraded whole or left as it was.

A writing transaction keeps other writers out, so that nobody else upgrades it at the same time.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.errors import StoreTooNew, StoreUnavailable


def upgrade(connection: Connection, url: str) -> None:
    """Apply the migrations that are missing.

    Raises StoreUnavailable when the database holds another program's tables, StoreTooNew when its schema is not known.
    """
    from alembic import command  # here, because it takes longer to import than a store to open
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    version = version_of(connection, url)
    if version is not None and version not in known:
        raise StoreTooNew(url, version)
    command.upgrade(config, "head")


def version_of(connection: Connection, url: str) -> str | None:
    """Return the schema version of a store, None of an empty database.

    Raises StoreUnavailable when the database holds another program's tables.
    """
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version
    if tables:
        raise StoreUnavailable(url, f"not a Wirefold store: it holds another program's tables ({tables[0]}, …)")
    return None
