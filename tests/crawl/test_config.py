from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawler.config import (
    TEMPLATE,
    Config,
    CrawlOptions,
    DedupeOptions,
    ExtractOptions,
    SourceSpec,
    add_source,
    find,
    load,
)
from crawler.errors import ConfigError
from dedupe.thresholds import Thresholds

NOTHING: dict[str, str] = {}
SPEC = SourceSpec(name="a", kind="feed", url="https://a.example/rss")


def written(folder: Path, text: str) -> Path:
    path = folder / "wirefold.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_template_as_written_sets_nothing(tmp_path: Path) -> None:
    assert load(written(tmp_path, TEMPLATE), NOTHING) == Config()


def test_the_template_shows_every_option_with_its_default(tmp_path: Path) -> None:
    options = [line.removeprefix("# ") for line in TEMPLATE.splitlines() if line.startswith("# ") and " = " in line]
    shown = tomllib.loads("\n".join(line for line in options if not line.startswith(("[", "store"))))
    assert set(CrawlOptions.model_fields) <= set(shown)
    defaults = json.loads(CrawlOptions().model_dump_json())
    for name in set(CrawlOptions.model_fields) - {"proxy", "workers"}:
        assert shown[name] == defaults[name]
    assert set(SourceSpec.model_fields) <= set(shown)
    assert set(ExtractOptions.model_fields) <= set(shown)
    assert set(DedupeOptions.model_fields) <= set(shown)
    assert shown["window_days"] == DedupeOptions().window_days == Thresholds().window_days


def test_everything_in_the_template_can_be_switched_on(tmp_path: Path) -> None:
    text = "\n".join(
        line.removeprefix("# ") if " = " in line or line == "# [[source]]" else line for line in TEMPLATE.splitlines()
    )
    config = load(written(tmp_path, text), NOTHING)
    assert config.crawl.proxy and config.crawl.workers == 4 and config.sources[0].language == "en"
    assert config.extract.overrides == tmp_path / "overrides"
    assert config.dedupe.rules == tmp_path / "rules.toml" and config.sources[0].priority == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 1", "colour: unknown option"),
        ("[crawl]\nspeed = 1", "crawl.speed: unknown option"),
        ("[crawl]\ntimeout_s = 'x'", "crawl.timeout_s: input should be a valid number"),
        ("[[source]]\nname='a'\nkind='feed'\nurl='ftp://x'", "source 1.url: must be an http or https address"),
        (
            "[[source]]\nname='a'\nkind='page'\nurl='http://x'",
            "source 1.kind: input should be 'feed', 'sitemap' or 'section'",
        ),
        ("[[source]]\nname='a'\nkind='feed'\nurl='http://x'\n" * 2, 'two sources are named "a"'),
        ("store = ", "not TOML"),
    ],
)
def test_an_unusable_file_is_named_with_the_field(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, NOTHING)
    assert str(caught.value).startswith(f"{path}: {says}")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error_only_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, NOTHING) == Config()
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "gone.toml", NOTHING)


def test_the_file_in_force_is_the_option_then_the_environment_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "")
    environment = {"WIREFOLD_CONFIG": "/etc/wirefold.toml"}
    assert find(Path("x.toml"), environment) == Path("x.toml")
    assert find(None, environment) == Path("/etc/wirefold.toml")
    assert find(None, NOTHING) == Path("wirefold.toml")


def test_the_environment_goes_before_the_file_for_the_store(tmp_path: Path) -> None:
    path = written(tmp_path, "store = 'a'")
    assert load(path, {"WIREFOLD_STORE": "b"}).store == "b"


def test_a_stores_path_counts_from_the_folder_of_the_file(tmp_path: Path) -> None:
    assert load(written(tmp_path, "store = 'a'"), NOTHING).store == str(tmp_path / "a")
    assert load(written(tmp_path, "store = '/a/b'"), NOTHING).store == "/a/b"
    assert load(written(tmp_path, "store = 'postgresql://host/a'"), NOTHING).store == "postgresql://host/a"


def test_the_path_of_overrides_counts_from_the_folder_of_the_file(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[extract]\noverrides = 'a'"), NOTHING).extract.overrides == tmp_path / "a"
    assert load(written(tmp_path, "[extract]\noverrides = '/a/b'"), NOTHING).extract.overrides == Path("/a/b")


def test_added_sources_keep_the_comments_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, TEMPLATE)
    second = SourceSpec(name='b "ö"', kind="sitemap", url="https://b.example/s?a=1", language="de")
    add_source(path, SPEC)
    add_source(path, second)
    assert load(path, NOTHING).sources == (SPEC, second)
    assert path.read_text(encoding="utf-8").startswith(TEMPLATE)


def test_a_source_cannot_be_added_twice_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, TEMPLATE)
    add_source(path, SPEC)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match='two sources are named "a"'):
        add_source(path, SPEC)
    assert path.read_bytes() == before


@given(name=st.text(min_size=1).filter(str.isprintable))
def test_any_printable_name_comes_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = written(tmp_path_factory.mktemp("c"), "")
    spec = SPEC.model_copy(update={"name": name})
    add_source(path, spec)
    assert load(path, NOTHING).sources == (spec,)


@pytest.mark.parametrize("url", ["http://h.example:99999/feed", "http://h.example:x/", "ftp://h.example/", "http://"])
def test_a_source_at_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        SourceSpec(name="x", kind="feed", url=url)
