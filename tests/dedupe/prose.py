"""Texts made for the tests: sentences that share nothing unless told to."""

from __future__ import annotations

import random

from hypothesis import strategies as st

_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def sentences(seed: int, count: int) -> list[str]:
    """Return ``count`` sentences of twelve made-up words; other seeds share no shingle with them."""
    chance = random.Random(seed)
    return [" ".join(_word(chance) for _ in range(12)).capitalize() + "." for _ in range(count)]


def text(seed: int, count: int = 30) -> str:
    """Return a text of about twelve times ``count`` words in paragraphs of three sentences."""
    made = sentences(seed, count)
    return "\n".join(" ".join(made[i : i + 3]) for i in range(0, count, 3))


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))


FOOTER = text(999, 6)  # what all pages of a site end with

# Some of the sentences of one of four articles, with or without the site's footer: copies, abridgements, overlaps.
BODIES = st.builds(
    lambda seed, start, length, footer: " ".join(sentences(seed, 24)[start : start + length]) + footer,
    st.integers(1, 4),
    st.sampled_from([0, 4, 12]),
    st.sampled_from([6, 12, 24]),
    st.sampled_from(["", "\n" + FOOTER]),
)
