"""What ``[dedupe]`` and a source's priority in the configuration do to the judgement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli import seed
from tests.cli.conftest import Command

Configured = Callable[[str], Any]


@pytest.fixture
def configured(tmp_path: Path, wirefold: Command) -> Configured:
    """Write a configuration, then import the seed or judge it again; returns what is said of the copy."""

    def call(text: str) -> Any:
        (tmp_path / "wirefold.toml").write_text(text)
        is_new = not (tmp_path / "store.sqlite").exists()
        arguments = ["import", seed.write(tmp_path / "seed.jsonl"), "--keep-id"] if is_new else ["rebuild"]
        assert wirefold(*arguments).code == 0
        return wirefold("show", "copy", "--format", "json").value

    return call


def test_nothing_is_joined_beyond_the_window(configured: Configured) -> None:
    edge = configured("[dedupe]\nwindow_days = 0\n")["edges"][0]
    assert (edge["joins"], edge["reason"]) == (False, "they appeared further apart than the window of days")
    assert edge["rules_version"].endswith(" window_days=0")
    edge = configured("[dedupe]\nwindow_days = 1\n")["edges"][0]
    assert (edge["joins"], edge["rules_version"].endswith(" window_days=1")) == (True, True)


def test_a_file_of_rules_is_in_force_and_goes_before_the_window(tmp_path: Path, configured: Configured) -> None:
    (tmp_path / "rules.toml").write_text("window_days = 0.01\n")
    edge = configured('[dedupe]\nwindow_days = 30\nrules = "rules.toml"\n')["edges"][0]
    assert (edge["joins"], edge["rules_version"].endswith(" window_days=0.01")) == (False, True)
    (tmp_path / "rules.toml").write_text("full = 1.0\n")
    version = configured('[dedupe]\nwindow_days = 20\nrules = "rules.toml"\n')["edges"][0]["rules_version"]
    assert version.split()[1:] == ["window_days=20", "full=1"]


def test_a_bad_file_of_rules_is_named_before_anything_is_done(tmp_path: Path, wirefold: Command) -> None:
    (tmp_path / "rules.toml").write_text("fulll = 1.0\n")
    (tmp_path / "wirefold.toml").write_text('[dedupe]\nrules = "rules.toml"\n')
    complaint = wirefold("import", seed.write(tmp_path / "seed.jsonl")).complaint
    assert complaint == "wirefold: rules.toml: fulll: unknown option"


def test_edges_of_other_thresholds_can_be_previewed(tmp_path: Path, configured: Configured, wirefold: Command) -> None:
    configured("[dedupe]\nwindow_days = 0\n")
    (tmp_path / "what-if.toml").write_text("window_days = 30\n")
    (tmp_path / "p.jsonl").write_text('{"id_a": "ferry", "id_b": "copy", "cluster": "yes"}\n')
    done = wirefold("evaluate", tmp_path / "p.jsonl", "--rules", tmp_path / "what-if.toml", "--format", "json")
    assert (done.value["before"]["pairs"]["missed"], done.value["after"]["pairs"]["right"]) == (1, 1)


def test_a_source_with_priority_has_the_canonical_article(configured: Configured) -> None:
    source = '[[source]]\nname = "two.example"\nkind = "feed"\nurl = "https://two.example/rss"\n'
    assert configured(source)["cluster"]["canonical"]["external_id"] == "ferry"
    cluster = configured(f"{source}priority = 5\n")["cluster"]
    assert cluster["canonical"]["external_id"] == "copy"
    assert cluster["canonical_reason"] == "a full text, its source has priority"
    assert cluster["signals"][1]["points"]["its source has priority"] == 5
