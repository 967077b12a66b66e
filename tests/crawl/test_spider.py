"""The spider on hand-made responses: what it asks for, and what it tells the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.components.delivery import Delivery
from crawler.components.downloading import payload_digest
from crawler.components.refusal import STOPPED, Refused
from crawler.config import CrawlOptions, SourceSpec
from crawler.errors import SourceError
from crawler.extract.page import Page
from crawler.sources import discover
from crawler.spiders.documents import MAX_SITEMAP_DEPTH, MAX_SITEMAPS
from crawler.spiders.news import NewsSpider
from crawler.spiders.source_run import SourceRun
from crawler.spiders.visits import UNDER_WAY
from storage.types import LinkState, SourceState
from tests.crawl.run_crawl import MemoryLedger
from tests.crawl.web import Answer, page, rss, sitemap

NOW = datetime(2026, 2, 3, tzinfo=UTC)
FEED = SourceSpec(name="f", kind="feed", url="http://a.example/rss")
SITEMAP = SourceSpec(name="s", kind="sitemap", url="http://a.example/map")
OLD = SourceState(name="f", url=FEED.url, etag='"old"', last_modified="Mon, 02 Feb 2026 00:00:00 GMT")


class HerePool:
    """Reads sources in this process."""

    def discover(self, *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(discover(*arguments))
        except SourceError as error:
            done.set_result(error)
        return done


class Crawl:
    """One source's crawl, driven by hand."""

    def __init__(
        self, spec: SourceSpec = FEED, *, known: Iterable[str] = (), state: SourceState | None = None, links: int = 200
    ) -> None:
        self.ledger = MemoryLedger({"known": known})
        if state is not None:
            self.ledger.states[spec.name] = state
        self.run = SourceRun.begin(spec, state, is_asked=True)
        options = CrawlOptions(max_links_per_source=links)
        self.spider = NewsSpider(options, [self.run], self.ledger, HerePool(), lambda: NOW)  # type: ignore[arg-type]
        self.sent: list[Request] = []
        crawler: Any = SimpleNamespace(engine=SimpleNamespace(crawl=self.sent.append))
        self.spider.crawler = crawler
        (self.first,) = asyncio.run(_all(self.spider.start()))

    def give(self, request: Request, answer: Answer, url: str | None = None) -> list[Any]:
        """Answer a request; returns what is asked for then. Visits go to the ledger."""
        response = Response(url or request.url, status=answer.status, headers=dict(answer.headers), body=answer.body)
        response.request = request
        request.meta["received_digest"] = payload_digest(answer.body)
        return self._out(request.callback(response, **request.cb_kwargs))  # type: ignore[misc]

    def fail(self, request: Request, error: Exception) -> list[Any]:
        failure = Failure(error)  # type: ignore[no-untyped-call]
        failure.request = request  # type: ignore[attr-defined]
        return self._out(request.errback(failure))  # type: ignore[misc]

    def _out(self, made: Any) -> list[Any]:
        requests = []
        for each in asyncio.run(_all(made)):
            if isinstance(each, Delivery):
                asyncio.run(self.ledger.visited(each.visit))
                each.ended()
            else:
                requests.append(each)
        requests += self.sent
        self.sent.clear()
        return requests

    @property
    def state(self) -> SourceState | None:
        return self.ledger.states.get(self.run.spec.name)

    def reasons(self) -> list[str]:
        return [f"{each.stage}/{each.reason}" for each in self.ledger.rejections]


async def _all(made: Any) -> list[Any]:
    return [each async for each in made]


def link(number: int, **fields: Any) -> LinkState:
    url = f"https://a.example/{number}"
    return LinkState(url=url, address=url, source="f", date_first_seen=NOW, **fields)


@pytest.fixture
def feed() -> Iterator[Answer]:
    yield rss("/1")


# -- documents ------------------------------------------------------------------------------------------------------


def test_a_source_is_asked_only_for_what_has_changed() -> None:
    headers = Crawl(state=OLD).first.headers
    assert headers[b"If-None-Match"] == b'"old"'
    assert headers[b"If-Modified-Since"] == b"Mon, 02 Feb 2026 00:00:00 GMT"


def test_a_source_that_has_moved_is_asked_for_everything() -> None:
    moved = SourceState(name="f", url="http://a.example/elsewhere", etag='"old"')
    assert b"If-None-Match" not in Crawl(state=moved).first.headers


def test_an_unmodified_source_keeps_its_validators_and_its_links_are_visited_all_the_same() -> None:
    crawl = Crawl(state=OLD)
    crawl.ledger.links["x"] = link(1)
    (visit,) = crawl.give(crawl.first, Answer(status=304))
    assert visit.url == "https://a.example/1"
    assert not crawl.run.changed
    assert crawl.state and (crawl.state.etag, crawl.state.last_success) == ('"old"', NOW)


