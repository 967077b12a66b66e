"""The configuration: ``wirefold.toml`` and two environment variables, read once into a frozen ``Config``."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crawler.errors import ConfigError

M = TypeVar("M", bound=BaseModel)

FILE_NAME = "wirefold.toml"
_YEAR_H = 8_760
_YEAR_MIN = 60 * _YEAR_H

TEMPLATE = """\
# Wirefold's configuration. Every setting is shown with its default; take the "#" away to change one.

# Where articles are kept: a file, its path counted from this file's folder, or an SQLAlchemy URL such as
# "postgresql+psycopg://user@host/wirefold".
# --store and the environment variable WIREFOLD_STORE go before it. Default: a file in your user data folder.
# store = "wirefold.sqlite"

[crawl]
# How a site's owner reaches you: a page or an e-mail address, sent with every request.
# user_agent_contact = ""
# Requests under way at once, over all sites and to one, and the least seconds between two requests to one site. With
# autothrottle a site that answers slowly is asked more slowly. robots.txt is always obeyed, its Crawl-delay too.
# concurrency = 32
# concurrency_per_site = 4
# delay_s = 1.0
# autothrottle = true
# Give up on a request after so many seconds, and on a page of more than so many bytes.
# timeout_s = 30.0
# max_page_bytes = 10000000
# Send every request through this HTTP proxy. It then resolves the names, so only literal addresses can be checked.
# proxy = "http://localhost:3128"
# Private, loopback and link-local addresses are refused, so that no feed can point Wirefold into your network.
# allow_private_addresses = false
# Processes that extract articles. Default: one for each processor.
# workers = 4
# Visit at most so many links of one source in one run, the newest first; the others stay for later runs.
# max_links_per_source = 200
# Refuse servers whose certificate is not valid.
# verify_certificates = true
# A source is asked again when the articles it is expected to have published since have waited so many minutes, all
# together, but not before, nor after, so many minutes. What it really publishes is learned.
# poll_patience_min = 30
# poll_least_min = 5
# poll_most_min = 1440
# Look again at an article so many hours after it was first fetched, so that updates are seen. [] means never.
# revisit_h = [1, 4, 24, 96]
# Keep in the store, compressed, the latest page of each article, and of each address that gave none, so that
# "wirefold reextract" can read them again by better rules. It takes about 26 kB an article.
# keep_pages = false

[extract]
# A folder with fixes for single publishers, its path counted from this file's folder. They go before those that come
# with Wirefold. docs/how-to/publisher-fixes.md says how to write one.
# overrides = "overrides"

[dedupe]
# Copies that appeared further apart than so many days are not joined.
# window_days = 30.0
# A file with other thresholds of the rules, its path counted from this file's folder; they go before window_days.
# "wirefold evaluate --rules" tries such a file without changing anything, and "wirefold rebuild" puts one in force for
# what is stored. docs/reference/thresholds.md lists them.
# rules = "rules.toml"

