"""Where a command finds its configuration and its store, and where its log goes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.options import UsageError
from crawler.reports.wording import brief

if TYPE_CHECKING:
    from crawler.config import Config, SourceSpec
    from storage.store import Store

_LOG_CHARS = 1_000


def load_config(path: Path | None) -> Config:
    """Read the configuration in force. Raises ConfigError."""
    from crawler import config

    return config.load(path)


def choose_sources(config: Config, names: Sequence[str]) -> list[SourceSpec]:
    """Pick the configured sources of these names, all of them when none is named."""
    known = {spec.name: spec for spec in config.sources}
    if not known:
        raise UsageError("no source is configured; add one with: wirefold sources add NAME URL")
    for name in names:
        if name not in known:
            raise UsageError(f"no source is named {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def open_store(location: str | None, config: Config, *, create: bool = False) -> Store:
    """Open the store that is named, else the configured one, else the user's. Raises StorageError."""
    from storage.store import Store

    return Store.open(location or config.store or _users_store(), create=create)


def log_to_stderr(*, verbose: bool, otherwise: int = logging.WARNING) -> None:
    """Send the log to stderr: with ``verbose`` all that Wirefold does, otherwise what is of that level or above."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for package in ("crawler", "dedupe", "storage"):
        logging.getLogger(package).setLevel(logging.INFO if verbose else otherwise)


class _OneLine(logging.Formatter):
    """Keeps what servers say in one line and harmless to a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return brief(super().formatMessage(record), _LOG_CHARS)


def _users_store() -> str:
    from platformdirs import user_data_path

    return str(user_data_path("wirefold") / "wirefold.sqlite")
