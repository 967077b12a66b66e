"""Who may ask, from where, and what an answer carries."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.web_pages.serve import COPY, FERRY, ORIGIN, client, form_of

TOKEN = "0123456789abcdef"


def test_a_form_without_this_servers_token_decides_nothing(asked: TestClient) -> None:
    form = form_of(asked.get(f"/pairs/{FERRY}/{COPY}").text, "/decide") | {"kind": "same"}
    for token in ("", "x", "ü"):
        assert asked.post("/decide", data=form | {"form_token": token}).status_code == 403
    assert asked.get("/api/v1/decisions").json()["decisions"] == []


def test_another_sites_page_decides_nothing(asked: TestClient) -> None:
    form = form_of(asked.get(f"/pairs/{FERRY}/{COPY}").text, "/decide") | {"kind": "same"}
    said = {"kind": "same", "urlA": "1", "urlB": "2"}
    for origin in ("http://evil.example", "null", "http://localhost", "http://localhost:8765.evil.example"):
        assert asked.post("/decide", data=form, headers={"Origin": origin}).status_code == 403, origin
        assert asked.post("/api/v1/decisions", json=said, headers={"Origin": origin}).status_code == 403, origin
    assert asked.get("/api/v1/decisions").json()["decisions"] == []
    assert asked.post("/decide", data=form, headers={"Origin": ORIGIN}).status_code == 200


def test_a_json_decision_that_is_sent_as_plain_text_is_refused(asked: TestClient) -> None:
    body = '{"kind": "same", "urlA": "1", "urlB": "2"}'
    answer = asked.post("/api/v1/decisions", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


def test_a_name_that_is_not_ours_is_not_answered(asked: TestClient) -> None:
    answer = asked.get("/", headers={"Host": "evil.example:8765"})
    assert answer.status_code == 421
    assert "Ferry" not in answer.text
    assert all(asked.get("/", headers={"Host": host}).status_code == 200 for host in ("127.0.0.1:8765", "[::1]:1"))


def test_who_does_not_know_the_token_is_not_let_in(filled: str) -> None:
    with client(filled, token=TOKEN, hosts=None) as asked:
        for path in ("/", "/static/pages.css", "/api/v1/articles", "/nothing"):
            answer = asked.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Basic")
        for value in ("Bearer wrong", "Basic !", "Basic ZmY=", "0123", "Bearer"):
            assert asked.get("/", headers={"Authorization": value}).status_code == 401, value
        assert asked.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_a_browser_gives_the_token_as_password_and_its_user_decides(filled: str) -> None:
    with client(filled, token=TOKEN) as asked:
        asked.auth = ("lee", TOKEN)
        said = {"kind": "different", "urlA": str(FERRY), "urlB": str(COPY)}
        assert asked.post("/api/v1/decisions", json=said).json()["decidedBy"] == "lee"


def test_every_answer_keeps_pages_to_themselves(asked: TestClient) -> None:
    for path in ("/", "/nothing", "/api/v1/articles", "/static/keys.js", "/articles/abc"):
        headers = asked.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_form_leads_back_to_our_own_pages_only(asked: TestClient) -> None:
    form = form_of(asked.get(f"/pairs/{FERRY}/{COPY}").text, "/decide") | {"kind": "same"}
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""):
        answer = asked.post("/decide", data=form | {"back": back}, follow_redirects=False)
        assert answer.headers["Location"].startswith("/"), back
        assert "evil" not in answer.headers["Location"], back


def test_a_form_that_is_too_long_is_refused(asked: TestClient) -> None:
    assert asked.post("/decide", data={"note": "x" * 200_000}).status_code == 413
