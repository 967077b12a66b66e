"""The golden pages: small HTML files written by us, and what extraction makes of them, as JSON beside them.

Those of an override are in the shape of that publisher's pages, and named like its site.
After a wanted change of rules, rewrite the expectations and read the difference: ``python -m tests.extract.golden``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crawler.extract import Page, extract
from crawler.extract.overrides import Override, load

FOLDER = Path(__file__).with_name("golden")
CASES = sorted(path.stem for path in FOLDER.glob("*.html"))
OVERRIDES = {override.site: override for override in load().listed}
OF_OVERRIDES = Path(__file__).with_name("golden-overrides")


def page(case: str) -> Page:
    """Return the golden page as if fetched from the outlet named like the case."""
    content = (FOLDER / f"{case}.html").read_bytes()
    fetched_at = datetime(2024, 3, 20, 12, tzinfo=UTC)
    return Page(
        url=f"https://www.{case}.example/news/1", content=content, content_type="text/html", fetched_at=fetched_at
    )


def page_of(override: Override, day: date | None = None) -> Page:
    """Return an override's golden page as if fetched from its site, on the first day on which it holds."""
    content = (OF_OVERRIDES / f"{override.site}.html").read_bytes()
    day = day or override.since or date(2026, 6, 1)
    fetched_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Page(
        url=f"https://www.{override.site}/news/1", content=content, content_type="text/html", fetched_at=fetched_at
    )


def result(page: Page, override: Override | None = None) -> dict[str, Any]:
    """Return what extraction makes of a page, without empty fields, as it looks after a trip through JSON."""
    found = {name: value for name, value in asdict(extract(page, override)).items() if value not in (None, (), {}, "")}
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


def expected(folder: Path, case: str) -> dict[str, Any]:
    """Return what the page should give."""
    plain: dict[str, Any] = json.loads((folder / f"{case}.json").read_text("utf-8"))
    return plain


def _write(folder: Path, case: str, found: dict[str, Any]) -> None:
    (folder / f"{case}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    for name in CASES:
        _write(FOLDER, name, result(page(name)))
    for name, override in OVERRIDES.items():
        _write(OF_OVERRIDES, name, result(page_of(override), override))
