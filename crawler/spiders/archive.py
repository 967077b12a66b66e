"""Reads what others have fetched or extracted: WARC files, JSON Lines, Parquet."""

from crawler.spiders.records import read_records, to_article
from crawler.spiders.warc import read_warc

__all__ = ["read_records", "read_warc", "to_article"]
