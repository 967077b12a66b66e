"""What the documentation lists is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dedupe.canonical import SIGNALS
from dedupe.judge import RULES, Relation
from dedupe.sketches import MIN_SHINGLES

DOCS = Path(__file__).parent.parent / "docs"
JUDGEMENT = (DOCS / "explanation" / "judgement.md").read_text()


def test_the_rules_are_documented_in_their_order() -> None:
    rows = re.findall(r"^\| (.+) \| [^|]+ \|$", JUDGEMENT.partition("## The rules")[2].partition("##")[0], re.MULTILINE)
    assert rows[1:] == [rule.reason for rule in RULES]


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_is_documented(relation: Relation) -> None:
    assert relation.value in JUDGEMENT


def test_the_signals_are_documented_with_their_weights() -> None:
    rows = re.findall(r"^\| (.+) \| (-?\d+) \|$", JUDGEMENT, re.MULTILINE)
    assert [float(weight) for _, weight in rows] == [signal.weight for signal in SIGNALS]
    assert all(said.startswith(signal.reason) for (said, _), signal in zip(rows, SIGNALS, strict=True))


def test_the_least_size_of_a_text_is_documented() -> None:
    assert f"fewer than {MIN_SHINGLES} shingles" in JUDGEMENT


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [str(page) + link for page, link in links if not (page.parent / link).exists()] == []
