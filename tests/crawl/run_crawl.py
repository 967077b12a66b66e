"""Run one crawl as a program: Scrapy's reactor starts only once in a process.

Reads a JSON object from stdin (``config``, ``known``, ``states``, ``hosts``, ``fail``, ``check``, ``explore``,
``time_s``, ``warc_dir``), writes what the ledger was told to stdout.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler import urls
from crawler.config import Config
from crawler.sources import Link
from crawler.sources.sections import Shapes
from crawler.spiders import Limits, SourceRun, Visit, check, explore, run
from crawler.workers import WorkerPool
from storage.types import HostState, LinkState, Rejection, SourceState


class MemoryLedger:
    """Links that are neither known nor visited are due."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.known = set(told.get("known", ()))
        self.states = {state["name"]: _state(state) for state in told.get("states", ())}
        self.fail = told.get("fail")
        self.links: dict[str, LinkState] = {}
        self.hosts = {state["host"]: HostState(**state) for state in told.get("hosts", ())}
        self.rejections: list[Rejection] = []
        self.visits: list[Visit] = []
        self.workers = ThreadPoolExecutor(1)

    def source_state(self, name: str) -> SourceState | None:
        return self.states.get(name)

    def save_source_state(self, state: SourceState) -> None:
        self._may_fail("save_source_state")
        self.states[state.name] = state

    def discovered(self, source: str, links: Sequence[Link], at: datetime) -> set[str]:
        self._may_fail("discovered")
        new = {urls.identity(link.url): link for link in reversed(links)}
        new = {url: link for url, link in new.items() if url not in self.known}
        self.known |= new.keys()
        self.links |= {
            url: LinkState(url=url, address=link.url, source=source, date_first_seen=at)
            for url, link in reversed(new.items())
        }
        return set(new)

    def due(self, source: str, at: datetime, limit: int) -> list[LinkState]:
        self._may_fail("due")
        return [link for link in self.links.values() if link.source == source][:limit]

    def shapes(self, site: str) -> Shapes:
        return Shapes()

    def host_state(self, host: str) -> HostState | None:
        return self.hosts.get(host)

    def save_host_state(self, state: HostState) -> None:
        self.hosts[state.host] = state

    def reject(self, rejection: Rejection) -> None:
        self._may_fail("reject")
        self.rejections.append(rejection)

    async def visited(self, visit: Visit) -> None:
        await asyncio.wrap_future(self.workers.submit(time.sleep, 0.01))
        self._may_fail("visited")
        self.visits.append(visit)
        if visit.loss:
            self.rejections.append(visit.loss)

    def _may_fail(self, method: str) -> None:
        if self.fail == method:
            raise LookupError(f"{method} failed")


def _state(fields: dict[str, Any]) -> SourceState:
    times = ("last_fetched", "last_success", "next_due")
    return SourceState(**fields | {name: datetime.fromisoformat(fields[name]) for name in times if fields.get(name)})


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    told = json.load(sys.stdin)
    config = Config.model_validate(told["config"])
    ledger = MemoryLedger(told)
    json.dump(
        {
            "result": _result(told, config, ledger),
            "visits": {visit.link.address: _page(visit) for visit in ledger.visits},
            "rejections": [[each.stage, each.reason, each.url, each.retry, each.detail] for each in ledger.rejections],
            "states": [dataclasses.asdict(state) for state in ledger.states.values()],
            "hosts": [dataclasses.asdict(state) for state in ledger.hosts.values()],
        },
        sys.stdout,
        default=lambda value: value.decode() if isinstance(value, bytes) else value.isoformat(),
    )


def _result(told: dict[str, Any], config: Config, ledger: MemoryLedger) -> Any:
    if told.get("check"):
        return [link.url for link in check(config, config.sources[0])]
    if told.get("explore"):
        return [dataclasses.asdict(found) for found in explore(config, told["explore"])]
    limits = Limits(time_s=told.get("time_s"), warc_dir=Path(told["warc_dir"]) if told.get("warc_dir") else None)
    runs = [SourceRun.begin(spec, ledger.source_state(spec.name), is_asked=True) for spec in config.sources]
    with WorkerPool(1) as pool:
        return dataclasses.asdict(run(config.crawl, runs, ledger, pool, lambda: datetime.now(UTC), limits))


def _page(visit: Visit) -> Any:
    return {"url": visit.page.url, "bytes": len(visit.page.content)} if visit.page else None


if __name__ == "__main__":
    main()
