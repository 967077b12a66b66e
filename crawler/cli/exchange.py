"""Commands that exchange lists of sources with other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.choosing import known_sources
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, StoreUrl, UsageError
from crawler.cli.output import write_file
from crawler.cli.running import note_problems

if TYPE_CHECKING:
    from crawler.config import SourceSpec


class ListForm(StrEnum):
    """How a list of sources is written."""

    OPML = "opml"
    TOML = "toml"


def register(group: typer.Typer) -> None:
    """Add these commands to the group of sources."""
    group.command("import", epilog="Example: wirefold sources import subscriptions.opml")(import_sources)
    group.command("export", epilog="Example: wirefold sources export -o sources.opml")(export_sources)


def import_sources(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An OPML file.", exists=True, dir_okay=False, show_default=False)
    ],
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Take the feeds of an OPML file into the store as sources; those that are there already are left as they are."""
    from crawler.sources.opml import read_opml

    loaded = load_config(config)
    listed = read_opml(_read(file), str(file))
    with open_store(store, loaded, create=True) as opened, opened.transaction():
        new = _new(listed.specs, known_sources(loaded, opened))
        for name, spec in new.items():
            opened.put_stored_source(name, spec.model_dump(exclude_none=True, exclude={"name"}))
    doubles = f", {listed.doubles:,} listed more than once" if listed.doubles else ""
    print(f"sources: {len(new):,} added to the store, {len(listed.specs) - len(new):,} there already{doubles}")
    note_problems([str(error) for error in listed.errors])
    if listed.errors:
        raise typer.Exit(NEEDS_A_LOOK)


def export_sources(
    form: Annotated[ListForm, typer.Option("--format", help="For feed readers, or for a configuration.")] = (
        ListForm.OPML
    ),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="Where to, if not stdout.")
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Write all sources, those of the configuration and those of the store, as one list."""
    loaded = load_config(config)
    with open_store(store, loaded, create=store is None) as opened:
        specs = known_sources(loaded, opened).values()
    text = _as_opml(specs) if form is ListForm.OPML else _as_toml(specs)
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        write_file(output, text)
        print(f"sources: {len(specs):,} written to {output}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def _new(listed: Iterable[SourceSpec], known: Mapping[str, SourceSpec]) -> dict[str, SourceSpec]:
    """Pick the sources whose addresses are not known, under names that are free."""
    urls = {spec.url for spec in known.values()}
    new: dict[str, SourceSpec] = {}
    for spec in listed:
        if spec.url not in urls:
            new[_free(spec.name, known.keys() | new.keys())] = spec
    return new


def _free(name: str, taken: Iterable[str]) -> str:
    """Number a name that is taken.

    >>> _free("bbc", {"bbc", "bbc-2"}), _free("bbc", set())
    ('bbc-3', 'bbc')
    """
    names = {*taken}
    number = 1
    while (free := name if number == 1 else f"{name}-{number}") in names:
        number += 1
    return free


def _as_opml(specs: Iterable[SourceSpec]) -> str:
    from crawler.sources.opml import write_opml

    return write_opml(specs).decode()


def _as_toml(specs: Iterable[SourceSpec]) -> str:
    from crawler.config import as_toml

    return "".join(map(as_toml, specs)).lstrip()
