"""Sources of the store: OPML in and out, removing, and what holds where both name one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crawler.config import Config
from storage.store import Store
from tests.cli.conftest import Command

OPML = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News">
<outline type="rss" text="BBC" xmlUrl="https://bbc.example/rss.xml"/>
<outline type="rss" text="Daily" xmlUrl="https://daily.example/feed"/>
</outline>
</body></opml>
"""


@pytest.fixture
def listed(made: Path, tmp_path: Path) -> Path:
    """Give an OPML file of two feeds."""
    file = tmp_path / "mine.opml"
    file.write_text(OPML)
    return file


def rows(wirefold: Command) -> dict[str, tuple[str, str]]:
    """Return the sources by address: their names and where they are kept."""
    found = wirefold("sources", "list", "--format", "json").value
    return {row["url"]: (row["name"], row["kept_in"]) for row in found}


def test_feeds_of_an_opml_file_become_sources_of_the_store(wirefold: Command, listed: Path) -> None:
    done = wirefold("sources", "import", listed)
    assert (done.code, done.out) == (0, "sources: 2 added to the store, 0 there already\n")
    assert {kept_in for _, kept_in in rows(wirefold).values()} == {"store"}
    assert wirefold("sources", "import", listed).out == "sources: 0 added to the store, 2 there already\n"


def test_a_feed_that_is_configured_is_not_taken_in_again(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "add", "mine", "https://bbc.example/rss.xml")
    assert wirefold("sources", "import", listed).out == "sources: 1 added to the store, 1 there already\n"


def test_a_name_that_is_taken_is_numbered(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    taken = rows(wirefold)["https://bbc.example/rss.xml"][0]
    listed.write_text(OPML.replace("bbc.example/rss.xml", "bbc.example/other.xml"))
    wirefold("sources", "import", listed)
    assert rows(wirefold)["https://bbc.example/other.xml"][0] == f"{taken}-2"


def test_an_entry_that_cannot_be_used_is_named_and_the_rest_taken_in(wirefold: Command, listed: Path) -> None:
    listed.write_text(OPML.replace("https://bbc.example/rss.xml", "ftp://bbc.example/rss.xml"))
    done = wirefold("sources", "import", listed)
    assert (done.code, done.out) == (1, "sources: 1 added to the store, 0 there already\n")
    assert 'mine.opml: source "BBC": url: must be an http or https address' in done.err


def test_an_entry_without_an_address_is_named_and_doubles_are_counted(wirefold: Command, listed: Path) -> None:
    again = '<outline text="Again" xmlUrl="https://bbc.example/rss.xml"/>'
    listed.write_text(OPML.replace("</body>", f'<outline text="Lost"/>{again}{again}</body>'))
    done = wirefold("sources", "import", listed)
    assert (done.code, done.out) == (1, "sources: 2 added to the store, 0 there already, 2 listed more than once\n")
    assert done.err == f'{listed}: source "Lost": no xmlUrl\n'


def test_of_many_entries_that_cannot_be_used_the_first_are_named(wirefold: Command, listed: Path) -> None:
    listed.write_text(OPML.replace("</body>", '<outline text="Lost"/>' * 30 + "</body>"))
    done = wirefold("sources", "import", listed)
    assert (done.code, len(done.err.splitlines())) == (1, 21)
    assert done.err.endswith("... and 10 more\n")


def test_a_file_that_is_no_opml_is_one_line(wirefold: Command, listed: Path) -> None:
    listed.write_text("Dear all,")
    done = wirefold("sources", "import", listed)
    assert (done.code, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert "mine.opml" in line


def test_what_is_written_as_opml_can_be_taken_in_elsewhere(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    wirefold("sources", "add", "third", "https://third.example/rss")
    assert wirefold("sources", "export", "-o", "all.opml").out == "sources: 3 written to all.opml\n"
    done = wirefold("sources", "import", "all.opml", "--store", "other.sqlite", "--config", empty())
    assert done.out == "sources: 3 added to the store, 0 there already\n"


def test_what_is_written_as_toml_is_a_configuration(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    written = Config.model_validate(tomllib.loads(wirefold("sources", "export", "--format", "toml").out))
    assert {spec.url for spec in written.sources} == set(rows(wirefold))


def test_the_list_goes_to_stdout_if_no_file_is_named(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    assert "https://bbc.example/rss.xml" in wirefold("sources", "export").out


def test_a_source_of_the_store_can_be_removed(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    name = rows(wirefold)["https://bbc.example/rss.xml"][0]
    assert wirefold("sources", "remove", name).out == f"sources: {name} removed\n"
    assert "https://bbc.example/rss.xml" not in rows(wirefold)
    assert f"'{name}'" in wirefold("sources", "remove", name).complaint


def test_a_source_of_the_configuration_is_removed_there(wirefold: Command, listed: Path) -> None:
    wirefold("sources", "import", listed)
    wirefold("sources", "add", "mine", "https://third.example/rss")
    assert "take its [[source]] block out there" in wirefold("sources", "remove", "mine").complaint


def test_the_configuration_goes_before_the_store_and_that_is_said_once(
    wirefold: Command, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        for name in ("a", "b", "c"):
            store.put_stored_source(name, {"kind": "feed", "url": f"https://{name}.example/stored"})
    for name in ("a", "b"):
        wirefold("sources", "add", name, f"https://{name}.example/configured")
    caplog.clear()
    found = rows(wirefold)
    assert found == {
        "https://a.example/configured": ("a", "file"),
        "https://b.example/configured": ("b", "file"),
        "https://c.example/stored": ("c", "store"),
    }
    assert [record.getMessage() for record in caplog.records] == [
        "the configuration's sources go before the store's of the same name: a, b"
    ]


def test_a_source_of_the_store_that_cannot_be_used_is_named(wirefold: Command, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        store.put_stored_source("odd", {"kind": "telegraph", "url": "https://odd.example/"})
    assert "store.sqlite: source odd, kind: " in wirefold("sources", "list").complaint


def empty() -> Path:
    """Write a configuration without sources."""
    file = Path("empty.toml")
    file.touch()
    return file
