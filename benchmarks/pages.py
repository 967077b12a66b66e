"""How soon pages come from a store, one after the other, when they are asked for the second time.

Asks for pages of each kind many times, with other words, articles and clusters of the store, and prints percentiles:

    .venv/bin/python -m benchmarks.pages store.sqlite
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence

from fastapi.testclient import TestClient

from crawler.web.app import create_app
from crawler.web.serving import Serving
from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery

_ASKED = 60  # pages of each kind


def paths(store: Store, chance: random.Random) -> dict[str, list[str]]:
    """Draw the pages of each kind to ask for."""
    queries = Queries(store)
    last = queries.articles(ArticleQuery(role=None, limit=1))[0].id
    articles = [chance.randint(1, last) for _ in range(_ASKED)]
    clusters = [row.id for row in queries.clusters_of(articles).values()]
    words = [chance.choice(text.split()) for _, text in queries.texts(articles).values()]
    large = [*queries.clusters(limit=_ASKED // 3)]
    return {
        "front page": ["/"] * _ASKED,
        "search": [f"/?q={word}" for word in words],
        "search, best first": [f"/?q={word}&sort=relevance" for word in words],
        "search of a language": [f"/?q={word}&lang=en&role=any" for word in words],
        "article": [f"/articles/{each}" for each in articles],
        "cluster": [f"/clusters/{each}" for each in clusters],
        "largest clusters": [f"/clusters/{row.id}" for row in large],
        "pair": [f"/pairs/{row.id}/{row.members[-1].id}" for row in large],
        "review": ["/review"] * _ASKED,
        "decisions": ["/decisions"] * _ASKED,
        "API: articles": [f"/api/v1/articles?q={word}" for word in words],
        "API: clusters": [f"/api/v1/clusters?after=2-{each}" for each in clusters],
        "API: edges": [f"/api/v1/edges?after={each}-0" for each in articles],
    }


def measure(asked: TestClient, addresses: Sequence[str]) -> list[float]:
    """Return how many ms each page takes, in ascending order, when it is asked for the second time."""
    times_ms = []
    for address in addresses:
        for _ in range(2):
            began = time.perf_counter()
            answer = asked.get(address)
            took_ms = 1_000 * (time.perf_counter() - began)
            answer.raise_for_status()
        times_ms.append(took_ms)
    return sorted(times_ms)


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("store", help="a file, or an SQLAlchemy URL")
    chosen = options.parse_args()
    with Store.open(chosen.store, create=False) as store:
        drawn = paths(store, random.Random(1))
    app = create_app(Serving(location=chosen.store, allow_decisions=True))
    print(f"{'ms':<24}{'median':>8}{'95 %':>8}{'most':>8}")
    with TestClient(app, base_url="http://localhost") as asked:
        for name, addresses in drawn.items():
            found = measure(asked, addresses)
            at_95 = found[min(len(found) - 1, round(0.95 * len(found)))]
            print(f"{name:<24}{statistics.median(found):>8.0f}{at_95:>8.0f}{found[-1]:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
