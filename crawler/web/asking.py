"""What is asked for in an address, checked before a store is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from crawler.exports.schema_org import camel
from storage.columns import clean
from storage.types import ArticleQuery, Role, Sort

LARGEST_ID = 2**31 - 1  # PostgreSQL has no larger
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)

Id: TypeAlias = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _none_if_empty(value: Any) -> Any:
    """Take a field of a form that was left empty for not given."""
    return None if value == "" else value


_Empty = BeforeValidator(_none_if_empty)
Words: TypeAlias = Annotated[str, AfterValidator(clean), Field(max_length=500)]
Name: TypeAlias = Annotated[Annotated[str, AfterValidator(clean), Field(max_length=500)] | None, _Empty]
Day: TypeAlias = Annotated[Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)] | None, _Empty]


class Narrowed(BaseModel):
    """What articles are asked for, by the names of the command line's options."""

    model_config = ConfigDict(frozen=True, alias_generator=camel)

    q: Words = Field("", description="Words as `wirefold articles` takes them.")
    since: Day = Field(None, description="Published on this day (UTC) or later.")
    until: Day = Field(None, description="Published on this day (UTC) or before.")
    source: Name = None
    site: Name = None
    lang: Name = None
    agency: Name = None
    section: Name = None
    min_size: Annotated[int, Field(ge=1, le=LARGEST_ID)] = 1
    role: Role | Literal["any"] = Role.CANONICAL

    @property
    def is_empty(self) -> bool:
        """Say whether nothing narrows what is listed."""
        return all(getattr(self, name) == field.default for name, field in Narrowed.model_fields.items())

    def query(self, **page: Any) -> ArticleQuery:
        """Make the question to the store; days are those of UTC, and within the span."""
        return ArticleQuery(
            words=self.q,
            since=_midnight(self.since),
            until=_midnight(self.until and self.until + timedelta(days=1)),
            source=self.source,
            site=self.site,
            in_language=self.lang,
            source_organization=self.agency,
            article_section=self.section,
            min_size=self.min_size,
            role=None if self.role == "any" else self.role,
            **page,
        )


class Asked(Narrowed):
    """A page of articles."""

    sort: Sort = Sort.NEWEST
    after: Name = Field(None, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def page(self, *, with_snippets: bool = False) -> ArticleQuery:
        """Make the question to the store."""
        return self.query(sort=self.sort, after=self.after, limit=self.limit, with_snippets=with_snippets)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
