"""Asks newspaper4k, news-please, readability-lxml and resiliparse about pages: lines of JSON in, lines of JSON out.

It runs in the peers' environment (`make peers`) and knows nothing of Wirefold; ``benchmarks.extraction`` starts it.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from lxml import html
from newspaper import Article
from newsplease import NewsPlease
from readability import Document
from resiliparse.extract.html2text import extract_plain_text


def newspaper4k(url: str, page: str) -> dict[str, Any]:
    article = Article(url, fetch_images=False)
    article.download(input_html=page)
    article.parse()
    return _row(article.text, article.title, article.authors, article.publish_date)


def news_please(url: str, page: str) -> dict[str, Any]:
    article = NewsPlease.from_html(page, url=url, fetch_images=False)
    return _row(article.maintext, article.title, article.authors, article.date_publish)


def readability(_: str, page: str) -> dict[str, Any]:
    summary = html.fromstring(Document(page).summary())
    return {"body": "\n".join(line for line in summary.itertext() if line.strip())}


def resiliparse(_: str, page: str) -> dict[str, Any]:
    return {"body": extract_plain_text(page, main_content=True)}


def _row(body: str, headline: str, authors: list[str], published: Any) -> dict[str, Any]:
    when = published.isoformat() if hasattr(published, "isoformat") else None
    return {"body": body or "", "headline": headline or "", "authors": authors or [], "published": when}


METHODS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def ask(method: Callable[[str, str], dict[str, Any]], row: dict[str, str]) -> dict[str, Any]:
    started = time.process_time()
    try:
        found = method(row["url"], row["html"])
    except Exception as error:  # noqa: BLE001  a peer that fails on a page has found nothing on it
        print(f"{row['url']}: {error!r}", file=sys.stderr)
        found = {}
    return found | {"cpu_s": time.process_time() - started}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    for number, line in enumerate(sys.stdin):
        row = json.loads(line)
        if not number:
            for method in METHODS.values():
                ask(method, row)  # what is loaded once is not the page's
        print(json.dumps({name: ask(method, row) for name, method in METHODS.items()}))


if __name__ == "__main__":
    main()
