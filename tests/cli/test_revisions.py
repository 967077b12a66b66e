"""``wirefold history``: the versions of an article, and which copies carry which."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from storage.store import Store
from storage.types import Cause
from tests.cli.conftest import Command
from tests.dedupe import prose
from tests.store.build import DAY, NOON

_TEXT = prose.text(1, 20)
BEFORE = f"The fire killed five people in the old mill on Sunday night, \x1b[31mpolice\u202e said.\n{_TEXT}"
AFTER = BEFORE.replace("killed five people", "killed six people")


def write(path: Path, **texts: str) -> Path:
    """Write a record for each outlet; the headline follows from the text."""
    records = (
        {"id": name, "url": f"https://{name}.example/fire", "title": text.split()[3].title(), "text": text}
        for name, text in texts.items()
    )
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


@pytest.fixture(autouse=True)
def revised(made: Path, wirefold: Command, tmp_path: Path) -> None:
    """Give a store with an agency's article, edited since, and copies of both versions and of neither."""
    first = write(tmp_path / "1.jsonl", agency=BEFORE, old=BEFORE, new=AFTER, cut=_TEXT)
    wirefold("import", first, "--keep-id")
    wirefold("import", write(tmp_path / "2.jsonl", agency=AFTER), "--keep-id")


def test_every_version_is_shown_with_what_it_changed(wirefold: Command) -> None:
    out = wirefold("history", "agency").out
    assert out.startswith("https://agency.example/fire: 2 versions\n")
    assert "  kept as an article: Five [run 1, import]\n" in out
    assert (
        "  revised: Six [run 2, import]\n[-Five-]\n{+Six+}\nThe fire killed [-five-] {+six+} people in the old" in out
    )
    assert "words as before" not in out  # what is the same to the end is left out
    assert [char for char in out if not char.isprintable() and char != "\n"] == []


def test_differences_are_coloured_on_a_terminal(wirefold: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert "killed \x1b[9;31mfive\x1b[0m \x1b[4;32msix\x1b[0m people" in wirefold("history", "agency").out


def test_an_article_that_never_changed_has_one_version(wirefold: Command) -> None:
    out = wirefold("history", "https://www.old.example/fire", "--copies").out
    assert out.startswith("https://old.example/fire: 1 version\n")
    assert out.endswith("Who has which wording, of 3 copies:\n  its publisher has edited nothing since\n")


def test_the_copies_are_told_by_the_wording_they_have(wirefold: Command) -> None:
    out = wirefold("history", "agency", "--copies").out.partition("Who has which wording, of 3 copies:")[2]
    lines = [" ".join(line.split()) for line in out.splitlines()[3:]]
    assert lines == [
        "- five",
        "+ six",
        "new 3 new.example: Six",
        "old 2 old.example: Five",
        "neither 4 cut.example: " + _TEXT.split()[3].title(),
    ]
    [carried] = wirefold("history", "1", "--copies", "--format", "json").value["carried"]
    assert (carried["removed"], carried["added"]) == ("five", "six")
    assert {copy["external_id"]: copy["wording"] for copy in carried["copies"]} == {
        "new": "new",
        "old": "old",
        "cut": "neither",
    }


def test_the_versions_are_given_whole_as_json(wirefold: Command) -> None:
    shown = wirefold("history", "agency", "--format", "json").value
    assert shown.keys() == {"id", "url", "revisions"}
    assert [(row["article_body"], row["changes"]) for row in shown["revisions"]] == [
        (BEFORE, []),
        (AFTER, [{"removed": "five", "added": "six"}]),
    ]


def test_what_only_rules_of_extraction_changed_is_nothing_to_carry(wirefold: Command, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        standing = store.standing("https://old.example/fire", NOON + 999 * DAY)
        assert standing is not None
        article = replace(standing.article, article_body=AFTER)
        run_id = store.start_run("reextract", NOON)
        store.replace_article(standing, article, run_id=run_id, seen_at=NOON + 999 * DAY, cause=Cause.RULES)
    shown = wirefold("history", "old", "--copies", "--format", "json").value
    assert [len(row["changes"]) for row in shown["revisions"]] == [0, 1]
    assert shown["carried"] == []
    assert "read again by new rules of extraction" in wirefold("history", "old").out


def test_what_is_not_there_is_an_error(wirefold: Command) -> None:
    assert wirefold("history", "gone").complaint == "wirefold: not in the store: article gone"
