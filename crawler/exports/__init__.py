"""Articles in the forms that other programs read: one module per family of forms. Pure: rows in, bytes out.

Rows come one at a time and are written as they come, so that an export of any size takes no more memory than a batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import BinaryIO

from crawler.exports.feeds import Channel, write_json_feed, write_rss
from crawler.exports.lines import write_json_lines
from crawler.exports.ninjs import write_ninjs
from crawler.exports.tables import write_csv, write_parquet
from storage.types import ExportRow

__all__ = ["Channel", "Form", "write"]


class Form(StrEnum):
    """How articles are written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    NINJS = "ninjs"
    RSS = "rss"
    JSON_FEED = "jsonfeed"

    @property
    def is_feed(self) -> bool:
        """Say whether it lists what is new, each article once and without its text."""
        return self in (Form.RSS, Form.JSON_FEED)


_WRITERS = {
    Form.JSONL: write_json_lines,
    Form.CSV: write_csv,
    Form.PARQUET: write_parquet,
    Form.NINJS: write_ninjs,
}
_FEEDS = {Form.RSS: write_rss, Form.JSON_FEED: write_json_feed}


def write(rows: Iterable[ExportRow], form: Form, file: BinaryIO, channel: Channel, *, texts: bool) -> None:
    """Write articles; only feeds have a channel, and they have no texts."""
    if form in _FEEDS:
        _FEEDS[form](rows, file, channel)
    else:
        _WRITERS[form](rows, file, texts=texts)
