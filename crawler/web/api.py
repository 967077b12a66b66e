"""The JSON API: what the store holds, a page at a time, in an order that does not change while it is read."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query, Request

from crawler.web.actions import check_writable, put
from crawler.web.asking import Asked, Id, Narrowed
from crawler.web.models import (
    ArticlePage,
    ClusterPage,
    DecisionPage,
    EdgePage,
    OneArticle,
    OneCluster,
    OneDecision,
    Said,
    Trend,
)
from crawler.web.problems import PROBLEM, Problem
from crawler.web.serving import Opened, Served
from storage.queries import Queries
from storage.types import LARGEST_ID, ClusterRow, Counted, Edge

_ERRORS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}


def _problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {
        status.value: {"model": Problem, "description": status.phrase, "content": {PROBLEM: _SCHEMA}}
        for status in statuses
    }


_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "What If-None-Match names is still the same."}}
router = APIRouter(prefix="/api/v1", tags=["v1"], responses=_problems(*_ERRORS))

Limit: TypeAlias = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
_Pair = Annotated[str | None, Query(pattern=r"^\d{1,9}-\d{1,9}$", description="`next` of the page before.")]


@router.get("/articles", response_model=ArticlePage, responses=_SAME)
def articles(store: Opened, asked: Annotated[Asked, Query()]) -> Any:
    """List articles, the newest first."""
    found = Queries(store).articles(asked.page())
    return {"articles": found, "next": found[-1].cursor if len(found) == asked.limit else None}


@router.get("/articles/{article_id}", response_model=OneArticle, responses=_SAME)
def article(store: Opened, article_id: Id) -> Any:
    """Give all about one article."""
    return Queries(store).article(article_id)


@router.get("/clusters", response_model=ClusterPage, responses=_SAME)
def clusters(
    store: Opened,
    min_size: Annotated[int, Query(alias="minSize", ge=1, le=LARGEST_ID)] = 2,
    after: _Pair = None,
    limit: Limit = 20,
) -> Any:
    """List clusters, the largest first."""
    found = [*Queries(store).clusters(min_size=min_size, limit=limit, after=_pair(after))]
    return {"clusters": found, "next": _size_and_id(found[-1]) if len(found) == limit else None}


@router.get("/clusters/{cluster_id}", response_model=OneCluster, responses=_SAME)
def cluster(store: Opened, cluster_id: Id) -> Any:
    """Give one cluster."""
    return Queries(store).cluster(cluster_id)


@router.get("/edges", response_model=EdgePage, responses=_SAME)
def edges(store: Opened, after: _Pair = None, limit: Limit = 100) -> Any:
    """List edges, by the ids of their articles."""
    found = [*islice(Queries(store).edges(start=_pair(after) or (0, 0), batch_size=limit), limit)]
    return {"edges": found, "next": _ends(found[-1]) if len(found) == limit else None}


@router.get("/decisions", response_model=DecisionPage, responses=_SAME)
def decisions(
    store: Opened,
    ended: Annotated[bool, Query(description="Also what was undone or replaced, and the undoing.")] = False,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
    limit: Limit = 100,
) -> Any:
    """List decisions, in the order they were made."""
    found = store.decisions.read(ended=ended, after=after, limit=limit)
    return {"decisions": found, "next": found[-1].id if len(found) == limit else None}


@router.get("/trend", response_model=Trend, responses=_SAME)
def trend(
    store: Opened,
    narrowed: Annotated[Narrowed, Query()],
    counted: Counted = Counted.ORIGINALS,
    by_source: Annotated[bool, Query(alias="bySource")] = False,
) -> Any:
    """Count articles by day."""
    return {"days": Queries(store).trend(narrowed.query(), counted, by_source=by_source)}


@router.post(
    "/decisions",
    response_model=OneDecision,
    status_code=HTTPStatus.CREATED,
    responses=_problems(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT),
)
def decide(request: Request, store: Opened, served: Served, said: Said) -> Any:
    """Decide, if the server allows it."""
    check_writable(served)
    return put(request, store, served, **said.model_dump())


def _pair(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, second = text.partition("-")
    return int(first), int(second)


def _size_and_id(row: ClusterRow) -> str:
    return f"{len(row.members)}-{row.id}"


def _ends(edge: Edge) -> str:
    return f"{edge.article_a}-{edge.article_b}"
