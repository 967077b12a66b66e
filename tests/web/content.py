"""What the small web says: articles, outlets and the truth, read from the data files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One news site. ``credit`` marks an agency; ``robots`` empty means that there is no robots.txt."""

    name: str
    host: str
    template: str
    feed: str
    navigation: tuple[str, ...]
    newsletter: str
    footer: str
    credit: str | None = None
    encoding: str = "utf-8"
    robots: str = "User-agent: *\nAllow: /\n"
    tracking: str = ""
    typographic: bool = False
    drops_datelines: bool = False

    @property
    def source_path(self) -> str:
        """Name the file that lists the outlet's articles."""
        return {"rss": "/rss.xml", "atom": "/atom.xml", "sitemap": "/news-sitemap.xml"}[self.feed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One article as its author wrote it. ``headlines`` and ``local`` are what single outlets replace or insert."""

    publisher: str
    author: str
    section: str
    headline: str
    body: tuple[str, ...]
    description: str = ""
    dateline: str | None = None
    captions: tuple[str, ...] = ()
    headlines: Mapping[str, str] = field(default_factory=dict)
    local: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePage:
    """One page of ``truth.toml``: pages of one cluster are one article; ``rejected`` is set when no article is kept."""

    url: str
    article: str
    kind: str
    published: datetime
    cluster: str | None = None
    rejected: Mapping[str, str] | None = None
    day: int = 1

    @property
    def host(self) -> str:
        """Name the host that serves the page."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueLoss:
    """One link of ``truth.toml`` that never becomes a page, and what is to be recorded of it."""

    url: str
    stage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything the small web carries."""

    pages: tuple[TruePage, ...]
    losses: tuple[TrueLoss, ...]

    def kept(self, day: int = 1) -> tuple[TruePage, ...]:
        """List the pages that are articles, up to and including `day`."""
        return tuple(page for page in self.pages if page.rejected is None and page.day <= day)

    def clusters(self, day: int = 1) -> dict[str, set[str]]:
        """Map each cluster's name to the URLs in it, up to and including `day`."""
        found: dict[str, set[str]] = {}
        for page in self.kept(day):
            found.setdefault(str(page.cluster), set()).add(page.url)
        return found


def load_outlets() -> dict[str, Outlet]:
    """Read ``outlets.toml``, by key."""
    return {key: Outlet(**_frozen(values)) for key, values in _read(HERE / "outlets.toml").items()}


def load_truth() -> Truth:
    """Read ``truth.toml``."""
    raw = _read(HERE / "truth.toml")
    return Truth(
        pages=tuple(TruePage(**page) for page in raw["page"]),
        losses=tuple(TrueLoss(**loss) for loss in raw["loss"]),
    )


def load_texts() -> dict[str, Text]:
    """Read ``articles/*.toml``, by file name; an article with editions gives one text an edition, NAME-EDITION."""
    raw = {path.stem: _read(path) for path in sorted((HERE / "articles").glob("*.toml"))}
    return {name: text for stem, values in raw.items() for name, text in _texts(stem, values, raw).items()}


def _texts(name: str, values: dict[str, Any], raw: Mapping[str, dict[str, Any]]) -> dict[str, Text]:
    editions = values.get("editions")
    if editions is None:
        return {name: _text(values, raw)}
    return {f"{name}-{key}": _text(_edition(values, fields), raw) for key, fields in editions.items()}


def _text(values: dict[str, Any], raw: Mapping[str, dict[str, Any]]) -> Text:
    """Make a text of one file: an update takes over all but the lead of what it updates, a digest others' leads."""
    values = dict(values)
    body = _split(values["body"])
    if base := values.pop("updates", None):
        values = {**raw[base], **values}
        body += _split(raw[base]["body"])[1:]
    body += tuple(f"{raw[name]['headline']}. {_split(raw[name]['body'])[0]}" for name in values.pop("leads_of", ()))
    if closing := values.pop("closing", None):
        body += (closing,)
    return Text(**_frozen({**values, "body": body}))


def _edition(values: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    filled = {key: values[key].format_map(fields) for key in ("headline", "body")}
    return {**{key: value for key, value in values.items() if key != "editions"}, **filled}


def _split(body: str) -> tuple[str, ...]:
    return tuple(body.strip().split("\n\n"))


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the lists of a TOML table into tuples, one level deep in its tables too."""
    return {key: _tuples(value) for key, value in values.items()}


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return _frozen(value)
    return tuple(value) if isinstance(value, list) else value


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
