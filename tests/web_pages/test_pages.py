"""Pages show what the store holds, and what was decided holds at once."""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi.testclient import TestClient

from storage.store import Store
from tests.web_pages.serve import COPY, FERRY, HALF, OTHER, SHORT, THIRD, client, decide, form_of


def _marked(page: str, tag: str) -> str:
    return " ".join(re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL))


def test_the_front_page_lists_canonical_articles_the_newest_first(asked: TestClient) -> None:
    page = asked.get("/").text
    titles = re.findall(r"<h3><a href=\"([^\"]+)\"><bdi>([^<]+)</bdi>", page)
    assert [title for _, title in titles] == ["Lighthouse", "In brief", "What the ferry carried", "Ferry saved"]
    assert [address for address, _ in titles[-2:]] == [f"/articles/{HALF}", f"/clusters/{FERRY}"]


def test_a_search_finds_and_shows_the_words(asked: TestClient) -> None:
    page = asked.get("/", params={"q": "lighthouse", "since": "", "until": "", "source": "", "lang": "", "minSize": 1})
    assert page.text.count('<li><h3><a href="/articles/') == 1
    assert "[lighthouse]" in page.text
    assert "Nothing found." in asked.get("/", params={"q": "unheard"}).text


def test_the_next_page_goes_on_where_the_last_one_ended(asked: TestClient) -> None:
    page = asked.get("/", params={"limit": 2, "role": "any", "q": ""}).text
    [more] = re.findall(r'href="([^"]+)" rel="next"', page)
    following = asked.get(more.replace("&amp;", "&")).text
    assert "Lighthouse" in page and "Lighthouse" not in following
    assert "What the ferry carried" in following


def test_a_cluster_shows_its_members_side_by_side_with_reasons_and_times(asked: TestClient) -> None:
    page = asked.get(f"/clusters/{FERRY}", params={"with": THIRD}).text
    assert all(f'<a href="/articles/{each}">' in page for each in (FERRY, COPY, THIRD))
    assert "All are well." in _marked(page, "del")
    assert _marked(page, "ins")
    assert "of the shorter text is in the other" in page
    assert "Who carried it when" in page and "2 h" in page


def test_a_cluster_shows_who_took_it_from_whom(asked: TestClient) -> None:
    page = asked.get(f"/clusters/{FERRY}").text
    assert "Who took it from whom" in page and '<svg class="tree"' in page
    assert ": <bdi>the origin</bdi>" in page


def test_an_article_shows_its_text_and_what_each_version_changed(asked: TestClient) -> None:
    page = asked.get(f"/articles/{FERRY}").text
    assert "2 versions" in page and "revised by its publisher" in page
    assert "Ferry saved" in page and "All are well." in page
    assert "Hardly compared with others: too short." in asked.get(f"/articles/{SHORT}").text


def test_two_articles_that_were_never_compared_are_shown_side_by_side(asked: TestClient) -> None:
    page = asked.get(f"/pairs/{FERRY}/{OTHER}").text
    assert "In different clusters." in page
    assert "were never compared" in page


def test_measures_are_told_of_the_sides_as_they_are_shown(asked: TestClient) -> None:
    for first, second, side in ((FERRY, THIRD, "second"), (THIRD, FERRY, "first")):
        assert f"320 words in the {side}" in asked.get(f"/pairs/{first}/{second}").text
    assert "In different clusters." in asked.get(f"/pairs/{HALF}/{FERRY}").text


def test_what_is_not_there_is_a_page_that_says_so(asked: TestClient) -> None:
    for path in ("/articles/99", "/clusters/99", "/pairs/1/99", "/nothing", "/articles/1?done=9"):
        answer = asked.get(path)
        assert answer.status_code == 404, path
        assert "<h1>Not Found</h1>" in answer.text
    assert asked.get("/articles/99999999999").status_code == 422
    assert "Not a cursor" in asked.get("/?after=x").text


def test_a_pair_that_is_different_parts_and_an_undo_brings_it_back(asked: TestClient, filled: str) -> None:
    page = decide(asked, "different", FERRY, COPY, note="two ferries")
    assert page.url.path == f"/pairs/{FERRY}/{COPY}"
    assert "In different clusters." in page.text and "decided by kim" in page.text and "two ferries" in page.text
    undone = asked.post("/decide", data={**form_of(page.text, "/decide"), "kind": "undo"})
    assert "In one cluster." in undone.text
    with Store.open(filled) as store:
        assert store.decisions.read() == []


