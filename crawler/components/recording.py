"""Writes what is fetched as WARC files: request and response of every exchange, as they came over the line.

Off unless ``WIREFOLD_WARC_DIR`` is set. A file is named ``WIREFOLD-YYYYMMDDhhmmss-NNNNN.warc.gz``; while it is being
written it ends in ``.open``. Each exchange is written at once and handed to the system, so that a killed crawl leaves
whole records. If a file cannot be written (disk full), the crawl stops with that error: a page that is fetched is known
afterwards and not fetched again, so going on would leave a hole in the archive for good. The next crawl goes on.

Source: WARC 1.0 (ISO 28500:2009); ``WARC-Refers-To-*`` of WARC 1.1, section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.components.delivery import StopOnError
from crawler.components.downloading import payload_digest
from crawler.components.refusal import Refused
from crawler.errors import ArchiveError

MAX_FILE_BYTES = 1_000_000_000  # as large as the files of Common Crawl
_PROFILE = "http://netpreserve.org/warc/1.0/revisit/"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WarcFiles:
    """Numbered WARC files in one folder, one being written at a time."""

    def __init__(
        self, folder: Path, *, max_bytes: int = MAX_FILE_BYTES, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._folder, self._max_bytes, self._now = folder, max_bytes, now
        self._begun = now()
        self._number = 0
        self._path = folder
        self._file: FileIO | None = None

    def write(self, request: Request, response: Response) -> None:
        """Add an exchange.

        Raises:
            ArchiveError: the file cannot be written; it ends after the last whole exchange.
        """
        records = BytesIO()
        writer = WARCWriter(records, gzip=True)
        answer = _response_record(writer, request, response, self._now())
        writer.write_request_response_pair(_request_record(writer, request), answer)
        self._append(records.getvalue())

    def close(self) -> None:
        """End the file that is being written; one that has nothing is removed."""
        if self._file is None:
            return
        is_empty = not self._file.tell()
        self._file.close()
        self._file = None
        if is_empty:
            self._path.unlink()
        else:
            self._path.rename(self._path.with_suffix(""))

    def _append(self, records: bytes) -> None:
        try:
            if self._file is None:
                self._file = self._open()
                records = _info(self._path.stem) + records
            _write(self._file, records)
            if self._file.tell() >= self._max_bytes:
                self.close()
        except OSError as error:
            with suppress(OSError):
                self.close()
            raise ArchiveError(self._path, None, f"cannot be written: {error.strerror}") from error

    def _open(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            name = f"WIREFOLD-{self._begun:%Y%m%d%H%M%S}-{self._number:05}.warc.gz"
            self._number += 1
            self._path = self._folder / f"{name}.open"
            if not (self._folder / name).exists() and not self._path.exists():
                return FileIO(self._path, "xb")


class Recording:
    """Hands every answer to `files`, before it is decompressed."""

    def __init__(self, files: WarcFiles, stop: Callable[[ArchiveError], None]) -> None:
        self._files = files
        self._stop = stop
        self._error: ArchiveError | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        folder = crawler.settings.get("WIREFOLD_WARC_DIR")
        if not folder:
            raise NotConfigured

        def stop(error: ArchiveError) -> None:
            stopper: Any = crawler.get_extension(StopOnError)
            stopper.stop(error)

        self = cls(WarcFiles(Path(folder)), stop)
        crawler.signals.connect(self.close, signals.spider_closed)
        return self

    def process_response(self, request: Request, response: Response) -> Response:
        if self._error is None:
            try:
                self._files.write(request, response)
            except ArchiveError as error:
                self._error = error
                self._stop(error)
        if self._error is not None:
            raise Refused("not-recorded", str(self._error), retry=True)
        return response

    def close(self) -> None:
        """End the last file."""
        self._files.close()


def _write(file: FileIO, data: bytes) -> None:
    """Write all or nothing."""
    end = file.tell()
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.seek(end)
        file.truncate()
        raise


def _info(name: str) -> bytes:
    records = BytesIO()
    writer = WARCWriter(records, gzip=True)
    software = {"software": f"Wirefold/{version('wirefold')}", "format": "WARC File Format 1.0"}
    writer.write_record(writer.create_warcinfo_record(name, software))
    return records.getvalue()


def _request_record(writer: WARCWriter, request: Request) -> Any:
    parts = urlparse_cached(request)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc.rpartition("@")[2]), *_pairs(request.headers)]
    head = StatusAndHeaders(f"{target} HTTP/1.1", headers, protocol=request.method)
    return writer.create_warc_record(request.url, "request", http_headers=head)


def _response_record(writer: WARCWriter, request: Request, response: Response, now: datetime) -> Any:
    """Return a response as a record of its own, or as a reference to the one it repeats."""
    headers = {"WARC-Date": _date(now)}
    if response.ip_address is not None and not request.meta.get("proxy"):
        headers["WARC-IP-Address"] = str(response.ip_address)
    head = StatusAndHeaders(_status(response), _pairs(response.headers), protocol=response.protocol or "HTTP/1.1")
    if profile := _repeats(request, response):
        return writer.create_warc_record(
            response.url, "revisit", http_headers=head, warc_headers_dict=headers | _reference(request, profile)
        )
    body = BytesIO(response.body)
    return writer.create_warc_record(
        response.url, "response", payload=body, length=len(response.body), http_headers=head, warc_headers_dict=headers
    )


def _repeats(request: Request, response: Response) -> str | None:
    """Return the profile under which a response only refers to the visit before, or None."""
    if request.meta.get("last_visit") is None:
        return None
    if response.status == 304:
        return "server-not-modified"
    same = response.status == 200 and payload_digest(response.body) == request.meta.get("payload_digest")
    return "identical-payload-digest" if same else None


def _reference(request: Request, profile: str) -> dict[str, str]:
    reference = {
        "WARC-Profile": _PROFILE + profile,
        "WARC-Refers-To-Target-URI": request.url,
        "WARC-Refers-To-Date": _date(request.meta["last_visit"]),
    }
    digest = request.meta.get("payload_digest")
    return reference | ({"WARC-Payload-Digest": digest} if digest else {})


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), each.decode("latin-1")) for name in headers for each in headers.getlist(name)]


def _status(response: Response) -> str:
    try:
        return f"{response.status} {HTTPStatus(response.status).phrase}"
    except ValueError:
        return f"{response.status} "


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
