"""A web of one's own on loopback: an HTTP proxy, in a thread, that answers for every host, so that nothing leaves the
machine. Quick, so that the crawler and not this is measured."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address gives; an ETag is made of the body of a 200, and a request that has it gets a 304."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Run the web; gives the address of its proxy. ``answer`` is called in the server's thread, with absolute URLs."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


class _Connection(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as a crawler needs."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            request, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            self._transport.write(_written(self._answer(request.split(" ")[1]), headers))


def _written(answer: Answer, headers: Mapping[str, str]) -> bytes:
    """Write a response to a request with these headers."""
    status, body, fields = answer.status, answer.body, [f"Content-Type: {answer.content_type}"]
    if answer.location:
        fields.append(f"Location: {answer.location}")
    if status == 200:
        etag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        fields.append(f"ETag: {etag}")
        status, body = (304, b"") if headers.get("if-none-match") == etag else (status, body)
    lines = (f"HTTP/1.1 {status} -", *fields, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode("latin-1") + body