def test_the_canonical_article_is_the_one_that_a_person_makes_it(asked: TestClient) -> None:
    decide(asked, "canonical-b", FERRY, THIRD)
    assert "<b>Canonical:</b> <bdi>three.example</bdi>" in asked.get(f"/clusters/{FERRY}").text
    decide(asked, "canonical-a", FERRY, THIRD)
    assert "<b>Canonical:</b> <bdi>one.example</bdi>" in asked.get(f"/clusters/{FERRY}").text


def test_a_cluster_is_split_as_is_said_or_not_at_all(asked: TestClient) -> None:
    form = form_of(asked.get(f"/clusters/{FERRY}").text, "/split")
    refused = asked.post("/split", data={**form, "member": [str(COPY), "99"]})
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert "Nothing has been decided yet." in asked.get("/decisions").text
    assert f'"/articles/{COPY}"' in asked.get(f"/clusters/{FERRY}").text


def test_a_cluster_is_split_and_merged(asked: TestClient) -> None:
    form = form_of(asked.get(f"/clusters/{FERRY}").text, "/split")
    page = asked.post("/split", data={**form, "member": [str(COPY), str(THIRD)]})
    assert f'"/articles/{COPY}"' not in page.text and f'"/articles/{THIRD}"' not in page.text
    assert "Choose the articles" in asked.post("/split", data=form).text
    form = form_of(page.text, "/decide")
    form = {"form_token": form["form_token"], "back": f"/clusters/{FERRY}", "a": str(FERRY)}
    page = asked.post("/decide", data={**form, "b": "https://five.example/o", "kind": "same"})
    assert f'"/articles/{OTHER}"' in page.text


def test_a_cluster_that_was_merged_leads_to_the_one_it_is_in(asked: TestClient) -> None:
    form = form_of(asked.get(f"/clusters/{OTHER}").text, "/decide")
    page = asked.post("/decide", data={**form, "a": str(OTHER), "b": str(FERRY), "kind": "same"})
    assert page.url.path == f"/clusters/{FERRY}"
    assert "Kept: 1, <b>same</b>" in page.text


def test_decisions_are_listed_the_latest_first(asked: TestClient) -> None:
    decide(asked, "same", FERRY, HALF)
    decide(asked, "different", FERRY, OTHER)
    page = asked.get("/decisions").text
    assert page.index("<b>different</b>") < page.index("<b>same</b>")


def test_a_contradiction_is_named_and_nothing_kept(asked: TestClient) -> None:
    decide(asked, "same", FERRY, HALF)
    decide(asked, "same", HALF, OTHER)
    answer = decide(asked, "different", FERRY, OTHER)
    assert answer.status_code == 409
    assert "contradict each other" in answer.text


def test_what_is_settled_does_not_come_back_and_counts(asked: TestClient) -> None:
    before = asked.get("/review").text
    pairs = re.findall(r'href="/pairs/(\d+)/(\d+)\?reviewed=1"', before)
    assert pairs
    for a, b in pairs:
        decide(asked, "same" if {int(a), int(b)} <= {FERRY, COPY, THIRD} else "different", int(a), int(b))
    after = asked.get("/review").text
    assert not {*pairs} & {*re.findall(r'href="/pairs/(\d+)/(\d+)\?reviewed=1"', after)}
    assert f"{len(pairs)} pair" in after
    front = asked.get("/").text
    assert "(95 %:" in front


def test_while_another_run_writes_the_page_says_who(asked: TestClient, filled: str) -> None:
    with Store.open(filled) as store, store.lock():
        answer = decide(asked, "different", FERRY, COPY)
    assert answer.status_code == 503
    assert "the store is in use by another run: pid" in answer.text.lower()
    assert answer.headers["Retry-After"]


def test_without_leave_nothing_is_decided_and_no_form_shown(filled: str) -> None:
    with client(filled) as may, client(filled, allow_decisions=False) as reader:
        form = form_of(may.get(f"/pairs/{FERRY}/{COPY}").text, "/decide")
        assert '<form method="post"' not in reader.get(f"/clusters/{FERRY}").text
        answer = reader.post("/decide", data={**form, "kind": "same"})
        assert answer.status_code == 403
        assert "--allow-decisions" in answer.text
