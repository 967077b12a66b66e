from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

import pytest

from crawler.extract import Page
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
    with WorkerPool(2, timeout_s=1.5) as pool:
        yield pool


def test_an_article_comes_back_from_the_workers(pool: WorkerPool) -> None:
    result = pool.extract(_page(1)).result(timeout=30)
    assert isinstance(result, Article)
    assert result.headline == "Budget approved"


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        (_Crashing, "quarantined-crash", "-9"),
        (_Hanging, "quarantined-timeout", "1.5"),
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
