"""Reports: rows from ``storage.queries`` as pages for a person; one module per report, its template beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Format(StrEnum):
    """What a report is written as, and the module that writes it, which is loaded when asked for.

    It has ``render(summary, texts, trace, *, max_clusters)``, which may ask for the texts of articles and for the
    provenance of a cluster, and, for where nobody says how many, ``MAX_CLUSTERS``.
    """

    module: str

    def __new__(cls, name: str, module: str) -> Self:
        made = str.__new__(cls, name)
        made._value_, made.module = name, f"crawler.reports.{module}"
        return made

    HTML = "html", "clusters"
    MD = "md", "markdown"
