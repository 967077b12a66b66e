"""The report as a page, made from a real store."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from crawler.jobs.tracing import trace_one
from crawler.reports import clusters as report
from crawler.reports.attention import reasons
from crawler.reports.clusters import choose, render
from crawler.reports.summary import summarise
from storage.queries import Queries
from storage.store import Store
from storage.types import Article, ArticleQuery, Cluster, ClusterRow, Edge, HostState, Rejection, Stage
from tests.reports.rows import NOW, cluster, edge, member, same

SEEN = datetime(2026, 3, 2, tzinfo=UTC)
LEAD = "The river rose above the second mark on Tuesday night and the town closed both bridges, the mayor said."
BODY = "\n\n".join(
    [LEAD, *(f"Paragraph {number} of the report on the flood in the lower town." for number in range(9))]
)
EVERYTHING = ArticleQuery()
NO_HOSTS: Mapping[str, HostState | None] = {}
HOSTILE = '"><script>alert(1)</script><img src=//evil.example onerror=alert(1)>\u202egnp.exe</style>{{ 7*7 }}'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield store


def fill(store: Store, *groups: list[dict[str, Any]], edges: tuple[Edge, ...] = ()) -> None:
    """Store articles, each group a cluster whose first is canonical and tied to the others; ids count from 1."""
    run_id = store.start_run("test", SEEN)
    first, clusters, ties = 1, [], []
    with store.transaction():
        for group in groups:
            ids = tuple(range(first, first + len(group)))
            for article_id, fields in zip(ids, group, strict=True):
                store.put_article(article(article_id, **fields), run_id=run_id, seen_at=SEEN)
            clusters.append(Cluster(id=first, canonical_id=first, canonical_reason="published first", members=ids))
            ties += [edge(first, other) for other in ids[1:]]
            first += len(group)
        store.save_edges([*ties, *edges])
        store.replace_clusters(clusters)
    store.finish_run(run_id, SEEN, {"pages": 70})


def article(number: int, **fields: Any) -> Article:
    """Make the article that gets the id ``number``, published that many minutes after midnight."""
    site = f"outlet{number}.example"
    known: dict[str, Any] = {
        "url": f"https://{site}/{number}",
        "site": site,
        "source": site,
        "headline": f"Bridges closed, {number}",
        "article_body": BODY,
        "date_published": datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number),
    }
    return Article(**known | fields)


def make(
    store: Store, asked: ArticleQuery = EVERYTHING, hosts: Mapping[str, HostState | None] = NO_HOSTS, **options: Any
) -> str:
    queries = Queries(store)
    summary = summarise(queries, now=NOW, asked=asked, hosts=hosts)
    return render(summary, queries.texts, partial(trace_one, store), **options)


def page(store: Store, asked: ArticleQuery = EVERYTHING, **options: Any) -> html.HtmlElement:
    return html.document_fromstring(make(store, asked, **options))


def plain(size: int) -> list[dict[str, Any]]:
    """Make a group of articles that differ in nothing."""
    return [{} for _ in range(size)]


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def numbers(root: html.HtmlElement, section: str) -> dict[str, str]:
    return {text(dt): text(dt.getnext()) for dt in root.cssselect(f"#{section} .totals dt")}


def rows_of(table: html.HtmlElement) -> list[list[str]]:
    return [[text(cell) for cell in row] for row in table.cssselect("tbody tr")]


def test_totals_and_losses_are_given(store: Store) -> None:
    fill(store, [{}, {}], [{}])
    for number in range(3):
        lost = Rejection(url=f"https://x.example/{number}", source="x", stage=Stage.EXTRACT, reason="login-page")
        store.put_rejection(lost, run_id=1, seen_at=SEEN)
    root = page(store)
    assert numbers(root, "totals") == {"fetched": "70", "rejected": "3", "kept": "3", "canonical": "2", "copies": "1"}
    assert numbers(root, "volume") == {
        "articles": "3",
        "canonical": "2",
        "copies": "1",
        "clusters": "1",
        "need a look": "0",
    }
    assert [text(cell) for cell in root.cssselect(".losses tbody tr *")][:5:2] == [
        "login page",
        "reading the page",
        "3",
    ]


def test_a_card_gives_the_canonical_article_and_why(store: Store) -> None:
    fill(store, [{"headline": "Both bridges closed"}, {}])
    (card,) = page(store).cssselect("article")
    assert text(card.cssselect("h3")[0]) == "Both bridges closed"
    assert text(card.cssselect(".byline")[0]) == "Canonical: outlet1.example. Published first."


def test_a_card_gives_each_copy_with_relation_measures_and_rule(store: Store) -> None:
    fill(store, [{}, {}])
    (copy,) = page(store).cssselect(".copies > li")
    assert text(copy.cssselect(".what")[0]) == "Nearly the same text at outlet2.example"
    assert [text(row) for row in copy.cssselect(".measures dd")] == ["90 %", "50 %"]
    assert text(copy.cssselect(".rule")[0]) == "Nearly all of the shorter text is in the longer one."


def test_a_card_tells_who_carried_it_when(store: Store) -> None:
    fill(store, [{}, {"date_published": datetime(2026, 3, 1, 2, 1, tzinfo=UTC)}, {"date_published": None}])
    stops = [text(stop) for stop in page(store).cssselect(".stops li")]
    assert stops == [
        "outlet1.example1 Mar 2026, 00:01",
        "outlet2.example1 Mar 2026, 02:01 2 h later",
        "outlet3.exampleno dateseen 2 Mar 2026",
    ]


def test_a_difference_stands_side_by_side(store: Store) -> None:
    fill(store, [{}, {"article_body": BODY.replace("Tuesday", "Wednesday") + "\n\nOur reporter saw nine boats."}])
    (details,) = page(store).cssselect("details")
    assert [text(mark) for mark in details.cssselect("del")] == ["Tuesday"]
    assert [text(mark) for mark in details.cssselect("ins")] == ["Wednesday", "Our reporter saw nine boats."]
    assert "126 words shared, 1 only in the canonical article, 6 only in the copy" in text(details)


def test_a_copy_without_differences_is_called_the_same(store: Store) -> None:
    fill(store, [{}, {}])
    (card,) = page(store).cssselect("article")
    assert not card.cssselect("details")
    assert "Word for word the same." in text(card)


def test_members_that_were_judged_different_are_a_reason_for_a_look(store: Store) -> None:
    fill(store, [{}, {}, {}], edges=(edge(2, 3, joins=False),))
    (look,) = page(store).cssselect("#look .look")
    assert text(look) == "Members disagree: judged different in 1 of 3 comparisons."


def test_an_empty_store_makes_a_page(store: Store) -> None:
    assert "No article has a copy yet." in text(page(store))


def test_each_cluster_is_shown_once_and_pointed_to_afterwards(store: Store) -> None:
    fill(store, *[plain(size) for size in (2, 3, 4)])
    root = page(store)
    ids = [card.get("id") for card in root.cssselect("article")]
    assert sorted(ids) == ["c1", "c3", "c6"]
    assert {link.get("href") for link in root.cssselect(".above a")} <= {f"#{name}" for name in ids}


def test_volume_reuse_and_pickup_are_tables(store: Store) -> None:
    fill(store, [{"source": "wire"}, {"source": "daily"}, {"source": "daily"}], [{"source": "wire"}])
    root = page(store)
    (volume,), (reuse,), (pickup,) = (root.cssselect(f"#{name} table") for name in ("volume", "reuse", "pickup"))
    assert rows_of(volume) == [["2026-03-01", "2", "2"]]
    assert rows_of(reuse) == [["daily", "2", "·", "2"]]
    assert rows_of(pickup) == [["1 Bridges closed, 1", *["2"] * 8, "0"]]
    assert pickup.cssselect("a")[0].get("href") == "#c1"


def test_plots_stand_beside_their_tables(store: Store) -> None:
    fill(store, [{}, {}])
    assert len(page(store).cssselect("svg.plot")) == 2


def test_a_page_without_plots_says_what_draws_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, [{}, {}])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    root = page(store)
    assert "pip install 'wirefold[plot]'" in text(root.cssselect("#volume")[0])
    assert not root.cssselect("svg.plot") and len(root.cssselect("table")) == 3


def test_a_report_tells_of_what_was_asked_for(store: Store) -> None:
    late = {"date_published": datetime(2026, 3, 9, tzinfo=UTC)}
    fill(store, [{}, late], [{}, {}], [late])
    root = page(store, ArticleQuery(since=datetime(2026, 3, 9, tzinfo=UTC), until=datetime(2026, 3, 10, tzinfo=UTC)))
    assert text(root.cssselect(".about")[0]) == "published9 Mar 2026"
    assert [card.get("id") for card in root.cssselect("article")] == ["c1"]
    assert numbers(root, "volume") == {
        "articles": "2",
        "canonical": "1",
        "copies": "1",
        "clusters": "1",
        "need a look": "0",
    }
    assert numbers(root, "totals")["kept"] == "5"


def test_decisions_in_force_are_shown_and_confirmed_clusters_marked(store: Store) -> None:
    fill(store, [{}, {}], [{}, {}])
    addresses = [f"https://outlet{number}.example/{number}" for number in (1, 2)]
    store.decisions.put(replace(same(1, 2), url_a=addresses[0], url_b=addresses[1], note="<b>seen</b>"))
    confirmed, other = page(store).cssselect("article")
    assert text(confirmed.cssselect(".decided")[0]) == (
        f"Decision 1, same: {' '.join(addresses)}. Decided by desk on 2026-03-20: <b>seen</b>."
    )
    assert confirmed.cssselect(".confirmed") and not other.cssselect(".confirmed, .decided")


def test_sources_that_need_a_look_come_first(store: Store) -> None:
    fill(store, [{}])
    blocked = HostState(host="wire.example", blocked_until=NOW + timedelta(days=2), blocked_reason="429 <script>")
    root = html.document_fromstring(make(store, hosts={"daily": None, "wire": blocked}))
    assert [row[0] for row in rows_of(root.cssselect("#sources table")[0])] == ["Look: wire", "daily"]
    assert "429 <script>" in text(root.cssselect("#sources table")[0])


def test_headings_do_not_skip_a_level_and_tables_have_captions(store: Store) -> None:
    fill(store, [{}, {}])
    root = page(store)
    levels = [int(heading.tag[1]) for heading in root.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    assert all(table.cssselect("caption") for table in root.cssselect("table"))


@pytest.mark.parametrize("field", ["headline", "url", "source", "article_body"])
def test_hostile_fields_stay_text(store: Store, field: str) -> None:
    fill(store, [{field: HOSTILE}, {field: "javascript:alert(1)//" + HOSTILE}])
    root = page(store)
    assert not root.xpath(
        "//script | //img | //iframe | //link | //object | //*[@style] | //@*[starts-with(name(), 'on')]"
    )
    assert all(href.startswith(("#", "https://")) for href in root.xpath("//@href"))
    assert not root.xpath("//@src")
    assert "\u202e" not in root.text_content()
    assert "49" not in text(root.cssselect("article")[0])


def test_links_that_leave_the_page_say_nothing_about_it(store: Store) -> None:
    fill(store, [{}, {}])
    links = page(store).xpath("//a[not(starts-with(@href, '#'))]")
    assert {link.get("rel") for link in links} == {"noopener noreferrer nofollow"}


def test_texts_of_others_are_isolated_from_the_direction_around_them(store: Store) -> None:
    fill(store, [{"headline": "הגשרים נסגרו"}, {}])
    (card,) = page(store).cssselect("article")
    assert [text(bdi) for bdi in card.cssselect("h3 bdi")] == ["הגשרים נסגרו"]
    assert card.cssselect(".who > bdi, .what > bdi")


def test_a_very_long_headline_is_cut(store: Store) -> None:
    fill(store, [{"headline": "x" * 100_000}, {}])
    assert len(make(store)) < 32_000


def test_the_policy_allows_the_pages_own_style_and_nothing_else(store: Store) -> None:
    root = page(store)
    (style,) = root.xpath("//style/text()")
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"


def test_cards_without_room_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, *[plain(2)] * 8)
    monkeypatch.setattr(report, "_CARDS_BYTES", 6_000)
    root = page(store)
    shown = len(root.cssselect("article"))
    assert 0 < shown < 8
    assert f"{8 - shown} more clusters left out" in text(root)
    assert not root.cssselect("details")


def test_cards_become_short_before_any_is_left_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, *([{}, *({"article_body": f"{BODY} More {number}."} for number in range(5))] for _ in range(8)))
    monkeypatch.setattr(report, "_CARDS_BYTES", 8 * report._CARD_BYTES + 5_000)
    cards = page(store).cssselect("article")
    assert len(cards) == 8
    assert 0 < sum(len(card.cssselect("details")) == 3 for card in cards) < 8
    (short, *_) = [card for card in cards if not card.cssselect("details")]
    assert (len(short.cssselect(".copies > li")), len(short.cssselect(".stops li"))) == (2, 4)
    assert "and 3 closer copies: wirefold show" in text(short) and "and 2 more." in text(short)


@pytest.mark.slow
def test_a_thousand_clusters_of_hostile_length_stay_under_5_mb(store: Store) -> None:
    bodies = [BODY.replace("flood", f"flood {number} and much else") for number in range(5)]
    long = {"headline": '<"&' * 500, "source": "市" * 300}
    groups = [
        [
            {"url": f"https://o.example/{group}/{number}{'&' * 500}", "article_body": body, **long}
            for number, body in enumerate(bodies)
        ]
        for group in range(1000)
    ]
    fill(store, *groups)
    assert len(make(store, max_clusters=1000).encode()) < 5_000_000


def chosen(rows: list[ClusterRow], max_clusters: int) -> dict[str, list[int]]:
    found = {row.id: reasons(row, now=NOW) for row in rows}
    return {
        key: [row.id for row in part] for key, part in choose(rows, found, now=NOW, max_clusters=max_clusters).items()
    }


def rows() -> list[ClusterRow]:
    """Make twenty clusters, each later than the one before; two are weak, one is large."""
    small = [cluster(member(10 * number + 2)) for number in range(17)]
    weak = [cluster(member(200 + 10 * number, containment=share)) for number, share in enumerate((0.6, 0.3))]
    return [*small, *weak, cluster(*(member(number) for number in range(302, 310)))]


def test_sections_are_ordered_by_urgency_size_and_date() -> None:
    sections = chosen(rows(), 12)
    assert sections["look"] == [209, 199]
    assert sections["largest"][0] == 301
    assert all(one > other for one, other in pairwise(sections["newest"]))


@pytest.mark.parametrize("max_clusters", [1, 2, 3, 7, 12, 20, 50])
def test_no_more_clusters_are_chosen_than_asked_for_and_no_fewer_than_there_are(max_clusters: int) -> None:
    sections = chosen(rows(), max_clusters)
    assert len(set().union(*sections.values())) == min(max_clusters, 20)


def test_a_card_draws_who_took_it_from_whom_and_says_the_same_in_words(store: Store) -> None:
    longer = f"{BODY}\n\n{' '.join(f'word{number}' for number in range(60))}"
    texts = (BODY, longer, f"{longer} More follows.")
    times = ("2026-03-01T00:01Z", "2026-03-01T00:02Z", "2026-03-01T00:03Z")
    fill(store, [{"article_body": text, "date_published_raw": time} for text, time in zip(texts, times, strict=True)])
    page = html.fromstring(make(store))
    (drawing,) = page.cssselect("svg.tree")
    assert [text.text for text in drawing.iter("text")] == ["outlet1.example", "outlet2.example", "outlet3.example"]
    assert len(list(drawing.iter("path"))) == 2
    said = [item.text_content() for item in page.cssselect("ol.path li")]
    assert said[0] == "outlet1.example: the origin"
    assert said[1].startswith("outlet2.example, from outlet1.example: ")
    assert said[2].startswith("outlet3.example, from outlet2.example: 1 min later; ")
