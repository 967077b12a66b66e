"""Publisher fixes as data: what a site's own habits need beyond the ordinary rules, one TOML file for each.

``publishers/`` beside this module has those that come with Wirefold; an operator's folder goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from cssselect import HTMLTranslator, SelectorError
from lxml import etree, html
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawler import config, urls
from crawler.errors import ConfigError
from crawler.extract.page import Page

PACKAGED = Path(__file__).with_name("publishers")
SELECTED = ("body", "authors", "headline", "date_published")
"""The fields that a selector can give."""

_MAX_CHARS = 1_000
_HOST = re.compile(r"(?!www\.)(?:[a-z0-9-]+\.)+[a-z0-9-]+")


def compiled(selector: str) -> etree.XPath:
    """Make a CSS selector, or an XPath that begins with "/" or "(", ready to be asked.

    Raises:
        ValueError: it is neither.
    """
    try:
        path = selector if selector.startswith(("/", "(")) else HTMLTranslator().css_to_xpath(selector)
        return etree.XPath(path)
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise ValueError(f"not a selector: {selector!r}: {error}") from error


def _selector(text: str) -> str:
    """Refuse what is no selector, cannot be asked, or gives a number or a truth."""
    try:
        found = compiled(text)(html.document_fromstring("<p></p>"))
    except etree.XPathError as error:
        raise ValueError(f"not a selector: {text!r}: {error}") from error
    if not isinstance(found, list | str):
        raise ValueError(f"selects no elements, attributes or text: {text!r}")  # noqa: TRY004 - pydantic takes ValueError
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("must be a host in small letters without www., such as example.com")
    return text


Selector = Annotated[str, Field(max_length=_MAX_CHARS), AfterValidator(_selector)]


class Override(BaseModel):
    """One publisher's fix. It holds for pages of ``site`` and its subdomains fetched from ``since`` to ``valid_until``.

    Both days are within the span (UTC); ``why`` names the habit that makes it needed. ``drop`` is taken out of the page
    before its body is read. The other fields select what gives an article's fields of the same names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: Annotated[str, AfterValidator(_host)]
    why: Annotated[config.Line, Field(min_length=1)]
    since: date | None = None
    valid_until: date | None = None
    body: Selector | None = None
    authors: Selector | None = None
    headline: Selector | None = None
    date_published: Selector | None = None
    drop: tuple[Selector, ...] = ()

    @model_validator(mode="after")
    def _does_something(self) -> Override:
        if not self.drop and not any(getattr(self, name) for name in SELECTED):
            raise ValueError(f"selects nothing: give one of {', '.join(SELECTED)} or drop")
        if self.since and self.valid_until and self.since > self.valid_until:
            raise ValueError("since is after valid_until")
        return self

    def is_for(self, site: str) -> bool:
        """Return whether a host without ``www.`` is the site or below it."""
        return site == self.site or site.endswith(f".{self.site}")

    def not_in_force(self, at: datetime) -> str | None:
        """Say why the override does not hold for pages fetched at that time, None if it does."""
        day = at.astimezone(UTC).date()
        if self.valid_until and day > self.valid_until:
            return f"lapsed, it was valid until {self.valid_until}"
        if self.since and day < self.since:
            return f"does not hold yet, only since {self.since}"
        return None


@dataclass(frozen=True, slots=True)
class Overrides:
    """All publisher fixes in the order in which they are looked through."""

    listed: tuple[Override, ...] = ()

    def of(self, page: Page) -> Override | None:
        """Return the override for the page: the first that holds, else the first that lapsed or is still to come."""
        site = urls.site_of(page.url)
        own = [override for override in self.listed if override.is_for(site)]
        in_force = (override for override in own if override.not_in_force(page.fetched_at) is None)
        return next(in_force, own[0] if own else None)


NO_OVERRIDES = Overrides()


def load(folder: Path | None = None) -> Overrides:
    """Read the operator's folder, if there is one, and the packaged one after it.

    Raises:
        ConfigError: the folder is none, or a file in it is no override; it names file and field.
    """
    if folder is not None and not folder.is_dir():
        raise ConfigError(folder, "", "no such folder (extract.overrides)")
    folders = [PACKAGED] if folder is None else [folder, PACKAGED]
    return Overrides(tuple(override for each in folders for override in _read(each)))


def _read(folder: Path) -> Sequence[Override]:
    """Read a folder's overrides, those of the most particular hosts first, then by file name."""
    found = [config.read_as(Override, path) for path in sorted(folder.glob("*.toml"))]
    return sorted(found, key=lambda override: -override.site.count("."))
