"""How good the clusters are, beside those of its peers on the same texts: labelled pairs, planted copies, translations.

Brings the corpora of ../shared/data into throw-away stores through the same jobs as the command line. A section of
``benchmarks.dedupe``, which says how to run it.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from benchmarks import processes
from crawler import jobs, urls
from dedupe.evaluate import agreement
from storage.queries import Queries
from storage.store import Store
from storage.types import ClusterRow

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MANY = 10  # a cluster of more members than this is printed to be read
OURS = "wirefold"
SEEDS = 3  # a peer's run is that with the median F1: on few pairs its luck with one seed would show

Pair = tuple[str, str]
Clusters = Mapping[str, int]  # id in the corpus -> cluster


@dataclass(frozen=True)
class Corpus:
    """A corpus, and what became of it: each of its ids is an article, whose text is in a cluster of ours.

    Several ids can be one article. ``joins`` are the pairs of ids that our edges join.
    """

    name: str
    articles: Mapping[str, int]
    texts: Mapping[int, str]
    rows: Sequence[ClusterRow]
    joins: frozenset[Pair]

    def ours(self) -> Clusters:
        """Return our clusters."""
        cluster_of = {member.id: row.id for row in self.rows for member in row.members}
        return {key: cluster_of[article] for key, article in self.articles.items()}

    def everyones(self, seeds: int = 1) -> Mapping[str, list[Clusters]]:
        """Return our clusters, and the peers' of each of their runs: they get the same texts in the same order."""
        order = sorted(self.texts)
        found = {OURS: [self.ours()]}
        texts = [self.texts[article] for article in order]
        for method, runs in processes.peers("clusters", texts, "--seeds", str(seeds)).items():
            clusters_of = [dict(zip(order, labels, strict=True)) for labels in runs]
            found[method] = [{key: of[article] for key, article in self.articles.items()} for of in clusters_of]
        return found


def pairs() -> None:
    """F1 on the hand-labelled pairs; a pair is found when its two articles share a cluster."""
    counts: dict[str, Counter[str]] = {}
    for make in (newsweb, crossing_outlets):
        corpus = make()
        mine = labelled_pairs(corpus.name)
        print(f"\n{corpus.name}: {len(mine)} labelled pairs")
        typical = {}
        for method, runs in corpus.everyones(SEEDS).items():
            typical[method] = median_run(mine, runs)
            found = score(mine, typical[method])
            print_score(method, found)
            counts.setdefault(method, Counter()).update(found)
        print_sizes(corpus, typical)
    print("\nboth together")
    for method, total in counts.items():
        print_score(method, total)


def planted() -> None:
    """Adjusted Rand index on 20,000 synthetic articles with planted copies."""
    truth, plain = planted_truth()
    largest = max(Counter(truth.values()).values())
    corpus = planted_20k()
    print(f"\nplanted-20k: {len(truth)} articles, adjusted Rand index; the largest cluster of the truth has {largest}")
    for method, (clusters,) in corpus.everyones().items():
        most = max(Counter(clusters.values()).values())
        print(
            f"  {method:22} all {rand_index(truth, clusters, list(truth)):.4f}  without template families"
            f" {rand_index(truth, clusters, plain):.4f}  largest cluster {most} ({most / largest:.2f} of the truth's)"
        )


def translations() -> None:
    """Pairs of English versions of one article, translated by machines and by people."""
    truth = english()
    corpus = translated()
    print(f"\ntranslations: {len(corpus.articles)} English texts")
    print_found(f"{OURS}, edges that join", corpus.joins, truth)
    for method, (clusters,) in corpus.everyones().items():
        print_found(method, together(clusters), truth)


# -- truths -----------------------------------------------------------------------------------------------------------


def labelled_pairs(name: str) -> list[dict[str, str]]:
    """Read the pairs of a set that are labelled yes or no."""
    rows = map(json.loads, _lines("labelled-pairs.jsonl"))
    return [row for row in rows if row["set"] == name and row["cluster"] != "unclear"]


