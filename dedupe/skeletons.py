"""Names to skeletons: what of a name sounds alike however a language writes it, in Latin letters.

Whatever script a name is in, it is transliterated; then vowels go, and letters that one language writes for another's
are made one: "Щербаков" and "Shcherbakov" are srbkf, "スズキ" and "Suzuki" ssk.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_ALIKE = str.maketrans({"c": "k", "q": "k", "x": "ks", "w": "f", "v": "f", "z": "s", "j": "s", "l": "r"})
_SIBILANTS = re.compile(r"shch|sch|sh|zh|ch|ts|tz|dz|c(?=[eiy])")
_OTHER = re.compile(r"[^a-z]")
_SILENT = re.compile(r"[aeiouyh]")
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def skeleton(word: str) -> str:
    """Return the consonants of a word as they sound, with an a before them if it begins with a vowel."""
    latin = _OTHER.sub("", anyascii(word).lower())
    sounds = _SIBILANTS.sub("s", latin).replace("ph", "f").translate(_ALIKE)
    consonants = _REPEATED.sub(r"\1", _SILENT.sub("", sounds))
    return "a" + consonants if latin[:1] in {*"aeiouy"} else consonants
