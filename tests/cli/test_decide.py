"""``wirefold decide`` over a store of its own, in which ferry and copy share a cluster."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from storage.store import Store
from tests.cli import seed
from tests.cli.conftest import Command, Done

FERRY, COPY, QUOTE = "https://one.example/ferry", "https://two.example/ferry", "https://three.example/c"


@pytest.fixture(autouse=True)
def filled(own_seeded: Path, tmp_path: Path) -> None:
    """Give a store with the articles of `seed`, and the file of these."""
    seed.write(tmp_path / "seed.jsonl")


def clusters(wirefold: Command) -> list[list[str]]:
    found = wirefold("clusters", "--min-size", "1", "--format", "json").value
    return sorted(sorted(member["external_id"] for member in cluster["members"]) for cluster in found)


def test_two_articles_are_parted_and_joined_by_url_id_and_external_id(wirefold: Command) -> None:
    done = wirefold("decide", "different", "ferry", "https://www.two.example/ferry", "--by", "kim")
    assert done == Done(0, f"decide: 1, different {FERRY} {COPY}; now in clusters 1 and 2\n", "")
    assert ["copy", "ferry"] not in clusters(wirefold)
    done = wirefold("decide", "same", "1", "quote")
    assert done.out == f"decide: 2, same {FERRY} {QUOTE}; now in cluster 1\n"
    assert ["ferry", "quote"] in clusters(wirefold)


def test_what_a_decision_ends_and_restores_is_said(wirefold: Command) -> None:
    wirefold("decide", "different", "ferry", "copy", "--by", "kim", "--note", "two ferries")
    done = wirefold("decide", "same", "ferry", "copy")
    assert done.err.startswith(f"No longer in force: 1, different {FERRY} {COPY} (decided by kim on 20")
    assert done.err.endswith(": two ferries)\n")
    done = wirefold("decide", "undo", "2")
    assert "No longer in force: 2, same" in done.err and "In force again: 1, different" in done.err


def test_show_and_clusters_tell_what_was_decided(wirefold: Command) -> None:
    wirefold("decide", "canonical", "copy", "--by", "kim", "--note", "it has the \x1b[31mpictures")
    wirefold("decide", "different", "copy", "quote", "--by", "lee")
    out = wirefold("show", "ferry").out
    assert "The canonical article is 2: decided by kim on 20" in out
    assert "Decided, about these articles:\n  1, canonical-is https://two.example/ferry (decided by kim" in out
    assert "\x1b" not in out + wirefold("why", COPY).out
    [cluster] = wirefold("clusters", "--format", "json").value
    assert (cluster["canonical"]["external_id"], [each["kind"] for each in cluster["decisions"]]) == (
        "copy",
        ["canonical-is", "different"],
    )
    assert '"1 canonical-is, 2 different"' in wirefold("clusters", "--format", "csv").out
    assert "2, different" in wirefold("show", "quote").out


def test_a_copy_by_decision_says_so(wirefold: Command) -> None:
    wirefold("decide", "same", "ferry", "alert", "--by", "kim", "--note", "read both")
    assert "variant         5  four.example" in (out := wirefold("show", "ferry").out)
    assert "— the same article by decision: decided by kim on 20" in out
    [cluster] = wirefold("clusters", "--format", "json").value
    assert {member["external_id"]: member["relation"] for member in cluster["members"]} == {
        "ferry": None,
        "copy": "near-duplicate",
        "alert": "same",
    }


def test_the_last_to_be_said_canonical_goes_before_the_others(wirefold: Command) -> None:
    wirefold("decide", "canonical", "copy")
    done = wirefold("decide", "canonical", "ferry")
    assert done.err.startswith(f"It goes before: 1, canonical-is {COPY} (decided by ")
    assert "The canonical article of its cluster: decided by" in wirefold("show", "ferry").out


def test_what_no_text_can_hold_is_kept_as_far_as_it_can(wirefold: Command) -> None:
    done = wirefold("decide", "same", "ferry", "quote", "--note", "caf\udce9\0", "--by", "k\udce9m")
    assert done.code == 0
    [decision] = wirefold("decide", "list", "--format", "json").value
    assert (decision["note"], decision["decided_by"]) == ("caf?", "k?m")
    assert "not in the store" in wirefold("decide", "canonical", "x\udcff").complaint


def test_a_source_is_ignored_until_that_is_undone(wirefold: Command) -> None:
    done = wirefold("decide", "ignore-source", "one.example")
    assert done.out == "decide: 1, ignore-source one.example; now in cluster 1\n"
    assert ["copy"] in clusters(wirefold)
    done = wirefold("decide", "same", "ferry", "quote")
    assert "The source of 1 is ignored: this has no effect before that is undone." in done.err
    assert ["quote"] in clusters(wirefold)
    assert "ignore-source one.example" in wirefold("show", "ferry").out
    wirefold("decide", "undo", "1")
    assert ["copy", "ferry", "quote"] in clusters(wirefold)


def test_decisions_are_listed_and_what_is_listed_can_be_imported(wirefold: Command, tmp_path: Path) -> None:
    wirefold("decide", "different", "ferry", "copy", "--by", "kim", "--note", "=1+1")
    wirefold("decide", "same", "quote", "alert", "--by", "lee")
    wirefold("decide", "undo", "2", "--by", "lee")
    wirefold("decide", "canonical", "quote", "--by", "lee")
    assert [row["id"] for row in wirefold("decide", "list", "--format", "json").value] == [1, 4]
    assert [row["id"] for row in wirefold("decide", "list", "--by", "kim", "--format", "json").value] == [1]
    assert [row["id"] for row in wirefold("decide", "list", "--about", "quote", "--format", "json").value] == [4]
    assert [row["id"] for row in wirefold("decide", "list", "--kind", "same", "--all", "--format", "json").value] == [2]
    assert ",'=1+1," in wirefold("decide", "list", "--format", "csv").out
    listed = wirefold("decide", "list", "--all", "--format", "jsonl").out
    (tmp_path / "all.jsonl").write_text(listed)
    other = str(tmp_path / "other.sqlite")
    wirefold("import", tmp_path / "seed.jsonl", "--keep-id", "--store", other)
    done = wirefold("decide", "import", "all.jsonl", "--store", other)
    assert done == Done(0, "decide: 4 decisions kept\n", "")
    assert wirefold("decide", "list", "--all", "--format", "jsonl", "--store", other).out == listed


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_lines_without_article_are_named_and_the_others_kept(wirefold: Command, tmp_path: Path) -> None:
    line = {"kind": "same", "decided_by": "kim", "url_a": FERRY}
    file = write(tmp_path / "d.jsonl", line | {"url_b": "https://gone.example/"}, line | {"url_b": QUOTE})
    done = wirefold("decide", "import", file)
    assert (done.code, done.out) == (1, "decide: 1 decision kept\n")
    assert done.err == f"{file}:1: not in the store: article https://gone.example/\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["same", "ferry", "ferry"], "ferry and ferry are one article (1)"),
        (["different", "ferry", "gone"], "not in the store: article gone"),
        (["canonical", "gone"], "not in the store: article gone"),
        (["ignore-source", "gone"], "source gone: the store has no article of it"),
        (["undo", "7"], "not in the store: decision 7"),
        (["undo", "99999999999"], "2147483647"),
        (["same", "ferry", "copy", "--by", " "], "say who decides with --by NAME"),
        (["list", "--about", "gone"], "not in the store: article gone"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error(wirefold: Command, arguments: list[str], says: str) -> None:
    assert says in wirefold("decide", *arguments).complaint


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"kind": "same", "decided_by": "kim", "url_a": FERRY}, "same needs url_a and url_b"),
        ({"kind": "undo", "decided_by": "kim", "undoes": 1, "source": "x"}, "undo needs undoes, and nothing else"),
        ({"kind": "alike", "decided_by": "kim"}, "kind: Input should be 'same'"),
        ({"kind": "ignore-source", "source": "one.example"}, "decided_by: Field required"),
        (
            {"kind": "ignore-source", "source": "one.example", "decided_by": "kim", "decided_at": "2026-03-01T12:00"},
            "decided_at: ",
        ),
        (
            {"kind": "undo", "undoes": 1, "decided_by": "kim", "decided_at": "9999-12-31T23:00:00-12:00"},
            "decided_at: Input should be less than or equal to 2999-12-31",
        ),
    ],
)
def test_a_bad_line_is_named(wirefold: Command, tmp_path: Path, line: dict[str, Any], says: str) -> None:
    file = write(tmp_path / "d.jsonl", line)
    complaint = wirefold("decide", "import", file).complaint
    assert complaint.startswith(f"wirefold: {file}:1: ")
    assert says in complaint


def test_no_decision_is_made_while_another_run_writes(
    wirefold: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store, store.lock():
        monkeypatch.setattr(os, "getpid", lambda: 1)
        assert wirefold("decide", "same", "ferry", "quote").code == 75


def test_decisions_are_labels_of_what_the_rules_alone_would_make(wirefold: Command) -> None:
    for kind, other in (("same", "copy"), ("same", "quote"), ("different", "alert")):
        wirefold("decide", kind, "ferry", other, "--by", "kim", "--note", "read both")
    found = wirefold("evaluate", "--decisions", "--format", "json").value
    scores = found["before"]["pairs"]
    assert (scores["right"], scores["wrong"], scores["missed"], scores["apart"]) == (1, 0, 1, 1)
    assert found["before"]["groups"]["decided by"]["kim"]["pairs"] == 3
    assert "label  decided by kim; read both" in wirefold("evaluate", "--decisions").out
    Path("same.toml").write_text("full = 0.8\n")
    preview = wirefold("evaluate", "--decisions", "--rules", "same.toml", "--format", "json").value
    assert preview["after"] == preview["before"]
    assert preview["before"]["pairs"] == scores


def test_a_preview_of_labels_obeys_decisions(wirefold: Command, tmp_path: Path) -> None:
    wirefold("decide", "same", "ferry", "quote")
    wirefold("decide", "ignore-source", "two.example")
    lines = ({"id_a": "ferry", "id_b": other, "cluster": "yes"} for other in ("copy", "quote"))
    Path("window.toml").write_text("window_days = 0.0\n")
    found = wirefold(
        "evaluate", write(tmp_path / "p.jsonl", *lines), "--rules", "window.toml", "--format", "json"
    ).value
    assert [found[name]["pairs"]["missed"] for name in ("before", "after")] == [1, 1]
    assert found["preview"] == {"edges_changed": 1, "clusters_before": 4, "clusters_after": 4}


@pytest.mark.parametrize("arguments", [[], ["seed.jsonl", "--decisions"]])
def test_labels_are_a_file_or_the_decisions(wirefold: Command, arguments: list[str]) -> None:
    assert "either a file of labels or --decisions" in wirefold("evaluate", *arguments).complaint


def test_decisions_of_purged_articles_are_no_labels(wirefold: Command) -> None:
    wirefold("decide", "same", "ferry", "copy")
    wirefold("purge", COPY, "--reason", "asked")
    complaint = wirefold("evaluate", "--decisions").complaint
    assert "decisions: none of 1 line can be judged: 1 are not in this store" in complaint
