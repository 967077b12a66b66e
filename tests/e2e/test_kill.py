"""kill -9 at any instant loses nothing committed, and the next run goes on to the same end."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import kills
from tests.dedupe import prose

WIREFOLD = Path(sys.executable).parent / "wirefold"
ARTICLES = 1500

pytestmark = pytest.mark.slow


def records() -> list[dict[str, str]]:
    """Five sites; every third article is a copy, with a line added, of one on another site."""
    chance = random.Random(7)
    made = []
    for number in range(ARTICLES):
        original = number if number % 3 else chance.randrange(number + 1)
        text = prose.text(original, 12) + ("" if original == number else "\nA line that the copy adds.")
        made.append({"id": str(number), "site": f"s{number % 5}.example", "title": f"Number {original}", "text": text})
    return made


def wirefold(*arguments: object, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(part) for part in (WIREFOLD, *arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def clusters(store: str) -> set[frozenset[str]]:
    done = wirefold("clusters", "--store", store, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = map(json.loads, done.stdout.splitlines())
    return {frozenset(member["external_id"] for member in row["members"]) for row in rows}


def test_killed_imports_end_like_an_undisturbed_one(store_url: str, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records()))
    undisturbed = tmp_path / "undisturbed.sqlite"
    assert wirefold("import", file, "--keep-id", "--store", undisturbed).returncode == 0
    chance, killed = random.Random(11), 0
    for _ in range(5):
        running = subprocess.Popen(
            [WIREFOLD, "import", file, "--keep-id", "--store", store_url], stdout=subprocess.PIPE
        )
        try:
            running.wait(timeout=chance.uniform(0.5, 4))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            killed += 1
    assert killed
    done = wirefold("import", file, "--keep-id", "--store", store_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert clusters(store_url) == clusters(str(undisturbed))
    assert len(clusters(store_url)) > 100


@pytest.fixture(scope="module")
def crawler() -> Iterator[kills.Crawler]:
    with kills.crawling(sites=6, pages=20) as crawler:
        yield crawler


@pytest.fixture(scope="module")
def undisturbed(crawler: kills.Crawler, tmp_path_factory: pytest.TempPathFactory) -> kills.Contents:
    return kills.undisturbed(crawler, str(tmp_path_factory.mktemp("undisturbed") / "store.sqlite"))


def test_killed_crawls_leave_a_sound_store_and_no_process_and_end_like_an_undisturbed_one(
    store_url: str, crawler: kills.Crawler, undisturbed: kills.Contents
) -> None:
    trial = kills.disturbed(crawler, store_url, kills=4, chance=random.Random(13), longest_s=2.5)
    assert trial.kills
    assert trial.problems == []
    assert kills.differences(kills.contents(store_url), undisturbed) == []
    assert len(undisturbed["articles"]) > 100
