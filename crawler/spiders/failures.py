"""Gives each way in which a download fails its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from OpenSSL import SSL
from scrapy import exceptions
from service_identity import VerificationError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.components.downloading import HeadersTooBigError
from crawler.components.refusal import Refused


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no response. ``retry`` says whether a later run may try again, ``retry_after`` not before when."""

    word: str
    detail: str = ""
    retry: bool = False
    retry_after: datetime | None = None


_REASONS: dict[type[BaseException], tuple[str, bool]] = {
    exceptions.DownloadTimeoutError: ("timeout", True),
    exceptions.DownloadCancelledError: ("too-big", False),  # it cancels for no other cause
    exceptions.CannotResolveHostError: ("unknown-host", True),
    exceptions.DownloadConnectionRefusedError: ("connection-refused", True),
    exceptions.ResponseDataLossError: ("cut-off", True),
    exceptions.UnsupportedURLSchemeError: ("not-http", False),
    HeadersTooBigError: ("too-big", False),
    VerificationError: ("bad-certificate", True),  # for another host
}
# Scrapy's own components tell these apart by their words only.
_IGNORED = {
    "max redirections reached": "too-many-redirects",
    "exceeded DOWNLOAD_MAXSIZE": "too-big",
}


def explain(error: BaseException | None) -> Reason:
    """Say why a download failed, in one word, for a person, and whether to try again."""
    detail = " ".join(str(error).split())
    if isinstance(error, Refused):
        return Reason(error.reason, detail, error.retry, error.retry_after)
    if isinstance(error, exceptions.IgnoreRequest):
        word = next((word for words, word in _IGNORED.items() if words in detail), "ignored")
        return Reason(word, detail)
    for cause in _causes(error):
        if isinstance(cause, SSL.Error) and "certificate verify failed" in str(cause):
            return Reason("bad-certificate", "expired, self-signed or of an unknown authority", retry=True)
        for kind, (word, retry) in _REASONS.items():
            if isinstance(cause, kind):
                return Reason(word, " ".join(str(cause).split()), retry)
    return Reason("download-failed", f"{type(error).__name__}: {detail}", retry=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was raised for, Twisted's bundles unpacked."""
    while error is not None:
        yield error
        bundle = getattr(error, "reasons", ()) if isinstance(error, ResponseFailed) else ()
        for reason in bundle:
            if isinstance(reason, Failure) and reason.value is not None:
                yield from _causes(reason.value)
        error = error.__cause__
