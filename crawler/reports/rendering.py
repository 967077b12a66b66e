"""How templates are filled in: every value is escaped, and filters of ``wording`` make it harmless."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from crawler.reports import wording
from crawler.reports.difference import COMPARED_WORDS

_FILTERS = (
    wording.brief,
    wording.clean,
    wording.lapse,
    wording.link,
    wording.loss,
    wording.moment,
    wording.percent,
    wording.plural,
    wording.relation,
    wording.sentence,
)


def environment(package: str = "crawler.reports") -> Environment:
    """Give the templates of a package, and those that it shares with reports."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("crawler.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {word.__name__: word for word in _FILTERS}
    made.globals |= {"compared_words": COMPARED_WORDS}
    return made
