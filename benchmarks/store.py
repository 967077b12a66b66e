"""How fast a store answers and takes articles in, and how large it is, as it grows: on SQLite and PostgreSQL.

Makes SQLite stores of synthetic articles, put and judged as any others (more than an hour for a million), and copies
each to PostgreSQL. Asks pages of 20 rows, each question many times with other words, sources and articles, and counts
when it is asked again: then everything is in memory, as far as that goes. A million need 8 GB on each database:

    .venv/bin/python -m benchmarks.store                                         # 10,000 and 100,000
    .venv/bin/python -m benchmarks.store --articles 10000 100000 1000000 --folder /somewhere/large

PostgreSQL is a private server of the tests, unless WIREFOLD_TEST_POSTGRES names one. Stores on SQLite are kept in the
folder for the next time; each run adds a few thousand articles to them.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.dedupe_index import NEW, judge, make_store
from benchmarks.dedupe_speed import put
from benchmarks.synthetic import World, site_of, word
from crawler.jobs import Silent
from crawler.jobs.dedupe import deduplicate
from storage import copying
from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery
from tests import postgres

_ASKED = 100  # times each question
_ROUNDS = 3
_PAGE = 20
# ranks of words by their frequency: of the first there are some in every article
_COMMON, _MIDDLING, _RARE = range(20, 120), range(1000, 3000), range(20_000, 40_000)

Ask = Callable[[Queries], object]
Question = Callable[[random.Random, World], Ask]
Figures = dict[str, float]


def _articles(query: Callable[[random.Random, World], ArticleQuery]) -> Question:
    def draw(chance: random.Random, world: World) -> Ask:
        drawn = query(chance, world)
        return lambda queries: queries.articles(drawn)

    return draw


def _search(words: str, *ranks: range) -> Question:
    return _articles(
        lambda chance, _: ArticleQuery(words=words.format(*(word(chance.choice(each)) for each in ranks)), limit=_PAGE)
    )


def _show(chance: random.Random, world: World) -> Ask:
    number = chance.randint(1, world.articles)
    return lambda queries: queries.article(str(number))


QUESTIONS: Mapping[str, Question] = {
    "the newest": _articles(lambda chance, world: ArticleQuery(limit=_PAGE)),
    "of a source": _articles(lambda chance, world: ArticleQuery(source=site_of(world, chance.random()), limit=_PAGE)),
    "with a common word": _search("{}", _COMMON),
    "with a middling word": _search("{}", _MIDDLING),
    "with a rare word": _search("{}", _RARE),
    "with two words": _search("{} {}", _MIDDLING, _COMMON),
    "with a phrase of common words": _search('"{} {}"', _COMMON, _COMMON),
    "with a phrase of middling words": _search('"{} {}"', _MIDDLING, _MIDDLING),
    "without a common word": _search("-{}", _COMMON),
    "with a prefix of three letters": _search("{:.3}*", _MIDDLING),
    "the largest clusters": lambda chance, world: lambda queries: list(queries.clusters(limit=_PAGE)),
    "one article": _show,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument(
        "--articles", type=int, nargs="+", default=[10_000, 100_000], help="sizes of stores, ascending"
    )
    options.add_argument("--folder", type=Path, help="where stores on SQLite are kept for the next time")
    chosen = options.parse_args()
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        server = stack.enter_context(postgres.server())
        measured = [measure(World(articles=articles), folder, server) for articles in chosen.articles]
    for database in measured[0]:
        print_table(database, chosen.articles, [figures[database] for figures in measured])


def measure(world: World, folder: Path, server: str | None) -> dict[str, Figures]:
    """Make stores of a size and return what is found of each database."""
    path = folder / f"store-{world.articles}.sqlite"
    make_store(path, world, judge)
    found: dict[str, Figures] = {}
    with ExitStack() as stack:
        sqlite = stack.enter_context(Store.open(str(path)))
        stores = {"SQLite": sqlite}
        if server is None:
            print(postgres.NOT_FOUND)
        else:
            url = stack.enter_context(postgres.schema(server, f"benchmark_{world.articles}"))
            stores["PostgreSQL"] = stack.enter_context(Store.open(url))
            copied_s = timed(lambda: copying.copy(sqlite, stores["PostgreSQL"], lambda _: None))
            print(f"  {world.articles:,} copied to PostgreSQL in {copied_s:.0f} s", flush=True)
        for database, store in stores.items():
            found[database] = {**sizes(store), **answers(store, world), **intake(store, world)}
    return found


def answers(store: Store, world: World) -> Figures:
    """Return the 95th percentile of each question's times in ms, when it is asked for the second time."""
    found: Figures = {}
    gc.freeze()  # as `wirefold serve` does
    for name, question in QUESTIONS.items():
        chance = random.Random(name)
        asked = [question(chance, world) for _ in range(_ASKED)]
        for ask in asked:
            ask(Queries(store))
        taken = [timed(lambda ask=ask: ask(Queries(store))) for ask in asked]  # type: ignore[misc]
        found[f"{name}, ms"] = 1000 * statistics.quantiles(taken, n=20)[-1]
    return found


