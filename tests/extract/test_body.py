from __future__ import annotations

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import furniture, prose
from tests.extract.pages import PARAGRAPHS, article

_TEXT = "\n".join(PARAGRAPHS)
_CONTEXT = furniture.Context(("Budget approved",), ("Jane Doe",))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(prose).failed == 0


def test_paragraphs_are_kept_apart_by_newlines() -> None:
    assert article().article_body == _TEXT


def test_the_same_page_twice_gives_the_same_article() -> None:
    assert article() == article()


def test_an_article_broken_up_into_several_containers_is_kept_whole() -> None:
    texts = [
        f"Paragraph {n} of a long report about the harbour, its boats and all the people in it. " * 4 for n in range(12)
    ]
    chunks = ["".join(f"<p>{text}</p>" for text in texts[at : at + 3]) for at in range(0, 12, 3)]
    body = "<section class='ad'>Advertisement</section>".join(f"<div class='chunk'>{chunk}</div>" for chunk in chunks)
    assert len(article(body=body).article_body.splitlines()) == 12


def test_the_body_in_json_ld_rescues_a_page_that_shows_a_stub() -> None:
    node = {"@type": "NewsArticle", "articleBody": "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 2)}
    text = json.dumps(node).replace("</", r"<\/")
    head = f'<script type="application/ld+json">{text}</script>'
    assert article(head, f"<p>{PARAGRAPHS[0]}</p>").article_body.splitlines() == [*PARAGRAPHS, *PARAGRAPHS]


@pytest.mark.parametrize(
    "line",
    [
        "Budget approved",
        "BUDGET APPROVED.",
        "By Jane Doe",
        "Jane Doe, Political Editor",
        "By Someone Else",
        "March 19, 2024 at 4:05 p.m.",
        "Published: 19.03.2024 | 16:05 Uhr",
        "Updated 7:30 PM ET, Mon March 18, 2024",
        "19 de marzo de 2024",
        "Weather / 09:30 GMT",
        "04 March 2026 - Weather desk",
        "This article first appeared in The Harbour Post.",
        "Home | News | Sport | Weather | Contact the editor",
        "9 Reads",
        "1,204 views",
        "3 min read",
        "Tempo de leitura: 2 minutos",
        "Share on Facebook",
        "Share this article via e-mail",
        "Facebook Twitter Email",
        "Read also: The tram of the port will change its route",
        "Lesen Sie auch: Brücke gesperrt",
        "Subscribe to our newsletter",
        "Follow us on Instagram",
        "Photo: J. Moe",
        "The hall on Tuesday. (AP Photo/J. Moe)",
        "jane@a.example",
        "© 2024 The Daily",
        "Advertisement",
    ],
)
@pytest.mark.parametrize("form", ["{line}\n{text}", "{text}\n{line}"])
def test_furniture_is_taken_off_both_edges(line: str, form: str) -> None:
    assert furniture.trim(form.format(line=line, text=_TEXT), _CONTEXT) == _TEXT


@pytest.mark.parametrize(
    "line",
    [
        "By noon the hall was empty.",
        "It was May.",
        "Two people were hurt.",
        "“Share what you have,” she said.",
        "WASHINGTON (AP) — The vote was close.",
        "Jane Doe said that she would appeal.",
    ],
)
@pytest.mark.parametrize("form", ["{line}\n{text}", "{text}\n{line}"])
def test_sentences_stay_at_the_edges(line: str, form: str) -> None:
    text = form.format(line=line, text=_TEXT)
    assert furniture.trim(text, _CONTEXT) == text


def test_furniture_between_paragraphs_stays_where_it_is() -> None:
    text = f"{PARAGRAPHS[0]}\n9 Reads\n{PARAGRAPHS[1]}"
    assert furniture.trim(text, _CONTEXT) == text


def test_a_list_of_other_articles_is_cut_off_the_end() -> None:
    tail = "ALSO\nBridge closed for painting\nA tram for the port\nRain until Friday, forecasters say"
    assert furniture.trim(f"{_TEXT}\n{tail}", _CONTEXT) == _TEXT


def test_text_after_a_heading_is_not_cut() -> None:
    text = f"{_TEXT}\nUpdates\n{_TEXT}"
    assert furniture.trim(text, _CONTEXT) == text


@given(
    st.lists(st.sampled_from(["9 Reads", "By Jane Doe", "", "A plain sentence, of some length.", "ALSO", "x" * 300]))
)
def test_trimming_never_adds_or_empties_and_is_idempotent(lines: list[str]) -> None:
    text = "\n".join(lines)
    trimmed = furniture.trim(text, _CONTEXT)
    assert trimmed in text
    assert bool(trimmed) == bool(text) or "" in lines
    assert furniture.trim(trimmed, _CONTEXT) == trimmed or "" in lines
