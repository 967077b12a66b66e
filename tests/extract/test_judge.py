from __future__ import annotations

import pytest

from storage.types import Stage
from tests.extract.pages import BODY, PARAGRAPHS, article, rejection

_SHORT = f"<p>{PARAGRAPHS[0]}</p>"


def _page(title: str, body: str = _SHORT, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Log In - The Daily", "login-page"),
        ("Iniciar sesión", "login-page"),
        ("Before you continue", "consent-page"),
        ("Your privacy choices", "consent-page"),
        ("404 - Page not found", "error-page"),
        ("Seite nicht gefunden", "error-page"),
        ("Just a moment...", "blocked-page"),
        ("Article not found | The Daily", "error-page"),
    ],
)
def test_a_page_that_is_none_by_its_title_is_rejected(title: str, reason: str) -> None:
    found = rejection(_page(title))
    assert (found.stage, found.reason, found.url) == (Stage.EXTRACT, reason, "https://a.example/news/1")
    assert title[:10] in found.detail


@pytest.mark.parametrize(
    "title",
    [
        "Error in the count delays result",
        "Consent form dispute",
        "Cookies for the poor",
        "Log book of a sailor",
        "404 days at sea",
    ],
)
def test_an_article_about_such_things_is_kept(title: str) -> None:
    assert article(f"<title>{title}</title>", f"<h1>{title}</h1>{BODY * 3}").headline == title


@pytest.mark.parametrize(
    ("url", "head", "reason"),
    [
        ("https://a.example/video/fire", "", "video-page"),
        ("https://a.example/x", '<meta property="og:type" content="video.other">', "video-page"),
        ("https://a.example/gallery/fire", "", "gallery-page"),
        (
            "https://a.example/x",
            '<script type="application/ld+json">{"@type": "ImageGallery"}</script>',
            "gallery-page",
        ),
    ],
)
def test_a_video_or_gallery_without_text_is_rejected(url: str, head: str, reason: str) -> None:
    assert rejection(_page("Fire at the harbour", head=head), url).reason == reason


def test_a_gallery_with_text_is_kept() -> None:
    assert article(url="https://a.example/gallery/fire", body=BODY * 2).article_body


def test_a_front_of_linked_headings_is_rejected() -> None:
    teasers = "".join(f"<h2><a href='/{n}'>Headline number {n} about the town</a></h2>" for n in range(15))
    assert rejection(_page("Sport", teasers + _SHORT)).reason == "section-front"
    assert rejection(_page("The Daily"), "https://www.a.example/").reason == "section-front"


def test_a_page_of_a_few_words_is_rejected() -> None:
    assert rejection(_page("Rain", "<p>Rain again today.</p>")).reason == "too-short"


def test_short_news_in_full_sentences_is_kept() -> None:
    assert article(body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>").article_body


def test_words_are_counted_in_scripts_without_spaces() -> None:
    text = "裁判所は火曜日、港の拡張計画を認める判決を下し、住民の訴えを退けた。原告側は控訴する方針だという。" * 2
    assert article(body=f"<p>{text}</p>").article_body == text
