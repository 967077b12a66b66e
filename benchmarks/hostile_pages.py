"""Hostile pages: what comes out, how long it takes and how much memory, beside trafilatura alone.

Each page of tests/extract/hostile.py is extracted in a process of its own by wirefold's `extract` and by trafilatura's
`bare_extraction` (fast, and as usual), each with the 2 GiB of a worker and 20 s. Seconds are processor time of
extraction without imports: it has one thread, and on an idle core as much passes by the clock. MB are the peak resident
memory of the process, interpreter, libraries and the page included. 20 s and 0 MB: it was killed. "Silently empty": the
page holds ten paragraphs of prose, and what came out has less than half of them and no reason that names a limit.

    .venv/bin/python -m benchmarks.hostile_pages [WORD IN NAMES] [--only wirefold]
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from crawler.workers import GIB
from tests.extract.hostile import PAGES, SENTENCES, Hostile

LIMIT_S = 20
MAX_S, MAX_MB = 2.0, 300
_UNNAMED = ("too-short", "empty", "section-front")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process made of one page: ``sentences`` of the article's that came out, or the ``reason`` why none did."""

    sentences: int
    reason: str
    seconds: float
    megabytes: int

    @property
    def told(self) -> str:
        """Say it in a few characters."""
        return self.reason or f"{self.sentences}/{len(SENTENCES)}"

    def is_silently_empty(self, page: Hostile) -> bool:
        """Return whether the article was lost without a limit being named."""
        lost = page.has_article and self.sentences < len(SENTENCES) / 2
        return lost and (not self.reason or self.reason in _UNNAMED)


def _wirefold(page: Hostile, content: bytes) -> tuple[str, str]:
    from crawler.extract import Page, extract
    from storage.types import Article

    made = Page(
        url="https://www.a.example/news/budget",
        content=content,
        content_type=page.content_type,
        fetched_at=datetime(2024, 3, 20, tzinfo=UTC),
    )
    result = extract(made)
    return (result.article_body, "") if isinstance(result, Article) else ("", result.reason)


def _trafilatura(fast: bool) -> Callable[[Hostile, bytes], tuple[str, str]]:
    def run(page: Hostile, content: bytes) -> tuple[str, str]:
        from trafilatura import bare_extraction

        document = bare_extraction(content, fast=fast)
        return (getattr(document, "text", "") or "", "")

    return run


TOOLS: dict[str, Callable[[Hostile, bytes], tuple[str, str]]] = {
    "wirefold": _wirefold,
    "trafilatura fast": _trafilatura(True),
    "trafilatura": _trafilatura(False),
}


def run_here(tool: str, name: str) -> Outcome:
    """Extract one page in this process."""
    for module in ("crawler.extract", "trafilatura"):
        importlib.import_module(module)
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (2 * GIB, 2 * GIB))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
    page = next(page for page in PAGES if page.name == name)
    content = page.build()
    started = time.process_time()
    try:
        text, reason = TOOLS[tool](page, content)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        text, reason = "", ""
        print(f"{tool}: {name}: {error!r:.200}", file=sys.stderr)
    seconds = time.process_time() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Outcome(sum(sentence in text for sentence in SENTENCES), reason, seconds, megabytes)


def run_apart(tool: str, name: str) -> Outcome:
    """Extract one page in a fresh process; what is given up or crashes has no sentences."""
    command = [sys.executable, "-m", "benchmarks.hostile_pages", "--here", tool, name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5 * LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(0, "", LIMIT_S, 0)
    return Outcome(**json.loads(done.stdout)) if done.returncode == 0 else Outcome(0, "", LIMIT_S, 0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--only", choices=TOOLS)
    parser.add_argument("--here", choices=TOOLS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(asdict(run_here(arguments.here, arguments.name))))
        return
    tools = [arguments.only] if arguments.only else list(TOOLS)
    pages = [page for page in PAGES if arguments.name in page.name]
    print(f"{'page':48}" + "".join(f"{tool:>20} {'s':>6} {'MB':>5}" for tool in tools))
    found: dict[str, list[tuple[Hostile, Outcome]]] = {tool: [] for tool in tools}
    for page in pages:
        outcomes = {tool: run_apart(tool, page.name) for tool in tools}
        for tool, outcome in outcomes.items():
            found[tool].append((page, outcome))
        columns = (f"{one.told:>20} {one.seconds:6.2f} {one.megabytes:5}" for one in outcomes.values())
        print(f"{page.name:48.48}" + "".join(columns), flush=True)
    for tool, rows in found.items():
        slow = sum(outcome.seconds > MAX_S for _, outcome in rows)
        big = sum(outcome.megabytes > MAX_MB for _, outcome in rows)
        lost = sum(outcome.is_silently_empty(page) for page, outcome in rows)
        print(f"{tool}: of {len(rows)}, over {MAX_S:g} s: {slow}, over {MAX_MB} MB: {big}, silently empty: {lost}")


if __name__ == "__main__":
    main()
