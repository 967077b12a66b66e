from __future__ import annotations

import doctest
import subprocess
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler import urls
from crawler.urls import claims, parameters, refresh, rules, spelling

_parts = st.text(alphabet="abcXYZ059-._~%/?&=+#:;é漢@!", max_size=30)
_pieces = st.lists(
    st.sampled_from(
        [
            "/amp",
            "/",
            "amp",
            ".amp",
            ".html",
            "index.html",
            ";jsessionid=A1",
            "/(S(lit3py55t21z5v55vlm25s55))",
            "/story",
            ".",
            "?",
            "&",
            "amp=1",
            "outputType=amp",
            "print=1",
            "utm_source=x",
            "sid=0k3v9s1m2n8d7f6g5h4j3k2l1p",
            "id=7",
            "#",
            "!",
            "google.com/amp/s/",
            "www.",
            "m.example.com",
            "%3F",
            "%2e",
            "%25",
            "&amp;",
            "..",
            ":443",
            "\t",
            "\\",
            "é",
        ]
    ),
    max_size=12,
).map("".join)
_hosts = st.from_regex(r"\A[a-zA-Z0-9]{1,8}(\.[a-zA-Z]{2,5}){1,2}\.?(:[0-9]{1,4})?\Z") | st.sampled_from(
    ["www.example.com", "amp.m.example.com", "www.google.com", "x.cdn.ampproject.org", "example.com:443", "0x7f.1"]
)
_urls = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    _hosts,
    _parts | _pieces | _pieces.map("c/s/{}".format),
)


@pytest.mark.parametrize("module", [claims, parameters, refresh, rules, spelling])
def test_every_rule_is_shown_by_its_doctest(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.failed == 0
    assert result.attempted


@pytest.mark.parametrize("rule", [*rules.RULES, *claims.CHECKS], ids=lambda rule: rule.__name__)
def test_every_rule_gives_its_reason_and_an_example(rule: object) -> None:
    assert ">>> _try(" in (rule.__doc__ or "")


@given(_urls)
@example("https://www.google.com/amp/www.google.com/amp/s/m.example.com/amp/amp/index.html")
@example("http://example.com:443/")
@example("http://example.com../")
def test_identity_is_idempotent(url: str) -> None:
    assert urls.identity(urls.identity(url)) == urls.identity(url)


@given(st.text(max_size=60))
def test_identity_and_site_take_any_text(text: str) -> None:
    assert urls.identity(urls.identity(text)) == urls.identity(text)
    urls.site_of(text)
    urls.address(text)


@example("http://x.cdn.ampproject.org/c/s/a.example/b?;x=1?", "utm_source=x")
@example("http://x.cdn.ampproject.org/c/s/a.example/b/amp%3F", "utm_source=x")
@given(_urls, st.sampled_from(["utm_source=x", "fbclid=Ab1", "utm%5Fmedium=y", "gclid="]))
def test_a_tracking_parameter_changes_nothing(url: str, tracking: str) -> None:
    plain = url.partition("#")[0]
    assert urls.identity(f"{plain}{'&' if '?' in plain else '?'}{tracking}") == urls.identity(plain).removesuffix("?")


@example("http://www.example.com/?utm_source=x&amp;")
@given(_urls)
def test_what_is_asked_for_has_the_identity_of_what_was_found(url: str) -> None:
    assert urls.identity(urls.address(url)) == urls.identity(url)


@pytest.mark.parametrize(
    "spelling",
    [
        "http://example.com/2016/rain-until-friday?id=7",
        "https://www.example.com/2016/rain-until-friday?id=7",
        "https://WWW.EXAMPLE.COM:443/2016/rain-until-friday?id=7#comments",
        "https://m.example.com/2016/rain-until-friday?id=7",
        "https://amp.example.com/2016/rain-until-friday?id=7",
        "https://example.com/amp/2016/rain-until-friday?id=7",
        "https://example.com/2016/rain-until-friday/amp?id=7",
        "https://example.com/2016/rain-until-friday.amp?id=7",
        "https://example.com/2016/rain-until-friday?amp&id=7",
        "https://example.com/2016/rain-until-friday?id=7&amp;amp=1",
        "https://example.com/2016/rain-until-friday?id=7&outputType=amp",
        "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/2016/rain-until-friday/amp?id=7&amp_js_v=0.1",
        "https://www.google.co.uk/amp/s/www.example.com/2016/rain-until-friday%3fid=7",
        "https://example.com/2016/rain-until-friday;jsessionid=A1B2.node3?id=7",
        "https://example.com/2016/rain-until-friday?PHPSESSID=abc&id=7",
        "https://example.com/2016/rain-until-friday?id=7&sid=0k3v9s1m2n8d7f6g5h4j3k2l1p",
        "https://example.com/2016/./x/../rain-until-frida%79?id=%37",
        "https://example.com\\2016\\rain-until-friday?id=7",
        "https://user:pw@example.com./2016/rain-until-friday?&id=7&",
        "https://ex%61mple.com/2016/rain-until-friday?id=7&pagewanted=all",
    ],
)
def test_spellings_of_one_article_have_one_identity(spelling: str) -> None:
    assert urls.identity(spelling) == "https://example.com/2016/rain-until-friday?id=7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?id=1", "https://a.example/x?id=2"),
        ("https://a.example/x?p=1", "https://a.example/x?p=2"),
        ("https://a.example/x?story=1", "https://a.example/x"),
        ("https://a.example/x?page=2", "https://a.example/x"),
        ("https://a.example/x?sid=ST2009012204161", "https://a.example/x?sid=ST2009012204162"),
        ("https://a.example/x?print=2016-11-01", "https://a.example/x?print=2016-11-02"),
        ("https://a.example/#!one", "https://a.example/#!two"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://news.a.example/x", "https://a.example/x"),
        ("https://a.example:8080/x", "https://a.example/x"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://a.example/x?q=a%26b", "https://a.example/x?q=a&b"),
        ("https://a.example/guitar-amp", "https://a.example/guitar"),
        ("https://a.example/amp", "https://a.example/"),
        ("https://a.example/story.php?cid=5", "https://a.example/story.php"),
        ("https://m.tv/x", "https://tv/x"),
    ],
)
def test_what_may_choose_another_article_is_kept(one: str, other: str) -> None:
    assert urls.identity(one) != urls.identity(other)


