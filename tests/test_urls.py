from __future__ import annotations

import doctest
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import urls

_parts = st.text(alphabet="abcXYZ059-._~%/?&=+#:;é漢@!", max_size=30)
_hosts = st.from_regex(r"\A[a-zA-Z0-9]{1,8}(\.[a-zA-Z]{2,5}){1,2}\.?(:[0-9]{1,4})?\Z")
_urls = st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "HTTP"]), _hosts, _parts)


def test_every_rule_is_shown_by_its_doctest() -> None:
    assert doctest.testmod(urls).failed == 0


@given(_urls)
def test_identity_is_idempotent(url: str) -> None:
    assert urls.identity(urls.identity(url)) == urls.identity(url)


@given(st.text(max_size=60))
def test_identity_and_site_take_any_text(text: str) -> None:
    assert urls.identity(urls.identity(text)) == urls.identity(text)
    urls.site_of(text)


@given(_urls, st.sampled_from(["utm_source=x", "fbclid=Ab1", "utm%5Fmedium=y", "gclid="]))
def test_a_tracking_parameter_changes_nothing(url: str, tracking: str) -> None:
    plain = url.partition("#")[0]
    assert urls.identity(f"{plain}{'&' if '?' in plain else '?'}{tracking}") == urls.identity(plain).removesuffix("?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?id=1", "https://a.example/x?id=2"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/story.php?cid=5", "https://a.example/story.php"),
    ],
)
def test_what_may_choose_another_article_is_kept(one: str, other: str) -> None:
    assert urls.identity(one) != urls.identity(other)


def test_an_identity_of_our_own_comes_back_unchanged() -> None:
    assert urls.identity("urn:wirefold:Desk:A 1#x") == "urn:wirefold:Desk:A 1#x"


def test_the_url_rules_do_not_import_the_extractors() -> None:
    code = "import sys, crawler.urls; sys.exit(any(name in sys.modules for name in ('lxml', 'trafilatura', 'scrapy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
