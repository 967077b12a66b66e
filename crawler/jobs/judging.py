"""What an operator can set of the judgement: thresholds and the priorities of sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from crawler.config import Config, SourceSpec, read_as
from dedupe.thresholds import DEFAULT, Thresholds


@dataclass(frozen=True, slots=True)
class Judging:
    """The thresholds of the rules, and the priority by source of those that have one."""

    thresholds: Thresholds = DEFAULT
    priorities: Mapping[str, int] = field(default_factory=dict)


BY_DEFAULT = Judging()


def judging(config: Config, sources: Iterable[SourceSpec]) -> Judging:
    """Gather what a configuration and its sources set. Raises ConfigError for a file of thresholds."""
    thresholds = Thresholds(window_days=config.dedupe.window_days)
    if config.dedupe.rules is not None:
        thresholds = read_thresholds(config.dedupe.rules, thresholds)
    return Judging(thresholds, {spec.name: spec.priority for spec in sources if spec.priority})


def read_thresholds(path: Path, base: Thresholds = DEFAULT) -> Thresholds:
    """Read a TOML file of thresholds by their names; those it does not name are those of ``base``.

    Raises:
        ConfigError: it cannot be read, is not TOML, or has an unknown name or a bad value.
    """
    values = {name: getattr(base, name) for name in Thresholds.__slots__}
    return Thresholds(**{**values, **read_as(_model(), path).model_dump(exclude_unset=True)})


def _model() -> type[BaseModel]:
    """Make the model of such a file: a field for each threshold."""
    named: dict[str, Any] = {
        one.name: (Annotated[type(one.default), _bounds(one.name)], one.default) for one in fields(Thresholds)
    }
    return create_model("Rules", __config__=ConfigDict(extra="forbid", strict=True), **named)


def _bounds(name: str) -> Any:
    """Say what a threshold may be: a share is 0..1, a number of days or shingles 0 or more."""
    default = getattr(DEFAULT, name)
    is_share = isinstance(default, float) and default <= 1 and not name.endswith("_days")
    return Field(ge=0, le=1) if is_share else Field(ge=0, allow_inf_nan=False)
