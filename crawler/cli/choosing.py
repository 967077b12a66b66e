"""The sources there are: those of the configuration and those of the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.cli.options import UsageError
from crawler.errors import ConfigError

if TYPE_CHECKING:
    from crawler.config import Config, SourceSpec
    from crawler.jobs import Judging
    from storage.store import Store

_LOGGER = logging.getLogger(__name__)


def stored_sources(store: Store) -> dict[str, SourceSpec]:
    """Read the sources of the store by name. Raises ConfigError for one that this version cannot use."""
    return {name: make_spec({**fields, "name": name}, store.url) for name, fields in store.stored_sources().items()}


def known_sources(config: Config, store: Store) -> dict[str, SourceSpec]:
    """Give all sources by name; where both have one of that name, the configuration's. Raises ConfigError."""
    return stored_sources(store) | {spec.name: spec for spec in config.sources}


def warn_of_hidden(config: Config, store: Store) -> None:
    """Say which sources of the store the configuration hides."""
    if hidden := store.stored_sources().keys() & {spec.name for spec in config.sources}:
        names = ", ".join(sorted(hidden))
        _LOGGER.warning("the configuration's sources go before the store's of the same name: %s", names)


def choose_sources(config: Config, store: Store, names: Sequence[str]) -> list[SourceSpec]:
    """Pick the sources of these names, all of them when none is named."""
    warn_of_hidden(config, store)
    known = known_sources(config, store)
    if not known:
        raise UsageError("there is no source yet; add one with: wirefold sources add URL")
    for name in names:
        if name not in known:
            raise UsageError(f"no source is named {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def judging_of(config: Config, store: Store) -> Judging:
    """Give what the configuration and all sources set of the judgement. Raises ConfigError."""
    from crawler.jobs.judging import judging

    return judging(config, known_sources(config, store).values())


def make_spec(fields: dict[str, object], where: str) -> SourceSpec:
    """Make a source of its fields. Raises ConfigError, which names ``where`` they are from and what is wrong."""
    from pydantic import ValidationError

    from crawler.config import SourceSpec

    try:
        return SourceSpec.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = f"source {fields['name']}, {first['loc'][0]}"
        raise ConfigError(where, field, first["msg"].removeprefix("Value error, ")) from error
