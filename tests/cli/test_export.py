"""export over the seeded store, and back."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery, ExportRow
from tests.cli import seed
from tests.cli.conftest import Command
from tests.exports.rows import a_row

FORMS = ["jsonl", "csv", "parquet", "ninjs", "rss", "jsonfeed"]


def rows(store: Path) -> dict[str | None, ExportRow]:
    """Read what a store has by external id."""
    with Store.open(str(store)) as opened:
        return {row.article.external_id: row for row in Queries(opened).export(ArticleQuery(role=None, limit=2))}


def test_an_export_that_is_imported_gives_the_same_store(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    assert wirefold("export", "-o", "all.jsonl").err == "export: 5 articles written to all.jsonl\n"
    assert wirefold("import", "all.jsonl", "--keep-id", "--store", tmp_path / "other.sqlite").code == 0
    before, after = rows(seeded), rows(tmp_path / "other.sqlite")
    assert before.keys() == after.keys()
    for name, row in before.items():
        assert after[name].article == row.article
        assert (after[name].role, after[name].cluster_size) == (row.role, row.cluster_size)


@pytest.mark.parametrize(
    "form", ["csv", *(pytest.param(form, marks=pytest.mark.slow) for form in FORMS if form != "csv")]
)
def test_stdout_gets_what_a_file_gets(form: str, installed: Command, wirefold: Command, seeded: Path) -> None:
    done = wirefold("export", "--format", form, "-o", "file")
    assert (done.code, done.out) == (0, "")
    if form != "parquet":
        assert Path("file").read_bytes().decode() == installed("export", "--format", form).out


def test_an_export_is_narrowed_as_a_listing(wirefold: Command, seeded: Path) -> None:
    def found(*arguments: str) -> list[str]:
        return [json.loads(line)["id"] for line in wirefold("export", *arguments).out.splitlines()]

    assert found("lighthouse") == ["alert"]
    assert found("--role", "variant") == ["copy"]
    assert found("--limit", "2") == ["alert", "short"]
    assert found("--source", "one.example", "--lang", "en") == ["ferry"]


def test_feeds_have_canonical_articles_only(wirefold: Command, seeded: Path) -> None:
    feed = wirefold("export", "--format", "jsonfeed", "--title", "Mine", "--home", "https://mine.example/").value
    assert (feed["title"], feed["home_page_url"]) == ("Mine", "https://mine.example/")
    assert [(entry["url"], entry["_wirefold"]["copies"]) for entry in feed["items"]][-1] == (
        "https://one.example/ferry",
        2,
    )
    assert seed.MARKUP in {entry["title"] for entry in feed["items"]}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_replaced_whole_or_not_at_all(
    form: str, wirefold: Command, seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").write_text("former")

    def interrupted(*_: object) -> Iterator[ExportRow]:
        yield a_row()
        raise KeyboardInterrupt

    monkeypatch.setattr(Queries, "export", interrupted)
    assert wirefold("export", "--format", form, "-o", "file").code == 130
    assert Path("file").read_text() == "former"
    assert [path.name for path in Path.cwd().iterdir()] == ["file"]


def test_where_nothing_can_be_deleted_is_named(
    wirefold: Command, seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlink(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", unlink)
    assert "missing/x.jsonl: " in wirefold("export", "-o", "missing/x.jsonl").complaint
    assert "missing/x.sqlite: " in wirefold("db", "backup", "missing/x.sqlite").complaint


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["-o", "missing/x.jsonl"], "missing/x.jsonl"),
        (["--home", "javascript:x"], "javascript:x"),
        (["--format", "xml"], "--format"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_exported_is_named(arguments: list[str], named: str, wirefold: Command, seeded: Path) -> None:
    assert named in wirefold("export", *arguments).complaint