@pytest.mark.parametrize(
    "text",
    [
        "urn:wirefold:Desk:A 1#x",
        "http://example.com:99999/",
        "http://[::1/",
        "http://two words/",
        "http://%zz.example/",
        "http://1.2.3.4.5/",
        "http://",
        "mailto:a@b.example",
        "https://example.com/\ud800",
        f"https://example.com/{'a' * 9000}",
    ],
)
def test_what_is_no_web_address_comes_back_unchanged(text: str) -> None:
    assert urls.identity(text) == text


@pytest.mark.parametrize(
    "part", ["/amp", "/amp/index.html", "google.com/amp/", "%25", ";jsessionid=1", "&utm_a=b", "(", "m."]
)
def test_long_hostile_addresses_cost_little(part: str) -> None:
    start = time.process_time()
    urls.identity(f"https://www.google.com/amp/{part * (8000 // len(part))}")
    assert time.process_time() - start < 5


# -- claims ------------------------------------------------------------------------------------------------------------

_PAGE = "https://www.example.com/news/rain-until-friday-12345678?ref=top"


@pytest.mark.parametrize(
    ("page", "canonical", "claim"),
    [
        (_PAGE, "/news/rain-until-friday-12345678", "https://example.com/news/rain-until-friday-12345678"),
        (_PAGE, "http://m.example.com/weather/storm-until-friday", "https://example.com/weather/storm-until-friday"),
        (_PAGE, "https://example.com/weather/12345678", "https://example.com/weather/12345678"),
        ("https://edition.example.com/a-b-c", "https://www.example.com/a-b-c", "https://example.com/a-b-c"),
        ("https://example.com/story/", "https://example.com/story", "https://example.com/story"),
        ("https://example.com/s?id=77123", "https://example.com/rain-77123", "https://example.com/rain-77123"),
    ],
)
def test_a_sound_claim_is_believed(page: str, canonical: str, claim: str) -> None:
    assert urls.claimed(page, canonical) == claim


@pytest.mark.parametrize(
    "canonical",
    [
        None,
        "",
        "javascript:void(0)",
        "https://[::1/",
        "https://other.example/news/rain-until-friday-12345678",
        "https://example.com.evil.example/news/rain-until-friday-12345678",
        "https://example.com/",
        "https://example.com/news",
        "https://example.com/news/tram-for-the-port-87654321",
        "https://example.com/about-us",
    ],
)
def test_an_unsound_claim_is_not_believed(canonical: str | None) -> None:
    assert urls.claimed(_PAGE, canonical) == urls.identity(_PAGE)


@pytest.mark.parametrize(
    ("page", "canonical"),
    [
        ("https://example.com/story.php?id=7", "https://example.com/story.php"),
        ("https://example.com/rain-until-friday?page=2", "https://example.com/rain-until-friday"),
        ("https://example.com/rain-until-friday/2", "https://example.com/rain-until-friday"),
        ("https://example.com/live/election-day-live/post-17", "https://example.com/live/election-day-live"),
        ("https://example.com/#!rain", "https://example.com/app"),
        ("https://one.blogs.example/a-b-c", "https://two.blogs.example/a-b-c"),
        ("https://example.com/", "https://example.com/rain-until-friday"),
        ("urn:wirefold:x:1", "https://example.com/rain-until-friday"),
    ],
)
def test_a_claim_that_would_merge_articles_is_not_believed(page: str, canonical: str) -> None:
    assert urls.claimed(page, canonical) == urls.identity(page)


