"""What crawling the small web gives, judged by its truth.toml."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from tests.e2e.conftest import Crawl, Wirefold
from tests.web import content

TRUTH = content.load_truth()
OUTLETS = content.load_outlets()
PAGES = {page.url: page for page in TRUTH.pages}
SHARED = [name for name, urls in TRUTH.clusters().items() if len(urls) > 1]
ALONE = [name for name, urls in TRUTH.clusters().items() if len(urls) == 1]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("small-web")]


def urls_of(cluster: str, day: int = 1) -> frozenset[str]:
    return frozenset(TRUTH.clusters(day)[cluster])


def cluster_of(crawl: Crawl, name: str) -> Any:
    return next(cluster for cluster in crawl.clusters if {row["url"] for row in cluster["members"]} & urls_of(name))


def test_the_crawl_succeeds_and_prints_one_summary(first: Crawl) -> None:
    assert first.done.returncode == 0, first.done.stderr
    assert first.done.stdout.strip()
    assert "Traceback" not in first.done.stderr


def test_every_article_is_kept_and_nothing_else(first: Crawl) -> None:
    assert {row["url"] for row in first.articles} == {page.url for page in TRUTH.kept()}


def test_every_article_is_judged(first: Crawl) -> None:
    assert first.stats["unjudged"] == 0
    assert first.stats["articles"] == len(TRUTH.kept())


@pytest.mark.parametrize("name", SHARED)
def test_copies_of_one_article_are_one_cluster(first: Crawl, name: str) -> None:
    assert {row["url"] for row in cluster_of(first, name)["members"]} == urls_of(name)


@pytest.mark.parametrize("name", ALONE)
def test_what_only_looks_alike_stands_alone(first: Crawl, name: str) -> None:
    assert urls_of(name) in first.partition


@pytest.mark.parametrize("name", SHARED)
def test_the_original_is_the_canonical_article(first: Crawl, name: str) -> None:
    cluster = cluster_of(first, name)
    assert PAGES[cluster["canonical"]["url"]].kind == "original"
    assert [row["url"] for row in cluster["members"] if row["role"] == "canonical"] == [cluster["canonical"]["url"]]


def relations(crawl: Crawl) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in (row for cluster in crawl.clusters for row in cluster["members"] if row["role"] == "variant"):
        found[PAGES[row["url"]].kind][row["relation"]] += 1
    return found


@pytest.mark.parametrize(
    ("kind", "relation"),
    [
        ("verbatim", {"identical", "near-duplicate"}),
        ("rewritten-headline", {"identical", "near-duplicate"}),
        ("abridged", {"abridged"}),
        ("extended", {"extended", "near-duplicate"}),
        ("updated", {"updated", "near-duplicate"}),
        ("machine-translated", {"translated-copy"}),
    ],
)
def test_variants_are_related_to_the_canonical_article_as_they_were_made(
    first: Crawl, kind: str, relation: set[str]
) -> None:
    found = relations(first)[kind]
    assert found
    assert set(found) <= relation


def test_every_loss_is_recorded_with_its_reason(first: Crawl) -> None:
    expected = Counter(f"{loss.stage}/{loss.reason}" for loss in TRUTH.losses)
    expected += Counter("{stage}/{reason}".format(**page.rejected) for page in TRUTH.pages if page.rejected)
    assert first.stats["rejected"] == expected


def test_publication_dates_are_those_of_the_page(first: Crawl) -> None:
    dates = {row["url"]: row["date_published"] for row in first.articles}
    wrong = {url: date for url, date in dates.items() if date and date[:10] != f"{PAGES[url].published:%Y-%m-%d}"}
    assert wrong == {}


def test_headlines_are_those_of_the_page(first: Crawl) -> None:
    copied = next(row for row in first.articles if row["url"].endswith("/region/2026/03/coffee-slid-off-the-table"))
    assert copied["headline"].startswith("‘My coffee slid off the table’")


def body_of(wirefold: Wirefold, url: str) -> str:
    """Return the stored body of an article."""
    shown = wirefold.value("show", url)
    body: str = shown["article"]["article_body"]
    return body


def test_the_opening_that_a_republication_repeats_is_not_body(first: Crawl, wirefold: Wirefold) -> None:
    body = body_of(wirefold, "https://en.globalreads.example/world/143-occupants-rescued-ferry")
    assert body.startswith("The 143 people who were on board were evacuated")
    assert "9 Reads" not in body


def test_latin_1_pages_keep_their_accents(first: Crawl, wirefold: Wirefold) -> None:
    body = body_of(wirefold, "https://www.brierechronicle.example/sante/maternite-saint-eloi.htm")
    assert "Hôpital Saint-Éloi in Brière" in body
    assert "Col des Ânes" in body


def test_newsletter_and_related_links_are_not_body(first: Crawl, wirefold: Wirefold) -> None:
    body = body_of(wirefold, "https://www.harrowmerecourier.example/city/2026/03/tram-drivers-to-walk-out")
    assert OUTLETS["harrowmere"].newsletter[:40] not in body
    assert "swing bridge" not in body
    assert "cookies" not in body


def test_robots_txt_is_obeyed(first: Crawl) -> None:
    assert not [url for url in first.pages_requested if "/members/" in url]
    asked_first = {request.host: request.path for request in reversed(first.requests)}
    assert set(asked_first.values()) == {"/robots.txt"}


def test_crawl_delay_is_respected(first: Crawl) -> None:
    times = [request.time_s for request in first.requests if request.host == OUTLETS["tidewater"].host]
    assert len(times) > 4
    assert median(after - before for before, after in pairwise(times)) >= 0.25


def test_every_request_says_who_asks(first: Crawl) -> None:
    assert all(request.user_agent.startswith("Wirefold/") for request in first.requests)


def test_no_address_is_asked_for_twice(first: Crawl) -> None:
    assert max(Counter(request.url.partition("?")[0] for request in first.requests).values()) == 1


def test_full_text_search_finds_canonical_articles_only(first: Crawl, wirefold: Wirefold) -> None:
    found = {row["url"] for row in wirefold.rows("articles", "swing", "bridge", "ultrasound")}
    assert found == {cluster_of(first, "bridge")["canonical"]["url"]}


def test_a_later_crawl_on_the_same_day_fetches_only_what_it_must(again: Crawl) -> None:
    sources = [request for request in again.requests if request.path.endswith(".xml")]
    assert again.done.returncode == 0, again.done.stderr
    assert again.pages_requested == []
    assert len(again.requests) == len(sources), "robots.txt is remembered for a day"
    assert len(sources) == len(OUTLETS)
    assert {request.status for request in sources} == {304}


def test_a_crawl_soon_after_asks_nothing(nothing_due: Crawl) -> None:
    assert nothing_due.done.stdout == f"crawl: 0 of {len(OUTLETS)} sources due, 0 pages, 0 kept; 0 joined\n"
    assert nothing_due.requests == ()


def test_a_later_crawl_on_the_same_day_finds_nothing_new(first: Crawl, again: Crawl) -> None:
    assert again.articles == first.articles
    assert again.clusters == first.clusters
    assert again.stats["revisions"] == first.stats["revisions"]


def test_the_second_day_fetches_only_what_is_new(second_day: Crawl) -> None:
    new = [page.url for page in TRUTH.pages if page.day == 2]
    assert sorted(second_day.pages_requested) == sorted(new)


def test_the_second_day_joins_what_is_new_to_what_is_known(second_day: Crawl) -> None:
    assert {row["url"] for row in cluster_of(second_day, "court")["members"]} == urls_of("court", day=2)
    assert urls_of("storm", day=2) in second_day.partition


def test_a_rebuild_gives_what_the_crawls_gave(second_day: Crawl, wirefold: Wirefold) -> None:
    assert wirefold.run("rebuild").returncode == 0
    assert wirefold.rows("clusters", "--min-size", "1") == second_day.clusters


def test_the_report_is_one_file_that_needs_no_network(second_day: Crawl, wirefold: Wirefold) -> None:
    assert wirefold.run("report", "-o", "report.html").returncode == 0
    html = (wirefold.folder / "report.html").read_text(encoding="utf-8")
    assert "Former harbour master" in html
    assert not [mark for mark in (' src="http', "<link ", "@import", "url(http") if mark in html]
