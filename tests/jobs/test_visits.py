"""What a visit leaves about its link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.config import CrawlOptions
from crawler.extract.page import Page
from crawler.jobs.crawl import _after
from crawler.spiders import Visit
from storage.types import LinkState, Rejection, Stage, Visited

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
LINK = LinkState(url="https://a.example/1", address="https://a.example/1", source="a", date_first_seen=NOW)
PAGE = Page(url=LINK.url, content=b"", content_type="text/html", fetched_at=NOW)
LATER = NOW + timedelta(days=1)


def after(reason: str, stage: Stage = Stage.FETCH, **fields: object) -> LinkState:
    visit = Visit(link=LINK, at=NOW, etag='"1"', payload_digest="sha1:X", **fields)  # type: ignore[arg-type]
    loss = Rejection(url=LINK.url, source="a", stage=stage, reason=reason, retry=True)
    return _after(LINK, visit, loss, ("rejected",), CrawlOptions())


def test_a_link_that_was_held_back_waits_and_has_not_failed() -> None:
    link = after("backing-off", not_before=LATER, is_asked=False)
    assert (link.visits, link.failures, link.next_visit) == (0, 0, LATER)


def test_a_link_that_was_told_to_wait_has_failed_and_waits() -> None:
    link = after("http-503", not_before=LATER)
    assert (link.visits, link.failures, link.last_outcome, link.next_visit) == (1, 1, Visited.FAILED, LATER)


@pytest.mark.parametrize(("reason", "etag"), [("quarantined-timeout", None), ("too-short", '"1"')])
def test_a_page_on_which_extraction_broke_is_wanted_again_as_it_is(reason: str, etag: str | None) -> None:
    link = after(reason, Stage.EXTRACT, page=PAGE)
    assert link.etag == etag and link.next_visit is not None
