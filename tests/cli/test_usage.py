"""What every command does alike: help, one-line errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler import jobs
from storage.store import Store
from tests.cli.conftest import Command
from tests.cli.reference import commands

_HEAVY = ["scrapy", "trafilatura", "lxml", "sqlalchemy", "datasketch", "numpy", "pydantic", "feedparser"]


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, crawler.cli; print([name for name in {_HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("path", commands())
def test_every_command_has_help_with_an_example(path: str, wirefold: Command) -> None:
    done = wirefold(*path.split(), "--help")
    assert done.code == 0
    assert f"Example: wirefold {path}" in " ".join(done.out.split())


def test_the_version_is_the_installed_one(wirefold: Command) -> None:
    assert wirefold("--version").out == "wirefold 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["articles", "--bogus"], "--bogus"),
        (["artciles"], "artciles"),
        (["articles", "--limit", "0"], "--limit"),
        (["articles", "--since", "yesterday"], "'yesterday'"),
        (["articles", "--after", "yesterday"], "not a cursor of a listing by newest: 'yesterday'"),
        (["articles", "--format", "xml"], "--format"),
        (["show", "112"], "article 112"),
        (["diff", "111", "112"], "article 111"),
        (["ingest", "missing.warc.gz"], "'missing.warc.gz'"),
        (["import", "missing.jsonl"], "'missing.jsonl'"),
        (["import"], "FILE"),
        (["extract", "missing.html"], "'missing.html'"),
        (["stats", "--config", "missing.toml"], "missing.toml: No such file"),
        (["stats", "--store", "mysql://host/x"], "mysql://host/x"),
        (["stats", "--store", "/proc/none/x.sqlite"], "/proc/none/x.sqlite"),
        (["crawl"], "sources add"),
        (["reextract"], "--keep-pages"),
        (["why", "https://a.example/"], "https://a.example/"),
        (["purge", "https://a.example/"], "--reason"),
        (["sources", "import", "missing.opml"], "'missing.opml'"),
        (["sources", "export", "-o", "missing/x.opml"], "missing/x.opml"),
        (["report", "-o", "."], "'.' is a directory"),
        (["report", "-o", "missing/report.html"], "missing/report.html"),
    ],
)
def test_a_usage_error_is_one_line_that_names_what_is_wrong(
    arguments: list[str], named: str, wirefold: Command, seeded: Path
) -> None:
    assert named in wirefold(*arguments).complaint


def test_a_file_that_is_not_there_is_noticed_before_the_store_is_opened(wirefold: Command, tmp_path: Path) -> None:
    assert wirefold("import", "missing.jsonl").code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        "stats",
        "articles",
        "trend",
        "export",
        "clusters",
        "show 1",
        "rebuild",
        "report -o x.html",
        "diff 1 2",
        "why https://a.example/",
        "purge https://a.example/ --reason x",
        "reextract",
        "sources health",
        "sources remove a",
    ],
)
def test_a_store_that_is_not_there_is_not_made_by_looking_into_it(
    command: str, wirefold: Command, tmp_path: Path
) -> None:
    assert "there is no store yet" in wirefold(*command.split()).complaint
    assert list(tmp_path.iterdir()) == []


def test_the_password_of_a_store_is_not_shown(installed: Command) -> None:
    complaint = installed("stats", "--store", "postgresql://me:secret@127.0.0.1:1/news").complaint
    assert "127.0.0.1:1/news" in complaint
    assert "secret" not in complaint


def test_a_file_that_is_no_store_stays_as_it_was(wirefold: Command, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear all, " * 1000)
    assert "letter.txt" in wirefold("stats", "--store", other).complaint
    assert other.read_text() == "Dear all, " * 1000


def test_a_second_run_does_not_wait_for_the_first(installed: Command, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store, store.lock():
        done = installed("rebuild")
    assert done.code == 75
    assert "in use by another run: pid" in done.err
    assert len(done.err.splitlines()) == 1


def test_an_interrupted_command_says_that_what_is_stored_stays(
    wirefold: Command, seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "rebuild", interrupted)
    done = wirefold("rebuild")
    assert (done.code, done.out) == (130, "")
    assert done.err == "Interrupted. What is stored stays; run the command again to go on.\n"


def test_a_reader_that_goes_away_is_no_traceback(seeded: Path) -> None:
    wirefold = Path(sys.executable).parent / "wirefold"
    command = f"{wirefold} articles --role any --format csv | true"
    assert subprocess.run(command, shell=True, capture_output=True, text=True).stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", ["stats", "articles --format csv", "export", "export --format rss"])
def test_a_full_disk_is_no_traceback(arguments: str, seeded: Path) -> None:
    wirefold = Path(sys.executable).parent / "wirefold"
    done = subprocess.run(f"{wirefold} {arguments} > /dev/full", shell=True, capture_output=True, text=True)
    complaint = "wirefold: output or temporary files: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, complaint)


def test_the_store_option_goes_before_environment_and_configuration(
    wirefold: Command, seeded: Path, tmp_path: Path
) -> None:
    Path("wirefold.toml").write_text('store = "configured.sqlite"\n')
    assert wirefold("stats", "--format", "json").value["articles"] == 5
    assert "given.sqlite" in wirefold("stats", "--store", tmp_path / "given.sqlite").complaint


def test_the_configured_store_goes_before_the_users(wirefold: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIREFOLD_STORE")
    Path("wirefold.toml").write_text('store = "configured.sqlite"\n')
    assert "configured.sqlite" in wirefold("stats").complaint


def test_the_last_resort_is_a_file_in_the_users_data_folder(
    wirefold: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WIREFOLD_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert f"{tmp_path}/data/wirefold/wirefold.sqlite" in wirefold("stats").complaint
