"""The spider on hand-made responses: what it asks for, and what it tells the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.components import Delivery, Refused
from crawler.config import CrawlOptions, SourceSpec
from crawler.extract.page import Page
from crawler.spiders.failures import explain
from crawler.spiders.news import MAX_SITEMAP_DEPTH, MAX_SITEMAPS_PER_SOURCE, NewsSpider
from storage.types import SourceState
from tests.crawl.run_crawl import MemoryLedger
from tests.crawl.web import Answer, page, rss, sitemap

NOW = datetime(2026, 2, 3, tzinfo=UTC)
FEED = SourceSpec(name="f", kind="feed", url="http://a.example/rss")
SITEMAP = SourceSpec(name="s", kind="sitemap", url="http://a.example/map")
OLD = SourceState(name="f", url=FEED.url, etag='"old"', last_modified="Mon, 02 Feb 2026 00:00:00 GMT")


class Crawl:
    """One source's crawl, driven by hand."""

    def __init__(
        self, spec: SourceSpec = FEED, *, known: Iterable[str] = (), state: SourceState | None = None, links: int = 200
    ) -> None:
        self.ledger = MemoryLedger({"known": known})
        if state is not None:
            self.ledger.states[spec.name] = state
        self.spider = NewsSpider(CrawlOptions(max_links_per_source=links), [spec], self.ledger, lambda: NOW)
        self.run = self.spider.runs[0]
        (self.first,) = self.spider._source_request(self.run, spec.url, 0)

    def give(self, request: Request, answer: Answer) -> list[Any]:
        """Answer a request; pages that come of it are kept at once."""
        response = Response(request.url, status=answer.status, headers=dict(answer.headers), body=answer.body)
        response.request = request
        out = list(request.callback(response, **request.cb_kwargs))  # type: ignore[misc]
        for item in out:
            if isinstance(item, Delivery):
                item.kept()
        return [item.page if isinstance(item, Delivery) else item for item in out]

    def fail(self, request: Request, error: Exception) -> None:
        failure = Failure(error)  # type: ignore[no-untyped-call]
        failure.request = request  # type: ignore[attr-defined]
        request.errback(failure)  # type: ignore[misc]

    @property
    def state(self) -> SourceState | None:
        return self.ledger.states.get(self.run.spec.name)

    def reasons(self) -> list[str]:
        return [f"{each.stage}/{each.reason}" for each in self.ledger.rejections]


def test_a_source_is_asked_only_for_what_has_changed() -> None:
    headers = Crawl(state=OLD).first.headers
    assert headers[b"If-None-Match"] == b'"old"'
    assert headers[b"If-Modified-Since"] == b"Mon, 02 Feb 2026 00:00:00 GMT"


def test_a_source_that_has_moved_is_asked_for_everything() -> None:
    moved = SourceState(name="f", url="http://a.example/elsewhere", etag='"old"')
    assert b"If-None-Match" not in Crawl(state=moved).first.headers


def test_an_unmodified_source_ends_with_its_validators_kept() -> None:
    crawl = Crawl(state=OLD)
    assert crawl.give(crawl.first, Answer(status=304)) == []
    assert crawl.run.not_modified
    assert crawl.state and (crawl.state.etag, crawl.state.last_success) == ('"old"', NOW)


def test_known_links_are_not_fetched_and_each_link_only_once() -> None:
    crawl = Crawl(known=["https://a.example/old"])
    requests = crawl.give(crawl.first, rss("/old?utm_source=rss", "/1", "/1#top", "https://a.example/1", "/2"))
    assert [request.url for request in requests] == ["http://a.example/1", "http://a.example/2"]
    assert (crawl.run.links, crawl.run.known) == (3, 1)


def test_a_page_is_handed_over_as_fetched() -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, rss("/1"))
    (found,) = crawl.give(request.replace(url="http://b.example/one"), page())
    assert found == Page(
        url="http://b.example/one",
        content=page().body,
        content_type="text/html; charset=utf-8",
        fetched_at=NOW,
        source="f",
        requested_url="http://a.example/1",
    )


def test_the_validators_move_on_only_when_all_pages_are_dealt_with() -> None:
    crawl = Crawl(state=OLD)
    answer = rss("/1", "/2", "/3")
    first, second, third = crawl.give(crawl.first, answer)
    crawl.give(first, page())
    crawl.give(second, Answer(status=404))
    assert crawl.state == OLD, "a kill now must not lose the third page"
    crawl.give(third, page())
    assert crawl.state and crawl.state.etag == answer.headers["ETag"]


@pytest.mark.parametrize("error", [DownloadTimeoutError("slow"), CannotResolveHostError("gone"), OSError("broken")])
def test_after_a_passing_failure_the_source_is_fetched_in_full_again(error: Exception) -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, error)
    assert crawl.ledger.rejections[0].retry
    assert crawl.state and (crawl.state.etag, crawl.state.last_error) == ('"old"', None)


@pytest.mark.parametrize(
    ("answer", "reason", "retry"),
    [
        (Answer(status=404), "http-404", False),
        (Answer(status=403), "http-403", False),
        (Answer(status=429), "http-429", True),
        (Answer(status=503), "http-503", True),
        (Answer(body=b"%PDF", headers={"Content-Type": "application/pdf"}), "not-html", False),
        (Answer(body=b"", headers={"Content-Type": "text/html", "Content-Encoding": "dcb"}), "unknown-encoding", False),
    ],
)
def test_a_response_that_is_no_page_is_a_rejection(answer: Answer, reason: str, retry: bool) -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, rss("/1?utm_source=x"))
    assert crawl.give(request, answer) == []
    (rejection,) = crawl.ledger.rejections
    assert (rejection.url, rejection.source) == ("https://a.example/1", "f")
    assert (rejection.stage, rejection.reason, rejection.retry) == ("fetch", reason, retry)
    assert crawl.run.failed == 1


