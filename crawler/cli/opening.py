"""Where a command finds its configuration and its store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from storage.errors import NotFound

if TYPE_CHECKING:
    from crawler.config import Config
    from storage.store import Store


T = TypeVar("T")


def load_config(path: Path | None) -> Config:
    """Read the configuration in force. Raises ConfigError."""
    from crawler import config

    return config.load(path)


def keeping_pages(config: Config, wanted: bool) -> Config:
    """Give the configuration as an option on the command line changes it."""
    crawl = config.crawl.model_copy(update={"keep_pages": wanted or config.crawl.keep_pages})
    return config.model_copy(update={"crawl": crawl})


def open_store(location: str | None, config: Config, *, create: bool = False) -> Store:
    """Open the store that is named, else the configured one, else the user's. Raises StorageError."""
    from storage.store import Store

    return Store.open(store_at(location, config), create=create)


def store_at(location: str | None, config: Config) -> str:
    """Say where the store is: where it is named, else as configured, else the user's."""
    return location or config.store or _users_store()


def look_up(ask: Callable[[str], T], ref: str) -> T:
    """Ask for what goes by a name, then for what goes by its identity as an address. Raises NotFound."""
    try:
        return ask(ref)
    except NotFound:
        from crawler.urls import identity

        if (kept_as := identity(ref)) == ref:
            raise
        return ask(kept_as)


def _users_store() -> str:
    from platformdirs import user_data_path

    return str(user_data_path("wirefold") / "wirefold.sqlite")
