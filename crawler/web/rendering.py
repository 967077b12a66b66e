"""Templates to pages. Every value that is shown is escaped by Jinja, and made harmless by a filter of ``wording``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from crawler.reports.rendering import environment
from crawler.reports.wording import clean
from crawler.web.serving import serving_of


def page(
    request: Request,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    """Make a page."""
    html = _templates().get_template(template).render(serving=serving_of(request), path=request.url.path, **shown)
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)


def visible(text: str) -> str:
    """Clean a piece of a text, and keep what is between it and the next: a blank, or the end of a paragraph.

    >>> visible("one two\\n\\n"), visible(" three\\x1b ")
    ('one two\\n', 'three ')
    """
    ending = text[len(text.rstrip()) :]
    return clean(text) + ("\n" if "\n" in ending else " " if ending else "")


@cache
def _templates() -> Environment:
    made = environment("crawler.web")
    made.filters["visible"] = visible
    return made
