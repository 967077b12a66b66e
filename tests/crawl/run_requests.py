"""Send requests through Scrapy with our settings, as a program: its reactor starts only once in a process.

Reads a JSON object from stdin: ``stages`` (lists of requests, each stage sent when the one before has ended),
``settings``, ``host_states``. Writes to stdout what came of each request, the counts and states of the hosts, and the
error that ended it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.components.delivery import StopOnError
from crawler.components.host_log import HostLog
from crawler.spiders.failures import explain
from storage.types import HostState

TIMES = ("robots_fetched", "blocked_until")


class HostLedger:
    def __init__(self, told: list[dict[str, Any]]) -> None:
        self.states = {each["host"]: HostState(**_read(each)) for each in told}

    def host_state(self, host: str) -> HostState | None:
        return self.states.get(host)

    def save_host_state(self, state: HostState) -> None:
        self.states[state.host] = state


class RequestsSpider(Spider):
    name = "requests"

    def __init__(self, ledger: HostLedger, stages: list[list[dict[str, Any]]]) -> None:
        super().__init__()
        self.ledger, self.stages = ledger, stages
        self.answers: list[dict[str, Any]] = []

    async def start(self) -> AsyncIterator[Request]:
        asked = 0
        for stage in self.stages:
            for each in stage:
                asked += 1
                meta = {**each.get("meta", {}), "asked": each["url"]}
                if "last_visit" in meta:
                    meta["last_visit"] = datetime.fromisoformat(meta["last_visit"])
                yield Request(**{**each, "meta": meta}, callback=self.parse, errback=self.failed, dont_filter=True)
            while len(self.answers) < asked:
                await asyncio.sleep(0.01)

    def parse(self, response: Response) -> None:
        self.answers.append(
            {
                "asked": response.meta["asked"],
                "url": response.url,
                "status": response.status,
                "body": response.text[:200] if hasattr(response, "text") else repr(response.body[:200]),
                "digest": response.meta["received_digest"],
            }
        )

    def failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self.answers.append({"asked": request.meta["asked"], **dataclasses.asdict(explain(failure.value))})


def _read(state: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(state[name]) for name in TIMES if state.get(name)}
    return state | times | {"robots_txt": state.get("robots_txt", "").encode()}


def main() -> None:
    told = json.load(sys.stdin)
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict(
        {"ITEM_PIPELINES": {}, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, **told["settings"]}, "cmdline"
    )
    process = AsyncCrawlerProcess(settings)
    logging.disable(logging.CRITICAL)
    crawler = process.create_crawler(RequestsSpider)
    ledger = HostLedger(told["host_states"])
    task = process.crawl(crawler, ledger, told["stages"])
    process.start()
    task.result()
    spider: Any = crawler.spider
    log, stopper = crawler.get_downloader_middleware(HostLog), crawler.get_extension(StopOnError)
    assert log is not None and stopper is not None
    json.dump(
        {
            "answers": spider.answers,
            "hosts": {host: dataclasses.asdict(counts) for host, counts in log.counts().items()},
            "states": [dataclasses.asdict(state) for state in ledger.states.values()],
            "error": None if stopper.error is None else f"{type(stopper.error).__name__}: {stopper.error}",
        },
        sys.stdout,
        default=lambda value: value.decode() if isinstance(value, bytes) else value.isoformat(),
    )


if __name__ == "__main__":
    main()
