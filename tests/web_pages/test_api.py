"""The API: a page at a time, tagged, described."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from storage.errors import StoreUnavailable
from tests.web_pages import reference
from tests.web_pages.serve import COPY, FERRY, HALF, OTHER, THIRD, client

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def _pages(asked: TestClient, name: str, limit: int, **params: Any) -> list[Any]:
    rows: list[Any] = []
    after = None
    while True:
        page = asked.get(f"/api/v1/{name}", params={"limit": limit, **params, **({"after": after} if after else {})})
        assert len(page.json()[name]) <= limit
        rows += page.json()[name]
        after = page.json().get("next")
        if not after:
            return rows


@pytest.mark.parametrize(
    ("name", "params"),
    [("articles", {"role": "any"}), ("clusters", {"minSize": 1}), ("edges", {}), ("decisions", {"ended": True})],
)
def test_pages_join_to_the_whole(asked: TestClient, name: str, params: dict[str, Any]) -> None:
    for pair in ((FERRY, COPY), (FERRY, THIRD), (HALF, OTHER)):
        said = {"kind": "different", "urlA": str(pair[0]), "urlB": str(pair[1])}
        assert asked.post("/api/v1/decisions", json=said).status_code == 201
    whole = asked.get(f"/api/v1/{name}", params={"limit": 100, **params}).json()
    assert len(whole[name]) > 2
    assert whole.get("next") is None
    assert all(_pages(asked, name, limit, **params) == whole[name] for limit in (1, 2))


def test_fields_have_the_names_of_the_export(asked: TestClient) -> None:
    found = asked.get(f"/api/v1/articles/{FERRY}").json()
    assert found["article"]["articleBody"].endswith("All are well.")
    assert found["article"]["datePublished"].startswith("2026-03-01T")
    assert [row["isCurrent"] for row in found["revisions"]] == [False, True]
    assert {member["id"] for member in found["cluster"]["members"]} == {FERRY, COPY, THIRD}


def test_a_trend_counts_each_cluster_once(asked: TestClient) -> None:
    assert [day["count"] for day in asked.get("/api/v1/trend").json()["days"]] == [4]
    copies = asked.get("/api/v1/trend", params={"counted": "copies", "bySource": True}).json()["days"]
    assert {day["source"]: day["count"] for day in copies}["four.example"] == 2


def test_what_has_not_changed_is_not_sent_again(asked: TestClient) -> None:
    first = asked.get(f"/api/v1/clusters/{FERRY}")
    again = asked.get(f"/api/v1/clusters/{FERRY}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    asked.post("/api/v1/decisions", json={"kind": "canonical-is", "urlA": str(THIRD)})
    changed = asked.get(f"/api/v1/clusters/{FERRY}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["canonical"]["id"] == THIRD


@pytest.mark.parametrize(
    ("said", "status", "detail"),
    [
        ({"kind": "same", "urlA": "1"}, 422, "needs url_a and url_b"),
        ({"kind": "same", "urlA": "1", "urlB": "99"}, 404, "article 99"),
        ({"kind": "undo", "undoes": 7}, 404, "decision 7"),
        ({"kind": "same", "urlA": "1", "urlB": "1"}, 409, "are one article"),
        ({"kind": "nonsense"}, 422, "kind"),
        ({"kind": "undo", "undoes": 7, "decidedAt": "0001-01-01T00:00:00+14:00"}, 422, "body.decidedAt: "),
    ],
)
def test_what_cannot_be_decided_is_a_problem_that_names_it(
    asked: TestClient, said: dict[str, Any], status: int, detail: str
) -> None:
    answer = asked.post("/api/v1/decisions", json=said)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert detail in answer.json()["detail"]


def test_nothing_is_decided_where_that_is_not_allowed(filled: str) -> None:
    with client(filled, allow_decisions=False) as asked:
        assert asked.post("/api/v1/decisions", json={"kind": "canonical-is", "urlA": "1"}).status_code == 403


def test_a_store_that_is_gone_is_a_problem(tmp_path: Any) -> None:
    with client(str(tmp_path / "gone.sqlite")) as asked:
        answer = asked.get("/api/v1/articles")
    assert answer.status_code == 503
    assert StoreUnavailable("x", "").__class__.__name__ not in answer.text
    assert "there is no store yet" in answer.json()["detail"]


@pytest.mark.parametrize("examples", [5, pytest.param(150, marks=pytest.mark.slow)])
def test_whatever_is_asked_gets_an_answer_that_is_described(filled: str, examples: int) -> None:
    app = client(filled, hosts=None).app
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) == 8
    for operation in operations:
        _ask(operation, examples)


def _ask(operation: Any, examples: int) -> None:
    @settings(max_examples=examples, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call()
        case.validate_response(answer, checks=_CHECKS)

    ask()


def test_the_reference_is_up_to_date() -> None:
    assert reference.PATH.read_text(encoding="utf-8") == reference.render(), "run: python -m tests.web_pages.reference"


def test_every_path_and_parameter_stands_in_the_reference() -> None:
    written = reference.PATH.read_text(encoding="utf-8")
    for path, by_method in reference.description()["paths"].items():
        for method, operation in by_method.items():
            [section] = re.findall(rf"^## `{method.upper()} {re.escape(path)}`\n(.*?)\n## ", written, re.M | re.S)
            assert all(f"| `{each['name']}` |" in section for each in operation.get("parameters", []))
            assert all(f"| {status} |" in section for status in operation["responses"])
