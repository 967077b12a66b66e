from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from crawler.extract import Page
from crawler.extract.overrides import Override, Overrides
from crawler.workers import GIB, WorkerPool
from storage.types import Article, Rejection

_TEXT = (
    "<p>The council approved the new budget on Tuesday after a long debate about roads, schools and the library.</p>"
)
_HTML = f"<html><body><h1>Budget approved</h1>{_TEXT * 3}</body></html>".encode()


class _Crashing(bytes):
    def __len__(self) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0


class _Hanging(bytes):
    def __len__(self) -> int:
        time.sleep(60)
        return 0


class _Raising(bytes):
    def __len__(self) -> NoReturn:
        raise LookupError("an unforeseen page")


class _Greedy(bytes):
    def __len__(self) -> int:
        return len(bytearray(4 * GIB))


def _page(number: int, content: bytes = _HTML) -> Page:
    url = f"https://a.example/{number}"
    return Page(url=url, content=content, content_type="text/html", fetched_at=datetime(2024, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, timeout_s=4) as pool:
        yield pool


def test_an_article_comes_back_from_the_workers(pool: WorkerPool) -> None:
    result = pool.extract(_page(1)).result(timeout=30)
    assert isinstance(result, Article)
    assert result.headline == "Budget approved"


def test_workers_use_the_override_of_the_pages_site() -> None:
    ours = Override(site="a.example", why="a habit", headline="p")
    with WorkerPool(1, overrides=Overrides((ours,))) as pool:
        result = pool.extract(_page(1)).result(timeout=30)
    assert isinstance(result, Article)
    assert result.provenance["headline"] == "override a.example"


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        (_Crashing, "quarantined-crash", "-9"),
        pytest.param(_Hanging, "quarantined-timeout", "4", marks=pytest.mark.slow),  # waits for the whole 4 s
        (_Raising, "quarantined-error", "LookupError: an unforeseen page"),
        (_Greedy, "quarantined-error", "MemoryError"),
    ],
)
def test_a_page_that_breaks_a_worker_is_quarantined_and_the_others_are_extracted(
    pool: WorkerPool, kind: type[bytes], reason: str, told: str
) -> None:
    pages = [_page(1), _page(2, kind(_HTML)), _page(3), _page(4)]
    results = [done.result() for done in [pool.extract(page) for page in pages]]
    broken = results.pop(1)
    assert isinstance(broken, Rejection)
    assert (broken.url, broken.reason) == ("https://a.example/2", reason)
    assert told in broken.detail
    assert all(isinstance(result, Article) for result in results)


@pytest.mark.slow
def test_killed_workers_are_replaced_and_no_other_page_is_lost(pool: WorkerPool) -> None:
    broken = [_page(number, kind(_HTML)) for number, kind in enumerate([_Hanging, _Crashing, _Hanging, _Crashing])]
    pages = [_page(number + 10) for number in range(20)]
    mixed = [*pages[:3], *broken[:2], *pages[3:12], *broken[2:], *pages[12:]]
    results = {page.url: pool.extract(page) for page in mixed}
    kept = {url for url, done in results.items() if isinstance(done.result(), Article)}
    assert kept == {page.url for page in pages}


def hang_in_a_worker() -> None:
    """Run in a process of its own, which is killed."""
    with WorkerPool(1, timeout_s=60) as pool:
        pool.extract(_page(1)).result(timeout=30)
        hanging = pool.extract(_page(2, _Hanging(_HTML)))
        while not hanging.done():
            print(*pool._pool._pool_manager.worker_manager.workers, flush=True)
            time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_a_worker_does_not_outlive_a_killed_program_even_if_it_hangs() -> None:
    program = "from tests import test_workers; test_workers.hang_in_a_worker()"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        worker = [running.stdout.readline() for _ in range(2)][-1].strip()
        assert _is_alive(worker)
        running.kill()
    deadline = time.monotonic() + 5
    while _is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(worker)


def _is_alive(pid: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
