"""A PostgreSQL for the tests: WIREFOLD_TEST_POSTGRES (a URL), or a private throw-away cluster of Debian's binaries.

The cluster listens on a socket in a temporary folder only, so it meets no other and needs no password.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

NOT_FOUND = "no PostgreSQL: neither WIREFOLD_TEST_POSTGRES is set nor is there /usr/lib/postgresql/*/bin/initdb"

_RESTART_SEQUENCES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


def find_binaries() -> Path | None:
    """Find the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server() -> Iterator[str | None]:
    """Give the SQLAlchemy URL of a server where schemas can be made, or None where there is none."""
    given, binaries = os.environ.get("WIREFOLD_TEST_POSTGRES"), find_binaries()
    if given or binaries is None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="wirefold-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        yield from _run_cluster(binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def schema(server_url: str, name: str) -> Iterator[str]:
    """Give the URL of an empty schema of its own on a server."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
        yield (
            make_url(server_url)
            .update_query_dict({"options": f"-csearch_path={name}"})
            .render_as_string(hide_password=False)
        )
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def empty(engine: Engine, tables: Sequence[str]) -> None:
    """Delete all rows of tables, whatever they refer to, and begin again with ids: quicker than to make a schema."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign key is looked at
        connection.execute(text("; ".join(f"DELETE FROM {table}" for table in tables)))
        connection.execute(text(_RESTART_SEQUENCES))


def _run_cluster(binaries: Path, folder: Path) -> Iterator[str]:
    data = folder / "data"
    _run(
        binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    _run(binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(*command: str | Path) -> None:
    """Run a server program; as user postgres when we are root, whom it refuses."""
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*become, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")
