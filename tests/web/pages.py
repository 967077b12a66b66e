"""The small web's files on one day: every page, feed, sitemap and robots.txt, by host and path."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.web import content, copies
from tests.web.content import HERE, Outlet, TruePage, Truth

Key = tuple[str, str]

_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "sitemap": "application/xml"}
_EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
_RELATED = 4


@dataclass(frozen=True, slots=True)
class Resource:
    """What one URL answers with."""

    body: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        """Return the entity tag, quoted as HTTP wants it."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class Listed:
    """One article as an outlet lists it: in its feed and beside its other articles."""

    url: str
    path: str
    published: datetime
    copy: copies.Copy
    kind: str

    @property
    def teaser(self) -> str:
        """Return the first words of the article."""
        return " ".join(self.copy.body[0].split()[:24]) + " ..."


def build(day: int) -> dict[Key, Resource]:
    """Return everything there is to fetch on `day`, by (host, path)."""
    outlets, truth = content.load_outlets(), content.load_truth()
    listed = _listed(truth, outlets, day)
    site: dict[Key, Resource] = {}
    for key, outlet in outlets.items():
        site |= _outlet(outlet, listed[key], [loss.url for loss in truth.losses])
    return site


def _listed(truth: Truth, outlets: dict[str, Outlet], day: int) -> dict[str, list[Listed]]:
    """Return what each outlet carries, newest first."""
    texts = content.load_texts()
    keys = {outlet.host: key for key, outlet in outlets.items()}
    found: dict[str, list[Listed]] = {key: [] for key in outlets}
    for page in sorted(truth.pages, key=lambda page: page.published, reverse=True):
        if page.day <= day:
            key = keys[page.host]
            found[key].append(_entry(page, copies.make(texts[page.article], page.kind, key, outlets, page.published)))
    return found


def _entry(page: TruePage, copy: copies.Copy) -> Listed:
    return Listed(url=page.url, path=urlsplit(page.url).path, published=page.published, copy=copy, kind=page.kind)


def _outlet(outlet: Outlet, listed: list[Listed], losses: Iterable[str]) -> dict[Key, Resource]:
    lost = [urlsplit(url) for url in losses if urlsplit(url).netloc == outlet.host]
    files = {entry.path: _page(outlet, entry, listed) for entry in listed}
    files[outlet.source_path] = _source(outlet, listed, [parts.geturl() for parts in lost])
    files |= {parts.path: found for parts in lost if (found := _decoy(parts.path))}
    if outlet.robots:
        files["/robots.txt"] = Resource(outlet.robots.encode(), "text/plain", _EPOCH)
    return {(outlet.host, path): resource for path, resource in files.items()}


def _page(outlet: Outlet, entry: Listed, listed: list[Listed]) -> Resource:
    related = [other for other in listed if other is not entry and other.published <= entry.published][:_RELATED]
    template = "login.html" if entry.kind == "login" else outlet.template
    html = _render(template, {"outlet": outlet, "entry": entry, "copy": entry.copy, "related": related})
    # Latin-1 has no dashes or curly quotation marks: as on real old sites, these become character references.
    body = html.encode(outlet.encoding, errors="xmlcharrefreplace")
    return Resource(body, "text/html" if outlet.encoding != "utf-8" else "text/html; charset=utf-8", entry.published)


def _source(outlet: Outlet, listed: list[Listed], lost: list[str]) -> Resource:
    modified = listed[0].published
    xml = _render(f"{outlet.feed}.xml", {"outlet": outlet, "listed": listed, "lost": lost, "modified": modified})
    return Resource(xml.encode(outlet.encoding, errors="xmlcharrefreplace"), _TYPES[outlet.feed], modified)


def _decoy(path: str) -> Resource | None:
    """Return what stands at a path that never becomes an article: a document, a closed section, or nothing."""
    if path.endswith(".pdf"):
        return Resource(b"%PDF-1.4\n%%EOF\n", "application/pdf", _EPOCH)
    if path.startswith("/members/"):
        return Resource(b"<html><body><p>For members only.</p></body></html>", "text/html", _EPOCH)
    return None


def _render(template: str, values: Mapping[str, object]) -> str:
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"rfc822": format_datetime, "iso": lambda time: time.isoformat().replace("+00:00", "Z")}
    return environment
