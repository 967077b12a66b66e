"""Commands that set Wirefold up: the configuration, and the sources that go into it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from crawler.cli.choosing import known_sources, make_spec
from crawler.cli.logs import log_to_stderr, note
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import (
    NEEDS_A_LOOK,
    ConfigFile,
    Format,
    LogForm,
    LogFormat,
    StoreUrl,
    UsageError,
    Verbose,
)
from crawler.cli.output import Layout, Record, print_records
from crawler.errors import ConfigError
from storage.errors import StoreUnavailable

if TYPE_CHECKING:
    from crawler.config import Config, SourceSpec
    from crawler.spiders.exploring import Found

FOUND = Layout(
    fields=("name", "form", "title", "links", "newest", "full_content", "url", "why"),
    titles={
        "Name": "name",
        "Form": "form",
        "Title": "title",
        "Links": "links",
        "Newest": "newest",
        "Whole text": "full_content",
        "URL": "url",
        "Found": "why",
    },
)


def register(app: typer.Typer, group: typer.Typer) -> None:
    """Add one command to the program, the other to the group of sources."""
    app.command(epilog="Example: wirefold init --store news.sqlite")(init)
    group.command("add", epilog="Example: wirefold sources add https://www.example.com/")(add_sources)


def init(
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
    store: Annotated[str | None, typer.Option(metavar="URL", help="Write this store into the file.")] = None,
    config: ConfigFile = None,
) -> None:
    """Write a configuration with every setting explained: wirefold.toml, or the file named by --config."""
    from crawler.config import TEMPLATE

    path = _config_path(config)
    if path.exists() and not force:
        raise UsageError(f"{path} is there already; overwrite it with --force")
    text = TEMPLATE.replace('# store = "wirefold.sqlite"', f"store = {json.dumps(store)}") if store else TEMPLATE
    _write(path, text)
    print(f"init: {path}")


def add_sources(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[NAME] URL", help="A site whose feeds and sitemaps to find; or a name, and a source."),
    ],
    kind: Annotated[
        Literal["feed", "sitemap", "section"] | None,
        typer.Option(help="With a name: RSS, Atom or JSON feed (if not said), news sitemap, or page of links."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="What its articles are written in, where pages do not say.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Add sources to the configuration, which is made if there is none: all that a site has, or one under a name."""
    log_to_stderr(verbose=verbose, form=log_format)
    name, url = _name_and_url(words, kind)
    path = _config_path(config)
    loaded = load_config(path if path.exists() else Path(os.devnull))
    known = _known(loaded, store)
    if name is None:
        specs = _find(url, language, loaded, known)
    else:
        specs = [make_spec({"name": name, "kind": kind or "feed", "url": url, "language": language}, "sources add")]
        _refuse_double(specs[0], known)
    if not dry_run:
        _add(specs, path)
    elif name is not None:
        print(f"sources: {name} ({specs[0].kind}, {specs[0].url}) would be added to {path}")


def _name_and_url(words: Sequence[str], kind: str | None) -> tuple[str | None, str]:
    if len(words) > 2:
        raise UsageError("give a URL, or a NAME and a URL")
    if len(words) == 2:
        return words[0], words[1]
    if kind is not None:
        raise UsageError("--kind is for a source that is added under a NAME")
    if not words[0].startswith(("http://", "https://")):
        raise UsageError(f"{words[0]!r} is not an http or https address")
    return None, words[0]


def _known(config: Config, store: str | None) -> Mapping[str, SourceSpec]:
    """Give the sources by name; without those of a store that cannot be opened: there may be none yet."""
    try:
        with open_store(store, config) as opened:
            return known_sources(config, opened)
    except StoreUnavailable:
        return {spec.name: spec for spec in config.sources}


def _refuse_double(spec: SourceSpec, known: Mapping[str, SourceSpec]) -> None:
    """Raise UsageError if the address is that of a source under another name: each article would be listed twice."""
    for other in known.values():
        if other.url == spec.url and other.name != spec.name:
            raise UsageError(f"{spec.url} is a source already, under the name {other.name!r}")


def _find(url: str, language: str | None, config: Config, known: Mapping[str, SourceSpec]) -> list[SourceSpec]:
    """Show what a site has, and give what is new of it. Exits with 1 if there is nothing."""
    from crawler import spiders

    urls = {spec.url for spec in known.values()}
    rows = _named([found for found in spiders.explore(config, url) if found.candidate.url not in urls], known)
    if not rows:
        note(f"{url}: no feed or sitemap was found that is not a source already")
        raise typer.Exit(NEEDS_A_LOOK)
    print_records(rows, Format.TABLE, FOUND)
    return [make_spec({**_pick(row), "language": language}, url) for row in rows]


def _named(found: Sequence[Found], taken: Collection[str]) -> list[dict[str, Any]]:
    """Make a row of each, under a name that no other source has."""
    from crawler.sources.autodiscover import name_for

    rows: list[dict[str, Any]] = []
    for each in found:
        title = each.assessment.title or each.candidate.title
        name = name_for(each.candidate.url, title, {*taken, *(row["name"] for row in rows)})
        rows.append({"name": name, **_row(each), "title": title})
    return rows


def _row(found: Found) -> Record:
    seen = found.assessment
    about = {
        "kind": seen.kind,
        "form": seen.form,
        "links": seen.links,
        "newest": seen.newest,
        "full_content": seen.full_content,
    }
    return about | {"url": found.candidate.url, "why": found.candidate.why}


def _pick(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("name", "kind", "url")}


def _add(specs: Sequence[SourceSpec], path: Path) -> None:
    from crawler import config as configuration

    if not path.exists():
        _write(path, configuration.TEMPLATE)
    for spec in specs:
        configuration.add_source(path, spec)
    print(f"sources: {', '.join(spec.name for spec in specs)} added to {path}")


def _config_path(path: Path | None) -> Path:
    """Name the configuration file to write."""
    from crawler import config

    return config.find(path) or Path(config.FILE_NAME)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error)) from error