# One block for each source. kind is "feed" (RSS, Atom, JSON Feed), "sitemap" (a news sitemap or an index of them) or
# "section" (a page whose links look like articles).
# [[source]]
# name = "example"
# kind = "feed"
# url = "https://www.example.com/rss.xml"
# What holds where a page does not say:
# language = "en"
# publisher = "The Example"
# Limits of this source alone: links in one run, fixed minutes between two polls, what an article's address must contain
# (a regular expression).
# max_links = 50
# poll_every_min = 60
# follow = "/news/"
# How much goes before other copies when the canonical article is chosen: from -10 to 10, where 2 weighs as much as
# having published first. docs/explanation/judgement.md lists what else counts.
# priority = 1
"""


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0  # raises for a bad port
    if not is_address or any(c.isspace() for c in url):
        raise ValueError("must be an http or https address")
    return url


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable text on one line")
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


SourceKind = Literal["feed", "sitemap", "section"]
WebAddress = Annotated[str, AfterValidator(_web_address), AfterValidator(_one_line)]
Line = Annotated[str, AfterValidator(_one_line)]
Minutes = Annotated[float, Field(gt=0, le=_YEAR_MIN)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class SourceSpec(_Frozen):
    """One configured source. ``TEMPLATE`` says what each field means."""

    name: Annotated[Line, Field(min_length=1)]
    kind: SourceKind
    url: WebAddress
    language: Line | None = None
    publisher: Line | None = None
    max_links: Annotated[int, Field(ge=1)] | None = None
    poll_every_min: Minutes | None = None
    follow: Annotated[Line, AfterValidator(_pattern)] | None = None
    priority: Annotated[int, Field(ge=-10, le=10)] | None = None


class CrawlOptions(_Frozen):
    """How pages are fetched. ``TEMPLATE`` says what each option means."""

    user_agent_contact: Line = ""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 32
    concurrency_per_site: Annotated[int, Field(ge=1, le=1000)] = 4
    delay_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    autothrottle: bool = True
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    max_page_bytes: Annotated[int, Field(ge=1)] = 10_000_000
    proxy: WebAddress | None = None
    allow_private_addresses: bool = False
    workers: Annotated[int, Field(ge=1)] | None = None
    max_links_per_source: Annotated[int, Field(ge=1)] = 200
    verify_certificates: bool = True
    poll_patience_min: Minutes = 30
    poll_least_min: Annotated[float, Field(ge=0, le=_YEAR_MIN)] = 5
    poll_most_min: Minutes = 1440
    revisit_h: tuple[Annotated[float, Field(gt=0, le=_YEAR_H)], ...] = (1, 4, 24, 96)
    keep_pages: bool = False


class ExtractOptions(_Frozen):
    """How pages become articles. ``TEMPLATE`` says what each option means."""

    overrides: Path | None = None


class DedupeOptions(_Frozen):
    """How copies are found. ``TEMPLATE`` says what each option means."""

    window_days: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30.0
    rules: Path | None = None


class Config(_Frozen):
    """Everything an operator can set. ``store`` is a path or an SQLAlchemy URL; None means the default place."""

    store: str | None = None
    crawl: CrawlOptions = CrawlOptions()
    extract: ExtractOptions = ExtractOptions()
    dedupe: DedupeOptions = DedupeOptions()
    sources: tuple[SourceSpec, ...] = Field(default=(), validation_alias="source")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Config:
        names = [source.name for source in self.sources]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'two sources are named "{twice}"')
        return self


def find(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the configuration file that is in force: ``path``, ``$WIREFOLD_CONFIG``, ``./wirefold.toml``, or None."""
    if path is not None:
        return path
    if named := environment.get("WIREFOLD_CONFIG"):
        return Path(named)
    here = Path(FILE_NAME)
    return here if here.exists() else None


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration in force; ``$WIREFOLD_STORE`` goes before the file's ``store``.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or has an unknown field or a wrong value.
    """
    found = find(path, environment)
    config = Config() if found is None else _with_places(_parse(_read(found), found), found.parent)
    return config.model_copy(update={"store": environment.get("WIREFOLD_STORE") or config.store})


def _with_places(config: Config, folder: Path) -> Config:
    """Count the paths in a file from its folder, wherever the program was started."""
    store, overrides, rules = config.store, config.extract.overrides, config.dedupe.rules
    if store is not None and "://" not in store:
        store = str(folder / Path(store).expanduser())
    if overrides is not None:
        overrides = folder / overrides.expanduser()
    if rules is not None:
        rules = folder / rules.expanduser()
    return config.model_copy(
        update={
            "store": store,
            "extract": config.extract.model_copy(update={"overrides": overrides}),
            "dedupe": config.dedupe.model_copy(update={"rules": rules}),
        }
    )


def read_as(model: type[M], path: Path) -> M:
    """Read another TOML file of the operator's.

    Raises:
        ConfigError: it cannot be read, is not TOML, or has an unknown field or a wrong value.
    """
    return _parse_as(model, _read(path), path)


def add_source(path: Path, spec: SourceSpec) -> None:
    """Append a ``[[source]]`` block to the file as text, so that comments stay.

    Raises:
        ConfigError: the file cannot be used as it is, or already has a source of that name.
    """
    text = _read(path)
    extended = text + ("" if not text or text.endswith("\n") else "\n") + as_toml(spec)
    _parse(text, path)
    _parse(extended, path)
    path.write_text(extended, encoding="utf-8")


def as_toml(spec: SourceSpec) -> str:
    """Write a source as a ``[[source]]`` block, a blank line before it."""
    # A JSON string is a TOML string, except that TOML wants DEL escaped; a Line has none.
    fields = spec.model_dump(exclude_none=True).items()
    return "\n[[source]]\n" + "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(path, "", problem or str(error)) from error


def _parse(text: str, path: Path) -> Config:
    return _parse_as(Config, text, path)


def _parse_as(model: type[M], text: str, path: Path) -> M:
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "", f"not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(path, _field(first["loc"]), _problem(first)) from error


def _field(location: tuple[int | str, ...]) -> str:
    """Write a place in the file as a person counts: ``source 2.url``."""
    steps = [f" {step + 1}" if isinstance(step, int) else f".{step}" for step in location]
    return "".join(steps).lstrip(".")


def _problem(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown option"
    message: str = error["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
