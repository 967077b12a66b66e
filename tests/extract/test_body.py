from __future__ import annotations

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import furniture, furniture_rules, prose
from crawler.extract.blocks import Block, of_lines, text_of
from tests.extract.pages import BODY, PARAGRAPHS, article

_TEXT = "\n".join(PARAGRAPHS)
_CONTEXT = furniture_rules.Context(("Budget approved",), ("Jane Doe",))


def _trimmed(text: str, context: furniture_rules.Context = _CONTEXT) -> str:
    return text_of(furniture.trim(of_lines(text), context).blocks)


@pytest.mark.parametrize("module", [prose, furniture_rules])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


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
    assert _trimmed(form.format(line=line, text=_TEXT)) == _TEXT


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
    assert _trimmed(text) == text


def test_furniture_between_paragraphs_stays_where_it_is() -> None:
    text = f"{PARAGRAPHS[0]}\n9 Reads\n{PARAGRAPHS[1]}"
    assert _trimmed(text) == text


def test_a_list_of_other_articles_is_cut_off_the_end() -> None:
    tail = "ALSO\nBridge closed for painting\nA tram for the port\nRain until Friday, forecasters say"
    assert _trimmed(f"{_TEXT}\n{tail}") == _TEXT


def test_text_after_a_heading_is_not_cut() -> None:
    text = f"{_TEXT}\nUpdates\n{_TEXT}"
    assert _trimmed(text) == text


def test_what_was_taken_off_is_said() -> None:
    trimmed = furniture.trim(of_lines(f"Budget approved\n{_TEXT}\n9 Reads"), _CONTEXT)
    assert trimmed.rules == ("title", "counter")
    assert article(body=f"<h1>Budget</h1><p>Budget</p>{BODY}<p>9 Reads</p>").notes == ("furniture: title, counter",)


def test_what_stands_above_the_repeated_headline_goes_with_it() -> None:
    assert _trimmed(f"COUNCIL\nBudget approved\n{_TEXT}") == _TEXT
    assert _trimmed(f"{PARAGRAPHS[0]}\nBudget approved\n{_TEXT}") == f"{PARAGRAPHS[0]}\nBudget approved\n{_TEXT}"


@pytest.mark.parametrize(
    "line",
    [
        "Bridge closed for painting until May",
        "Traffic: Bridge closed for painting until May",
        "READ MORE: A tram for the port",
        "Lesen Sie auch",
        "Sign up for our morning e-mail with the day's news",
        "We need your consent to load this content from YouTube.",
        "Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden.",
        "Photo: Reuters",
        "Getty Images",
        "Advertisement",
    ],
)
def test_some_furniture_is_taken_wherever_it_stands(line: str) -> None:
    context = furniture_rules.Context((), (), links=frozenset({"bridgeclosedforpaintinguntilmay"}))
    assert _trimmed(f"{PARAGRAPHS[0]}\n{line}\n{PARAGRAPHS[1]}\n{PARAGRAPHS[2]}", context).count("\n") == 2


@pytest.mark.parametrize(
    "line", ["The reporter signed up for the newsletter.", "Reading more: a habit of judges and of mayors, says one."]
)
def test_sentences_between_paragraphs_stay(line: str) -> None:
    text = f"{PARAGRAPHS[0]}\n{line}\n{PARAGRAPHS[1]}\n{PARAGRAPHS[2]}"
    assert _trimmed(text) == text


def test_a_text_that_is_a_list_of_links_is_left_as_it_is() -> None:
    lines = [f"The {number} best walks of the valley" for number in ("three", "four", "five")]
    context = furniture_rules.Context((), (), links=frozenset(map(furniture_rules.plain, lines)))
    assert _trimmed("\n".join([*lines, "Enjoy them all."]), context).count("\n") == 3


def test_the_text_that_the_publisher_declares_decides_what_belongs_to_it() -> None:
    declared = furniture_rules.plain(_TEXT * 4)
    context = furniture_rules.Context((), (), declared=declared)
    blocks = [
        Block("The budget in short, above the text."),
        *of_lines(PARAGRAPHS[0]),
        Block("A heading", "head"),
        Block("The best hats of the season are shown on our page for hats."),
        *of_lines("\n".join(PARAGRAPHS[1:] * 4)),
        Block("A teaser for something else, with a sentence of its own."),
    ]
    trimmed = furniture.trim(blocks, context)
    assert [block.text for block in trimmed.blocks] == [block.text for block in (*blocks[:3], *blocks[4:-1])]
    assert trimmed.rules == ("undeclared",)


def test_a_declared_text_that_is_another_one_is_not_believed() -> None:
    context = furniture_rules.Context((), (), declared=furniture_rules.plain(PARAGRAPHS[0]))
    assert _trimmed(_TEXT, context) == _TEXT


def test_who_the_author_is_is_cut_off_the_end() -> None:
    assert _trimmed(f"{_TEXT}\nJane Doe is the political editor and has covered councils for ten years.") == _TEXT


def test_line_breaks_part_paragraphs_and_rows_of_tables_are_lines() -> None:
    body = BODY + "<p>One line about the vote.<br>And another one.</p><table><tr><td>Yes</td><td>12</td></tr></table>"
    lines = article(body=f"<div>{body}</div>").article_body.splitlines()
    assert lines[3:5] == ["One line about the vote.", "And another one."]


