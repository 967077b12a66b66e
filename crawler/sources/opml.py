"""OPML: the subscription lists that feed readers exchange. Pure.

What OPML has no word for (the kind of a source other than a feed, its limits) stands in attributes that other
programs ignore.

Source: http://opml.org/spec2.opml
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, get_args

from lxml import etree
from pydantic import ValidationError

from crawler.config import SourceKind, SourceSpec
from crawler.errors import SourceError
from crawler.sources import xmltree
from crawler.sources.autodiscover import name_for
from crawler.sources.payload import decode, inflate

_OWN = "urn:wirefold:source"
_OWN_FIELDS = ("publisher", "max_links", "poll_every_min", "follow", "priority")
_KINDS = get_args(SourceKind)
_MAX_SOURCES = 10_000
_MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What an OPML file lists, in its order: sources, what could not be used, and how often an address came again."""

    specs: list[SourceSpec]
    errors: list[SourceError]
    doubles: int


def read_opml(body: bytes, where: str) -> Subscriptions:
    """Read the sources of an OPML file, and what of it could not be used.

    Folders are looked into and otherwise ignored; an outline without an address that holds no others is none, and
    could not be used. Of sources with one address the first is taken; a name that is used again gets a number.

    Raises:
        SourceError: it is not OPML at all.
    """
    tree = xmltree.parse(xmltree.bare(decode(inflate(body, where), None)), where, {"opml": "opml"})
    for _ in tree.entries:  # reads it to its end, where the only entry is complete
        pass
    specs: dict[str, SourceSpec] = {}
    errors = [SourceError(where, f"cut short or broken: {problem}")] if (problem := tree.problem()) else []
    names: set[str] = set()
    doubles = 0
    for fields in _outlines(tree.root):
        if fields["url"] in specs:
            doubles += 1
            continue
        if len(specs) == _MAX_SOURCES:
            errors.append(SourceError(where, f"more than {_MAX_SOURCES:,} sources"))
            break
        try:
            spec = _source(fields, names, where)
        except SourceError as error:
            errors.append(error)
        else:
            specs[spec.url] = spec
            names.add(spec.name)
    return Subscriptions(list(specs.values()), errors, doubles)


def write_opml(specs: Iterable[SourceSpec]) -> bytes:
    """Write sources as OPML 2.0."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"wirefold": _OWN})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources of Wirefold"
    body = etree.SubElement(root, "body")
    for spec in specs:
        outline = etree.SubElement(body, "outline", {"type": "rss", "text": spec.name, "xmlUrl": spec.url})
        if spec.kind != "feed":
            outline.set("type", spec.kind)
        if spec.language is not None:
            outline.set("language", spec.language)
        for name in _OWN_FIELDS:
            if (value := getattr(spec, name)) is not None:
                outline.set(f"{{{_OWN}}}{name}", str(value))
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _outlines(root: Any) -> Iterator[dict[str, str]]:
    """Yield the fields of each outline that is no mere folder; "url" is empty where it has no address.

    Programs spell "xmlUrl" in many ways.
    """
    for element in root.iter("{*}outline"):
        own = {name: value for name in _OWN_FIELDS if (value := element.get(f"{{{_OWN}}}{name}")) is not None}
        plain = {name.lower(): value for name, value in element.attrib.items()}
        url = _web_address(plain.get("xmlurl") or plain.get("url") or "")
        if url or element.find("{*}outline") is None:
            kind = plain.get("type", "").lower()
            fields = {"url": url, "kind": kind if kind in _KINDS else "feed", "name": _name(plain), **own}
            yield fields | ({"language": plain["language"]} if plain.get("language") else {})


def _web_address(url: str) -> str:
    """Undo the scheme by which browsers opened feed readers.

    >>> _web_address("feed://a.example/rss"), _web_address("feed:https://a.example/rss")
    ('http://a.example/rss', 'https://a.example/rss')
    """
    url = url.strip()
    if url.lower().startswith("feed://"):
        return f"http://{url[7:]}"
    return url[5:] if url.lower().startswith("feed:") else url


def _name(plain: Mapping[str, str]) -> str:
    """Return what the outline calls the source, on one printable line; "" if it does not say."""
    words = " ".join((plain.get("text") or plain.get("title") or "").split())
    return "".join(character for character in words if character.isprintable())[:_MAX_NAME_CHARS].strip()


def _source(fields: Mapping[str, str], taken: set[str], where: str) -> SourceSpec:
    """Make a source under a name that is free. Raises SourceError, which names it and says why it cannot be one."""
    if not fields["url"]:
        raise SourceError(where, f'source "{fields["name"]}": no xmlUrl')
    try:
        return SourceSpec.model_validate({**fields, "name": _free(fields, taken)})
    except ValidationError as error:
        raise SourceError(where, _problem(fields, error)) from error


def _free(fields: Mapping[str, str], taken: set[str]) -> str:
    name = fields["name"] or name_for(fields["url"], None, taken)
    return next(free for number in count(1) if (free := f"{name} {number}" if number > 1 else name) not in taken)


def _problem(fields: Mapping[str, str], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    return f'source "{fields["name"] or fields["url"][:_MAX_NAME_CHARS]}": {first["loc"][0]}: {message}'
