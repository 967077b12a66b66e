"""Crawl the small web once a session: a first time, again on the same day, and on the second day."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.web.server import Request, SmallWeb, serving

WIREFOLD = Path(sys.executable).parent / "wirefold"


@dataclass(frozen=True, slots=True)
class Wirefold:
    """The installed command with one configuration and one store, run from a folder that is not the project's."""

    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, whatever its exit code."""
        command = [str(WIREFOLD), *arguments, "--store", str(self.folder / "store.sqlite")]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)

    def crawl(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Crawl the small web."""
        return self.run("crawl", *options, "--config", str(self.folder / "wirefold.toml"))

    def rows(self, *arguments: str) -> list[Any]:
        """Run one command that lists, and return its rows."""
        return [json.loads(line) for line in self._stdout(*arguments, "--format", "jsonl").splitlines()]

    def value(self, *arguments: str) -> Any:
        """Run one command that shows one thing, and return it."""
        return json.loads(self._stdout(*arguments, "--format", "json"))

    def _stdout(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: what it printed, what it asked the small web for, and what the store listed afterwards."""

    done: subprocess.CompletedProcess[str]
    requests: tuple[Request, ...]
    clusters: list[Any]
    articles: list[Any]
    stats: Any

    @property
    def partition(self) -> set[frozenset[str]]:
        """Return the clusters, those of one article too, as sets of URLs."""
        return {frozenset(member["url"] for member in cluster["members"]) for cluster in self.clusters}

    @property
    def pages_requested(self) -> list[str]:
        """List the URLs asked for other than robots.txt and sources, without their query."""
        asked = (request for request in self.requests if not request.path.endswith((".xml", "/robots.txt")))
        return [request.url.partition("?")[0] for request in asked]


def _crawl(web: SmallWeb, wirefold: Wirefold, *options: str) -> Crawl:
    web.requests.clear()
    done = wirefold.crawl(*options)
    return Crawl(
        done=done,
        requests=tuple(web.requests),
        clusters=wirefold.rows("clusters", "--min-size", "1"),
        articles=wirefold.rows("articles", "--role", "any", "--limit", "1000"),
        stats=wirefold.value("stats"),
    )


@pytest.fixture(scope="session")
def web() -> Iterator[SmallWeb]:
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def wirefold(web: SmallWeb, tmp_path_factory: pytest.TempPathFactory) -> Wirefold:
    folder = tmp_path_factory.mktemp("wirefold")
    web.write_config(folder / "wirefold.toml")
    return Wirefold(folder)


@pytest.fixture(scope="session")
def first(web: SmallWeb, wirefold: Wirefold) -> Crawl:
    return _crawl(web, wirefold)


@pytest.fixture(scope="session")
def nothing_due(web: SmallWeb, wirefold: Wirefold, first: Crawl) -> Crawl:
    return _crawl(web, wirefold)


@pytest.fixture(scope="session")
def again(web: SmallWeb, wirefold: Wirefold, nothing_due: Crawl) -> Crawl:
    return _crawl(web, wirefold, "--all")


@pytest.fixture(scope="session")
def second_day(web: SmallWeb, wirefold: Wirefold, again: Crawl) -> Crawl:
    web.day = 2
    return _crawl(web, wirefold, "--all")
