"""Page -> Article or Rejection, in one direction: parse, gather, read metadata, find the body, trim it, judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import html

from crawler import urls
from crawler.extract import agencies, body, declared, evidence, furniture, judge, language, metadata, region, rules
from crawler.extract.blocks import Block, text_of
from crawler.extract.evidence import Evidence
from crawler.extract.furniture import Trimmed
from crawler.extract.furniture_rules import Context, plain
from crawler.extract.overrides import Override
from crawler.extract.overriding import Overriding
from crawler.extract.page import Page
from crawler.extract.region import Region
from crawler.extract.rules import Found
from crawler.extract.tree import Refused, parse, parse_again
from storage.types import ONLY_THE_BEGINNING, Article, Rejection, Stage

_ENGLISH = "en"
"""In English the lead opens the text, and a standfirst above it repeats it; elsewhere papers print the lead itself
there (Vorspann, chapô, entradilla, ingress). Source: article-bodies and publishers (313 pages)."""


def extract(page: Page, override: Override | None = None) -> Article | Rejection:
    """Return the article on the page, or why there is none. Pure: no network, no clock, nothing kept between pages.

    ``override`` is the publisher's, of which only this page's time says whether it holds.
    """
    try:
        return _read(page, override)
    except Refused as refused:
        source = page.source or urls.site_of(page.url)
        return Rejection(
            url=urls.identity(page.url),
            source=source,
            stage=Stage.EXTRACT,
            reason=refused.reason,
            detail=refused.detail,
        )


def _read(page: Page, override: Override | None) -> Article:
    """Read the page; if its tree holds little text, look whether the parser lost some."""
    tree = parse(page)
    try:
        return _article(page, tree, override)
    except Refused as refused:
        again = parse_again(page, tree) if refused.reason == "too-short" else None
        if again is None:
            raise
        return _article(page, again, override)


def _article(page: Page, tree: html.HtmlElement, override: Override | None) -> Article:
    found = evidence.gather(page, tree)
    fixed = Overriding(override, found)
    fields = metadata.read(found, fixed.rules)
    own = fixed.body()  # before anything is cut out of the tree: it drops elements
    place = region.find(found.tree)
    whole = own or body.find(found, place)
    untrimmed = text_of(whole.value)
    fields |= _language(fields, untrimmed, fixed.notes)
    trimmed = _trimmed(found, fields, place, whole.value)
    lead = body.lead(found, place, trimmed.blocks) if own is None and _value(fields, "in_language") != _ENGLISH else []
    text, lines = text_of([*lead, *trimmed.blocks]), [block.text for block in whole.value]
    notes = judge.check(found, text, _value(fields, "is_accessible_for_free"), lines)
    if ONLY_THE_BEGINNING in notes:
        fields.setdefault("is_accessible_for_free", Found(False, "paywall in the text"))
    taken = [f"furniture: {', '.join(trimmed.rules)}"] if trimmed.rules else []
    fields["article_body"] = Found(text, whole.rule)
    fields |= _from_text(fields, untrimmed, text)
    return Article(
        **_identity(page, fields),
        **{"headline": ""} | {field: value.value for field, value in fields.items()},
        opt_outs=rules.opt_outs(found),
        provenance={field: value.rule for field, value in fields.items()},
        notes=(*notes, *fixed.notes, *taken),
    )


def _value(fields: Mapping[str, Found[Any]], field: str) -> Any:
    return fields[field].value if field in fields else None


def _trimmed(found: Evidence, fields: Mapping[str, Found[Any]], place: Region, blocks: Sequence[Block]) -> Trimmed:
    context = Context(
        titles=metadata.titles(found),
        authors=_value(fields, "authors") or (),
        links=region.link_texts(place.tree, urls.site_of(found.url)),
        declared=plain(text_of(declared.text(found.article))),
    )
    return furniture.trim(blocks, context)


def _identity(page: Page, fields: Mapping[str, Found[Any]]) -> dict[str, Any]:
    url, address = urls.claimed(page.url, _value(fields, "canonical_url")), urls.address(page.url)
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


def _language(fields: Mapping[str, Found[Any]], text: str, notes: list[str]) -> dict[str, Found[Any]]:
    """Believe the text where it contradicts the page: templates say "en" whatever is written in them."""
    said, seen = fields.get("in_language"), language.detected(text)
    if seen is None or (said and not language.disagree(said.value, seen)):
        return {}
    if said and language.detected(text[len(text) // 2 :]) not in (seen, None):  # it may open with a quotation
        return {}
    if said:
        notes.append(f"language-disagrees: declared {said.value}, detected {seen}")
    return {"in_language": Found(seen, "letters of the text")}
