"""The report as a mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.reports import markdown
from crawler.reports.attention import reasons
from crawler.reports.health import Sign
from crawler.reports.reuse import matrix
from crawler.reports.summary import SourceReport, Summary
from crawler.reports.volume import Volume
from storage.types import ArticleQuery, ClusterRow, Reuse, SourceHealth, Stats
from tests.reports.rows import NOW, cluster, member, same

NOTHING = Stats(
    articles=0,
    canonical=0,
    variants=0,
    clusters=0,
    revisions=0,
    revisions_by_rules=0,
    unjudged=0,
    sources=0,
    runs=0,
    fetched=0,
    edges=0,
    rejected={},
    first_seen=None,
    last_seen=None,
)


def summary(*clusters: ClusterRow, **fields: object) -> Summary:
    made = Summary(
        asked=ArticleQuery(),
        now=NOW,
        volume=Volume(1, 1, (), 0),
        matrix=matrix([]),
        curves=[],
        clusters=clusters,
        reasons={row.id: reasons(row, now=NOW) for row in clusters},
        sources=[],
        stats=NOTHING,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def lines(*clusters: ClusterRow, max_clusters: int = 10, **fields: object) -> list[str]:
    return markdown.render(summary(*clusters, **fields), max_clusters=max_clusters).splitlines()


def test_each_cluster_is_listed_once() -> None:
    found = lines(cluster(member(2)), cluster(member(12, containment=0.3)))
    look, largest = found.index("## Need a look"), found.index("## Largest of the others")
    assert found[look + 2] == (
        "- [Both bridges closed, 11](<https://outlet11.example/bridges>): 2 articles, canonical at outlet11.example. "
        "Weak match: the copy at outlet12.example shares only 30 % of the shorter text."
    )
    assert found[largest + 2].startswith("- [Both bridges closed, 1](")
    assert sum(line.startswith("- [") for line in found) == 2


def test_no_more_are_listed_than_asked_for() -> None:
    rows = [cluster(member(10 * number + 2)) for number in range(5)]
    assert sum(line.startswith("- [") for line in lines(*rows, max_clusters=3)) == 3


def test_confirmed_clusters_are_marked() -> None:
    (line,) = [line for line in lines(replace(cluster(member(2)), decisions=(same(1, 2),))) if line.startswith("- [")]
    assert line.endswith(" Confirmed.")


def test_sections_without_anything_are_left_out() -> None:
    assert [line for line in lines() if line.startswith("#")] == ["# Wirefold report, 20 Mar 2026, 12:00 UTC"]


def test_the_most_frequent_pairs_come_first() -> None:
    found = lines(matrix=matrix([Reuse("daily", "wire", 2), Reuse("weekly", "wire", 9)]))
    assert found[-2:] == ["- weekly has 9 copies of wire", "- daily has 2 copies of wire"]


def test_only_sources_that_need_a_look_are_named() -> None:
    health = SourceHealth(
        name="wire_1",
        state=None,
        articles_last_day=0,
        articles_per_day=0,
        last_article=None,
        coverage={},
        rejected={},
        twins=(),
    )
    bad, good = Sign("failing", "3 failed attempts"), Sign("new", "not asked yet", needs_look=False)
    found = lines(sources=[SourceReport(health, (bad, good)), SourceReport(replace(health, name="daily"), (good,))])
    assert found[-1] == r"- wire\_1: 3 failed attempts; not asked yet"


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("javascript:alert(1)", "- Both bridges closed, 1: "),
        ("https://x.example/a)b>c d", "- [Both bridges closed, 1](<https://x.example/a)b%3Ec%20d>): "),
    ],
)
def test_only_web_addresses_become_links_and_do_not_end_early(url: str, start: str) -> None:
    assert any(line.startswith(start) for line in lines(cluster(member(2), url=url)))
