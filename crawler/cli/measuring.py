"""The metrics file: written at the end of a run, unless it was none because another one is going on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.choosing import known_sources
from crawler.cli.logs import note
from crawler.cli.options import UsageError
from crawler.errors import ConfigError
from storage.errors import StorageError, StoreLocked
from storage.types import SourceState, Totals

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.jobs import Summary
    from storage.store import Store


@dataclass(slots=True)
class Measured:
    """What is known of a run so far. Without a ``summary`` it has failed."""

    began: datetime
    is_wanted: bool
    summary: Summary | None = None
    states: list[SourceState] = field(default_factory=list)
    totals: Totals | None = None

    @contextmanager
    def of(self, config: Config, store: Store) -> Iterator[None]:
        """Look into the store when the run is over; a store that fails then leaves its figures out."""
        try:
            yield
        finally:
            if self.is_wanted:
                with suppress(StorageError, ConfigError):
                    self._look(config, store)

    def _look(self, config: Config, store: Store) -> None:
        from storage.queries import Queries

        states = (store.source_state(name) for name in known_sources(config, store))
        self.states = [state for state in states if state is not None]
        self.totals = Queries(store).totals()


@contextmanager
def measuring(path: Path | None) -> Iterator[Measured]:
    """Write the metrics of a run to a file at its end, if there shall be one; a full disk does not fail the run.

    A run that was locked out leaves the file of the last real one as it is: the one that holds the lock writes its own.
    """
    if path is not None and not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no such folder")
    run = Measured(datetime.now(UTC), is_wanted=path is not None)
    try:
        yield run
    except StoreLocked:
        path = None
        raise
    finally:
        if path is not None:
            _write(path, run)


def _write(path: Path, run: Measured) -> None:
    from prometheus_client import write_to_textfile

    from crawler.reports.metrics import registry

    counts = {} if run.summary is None else run.summary.counts
    succeeded = run.summary is not None and not counts.get("unfinished")
    found = registry(
        run.began, datetime.now(UTC), succeeded=succeeded, counts=counts, states=run.states, totals=run.totals
    )
    try:
        write_to_textfile(str(path), found)
    except OSError as error:
        note(f"{path}: {error.strerror}")
