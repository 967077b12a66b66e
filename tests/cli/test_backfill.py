"""backfill: what it says of an archive, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.dedupe import prose


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    records = [{"id": str(n), "site": f"{n}.example", "text": prose.text(n % 2)} for n in range(3)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_it_says_what_it_found(wirefold: Command, articles: Path, tmp_path: Path) -> None:
    done = wirefold("backfill", articles, "--out", tmp_path / "out", "--workers", "1")
    assert (done.code, done.err) == (0, "")
    assert done.out == "backfill: 3 records, 3 articles, 0 rejected; 1 of 1 edge joined, 2 clusters\n"


def test_what_needs_a_look_is_named(wirefold: Command, articles: Path, tmp_path: Path) -> None:
    with articles.open("a") as file:
        file.write("{}\nnot a record\n")
    done = wirefold("backfill", articles, "--out", tmp_path / "out", "--workers", "1")
    assert done.code == 1
    assert done.out.startswith("backfill: 5 records, 3 articles, 2 rejected; ")
    assert done.err.startswith(f"{articles}:5: not JSON")


def test_a_folder_that_is_not_empty_is_refused(wirefold: Command, articles: Path, tmp_path: Path) -> None:
    assert "something in this folder" in wirefold("backfill", articles, "--out", tmp_path).complaint


@pytest.mark.parametrize(("missing", "told"), [("pyspark", "pip install 'wirefold[spark]'"), ("java", "JAVA_HOME")])
def test_without_spark_it_says_what_to_install(
    missing: str, told: str, wirefold: Command, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "pyspark":
        monkeypatch.setitem(sys.modules, "pyspark", None)
    else:
        pytest.importorskip("pyspark", reason="PySpark is not installed")
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert told in wirefold("backfill", articles, "--out", tmp_path / "out", "--engine", "spark").complaint
