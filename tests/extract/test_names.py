from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import agencies, dates, names
from crawler.extract.names import Byline
from tests.extract.pages import BODY, article

_MODULES = (agencies, dates, names)


@pytest.mark.parametrize("module", _MODULES)
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("JANE DOE and JOHN O'NEIL", ("Jane Doe", "John O'Neil")),
        ("Von Anna Müller und Jörg Weiß", ("Anna Müller", "Jörg Weiß")),
        ("Jane Doe, Martin Luther King, Jr.", ("Jane Doe", "Martin Luther King, Jr")),
        ("Jane Doe, Staff Writer", ("Jane Doe",)),
        ("ann lee, ap sports writer", ("Ann Lee",)),
        ("Jane Doe in Paris", ("Jane Doe",)),
        ("Jane Doe | jane@a.example | @janedoe", ("Jane Doe",)),
        ("https://facebook.com/janedoe", ()),
        ("News Desk", ()),
        ("Redaktion", ()),
        ("Reuters", ()),
        ("AP November 3, 2023", ()),
        ("admin_2", ()),
        ("jdoe", ()),
        ("山田太郎", ("山田太郎",)),
    ],
)
def test_a_byline_gives_people_only(byline: str, people: tuple[str, ...]) -> None:
    assert names.signed([Byline(byline)]).people == people


@pytest.mark.parametrize(
    ("byline", "everybody"),
    [
        (Byline("Jane Doe, Reuters"), ("Jane Doe", "Reuters")),
        (Byline("Agence France-Presse"), ("Agence France-Presse",)),
        (Byline("The Daily"), ("The Daily",)),
        (Byline("Harbour Watch and Rescue", is_organisation=True), ("Harbour Watch and Rescue",)),
        (Byline("Harbour Watch and Rescue"), ("Harbour Watch",)),
        (Byline("News Desk", is_organisation=True), ()),
        (Byline("https://daily.example/", is_organisation=True), ()),
        (Byline("Nachrichten"), ()),
        (Byline("Prince", is_field=True), ("Prince",)),
        (Byline("By Ann Lee", is_field=True), ("Ann Lee",)),
        (Byline("Di Wang", is_field=True), ("Di Wang",)),
        (Byline("José Ortega y Gasset"), ("José Ortega y Gasset",)),
        (Byline("Por Ana Pérez y Luis Gómez"), ("Ana Pérez", "Luis Gómez")),
        (Byline("Мария Иванова и Пётр Петров"), ("Мария Иванова", "Пётр Петров")),
    ],
)
def test_agencies_the_outlet_and_declared_organisations_sign_too(byline: Byline, everybody: tuple[str, ...]) -> None:
    found = names.signed([byline], ["The Daily"])
    assert found.everybody == everybody
    assert "The Daily" not in found.people


@given(st.lists(st.text(max_size=80), max_size=4))
def test_authors_are_named_once_whatever_the_bylines(bylines: list[str]) -> None:
    found = names.signed(map(Byline, bylines)).everybody
    assert len({name.casefold() for name in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "line", "agency"),
    [
        ("WASHINGTON (AP) — The vote", "WASHINGTON (AP)", "Associated Press"),
        ("LONDON, March 3 (Reuters) - The bank", "LONDON, March 3 (Reuters)", "Reuters"),
        ("Berlin (dpa) - Der Bundestag", "Berlin (dpa)", "dpa"),
        ("Berlin (dpa/lno) - Der Bundestag", "Berlin (dpa/lno)", "dpa"),
        ("BEIJING, Nov. 3 (Xinhua) -- China", "BEIJING, Nov. 3 (Xinhua)", "Xinhua"),
        ("COLUMBUS, Ohio -- A judge", "COLUMBUS, Ohio", None),
    ],
)
def test_a_dateline_gives_place_and_agency(text: str, line: str, agency: str | None) -> None:
    assert agencies.dateline(text) == agencies.Dateline(line, agency)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("МОСКВА, 3 марта. /ТАСС/. Совет принял", "TASS"),
        ("新华社北京3月3日电 记者", "Xinhua"),
        ("【ワシントン共同】米政府は", "Kyodo"),
        ("[東京 3日 ロイター] - 日銀は", "Reuters"),
        ("(서울=연합뉴스) 정부는", "Yonhap"),
        ("(AP Photo/J. Moe) The hall was full.", None),
        ("A yes/no question and/or a promise was put.", None),
    ],
)
def test_an_agency_signs_in_the_manner_of_its_language(text: str, agency: str | None) -> None:
    assert agencies.signed(text) == agency


@pytest.mark.parametrize("text", ["The mayor - a tired man - said", "He was late (again) - as usual", "", "A — b"])
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert agencies.dateline(text) is None


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("© 2024 The Associated Press", "Associated Press"),
        ("Quelle: dpa", "dpa"),
        ("(AFP)", "AFP"),
        ("Fuente: EFE", "EFE"),
        ("Reporting by Ann Lee in Oslo; Editing by Bo Dahl", "Reuters"),
        ("© dpa-infocom, dpa:240516-99-53606/3", "dpa"),
        ("Con información de EFE", "EFE"),
        ("Le Journal avec AFP", "AFP"),
        ("Com informações da Reuters", "Reuters"),
        ("Bron: BELGA", "Belga"),
        ("来源：新华社", "Xinhua"),
        ("The Associated Press contributed to this report.", None),
        ("He once worked for Reuters and later taught history in Leeds.", None),
        ("He told his pa", None),
    ],
)
def test_a_credit_line_names_the_agency_the_text_is_from(line: str, agency: str | None) -> None:
    assert agencies.credited(line) == agency


def test_an_agency_in_a_byline_signs_and_is_the_source_organization() -> None:
    found = article('<meta name="author" content="Jane Doe, AP">')
    assert (found.authors, found.source_organization) == (("Jane Doe", "AP"), "Associated Press")


def test_people_anywhere_come_before_the_outlet() -> None:
    head = '<meta property="og:site_name" content="The Daily"><meta name="author" content="The Daily">'
    assert article(head).authors == ("The Daily",)
    found = article(head, body='<p class="byline">By Jane Doe</p>' + BODY)
    assert (found.authors, found.provenance["authors"]) == (("Jane Doe",), "byline")


def test_bylines_of_other_articles_are_left_alone() -> None:
    own = '<div><span class="author">Jane Doe</span> and <span class="author">Bo Dahl</span></div>'
    other = '<aside><ul><li><h3>Rain</h3><span class="author">Ann Lee</span></li></ul></aside>'
    assert article(body=own + BODY + other).authors == ("Jane Doe", "Bo Dahl")


def test_an_agency_is_found_in_the_label_beside_the_byline() -> None:
    assert article(body='<div><span class="source">AP</span></div>' + BODY).source_organization == "Associated Press"


@pytest.mark.parametrize(
    "line", ["This article first appeared in The Harbour Post.", "© 2024 Northern Press Agency", "Reuters"]
)
def test_the_line_that_says_whose_text_it_is_is_kept_as_credit_and_taken_off_the_body(line: str) -> None:
    found = article(body=f"{BODY}<p>{line}</p>")
    assert found.credit_text == line
    assert found.article_body.splitlines()[:3] == article().article_body.splitlines()


def test_an_agency_that_is_not_listed_is_believed_when_it_calls_itself_one() -> None:
    assert article(body=f"{BODY}<p>© 2024 Northern Press Agency</p>").source_organization == "Northern Press Agency"
    assert agencies.dateline("PORT ANSEL (Meridian) — The bridge") == agencies.Dateline(
        "PORT ANSEL (Meridian)", "Meridian"
    )
