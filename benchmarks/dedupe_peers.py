"""What others do to find copies, by their published settings: clusters of texts, and signatures a second.

It runs in the peers' environment (`make peers`) and knows nothing of Wirefold; ``benchmarks.dedupe`` starts it, with a
file of texts (a JSON list) and what to do with them. Where there is no such environment it runs in ours, with
datasketch alone.

datasketch, rensa and gaoya are run as they are. text-dedup, datatrove and NeMo Curator would bring Spark, spaCy or a
GPU: of them it takes how they split a text, their numbers of hashes and bands, and that every candidate is a copy; the
MinHash and its index are datasketch's.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from datasketch.hashfunc import sha1_hash32
from numpy.typing import NDArray

PERMUTATIONS = 128
_WIDTH = 5

Labels = list[int]


# -- texts to sets of features ----------------------------------------------------------------------------------------


def grams(words: Sequence[str], width: int) -> set[str]:
    """Return every run of ``width`` words; none of a shorter text."""
    return {" ".join(words[at : at + width]) for at in range(len(words) - width + 1)}


def word_shingles(text: str) -> set[str]:
    return grams(re.findall(r"\w+", text.lower()), _WIDTH)


def split_at_non_words(width: int, least: int) -> Callable[[str], set[str]]:
    """Split as text-dedup does, at every single character that is none of a word: two in a row leave an empty word."""

    def features(text: str) -> set[str]:
        words = re.split(r"\W", text.lower())
        return grams(words, width) if len(words) >= least else set()

    return features


def simplified(text: str) -> set[str]:
    """Simplify as datatrove does: no case, accents or punctuation; every number is 0. It would split by spaCy."""
    plain = "".join(ch for ch in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(ch) != "Mn")
    return grams(re.sub(r"[^\w\s]", "", re.sub(r"\d+", "0", plain)).split(), _WIDTH)


def characters(text: str) -> set[str]:
    return {text[at : at + 24] for at in range(max(1, len(text) - 23))}


@dataclass(frozen=True)
class Setting:
    """A published setting of MinHash with bands: with (bands, rows), or a threshold that decides on them."""

    features: Callable[[str], set[str]]
    permutations: int
    threshold: float | None = None
    bands: tuple[int, int] | None = None


SETTINGS: Mapping[str, Setting] = {
    # datasketch 2.0.0, docs/lsh.rst: MinHashLSH(threshold=0.5, num_perm=128); 0.8 is what many pipelines take.
    "datasketch 0.5": Setting(word_shingles, PERMUTATIONS, threshold=0.5),
    "datasketch 0.8": Setting(word_shingles, PERMUTATIONS, threshold=0.8),
    # text-dedup 0.4.0, text_dedup/utils/args.py, MinHashArgs: ngram 5, min_length 5, num_perm 250, threshold 0.7
    # (its README: "Using B=25, R=10"); text_dedup/minhash.py joins every candidate.
    "text-dedup": Setting(split_at_non_words(_WIDTH, 5), 250, bands=(25, 10)),
    # text-dedup's repository, configs/benchmark_news_minhash.toml: its setting for news (NEWS-COPY).
    "text-dedup, for news": Setting(split_at_non_words(2, 0), 256, threshold=0.45),
    # datatrove 0.10.1, pipeline/dedup/minhash.py, MinhashConfig: n_grams 5, 14 buckets of 8 hashes, 64 bits.
    "datatrove": Setting(simplified, 14 * 8, bands=(14, 8)),
    # NeMo Curator 1.4.0, stages/deduplication/fuzzy/workflow.py: char_ngrams 24, num_bands 20, minhashes_per_band 13.
    "NeMo Curator": Setting(characters, 20 * 13, bands=(20, 13)),
}


# -- clusters ---------------------------------------------------------------------------------------------------------


def components(count: int, pairs: Iterable[tuple[int, int]]) -> Labels:
    """Return for each place the smallest place that it is connected with."""
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, other in pairs:
        a, b = sorted((root(one), root(other)))
        parent[b] = a
    return [root(place) for place in range(count)]


def hashed(texts: Sequence[str], setting: Setting) -> list[NDArray[np.uint32]]:
    """Hash the features of each text as datasketch does."""
    return [np.array([sha1_hash32(each.encode()) for each in setting.features(text)], np.uint32) for text in texts]


def candidates(hashes: Sequence[NDArray[np.uint32]], setting: Setting, seed: int) -> Iterator[tuple[int, int]]:
    """Yield each text with every earlier one that shares a band with it. One without features has no copies."""
    index = MinHashLSH(threshold=setting.threshold or 0.9, num_perm=setting.permutations, params=setting.bands)
    for place, features in enumerate(hashes):
        if len(features):
            sketch = MinHash(num_perm=setting.permutations, seed=seed, hashfunc=int)
            sketch.update_batch(features.tolist())
            yield from ((place, other) for other in index.query(sketch))
            index.insert(place, sketch)


def joined(texts: Sequence[str], setting: Setting, seeds: int) -> list[Labels]:
    """Cluster the texts by a setting on datasketch, with each of several seeds."""
    hashes = hashed(texts, setting)
    return [components(len(texts), candidates(hashes, setting, seed + 1)) for seed in range(seeds)]


def rensa_pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Do as rensa 0.5.0's README: words as tokens, threshold 0.8 with bands, checked by the estimated Jaccard."""
    from rensa import RMinHash, RMinHashDeduplicator

    known = RMinHashDeduplicator(threshold=0.8, num_perm=PERMUTATIONS, use_lsh=True)
    for place, text in enumerate(texts):
        (sketch,) = RMinHash.from_token_sets([text.split()], num_perm=PERMUTATIONS, seed=42)
        yield from ((place, int(other)) for other in known.get_duplicates(sketch))
        known.add(str(place), sketch)


