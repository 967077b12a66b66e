"""The language that a text is written in, as against the one that its page declares."""

from __future__ import annotations

_MIN_CHARS, _MAX_CHARS = 200, 300
_ENGLISH_WORDS, _ENOUGH = (" the ", " of ", " and ", " was ", " with ", " that ", " from "), 5
"""So many of these in 300 characters are English, and half of all pages are told by them in no time."""
_SAME = (
    *({"no", "nb", "nn", "da"}, {"hr", "sr", "bs", "sh"}, {"id", "ms"}, {"zu", "xh", "st", "tn"}, {"cs", "sk"}),
    *({"gl", "pt", "es"}, {"fa", "prs"}, {"he", "iw"}, {"tl", "fil"}, {"hi", "mr", "ne"}, {"uk", "be"}, {"af", "nl"}),
)
"""Codes of one language, and languages that a detector mixes up."""


def detected(text: str) -> str | None:
    """Return the primary subtag of the text's language by letter statistics (py3langid), None for a short text."""
    if len(text) < _MIN_CHARS:
        return None
    sample = text[:_MAX_CHARS]
    if sum(map(sample.count, _ENGLISH_WORDS)) >= _ENOUGH:
        return "en"
    from py3langid import classify  # heavy: 0.1 s

    found: str = classify(sample)[0]
    return found


def disagree(declared: str, found: str) -> bool:
    """Return whether a page's claim about its language is contradicted by its text.

    >>> disagree("en", "es"), disagree("nb", "no"), disagree("en", "en")
    (True, False, False)
    """
    return declared != found and not any({declared, found} <= same for same in _SAME)
