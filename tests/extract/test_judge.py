from __future__ import annotations

import time
from contextlib import suppress

import pytest

from crawler.extract import judge
from crawler.extract.evidence import gather
from crawler.extract.tree import Refused, parse
from storage.types import LIVE_BLOG, ONLY_THE_BEGINNING, Stage
from tests.extract.pages import BODY, PARAGRAPHS, article, page, rejection

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
        ("Attention Required! | Cloudflare", "blocked-page"),
        ("Access to this page has been denied.", "blocked-page"),
        ("403 Forbidden", "blocked-page"),
        ("451: Unavailable due to legal reasons", "blocked-page"),
        ("This content is not available in your region", "blocked-page"),
        ("Zugriff verweigert", "blocked-page"),
        ("Доступ ограничен", "blocked-page"),
        ("アクセス拒否", "blocked-page"),
        ("Anmelden | Tageblatt", "login-page"),
        ("Zaloguj się", "login-page"),
        ("تسجيل الدخول", "login-page"),
        ("ログイン | 日報", "login-page"),
        ("Nous respectons votre vie privée", "consent-page"),
        ("Privacy-instellingen - De Krant", "consent-page"),
        ("Política de cookies", "consent-page"),
        ("410 Gone", "error-page"),
        ("500 Internal Server Error", "error-page"),
        ("Oops! That page can’t be found.", "error-page"),
        ("Page introuvable - Le Journal", "error-page"),
        ("Página no encontrada", "error-page"),
        ("Página não encontrada | Diário", "error-page"),
        ("Pagina non trovata", "error-page"),
        ("Pagina niet gevonden", "error-page"),
        ("Sidan hittades inte", "error-page"),
        ("Siden ble ikke funnet", "error-page"),
        ("Siden blev ikke fundet", "error-page"),
        ("Sivua ei löytynyt", "error-page"),
        ("Nie znaleziono strony", "error-page"),
        ("Stránka nenalezena", "error-page"),
        ("Страница не найдена", "error-page"),
        ("Сторінку не знайдено", "error-page"),
        ("Sayfa bulunamadı", "error-page"),
        ("الصفحة غير موجودة", "error-page"),
        ("הדף לא נמצא", "error-page"),
        ("Η σελίδα δεν βρέθηκε", "error-page"),
        ("お探しのページは見つかりませんでした", "error-page"),
        ("您访问的页面不存在", "error-page"),
        ("페이지를 찾을 수 없습니다", "error-page"),
        ("Halaman tidak ditemukan", "error-page"),
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
        "Access to the harbour denied after storm",
        "Captcha inventor wins prize",
        "Page of history found in attic",
        "Zustimmung im Rat, Kritik im Saal",
        "La page se tourne pour le club",
    ],
)
def test_an_article_about_such_things_is_kept(title: str) -> None:
    assert article(f"<title>{title}</title>", f"<h1>{title}</h1>{BODY}").headline == title


@pytest.mark.parametrize(
    ("reason", "line", "times"),
    [
        (
            "error-page",
            "The page you are looking for has moved or never was here, so try the search or go to our front page.",
            1,
        ),
        (
            "error-page",
            "Die gesuchte Seite gibt es nicht mehr, vielleicht hilft Ihnen unsere Suche oder die Startseite weiter.",
            2,
        ),
        (
            "error-page",
            "お探しのページは、移動または削除された可能性があります"
            "ので、検索をお試しいただくか、トップにお戻りください。",
            2,
        ),
        (
            "blocked-page",
            "Your IP address was blocked because of what came from it in the last hour, please write to our help desk.",
            2,
        ),
        (
            "blocked-page",
            "It looks as if you are attempting to access this website from a country "
            "of the European Economic Area, and therefore we cannot let you in at this time.",
            1,
        ),
        (
            "blocked-page",
            "Checking if the site connection is secure before you go on, which takes a few seconds. Ray ID: 12ab.",
            2,
        ),
        (
            "login-page",
            "You must be logged in to see this page, and if you have no account yet you can make one in a minute.",
            2,
        ),
        (
            "needs-javascript",
            "Please enable JavaScript in your browser to see this page, and load it again after you have done so.",
            2,
        ),
        (
            "needs-javascript",
            "Bitte JavaScript aktivieren: ohne kann diese Seite in Ihrem Browser leider gar nicht angezeigt werden.",
            2,
        ),
        (
            "consent-page",
            "We and our partners use cookies to store what we know of your device, and you can say no at any time.",
            9,
        ),
        (
            "consent-page",
            "Wir nutzen Cookies und verarbeiten Daten über Ihr Gerät, und Sie können das jederzeit auch ablehnen hier.",
            9,
        ),
        (
            "consent-page",
            "Nous utilisons des cookies avec nos partenaires pour mesurer "
            "ce que vous lisez sur ce site tous les jours.",
            9,
        ),
        (
            "consent-page",
            "Мы используем файлы cookie, чтобы сайт работал лучше, и вы можете отказаться от них в любое время здесь.",
            9,
        ),
        (
            "consent-page",
            "当サイトではクッキーを使用しており、お客様はいつでも設"
            "定を変更することができます。詳細は下記をご覧ください。",
            9,
        ),
    ],
)
def test_a_page_that_is_none_by_what_it_says_is_rejected(reason: str, line: str, times: int) -> None:
    assert rejection(_page("The Daily", f"<p>{line}</p>" * times)).reason == reason


