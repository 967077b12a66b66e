"""What is done to a page's markup where it is too much for the parser, or for the code that reads its tree.

Regular expressions, none of which goes back over what it has read: they take linear time on whatever comes. Parsers of
HTML5 are no way out: by the rules for unclosed formatting tags their trees can grow with the square of the page.
"""

from __future__ import annotations

import re

MAX_JSON_LD_CHARS = 1_000_000
"""JSON-LD above this is left out. Source: the longest in the 2,727 real pages of shared/data has 30,025 characters."""
MAX_ATTRIBUTES_OF_ONE = 200
"""A tag with more loses them all: libxml2 takes time by their square. Source: the most in those pages is 73."""
_MAX_VALUE_CHARS = 50_000
_MAX_TAG_CHARS = 2_000

_ATTRIBUTE = r"""[\s/]++[^\s>/][^\s=>/]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]*+))?+"""
_CROWDED = re.compile(rf"<([a-z][^\s<>/]*+)(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES_OF_ONE}}}[^<>]*+>?", re.IGNORECASE)
_LONG_TAG = re.compile(r"<(?!script|style)[a-z][^<]{5000}", re.IGNORECASE)
"""What a crowded tag that costs time must be, and few pages have: it is looked for in a third of the time."""
_ATTRIBUTES = re.compile(rf"<[a-z][^\s<>/]*+((?:{_ATTRIBUTE})++)", re.IGNORECASE)
_EACH = re.compile(_ATTRIBUTE)
_LONG_VALUE = re.compile(rf"=\s?(?:\"[^\"]{{{_MAX_VALUE_CHARS},}}+\"|'[^']{{{_MAX_VALUE_CHARS},}}+')")
# The innermost ones: a beginning that has no end hides nothing behind it.
_UNREAD = re.compile(
    r"<!--(?:[^<]++|<(?!!--))*?-->|<(script|style)\b([^<>]*+)>(?:[^<]++|<(?!/?\1\b))*+</\1\b[^<>]*+>?", re.IGNORECASE
)
_JSON_LD = re.compile(r"ld\+json", re.IGNORECASE)
_TAG = re.compile(
    r"<(?P<whole>title|h[1-6])\b[^<>]{0,500}>[^<>]{0,1000}</(?P=whole)\s*>"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s<>/]*+)(?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+>?"
    r"|<!--|<!\[CDATA\[|<\?\w{0,20}|<![^<>]*+>?|\]\]>",
    re.IGNORECASE,
)
_KEPT = frozenset(("html", "head", "body", "meta", "link", "a", "br", "time"))
_ENDS = ("/html", "/body")
"""Left out: the parser would make another tree of what follows."""
_INLINE = re.compile("abbr|b|bdi|bdo|big|cite|code|em|font|g|i|mark|nobr|q|s|small|span|strong|sub|sup|tt|u|var|wbr")
_BREAK = "</a><p>"
_BREAKS = re.compile(rf"(?:{_BREAK}\s*+){{2,}}")


def uncrowded(text: str) -> str:
    """Return the page with the attributes taken off tags that have more than 200 and are long enough to cost time."""
    return _CROWDED.sub(r"<\1>", text) if _LONG_TAG.search(text) else text


def attributes(text: str) -> int:
    """Return how many attributes the page's tags have, those without values included."""
    return sum(sum(1 for _ in _EACH.finditer(tag[1])) for tag in _ATTRIBUTES.finditer(text))


def without_bulk(text: str) -> str:
    """Return the page without what is never read: comments, scripts but JSON-LD, styles, attributes of 50,000 chars."""
    return _LONG_VALUE.sub('=""', _UNREAD.sub(lambda found: found[0] if _is_read(found) else " ", text))


def flat(text: str) -> str:
    """Return the page's text and links as a row of paragraphs with no nesting, and what its head and JSON-LD say.

    This is the second parser: nothing can be nested too deep for it, and no comment, script or quotation mark that
    lacks its end swallows what follows.
    """
    scripts = [found[0] for found in _UNREAD.finditer(text) if _is_read(found)]
    body = _TAG.sub(_flattened, _UNREAD.sub(" ", text))
    return _BREAKS.sub(_BREAK, body) + "".join(scripts)


def _is_read(found: re.Match[str]) -> bool:
    return bool(found[2] and _JSON_LD.search(found[2])) and len(found[0]) <= MAX_JSON_LD_CHARS


def _flattened(tag: re.Match[str]) -> str:
    if tag["whole"]:
        return "</a>" + tag[0]
    name = (tag["name"] or "").lower()
    if name in _KEPT and tag["end"] + name not in _ENDS:
        is_whole = tag[0].endswith(">") and len(tag[0]) <= _MAX_TAG_CHARS
        return tag[0] if is_whole else f"<{tag['end']}{name}>"
    return _BREAK if name and not _INLINE.fullmatch(name) else ""
