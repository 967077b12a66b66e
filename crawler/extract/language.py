"""The language that a text is written in, as against the one that its page declares."""

from __future__ import annotations

_MIN_CHARS, _MAX_CHARS = 200, 600
_SAME = (
    *({"no", "nb", "nn", "da"}, {"hr", "sr", "bs", "sh"}, {"id", "ms"}, {"zu", "xh", "st", "tn"}, {"cs", "sk"}),
    *({"gl", "pt", "es"}, {"fa", "prs"}, {"he", "iw"}, {"tl", "fil"}, {"hi", "mr", "ne"}, {"uk", "be"}, {"af", "nl"}),
)
"""Codes of one language, and languages that a detector mixes up."""


def detected(text: str) -> str | None:
    """Return the primary subtag of the text's language by letter statistics (py3langid), None for a short text."""
    if len(text) < _MIN_CHARS:
        return None
    from py3langid import classify  # heavy: 0.1 s

    found: str = classify(text[:_MAX_CHARS])[0]
    return found


def disagree(declared: str, found: str) -> bool:
    """Return whether a page's claim about its language is contradicted by its text.

    >>> disagree("en", "es"), disagree("nb", "no"), disagree("en", "en")
    (True, False, False)
    """
    return declared != found and not any({declared, found} <= same for same in _SAME)
