"""How a job tells whoever started it how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Shows the steps of a job."""

    def step(self, what: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step of ``total`` units (None: not known); the function it gives is told how many more are done."""


class Silent:
    """A Progress that shows nothing: cron's."""

    def step(self, what: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        return nullcontext(lambda _: None)
