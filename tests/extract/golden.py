"""The golden pages: small HTML files written by us, and what extraction makes of them, as JSON beside them.

After a wanted change of rules, rewrite the expectations and read the difference: ``python -m tests.extract.golden``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.extract import Page, extract

FOLDER = Path(__file__).with_name("golden")
CASES = sorted(path.stem for path in FOLDER.glob("*.html"))


def page(case: str) -> Page:
    """Return the golden page as if fetched from the outlet named like the case."""
    content = (FOLDER / f"{case}.html").read_bytes()
    fetched_at = datetime(2024, 3, 20, 12, tzinfo=UTC)
    return Page(
        url=f"https://www.{case}.example/news/1", content=content, content_type="text/html", fetched_at=fetched_at
    )


def result(case: str) -> dict[str, Any]:
    """Return what extraction makes of the page, without empty fields, as it looks after a trip through JSON."""
    found = {name: value for name, value in asdict(extract(page(case))).items() if value not in (None, (), {}, "")}
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


def expected(case: str) -> dict[str, Any]:
    """Return what the page should give."""
    plain: dict[str, Any] = json.loads((FOLDER / f"{case}.json").read_text("utf-8"))
    return plain


if __name__ == "__main__":
    for name in CASES:
        (FOLDER / f"{name}.json").write_text(json.dumps(result(name), indent=2, ensure_ascii=False) + "\n", "utf-8")
