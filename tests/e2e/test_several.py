"""Four processes at once on one PostgreSQL store come to what one process alone comes to.

Each has a working folder and a home of its own, as on a machine of its own: they share nothing but the store.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.checking import findings
from storage.queries import Queries
from storage.store import Store
from tests.e2e.test_kill import records
from tests.web.server import SmallWeb, serving

WIREFOLD = Path(sys.executable).parent / "wirefold"
FILES = 3
ARTICLES = 450


def run(store: str, commands: Sequence[Sequence[object]]) -> list[tuple[int, str]]:
    """Run commands on a store at once; returns their exit codes and what they complained of."""
    folders = [tempfile.TemporaryDirectory() for _ in commands]
    running = [
        subprocess.Popen(
            [str(part) for part in (WIREFOLD, *command, "--store", store)],
            cwd=folder.name,
            env={**os.environ, "HOME": folder.name, "TMPDIR": folder.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command, folder in zip(commands, folders, strict=True)
    ]
    complaints = [process.communicate(timeout=240)[1] for process in running]
    for folder in folders:
        folder.cleanup()
    return [(process.returncode, said) for process, said in zip(running, complaints, strict=True)]


def contents(url: str) -> tuple[set[object], Counter[object], set[object]]:
    """Return the articles, the edges and the clusters of a store by what does not depend on the order of arrival."""
    with Store.open(url) as store:
        assert list(findings(store)) == []
        queries = Queries(store)
        clusters = list(queries.clusters(min_size=1))
        urls = {member.id: member.url for cluster in clusters for member in cluster.members}
        assert queries.totals().articles == len(urls)
        edges = Counter[object](
            (frozenset((urls[edge.article_a], urls[edge.article_b])), edge.joins) for edge in queries.edges()
        )
    partition = {(urls[each.canonical.id], frozenset(urls[one.id] for one in each.members)) for each in clusters}
    return set(urls.values()), edges, set(partition)


def day(record: dict[str, str]) -> str:
    """Date a record, as among undated copies the first to arrive is canonical."""
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=int(record["id"]))).isoformat()


@pytest.mark.slow
def test_imports_at_once_lose_and_double_nothing(postgres_schema_url: str, tmp_path: Path) -> None:
    """The fourth process brings what the first one brings, too."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(FILES)]
    for number, path in enumerate(paths):
        own = (record for record in records()[:ARTICLES] if int(record["site"][1]) % FILES == number)
        path.write_text("".join(json.dumps(record | {"published": day(record)}) + "\n" for record in own))
    alone = str(tmp_path / "alone.sqlite")
    for path in paths:
        assert run(alone, [["import", path]]) == [(0, "")]
    assert run(postgres_schema_url, [["import", path] for path in (*paths, paths[0])]) == [(0, "")] * 4
    articles, edges, clusters = contents(postgres_schema_url)
    assert (len(articles), max(edges.values())) == (ARTICLES, 1)
    assert (articles, edges, clusters) == contents(alone)
    assert len(clusters) < ARTICLES


@pytest.fixture
def own_web() -> Iterator[SmallWeb]:
    with serving() as running:
        yield running


@pytest.mark.slow
def test_crawls_at_once_ask_each_source_once_and_find_the_same(
    own_web: SmallWeb, postgres_schema_url: str, tmp_path: Path
) -> None:
    config, alone = tmp_path / "wirefold.toml", str(tmp_path / "alone.sqlite")
    own_web.write_config(config)
    crawl = ["crawl", "--config", config]
    assert [code for code, _ in run(alone, [crawl])] == [0]
    asked = Counter(request.url for request in own_web.requests if request.path.endswith(".xml"))
    own_web.requests.clear()
    assert [code for code, _ in run(postgres_schema_url, [[*crawl, "--max-sites", 3]] * 4)] == [0] * 4
    assert Counter(request.url for request in own_web.requests if request.path.endswith(".xml")) == asked
    assert contents(postgres_schema_url) == contents(alone)