def test_the_lead_above_a_text_that_is_not_english_belongs_to_it() -> None:
    lead = "Der Gemeinderat hat am Dienstag nach langer Debatte den neuen Haushalt der Stadt beschlossen."
    texts = [
        "Vor der Sitzung hatten sich viele Einwohner vor dem Rathaus versammelt, um gegen Kürzungen zu protestieren. "
        f"Sprecher Nummer {number} der Bürger sagte, dass die Stadt ihre Bibliothek nicht schließen dürfe." * 2
        for number in range(4)
    ]
    text = "".join(f"<p>{text}</p>" for text in texts)
    body = f'<header><div class="vorspann">{lead}</div></header><div class="text">{text}</div>'
    assert article(f'<meta name="description" content="{lead}">', body).article_body.splitlines() == [lead, *texts]


@pytest.mark.parametrize("separator", ["</p><p>", "<br>", "\n\n"])
def test_a_body_in_a_string_of_a_script_is_found(separator: str) -> None:
    text = separator.join(PARAGRAPHS * 2)
    state = json.dumps({"ads": {"slot": "x"}, "story": {"body": text, "id": 1}}).replace("</", r"<\/")
    described = f'<meta name="description" content="{PARAGRAPHS[0]}">'
    script = f"<script>window.__STATE__ = {state};</script>"
    found = article(described + script, "<p>Loading the story ...</p>")
    assert found.article_body.splitlines() == [*PARAGRAPHS, *PARAGRAPHS]
    assert found.provenance["article_body"] == "string in a script"


def test_a_string_of_a_script_that_goes_on_from_nothing_is_another_text() -> None:
    state = json.dumps({"privacy": "We use what you give us, and keep it for a year, as the law demands of us. " * 8})
    found = article(f"<script>var texts = {state};</script>", f"<p>{PARAGRAPHS[0]} {PARAGRAPHS[1]}</p>")
    assert found.article_body == f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"


_TEASERS = "".join(
    f'<div class="item"><h3><a href="/{n}">Title {n}</a></h3><p>In town number {n} something happened that nobody at '
    "the harbour had heard of, and nobody asked about it in the days after.</p></div>"
    for n in range(8)
)


@pytest.mark.parametrize(
    "frame",
    [
        '<article class="post tag-privacy category-comment"><h1>H</h1><div class="entry">{}</div></article>',
        '<div class="has-sidebar"><h1>H</h1><div class="entry">{}</div></div>',
        '<div class="comments-open layout--sidebar"><h1>H</h1><div class="entry">{}</div></div>',
        '<form id="aspnetForm"><h1>H</h1><div class="entry">{}</div></form>',
    ],
)
def test_classes_of_states_and_topics_and_forms_around_a_page_hide_no_article(frame: str) -> None:
    found = article(body=frame.format(BODY * 30) + f'<div class="latest">{_TEASERS}</div>')
    assert found.article_body.startswith(_TEXT)


def test_what_stands_between_paragraphs_is_kept() -> None:
    inner = (
        f"{BODY * 3}<h6>Small heading</h6><pre>A line of verse</pre>"
        "<dl><dt>Term</dt><dd>Its meaning</dd></dl>Loose text"
        "<div><ul><li>An item</li></ul></div><figure class='t'><table><tr><td>Yes</td><td>12</td></tr></table></figure>"
        f"{BODY}"
    )
    lines = article(body=f'<div class="entry">{inner}</div>').article_body.splitlines()
    assert lines[9:16] == [
        "Small heading",
        "A line of verse",
        "Term",
        "Its meaning",
        "Loose text",
        "- An item",
        "Yes 12",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "“Watch: there will be a second vote before Christmas,” the minister said.",
        "The regulator said sites may not force people to accept cookies.",
        "The public comments, which run to 4,000 pages, were submitted in May.",
        "Sign up for health insurance before Dec. 15, officials urged.",
        "Zum Thema: Rente äußerte sich die Ministerin nicht.",
        "Recommended: two tablespoons of olive oil per person.",
        "He announced his retirement in a newsletter to supporters.",
        "Related costs rose by 5 percent, the company said.",
        "First published in 1953, the book is a classic.",
        "Copyright law is unfair, he said.",
        "The company also owns Getty Images.",
        "Manchester United - Arsenal - 2:1",
        "Reuters was unable to independently verify the claims.",
        "Japan and Spain still in talks",
        "More on this is expected on Friday.",
    ],
)
@pytest.mark.parametrize("form", ["{line}\n{text}", "{text}\n{line}", "{text}\n{line}\n{text}"])
def test_sentences_that_speak_to_nobody_are_no_furniture(line: str, form: str) -> None:
    text = form.format(line=line, text=_TEXT)
    context = furniture_rules.Context(("Budget approved",), ("Jane Doe", "Reuters", "AP"))
    assert _trimmed(text, context) == text


def test_a_last_section_that_is_a_list_of_sentences_stays() -> None:
    items = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    found = article(body=f'<div class="entry">{BODY}<h2>More in the north of the town</h2><ul>{items}</ul></div>')
    assert len(found.article_body.splitlines()) == 7


def test_where_a_text_is_from_is_told() -> None:
    assert article(body=f"<div>{BODY * 3}</div>").provenance["article_body"] == "paragraphs of one container"


@given(
    st.lists(st.sampled_from(["9 Reads", "By Jane Doe", "", "A plain sentence, of some length.", "ALSO", "x" * 300]))
)
def test_trimming_never_adds_or_empties_and_is_idempotent(lines: list[str]) -> None:
    text = "\n".join(line for line in lines if line)
    trimmed = _trimmed(text)
    assert trimmed in text
    assert bool(trimmed) == bool(text)
    assert _trimmed(trimmed) == trimmed
