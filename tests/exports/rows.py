"""Articles to export, one of them meant to harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from storage.types import ONLY_THE_BEGINNING, Article, ExportRow, Role

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = '=1+1\x1b[31m </title><script>]]> \u202e\x9b2J & "x"'


def a_row(number: int = 1, **fields: Any) -> ExportRow:
    """Make a row of an article; what is not given follows from ``number``."""
    defaults: dict[str, Any] = {
        "url": f"https://daily.example/{number}",
        "site": "daily.example",
        "source": "daily.example",
        "headline": f"Headline {number}",
        "article_body": f"Body of number {number}.\n\nIts second part.",
    }
    article = Article(**{**defaults, **fields})
    return ExportRow(
        id=number, article=article, date_first_seen=NOON, cluster_id=1, role=Role.CANONICAL, cluster_size=3
    )


FULL = a_row(
    1,
    external_id="x1",
    address="https://www.daily.example/1",
    canonical_url="https://wire.example/1",
    description="A boat sank.",
    authors=("Ada Byron", "O'Neil, Bo"),
    publisher="Daily",
    source_organization="Reuters",
    credit_text="Reuters",
    dateline="HARBOUR",
    date_published=NOON.astimezone(timezone(timedelta(hours=2))),
    date_published_raw="2026-03-01T14:00:00+02:00",
    date_modified=NOON + timedelta(hours=1),
    date_modified_raw="1 March, 13:00",
    in_language="en-GB",
    article_section="Sea",
    keywords=("ferry", "harbour"),
    main_image="https://daily.example/1.jpg",
    is_accessible_for_free=False,
    is_based_on="https://wire.example/1",
    opt_outs=("noai",),
    extra={"desk": "night", "image": {"width": 3}},
    provenance={"headline": "json-ld"},
    notes=(ONLY_THE_BEGINNING, "furniture: byline, date"),
)
HARMFUL = a_row(
    2,
    url="https://daily.example/ä b?<x>",
    headline=HOSTILE,
    article_body=HOSTILE,
    description=HOSTILE,
    authors=(HOSTILE,),
    source_organization=HOSTILE,
    keywords=(HOSTILE,),
    article_section=HOSTILE,
    main_image="javascript:alert(1)",
)
ROWS = (FULL, HARMFUL, a_row(3, headline=""))