def planted_truth() -> tuple[Clusters, list[str]]:
    """Read the planted clusters, and which articles are in no family of templates."""
    rows = parquet.read_table(DATA / "planted-20k.parquet", columns=["id", "cluster", "group"]).to_pylist()
    truth = {str(row["id"]): int(row["cluster"]) for row in rows}
    return truth, [str(row["id"]) for row in rows if not (row["group"] or "").startswith("tpl")]


def english() -> dict[str, frozenset[Pair]]:
    """Pair the English versions of one article by who translated them: machine, human, or one of each."""
    versions: dict[str, list[tuple[str, str]]] = {}
    for row in _english_rows():
        who = "human" if row["source"].startswith("human") else "machine"
        versions.setdefault(row["cluster"], []).append((row["id"], who))
    found: dict[str, set[Pair]] = {}
    for members in versions.values():
        for (a, a_who), (b, b_who) in combinations(members, 2):
            found.setdefault(" and ".join(sorted({a_who, b_who})), set()).add(ordered(a, b))
    return {kind: frozenset(of) for kind, of in sorted(found.items())}


def _english_rows() -> list[dict[str, str]]:
    with gzip.open(DATA / "translations.jsonl.gz", "rt") as stream:
        return [row for row in map(json.loads, stream) if row["lang"] == "en"]


# -- corpora ----------------------------------------------------------------------------------------------------------


def newsweb() -> Corpus:
    """Several ids can be one article: what was fetched from one address on several days."""
    with throw_away() as store:
        jobs.ingest(store, [DATA / "newsweb-2016_11.warc.gz"], workers=None, progress=jobs.Silent())
        rows = list(Queries(store).clusters(min_size=1))
        known = {urls.identity(member.url): member.id for row in rows for member in row.members}
        lines = (line.split("\t") for line in _lines("newsweb-2016_11.tsv"))
        ids = {line[0]: known[url] for line in lines if (url := urls.identity(line[3])) in known}
        return clustered("newsweb", store, rows, ids)


def crossing_outlets() -> Corpus:
    return imported("crossing-outlets", DATA / "crossing-outlets.jsonl.gz")


def planted_20k() -> Corpus:
    return imported("planted-20k", DATA / "planted-20k.parquet")


def translated() -> Corpus:
    """The originals in other languages are in the store, too, but not compared."""
    return imported("translations", DATA / "translations.jsonl.gz", among={row["id"] for row in _english_rows()})


def imported(name: str, path: Path, among: set[str] | None = None) -> Corpus:
    """Import a file of articles; what is not ``among`` these ids is clustered with them, but not compared."""
    with throw_away() as store:
        jobs.import_file(store, path, keep_id=True, progress=jobs.Silent())
        rows = list(Queries(store).clusters(min_size=1))
        members = (member for row in rows for member in row.members)
        ids = {member.external_id: member.id for member in members if member.external_id}
        return clustered(name, store, rows, {key: of for key, of in ids.items() if among is None or key in among})


def clustered(name: str, store: Store, rows: Sequence[ClusterRow], articles: Mapping[str, int]) -> Corpus:
    """Read what our clusters and edges make of a corpus; ``articles`` maps its ids to the store's."""
    key_of = {article: key for key, article in articles.items()}
    edges = [edge for edge in Queries(store).edges_of(list(key_of)) if edge.joins]
    pairs = [(key_of.get(edge.article_a), key_of.get(edge.article_b)) for edge in edges]
    return Corpus(
        name=name,
        articles=articles,
        texts={article: document.text for article, document in store.documents(key_of).items()},
        rows=rows,
        joins=frozenset(ordered(a, b) for a, b in pairs if a and b),
    )


@contextmanager
def throw_away() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder) / "store.sqlite")) as store:
        yield store


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text().splitlines()


