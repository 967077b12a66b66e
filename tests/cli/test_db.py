"""Commands for the database itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine

from storage.migrations import HEAD
from tests.cli.conftest import Command
from tests.store.build import make_old


def test_a_sound_store_is_said_to_be_sound(wirefold: Command, own_seeded: Path) -> None:
    done = wirefold("db", "check")
    assert (done.code, done.out, done.err) == (0, f"check: {own_seeded} is sound\n", "")


def test_findings_are_printed_without_what_may_harm_and_end_with_1(wirefold: Command, own_seeded: Path) -> None:
    with sqlite3.connect(own_seeded) as connection:
        url = "https://x.example/\x1b[31m"
        connection.execute("UPDATE article SET url = ?, role = NULL WHERE external_id = 'ferry'", (url,))
    done = wirefold("db", "check")
    assert done.code == 1
    assert '"an article has a role if it is in a cluster", 1 times, as for https://x.example/' in done.out
    assert "\x1b" not in done.out


def test_a_backup_says_what_is_in_it(wirefold: Command, own_seeded: Path, tmp_path: Path) -> None:
    done = wirefold("db", "backup", tmp_path / "backup.sqlite")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"backup: 5 articles in {tmp_path}/backup.sqlite (1.")
    assert wirefold("db", "check", "--store", tmp_path / "backup.sqlite").code == 0


def test_a_store_on_postgresql_is_sent_to_its_own_program(wirefold: Command, tmp_path: Path) -> None:
    done = wirefold("db", "backup", tmp_path / "backup.sqlite", "--store", "postgresql://me:s3cret@db.example/news")
    assert "run: pg_dump --format=custom --file=FILE postgresql://me:***@db.example/news" in done.complaint


def test_an_upgrade_says_from_which_schema(wirefold: Command, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        make_old(connection, "0004")
    engine.dispose()
    assert wirefold("db", "upgrade", "--store", old).out == f"upgrade: {old} is at schema {HEAD}, was at 0004\n"
    assert wirefold("db", "upgrade", "--store", old).out == f"upgrade: {old} is at schema {HEAD} already\n"
    assert wirefold("db", "check", "--store", old).code == 0


def test_pruning_says_what_goes_and_how_to_have_the_space_back(wirefold: Command, own_seeded: Path) -> None:
    assert wirefold("db", "prune", "--older-than", "90d").out == "prune: 0 variants of 0 clusters pruned; 0 joined\n"
    rehearsed = wirefold("db", "prune", "--older-than", "2100-01-01", "--dry-run")
    assert (rehearsed.out, rehearsed.err) == ("prune --dry-run: 1 variant of 1 cluster pruned\n", "")
    done = wirefold("db", "prune", "--older-than", "2100-01-01")
    assert (done.code, done.out) == (0, "prune: 1 variant of 1 cluster pruned; 0 joined\n")
    assert f"run VACUUM on {own_seeded}" in done.err


def test_a_store_is_copied_once(wirefold: Command, own_seeded: Path, store_url: str) -> None:
    done = wirefold("copy", "--to", store_url.replace("store.db", "copy.db"))
    assert done.code == 0
    assert done.out.startswith("copy: ") and f" rows from {own_seeded} in " in done.out
    copied = ["--store", store_url.replace("store.db", "copy.db"), "--format", "json"]
    assert wirefold("clusters", *copied).value == wirefold("clusters", "--format", "json").value
    again = wirefold("copy", "--to", store_url.replace("store.db", "copy.db"))
    assert "not empty (there are rows in cluster); copy into a new one" in again.complaint
