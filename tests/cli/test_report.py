"""report over the seeded store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("seeded")


def test_a_report_takes_the_place_of_the_last_one(wirefold: Command, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("the last one")
    done = wirefold("report", "-o", "report.html")
    assert (done.code, done.out) == (0, f"report: {report}\n")
    assert report.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [report]


def test_a_report_goes_to_stdout_where_no_file_is_named(wirefold: Command) -> None:
    assert wirefold("report").out.startswith("<!doctype html>")
    assert wirefold("report", "--format", "md").out.startswith("# Wirefold report, ")


@pytest.mark.parametrize(
    ("arguments", "articles", "span"),
    [
        (["--day", "2026-03-01"], "5 articles", "1 Mar 2026"),
        (["--day", "2026-03-02"], "0 articles", "2 Mar 2026"),
        (["--week", "2026-W09"], "5 articles", "from 23 Feb 2026 to 1 Mar 2026"),
        (["--since", "2026-03-01", "--until", "2026-03-03"], "5 articles", "from 1 Mar 2026 to 3 Mar 2026"),
        (["--until", "2026-03-01T10:30"], "1 article", "to 1 Mar 2026, 10:30"),
    ],
)
def test_a_report_is_of_the_days_asked_for(wirefold: Command, arguments: list[str], articles: str, span: str) -> None:
    lines = wirefold("report", "--format", "md", *arguments).out.splitlines()
    assert f"- published: {span}" in lines
    assert any(line.startswith(f"{articles}, ") for line in lines)


def test_a_report_is_of_the_articles_searched_for(wirefold: Command) -> None:
    out = wirefold("report", "lighthouse", "--source", "four.example", "--format", "md").out
    assert "- words: lighthouse\n- source: four.example\n" in out
    assert "1 article, 0 copies among them." in out


def test_the_largest_clusters_are_listed_for_a_mail(wirefold: Command) -> None:
    out = wirefold("report", "--format", "md").out
    assert (
        "## Largest\n\n- [\\[bold\\]Ferry\\[/bold\\] :warning: sinks](<https://one.example/ferry>): 2 articles" in out
    )
    assert "- two.example has 1 copy of one.example" in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--day", "2026-02-30"], "'2026-02-30' is not a day like 2026-03-01."),
        (["--week", "2026-W54"], "'2026-W54' is not a week like 2026-W10."),
        (["--day", "9999-12-31"], "'9999-12-31' is not a day like 2026-03-01."),
        (["--until", "9999-12-31"], "'9999-12-31' is neither a date like 2026-03-01 nor a time ago like 7d or 12h."),
        (["--until", "0001-01-01T00:00"], "'0001-01-01T00:00' is neither a date like 2026-03-01"),
        (["--week", "2026-W10", "--since", "7d"], "say one of --day, --week, and --since with --until"),
        (["--week", "2026-W10", "--day", "2026-03-01"], "say one of --day, --week, and --since with --until"),
        (["-o", "missing/report.html"], "missing/report.html: No such file or directory"),
    ],
)
def test_what_cannot_be_reported_is_named(wirefold: Command, arguments: list[str], complaint: str) -> None:
    assert complaint in wirefold("report", *arguments).complaint


def test_no_more_clusters_are_shown_than_asked_for(wirefold: Command) -> None:
    assert wirefold("report", "--clusters", "1").out.count("<article ") == 1
    assert wirefold("report", "--clusters", "0").code == 2


def test_a_report_tells_how_sources_do(wirefold: Command) -> None:
    Path("wirefold.toml").write_text('[[sources]]\nname = "wire"\nkind = "feed"\nurl = "https://wire.example/"\n')
    assert 'id="sources"' in wirefold("report").out
