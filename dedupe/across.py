"""Documents to pairs of documents in different languages of which one may be a translation of the other.

Each document is filed under some of its rare anchors, in the same index as everything else, in buckets by time and
language that nothing else uses: so those of all other languages are read, and never those of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe import postings
from dedupe.documents import Known
from dedupe.library import Library, Numbers
from dedupe.sets import distinct, ranks
from dedupe.text import mix

# Of twelve keys each, 97 of 100 pairs of a text and its translation share two or more, 2 of 100 other pairs do
# (translations in ../shared/data).
KEYS = 12
LEAST_SHARED = 2
MOST_CANDIDATES = 20  # of a document: those that share most

_LANGUAGE_BITS = 15  # three letters
_FIRST_BUCKET = 1 << 30  # beyond those of time alone
_LAST_TIME = (1 << 30 - _LANGUAGE_BITS) - 1  # what is dated later (than the year 4660) is filed here
_EMPTY = np.uint64(1 << 41)


class Entries(NamedTuple):
    """Documents of one language and time: the bucket that they are filed in, numbers, and keys uint32[n, KEYS]."""

    bucket: int
    numbers: Numbers
    keys: postings.Keys


def entries(documents: Sequence[Known]) -> Iterator[Entries]:
    """Say how documents are filed, in order; those whose language is not known are left out."""
    groups: defaultdict[int, list[Known]] = defaultdict(list)
    for known in documents:
        language = _number(known.document.language_code)
        if language and not known.is_short:
            time = min(postings.bucket_of(known.document.day), _LAST_TIME)
            groups[_FIRST_BUCKET + (time << _LANGUAGE_BITS) + language].append(known)
    for bucket, some in groups.items():
        yield Entries(bucket, np.array([known.document.number for known in some], dtype=np.uint32), _keys(some))


def file(library: Library, arrived: Sequence[Known]) -> None:
    """File documents in the index."""
    for bucket, numbers, keys in entries(arrived):
        library.index.add(bucket, postings.to_run(keys, numbers))


def proposed(index: postings.Index, asking: Iterable[Entries], span: int, *, later: bool) -> list[tuple[int, int]]:
    """Pair the numbers of documents and others in other languages, the earlier one first, in order.

    They are within ``span`` buckets of time of each other. With ``later``, others that came later are found, too.
    """
    found: list[tuple[int, int]] = []
    for bucket, numbers, keys in asking:
        wanted = distinct(keys.ravel())
        runs = chain.from_iterable(index.read(*ends, wanted) for ends in _of_others(bucket, span))
        matches = postings.find(keys, numbers, [KEYS], LEAST_SHARED, runs, later=later)
        best = _best(matches)
        found += zip(matches.document[best].tolist(), matches.other[best].tolist(), strict=True)
    return sorted({(min(pair), max(pair)) for pair in found})


def time_of(bucket: int) -> int:
    """Return the bucket by time alone (see `postings.bucket_of`) of a bucket of `Entries`."""
    return bucket - _FIRST_BUCKET >> _LANGUAGE_BITS


def _number(language: str) -> int:
    """Give a language of two or three letters, as all have, a number of its own below 1 << _LANGUAGE_BITS; else 0."""
    if not (language.isascii() and language.isalpha() and len(language) <= 3):
        return 0
    return sum((ord(letter) & 31) << 5 * place for place, letter in enumerate(language))


def _of_others(bucket: int, span: int) -> Iterator[tuple[int, int]]:
    """Return the first and the last buckets of what is near a bucket in time and of other languages."""
    step = 1 << _LANGUAGE_BITS
    start = (bucket - span * step) // step * step
    for same in range(bucket - span * step, bucket + (span + 1) * step, step):
        yield start, same - 1
        start = same + 1
    yield start, start // step * step + step - 1


def _keys(documents: Sequence[Known]) -> postings.Keys:
    """Choose the rare anchors that documents are filed under: those of least hash, so that others choose alike.

    Where there are fewer, keys that no other document has stand in for them.
    """
    places = np.arange(KEYS, dtype=np.uint64)
    numbers = np.array([known.document.number for known in documents], dtype=np.uint64)
    hashes = mix(_EMPTY + numbers[:, None] * np.uint64(KEYS) + places)
    for row, known in zip(hashes, documents, strict=True):
        chosen = np.sort(mix(known.rare_keys.astype(np.uint64)))[:KEYS]
        row[: len(chosen)] = chosen
    return postings.to_keys(hashes)


def _best(matches: postings.Matches) -> NDArray[np.int64]:
    """Return which matches are the MOST_CANDIDATES of their document that share most; of equal ones, the latest."""
    order = np.lexsort((~matches.other, -matches.shared[:, 0], matches.document))
    best: NDArray[np.int64] = order[ranks(matches.document[order]) < MOST_CANDIDATES]
    return best