# -- measures ---------------------------------------------------------------------------------------------------------


def score(labelled: Iterable[Mapping[str, str]], clusters: Mapping[str, int]) -> Counter[str]:
    """Count right, wrong and missed pairs. A text that is not there is in no cluster."""
    counts: Counter[str] = Counter()
    for pair in labelled:
        a, b = clusters.get(pair["id_a"]), clusters.get(pair["id_b"])
        is_found, is_true = a is not None and a == b, pair["cluster"] == "yes"
        counts.update(right=is_found and is_true, wrong=is_found and not is_true, missed=is_true and not is_found)
    return counts


def f1_of(found: Mapping[str, int]) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * found["right"] / max(1, 2 * found["right"] + found["wrong"] + found["missed"])


def median_run(labelled: Sequence[Mapping[str, str]], runs: Sequence[Clusters]) -> Clusters:
    """Return the run with the median F1."""
    return sorted(runs, key=lambda clusters: f1_of(score(labelled, clusters)))[len(runs) // 2]


def rand_index(truth: Mapping[str, int], clusters: Mapping[str, int], among: Sequence[str]) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985) of two partitions, over some of what they hold."""
    true = {number: str(truth[key]) for number, key in enumerate(among)}
    return agreement(true, {number: clusters[key] for number, key in enumerate(among)}).ari


def together(clusters: Mapping[str, int]) -> frozenset[Pair]:
    """Return all pairs that share a cluster."""
    members: dict[int, list[str]] = {}
    for key, cluster in clusters.items():
        members.setdefault(cluster, []).append(key)
    return frozenset(ordered(a, b) for group in members.values() for a, b in combinations(group, 2))


def ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


# -- tables -----------------------------------------------------------------------------------------------------------


def print_score(method: str, found: Mapping[str, int]) -> None:
    right, wrong, missed = (found[name] for name in ("right", "wrong", "missed"))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    rates = f"F1 {f1_of(found):.3f}  precision {precision:.3f}  recall {recall:.3f}"
    print(f"  {method:22} {rates}  ({right} right, {wrong} wrong, {missed} missed)")


def print_sizes(corpus: Corpus, everyones: Mapping[str, Clusters]) -> None:
    """Say how large the clusters are, and print the largest of ours to be read: is each of them one article?"""
    for method, clusters in everyones.items():
        cluster_of = {corpus.articles[key]: cluster for key, cluster in clusters.items()}
        sizes = sorted(Counter(cluster_of.values()).values(), reverse=True)
        print(f"  {method:22} {sum(s > MANY for s in sizes):3} clusters over {MANY}; the largest: {sizes[:5]}")
    for row in sorted(corpus.rows, key=lambda row: -len(row.members)):
        if len(row.members) > MANY:
            print_cluster(row)


def print_cluster(row: ClusterRow) -> None:
    """Print a cluster in a line a headline: how often, from when to when, on which sites."""
    print(f"    cluster {row.id}: {len(row.members)} articles, canonical: {row.canonical_reason}")
    by_headline: dict[str, list[Any]] = {}
    for member in row.members:
        by_headline.setdefault(member.headline[:90], []).append(member)
    for headline, members in sorted(by_headline.items(), key=lambda entry: -len(entry[1])):
        days = sorted(str(member.date_published or "-")[:10] for member in members)
        sources = sorted({member.source for member in members})
        print(f"      {len(members):3} x {headline!r}  {days[0]} .. {days[-1]}  {', '.join(sources[:4])}")


def print_found(method: str, found: frozenset[Pair], truth: Mapping[str, frozenset[Pair]]) -> None:
    right = sum(len(found & of) for of in truth.values())
    recalls = "  ".join(f"{kind} {len(found & of) / len(of):.3f}" for kind, of in truth.items())
    print(f"  {method:26} precision {right / max(1, len(found)):.4f} ({len(found) - right} wrong)  recall: {recalls}")
