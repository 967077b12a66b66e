"""Words, dates and links as reports give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.wording import brief, clean, lapse, link, loss, moment, percent, plural, relation, sentence


@given(st.text(alphabet=st.characters(), max_size=400))
def test_clean_text_is_stable_writable_and_has_no_overrides(text: str) -> None:
    result = clean(text)
    assert clean(result) == result
    assert not set(result) & set("\0\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    result.encode()


@given(st.text(), st.integers(1, 300))
def test_brief_text_is_one_short_line(text: str, chars: int) -> None:
    result = brief(text, chars)
    assert len(result) <= chars
    assert "\n" not in result


def test_endless_blanks_are_cleaned_at_once() -> None:
    assert clean("a" + " \t" * 500_000 + "\r\n \n b") == "a\nb"


def test_a_cut_text_says_so() -> None:
    assert brief("Both bridges closed", 8) == "Both br…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//outlet.example/a",
        "/a",
        "urn:wirefold:x:1",
        "http:///a",
        "http://[::1",
        "https://bank.example@evil.example/",
        "https://outlet.example/\u202egpj.exe",
        "java\nscript:alert(1)",
        "https://outlet.example/" + "a" * 5_000,
        "",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert link(url) is None


@pytest.mark.parametrize(
    "url", ["https://outlet.example/a?b=1&c=%20", "http://outlet.example:8080/", "https://市.example/市"]
)
def test_web_addresses_become_links(url: str) -> None:
    assert link(url) == url


def test_midnight_is_a_date() -> None:
    assert moment(datetime(2026, 3, 1, tzinfo=UTC)) == "1 Mar 2026"
    assert moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "1 Mar 2026, 09:05"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=59), "no time"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_a_lapse_is_given_in_its_largest_fitting_unit(time: timedelta, words: str) -> None:
    assert lapse(time) == words


def test_only_everything_is_100_per_cent() -> None:
    assert [percent(share) for share in (0, 0.996, 1)] == ["0 %", "99 %", "100 %"]


def test_counts_agree_with_their_nouns() -> None:
    assert [plural(1, "copy", "copies"), plural(2_000, "copy", "copies")] == ["1 copy", "2,000 copies"]


def test_words_without_a_translation_are_still_readable() -> None:
    assert relation("merged-by-hand") == "merged by hand"
    assert relation(None) == "joined through another copy"
    assert loss("extract/login-page") == ("reading the page", "login page")
    assert sentence("published first") == "Published first."
