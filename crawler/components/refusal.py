"""How a component says that a request is not let out, or that its answer says not to ask again yet."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest

STOPPED = "stopped"
"""The reason of what was still waiting for its turn when the crawl ended: nothing came of it, good or bad."""

BACKING_OFF = "backing-off"
"""The reason of what was not sent because its host wants to be left alone: nothing was learned about it either."""


class Refused(IgnoreRequest):
    """A request that comes to nothing by our own rules, with its reason in one word.

    ``retry`` says whether a later run may try again, ``retry_after`` from when on, if the host has said so.
    """

    def __init__(self, reason: str, detail: str, *, retry: bool, retry_after: datetime | None = None) -> None:
        self.reason, self.retry, self.retry_after = reason, retry, retry_after
        super().__init__(detail)