@given(_urls, _urls | st.text(max_size=40))
def test_a_claim_is_an_identity_whatever_is_claimed(page: str, canonical: str) -> None:
    claim = urls.claimed(page, canonical)
    assert urls.identity(claim) == claim


# -- meta refresh ------------------------------------------------------------------------------------------------------

_BASE = "https://example.com/s?id=7"


@pytest.mark.parametrize(
    "meta",
    [
        '<meta http-equiv="refresh" content="0; url=/story">',
        "<META HTTP-EQUIV=Refresh CONTENT=0;URL=/story>",
        "<meta content='5;URL=\"https://example.com/story\"' http-equiv='refresh' />",
        '<meta http-equiv="refresh" content="0.5, /story">',
        '<meta http-equiv="refresh" content="0 url=\'/story">',
        '<meta http-equiv="refresh" content="0;url=https&#58;//example.com/story">',
        '<!-- moved --><meta name="a" content="b > c"><meta http-equiv="refresh" content="1;url=/story">',
    ],
)
def test_an_immediate_refresh_is_followed(meta: str) -> None:
    assert urls.refresh_target(f"<html><head>{meta}</head>".encode(), _BASE) == "https://example.com/story"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b'<meta http-equiv="refresh" content="300; url=/story">',
        b'<meta http-equiv="refresh" content="0">',
        b'<meta http-equiv="refresh" content="0; url=#top">',
        b'<meta http-equiv="refresh" content="0; url=https://example.com/s?id=7">',
        b'<meta http-equiv="refresh" content="0; url=javascript:alert(1)">',
        b'<meta http-equiv="refresh" content="0; url=file:///etc/passwd">',
        b'<noscript><meta http-equiv="refresh" content="0; url=/noscript"></noscript>',
        b'<noscript><meta http-equiv="refresh" content="0; url=/noscript">',
        b'<!-- <meta http-equiv="refresh" content="0; url=/story"> -->',
        b"<script>\"<meta http-equiv='refresh' content='0; url=/story'>\"</script>",
        b"x" * 9000 + b'<meta http-equiv="refresh" content="0; url=/story">',
    ],
)
def test_a_page_to_be_read_is_no_refresh(page: bytes) -> None:
    assert urls.refresh_target(page, _BASE) is None


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_can_be_looked_at_for_a_refresh(content: bytes, base: str) -> None:
    urls.refresh_target(b'<meta http-equiv=refresh content="' + content, base)


@pytest.mark.parametrize(
    "part", [b"<meta ", b'<meta "', b"<!--", b"<script>", b"<meta http-equiv=refresh content=0;", b"0 "]
)
def test_hostile_beginnings_cost_little(part: bytes) -> None:
    start = time.process_time()
    urls.refresh_target(b'<meta http-equiv=refresh content="0 ' + part * 4000, _BASE)
    assert time.process_time() - start < 5


def test_the_url_rules_do_not_import_the_extractors() -> None:
    code = "import sys, crawler.urls; sys.exit(any(name in sys.modules for name in ('lxml', 'trafilatura', 'scrapy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("page", "claim"),
    [
        ("/news/roundup-of-the-day-123456.html", "/news/roundup-of-the-day-123457.html"),
        ("/2020/06/01/morning-briefing", "/2020/06/02/morning-briefing"),
        ("/news/55001/article/100001", "/news/55001/article/100002"),
        ("/stories/S1", "/stories/S2"),
        ("/\u30cb\u30e5\u30fc\u30b9/\u6771\u4eac-\u96e8", "/\u30cb\u30e5\u30fc\u30b9/\u5927\u962a-\u6674"),
    ],
)
def test_a_claim_of_another_issue_is_not_believed(page: str, claim: str) -> None:
    url = f"https://example.com{page}"
    assert urls.claimed(url, f"https://example.com{claim}") == urls.identity(url)


@pytest.mark.parametrize("host", ["amp.com.au", "m.co.uk", "m.org.nz"])
def test_a_name_before_a_mere_ending_is_the_site(host: str) -> None:
    assert urls.identity(f"https://www.{host}/x") == f"https://{host}/x"
    assert urls.site_of(f"https://www.{host}/x") == host


@pytest.mark.parametrize("ampersand", ["&", "&amp;", "&#38;", "&#038;", "&#x26;"])
def test_an_escaped_ampersand_is_one(ampersand: str) -> None:
    url = f"http://example.com/?post_type=x{ampersand}p=1"
    assert urls.identity(url) == "https://example.com/?p=1&post_type=x"
    assert urls.address(url) == "http://example.com/?post_type=x&p=1"


@pytest.mark.parametrize("name", ["igsh", "igshid", "srsltid", "rdt_cid", "gad_source", "emc", "mibextid", "ScCid"])
def test_what_tells_how_a_reader_came_goes(name: str) -> None:
    assert urls.identity(f"https://example.com/a?{name}=x") == "https://example.com/a"
