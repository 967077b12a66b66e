"""From the bytes of an answer to its text: gzip undone, and the character encoding found, whatever is declared."""

from __future__ import annotations

import codecs
import re
import zlib

from w3lib.encoding import http_content_type_encoding, resolve_encoding

from crawler.errors import SourceError

MAX_BYTES = 50 * 1024 * 1024  # what the sitemap protocol allows, uncompressed

_GZIP = b"\x1f\x8b"
_MAX_GZIP_MEMBERS = 1_000  # each costs a copy of what follows it
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Where the first four bytes are zero, when a text begins with two ASCII characters. Source: RFC 4627, section 3.
_ZEROS = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
_DECLARED = re.compile(rb"""\s{0,100}<\?xml[^>]{1,200}?encoding\s{0,10}=\s{0,10}["']([\w.:-]{1,40})["']""")
# Python's codecs that are encodings of the web; others ("punycode") take quadratic time.
# UTF-16 is known by its bytes: where they do not show it, it is declared wrongly.
_ENCODING = re.compile(r"utf-?[78]$|ascii|iso|cp|koi8|mac|gb|hz|big5|euc|shift|johab|tis|latin")


def inflate(body: bytes, url: str) -> bytes:
    """Undo gzip, all its members; of a file that is cut short, return what there is.

    Raises:
        SourceError: its first member is broken, or more than ``MAX_BYTES`` (compressed or not).
    """
    parts: list[bytes] = []
    room = MAX_BYTES
    for _ in range(_MAX_GZIP_MEMBERS):
        if not body.startswith(_GZIP):
            break
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            parts.append(inflater.decompress(body, room + 1))
        except zlib.error as error:
            if not any(parts):
                raise SourceError(url, f"broken gzip: {error}") from error
            break
        room -= len(parts[-1])
        body = inflater.unused_data
        if room < 0:
            raise SourceError(url, f"inflates to more than {MAX_BYTES:,} bytes")
    if len(body) > MAX_BYTES:
        raise SourceError(url, f"more than {MAX_BYTES:,} bytes")
    return b"".join(parts) or body


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a document; never fails.

    What the bytes show (a byte order mark, zeros, valid UTF-8 beyond ASCII) goes before what HTTP and the document
    declare, which is often wrong; with nothing to go by it is UTF-8 or, if that fits badly, windows-1252.

    >>> decode("<?xml version='1.0' encoding='latin1'?><é/>".encode(), "text/xml; charset=us-ascii")[-4:]
    '<é/>'
    """
    if (shown := _shown(body)) is not None:
        return body.decode(shown, "replace").removeprefix("\ufeff")
    for encoding in _declared(body, content_type):
        try:
            return body.decode(encoding)
        except UnicodeError:
            continue
    return _guess(body)


def _shown(body: bytes) -> str | None:
    for mark, encoding in _BOMS.items():
        if body.startswith(mark):
            return encoding
    return _ZEROS.get(tuple(not byte for byte in body[:4]))  # type: ignore[arg-type]  # fewer than four: not there


def _declared(body: bytes, content_type: str | None) -> list[str]:
    in_xml = _DECLARED.match(body)
    names = [http_content_type_encoding(content_type), in_xml[1].decode("ascii", "replace") if in_xml else None]
    found = [encoding for name in names if name and (encoding := resolve_encoding(name)) and _ENCODING.match(encoding)]
    return found if body.isascii() else ["utf-8", *found]


def _guess(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return text if good >= bad else body.decode("windows-1252", "replace")
