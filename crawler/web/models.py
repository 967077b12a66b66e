"""What the API answers: the store's own rows, under the names of the export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, Field, create_model

from crawler.exports.schema_org import camel
from crawler.jobs.deciding import Moment
from storage.columns import clean
from storage.types import LARGEST_ID, ArticleDetail, ArticleRow, ClusterRow, DayCount, Decision, DecisionKind, Edge


class Model(BaseModel):
    """A row of the store as JSON."""

    model_config = ConfigDict(from_attributes=True, alias_generator=AliasGenerator(serialization_alias=camel))


@cache
def model_of(row: type) -> type[BaseModel]:
    """Make the model of a row: its fields, and the rows in it as models."""
    hints = get_type_hints(row)
    named: dict[str, Any] = {field.name: (_as_model(hints[field.name]), ...) for field in fields(row)}
    made: type[BaseModel] = create_model(row.__name__, __base__=Model, __doc__=row.__doc__, **named)
    return made


def page_of(name: str, row: type, cursor: Any) -> type[BaseModel]:
    """Make the model of a page of rows, with what to ask for the ones after it."""
    rows: Any = list[model_of(row)]  # type: ignore[misc]
    following = Field(None, description="Ask with this as `after` for the next page; there is none without.")
    named: dict[str, Any] = {name: (rows, ...), "next": (cursor | None, following)}
    made: type[BaseModel] = create_model(f"{row.__name__}Page", __base__=Model, **named)
    return made


def _as_model(hint: Any) -> Any:
    if is_dataclass(hint):
        return model_of(hint)  # type: ignore[arg-type]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is None or origin is Mapping:
        return hint
    if origin in (Union, UnionType):
        return reduce(or_, map(_as_model, inner))
    return origin[tuple(map(_as_model, inner))]


ArticlePage = page_of("articles", ArticleRow, str)
ClusterPage = page_of("clusters", ClusterRow, str)
EdgePage = page_of("edges", Edge, str)
DecisionPage = page_of("decisions", Decision, int)
OneArticle = model_of(ArticleDetail)
OneCluster = model_of(ClusterRow)
OneDecision = model_of(Decision)


_Day: Any = model_of(DayCount)


class Trend(Model):
    """How many were counted, by day; days without any are left out."""

    days: list[_Day]


_Ref = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=10_000)]


class Said(BaseModel):
    """A decision to be made. Articles are named by id, URL or external id."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid")

    kind: DecisionKind
    url_a: _Ref | None = None
    url_b: _Ref | None = None
    source: _Ref | None = None
    undoes: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    note: Annotated[str, AfterValidator(clean), Field(max_length=10_000)] = ""
    decided_at: Moment | None = None
