"""The views for those who ask in SQL, on both databases."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from storage.store import Store
from storage.types import Rejection, Stage
from tests.store.build import DAY, NOON, a_cluster, an_article, an_edge, judge, put

PAGE = (Path(__file__).parents[2] / "docs/reference/sql-views.md").read_text()


def ask(store: Store, question: str) -> list[tuple[Any, ...]]:
    """Ask in SQL."""
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


@pytest.fixture
def filled(store: Store) -> Store:
    """Give a store with an article, two copies of it, and an article nobody has judged."""
    put(store, an_article(1, source="agency", date_published=NOON, source_organization="Reuters"))
    put(store, an_article(2, address="https://www.daily.example/2", date_published=NOON + DAY / 2))
    put(store, an_article(3, date_published=NOON - DAY))
    put(store, an_article(4), NOON + DAY)
    put(store, an_article(2, headline="New", date_published=NOON + DAY / 2), NOON + DAY)
    judge(store, [a_cluster(1, 2, 3)], [an_edge(1, 2), an_edge(2, 3, joins=False)])
    store.put_rejection(Rejection(url="u", source="daily", stage=Stage.FETCH, reason="gone"), run_id=1, seen_at=NOON)
    return store


def test_every_view_and_column_is_documented(store: Store) -> None:
    with store.reading() as connection:
        views = inspect(connection).get_view_names()
        columns = {view: [column["name"] for column in inspect(connection).get_columns(view)] for view in views}
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
    rows = {
        view: re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.+?`) \|", part, re.MULTILINE)))
        for view, part in parts.items()
    }
    assert {view: sorted(names) for view, names in rows.items()} == {
        view: sorted(names) for view, names in columns.items()
    }


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("id, published, dated, copies, agency FROM canonical_article ORDER BY id", [
            (1, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", 3, "Reuters"),
            (4, None, "2026-03-02T12:00:00Z", 1, None),
        ]),
        ("article_id, role, headline FROM cluster_member ORDER BY article_id", [
            (1, "canonical", "Headline 1"), (2, "variant", "New"), (3, "variant", "Headline 3"),
        ]),
        ("* FROM cluster_size", [(1, 1, 3, 2, "2026-02-28T12:00:00Z", "2026-03-02T00:00:00Z")]),
        ("article_id, canonical_id, reason, CAST(hours_after_canonical AS INTEGER) FROM variant_copy ORDER BY 1", [
            (2, 1, "1 and 2", 12), (3, 1, None, -24),
        ]),
        ("* FROM source_reuse", [("daily", "agency", 2)]),
        ("day, source, copies, canonical FROM article_day ORDER BY 1, 2", [
            ("2026-02-28", "daily", 1, 0), ("2026-03-01", "agency", 1, 1), ("2026-03-02", "daily", 2, 1),
        ]),
        ("seen, is_current FROM article_revision WHERE article_id = 2 ORDER BY seen", [
            ("2026-03-01T12:00:00Z", 0), ("2026-03-02T12:00:00Z", 1),
        ]),
        ("relation, joins, edges FROM edge_reason ORDER BY 2", [("near-duplicate", 0, 1), ("near-duplicate", 1, 1)]),
        ("* FROM rejection_count", [("fetch", "gone", "daily", 1, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")]),
    ],
)  # fmt: skip
def test_the_views_answer(filled: Store, question: str, rows: list[tuple[Any, ...]]) -> None:
    assert ask(filled, f"SELECT {question}") == rows


def test_datasette_opens_a_store(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with Store.open(str(file)) as store:
        put(store, an_article(1))
    command = [sys.executable, "-m", "datasette", str(file), "--get", "/store/canonical_article.json?_shape=array"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    [row] = json.loads(done.stdout)
    assert (row["url"], row["dated"]) == ("https://daily.example/1", "2026-03-01T12:00:00Z")
