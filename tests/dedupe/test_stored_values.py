"""What stores and indexes hold is made of these values: they change with `TEXT_VERSION`, and never by themselves."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from dedupe import sentences, shingles, sites, sketches
from dedupe.postings import to_keys
from dedupe.text import TEXT_VERSION

MIXED = (
    "ÅRHUS — Don’t pay 1,234.5 crowns for Ёлка, the U.S. envoy told “Die Straße” in 北京. "
    "Ο Οδυσσέας είπε: «όχι». Сегодня в Москве \u0438\u0306од 😀 co\u00adoperates, no. 5, B52s!\n"
    "กรุงเทพ 東京でニュース。 Ann (@ann) pic.twitter.com/x\nİstanbul’da ǅ ﬂoat １２ ٣٤ cafe\u0301 ‘so it goes’ and on."
)


def values() -> dict[str, NDArray[np.generic]]:
    body, read = shingles.shingled(MIXED), sentences.read(MIXED)
    signature = sketches.signatures([body.sequence])
    return {
        "words": body.words.hashes,
        "marks": np.stack((body.words.quoted, body.words.numeric)),
        "shingles": body.sequence,
        "digest": np.array([body.digest]),
        "signature": signature,
        "bands": to_keys(sketches.band_hashes(signature, np.zeros((1, 1), dtype=np.uint64))),
        "stems": read.stems,
        "names": read.names,
        "content pairs": np.sort(read.content),
        "sample of the site": sites.sample(body.sequence),
    }


@pytest.mark.parametrize(
    ("name", "pinned"),
    [
        ("words", "aba627ec0b81d540"),
        ("marks", "dc083503807ad526"),
        ("shingles", "7f53a7c71360a650"),
        ("digest", "213c8ff412b28a87"),
        ("signature", "c6a8c883249f1935"),
        ("bands", "6510cb0ec1ff30b3"),
        ("stems", "164ba98f96b7db0e"),
        ("names", "b82c5c8c8500ce1a"),
        ("content pairs", "4ed79b41bbb62009"),
        ("sample of the site", "6c99c94cdeb1af41"),
    ],
)
def test_values_change_only_with_the_version_of_texts(name: str, pinned: str) -> None:
    digest = hashlib.sha256(values()[name].tobytes()).hexdigest()
    assert (TEXT_VERSION, digest[:16]) == ("text2", pinned)
