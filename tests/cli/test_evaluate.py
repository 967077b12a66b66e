"""``wirefold evaluate``: labels in a file against the seeded store, whose ferry and copy share a cluster."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command

SAME = {"id_a": "ferry", "id_b": "copy", "cluster": "yes", "label": "wire", "reason": "word by word"}
APART = {"id_a": "ferry", "id_b": "alert", "cluster": "no", "label": "event"}
QUOTED = {
    "url_a": "https://www.one.example/ferry",
    "url_b": "https://three.example/c",
    "cluster": "same",
    "label": "wire",
}


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_pairs_are_judged_by_whether_they_share_a_cluster(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    done = wirefold("evaluate", write(tmp_path / "p.jsonl", SAME, APART, QUOTED), "--format", "json")
    assert done.code == 0
    scores = done.value["before"]["pairs"]
    assert (scores["right"], scores["wrong"], scores["missed"], scores["apart"]) == (1, 0, 1, 1)
    assert (scores["precision"], scores["recall"]) == (1.0, 0.5)
    assert scores["recall_interval"] == [pytest.approx(0.0945, abs=1e-3), pytest.approx(0.9055, abs=1e-3)]
    assert done.value["before"]["groups"]["label"]["wire"]["missed"] == 1
    assert done.value["after"] is None


def test_errors_can_be_read(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", SAME | {"cluster": "different"}, QUOTED)
    out = wirefold("evaluate", file).out
    assert "Errors to read first (2 of 2):" in out
    assert out.index("wrong: nearly the same text") < out.index("missed: ")
    assert "Ferry" in out and "label wire; word by word" in out and "containment 1" in out
    assert "Errors to read first (1 of 2)" in wirefold("evaluate", file, "--errors", "1").out
    [error] = wirefold("evaluate", file, "--errors", "1", "--format", "json").value["errors"]
    assert error["label"] == {"label": "wire", "same": False, "reason": "word by word"}
    assert [article["external_id"] for article in error["articles"]] == ["ferry", "copy"]
    assert error["measures"]["containment"] == 1


def test_pairs_that_are_not_there_or_unclear_are_counted_and_named(
    wirefold: Command, seeded: Path, tmp_path: Path
) -> None:
    gone = {"id_a": "ferry", "url_b": "https://gone.example/x", "cluster": "yes"}
    file = write(tmp_path / "p.jsonl", SAME, gone, APART | {"cluster": "unclear"})
    done = wirefold("evaluate", file)
    assert done.code == 1
    assert "1 pair; 1 unclear, 1 not in the store" in done.out
    assert f"{file}:2: not in the store: https://gone.example/x" in done.err


def test_a_file_without_a_pair_of_this_store_is_a_mistake(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", {"id_a": "x", "id_b": "y", "cluster": "yes"})
    assert "none of 1 line can be judged: 1 are not in this store" in wirefold("evaluate", file).complaint


def test_ids_are_the_stores_own_where_none_is_external(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", {"id_a": 1, "id_b": "2", "cluster": "yes"})
    assert wirefold("evaluate", file, "--format", "json").value["before"]["pairs"]["right"] == 1


def test_what_is_one_article_in_the_store_shares_a_cluster(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", {"id_a": "ferry", "url_b": "https://one.example/ferry", "cluster": "yes"})
    assert wirefold("evaluate", file, "--format", "json").value["before"]["pairs"]["right"] == 1


def test_true_clusters_give_the_rand_index_and_b_cubed(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    lines = [
        {"id": name, "cluster": group} for name, group in [("ferry", 1), ("copy", 1), ("quote", 1), ("alert", "x")]
    ]
    file = write(tmp_path / "c.jsonl", *lines)
    (tmp_path / "c.gz").write_bytes(gzip.compress(file.read_bytes()))
    found = wirefold("evaluate", file, "--format", "json").value["before"]
    assert found["clusters"]["precision"] == 1.0
    assert found["clusters"]["recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert (found["pairs"]["right"], found["pairs"]["missed"], found["pairs"]["apart"]) == (1, 2, 3)
    out = wirefold("evaluate", tmp_path / "c.gz").out
    assert "the true clusters of 4 articles" in out
    assert "adjusted Rand index 0." in out and "B-cubed precision 1.000" in out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id_a": "ferry", "id_b": "copy"}', "cluster: Field required"),
        ('{"id_a": "ferry", "id_b": "copy", "cluster": "maybe"}', "cluster: Input should be 'yes'"),
        ('{"id_a": "ferry", "cluster": "yes"}', "a pair needs id_a or url_a, and id_b or url_b"),
        ('{"cluster": "yes"}', "needs id and cluster"),
        ('{"id_a": "ferry", "id_b": "ferry", "cluster": "yes"}', "both are one article"),
        ('{"id": "ferry", "cluster": 2}', "the article is in another true cluster already"),
        ("[1, 2]", ""),
        ("{", ""),
    ],
)
def test_a_bad_line_is_named(wirefold: Command, seeded: Path, tmp_path: Path, line: str, says: str) -> None:
    file = write(tmp_path / "p.jsonl", SAME, {"id": "ferry", "cluster": 1}, line)
    complaint = wirefold("evaluate", file).complaint
    assert complaint.startswith(f"wirefold: {file}:3: ")
    assert says in complaint


def test_a_preview_shows_before_and_after_and_changes_nothing(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file, rules = write(tmp_path / "p.jsonl", SAME, APART, QUOTED), tmp_path / "what-if.toml"
    rules.write_text("window_days = 0.0\n")
    stored, kept = wirefold("clusters", "--format", "json").out, seeded.read_bytes()
    found = wirefold("evaluate", file, "--rules", rules, "--format", "json").value
    assert (found["before"]["pairs"]["right"], found["after"]["pairs"]["right"]) == (1, 0)
    assert found["preview"] == {"edges_changed": 1, "clusters_before": 4, "clusters_after": 5}
    assert found["after"]["groups"]["relation"]["shared-passage"]["missed"] == 2
    out = wirefold("evaluate", file, "--rules", rules).out
    assert "Preview: 1 edge would join or part; 4 -> 5 clusters. Nothing was changed." in out
    assert "0.500 -> 0.000" in out
    assert wirefold("clusters", "--format", "json").out == stored
    assert seeded.read_bytes() == kept


def test_a_preview_of_the_thresholds_in_force_changes_nothing(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file, rules = write(tmp_path / "p.jsonl", SAME, APART, QUOTED), tmp_path / "same.toml"
    rules.write_text("full = 0.8\n")
    found = wirefold("evaluate", file, "--rules", rules, "--format", "json").value
    assert found["preview"]["edges_changed"] == 0
    assert found["after"] == found["before"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fulll = 0.9", "fulll: unknown option"),
        ("full = 8", "full: input should be less than or equal to 1"),
        ("window_days = -1", "window_days: input should be greater than or equal to 0"),
        ("fresh_days = inf", "fresh_days: input should be a finite number"),
        ("few_shingles = 2.5", "few_shingles: input should be a valid integer"),
        ("full = 'much'", "full: input should be a valid number"),
        ("full =", "not TOML"),
    ],
)
def test_a_bad_threshold_is_named(wirefold: Command, seeded: Path, tmp_path: Path, text: str, says: str) -> None:
    rules = tmp_path / "what-if.toml"
    rules.write_text(text)
    complaint = wirefold("evaluate", write(tmp_path / "p.jsonl", SAME), "--rules", rules).complaint
    assert complaint.startswith(f"wirefold: {rules}: {says}")
