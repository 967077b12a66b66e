from __future__ import annotations

from datetime import UTC, datetime

import pytest
from OpenSSL import SSL
from scrapy import exceptions
from service_identity import VerificationError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.components.downloading import HeadersTooBigError
from crawler.components.refusal import Refused
from crawler.spiders.failures import Reason, explain

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def wrapped(error: Exception) -> Exception:
    """Return an error as the downloader hands it on: bundled by Twisted, translated by Scrapy."""
    bundle = ResponseFailed([Failure(error)])  # type: ignore[no-untyped-call]
    outer = exceptions.DownloadFailedError("a bundle")
    outer.__cause__ = bundle
    return outer


@pytest.mark.parametrize(
    ("error", "word", "retry"),
    [
        (exceptions.DownloadTimeoutError("30 s"), "timeout", True),
        (exceptions.DownloadCancelledError(), "too-big", False),
        (exceptions.CannotResolveHostError(), "unknown-host", True),
        (exceptions.DownloadConnectionRefusedError(), "connection-refused", True),
        (exceptions.ResponseDataLossError(), "cut-off", True),
        (exceptions.UnsupportedURLSchemeError(), "not-http", False),
        (exceptions.IgnoreRequest("max redirections reached"), "too-many-redirects", False),
        (exceptions.IgnoreRequest("body exceeded DOWNLOAD_MAXSIZE"), "too-big", False),
        (exceptions.IgnoreRequest("x"), "ignored", False),
        (wrapped(HeadersTooBigError("more than 1 byte")), "too-big", False),
        (wrapped(SSL.Error([("SSL routines", "", "certificate verify failed")])), "bad-certificate", True),
        (wrapped(SSL.Error([("SSL routines", "", "no protocols available")])), "download-failed", True),
        (wrapped(VerificationError(errors=[])), "bad-certificate", True),
        (OSError("odd"), "download-failed", True),
        (None, "download-failed", True),
    ],
)
def test_every_failure_has_its_reason(error: Exception | None, word: str, retry: bool) -> None:
    reason = explain(error)
    assert (reason.word, reason.retry, reason.retry_after) == (word, retry, None)


def test_what_a_component_refuses_says_so_itself() -> None:
    refused = Refused("backing-off", "until\nlater", retry=True, retry_after=NOW)
    assert explain(refused) == Reason("backing-off", "until later", True, NOW)
