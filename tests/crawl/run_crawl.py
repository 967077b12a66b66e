"""Run one crawl as a program: Scrapy's reactor starts only once in a process.

Reads a JSON object from stdin (``config``, ``known``, ``states``, ``fail``), writes what the ledger was told to stdout.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from crawler.config import Config
from crawler.extract.page import Page
from crawler.spiders import check, run
from storage.types import Rejection, SourceState


class MemoryLedger:
    def __init__(self, told: dict[str, Any]) -> None:
        self.known_urls = set(told.get("known", ()))
        self.states = {state["name"]: SourceState(**state) for state in told.get("states", ())}
        self.fail = told.get("fail")
        self.rejections: list[Rejection] = []
        self.pages: list[Page] = []
        self.workers = ThreadPoolExecutor(1)

    def source_state(self, name: str) -> SourceState | None:
        self._may_fail("source_state")
        return self.states.get(name)

    def save_source_state(self, state: SourceState) -> None:
        self._may_fail("save_source_state")
        self.states[state.name] = state

    def known(self, urls: set[str]) -> set[str]:
        self._may_fail("known")
        return urls & self.known_urls

    def reject(self, rejection: Rejection) -> None:
        self._may_fail("reject")
        self.rejections.append(rejection)

    async def page(self, page: Page) -> None:
        await asyncio.wrap_future(self.workers.submit(time.sleep, 0.01))
        self._may_fail("page")
        self.pages.append(page)

    def _may_fail(self, method: str) -> None:
        if self.fail == method:
            raise LookupError(f"{method} failed")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    told = json.load(sys.stdin)
    config = Config.model_validate(told["config"])
    ledger = MemoryLedger(told)
    if told.get("check"):
        found: Any = [link.url for link in check(config, config.sources[0])]
    else:
        found = dataclasses.asdict(run(config, config.sources, ledger))
    json.dump(
        {
            "result": found,
            "pages": {page.requested_url: {"url": page.url, "bytes": len(page.content)} for page in ledger.pages},
            "rejections": [[each.stage, each.reason, each.url, each.retry, each.detail] for each in ledger.rejections],
            "states": [dataclasses.asdict(state) for state in ledger.states.values()],
        },
        sys.stdout,
        default=lambda value: value.isoformat(),
    )


if __name__ == "__main__":
    main()
