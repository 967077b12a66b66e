from __future__ import annotations

import gzip
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import urls
from crawler.errors import SourceError
from crawler.sources import shapes
from crawler.sources.sections import Shapes, learn, read_section
from tests.realdata import DATA, needs_data

_HOME = "https://www.daily.example/news/"


_NOTHING = Shapes()


def _read(body: str, known: Shapes = _NOTHING, url: str = _HOME) -> list[str]:
    return [link.url for link in read_section("daily", f"<html><body>{body}</body></html>".encode(), url, known)]


def _link(address: str, text: str = "") -> str:
    return f'<a href="{address}">{text}</a>'


@pytest.mark.parametrize(
    "address",
    [
        "/2016/11/01/rain-until-friday.html",
        "/news/rain-until-friday-forecasters-say/",
        "/story/news/2016/11/01/rain-until-friday/93094430/",
        "/politik/article253202060/Regen-bis-Freitag.html",
        "/news/rain-until-friday-n675866",
        "/Weather/rain-friday/story?id=43199459",
        "/weather/dw-me-rain-20161101-story.html",
        "/sections/weather/2016/11/01/500386998/rain-until-friday",
        "//sports.daily.example/2016/11/cubs-win",
        "https://m.daily.example/news/rain-until-friday-forecasters-say",
        "/nachrichten/%D0%B4%D0%BE%D0%B6%D0%B4%D1%8C-%D0%B4%D0%BE-%D0%BF%D1%8F%D1%82%D0%BD%D0%B8%D1%86%D1%8B-123456",
    ],
)
def test_the_usual_addresses_of_articles_are_taken(address: str) -> None:
    assert len(_read(_link(address, "Rain until Friday, the forecasters say"))) == 1


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/", "The Daily"),
        ("/news/", "News"),
        ("/news/us-news", "U.S. News"),
        ("/tag/rain-until-friday-and-beyond", "Rain"),
        ("/author/jane-van-der-doe", "Jane van der Doe"),
        ("/video/rain-until-friday-forecasters-say", "Rain until Friday"),
        ("/2016/11/", "November 2016"),
        ("/newsletters/the-best-of-the-week", "The best of the week"),
        ("/search?q=rain+until+friday", "Search"),
        ("/2016/11/01/rain-until-friday.jpg", "Rain until Friday, the forecasters say"),
        ("https://other.example/2016/11/01/rain-until-friday.html", "Rain until Friday, the forecasters say"),
        ("https://notdaily.example/2016/11/01/rain-until-friday.html", "Rain until Friday, the forecasters say"),
        ("javascript:void(0)", "Rain until Friday, the forecasters say"),
        ("#rain-until-friday-forecasters-say", "Rain until Friday, the forecasters say"),
        ("https://[::1/2016/11/01/rain", "Rain until Friday, the forecasters say"),
    ],
)
def test_what_is_no_article_is_left_out(address: str, text: str) -> None:
    assert _read(_link(address, text)) == []


def test_a_menu_is_left_out() -> None:
    link = _link("/about/how-we-report-on-elections-here", "How we report")
    assert _read(f"<nav>{link}</nav><footer>{_link('/imprint-and-terms-of-use')}</footer>") == []


def test_links_come_once_in_page_order_under_their_longest_text() -> None:
    body = _link("/2016/11/one-two-three?utm_source=x", "<img src=a.jpg>") + _link(
        "/2016/11/four-five-six", "Four five"
    )
    links = read_section(
        "daily", (body + _link("/2016/11/one-two-three?utm_source=x", "One <b>two</b>\n three")).encode(), _HOME
    )
    assert [(urls.identity(link.url)[-13:], link.headline, link.source) for link in links] == [
        ("one-two-three", "One two three", "daily"),
        ("four-five-six", "Four five", "daily"),
    ]


def test_two_spellings_of_one_article_are_one_link() -> None:
    assert len(_read(_link("/2016/11/one-two-three") + _link("http://m.daily.example/2016/11/one-two-three#c"))) == 1


def test_links_start_from_the_base_of_the_page() -> None:
    body = '<base href="/2016/11/">' + _link("one-two-three")
    assert _read(body) == ["https://www.daily.example/2016/11/one-two-three"]


_KEPT = [f"https://daily.example/n/{number}" for number in range(1000, 1040)]
_REFUSED = [f"https://daily.example/live/rain-until-friday-{number}" for number in range(5)]


def test_what_was_kept_teaches_addresses_that_no_general_rule_takes() -> None:
    link = _link("/n/3041", "Rain until Friday")
    assert _read(link) == []
    assert _read(link, learn(_KEPT, [])) == ["https://www.daily.example/n/3041"]


def test_what_was_refused_teaches_what_to_leave_out() -> None:
    link = _link("/live/all-that-happens-on-the-day", "All that happens on the day")
    assert len(_read(link)) == 1
    assert _read(link, learn(_KEPT, _REFUSED)) == []


def test_a_word_above_lists_is_no_hindrance_where_articles_have_it() -> None:
    kept = [f"https://daily.example/people/rain-until-friday-in-{number}-towns" for number in range(40)]
    link = _link("/people/storm-until-friday-at-the-coast")
    assert _read(link) == []
    assert len(_read(link, learn(kept, []))) == 1


def test_few_addresses_teach_nothing() -> None:
    assert learn(_KEPT[:10], _REFUSED) == Shapes()


@given(st.lists(st.text(max_size=40)), st.lists(st.text(max_size=40)), st.text(max_size=60))
def test_anything_can_be_learned_and_judged(kept: list[str], refused: list[str], url: str) -> None:
    shapes.likeness(url, url, learn(kept * 20, refused))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_section("daily", body, _HOME)
    except SourceError as error:
        assert _HOME in str(error)


def test_a_page_of_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="not an HTML page"):
        read_section("daily", b"", _HOME)


@pytest.mark.parametrize(
    "part",
    [
        '<a href="/2016/11/one-two-three-{n}">One two three</a>',
        '<a href="/2016/11/one-two-three">',
        "<div><a href=/2016/11/one-two-{n}>",
        '<base href="x{n}">',
        "<nav>",
    ],
)
@pytest.mark.slow
def test_a_page_of_200000_links_is_read_in_bounds(part: str) -> None:
    body = "".join(part.replace("{n}", str(number)) for number in range(200_000)).encode()
    start = time.process_time()
    links = read_section("daily", body, _HOME)
    assert time.process_time() - start < 30
    assert len(links) <= 10_000


@pytest.mark.slow
@needs_data
def test_real_article_addresses_in_many_languages_look_like_articles() -> None:
    """Floor: what general habits found when they were set; 132 pages of publishers."""
    assert DATA is not None
    with gzip.open(DATA / "publishers.jsonl.gz", "rt") as stream:
        rows = [json.loads(line) for line in stream]
    likely = [
        row["url"] for row in rows if shapes.likeness(row["url"], row["expected"].get("title") or "", Shapes()) >= 3
    ]
    assert len(likely) >= 0.9 * len(rows), sorted({row["url"] for row in rows} - set(likely))
