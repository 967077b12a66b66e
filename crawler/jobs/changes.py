"""What today's extraction of a kept page changes about what is known: decided here, carried out elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from crawler.sources.revisit import may_become_article
from storage.articles import content_hash, is_beginning
from storage.rows import as_stored
from storage.types import ONLY_THE_BEGINNING, TEXT_FROM, Article, Cause, KeptPage, Outcome, Rejection, Standing

CHANGED = "changed"
REJECTED = "rejected"
TEXTS = ("headline", "article_body")

_SHOWN_CHARS = 300
# Who found an article where, and what others call it: a page kept later may know that otherwise, rules never do.
_NOT_EXTRACTED = ("url", "site", "source", "external_id", "address")
_FIELDS = tuple(field.name for field in fields(Article) if field.name not in (*TEXTS, *_NOT_EXTRACTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One page that now gives something else than before.

    ``what`` is "changed", "kept" (it is an article now) or "rejected" (it is none now, or for another reason).
    ``fields`` holds what was before and what is now: bounded texts, of the body the number of words. Without
    ``is_current`` it is an older version of the article that has changed.
    """

    url: str
    what: str
    fields: Mapping[str, tuple[Any, Any]]
    is_current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to be stored: the result, in place of ``before`` if there is one, and the page with its new standing."""

    page: KeptPage
    result: Article | Rejection
    change: Change | None
    before: Standing | None = None
    cause: Cause = Cause.RULES


def decide(kept: KeptPage, result: Article | Rejection, before: Standing | None) -> Intent | None:
    """Decide what a kept page changes; None if nothing.

    Args:
        before: the article that the page belongs to, as it meets it.
    """
    if isinstance(result, Rejection):
        return _rejected(kept, result)
    if before is not None and _is_stub_of(kept, result, before):
        return None
    settled = replace(kept, is_article=True, reason=None)
    if before is None:
        settled = replace(settled, url=result.url, site=result.site)
        change = Change(url=kept.address, what=Outcome.KEPT, fields={"reason": (kept.reason, None)})
        return Intent(page=settled, result=result, change=change)
    article = _in_place_of(before.article, result)
    found = dict(_differences(before, article))
    if not found and kept.is_article and kept.reason is None:
        return None
    change = Change(url=kept.address, what=CHANGED, fields=found, is_current=before.is_current)
    return Intent(
        page=replace(settled, url=before.article.url, site=before.article.site),
        result=article,
        change=change if found else None,
        before=before,
        cause=_cause(kept, before),
    )


def _is_stub_of(kept: KeptPage, result: Article, before: Standing) -> bool:
    """Say whether a page that gave nothing before shows, behind a paywall, the beginning of what is known."""
    is_stub = ONLY_THE_BEGINNING in result.notes and not kept.is_article
    return is_stub and is_beginning(result.article_body, before.article.article_body)


def _rejected(kept: KeptPage, result: Rejection) -> Intent | None:
    if result.reason == kept.reason:
        return None
    return Intent(
        page=replace(kept, reason=result.reason),
        result=replace(result, url=kept.url, retry=may_become_article(result.reason)),
        change=Change(url=kept.address, what=REJECTED, fields={"reason": (kept.reason, result.reason)}),
    )


def _cause(kept: KeptPage, before: Standing) -> Cause:
    """Say what changed a text: of a page that gave none before, and is newer than the text, nobody can know."""
    return Cause.RULES if kept.is_article or kept.fetched_at <= before.seen_at else Cause.PUBLISHER


def _in_place_of(old: Article, new: Article) -> Article:
    """Return what is found now, with what extraction does not know."""
    extra = {name: value for name, value in old.extra.items() if name != TEXT_FROM}
    unknown = {name: getattr(old, name) for name in _NOT_EXTRACTED}
    stored = as_stored(replace(new, extra={**extra, **new.extra}, **unknown))
    return replace(stored, headline=new.headline, article_body=new.article_body)  # hashed as a crawl would


def _differences(before: Standing, article: Article) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Find the fields that differ and are to be replaced; those of an older version are not."""
    old = before.article
    if content_hash(article) != before.content_hash:
        if old.headline != article.headline:
            yield "headline", (_shown(old.headline), _shown(article.headline))
        if old.article_body != article.article_body:
            yield "article_body", (len(old.article_body.split()), len(article.article_body.split()))
    for name in _FIELDS if before.is_current else ():
        a, b = getattr(old, name), getattr(article, name)
        if a != b:
            yield name, _shown_pair(a, b)


def _shown_pair(a: Any, b: Any) -> tuple[Any, Any]:
    """Bound two values; of mappings only where they differ."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        names = [name for name in {**a, **b} if a.get(name) != b.get(name)]
        a, b = ({name: each[name] for name in names if name in each} for each in (a, b))
    return _shown(a), _shown(b)


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = ", ".join(f"{name}: {each}" for name, each in value.items())
    elif isinstance(value, tuple):
        value = ", ".join(value)
    return value[:_SHOWN_CHARS] if isinstance(value, str) else value
