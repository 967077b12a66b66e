"""robots.txt: what is read of it (pure), and how a crawl comes by it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from crawler.components.obedience import RobotsTxt
from crawler.components.refusal import Refused
from crawler.components.robots import Rules
from storage.types import HostState

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


def allows(text: str | bytes, path: str, agent: str = "Wirefold") -> bool:
    return Rules.parse(text if isinstance(text, bytes) else text.encode()).allows(f"https://a.example{path}", agent)


# -- groups ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "agent", ["Wirefold", "wirefold", "Wirefold/0.1 (+https://us.example)", "Mozilla/5.0 (Wirefold)"]
)
def test_the_group_for_our_name_goes_before_the_one_for_all(agent: str) -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: WIREFOLD/2.0\nDisallow: /private"
    assert allows(text, "/x", agent) and not allows(text, "/private", agent)
    assert not allows(text, "/x", "Other")


@pytest.mark.parametrize("name", ["wire", "fold", "wirefolder", "wirefold-news", "otherwirefold", "x-wirefold"])
def test_a_group_for_another_name_is_not_ours(name: str) -> None:
    assert allows(f"User-agent: {name}\nDisallow: /", "/x")


def test_a_name_that_begins_with_ours_and_a_hyphen_is_ours_unless_it_has_its_own_group() -> None:
    text = "User-agent: foo\nDisallow: /foo\nUser-agent: foo-news\nDisallow: /news"
    assert not allows(text, "/foo", "foo-images") and allows(text, "/news", "foo-images")
    assert not allows(text, "/news", "foo-news") and allows(text, "/foo", "foo-news")


def test_groups_of_one_name_are_joined_and_several_names_share_a_group() -> None:
    text = "User-agent: a\nUser-agent: wirefold\n\nDisallow: /1\nUser-agent: b\nDisallow: /2\n"
    text += "User-agent: wirefold\nDisallow: /3"
    assert [allows(text, path) for path in ("/1", "/2", "/3")] == [False, True, False]


def test_rules_before_any_group_hold_for_nobody() -> None:
    assert allows("Disallow: /\nUser-agent: other\nDisallow: /", "/x")


def test_a_sitemap_does_not_end_a_list_of_names_but_a_crawl_delay_does() -> None:
    assert not allows("User-agent: *\nSitemap: https://a.example/s\nHost: a.example\nUser-agent: b\nDisallow: /", "/x")
    text = "User-agent: *\nCrawl-delay: 9\n\nUser-agent: bad\nDisallow: /"
    assert allows(text, "/x") and Rules.parse(text.encode()).delay_s("Wirefold") == 9


@pytest.mark.parametrize("line", ["User-agent:", "user agent", "User-agent"])
def test_rules_for_no_name_are_not_those_of_the_name_before(line: str) -> None:
    assert allows(f"User-agent: *\nDisallow: /1\n{line}\nDisallow: /2", "/2")


def test_a_sentence_about_user_agents_is_no_group() -> None:
    text = "User-agent: *\nDisallow: /1\nUser-agent must match exactly: see below\nAllow: /1/but"
    assert allows(text, "/1/but") and not allows(text, "/1")


def test_an_empty_group_for_our_name_allows_everything() -> None:
    assert allows("User-agent: *\nDisallow: /\nUser-agent: wirefold", "/x")


# -- lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n\n", "\r\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_every_line_end_and_a_byte_order_mark_are_read(end: str, mark: bytes) -> None:
    text = end.join(["User-agent: *", "Disallow: /no", "# a comment", "Allow: /no/but # this"])
    assert not allows(mark + text.encode(), "/no") and allows(mark + text.encode(), "/no/but")


@pytest.mark.parametrize("line", ["disallow /no", "DISALLOW : /no", "Disalow: /no", "  Disallow:\t/no  "])
def test_usual_slips_are_forgiven(line: str) -> None:
    assert not allows(f"useragent *\n{line}", "/no")


def test_an_unusual_line_end_within_a_rule_ends_no_rule() -> None:
    assert allows("User-agent: *\nDisallow: /a\u2028Disallow: /b", "/b")


def test_bytes_that_are_not_utf8_match_their_percent_encoding() -> None:
    assert not allows(b"User-agent: *\nDisallow: /caf\xe9", "/caf%E9")


def test_what_comes_after_500_kib_is_not_read() -> None:
    text = b"User-agent: *\nDisallow: /1\n" + b"#" * 500 * 1024 + b"\nDisallow: /2"
    assert not allows(text, "/1") and allows(text, "/2")


# -- paths -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/b/c", True),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /*?", "/x?", False),
        ("Disallow: /x/*/y", "/x/1/2/y/z", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /caf\u00e9", "/caf%c3%a9", False),
        ("Disallow: /%7ejoe", "/~joe", False),
        ("Disallow: /X", "/x", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow:", "/x", True),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/x", True),
    ],
)
def test_the_longest_rule_that_matches_decides(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


# -- pace --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "delay_s"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 30/1m 0600-0845", 2),
        ("Crawl-delay: 5\nRequest-rate: 1/2s", 5),
        ("Crawl-delay: nan\nRequest-rate: 0/5", 0),
        ("Crawl-delay: -1", 0),
        ("Crawl-delay: 1e999", 0),
        ("Disallow: /", 0),
    ],
)
def test_the_slower_of_crawl_delay_and_request_rate_is_the_pace(rules: str, delay_s: float) -> None:
    assert Rules.parse(f"User-agent: *\n{rules}".encode()).delay_s("Wirefold") == delay_s


# -- hostile files -----------------------------------------------------------------------------------------------------

LINES = st.sampled_from(
    ["User-agent: *", "User-agent: wirefold", "Disallow: /a*$", "Crawl-delay: 3", "Request-rate: 1/"]
)


@given(
    st.one_of(
        st.binary(), st.text().map(str.encode), st.lists(st.one_of(LINES, st.text())).map("\n".join).map(str.encode)
    )
)
def test_every_file_can_be_read(body: bytes) -> None:
    rules = Rules.parse(body)
    assert rules.allows("https://a.example/a?b=c", "Wirefold") in (True, False)
    assert rules.delay_s("Wirefold") >= 0


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % number for number in range(14_000)) + b"Disallow: /x*\n" * 15_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 250_000,
        b"User-agent: *\n" + b"Disallow: *a*a*a*a*a*b\n" * 20_000,
        b"User-agent:" + b" " * 500_000,
    ],
)
def test_a_file_made_to_take_time_does_not(body: bytes) -> None:
    begun = time.process_time()
    Rules.parse(body).allows("https://a.example/" + "a" * 8_000, "a7")
    assert time.process_time() - begun < 10


# -- how it is come by -------------------------------------------------------------------------------------------------


class Ledger:
    def __init__(self, *states: HostState) -> None:
        self.states = {state.host: state for state in states}

    def host_state(self, host: str) -> HostState | None:
        return self.states.get(host)

    def save_host_state(self, state: HostState) -> None:
        self.states[state.host] = state


class Site:
    """Answers requests for robots.txt, one after the other, the last one for good."""

    def __init__(self, *answers: tuple[int, bytes] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def download(self, request: Request) -> Response:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Response(request.url, answer[0], body=answer[1])


NO = b"User-agent: *\nDisallow: /no\nCrawl-delay: 7"


def outcome(site: Site, ledger: Ledger, url: str = "https://a.example/no", now: datetime = NOW) -> str:
    async def ask() -> str:
        request = Request(url)
        try:
            await RobotsTxt(ledger, site.download, "Wirefold", lambda: now).process_request(request)
        except Refused as refused:
            return f"{refused.reason}, {'again' if refused.retry else 'never'}"
        return f"allowed, {request.meta['crawl_delay_s']:g} s"

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, NO), "robots-txt, again"),
        ((404, NO), "allowed, 0 s"),
        ((403, NO), "allowed, 0 s"),
        ((304, NO), "allowed, 0 s"),
        (IgnoreRequest("max redirections reached"), "allowed, 0 s"),
        ((429, NO), "robots-unreachable, again"),
        ((500, NO), "robots-unreachable, again"),
        (DownloadTimeoutError("slow"), "robots-unreachable, again"),
        (OSError("not gzip"), "robots-unreachable, again"),
    ],
)
def test_an_answer_allows_or_refuses_as_the_rfc_says(answer: tuple[int, bytes] | Exception, expected: str) -> None:
    assert outcome(Site(answer), Ledger()) == expected


def test_what_is_allowed_goes_at_the_pace_asked_for() -> None:
    assert outcome(Site((200, NO)), Ledger(), "https://a.example/yes") == "allowed, 7 s"


def test_a_copy_serves_a_day_and_30_days_while_the_host_is_down() -> None:
    ledger, site = Ledger(), Site((200, NO), (500, b""))
    for age, expected, times in [
        (timedelta(0), "robots-txt, again", 1),
        (timedelta(hours=23), "robots-txt, again", 1),
        (timedelta(hours=25), "robots-txt, again", 2),
        (timedelta(days=29), "robots-txt, again", 3),
        (timedelta(days=31), "robots-unreachable, again", 4),
    ]:
        assert outcome(site, ledger, now=NOW + age) == expected
        assert len(site.asked) == times


def test_scheme_and_port_have_their_own_robots_txt() -> None:
    ledger, site = Ledger(), Site((404, b""))
    for url in ("https://a.example/", "http://a.example/", "https://a.example:8443/", "http://[2606:4700::1]:81/"):
        outcome(site, ledger, url)
    assert site.asked == [
        "https://a.example/robots.txt",
        "http://a.example/robots.txt",
        "https://a.example:8443/robots.txt",
        "http://[2606:4700::1]:81/robots.txt",
    ]


def test_a_host_that_is_left_alone_is_not_taken_for_unreachable() -> None:
    refused, ledger = Refused("backing-off", "", retry=True, retry_after=NOW), Ledger()
    with pytest.raises(Refused) as caught:
        robots = RobotsTxt(ledger, Site(refused).download, "Wirefold", lambda: NOW)
        asyncio.run(robots.process_request(Request("https://a.example/")))
    assert (caught.value.reason, caught.value.retry_after, ledger.states) == ("backing-off", NOW, {})


def test_the_request_for_robots_txt_itself_is_let_out() -> None:
    request = Request("https://a.example/robots.txt", meta={"is_robots_txt": True})
    site = Site((200, NO))
    asyncio.run(RobotsTxt(Ledger(), site.download, "Wirefold").process_request(request))
    assert site.asked == []
