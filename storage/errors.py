"""What can go wrong with a store.

StorageError
├── StoreUnavailable   it cannot be opened, read or written
│   └── ConnectionLost the connection to its server broke; a transaction that was open has left nothing
├── StoreTooNew        its schema is not one this version of Wirefold knows
├── StoreLocked        another run, or another program, is writing to it
├── NotEmpty           what is to be copied there needs an empty one
├── NoBackup           its database is backed up by programs of its own
├── NotFound           nothing in it has that id, URL or external id
└── BadCursor          what a page is to go on after is no cursor of that order

Each message is one line, names the store (never its password) and can be shown to a person as it is.
"""

from __future__ import annotations


class StorageError(Exception):
    """Root of everything this package raises on purpose."""


class StoreUnavailable(StorageError):
    """The store at ``url`` cannot be opened, read or written; ``cause`` says why."""

    def __init__(self, url: str, cause: object) -> None:
        self.url = url
        self.cause = " ".join(str(cause).split())
        super().__init__(f"store {url}: {self.cause}")


class ConnectionLost(StoreUnavailable):
    """The connection to the store at ``url`` broke: what was one transaction may be done again."""


class StoreTooNew(StorageError):
    """The store at ``url`` has schema ``version``, which this Wirefold does not know."""

    def __init__(self, url: str, version: str) -> None:
        self.url = url
        self.version = version
        super().__init__(f"store {url}: made by a newer Wirefold (schema {version}); please upgrade Wirefold")


class StoreLocked(StorageError):
    """``holder`` is writing to the store."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"the store is in use by {holder}")


class NotEmpty(StorageError):
    """The store at ``url`` has rows in ``table`` already."""

    def __init__(self, url: str, table: str) -> None:
        self.url = url
        self.table = table
        super().__init__(f"store {url}: not empty (there are rows in {table}); copy into a new one")


class NoBackup(StorageError):
    """The store at ``url`` is on a server, which has its own program for this."""

    def __init__(self, url: str) -> None:
        self.url = url
        command = f"pg_dump --format=custom --file=FILE {url.replace('+psycopg', '')}"
        super().__init__(f"store {url}: PostgreSQL makes its own backups; run: {command}")


class NotFound(StorageError):
    """The store has no ``what``."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"not in the store: {what}")


class BadCursor(StorageError):
    """``cursor`` is none that a page in this order can go on after."""

    def __init__(self, cursor: str, sort: str) -> None:
        self.cursor, self.sort = cursor, sort
        super().__init__(f"not a cursor of a listing by {sort}: {cursor[:100]!r}")
