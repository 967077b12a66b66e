"""provenance and reuse, over articles that were taken from each other."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli import seed
from tests.cli.conftest import Command

NODE, EDGE = ("{http://graphml.graphdrawing.org/xmlns}" + name for name in ("node", "edge"))
TEXT, PARAGRAPH = seed.prose(1, 300), seed.prose(2, 60)
EXTENDED = f"{TEXT} {PARAGRAPH}"


def record(name: str, hour: int, text: str, **fields: Any) -> dict[str, Any]:
    published = f"2026-03-01T{hour:02}:10:00+00:00"
    return {"id": name, "url": f"https://{name}.example/ferry", "title": f"Ferry at {name}", "text": text} | {
        "published": published,
        "lang": "en",
        "source": name,
        **fields,
    }


RECORDS = (
    record("wire", 8, TEXT, creditText="Meridian Press"),
    record("daily", 9, EXTENDED, creditText="Meridian Press"),
    record("weekly", 11, " ".join(EXTENDED.split()[5:])),
    record("evil\x1b[31m", 12, TEXT, url="https://evil.example/", title=seed.ESCAPES),
)


@pytest.fixture(autouse=True)
def store(made: Path, wirefold: Command, tmp_path: Path) -> None:
    """Fill the store that commands use."""
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in RECORDS), encoding="utf-8")
    assert wirefold("import", path, "--keep-id").code == 0


def test_a_tree_says_who_took_the_article_from_whom_and_what_became_of_it(wirefold: Command) -> None:
    done = wirefold("provenance", "https://weekly.example/ferry")
    lines = done.out.splitlines()
    assert lines[0].startswith("1  wire: Ferry at wire")
    assert "the origin" in lines[1]
    assert "1 h later; 100 % kept, 60 words added" in done.out
    assert "2 h later; 99 % kept, 5 words cut; the credit was dropped; has what it changed" in done.out
    assert lines[-1].startswith("Published first. It credits Meridian Press, which is not among these.")


def test_the_tree_is_the_same_for_a_cluster_and_any_of_its_articles(wirefold: Command) -> None:
    told = [wirefold("provenance", ref, "--format", "json").value for ref in ("1", "3", "https://wire.example/ferry")]
    assert told[0] == told[1] == told[2]
    assert told[0]["origin"] == 1
    assert {step["article"]: step["parent"] for step in told[0]["steps"]} == {2: 1, 3: 2, 4: 1}
    assert told[0]["steps"][0]["of_parent"] == {
        "lag_s": 3600.0, "kept_share": 1.0, "kept": 300, "cut": 0, "added": 60, "reworded": 0, "before": 300,
        "after": 360,
    }  # fmt: skip


def test_what_cannot_be_told_is_said(wirefold: Command) -> None:
    assert "could not tell: taken for the most direct copy" not in wirefold("provenance", "1").out.split("daily")[0]
    steps = {step["article"]: step for step in wirefold("provenance", "1", "--format", "json").value["steps"]}
    assert steps[3]["is_told"]
    assert not steps[4]["is_told"]


def test_nothing_of_a_page_reaches_the_terminal_as_a_command(wirefold: Command) -> None:
    out = wirefold("provenance", "1").out + wirefold("reuse", "--source", "wire").out
    assert [char for char in out if not char.isprintable() and char != "\n"] == []


def test_an_article_that_is_not_there_is_named(wirefold: Command) -> None:
    assert "article 99" in wirefold("provenance", "99").complaint


def test_reuse_says_who_runs_it_how_much_and_how_fast(wirefold: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(wirefold("reuse", "--source", "wire", "--format", "csv").out)))
    assert {row["source"]: row["median_lag_s"] for row in rows if row["source"] in ("daily", "weekly")} == {
        "daily": "3600.0",
        "weekly": "10800.0",
    }
    assert {row["origin_source"] for row in rows} == {"wire"}
    taken = wirefold("reuse", "--source", "weekly", "--format", "json").value
    assert [(row["source"], row["origin_source"], row["copies"], row["dropped"]) for row in taken] == [
        ("weekly", "wire", 1, 1)
    ]


def test_reuse_counts_copies_of_the_dates_asked_for(wirefold: Command) -> None:
    rows = wirefold("reuse", "--source", "wire", "--since", "2026-03-01T10:00", "--format", "json").value
    assert "daily" not in {row["source"] for row in rows}
    assert wirefold("reuse", "--source", "wire", "--until", "2026-02-28", "--format", "json").value == []


def test_reuse_as_a_graph_leads_from_whose_text_it_is_to_who_runs_it(wirefold: Command, tmp_path: Path) -> None:
    file = tmp_path / "reuse.graphml"
    assert wirefold("reuse", "--source", "wire", "--graphml", file).code == 0
    root = ElementTree.parse(file).getroot()
    names = {node.get("id"): node.findtext("*") for node in root.iter(NODE)}
    assert {names[edge.get("source")] for edge in root.iter(EDGE)} == {"wire"}
    assert {"daily", "weekly"} < {names[edge.get("target")] for edge in root.iter(EDGE)}


def test_a_file_that_cannot_be_written_is_named(wirefold: Command, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "reuse.graphml"
    done = wirefold("reuse", "--source", "wire", "--graphml", missing)
    assert (done.code, str(missing) in done.err) == (2, True)
