"""Forms by which a person decides; each becomes one decision or several, and leads back to the page it is on."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from crawler.jobs import Wanted, decide
from crawler.web.problems import Refused
from crawler.web.serving import Opened, Remembered, Served, Serving, serving_of
from storage.columns import clean
from storage.store import Store
from storage.types import Decision, DecisionKind

router = APIRouter(include_in_schema=False)

_FORM_BYTES = 100_000


async def _form(request: Request) -> dict[str, list[str]]:
    """Read a form that one of our pages has sent. Raises Refused."""
    served = serving_of(request)
    check_writable(served)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is more than a form holds.")
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace")):
        fields.setdefault(name, []).append(clean(value).strip())
    if not secrets.compare_digest(_one(fields, "form_token").encode(), served.form_token.encode()):
        raise Refused(HTTPStatus.FORBIDDEN, "This form is from before the server was started; load its page again.")
    return fields


Form: TypeAlias = Annotated[dict[str, list[str]], Depends(_form)]


@router.post("/decide")
def decide_one(request: Request, store: Opened, served: Served, form: Form) -> RedirectResponse:
    """Decide on a pair, an article or a decision."""
    return _back(form, put(request, store, served, **_said(form), note=_one(form, "note")))


@router.post("/split")
def split(request: Request, store: Opened, served: Served, form: Form) -> RedirectResponse:
    """Part the chosen members of a cluster from its canonical article, all of them or none."""
    members = form.get("member", [])
    if not members:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "Choose the articles that do not belong here.")
    with store.transaction():
        for member in members:
            pair = {"url_a": _one(form, "canonical"), "url_b": member}
            done = put(request, store, served, kind=DecisionKind.DIFFERENT, **pair, note=_one(form, "note"))
    return _back(form, done)


def check_writable(served: Serving) -> None:
    """Raise Refused unless decisions are allowed."""
    if not served.allow_decisions:
        raise Refused(HTTPStatus.FORBIDDEN, "Nothing can be decided here: start wirefold serve with --allow-decisions.")


def put(request: Request, store: Store, served: Serving, **said: Any) -> Decision:
    """Keep a decision of who asks."""
    user = request.state.user or served.decided_by
    done = decide(store, Wanted.model_validate({**said, "decided_by": user}), served.judging)
    remembered: Remembered[Any] = request.app.state.queue
    remembered.forget()
    return done.decision


def _said(form: dict[str, list[str]]) -> dict[str, Any]:
    """Read what is decided: the button that was pressed, and what it is about. Raises Refused."""
    button, a, b = (_one(form, name) for name in ("kind", "a", "b"))
    match button:
        case "same" | "different":
            return {"kind": button, "url_a": a, "url_b": b}
        case "canonical-a" | "canonical-b":
            return {"kind": DecisionKind.CANONICAL_IS, "url_a": a if button.endswith("a") else b}
        case "undo":
            return {"kind": button, "undoes": _one(form, "undoes")}
    raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "Say what is decided: same, different, canonical or undo.")


def _one(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[-1]


def _back(form: dict[str, list[str]], done: Decision) -> RedirectResponse:
    """Lead back to the page of ours that the form names, else to the list of decisions."""
    path = urlsplit(_one(form, "back")).path
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return RedirectResponse(f"{path if is_ours else '/decisions'}?done={done.id}", HTTPStatus.SEE_OTHER)
