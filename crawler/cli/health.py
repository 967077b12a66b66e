"""The command that says which sources need a look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer

from crawler.cli.choosing import known_sources
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, Format, RowFormat, StoreUrl
from crawler.cli.output import Layout, Record, print_records

if TYPE_CHECKING:
    from crawler.config import SourceSpec
    from storage.store import Store
    from storage.types import HostState, SourceHealth

_STATE = ("last_success", "last_error", "failures", "next_due")


def _flat(record: Record) -> Iterator[Record]:
    yield {
        **record,
        "usual": round(record["articles_per_day"], 1),
        "signs": "; ".join(sign["text"] for sign in record["signs"]),
        "coverage": ", ".join(f"{name} {share:.0%}" for name, share in record["coverage"].items() if share < 1),
    }


HEALTH = Layout(
    fields=("name", "needs_look", *_STATE, "articles_last_day", "usual", "last_article", "signs", "coverage"),
    titles={
        "Source": "name",
        "Look": "needs_look",
        "Last success": "last_success",
        "Next": "next_due",
        "Last day": "articles_last_day",
        "Usual": "usual",
        "What there is to say": "signs",
        "Fields not always there": "coverage",
    },
    flatten=_flat,
)


def register(group: typer.Typer) -> None:
    """Add this command to the group of sources."""
    group.command(epilog="Example: wirefold sources health --format json")(health)


def health(form: RowFormat = Format.TABLE, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Say how each source is doing: articles of late against its usual, failures, fields, doubles.

    Exits with 1 if one needs a look: it fails, is blocked, is silent, or loses more pages than it keeps.
    """
    from storage.queries import Queries

    loaded, now = load_config(config), datetime.now(UTC)
    with open_store(store, loaded) as opened:
        known = known_sources(loaded, opened)
        hosts = hosts_of(known, opened)
        rows = [_row(each, hosts[each.name], now) for each in Queries(opened).source_health([*known], now)]
    print_records(rows, form, HEALTH)
    if any(row["needs_look"] for row in rows):
        raise typer.Exit(NEEDS_A_LOOK)


def hosts_of(specs: Mapping[str, SourceSpec], store: Store) -> dict[str, HostState | None]:
    """Give by name of the source what is known of the host it is on."""
    return {name: store.host_state(urlsplit(spec.url).hostname or "") for name, spec in specs.items()}


def _row(found: SourceHealth, host: HostState | None, now: datetime) -> dict[str, Any]:
    from crawler.reports.health import Case, signs

    said = signs(Case(found, host, now))
    about = {name: getattr(found.state, name, None) for name in _STATE}
    blocked = {"blocked_until": host.blocked_until if host else None}
    fields = {name: value for name, value in asdict(found).items() if name != "state"}
    return {
        **fields,
        **about,
        **blocked,
        "signs": [asdict(sign) for sign in said],
        "needs_look": any(s.needs_look for s in said),
    }
