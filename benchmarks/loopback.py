"""A web of one's own on loopback: an HTTP proxy, in a thread, that answers for every host, so that nothing leaves the
machine. Quick, so that the crawler and not this is measured."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address gives; a 200 has an ETag, made of the body if none is given, and who has it gets a 304."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""
    etag: str = ""


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Run the web; gives the address of its proxy. ``answer`` is called in the server's thread, with absolute URLs."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listen(answer))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield proxy_of(server)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


async def listen(
    answer: Callable[[str], Answer], sent: Callable[[str, int, str], None] = lambda url, status, etag: None
) -> asyncio.Server:
    """Begin to serve on the running loop; ``sent`` is told the address, status and ETag of each response."""
    return await asyncio.get_running_loop().create_server(lambda: _Connection(answer, sent), "127.0.0.1", 0)


def proxy_of(server: asyncio.Server) -> str:
    """Return the address by which a server is used as a proxy."""
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def etag_of(body: bytes) -> str:
    """Return the ETag of a body."""
    return f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'


class _Connection(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as a crawler needs."""

    def __init__(self, answer: Callable[[str], Answer], sent: Callable[[str, int, str], None]) -> None:
        self._answer = answer
        self._sent = sent
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
            self._respond(request.split(" ")[1], headers.get("if-none-match"))

    def _respond(self, url: str, condition: str | None) -> None:
        answer = self._answer(url)
        status, etag, body = answer.status, "", answer.body
        if status == 200:
            etag = answer.etag or etag_of(body)
            status, body = (304, b"") if condition == etag else (200, body)
        self._sent(url, status, etag)
        fields = {"Content-Type": answer.content_type, "Location": answer.location, "ETag": etag}
        lines = (f"{name}: {value}\r\n" for name, value in fields.items() if value)
        head = f"HTTP/1.1 {status} -\r\n{''.join(lines)}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode("latin-1") + body)