def gaoya_pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Do as gaoya 0.2.2's documentation of MinHashStringIndex: single words, Jaccard estimated above 0.5."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.5, 42, 3, None, "word", True, (1, 1))
    for place, text in enumerate(texts):
        yield from ((place, other) for other in index.query(text))
        index.insert_document(place, text)


def clusters(texts: Sequence[str], seeds: int) -> dict[str, list[Labels]]:
    """Cluster the texts by every setting: connected components of what it takes for copies.

    One false candidate can chain two clusters together, so luck with the hash functions counts: settings on datasketch
    are run with several seeds.
    """
    found = {name: joined(texts, setting, seeds) for name, setting in SETTINGS.items()}
    if _has("rensa"):
        found["rensa"] = [components(len(texts), rensa_pairs(texts))]
    if _has("gaoya"):
        found["gaoya"] = [components(len(texts), gaoya_pairs(texts))]
    return found


# -- signatures -------------------------------------------------------------------------------------------------------


def bulk(texts: Sequence[str]) -> Any:
    """Sketch as datasketch's documentation does many sets."""
    return MinHash.bulk(
        [[shingle.encode() for shingle in word_shingles(text)] for text in texts], num_perm=PERMUTATIONS
    )


def rensa_r(texts: Sequence[str]) -> Any:
    from rensa import RMinHash

    return RMinHash.from_token_sets([list(word_shingles(text)) for text in texts], num_perm=PERMUTATIONS, seed=42)


def rensa_c(texts: Sequence[str]) -> Any:
    from rensa import CMinHash

    return CMinHash.from_token_sets([list(word_shingles(text)) for text in texts], num_perm=PERMUTATIONS, seed=42)


def rensa_words(texts: Sequence[str]) -> Any:
    """Sketch single words, as in rensa's README: a third of the work of the others, and other signatures."""
    from rensa import RMinHash

    return RMinHash.from_token_sets([text.split() for text in texts], num_perm=PERMUTATIONS, seed=42)


def gaoya_hashes(texts: Sequence[str]) -> Any:
    """Split and sketch inside of gaoya, without its index: 32 bands of 4 hashes are 128."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.5, 32, 4, None, "word", True, (_WIDTH, _WIDTH))
    return index.minhash_index.bulk_hash_docs(texts)


SIGNATURES: Mapping[str, tuple[str, Callable[[Sequence[str]], Any]]] = {
    "datasketch bulk": ("datasketch", bulk),
    "rensa, R-MinHash": ("rensa", rensa_r),
    "rensa, C-MinHash": ("rensa", rensa_c),
    "rensa, single words": ("rensa", rensa_words),
    "gaoya": ("gaoya", gaoya_hashes),
}


def signatures(texts: Sequence[str], methods: Iterable[str]) -> dict[str, float]:
    """Return how many seconds of CPU each method takes for all texts."""
    taken = {}
    for name in methods:
        package, method = SIGNATURES[name]
        if _has(package):
            method(texts[:20])  # what is loaded once is not the texts'
            started = time.process_time()
            method(texts)
            taken[name] = time.process_time() - started
    return taken


def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("task", choices=("clusters", "signatures", "baseline"))
    options.add_argument("texts", type=Path)
    options.add_argument("--core", type=int, help="use this core alone")
    options.add_argument("--seeds", type=int, default=1)
    chosen = options.parse_args()
    if chosen.core is not None:
        os.sched_setaffinity(0, {chosen.core})
    texts = json.loads(chosen.texts.read_text())
    tasks: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "clusters": lambda: clusters(texts, chosen.seeds),
        "signatures": lambda: signatures(texts, SIGNATURES),
        "baseline": lambda: signatures(texts, ["datasketch bulk"]),
    }
    print(json.dumps(tasks[chosen.task]()))


if __name__ == "__main__":
    main()
