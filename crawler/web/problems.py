"""What cannot be answered: as a page for a person, as RFC 9457 problem details for a program."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from crawler.errors import DecisionError
from crawler.reports.wording import brief
from crawler.web.rendering import page
from storage.errors import BadCursor, NotFound, StorageError, StoreLocked

API = "/api/"
PROBLEM = "application/problem+json"
_RETRY_AFTER_S = "10"
_STATUS: Mapping[type[Exception], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    BadCursor: HTTPStatus.UNPROCESSABLE_ENTITY,
    DecisionError: HTTPStatus.CONFLICT,
    StoreLocked: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_DETAIL_CHARS = 2_000


class Refused(Exception):
    """What was asked is refused, with a status and a reason."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(detail)


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def register(app: FastAPI) -> None:
    """Answer what is known to go wrong."""
    for kind in _STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid)


def answer(request: Request, status: int, detail: str) -> Response:
    """Say what is the matter, in the form that the asker reads."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=brief(detail, _DETAIL_CHARS))
    headers = {"Retry-After": _RETRY_AFTER_S} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    if request.url.path.startswith(API):
        return JSONResponse(problem.model_dump(), status, headers, PROBLEM)
    return page(request, "problem.html", status=status, headers=headers, problem=problem)


async def _known(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    return answer(request, status, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, error.status, error.detail)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, error.detail)


async def _invalid(request: Request, error: Exception) -> Response:
    """Name the first field that cannot be used."""
    assert isinstance(error, (RequestValidationError, ValidationError))
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}: {said}" if where else said)
