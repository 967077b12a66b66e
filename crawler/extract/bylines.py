"""Where a page names its authors and the agency a text is from: texts out of markup, for names and agencies to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import html

from crawler.extract import agencies, jsonld, names
from crawler.extract.evidence import Evidence
from crawler.extract.names import Byline
from crawler.extract.rules import Rule
from crawler.extract.tree import shown_text

Bylines = Callable[[Evidence], list[Byline]]

_AUTHOR_METAS = (
    *("parsely-author", "sailthru.author", "byl", "author"),
    *("dc.creator", "dcterms.creator", "article:author", "og:author"),
)
_SOURCE_METAS = ("dc.source", "source", "news_source")
_AUTHOR_MARKS = ("rel author", "class byline", "class author", "itemprop author")
_SOURCE_MARKS = ("itemprop sourceOrganization", "class source")
_MAX_BYLINES, _MAX_BYLINE_CHARS, _MAX_LABEL_CHARS = 100, 200, 40


def authors(name: str, bylines: Bylines) -> tuple[Rule[tuple[str, ...]], ...]:
    """Make two rules of a place that names authors: for persons and agencies, and for outlets alone."""

    def people(evidence: Evidence) -> tuple[str, ...] | None:
        found = names.signed(bylines(evidence), evidence.outlets)
        return found.everybody if found.people or any(map(agencies.is_name, found.everybody)) else None

    def organisations(evidence: Evidence) -> tuple[str, ...] | None:
        return names.signed(bylines(evidence), evidence.outlets).everybody or None

    return Rule(name, people), Rule(f"{name}, the outlet", organisations)


def agency(name: str, bylines: Bylines) -> Rule[str]:
    """Make the rule of a place that may name the agency a text is from."""

    def named(evidence: Evidence) -> str | None:
        texts = [byline.text for byline in bylines(evidence)[:_MAX_BYLINES]]
        found = (agencies.named(part) for text in texts for part in (text, *names.parts(text)))
        return next((agency for agency in found if agency), None)

    return Rule(name, named)


# -- places -----------------------------------------------------------------------------------------------------------


def ld_authors(evidence: Evidence) -> list[Byline]:
    """Return the authors of the JSON-LD node; a reference ("@id") is looked up among the page's nodes."""
    return _of_node(evidence.article, evidence.by_id)


def microdata_authors(evidence: Evidence) -> list[Byline]:
    """Return the authors of the microdata item."""
    return _of_node(evidence.microdata, {})


def _of_node(node: jsonld.Node, by_id: Mapping[str, jsonld.Node]) -> list[Byline]:
    authors = node.get("author") or node.get("creator")
    listed = authors if isinstance(authors, list) else [authors]
    whole = [
        by_id.get(str(part.get("@id")), part) if isinstance(part, dict) and "name" not in part else part
        for part in listed
    ]
    return [Byline(text, _is_organisation(part), is_field=True) for part in whole for text in jsonld.strings(part)]


def _is_organisation(part: Any) -> bool:
    return isinstance(part, dict) and any(kind.endswith("Organization") for kind in jsonld.types(part))


def meta_authors(evidence: Evidence) -> list[Byline]:
    """Return the contents of the first author element that names anybody; many hold only an address or a desk."""
    listed = ([Byline(text) for text in evidence.metas.get(name, ())] for name in _AUTHOR_METAS)
    outlets = evidence.outlets
    signing = [bylines for bylines in listed if names.signed(bylines, outlets).everybody]
    with_people = (bylines for bylines in signing if names.signed(bylines, outlets).people)
    return next(with_people, signing[0] if signing else [])


def shown_authors(evidence: Evidence) -> list[Byline]:
    """Return the first byline with a person that the page shows, and those that stand with it.

    Innermost elements come first: around them other things are shown. Pages show the bylines of other articles too,
    further away.
    """
    outlets = evidence.outlets
    marked = [element for mark in _AUTHOR_MARKS for element in evidence.marked.get(mark, ())][:_MAX_BYLINES]
    around = {above for element in marked for above in element.iterancestors()}
    listed = [(element, Byline(shown_text(element))) for element in sorted(marked, key=around.__contains__)]
    bylines = [(element, byline) for element, byline in listed if len(byline.text) <= _MAX_BYLINE_CHARS]
    for element, byline in bylines:
        if names.signed([byline], outlets).people:
            return [other for beside, other in bylines if _place(beside) is _place(element)]
    return [byline for _, byline in bylines]


def _place(element: html.HtmlElement) -> html.HtmlElement:
    """Return the element that a list of authors shares: the second one above."""
    above = element.getparent()
    return element if above is None else above if above.getparent() is None else above.getparent()


def ld_sources(evidence: Evidence) -> list[Byline]:
    """Return the organisations that JSON-LD credits besides author and publisher."""
    fields = ("sourceOrganization", "creditText", "copyrightHolder", "provider")
    return [Byline(text) for field in fields for text in jsonld.strings(evidence.article.get(field))]


def meta_sources(evidence: Evidence) -> list[Byline]:
    """Return the contents of every meta element that may name an author or a source."""
    named = (*_AUTHOR_METAS, *_SOURCE_METAS)
    return [Byline(content) for name in named for content in evidence.metas.get(name, ())]


def every_shown_author(evidence: Evidence) -> list[Byline]:
    """Return all bylines that the page shows."""
    return _texts(evidence, _AUTHOR_MARKS, _MAX_BYLINE_CHARS)


def shown_sources(evidence: Evidence) -> list[Byline]:
    """Return the labels beside a dateline that say where a report is from ("AP")."""
    return _texts(evidence, _SOURCE_MARKS, _MAX_LABEL_CHARS)


def _texts(evidence: Evidence, marks: Sequence[str], max_chars: int) -> list[Byline]:
    texts = (text for mark in marks for text in evidence.shown(mark))
    return [Byline(text) for text in texts if len(text) <= max_chars]
