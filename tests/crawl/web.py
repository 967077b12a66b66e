"""A few hosts on one loopback port, asked as a proxy: answers by address, and a record of what was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is served at an address. ``write`` sends the body piecemeal instead of ``body``."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    write: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Asked:
    url: str
    headers: Mapping[str, str]
    at_s: float


class Web:
    """Answers by URL; all others are 404. An ETag in an answer's headers is honoured."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.proxy = ""

    def urls(self) -> list[str]:
        """Return what was asked for, robots.txt left out."""
        return [asked.url for asked in self.asked if not asked.url.endswith("/robots.txt")]

    def answer(self, url: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(Asked(url, headers, time.monotonic()))
        answer = self.answers.get(url, Answer(status=404))
        tag = answer.headers.get("ETag")
        return Answer(status=304, headers={"ETag": tag}) if tag and headers.get("If-None-Match") == tag else answer


@contextmanager
def serve() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = web.answer(self.path, dict(self.headers))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.write is None:
                self.send_header("Content-Length", str(len(answer.body)))
            else:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            try:
                self.wfile.write(answer.body) if answer.write is None else answer.write(self.wfile)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that goes away in mid-answer is part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    web.proxy = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


def rss(*paths: str, host: str = "a.example") -> Answer:
    """Serve a feed of links on one host; a path with a scheme is taken as it is."""
    urls = (path if "://" in path else f"http://{host}{path}" for path in paths)
    items = "".join(f"<item><title>T</title><link>{url}</link></item>" for url in urls)
    body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml", "ETag": f'"{len(items)}"'})


def sitemap(*urls: str, index: bool = False) -> Answer:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    body = f"<{outer}>" + "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls) + f"</{outer}>"
    return Answer(body=body.encode(), headers={"Content-Type": "application/xml", "ETag": f'"{len(body)}"'})


def page(text: str = "Hello") -> Answer:
    return Answer(body=f"<html><title>{text}</title><p>{text}</p></html>".encode())