def test_short_news_with_a_date_may_be_headed_like_an_error() -> None:
    date = '<meta property="article:published_time" content="2024-03-19T08:00:00Z">'
    assert article(f"<title>Oops! Mayor forgets the vote</title>{date}").article_body
    assert rejection(_page("Oops! Nothing here", "<p>Try the search.</p>", date)).reason == "error-page"


def test_an_article_about_cookies_is_kept() -> None:
    told = (
        "<p>“We use cookies to learn what you read,” the publisher told the court in its answer to the complaint.</p>"
    )
    assert article(body=BODY + told).article_body


def test_an_article_that_reports_such_words_is_kept() -> None:
    head = '<meta property="og:type" content="article">'
    text = "<p>Thousands read on Monday that your IP address was blocked for good, when the bank changed its rules.</p>"
    assert article(head, text * 2).article_body


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div id='root'></div><script src='/app.js'></script>", "needs-javascript"),
        ("<noscript>You need to enable JavaScript to run this app.</noscript><div id='app'></div>", "needs-javascript"),
        ("<div id='px-captcha'></div>", "blocked-page"),
        ("<div>Press &amp; Hold to confirm you are a human</div>", "blocked-page"),
        ("<iframe src='/_Incapsula_Resource?CWUDNSAI=1'></iframe>", "blocked-page"),
        ("<form><input name='n'><input type='password'></form>", "login-page"),
    ],
)
def test_a_page_without_text_is_told_by_what_stands_in_it(body: str, reason: str) -> None:
    assert rejection(f"<html><head><title>The Daily</title></head><body>{body}</body></html>").reason == reason


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


def _listing(*urls: str) -> str:
    nodes = ", ".join(f'{{"@type": "NewsArticle", "headline": "Of {url}", "url": "{url}"}}' for url in urls)
    return f'<script type="application/ld+json">[{nodes}]</script>'


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://www.a.example/x", '<script type="application/ld+json">{"@type": "CollectionPage"}</script>'),
        ("https://www.a.example/x", _listing("https://a.example/1", "https://a.example/2", "https://a.example/3")),
        ("https://www.a.example/news/gone", '<link rel="canonical" href="https://www.a.example/">'),
        ("https://www.a.example/author/ann-lee", ""),
        ("https://www.a.example/de/thema/hafen/", ""),
    ],
)
def test_pages_of_sections_subjects_and_authors_are_rejected(url: str, head: str) -> None:
    heading = "<h3><a href='/{0}'>Headline number {0} about the town</a></h3>"
    teasers = "".join(heading.format(number) + f"<p>{PARAGRAPHS[number % 3]}</p>" for number in range(4))
    assert rejection(_page("Harbour", teasers, head), url).reason == "section-front"


def test_an_article_among_others_that_the_page_describes_is_kept() -> None:
    head = _listing("https://www.a.example/news/1", "https://a.example/2", "https://a.example/3")
    assert article(head).article_body


@pytest.mark.parametrize(
    "head",
    [
        '"isAccessibleForFree": false',
        '"isAccessibleForFree": "False"',
        '"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false, "cssSelector": ".x"}',
    ],
)
def test_what_is_not_free_is_rejected_without_text_and_marked_when_cut_off(head: str) -> None:
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", {head}}}</script>'
    assert rejection(_page("Budget approved", head=head, body=_SHORT * 2)).reason == "paywall-stub"
    beginning = article(head, BODY)
    assert (beginning.notes, beginning.is_accessible_for_free) == ((ONLY_THE_BEGINNING,), False)
    assert article(head, BODY * 3).notes == ()


