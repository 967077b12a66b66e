"""articles, show and stats over the seeded store."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.cli import seed
from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("seeded")


def listed(wirefold: Command, *arguments: str) -> list[str]:
    """Return the external ids of the articles that a command lists."""
    return [row["external_id"] for row in wirefold("articles", "--format", "json", *arguments).value]


def test_articles_lists_canonical_articles_the_newest_first(wirefold: Command) -> None:
    assert listed(wirefold) == ["alert", "short", "quote", "ferry"]
    assert listed(wirefold, "--role", "any", "--limit", "4") == ["alert", "short", "quote", "copy"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["lighthouse"], ["alert"]),
        (["lighthouse", "nothing"], []),
        (["nothing more"], ["short"]),
        (["more nothing"], []),
        (['known "nothing more"'], ["short"]),
        (["--since", "2026-03-01T13:00"], ["alert", "short"]),
        (["--until", "2026-03-01T11:00+01:00"], []),
        (["--until", "2026-03-02", "--source", "one.example"], ["ferry"]),
        (["--since", "1h"], []),
        (["--lang", "de"], []),
    ],
)
def test_articles_are_found_by(arguments: list[str], expected: list[str], wirefold: Command) -> None:
    assert listed(wirefold, *arguments) == expected


def test_dates_are_iso_8601_with_a_zone(wirefold: Command) -> None:
    row = wirefold("articles", "lighthouse", "--format", "json").value[0]
    assert row["date_published"] == "2026-03-01T14:00:00+00:00"


def test_jsonl_is_one_object_a_line(wirefold: Command) -> None:
    rows = [json.loads(line) for line in wirefold("articles", "--format", "jsonl").out.splitlines()]
    assert rows == wirefold("articles", "--format", "json").value


def test_csv_has_a_header_even_when_nothing_is_found(wirefold: Command) -> None:
    [header] = wirefold("articles", "unheard-of", "--format", "csv").out.splitlines()
    assert header.startswith("id,external_id,url,source,headline,date_published,")


def test_an_empty_table_says_so_beside_the_data(wirefold: Command) -> None:
    done = wirefold("articles", "unheard-of")
    assert (done.code, done.out, done.err) == (0, "", "Nothing found.\n")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("command", [["articles", "--role", "any"], ["clusters", "--min-size", "1"], ["stats"]])
def test_no_control_or_bidi_character_reaches_the_terminal(command: list[str], form: str, wirefold: Command) -> None:
    out = wirefold(*command, "--format", form).out
    assert [char for char in out if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("view", ["text", "json"])
def test_show_is_as_harmless(view: str, wirefold: Command) -> None:
    out = wirefold("show", "alert", "--format", view).out
    assert [char for char in out if not char.isprintable() and char != "\n"] == []


def test_json_keeps_hostile_headlines_as_they_are(wirefold: Command) -> None:
    headlines = {row["headline"] for row in wirefold("articles", "--role", "any", "--format", "json").value}
    assert headlines >= {seed.FORMULA, seed.MARKUP, seed.ESCAPES}


def test_markup_in_headlines_shows_as_it_is(wirefold: Command) -> None:
    assert seed.MARKUP in wirefold("articles").out
    assert seed.MARKUP in wirefold("show", "ferry").out


def test_a_formula_is_defused_in_csv_only(wirefold: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(wirefold("articles", "--role", "any", "--format", "csv").out)))
    assert "'" + seed.FORMULA in {row["headline"] for row in rows}
    assert seed.FORMULA in wirefold("articles", "--role", "any").out


def canonical_reason(wirefold: Command) -> str:
    """Return the reason that dedupe gave for the one cluster with copies."""
    [cluster] = wirefold("clusters", "--format", "json").value
    reason: str = cluster["canonical_reason"]
    return reason


def test_show_says_why_an_article_is_canonical_and_what_the_copies_are(wirefold: Command) -> None:
    out = wirefold("show", "https://one.example/ferry").out
    assert f"The canonical article of its cluster: {canonical_reason(wirefold)}.\n" in out
    assert "variant         2  two.example" in out
    assert "nearly the same text (100 % of the shorter text is shared): nearly all of the shorter text" in out


def test_show_says_why_an_article_is_a_variant(wirefold: Command) -> None:
    out = wirefold("show", "copy").out
    assert "A variant: nearly the same text" in out
    assert f"The canonical article is 1: {canonical_reason(wirefold)}.\n" in out


def test_show_lists_the_points_of_every_member(wirefold: Command) -> None:
    out = wirefold("show", "copy").out
    assert "What speaks for and against each (lead +2.00):" in out
    assert "+4.00      1  published first +2.00, a full text +2.00" in out
    assert "+2.00      2  a full text +2.00" in out
    cluster: Any = wirefold("show", "copy", "--format", "json").value["cluster"]
    assert cluster["canonical_margin"] == 2.0
    assert cluster["signals"][1] == {"id": 2, "total": 2.0, "points": {"a full text": 2.0}}
    assert "What speaks" not in wirefold("show", "quote").out


def test_show_names_what_was_compared_and_not_joined(wirefold: Command) -> None:
    out = wirefold("show", "quote").out
    assert "Cluster 3: no other copy is known." in out
    assert "Compared and not joined (2):" in out
    assert "a long quotation (48 %): what they share is quoted in a piece or two" in out


def test_show_says_when_a_text_was_too_short_to_judge(wirefold: Command) -> None:
    assert "Not compared with others: too little text to be compared." in wirefold("show", "short").out


def test_show_gives_all_of_it_as_json(wirefold: Command) -> None:
    shown: Any = wirefold("show", "ferry", "--format", "json").value
    assert shown["article"]["extra"] == {"desk": "night"}
    assert shown["article"]["article_body"] == shown["revisions"][0]["article_body"]
    assert [member["role"] for member in shown["cluster"]["members"]] == ["canonical", "variant"]
    assert [edge["joins"] for edge in shown["edges"]] == [True, False]
    assert shown["skip_reason"] is None


def test_stats_counts_what_is_in_the_store(wirefold: Command) -> None:
    stats = wirefold("stats", "--format", "json").value
    assert (stats["articles"], stats["canonical"], stats["variants"], stats["rejected"]) == (5, 4, 1, {})
    assert "articles,5\n" in wirefold("stats", "--format", "csv").out


def test_a_full_page_says_how_to_go_on(wirefold: Command) -> None:
    first = wirefold("articles", "--limit", "2")
    cursor = first.err.removeprefix("More: --after ").strip()
    assert wirefold("articles", "--limit", "2", "--format", "json").value[-1]["cursor"] == cursor
    assert listed(wirefold, "--after", cursor) == ["quote", "ferry"]
    assert wirefold("articles", "--after", cursor).err == ""


def test_snippets_stand_in_the_table_and_in_json(wirefold: Command) -> None:
    assert "[Nothing more] is known." in wirefold("articles", "nothing more", "--snippets").out
    [row] = wirefold("articles", "lighth*", "--snippets", "--format", "json").value
    assert row["snippet"].startswith("[lighthouse] ")
    assert wirefold("articles", "--format", "json").value[0]["snippet"] is None


def test_words_after_two_dashes_may_begin_with_a_minus(wirefold: Command) -> None:
    assert listed(wirefold, "--role", "any", "--", "-lighthouse", "-nothing more") == ["quote", "copy", "ferry"]
