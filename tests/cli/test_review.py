"""clusters and diff over the seeded store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("seeded")

_CANONICAL = {"id", "external_id", "url", "source", "headline", "date_published"}
_MEMBER = _CANONICAL | {"role", "relation", "jaccard", "containment", "edge_reason"}


def test_clusters_have_the_promised_fields(wirefold: Command) -> None:
    [line] = wirefold("clusters", "--format", "jsonl").out.splitlines()
    cluster = json.loads(line)
    assert cluster.keys() == {"id", "canonical", "canonical_reason", "members", "decisions"}
    assert cluster["canonical"].keys() == _CANONICAL
    assert [member.keys() for member in cluster["members"]] == [_MEMBER, _MEMBER]
    assert cluster["canonical"]["external_id"] == "ferry"


def test_clusters_of_one_are_listed_when_asked_for(wirefold: Command) -> None:
    assert len(wirefold("clusters", "--min-size", "1", "--format", "json").value) == 4
    assert wirefold("clusters", "--min-size", "3", "--format", "json").value == []


def test_clusters_as_csv_have_a_row_for_each_member(wirefold: Command) -> None:
    header, *rows = wirefold("clusters", "--format", "csv").out.splitlines()
    assert header.startswith("cluster_id,canonical_reason,id,external_id,")
    assert len(rows) == 2


def test_the_table_of_clusters_says_what_each_copy_is(wirefold: Command) -> None:
    out = wirefold("clusters").out
    assert "near-duplicate" in out
    assert "1.00" in out


def test_diff_marks_what_only_one_copy_has(wirefold: Command) -> None:
    out = wirefold("diff", "ferry", "copy").out
    assert "[-[bold]Ferry[/bold] :warning: sinks-]" in out
    assert '{+=HYPERLINK("http://evil.example","win")+}' in out


def test_diff_is_coloured_on_a_terminal(wirefold: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    out = wirefold("diff", "ferry", "copy").out
    assert "\x1b[9;31m[bold]Ferry[/bold] :warning: sinks\x1b[0m" in out
    assert "[-" not in out


def test_diff_gives_spans_as_json(wirefold: Command) -> None:
    spans = wirefold("diff", "ferry", "copy", "--format", "json").value["spans"]
    assert {span["kind"] for span in spans} == {"same", "only_a", "only_b"}


def test_diff_takes_two_text_files(wirefold: Command) -> None:
    Path("a.txt").write_text("The ferry ran aground at dawn.")
    Path("b.txt").write_text("The ferry ran aground at noon.")
    assert wirefold("diff", "a.txt", "b.txt").out.strip() == "The ferry ran aground at [-dawn.-] {+noon.+}"
