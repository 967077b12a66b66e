"""Asks newspaper4k, news-please, readability-lxml and resiliparse about pages: lines of JSON in, lines of JSON out.

It runs in the peers' environment (`make peers`) and knows nothing of Wirefold; ``benchmarks.extraction`` starts it.
"""

import json
import logging
import sys
import time
import warnings

from lxml import html
from newspaper import Article
from newsplease import NewsPlease
from readability import Document
from resiliparse.extract.html2text import extract_plain_text


def newspaper4k(url, page):
    article = Article(url, fetch_images=False)
    article.download(input_html=page)
    article.parse()
    return _row(article.text, article.title, article.authors, article.publish_date)


def news_please(url, page):
    article = NewsPlease.from_html(page, url=url, fetch_images=False)
    return _row(article.maintext, article.title, article.authors, article.date_publish)


def readability(_, page):
    summary = html.fromstring(Document(page).summary())
    return {"body": "\n".join(line for line in summary.itertext() if line.strip())}


def resiliparse(_, page):
    return {"body": extract_plain_text(page, main_content=True)}


def _row(body, headline, authors, published):
    when = published.isoformat() if hasattr(published, "isoformat") else None
    return {"body": body or "", "headline": headline or "", "authors": authors or [], "published": when}


METHODS = {
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def ask(method, row):
    started = time.process_time()
    try:
        found = method(row["url"], row["html"])
    except Exception as error:  # a peer that fails on a page has found nothing on it
        print(f"{row['url']}: {error!r}", file=sys.stderr)
        found = {}
    return found | {"cpu_s": time.process_time() - started}


def main():
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
