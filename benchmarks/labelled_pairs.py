"""How well clusters agree with hand-labelled pairs: the README's figures of "how good it is".

Brings the real corpora of ../shared/data into throw-away stores through the same jobs as the command line, and asks of
each labelled pair whether its two articles share a cluster. Beside it, in the same run and on the same texts, what most
pipelines do: datasketch's MinHashLSH over 5-word shingles with connected components.

    .venv/bin/python -m benchmarks.labelled_pairs [--show-largest]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from crawler import jobs, urls
from dedupe.shingles import shingled
from dedupe.sketches import NUM_PERM, signatures
from storage.queries import Queries
from storage.store import Store
from storage.types import ClusterRow

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LARGEST = 10

Clusters = Mapping[str, int]  # pair id -> cluster


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--show-largest", action="store_true", help=f"print the {LARGEST} largest clusters to read")
    show = options.parse_args().show_largest
    if not DATA.is_dir():
        raise SystemExit(f"the labelled pairs are not here: no folder {DATA}")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in SETS.items():
            with Store.open(str(Path(folder) / f"{name}.sqlite")) as store:
                ids = make(store)
                report(name, store, ids, show)


def report(name: str, store: Store, ids: Mapping[str, int], show: bool) -> None:
    """Print the scores of one set; ``ids`` maps the pairs' ids to article ids."""
    rows = list(Queries(store).clusters(min_size=1))
    cluster_of = {member.id: row.id for row in rows for member in row.members}
    ours = {pair_id: cluster_of[article_id] for pair_id, article_id in ids.items()}
    print_score(name, "wirefold", ours)
    for threshold in (0.5, 0.8):
        print_score(name, f"datasketch {threshold}, components", components(store, ids, threshold))
    sizes = sorted((len(row.members) for row in rows), reverse=True)
    print(f"{name}: {len(ids)} ids, {len(rows)} clusters, the largest of {sizes[:5]} articles")
    for row in sorted(rows, key=lambda row: -len(row.members))[: LARGEST if show else 0]:
        print_cluster(row)


def newsweb(store: Store) -> Mapping[str, int]:
    jobs.ingest(store, [DATA / "newsweb-2016_11.warc.gz"], workers=None, progress=jobs.Silent())
    known = {
        urls.identity(member.url): member.id for row in Queries(store).clusters(min_size=1) for member in row.members
    }
    lines = (line.split("\t") for line in (DATA / "newsweb-2016_11.tsv").read_text().splitlines())
    return {row[0]: known[url] for row in lines if (url := urls.identity(row[3])) in known}


def crossing_outlets(store: Store) -> Mapping[str, int]:
    jobs.import_file(store, DATA / "crossing-outlets.jsonl.gz", keep_id=True, progress=jobs.Silent())
    members = (member for row in Queries(store).clusters(min_size=1) for member in row.members)
    return {member.external_id: member.id for member in members if member.external_id}


SETS: Mapping[str, Callable[[Store], Mapping[str, int]]] = {"newsweb": newsweb, "crossing-outlets": crossing_outlets}


def components(store: Store, ids: Mapping[str, int], threshold: float) -> Clusters:
    """Cluster as datasketch's documentation shows: every candidate of the LSH index is a duplicate."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=NUM_PERM)
    parent = {article_id: article_id for article_id in ids.values()}

    def root(article_id: int) -> int:
        while parent[article_id] != article_id:
            article_id = parent[article_id]
        return article_id

    for article_id, document in sorted(store.documents(ids.values()).items()):
        sketch = MinHash(hashvalues=signatures([shingled(document.text).unique])[0], scheme="affine32")
        for other in index.query(sketch):
            parent[root(article_id)] = root(other)
        index.insert(article_id, sketch)
    return {pair_id: root(article_id) for pair_id, article_id in ids.items()}


def print_score(name: str, method: str, clusters: Clusters) -> None:
    """Print precision, recall and F1 over the pairs labelled yes or no. A text that is not there is in no cluster."""
    truth_and_guess = [(pair["cluster"] == "yes", same_cluster(pair, clusters)) for pair in pairs(name)]
    right = sum(truth and guess for truth, guess in truth_and_guess)
    wrong = sum(guess and not truth for truth, guess in truth_and_guess)
    missed = sum(truth and not guess for truth, guess in truth_and_guess)
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    print(
        f"{name:18} {method:28} F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}  ({right}+{wrong}-{missed})"
    )


def pairs(name: str) -> Iterable[dict[str, str]]:
    rows = map(json.loads, (DATA / "labelled-pairs.jsonl").read_text().splitlines())
    return (row for row in rows if row["set"] == name and row["cluster"] != "unclear")


def same_cluster(pair: Mapping[str, str], clusters: Clusters) -> bool:
    a, b = clusters.get(pair["id_a"]), clusters.get(pair["id_b"])
    return a is not None and a == b


def print_cluster(row: ClusterRow) -> None:
    print(f"  cluster {row.id}: {len(row.members)} articles; canonical: {row.canonical_reason}")
    for member in row.members:
        date, relation = str(member.date_published or "-")[:16], member.relation or ""
        print(f"    {member.source:24} {date:18} {relation:14} {member.headline[:90]}")


if __name__ == "__main__":
    main()