def test_a_server_that_sends_the_same_again_counts_as_unmodified() -> None:
    crawl = Crawl()
    crawl.give(crawl.first, rss("/1"))
    again = Crawl(state=crawl.state)
    again.give(again.first, rss("/1"))
    assert not again.run.changed
    assert again.ledger.links == {}


def test_what_a_source_lists_is_kept_before_its_state() -> None:
    crawl = Crawl()
    crawl.ledger.fail = "discovered"
    with pytest.raises(LookupError):
        crawl.give(crawl.first, rss("/1"))
    assert crawl.state is None


def test_a_source_that_was_read_says_when_it_is_due_again() -> None:
    crawl = Crawl()
    crawl.give(crawl.first, rss("/1"))
    assert crawl.state and crawl.state.next_due and crawl.state.next_due > NOW
    assert (crawl.state.title, crawl.state.failures) == ("x", 0)


def test_known_links_are_not_visited_and_each_link_only_once() -> None:
    crawl = Crawl(known=["https://a.example/old"])
    requests = crawl.give(crawl.first, rss("/old?utm_source=rss", "/1", "/1#top", "https://a.example/1", "/2"))
    assert [request.url for request in requests] == ["http://a.example/1", "http://a.example/2"]
    assert (crawl.run.links, crawl.run.new) == (3, 2)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(Answer(status=500), "http-500"), (page(), "unreadable"), (Answer(body=b"\x00\x01"), "unreadable")],
)
def test_a_source_that_cannot_be_read_says_so_and_keeps_its_validators(answer: Answer, reason: str) -> None:
    crawl = Crawl(state=OLD)
    crawl.give(crawl.first, answer)
    assert crawl.reasons() == [f"discovery/{reason}"]
    assert crawl.state and crawl.state.etag == '"old"' and crawl.state.last_success is None
    assert crawl.state.last_error and crawl.state.last_error.startswith(f"http://a.example/rss: {reason}")
    assert crawl.state.failures == 1


def test_a_source_that_cannot_be_fetched_says_so() -> None:
    crawl = Crawl()
    crawl.fail(crawl.first, DownloadTimeoutError("slow"))
    assert crawl.reasons() == ["discovery/timeout"]
    assert crawl.state and crawl.state.last_error == "http://a.example/rss: timeout (slow)"


def test_a_source_that_asks_for_time_is_left_alone_so_long() -> None:
    crawl = Crawl()
    crawl.give(crawl.first, Answer(status=503, headers={"Retry-After": "90000"}))
    assert crawl.state and crawl.state.next_due == NOW + timedelta(seconds=90_000)


def test_the_same_error_does_not_keep_due_links_from_being_visited() -> None:
    crawl = Crawl(state=OLD)
    crawl.ledger.links["x"] = link(1)
    assert len(crawl.give(crawl.first, Answer(status=500))) == 1


def test_sitemaps_of_an_index_are_followed_but_never_in_a_circle() -> None:
    crawl = Crawl(SITEMAP)
    (news,) = crawl.give(crawl.first, sitemap("http://a.example/map", "http://a.example/news", index=True))
    assert crawl.reasons() == ["discovery/sitemap-loop"]
    (article,) = crawl.give(news, sitemap("http://a.example/1"))
    crawl.give(article, page())
    assert len(crawl.ledger.visits) == 1
    assert crawl.state and crawl.state.etag is None, "an index may stay the same while its sitemaps change"
    assert crawl.state.payload_digest is None


def test_a_sitemap_of_an_index_is_asked_only_for_what_has_changed() -> None:
    first = Crawl(SITEMAP)
    index, answer = sitemap("http://a.example/news", index=True), sitemap("http://a.example/1")
    (news,) = first.give(first.first, index)
    first.give(news, answer)
    second = Crawl(SITEMAP)
    second.ledger.states = first.ledger.states
    (news,) = second.give(second.first, index)
    assert news.headers[b"If-None-Match"].decode() == answer.headers["ETag"]


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
    assert len(requests) == MAX_SITEMAPS
    assert crawl.reasons() == ["discovery/over-limit"]


def test_one_bad_sitemap_does_not_lose_the_others() -> None:
    crawl = Crawl(SITEMAP)
    bad, good = crawl.give(crawl.first, sitemap("http://a.example/bad", "http://a.example/good", index=True))
    crawl.give(bad, page())
    (article,) = crawl.give(good, sitemap("http://a.example/1"))
    crawl.give(article, page())
    assert (len(crawl.ledger.visits), crawl.reasons()) == (1, ["discovery/unreadable"])
    assert crawl.state and crawl.state.last_error and crawl.state.last_success == NOW
    assert (crawl.state.failures, crawl.run.error) == (0, None)


