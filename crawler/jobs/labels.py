"""Labels: pairs of articles that are the same or not, and true clusters. From a file, or from what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from crawler.errors import RecordError
from crawler.jobs.said import find, parse_line, read_lines
from dedupe.evaluate import Label, Truth
from storage.errors import NotFound
from storage.queries import Queries
from storage.types import Decision, DecisionKind

KINDS = ("set", "label", "subtype")
_OF_PAIRS = ("id_a", "id_b", "url_a", "url_b")
_SAME = {"yes": True, "same": True, "no": False, "different": False}


def _as_text(value: Any) -> Any:
    """Take a whole number for a name."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, BeforeValidator(_as_text)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PairLine(_Line):
    """Two articles, each by id (its own, or an external one) or URL, and whether they belong in one cluster."""

    id_a: Name | None = None
    id_b: Name | None = None
    url_a: str | None = None
    url_b: str | None = None
    cluster: Literal["yes", "no", "unclear", "same", "different"]
    set: str | None = None
    label: str | None = None
    subtype: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _names_two(self) -> PairLine:
        if any(url is None and name is None for url, name in ((self.url_a, self.id_a), (self.url_b, self.id_b))):
            raise ValueError("a pair needs id_a or url_a, and id_b or url_b")
        return self


class ClusterLine(_Line):
    """One article, by id or URL, and its true cluster."""

    id: Name | None = None
    url: str | None = None
    cluster: Name

    @model_validator(mode="after")
    def _names_one(self) -> ClusterLine:
        if self.id is None and self.url is None:
            raise ValueError("needs id and cluster, or for a pair id_a, id_b and cluster (or url in place of id)")
        return self


Line = PairLine | ClusterLine


@dataclass(slots=True)
class Labels:
    """The truth in terms of the store, of so many ``lines``.

    ``unclear`` pairs are left out, and so are the lines that ``not_found`` names: their articles are not in the store.
    """

    lines: int = 0
    unclear: int = 0
    pairs: list[Label] = field(default_factory=list)
    clusters: dict[int, str] = field(default_factory=dict)
    not_found: list[str] = field(default_factory=list)

    @property
    def truth(self) -> Truth:
        """Give pairs and clusters."""
        return Truth(self.pairs, self.clusters)

    @property
    def articles(self) -> set[int]:
        """Name all articles that are in a pair or a cluster."""
        return {end for pair in self.pairs for end in (pair.a, pair.b)} | self.clusters.keys()


def decided_labels(decisions: Iterable[Decision]) -> Labels:
    """Take the decisions on pairs for labels, whose kind is who decided."""
    pairs = [each for each in decisions if each.url_b is not None]
    labels = Labels(lines=len(pairs))
    for each in pairs:
        if each.article_a is None or each.article_b is None:
            labels.not_found.append(f"the articles of decision {each}")
        else:
            same, kinds = each.kind is DecisionKind.SAME, {"decided by": each.decided_by}
            labels.pairs.append(Label(each.article_a, each.article_b, same, kinds, each.note))
    return labels


def read_labels(path: Path, queries: Queries) -> Labels:
    """Read pairs and true clusters (JSON Lines, plain or gzip, or Parquet), and find their articles in the store.

    Ids are external ids if any of them is one in the store, otherwise the store's own.

    Raises:
        ArchiveError: the file cannot be read, or holds no records.
        RecordError: a line is no label, names one article twice, or puts an article into a second true cluster.
    """
    lines = list(_lines(path))
    articles = _Articles(queries, (ref.id for _, line in lines for ref in _refs(line)))
    labels = Labels(lines=len(lines))
    for number, line in lines:
        refs = _refs(line)
        found = [article for ref in refs if (article := articles.find(ref)) is not None]
        if isinstance(line, PairLine) and line.cluster == "unclear":
            labels.unclear += 1
        elif len(found) < len(refs):
            missing = ", ".join(ref.url or ref.id or "" for ref in refs if articles.find(ref) is None)
            labels.not_found.append(f"{path}:{number}: not in the store: {missing}")
        elif isinstance(line, PairLine) and refs[0] == refs[1]:
            raise RecordError(path, number, "both are one article")
        elif isinstance(line, PairLine):
            labels.pairs.append(_label(line, *found))
        elif labels.clusters.setdefault(found[0], line.cluster) != line.cluster:
            raise RecordError(path, number, "the article is in another true cluster already")
    return labels


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    for number, record in read_lines(path):
        if record.keys().isdisjoint(_OF_PAIRS):
            yield number, parse_line(ClusterLine, record, path, number)
        else:
            yield number, parse_line(PairLine, record, path, number)


@dataclass(frozen=True, slots=True)
class _Ref:
    """How a line names an article: a URL goes before an id."""

    id: str | None
    url: str | None


def _refs(line: Line) -> list[_Ref]:
    if isinstance(line, PairLine):
        return [_Ref(line.id_a, line.url_a), _Ref(line.id_b, line.url_b)]
    return [_Ref(line.id, line.url if line.id is None else None)]


def _label(line: PairLine, a: int, b: int) -> Label:
    kinds = {name: value for name in KINDS if (value := getattr(line, name))}
    return Label(a, b, _SAME[line.cluster], kinds, line.reason or "")


class _Articles:
    """Finds the articles that lines name."""

    def __init__(self, queries: Queries, ids: Iterable[str | None]) -> None:
        self._queries = queries
        named = {name for name in ids if name is not None}
        self._by_id = queries.by_external_id(named)
        if not self._by_id:
            numbers = {int(name): name for name in named if name.isascii() and name.isdigit() and len(name) < 10}
            self._by_id = {numbers[article]: article for article in queries.places(numbers)}

    def find(self, ref: _Ref) -> int | None:
        """Return an article's id, None if it is not there."""
        if ref.url is None:
            return self._by_id.get(ref.id or "")
        with suppress(NotFound):
            return find(self._queries, ref.url)
        return None
