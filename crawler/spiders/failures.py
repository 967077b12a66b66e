"""Gives each way in which a download fails its reason."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import exceptions

from crawler.components import Refused


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no response. ``retry`` says whether a later run may try again."""

    word: str
    detail: str = ""
    retry: bool = False


_REASONS: dict[type[Exception], tuple[str, bool]] = {
    exceptions.DownloadTimeoutError: ("timeout", True),
    exceptions.DownloadCancelledError: ("too-big", False),  # it cancels for no other cause
    exceptions.CannotResolveHostError: ("unknown-host", True),
    exceptions.DownloadConnectionRefusedError: ("connection-refused", True),
    exceptions.ResponseDataLossError: ("cut-off", True),
    exceptions.UnsupportedURLSchemeError: ("not-http", False),
}
# Scrapy's own components tell these apart by their words only.
_IGNORED = {
    "Forbidden by robots.txt": "robots-txt",
    "max redirections reached": "too-many-redirects",
    "exceeded DOWNLOAD_MAXSIZE": "too-big",
}


def explain(error: BaseException | None) -> Reason:
    """Say why a download failed, in one word, for a person, and whether to try again."""
    detail = " ".join(str(error).split())
    if isinstance(error, Refused):
        return Reason(error.reason, detail, error.retry)
    if isinstance(error, exceptions.IgnoreRequest):
        word = next((word for words, word in _IGNORED.items() if words in detail), "ignored")
        return Reason(word, detail)
    for kind, (word, retry) in _REASONS.items():
        if isinstance(error, kind):
            return Reason(word, detail, retry)
    return Reason("download-failed", f"{type(error).__name__}: {detail}", retry=True)