def test_each_link_that_follow_leaves_out_has_its_reason() -> None:
    crawl = Crawl(FEED.model_copy(update={"follow": "/news/"}))
    (article,) = crawl.give(crawl.first, rss("/news/1", "/video/2"))
    assert article.url == "http://a.example/news/1"
    (skipped,) = crawl.ledger.rejections
    assert (skipped.url, skipped.reason, skipped.retry) == ("https://a.example/video/2", "not-followed", True)


def test_an_index_of_which_no_sitemap_can_be_read_has_failed() -> None:
    crawl = Crawl(SITEMAP)
    (bad,) = crawl.give(crawl.first, sitemap("http://a.example/bad", index=True))
    crawl.give(bad, Answer(status=500))
    assert crawl.state and crawl.state.failures == 1 and "http-500" in (crawl.state.last_error or "")


def test_sitemaps_that_have_not_changed_give_no_turn_to_older_ones() -> None:
    crawl = Crawl(SITEMAP)
    children = [f"http://a.example/{number}" for number in range(2 * MAX_SITEMAPS)]
    for child in children[:MAX_SITEMAPS]:
        name = f"s\n{child}"
        crawl.ledger.states[name] = SourceState(name=name, url=child, last_success=NOW)
    dated = "".join(f"<sitemap><loc>{child}</loc><lastmod>2026-02-01</lastmod></sitemap>" for child in children)
    body = f"<sitemapindex>{dated}</sitemapindex>".encode()
    assert crawl.give(crawl.first, Answer(body=body)) == []
    assert crawl.reasons() == ["discovery/over-limit"]


def test_a_link_that_no_request_can_be_made_of_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    crawl = Crawl()
    monkeypatch.setattr("crawler.spiders.documents.unaskable", lambda url: "no such URL")
    assert crawl.give(crawl.first, rss("/1")) == []
    assert crawl.reasons() == ["discovery/bad-url"]
    assert crawl.state is not None


# -- visits ---------------------------------------------------------------------------------------------------------


def test_a_page_is_handed_over_as_fetched() -> None:
    spec = FEED.model_copy(update={"language": "en", "publisher": "The A"})
    crawl = Crawl(spec)
    (request,) = crawl.give(crawl.first, rss("/1"))
    headers = {"Content-Type": "text/html", "ETag": '"1"', "X-Robots-Tag": "noai"}
    crawl.give(request, Answer(body=page().body, headers=headers), url="http://b.example/one")
    (visit,) = crawl.ledger.visits
    assert visit.etag == '"1"'
    assert visit.page == Page(
        url="http://b.example/one",
        content=page().body,
        content_type="text/html",
        fetched_at=NOW,
        source="f",
        requested_url="http://a.example/1",
        language="en",
        publisher="The A",
        opt_outs=("noai",),
    )


def test_a_known_page_is_asked_only_for_what_has_changed() -> None:
    crawl = Crawl(state=OLD)
    crawl.ledger.links["x"] = link(1, etag='"1"', last_modified="Mon, 02 Feb 2026 00:00:00 GMT")
    (request,) = crawl.give(crawl.first, Answer(status=304))
    assert request.headers[b"If-None-Match"] == b'"1"'
    crawl.give(request, Answer(status=304))
    (visit,) = crawl.ledger.visits
    assert (visit.page, visit.loss) == (None, None)


def test_a_page_that_comes_the_same_again_is_not_handed_over() -> None:
    first = Crawl()
    (request,) = first.give(first.first, rss("/1"))
    first.give(request, page())
    digest = first.ledger.visits[0].payload_digest
    again = Crawl(state=OLD)
    again.ledger.links["x"] = link(1, payload_digest=digest)
    (request,) = again.give(again.first, Answer(status=304))
    again.give(request, page())
    assert again.ledger.visits[0].page is None


def test_a_page_that_sends_readers_on_at_once_is_followed_but_not_for_ever() -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, rss("/1"))
    hops = 0
    while True:
        hops += 1
        body = f'<html><head><meta http-equiv="refresh" content="0; url=/hop{hops}"></head></html>'
        onward = crawl.give(request, Answer(body=body.encode()))
        if not onward:
            break
        (request,) = onward
    assert request.url == "http://a.example/hop3"
    (visit,) = crawl.ledger.visits
    assert visit.page and visit.page.requested_url == "http://a.example/1"


