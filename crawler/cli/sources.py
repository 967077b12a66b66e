"""Commands for the sources: list, check and remove them. Adding them is in ``adding``, OPML in ``exchange``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import adding, exchange, health
from crawler.cli.choosing import choose_sources, known_sources, warn_of_hidden
from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import (
    ConfigFile,
    Format,
    LogForm,
    LogFormat,
    RowFormat,
    StoreUrl,
    UsageError,
    Verbose,
)
from crawler.cli.output import Layout, Record, print_records
from storage.types import SourceState

if TYPE_CHECKING:
    from crawler.config import SourceSpec

_STATE = ("last_fetched", "last_success", "last_error", "failures", "next_due")
SOURCES = Layout(
    fields=("name", "kind", "url", "language", "kept_in", *_STATE),
    titles={
        "Name": "name",
        "Kind": "kind",
        "URL": "url",
        "Kept in": "kept_in",
        "Last success": "last_success",
        "Next": "next_due",
        "Last error": "last_error",
    },
)
LINKS = Layout(
    fields=("url", "kind", "headline", "date_published", "known"),
    titles={"Known": "known", "Published": "date_published", "Headline": "headline", "URL": "url"},
)

group = typer.Typer(no_args_is_help=True, help="Find, add, list and check sources; say which need a look.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    adding.register(app, group)
    app.add_typer(group, name="sources", epilog="Example: wirefold sources list")
    group.command("list", epilog="Example: wirefold sources list --format json")(list_sources)
    group.command("check", epilog="Example: wirefold sources check bbc")(check_source)
    health.register(group)
    group.command("remove", epilog="Example: wirefold sources remove bbc")(remove_source)
    exchange.register(group)


def list_sources(form: RowFormat = Format.TABLE, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """List the sources of the configuration and of the store, and how their last fetch went."""
    loaded = load_config(config)
    configured = {spec.name for spec in loaded.sources}
    with open_store(store, loaded, create=store is None) as opened:
        warn_of_hidden(loaded, opened)
        known = known_sources(loaded, opened)
        states = {name: opened.source_state(name) for name in known}
    rows = [_row(spec, states[name], "file" if name in configured else "store") for name, spec in known.items()]
    print_records(rows, form, SOURCES)


def check_source(
    name: Annotated[str, typer.Argument(help="A source.")],
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Fetch one source as a crawl would, and list its links; those that are known would not be fetched as new."""
    log_to_stderr(verbose=verbose, form=log_format, otherwise=logging.ERROR)  # its warning comes as an error, too
    loaded = load_config(config)
    with open_store(store, loaded, create=store is None) as opened:
        [spec] = choose_sources(loaded, opened, [name])
        from crawler import spiders, urls

        found = {link: urls.identity(link.url) for link in spiders.check(loaded, spec)}
        known = opened.known_urls(found.values())
    rows = [_link(asdict(link), known=identity in known) for link, identity in found.items()]
    print_records(rows, form, LINKS)


def remove_source(
    name: Annotated[str, typer.Argument(help="A source of the store.")],
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Take a source out of the store; what it brought stays. One of the configuration is taken out there, by hand."""
    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        removed = opened.remove_stored_source(name)
        left = opened.stored_sources()
    if not removed and any(spec.name == name for spec in loaded.sources):
        raise UsageError(f"{name!r} is in the configuration; take its [[source]] block out there")
    if not removed:
        raise UsageError(f"no source of the store is named {name!r}; there are: {', '.join(left) or 'none'}")
    print(f"sources: {name} removed")


def _row(spec: SourceSpec, state: SourceState | None, kept_in: str) -> Record:
    return spec.model_dump() | {"kept_in": kept_in} | {name: getattr(state, name, None) for name in _STATE}


def _link(fields: Mapping[str, Any], *, known: bool) -> Record:
    """Leave out the whole text that a feed may carry: a list is for looking through."""
    return {name: value for name, value in fields.items() if name != "content"} | {"known": known}
