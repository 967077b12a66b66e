"""Discovery: what a source answered becomes Links. Pure; no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import feeds, jsonfeed, sections, sitemaps
from crawler.sources.discovered import Discovered, select
from crawler.sources.links import Link
from crawler.sources.payload import decode, inflate
from crawler.sources.sections import Shapes

__all__ = ["FORMATS", "Discovered", "Format", "Link", "Shapes", "discover"]

_ANY_SHAPES = Shapes()


@dataclass(frozen=True, slots=True)
class Format:
    """A format of feeds: whether a text is in it, and what a source lists in such a text, found at a URL.

    ``read`` raises SourceError for a text that cannot be read.
    """

    fits: Callable[[str], bool]
    read: Callable[[SourceSpec, str, str], Discovered]


# The first that fits reads a feed or a sitemap, whichever of the two the source is said to be.
FORMATS: tuple[Format, ...] = (
    Format(jsonfeed.is_json, jsonfeed.read),
    Format(sitemaps.is_list, sitemaps.read_list),
    Format(feeds.is_feed, feeds.read),
    Format(lambda text: True, sitemaps.read),
)


def discover(
    spec: SourceSpec, body: bytes, content_type: str | None, url: str, shapes: Shapes = _ANY_SHAPES
) -> Discovered:
    """Return what a source lists, in its order.

    Args:
        content_type: the HTTP header as sent.
        url: where the body was found; relative links start from there.
        shapes: what the addresses of the site's articles look like, for a section page.

    Raises:
        SourceError: the body is not what the source's kind says, or cannot be read.
    """
    if spec.kind == "section":
        listed = sections.read_section(spec.name, body, url, shapes)
        return select("section", listed, lambda link: link, spec.follow)
    text = decode(inflate(body, url), content_type).lstrip("\ufeff")
    found = next(each for each in FORMATS if each.fits(text))
    try:
        return found.read(spec, text, url)
    except SourceError as error:
        raise SourceError(url, f"not a readable {spec.kind}: {error.problem}") from error