def intake(store: Store, world: World) -> Figures:
    """Return how many seconds it takes to put, and to judge, new articles: the median of some rounds."""
    puts, judgements = [], []
    for _ in range(_ROUNDS):
        new = list(world.made(Queries(store).totals().articles, NEW))
        puts.append(timed(lambda new=new: put(store, new)))  # type: ignore[misc]
        judgements.append(timed(lambda: deduplicate(store, Silent())))
    put_s, judged_s = statistics.median(puts), statistics.median(judgements)
    return {f"{NEW:,} put, s": put_s, f"{NEW:,} judged, s": judged_s, f"{NEW:,} put and judged, s": put_s + judged_s}


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that work takes on the clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# -- sizes ------------------------------------------------------------------------------------------------------------


def sizes(store: Store) -> Figures:
    """Return the bytes an article: texts as they are, the index of their words, and all the rest of the tables."""
    articles = Queries(store).totals().articles
    with store.reading() as connection:
        measure = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
        total, texts, words = measure(connection)
    return {
        "texts, bytes": texts / articles,
        "index of words, bytes": words / articles,
        "all else, bytes": (total - texts - words) / articles,
    }


def _on_sqlite(connection: Connection) -> tuple[int, int, int]:
    total = "SELECT sum(pgsize) FROM dbstat"
    texts = "SELECT sum(length(CAST(headline AS BLOB)) + length(CAST(article_body AS BLOB))) FROM revision"
    words = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'revision_text%'"
    return _number(connection, total), _number(connection, texts), _number(connection, words)


def _on_postgresql(connection: Connection) -> tuple[int, int, int]:
    ours = "relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    total = f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE {ours}"
    texts = "SELECT sum(pg_column_size(headline) + pg_column_size(article_body)) FROM revision"
    words = "SELECT sum(pg_column_size(words)) + pg_relation_size('ix_revision_words') FROM revision"
    return _number(connection, total), _number(connection, texts), _number(connection, words)


def _number(connection: Connection, statement: str) -> int:
    return int(connection.scalar(text(statement)) or 0)


# -- tables -----------------------------------------------------------------------------------------------------------


def print_table(database: str, articles: Sequence[int], measured: Sequence[Figures]) -> None:
    """Print the figures of a database by size, and with which power of the size they grow between first and last."""
    print(f"\n| {database} | {' | '.join(f'{count:,}' for count in articles)} | exponent |")
    print("|---" * (len(articles) + 2) + "|")
    for name in measured[0]:
        values = [figures[name] for figures in measured]
        exponent = math.log(values[-1] / values[0], articles[-1] / articles[0]) if len(articles) > 1 else 0.0
        print(f"| {name} | {' | '.join(f'{value:,.1f}' for value in values)} | {exponent:.2f} |")


if __name__ == "__main__":
    main()
