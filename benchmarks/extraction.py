"""How good and how quick extraction is: bodies, headlines, authors, dates and CPU time, beside its peers.

On the real pages of ../shared/data: ``article-bodies`` (the public article-extraction benchmark) and ``publishers``
(pages in 20 languages with the metadata they should give). Beside Wirefold, in the same run: trafilatura, quick and
thorough, with metadata, and from an environment of their own (`make peers`) newspaper4k, news-please, readability-lxml
and resiliparse, of which the last two give no metadata.

    .venv/bin/python -m benchmarks.extraction [--rounds 3] [--misses]

Hostile pages are measured by `benchmarks.hostile_pages`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.news_please import PYTHON
from crawler.extract import Page, extract
from storage.types import Article, Rejection

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ARTICLE_BODIES_FETCHED = datetime(2020, 6, 1, tzinfo=UTC)
PEERS = Path(__file__).with_name("extraction_peers.py")
RATIO_TO = "trafilatura, fast"
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and what it should give; ``expected`` is None where only the body is known."""

    url: str
    html: str
    fetched_at: datetime
    body: str
    expected: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a method made of a page, and the CPU seconds it took."""

    body: str = ""
    headline: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    cpu_s: float = 0.0


Method = Callable[[Case], Result]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rounds", type=int, default=3, help="of CPU time, of which the quickest counts")
    options.add_argument("--misses", action="store_true", help="print what Wirefold gets wrong")
    chosen = options.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"the real pages are not here: no folder {DATA}")
    sets = {"article-bodies": article_bodies(), "publishers": publishers()}
    results = {name: run(cases, chosen.rounds) for name, cases in sets.items()}
    for name, cases in sets.items():
        print_bodies(name, cases, results[name])
    print_metadata(sets["publishers"], results["publishers"])
    print_times(list(results.values()))
    if chosen.misses:
        print_misses(sets["publishers"], results["publishers"]["wirefold"])


# -- data -------------------------------------------------------------------------------------------------------------


def _rows(name: str) -> Iterable[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as stream:
        yield from map(json.loads, stream)


def article_bodies() -> list[Case]:
    """Read the pages and bodies of the public article-extraction benchmark."""
    return [
        Case(row["url"], row["html"], ARTICLE_BODIES_FETCHED, row["articleBody"]) for row in _rows("article-bodies")
    ]


def publishers() -> list[Case]:
    """Read publishers' pages; the body is summary, headings and paragraphs as they follow each other."""
    cases = []
    for row in _rows("publishers"):
        body = row["expected"]["body"]
        sections = (line for part in body["sections"] for line in (*part["headline"], *part["paragraphs"]))
        parts = [*body["summary"], *sections]
        fetched_at = datetime.fromisoformat(row["crawl"]).replace(tzinfo=UTC)
        cases.append(Case(row["url"], row["html"], fetched_at, "\n".join(parts), row["expected"]))
    return cases


# -- methods ----------------------------------------------------------------------------------------------------------


def page_of(case: Case) -> Page:
    """Return the case as a page that was fetched."""
    content = case.html.encode("utf-8", "replace")
    return Page(url=case.url, content=content, content_type="text/html; charset=utf-8", fetched_at=case.fetched_at)


def result_of(found: Article | Rejection, cpu_s: float = 0.0) -> Result:
    """Return what is measured of an article; a rejection gives nothing."""
    if isinstance(found, Rejection):
        return Result(cpu_s=cpu_s)
    return Result(found.article_body, found.headline, found.authors, found.date_published, cpu_s)


def wirefold(case: Case) -> Result:
    page = page_of(case)
    started = time.process_time()
    found = extract(page)
    return result_of(found, time.process_time() - started)


def trafilatura(fast: bool) -> Method:
    from trafilatura import bare_extraction

    def ask(case: Case) -> Result:
        started = time.process_time()
        found: Any = bare_extraction(case.html, url=case.url, fast=fast, with_metadata=True, include_comments=False)
        cpu_s = time.process_time() - started
        if found is None:
            return Result(cpu_s=cpu_s)
        authors = tuple((found.author or "").split("; ")) if found.author else ()
        return Result(found.text or "", found.title or "", authors, _moment(found.date), cpu_s)

    return ask


METHODS: Mapping[str, Method] = {
    "wirefold": wirefold,
    RATIO_TO: trafilatura(fast=True),
    "trafilatura": trafilatura(fast=False),
}


def run(cases: Sequence[Case], rounds: int) -> dict[str, list[Result]]:
    """Ask all methods about each page in turn, so that they share the machine's good and bad moments."""
    for method in METHODS.values():
        method(cases[0])  # what is loaded once is not the page's
    times = [[{name: method(case) for name, method in METHODS.items()} for case in cases] for _ in range(rounds)]
    quickest = {
        name: [min((taken[at][name] for taken in times), key=lambda result: result.cpu_s) for at in range(len(cases))]
        for name in METHODS
    }
    return quickest | peers(cases)