@pytest.mark.parametrize(
    ("answer", "reason", "retry"),
    [
        (Answer(status=404), "http-404", True),
        (Answer(status=403), "http-403", True),
        (Answer(status=410), "http-410", False),
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


@pytest.mark.parametrize("error", [DownloadTimeoutError("slow"), CannotResolveHostError("gone"), OSError("broken")])
def test_a_passing_failure_may_be_tried_again(error: Exception) -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, error)
    assert crawl.ledger.rejections[0].retry


@pytest.mark.parametrize(("reason", "is_asked"), [("backing-off", False), ("http-503", True)])
def test_a_link_that_only_waits_for_its_host_was_not_asked_for(reason: str, is_asked: bool) -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, Refused(reason, "until tomorrow", retry=True, retry_after=NOW + timedelta(days=1)))
    (visit,) = crawl.ledger.visits
    assert (visit.not_before, visit.is_asked) == (NOW + timedelta(days=1), is_asked)


def test_a_loss_says_where_the_address_led_to() -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.give(request, Answer(status=410), url="http://a.example/login")
    assert crawl.ledger.rejections[0].detail == "redirected to http://a.example/login"


def test_a_refresh_to_no_address_is_not_followed() -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    refresh = b'<html><meta http-equiv="refresh" content="0; url=http://x.example:99999/"></html>'
    assert crawl.give(request, Answer(body=refresh)) == []
    assert crawl.ledger.visits[0].page


def test_what_was_waiting_when_the_crawl_ended_is_neither_visited_nor_lost() -> None:
    crawl = Crawl(state=OLD)
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, Refused(STOPPED, "", retry=True))
    assert (crawl.ledger.visits, crawl.ledger.rejections, crawl.run.is_done) == ([], [], False)


def test_a_page_too_big_says_so() -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, rss("/1"))
    crawl.fail(request, DownloadCancelledError(""))
    assert crawl.reasons() == ["fetch/too-big"]


TEXT = "The whole text of it. " * 100


def full_text_feed(url: str, **headers: str) -> Answer:
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title><item>'
        f"<title>T</title><link>{url}</link><content:encoded>{TEXT}</content:encoded></item></channel></rss>"
    )
    return Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml", **headers})


@pytest.mark.parametrize(("host", "is_own"), [("www.paper.com", True), ("www.other.com", False)])
def test_the_text_that_a_feed_carries_goes_along_for_when_the_page_fails_but_not_that_of_others(
    host: str, is_own: bool
) -> None:
    crawl = Crawl(FEED.model_copy(update={"url": "https://feeds.paper.com/rss"}))
    (request,) = crawl.give(crawl.first, full_text_feed(f"http://{host}/1"))
    crawl.give(request, Answer(status=403))
    (visit,) = crawl.ledger.visits
    assert (visit.fallback is not None) == is_own
    if visit.fallback is not None:
        assert TEXT[:50].encode() in visit.fallback.content
        assert visit.fallback.requested_url == f"http://{host}/1"


def test_a_feed_that_carries_texts_is_read_again_if_the_crawl_is_killed_before_its_links_are_visited() -> None:
    crawl = Crawl()
    (request,) = crawl.give(crawl.first, full_text_feed("http://a.example/1", ETag='"new"'))
    assert crawl.state and (crawl.state.etag, crawl.state.next_due) == (None, None)
    crawl.give(request, page())
    assert crawl.state and crawl.state.etag == '"new"' and crawl.state.next_due


def test_no_more_links_are_visited_than_allowed() -> None:
    crawl = Crawl(links=2)
    assert len(crawl.give(crawl.first, rss("/1", "/2", "/3", "/4"))) == 2
    own = Crawl(FEED.model_copy(update={"max_links": 1}))
    assert len(own.give(own.first, rss("/1", "/2"))) == 1


def test_few_links_of_a_source_are_under_way_at_once_and_all_are_visited() -> None:
    crawl = Crawl()
    waiting = crawl.give(crawl.first, rss(*(f"/{number}" for number in range(30))))
    assert len(waiting) == UNDER_WAY
    while waiting:
        assert not crawl.run.is_done
        waiting += crawl.give(waiting.pop(), page())
        assert len(waiting) <= UNDER_WAY
    assert (crawl.run.visits, crawl.run.is_done) == (30, True)


def test_a_source_that_is_not_due_is_not_asked_but_its_links_are_visited() -> None:
    ledger = MemoryLedger({})
    ledger.links["x"] = link(1)
    run = SourceRun.begin(FEED, replace(OLD), is_asked=False)
    spider = NewsSpider(CrawlOptions(), [run], ledger, HerePool(), lambda: NOW)  # type: ignore[arg-type]
    (request,) = asyncio.run(_all(spider.start()))
    assert request.url == "https://a.example/1"
