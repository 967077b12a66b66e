"""Reads what others have fetched or extracted: WARC files, saved HTML files, lists of URLs, JSON Lines, Parquet."""

from crawler.spiders.kinds import Kind, Survey, kind_of, look_into, read_urls
from crawler.spiders.records import read_records, reject_record, to_article
from crawler.spiders.saved import NO_URL, SavedFile, read_saved
from crawler.spiders.streams import begins_record
from crawler.spiders.warc import MAX_PAGE_BYTES, read_captures, read_warc

__all__ = [
    "MAX_PAGE_BYTES", "NO_URL", "Kind", "SavedFile", "Survey", "begins_record", "kind_of", "look_into",
    "read_captures", "read_records", "read_saved", "read_urls", "read_warc", "reject_record", "to_article",
]  # fmt: skip
