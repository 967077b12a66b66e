"""Progress bars on stderr, for a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.jobs import Progress


def progress() -> Progress:
    """Give what shows the steps of a job: bars on a terminal, else nothing."""
    from crawler.jobs import Silent

    return _Bars() if sys.stderr.isatty() else Silent()


class _Bars:
    """A bar for each step, gone when it is done; a count where no end is known."""

    @contextmanager
    def step(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        known = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        columns = known if total is not None else (TextColumn("{task.completed:,.0f}"),)
        with Progress(TextColumn("{task.description}"), *columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(what, total=total)
            yield lambda done: bars.advance(task, done)
