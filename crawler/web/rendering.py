"""Templates to pages. Every value that is shown is escaped by Jinja, and made harmless by a filter of ``wording``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.reports import wording
from crawler.reports.difference import COMPARED_WORDS
from crawler.web.serving import serving_of

_FILTERS = (
    wording.brief,
    wording.clean,
    wording.lapse,
    wording.link,
    wording.moment,
    wording.percent,
    wording.plural,
    wording.relation,
    wording.sentence,
)


def page(
    request: Request,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    """Make a page."""
    html = _environment().get_template(template).render(serving=serving_of(request), path=request.url.path, **shown)
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)


def visible(text: str) -> str:
    """Clean a piece of a text, and keep what is between it and the next: a blank, or the end of a paragraph.

    >>> visible("one two\\n\\n"), visible(" three\\x1b ")
    ('one two\\n', 'three ')
    """
    ending = text[len(text.rstrip()) :]
    return wording.clean(text) + ("\n" if "\n" in ending else " " if ending else "")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("crawler.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {word.__name__: word for word in (*_FILTERS, visible)}
    environment.globals |= {"compared_words": COMPARED_WORDS}
    return environment
