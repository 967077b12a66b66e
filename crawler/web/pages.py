"""Pages that only show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from crawler.jobs.clustering import choice_of
from crawler.jobs.tracing import trace_one
from crawler.reports.attention import reasons
from crawler.reports.path import path
from crawler.reports.revisions import differences
from crawler.reports.timeline import timeline
from crawler.web.asking import Asked, Id
from crawler.web.comparing import compare
from crawler.web.problems import Refused
from crawler.web.queue import Queue, read_queue
from crawler.web.rendering import page
from crawler.web.serving import Opened, Remembered, Served, Serving
from storage.queries import Queries
from storage.relations import weight
from storage.store import Store
from storage.types import LARGEST_ID, ClusterRow, Edge, MemberRow

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SHOWN_MEMBERS = 60
_SHOWN_EDGES = 60
_SHOWN_LOOKS = 20
_SHOWN_DECISIONS = 200
_STATIC = {"pages.css": "text/css", "keys.js": "text/javascript"}

Chosen = Annotated[int | None, Query(alias="with", ge=1, le=LARGEST_ID)]
Done = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/")
def search(request: Request, store: Opened, served: Served, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """Search and browse; say how far the review is."""
    found = Queries(store).articles(asked.page(with_snippets=bool(asked.q)))
    more = _more(asked, found[-1].cursor) if len(found) == asked.limit else None
    queue = queue_of(request, store, served) if asked.is_empty and asked.after is None else None
    return page(request, "search.html", asked=asked, found=found, more=more, queue=queue)


@router.get("/articles/{article_id}")
def article(request: Request, store: Opened, article_id: Id, done: Done = None) -> HTMLResponse:
    """Show one article, its versions, and what it was compared with."""
    detail = Queries(store).article(article_id)
    edges = _weightiest(detail.edges)
    return page(
        request,
        "article.html",
        detail=detail,
        versions=[*differences(detail)],
        edges=edges,
        others=_headlines(store, edges),
        done=_done(store, done),
    )


@router.get("/clusters/{cluster_id}")
def cluster(
    request: Request, store: Opened, served: Served, cluster_id: Id, chosen: Chosen = None, done: Done = None
) -> Response:
    """Show a cluster, and how one of its variants differs from the canonical article.

    A cluster that was merged has the id of another now, and leads there.
    """
    row = Queries(store).clusters_of([cluster_id]).get(cluster_id) or Queries(store).cluster(cluster_id)
    if row.id != cluster_id:
        return RedirectResponse(f"/clusters/{row.id}{'' if done is None else f'?done={done}'}", HTTPStatus.SEE_OTHER)
    variants = [member for member in row.members if member.id != row.canonical.id]
    variant = next((each for each in variants if each.id == chosen), None) or next(iter(_weakest_first(variants)), None)
    shown = {member.id for member in row.members[:_SHOWN_MEMBERS]}
    now = datetime.now(UTC)
    return page(
        request,
        "cluster.html",
        cluster=row,
        members=row.members[:_SHOWN_MEMBERS],
        comparison=None if variant is None else compare(store, row.canonical.id, variant.id),
        edges=_inside(Queries(store).edges_of(shown), shown),
        line=timeline(row.members[:_SHOWN_MEMBERS], now),
        reasons=reasons(row, now=now),
        path_of=path(row, trace_one(store, row)) if _is_small(row) else None,
        choice=_choice(store, row, served),
        done=_done(store, done),
    )


@router.get("/pairs/{a}/{b}")
def pair(request: Request, store: Opened, a: Id, b: Id, reviewed: bool = False, done: Done = None) -> HTMLResponse:
    """Show two articles side by side; who has come from the review is led back there."""
    back = "/review" if reviewed else request.url.path
    return page(request, "pair.html", comparison=compare(store, a, b), back=back, done=_done(store, done))


@router.get("/review")
def review(request: Request, store: Opened, served: Served, done: Done = None) -> HTMLResponse:
    """Show what is most worth a look."""
    queue = queue_of(request, store, served)
    return page(
        request,
        "review.html",
        queue=queue,
        looks=queue.looks[:_SHOWN_LOOKS],
        last=next(iter(store.decisions.latest(1)), None),
        done=_done(store, done),
    )


@router.get("/decisions")
def decisions(request: Request, store: Opened, done: Done = None) -> HTMLResponse:
    """Show what was decided, the latest first."""
    return page(
        request,
        "decisions.html",
        decisions=store.decisions.latest(_SHOWN_DECISIONS, ended=True),
        count=store.decisions.count(),
        done=_done(store, done),
    )


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Give the style sheet or the script of all pages. Raises Refused."""
    if name not in _STATIC:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such file.")
    return Response((files("crawler.web") / "static" / name).read_bytes(), media_type=_STATIC[name])


def queue_of(request: Request, store: Store, served: Serving) -> Queue:
    """Give the queue, which may be a minute old."""
    remembered: Remembered[Queue] = request.app.state.queue
    return remembered.get(lambda: read_queue(store, served.judging.thresholds))


def _more(asked: Asked, cursor: str) -> str:
    values = {**asked.model_dump(by_alias=True, mode="json", exclude_defaults=True), "after": cursor}
    return f"/?{urlencode(values)}"


def _done(store: Store, decision_id: int | None) -> Any:
    """Read the decision that led to this page."""
    return None if decision_id is None else store.decisions.get(decision_id)


def _weakest_first(variants: Iterable[MemberRow]) -> list[MemberRow]:
    return sorted(variants, key=lambda member: (member.containment or 0.0, member.id))


def _weightiest(edges: Iterable[Edge]) -> list[Edge]:
    return sorted(edges, key=weight, reverse=True)[:_SHOWN_EDGES]


def _inside(edges: Iterable[Edge], members: set[int]) -> list[Edge]:
    return _weightiest(edge for edge in edges if edge.article_a in members and edge.article_b in members)


def _headlines(store: Store, edges: Iterable[Edge]) -> dict[int, tuple[str, str]]:
    return Queries(store).texts({end for edge in edges for end in (edge.article_a, edge.article_b)})


def _choice(store: Store, row: ClusterRow, served: Serving) -> Any:
    """Ask again what speaks for and against the members of a cluster."""
    members = [member.id for member in row.members]
    return choice_of(store, members, served.judging.priorities) if _is_small(row) else None


def _is_small(row: ClusterRow) -> bool:
    """Say whether there are several members, and few enough to ask again what is known of each."""
    return 1 < len(row.members) <= _SHOWN_MEMBERS