def peers(cases: Sequence[Case]) -> dict[str, list[Result]]:
    """Ask the peers that live in an environment of their own; none if it is not there."""
    if not PYTHON.exists():
        print(f"without peers: no {PYTHON} (make peers)")
        return {}
    lines = "".join(json.dumps({"url": case.url, "html": case.html}) + "\n" for case in cases)
    done = subprocess.run([PYTHON, PEERS], input=lines, text=True, capture_output=True, check=True)
    found: dict[str, list[Result]] = {}
    for line in done.stdout.splitlines():
        for name, row in json.loads(line).items():
            published = _moment(row.pop("published", None))
            row["authors"] = tuple(row.get("authors", ()))
            found.setdefault(name, []).append(Result(**row, published=published))
    return found


def _moment(raw: str | None) -> datetime | None:
    moment = datetime.fromisoformat(raw) if raw else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


# -- measures ---------------------------------------------------------------------------------------------------------


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count a text's 4-word shingles, as the public benchmark does."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


def body_score(truth: str, found: str) -> tuple[float, float]:
    """Return precision and recall."""
    expected, given = shingles(truth), shingles(found)
    shared = (expected & given).total()
    return shared / max(given.total(), 1), shared / max(expected.total(), 1)


def body_scores(cases: Sequence[Case], results: Sequence[Result]) -> tuple[float, float, float]:
    """Return mean precision, mean recall and the F1 of these means."""
    pairs = [body_score(case.body, result.body) for case, result in zip(cases, results, strict=True)]
    precision, recall = (statistics.mean(column) for column in zip(*pairs, strict=True))
    return precision, recall, 2 * precision * recall / (precision + recall)


def normal(text: str | None) -> str:
    """Return a text's words, whatever their case, accents' encoding and punctuation."""
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def is_headline(expected: Mapping[str, Any], result: Result) -> bool:
    return normal(expected["title"]) == normal(result.headline)


def are_authors(expected: Mapping[str, Any], result: Result) -> bool:
    return set(map(normal, expected.get("authors") or ())) == set(map(normal, result.authors))


def is_day(expected: Mapping[str, Any], result: Result) -> bool:
    moment = _moment(expected["publishing_date"])
    return bool(moment and result.published and result.published.astimezone(moment.tzinfo).date() == moment.date())


def is_minute(expected: Mapping[str, Any], result: Result) -> bool:
    moment = _moment(expected["publishing_date"])
    return bool(moment and result.published and abs(result.published - moment) < timedelta(minutes=1))


CHECKS: Mapping[str, Callable[[Mapping[str, Any], Result], bool]] = {
    "headline": is_headline,
    "authors": are_authors,
    "day": is_day,
    "minute": is_minute,
}


# -- tables -----------------------------------------------------------------------------------------------------------


def print_bodies(name: str, cases: Sequence[Case], results: Mapping[str, Sequence[Result]]) -> None:
    print(f"\n{name}: {len(cases)} bodies, 4-word shingles")
    for method, found in results.items():
        precision, recall, f1 = body_scores(cases, found)
        print(f"  {method:20} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}")


def print_metadata(cases: Sequence[Case], results: Mapping[str, Sequence[Result]]) -> None:
    print(f"\npublishers: {len(cases)} pages, right in percent")
    for method, found in results.items():
        if any(result.headline for result in found):
            rates = "  ".join(f"{check} {percent(cases, found, check):.1f}" for check in CHECKS)
            print(f"  {method:20} {rates}")


def percent(cases: Sequence[Case], results: Sequence[Result], check: str) -> float:
    """Return how many results pass one of `CHECKS`, of 100."""
    right = [CHECKS[check](case.expected or {}, result) for case, result in zip(cases, results, strict=True)]
    return 100 * statistics.mean(right)


def print_times(results: Sequence[Mapping[str, Sequence[Result]]]) -> None:
    print(f"\nCPU time a page, and as a ratio to {RATIO_TO}, with metadata")
    times = {name: [result.cpu_s for each in results for result in each[name]] for name in results[0]}
    mean, median = statistics.mean(times[RATIO_TO]), statistics.median(times[RATIO_TO])
    for method, taken in times.items():
        own_mean, own_median = statistics.mean(taken), statistics.median(taken)
        print(
            f"  {method:20} mean {1000 * own_mean:6.1f} ms ({own_mean / mean:.2f})  median {1000 * own_median:6.1f} ms"
            f" ({own_median / median:.2f})  slowest {max(taken) / own_mean:4.1f} times the mean"
        )


def print_misses(cases: Sequence[Case], results: Sequence[Result]) -> None:
    for case, result in zip(cases, results, strict=True):
        wrong = [name for name, check in CHECKS.items() if not check(case.expected or {}, result)]
        if wrong:
            print(f"{case.url}: {', '.join(wrong)}: {result.headline!r} {result.authors} {result.published}")


if __name__ == "__main__":
    main()
