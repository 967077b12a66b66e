"""What the documentation tells a stranger to write works."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from crawler import sources
from crawler.config import SourceSpec
from crawler.extract import extract, metadata
from crawler.extract.page import Page
from storage.types import Article
from tests.dedupe import prose
from tests.dedupe.test_judge import side
from tests.reports.rows import cluster, member
from tests.reports.test_markdown import summary
from tests.test_docs import DOCS, HOW_TO, blocks

CODE = blocks(HOW_TO["extend"], "python")


def written(index: int) -> Any:
    """Make a module of what the page says."""
    module = ModuleType("written")
    exec(CODE[index], module.__dict__)
    return module


def test_a_format_of_sources_is_a_module_and_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = eval(CODE[1], {"Format": sources.Format, "tables": written(0)})
    monkeypatch.setattr(sources, "FORMATS", (entry, *sources.FORMATS))
    spec = SourceSpec(name="a", kind="feed", url="https://a.example/list.csv")
    body = b"url,headline\n/1,Fire\njavascript:x,Bad\nhttps://b.example/2,Rain\n"
    found = sources.discover(spec, body, "text/csv; charset=utf-8", spec.url)
    listed = [(link.url, link.headline) for link in found.links]
    assert listed == [("https://a.example/1", "Fire"), ("https://b.example/2", "Rain")]
    assert (found.form, found.dropped) == ("CSV", {"no-address": 1})


def test_a_rule_of_extraction_is_a_function_and_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = (*metadata.FIELDS["article_section"], written(2).BY_ADDRESS)
    monkeypatch.setattr(metadata, "FIELDS", {**metadata.FIELDS, "article_section": listed})
    html = f"<html><body><article><h1>Race</h1><p>{prose.text(1)}</p></article></body></html>"
    url = "https://a.example/sport/2026/race"
    found = extract(Page(url=url, content=html.encode(), content_type="text/html", fetched_at=datetime.now(UTC)))
    assert isinstance(found, Article)
    assert (found.article_section, found.provenance["article_section"]) == ("sport", "address")


def test_a_measure_is_a_function_of_two_texts() -> None:
    assert written(3).shorter_headline(side("a b", "Fire kills five"), side("a b", "Fire again")) == 2


def test_a_report_is_a_module_and_an_entry() -> None:
    found: dict[str, Any] = {}
    exec(CODE[5], found)
    assert found["TXT"] == ("txt", "headlines")
    rows = written(4).render(summary(cluster(member(2))), max_clusters=5)
    assert rows == "    2 Both bridges closed, 1\n"


def test_every_room_is_in_the_architecture() -> None:
    page = (DOCS / "explanation" / "architecture.md").read_text()
    rooms = {path.name for path in (DOCS.parent / "crawler").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(re.findall(r"`crawler/(\w+)/`", page))
