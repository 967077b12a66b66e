"""Serve the small web: an HTTP proxy that answers for every host itself, so that nothing leaves the machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.web.content import HERE
from tests.web.pages import Resource, build


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the log keeps it; ``time_s`` is on the monotonic clock."""

    url: str
    status: int
    user_agent: str
    time_s: float

    @property
    def host(self) -> str:
        """Name the host that was asked."""
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """Return the path that was asked for."""
        return urlsplit(self.url).path


class SmallWeb(ThreadingHTTPServer):
    """The server: set ``day`` to 2 to publish the second day's pages; ``requests`` is the log, oldest first."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.day = 1
        self.requests: list[Request] = []
        self._days = {day: build(day) for day in (1, 2)}

    def resource(self, url: str) -> Resource | None:
        """Return what `url` answers with today, whatever its query; None for what is not there."""
        parts = urlsplit(url)
        return self._days[self.day].get((parts.hostname or "", parts.path))

    def write_config(self, path: Path) -> None:
        """Write the ``wirefold.toml`` that crawls this server."""
        template = (HERE / "wirefold.toml").read_text(encoding="utf-8")
        path.write_text(template.replace("PORT", str(self.server_port)), encoding="utf-8")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SmallWeb

    def do_GET(self) -> None:
        resource = self.server.resource(self.path)
        if resource is None:
            self._answer(HTTPStatus.NOT_FOUND, b"not on the small web\n", {"Content-Type": "text/plain"})
            return
        validators = {"ETag": resource.etag, "Last-Modified": format_datetime(resource.modified, usegmt=True)}
        if self._has(resource):
            self._answer(HTTPStatus.NOT_MODIFIED, b"", validators)
        else:
            self._answer(HTTPStatus.OK, resource.body, {"Content-Type": resource.content_type, **validators})

    def _has(self, resource: Resource) -> bool:
        """Say whether the client's copy is still good. Source: RFC 9110, 13.2.2 (If-None-Match goes first)."""
        if (etag := self.headers["If-None-Match"]) is not None:
            return resource.etag in etag
        since = self.headers["If-Modified-Since"]
        return since is not None and parsedate_to_datetime(since) >= resource.modified

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        agent = self.headers["User-Agent"] or ""
        self.server.requests.append(Request(self.path, status, agent, time.monotonic()))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the log is ``SmallWeb.requests``."""


@contextmanager
def serving() -> Iterator[SmallWeb]:
    """Run the small web in a thread on a free port."""
    with SmallWeb() as web:
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.shutdown()
            thread.join()
