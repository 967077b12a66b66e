"""Commands that set Wirefold up: the configuration and its sources."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from crawler.cli.opening import choose_sources, load_config, log_to_stderr, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, UsageError, Verbose
from crawler.cli.output import Layout, Record, print_records
from crawler.errors import ConfigError
from storage.types import SourceState

if TYPE_CHECKING:
    from crawler.config import SourceSpec

_STATE = ("last_fetched", "last_success", "last_error")
SOURCES = Layout(
    fields=("name", "kind", "url", "language", *_STATE),
    titles={"Name": "name", "Kind": "kind", "URL": "url", "Last success": "last_success", "Last error": "last_error"},
)
LINKS = Layout(
    fields=("url", "kind", "headline", "date_published", "known"),
    titles={"Known": "known", "Published": "date_published", "Headline": "headline", "URL": "url"},
)

group = typer.Typer(no_args_is_help=True, help="List, add and check the configured sources.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold init --store news.sqlite")(init)
    app.add_typer(group, name="sources", epilog="Example: wirefold sources list")


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


@group.command("list", epilog="Example: wirefold sources list --format json")
def list_sources(form: RowFormat = Format.TABLE, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """List the configured sources, and how their last fetch went."""
    loaded = load_config(config)
    with open_store(store, loaded, create=True) as opened:
        print_records([_source(spec, opened.source_state(spec.name)) for spec in loaded.sources], form, SOURCES)


@group.command("add", epilog="Example: wirefold sources add bbc https://feeds.bbci.co.uk/news/rss.xml")
def add_source(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    url: Annotated[str, typer.Argument(help="Where it is.")],
    kind: Annotated[Literal["feed", "sitemap"], typer.Option(help="RSS or Atom feed, or news sitemap.")] = "feed",
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="What its articles are written in, where pages do not say.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Add a source to the configuration, which is made if there is none."""
    from pydantic import ValidationError

    from crawler import config as configuration

    try:
        spec = configuration.SourceSpec(name=name, kind=kind, url=url, language=language)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}") from error
    path = _config_path(config)
    if not path.exists():
        _write(path, configuration.TEMPLATE)
    configuration.add_source(path, spec)
    print(f"sources: {name} added to {path}")


@group.command("check", epilog="Example: wirefold sources check bbc")
def check_source(
    name: Annotated[str, typer.Argument(help="A configured source.")],
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Fetch one source as a crawl would, and list its links; those that are known would not be fetched again."""
    log_to_stderr(verbose=verbose, otherwise=logging.ERROR)  # its warning comes as an error, too
    loaded = load_config(config)
    [spec] = choose_sources(loaded, [name])
    from crawler import spiders, urls

    found = {link: urls.identity(link.url) for link in spiders.check(loaded, spec)}
    with open_store(store, loaded, create=True) as opened:
        known = opened.known_urls(found.values())
    rows = [asdict(link) | {"known": identity in known} for link, identity in found.items()]
    print_records(rows, form, LINKS)


def _source(spec: SourceSpec, state: SourceState | None) -> Record:
    return spec.model_dump() | {name: getattr(state, name, None) for name in _STATE}


def _config_path(path: Path | None) -> Path:
    """Name the configuration file to write."""
    from crawler import config

    return config.find(path) or Path(config.FILE_NAME)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error)) from error