@pytest.mark.parametrize(
    "offer",
    [
        "Subscribe to continue reading.",
        "This article is for subscribers only.",
        "Nur für Abonnenten",
        "Il vous reste 72,5 % de cet article à lire.",
        "Contenido exclusivo para suscriptores",
        "Articolo riservato agli abbonati",
        "Alleen voor abonnees",
        "Только для подписчиков",
        "この記事は有料です",
        "残り1234文字",
    ],
)
def test_an_offer_to_subscribe_shows_a_stub(offer: str) -> None:
    assert rejection(_page("Budget approved", f"{_SHORT}<div>{offer}</div>")).reason == "paywall-stub"
    found = article(body=f"{BODY}<p>{offer}</p>")
    if offer in found.article_body:
        assert (found.notes, found.is_accessible_for_free) == ((ONLY_THE_BEGINNING,), False)


def test_an_offer_that_is_hidden_or_on_a_free_page_shows_no_stub() -> None:
    flash = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1][:60]} was full.</p>"
    hidden = article(body=f"{flash}<div style='display: none'>Subscribe to continue reading.</div>")
    free = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": true}</script>'
    shown = article(free, f"{flash}<div>Subscribe to continue reading.</div>")
    assert ONLY_THE_BEGINNING not in (*hidden.notes, *shown.notes)


_LIVE = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
_ENTRIES = "".join(f"<p>1{number}:05 {PARAGRAPHS[number % 3]}</p>" for number in range(6))


@pytest.mark.parametrize(
    ("path", "head", "body"),
    [
        ("news/1", _LIVE, BODY),
        ("politik/liveblog-wahl.html", "", BODY),
        ("deportes/final-minuto-a-minuto", "", BODY),
        ("news/1", "<title>Live updates: the vote</title>", BODY),
        ("sport/live/1", "", _ENTRIES),
        ("1", "<title>Direkte: valget</title>", _ENTRIES),
    ],
)
def test_a_live_blog_is_kept_and_marked(path: str, head: str, body: str) -> None:
    linked = "".join(f"<h3><a href='#{n}'>Entry number {n} of today</a></h3>" for n in range(12))
    assert article(head, body + linked, url=f"https://www.a.example/{path}").notes == (LIVE_BLOG,)


@pytest.mark.parametrize("title", ["How we live now", "Live music returns to the harbour", "Delivery by ticker-tape"])
def test_other_articles_are_not_marked_as_live(title: str) -> None:
    assert article(f"<title>{title}</title>").notes == ()


def test_a_poem_is_kept() -> None:
    lines = ["The harbour sleeps in early snow", "no ferry comes, no lanterns glow", "the nets hang empty on the wall",
             "and nobody comes by at all", "but in the shop beside the quay", "a kettle sings of open sea"]  # fmt: skip
    assert article(body=f"<h1>Winter</h1><p>{'<br>'.join(lines)}</p>").article_body.count("\n") >= 4


def test_a_newsflash_is_kept_whatever_else_the_page_offers() -> None:
    around = "<form><input type='password'></form><noscript>Please enable JavaScript to see comments.</noscript>"
    flash = (
        "A ferry ran aground off Skarholm early on Monday. All forty passengers were brought ashore by the coast guard "
        "within two hours, and nobody was hurt, police said."
    )
    assert article(body=f"<p>{flash}</p>{around}").article_body


def test_a_japanese_brief_is_kept() -> None:
    assert article(
        body="<p>二十四日午前六時ごろ、港の防波堤付近で釣り船が転覆した。乗っていた三人は全員救助され、命に別条はないという。海上保安部が原因を調べている。</p>"
    ).article_body


@pytest.mark.parametrize(
    "words",
    ["page not ", "cookie we ", "javascript ", "subscribe to ", "your ip ", "article you are ", "1:1 | ", "live "],
)
def test_hostile_pages_are_judged_in_no_time(words: str) -> None:
    found = page(_page(words * 2_000, f"<p>{words * 20_000}.</p>" + f"<p>{words * 8}</p>" * 2_000))
    evidence = gather(found, parse(found))
    for text in ("", "\n".join([words * 8] * 100), words * 20_000):
        begin = time.process_time()
        with suppress(Refused):
            judge.check(evidence, text)
        assert time.process_time() - begin < 1


def test_a_page_of_a_few_words_is_rejected() -> None:
    assert rejection(_page("Rain", "<p>Rain again today.</p>")).reason == "too-short"


def test_short_news_in_full_sentences_is_kept() -> None:
    assert article(body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>").article_body


def test_words_are_counted_in_scripts_without_spaces() -> None:
    text = "裁判所は火曜日、港の拡張計画を認める判決を下し、住民の訴えを退けた。原告側は控訴する方針だという。" * 2
    assert article(body=f"<p>{text}</p>").article_body == text
