"""What an article says of where it was published first: "This article first appeared in the Gazette"."""

from __future__ import annotations

import re

_FIRST = (
    r"(?:first|originally) (?:published|appeared|posted) (?:by|in|on|at)",
    r"published (?:here )?(?:with (?:the )?permission (?:of|from)|courtesy of)",
    r"(?:republished|reprinted|reposted|syndicated) (?:here )?(?:from|courtesy of)",
    r"(?:republished|reprinted|reposted) (?:here )?with (?:the )?permission (?:of|from)",
)
# Only where the line speaks of itself: "the study was first published in" is of something else.
_ITSELF = (
    r"this (?:article|story|piece|post|report|column|essay|interview|op-ed|text) (?:was |is |has been |is being )?"
)
_OTHER_LANGUAGES = (
    r"(?:dieser (?:artikel|beitrag|text) (?:ist |erschien )?)?zuerst (?:erschienen )?(?:bei|in|auf|im)",
    r"(?:cet article (?:a été )?)?(?:publié initialement|initialement publié) (?:sur|dans|par)",
    r"(?:este artículo (?:fue )?)?publicado originalmente (?:en|por)",
)
_LINE = re.compile(
    rf"^[^\w\n]{{0,20}}(?:{_ITSELF})?(?:{'|'.join((*_FIRST, *_OTHER_LANGUAGES))})[ :]+(?P<name>[^\n.;(]{{2,80}})",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(rf"\b{_ITSELF}(?:{'|'.join(_FIRST)})[ :]+(?P<name>[^\n.;(]{{2,80}})", re.IGNORECASE)
# One of these is in all of them. Most texts have none, which is soon seen.
_SIGNS = ("published", "publié", "publicado", "appeared", "posted", "printed", "syndicated", "zuerst")


def named(text: str) -> tuple[str, ...]:
    """Return whom a text names as its first publisher, each once; the name may have a few words behind it."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return ()
    found = (match["name"].strip(" ,:") for pattern in (_LINE, _SENTENCE) for match in pattern.finditer(text))
    return tuple(dict.fromkeys(filter(None, found)))
