"""--keep-pages and reextract: what is kept, what is printed, and that a kill loses nothing."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.queries import Queries
from storage.store import Store
from tests.cli.conftest import WIREFOLD, Command
from tests.cli.pages import configure, page
from tests.cli.test_collect import warc
from tests.crawl.web import Answer, rss, serve
from tests.dedupe import prose
from tests.store.build import an_article, put
from tests.store.test_pages import a_page

pytestmark = pytest.mark.slow

FIRST = "https://one.example/1"
PAGES = 300


def forget_rules(location: str) -> None:
    """Make a store look as if former rules had found other authors, and of the second page another text, too."""
    with Store.open(location) as store, store.transaction() as connection:
        connection.execute(text("""UPDATE article SET authors = '["Nobody"]'"""))
        connection.execute(
            text("UPDATE revision SET content_hash = 'x', article_body = 'Former text.' WHERE article_id % 2 = 0")
        )


@pytest.fixture
def kept(wirefold: Command, tmp_path: Path) -> Path:
    """Give a store with three articles and their pages."""
    wirefold("ingest", warc(tmp_path / "news.warc.gz", 3), "--keep-pages")
    return tmp_path / "store.sqlite"


def test_with_the_same_rules_nothing_changes(wirefold: Command, kept: Path) -> None:
    done = wirefold("reextract", "--format", "text")
    assert (done.code, done.out, done.err) == (0, "reextract: 3 pages, 0 changed; 0 joined\n", "")


def test_what_changed_is_counted_by_field(wirefold: Command, kept: Path) -> None:
    forget_rules(str(kept))
    assert wirefold("reextract").out.splitlines() == [
        "reextract: 3 pages, 3 changed; 0 joined",
        "  authors changed in 3 articles",
        "  article_body changed in 1 article",
    ]
    assert wirefold("reextract").out == "reextract: 3 pages, 0 changed; 0 joined\n"


def test_what_changed_is_a_line_an_article_or_json(wirefold: Command, kept: Path) -> None:
    forget_rules(str(kept))
    lines = wirefold("reextract", "--dry-run", "--format", "text").out.splitlines()
    assert lines[0] == "reextract --dry-run: 3 pages, 3 changed"
    assert f"{FIRST}: article_body 2 -> 300 words; authors Nobody -> nothing" in lines
    told = wirefold("reextract", "--site", "www.one.example", "--format", "json").value
    assert (told["counts"]["changed"], told["counts"]["changed/article_body"]) == (3, 1)
    [change] = [change for change in told["changes"] if change["url"] == FIRST]
    assert (change["what"], change["is_current"]) == ("changed", True)
    assert change["fields"]["article_body"] == {"before": 2, "after": 300}


def test_a_text_that_rules_changed_is_shown_as_such(wirefold: Command, kept: Path) -> None:
    forget_rules(str(kept))
    wirefold("reextract")
    assert "read again by new rules of extraction, not revised by its publisher" in wirefold("why", FIRST).out
    assert "(by new rules of extraction)" in wirefold("show", FIRST).out
    causes = [revision["cause"] for revision in wirefold("show", FIRST, "--format", "json").value["revisions"]]
    assert causes == ["publisher", "rules"]
    assert wirefold("stats", "--format", "json").value["revisions_by_rules"] == 1


def test_articles_lost_and_won_are_told(wirefold: Command, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        put(store, an_article(1))
        store.put_page(a_page(1, content=b"<html><body><p>Short.</p></body></html>"))
        store.put_page(a_page(2, content=page(2), is_article=False, reason="login-page"))
        store.put_page(a_page(3, content=b"<html><body><p>Short.</p></body></html>", is_article=False, reason="other"))
    done = wirefold("reextract", "--format", "text")
    assert done.out.splitlines() == [
        "reextract: 3 pages, 0 changed, 1 kept, 2 rejected (too-short 2); 0 joined",
        "https://www.daily.example/1: rejected now (too-short); the article stays",
        "https://www.daily.example/2: an article now, was rejected (login-page)",
        "https://www.daily.example/3: rejected: other -> too-short",
    ]
    assert wirefold("show", an_article(1).url).code == 0
    assert "rejected" in wirefold("why", an_article(1).url).out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--source", "ugly"], "no page of source 'ugly' is kept"),
        (["--site", "other.example"], "no page of site 'other.example' is kept"),
        (["--site", "not a site"], "'not a site' is not a host"),
        (["--format", "xml"], "--format"),
    ],
)
def test_a_choice_that_fits_nothing_is_a_usage_error(
    arguments: list[str], named: str, wirefold: Command, kept: Path
) -> None:
    assert named in wirefold("reextract", *arguments).complaint


def test_where_no_pages_are_kept_it_says_how_to_keep_them(wirefold: Command, tmp_path: Path) -> None:
    wirefold("ingest", warc(tmp_path / "news.warc.gz", 1))
    assert "no page is kept; crawl and ingest keep them with --keep-pages" in wirefold("reextract").complaint


def test_the_configuration_can_keep_pages_too(wirefold: Command, tmp_path: Path) -> None:
    Path("wirefold.toml").write_text("[crawl]\nkeep_pages = true\n")
    wirefold("ingest", warc(tmp_path / "news.warc.gz", 2))
    assert wirefold("reextract").out.startswith("reextract: 2 pages, 0 changed")


def test_a_purged_article_leaves_no_page(wirefold: Command, kept: Path, tmp_path: Path) -> None:
    wirefold("purge", FIRST, "--reason", "their request")
    wirefold("ingest", tmp_path / "news.warc.gz", "--again", "--keep-pages")
    assert wirefold("reextract").out.startswith("reextract: 2 pages, 0 changed")


@pytest.mark.slow
def test_a_crawl_keeps_pages_and_texts_of_feeds_and_lists_keep_pages(installed: Command, tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in prose.sentences(1, 30))
    content = f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded>"
    item = f"<item><title>Ferry</title><link>/ferry</link>{content}</item>"
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    with serve() as web:
        configure(tmp_path, web.proxy)
        web.answers = {
            "http://a.example/rss": Answer(body=f"<rss {namespace}><channel>{item}</channel></rss>".encode()),
            "http://a.example/ferry": Answer(body=b"<html><title>Log in</title><p>Log in to read on.</p></html>"),
            "http://c.example/1": Answer(body=page(1)),
            "http://c.example/rss": rss("/1"),
        }
        assert installed("crawl", "--source", "good", "--keep-pages").code == 0
        Path(tmp_path / "urls.txt").write_text("http://c.example/1\n")
        assert installed("ingest", "urls.txt", "--keep-pages").code == 0
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        kept = {(page.address, page.is_article, page.reason, page.text_from) for page in store.pages()}
        assert len({page.fetched_at for page in store.pages(source="good")}) == 1
    assert kept == {
        ("http://a.example/ferry", False, "login-page", None),
        ("http://a.example/ferry", True, None, "feed"),
        ("http://c.example/1", True, None, None),
    }
    assert installed("reextract", "--source", "good").out == "reextract: 2 pages, 0 changed; 0 joined\n"


def contents(location: str) -> tuple[object, ...]:
    with Store.open(location) as store:
        pages = [(page.url, page.is_article, page.reason) for page in store.pages()]
        articles = store.articles_by_id(range(1, PAGES + 1))
        texts = [
            [(row.article_body, row.cause) for row in Queries(store).article(str(n)).revisions]
            for n in sorted(articles)
        ]
        return pages, articles, texts, list(Queries(store).clusters(min_size=1))


@pytest.mark.slow
def test_killed_runs_end_like_an_undisturbed_one(store_url: str, tmp_path: Path) -> None:
    file, undisturbed = warc(tmp_path / "news.warc.gz", PAGES), str(tmp_path / "undisturbed.sqlite")
    for location in (undisturbed, store_url):
        subprocess.run([WIREFOLD, "ingest", file, "--keep-pages", "--store", location], capture_output=True, check=True)
        forget_rules(location)
    command = [str(WIREFOLD), "reextract", "--store"]
    done = subprocess.run([*command, undisturbed], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"reextract: {PAGES} pages, {PAGES} changed")
    chance = random.Random(5)
    for _ in range(4):
        running = subprocess.Popen([*command, store_url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(timeout=chance.uniform(1, 5))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
    subprocess.run([*command, store_url], capture_output=True, check=True)
    assert contents(store_url) == contents(undisturbed)
    again = subprocess.run([*command, store_url], capture_output=True, text=True, check=True)
    assert again.stdout == f"reextract: {PAGES} pages, 0 changed; 0 joined\n"