@pytest.mark.parametrize(
    ("error", "reason", "retry"),
    [
        (Refused("private-address", "x", retry=False), "private-address", False),
        (DownloadTimeoutError("x"), "timeout", True),
        (DownloadCancelledError(""), "too-big", False),
        (IgnoreRequest("Forbidden by robots.txt"), "robots-txt", False),
        (IgnoreRequest("max redirections reached"), "too-many-redirects", False),
        (IgnoreRequest("x exceeded DOWNLOAD_MAXSIZE (1 B) during decompression."), "too-big", False),
        (ZeroDivisionError("x"), "download-failed", True),
    ],
)
def test_each_way_to_fail_has_its_reason(error: Exception, reason: str, retry: bool) -> None:
    explained = explain(error)
    assert (explained.word, explained.retry) == (reason, retry)


def test_a_page_too_big_says_what_the_limit_is() -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, DownloadCancelledError(""))
    assert crawl.ledger.rejections[0].detail == "more than 10,000,000 bytes"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(Answer(status=500), "http-500"), (page(), "unreadable"), (Answer(body=b"\x00\x01"), "unreadable")],
)
def test_a_source_that_cannot_be_read_says_so_and_stays_as_it_was(answer: Answer, reason: str) -> None:
    crawl = Crawl(state=OLD)
    crawl.give(crawl.first, answer)
    assert crawl.reasons() == [f"discovery/{reason}"]
    assert crawl.state and crawl.state.etag == '"old"' and crawl.state.last_success is None
    assert crawl.state.last_error and crawl.state.last_error.startswith(f"http://a.example/rss: {reason}")


def test_a_source_that_cannot_be_fetched_says_so() -> None:
    crawl = Crawl()
    crawl.fail(crawl.first, DownloadTimeoutError("slow"))
    assert crawl.reasons() == ["discovery/timeout"]
    assert crawl.state and crawl.state.last_error == "http://a.example/rss: timeout (slow)"


def test_more_links_than_allowed_are_left_for_later_and_that_is_said() -> None:
    crawl = Crawl(state=OLD, links=2)
    requests = crawl.give(crawl.first, rss("/1", "/2", "/3", "/4"))
    for request in requests:
        crawl.give(request, page())
    assert len(requests) == 2
    assert crawl.ledger.rejections[0].detail == "2 new links left for later"
    assert crawl.state and crawl.state.etag == '"old"'


def test_the_newest_links_come_first() -> None:
    crawl = Crawl(SITEMAP, links=2)
    urls = "".join(
        f"<url><loc>http://a.example/{day}</loc><lastmod>2026-02-{day}</lastmod></url>" for day in ("01", "03", "02")
    )
    requests = crawl.give(crawl.first, Answer(body=f"<urlset>{urls}<url><loc>/undated</loc></url></urlset>".encode()))
    assert [request.url[-2:] for request in requests] == ["03", "02"]


def test_sitemaps_of_an_index_are_followed_but_never_in_a_circle() -> None:
    crawl = Crawl(SITEMAP)
    (news,) = crawl.give(crawl.first, sitemap("http://a.example/map", "http://a.example/news", index=True))
    assert crawl.reasons() == ["discovery/sitemap-loop"]
    (article,) = crawl.give(news, sitemap("http://a.example/1"))
    crawl.give(article, page())
    assert crawl.run.pages == 1
    assert crawl.state and crawl.state.etag is None, "an index may stay the same while its sitemaps change"


def test_indexes_of_indexes_end_somewhere() -> None:
    crawl = Crawl(SITEMAP)
    requests, depth = [crawl.first], 0
    while requests:
        depth += 1
        requests = crawl.give(requests[0], sitemap(f"http://a.example/{depth}", index=True))
    assert depth == MAX_SITEMAP_DEPTH + 1
    assert crawl.reasons() == ["discovery/sitemap-depth"]


def test_an_index_of_too_many_sitemaps_is_followed_to_the_limit() -> None:
    crawl = Crawl(SITEMAP)
    requests = crawl.give(crawl.first, sitemap(*(f"http://a.example/{n}" for n in range(90)), index=True))
    assert len(requests) == MAX_SITEMAPS_PER_SOURCE
    assert crawl.reasons() == ["discovery/over-limit"]


def test_one_bad_sitemap_does_not_lose_the_others() -> None:
    crawl = Crawl(SITEMAP)
    bad, good = crawl.give(crawl.first, sitemap("http://a.example/bad", "http://a.example/good", index=True))
    crawl.give(bad, page())
    (article,) = crawl.give(good, sitemap("http://a.example/1"))
    crawl.give(article, page())
    assert (crawl.run.pages, crawl.reasons()) == (1, ["discovery/unreadable"])
    assert crawl.state and crawl.state.last_error


def test_a_source_with_nothing_new_ends_at_once() -> None:
    crawl = Crawl(known=["https://a.example/1"])
    answer = rss("/1")
    assert crawl.give(crawl.first, answer) == []
    assert crawl.state and crawl.state.etag == answer.headers["ETag"]


def test_a_link_that_no_request_can_be_made_of_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    crawl = Crawl()

    def refuse(*args: object, **kwargs: object) -> Request:
        raise ValueError("no such URL")

    monkeypatch.setattr("crawler.spiders.news.Request", refuse)
    assert crawl.give(crawl.first, rss("/1")) == []
    assert crawl.reasons() == ["fetch/bad-url"]
    assert crawl.state is not None
