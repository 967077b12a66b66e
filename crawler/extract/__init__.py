"""Extraction: a Page becomes an Article, or a Rejection that says why. Pure; each module says what it contributes."""

from crawler.extract.extractor import extract
from crawler.extract.page import Page

__all__ = ["Page", "extract"]
