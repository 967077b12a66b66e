from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

import pytest

from crawler.extract import Page
from crawler.workers import GIB, ExtractionPool
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
def pool() -> Iterator[ExtractionPool]:
    with ExtractionPool(2, timeout_s=1.5) as pool:
        yield pool


def test_an_article_comes_back_from_the_workers(pool: ExtractionPool) -> None:
    result = pool.submit(_page(1)).result(timeout=30)
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
    pool: ExtractionPool, kind: type[bytes], reason: str, told: str
) -> None:
    pages = [_page(1), _page(2, kind(_HTML)), _page(3), _page(4)]
    results = [result for _, result in pool.map(pages, in_flight=4)]
    broken = results.pop(1)
    assert isinstance(broken, Rejection)
    assert (broken.url, broken.reason) == ("https://a.example/2", reason)
    assert told in broken.detail
    assert all(isinstance(result, Article) for result in results)


def test_map_keeps_the_order_and_holds_a_bounded_number_of_pages(pool: ExtractionPool) -> None:
    taken = 0

    def pages() -> Iterator[Page]:
        nonlocal taken
        for number in range(30):
            taken += 1
            yield _page(number)

    for done, (page, result) in enumerate(pool.map(pages(), in_flight=5)):
        assert page.url == f"https://a.example/{done}"
        assert isinstance(result, Article)
        assert taken <= done + 5
