"""Page -> Article or Rejection, in one direction: parse, gather, read metadata, find the body, trim it, judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler import urls
from crawler.extract import agencies, body, evidence, furniture, judge, metadata, rules
from crawler.extract.overrides import Override
from crawler.extract.overriding import Overriding
from crawler.extract.page import Page
from crawler.extract.rules import Found
from crawler.extract.tree import Refused, parse
from storage.types import Article, Rejection, Stage


def extract(page: Page, override: Override | None = None) -> Article | Rejection:
    """Return the article on the page, or why there is none. Pure: no network, no clock, nothing kept between pages.

    ``override`` is the publisher's, of which only this page's time says whether it holds.
    """
    try:
        return _article(page, override)
    except Refused as refused:
        source = page.source or urls.site_of(page.url)
        return Rejection(
            url=urls.identity(page.url),
            source=source,
            stage=Stage.EXTRACT,
            reason=refused.reason,
            detail=refused.detail,
        )


def _article(page: Page, override: Override | None) -> Article:
    found = evidence.gather(page, parse(page))
    fixed = Overriding(override, found)
    fields = metadata.read(found, fixed.rules)
    whole = fixed.body() or body.text_of(found)
    authors = fields["authors"].value if "authors" in fields else ()
    text = furniture.trim(whole.value, furniture.Context(metadata.titles(found), authors))
    judge.check(found, text)
    fields["article_body"] = Found(text, whole.rule)
    fields |= _from_text(fields, whole.value, text)
    return Article(
        **_identity(page, fields),
        **{"headline": ""} | {field: value.value for field, value in fields.items()},
        opt_outs=rules.opt_outs(found),
        provenance={field: value.rule for field, value in fields.items()},
        notes=tuple(fixed.notes),
    )


def _identity(page: Page, fields: Mapping[str, Found[Any]]) -> dict[str, Any]:
    claim = fields.get("canonical_url")
    url, address = urls.claimed(page.url, claim.value if claim else None), urls.address(page.url)
    site = urls.site_of(url)
    return {"url": url, "address": address if address != url else None, "site": site, "source": page.source or site}


def _from_text(fields: Mapping[str, Found[Any]], whole: str, text: str) -> dict[str, Found[Any]]:
    """Read dateline, agency and credit line out of the text; its signature goes before what markup says."""
    found: dict[str, Found[Any]] = {}
    dateline = agencies.dateline(text)
    if dateline:
        found["dateline"] = Found(dateline.text, "first line")
    if agency := agencies.signed(whole):
        found["source_organization"] = Found(agency, "sign in the text")
    elif dateline and dateline.agency and "source_organization" not in fields:
        found["source_organization"] = Found(dateline.agency, "dateline")
    if "credit_text" not in fields and (credit := agencies.credit_line(whole)):
        found["credit_text"] = Found(credit, "last lines")
    return found
