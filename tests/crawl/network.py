"""Requests through the real downloader, and servers that do what no library would."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sent:
    """What came of the requests, by the address asked for, and what the run left."""

    answers: dict[str, dict[str, Any]]
    hosts: dict[str, dict[str, Any]]
    states: dict[str, dict[str, Any]]
    error: str | None

    def reasons(self) -> dict[str, str]:
        return {url: answer.get("word") or str(answer["status"]) for url, answer in self.answers.items()}


def send(*stages: list[str | dict[str, Any]], states: list[dict[str, Any]] = [], **settings: Any) -> Sent:  # noqa: B006
    """Send requests, stage after stage, in a process of its own."""
    requests = [[{"url": each} if isinstance(each, str) else each for each in stage] for stage in stages]
    told = {
        "stages": requests,
        "settings": {"DOWNLOAD_TIMEOUT": 2, "WIREFOLD_ALLOW_PRIVATE_ADDRESSES": True, **settings},
        "host_states": states,
    }
    command = [sys.executable, "-m", "tests.crawl.run_requests"]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return Sent(
        {answer["asked"]: answer for answer in found["answers"]},
        found["hosts"],
        {state["host"]: state for state in found["states"]},
        found["error"],
    )


@dataclass
class RawServer:
    """A server that answers each connection by a function over the socket; robots.txt is not there."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def raw_server(answer: Callable[[socket.socket, str], None], context: Any = None) -> Iterator[RawServer]:
    """Serve on loopback; ``answer`` is given the socket and the path asked for."""
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "http" if context is None else "https"
    server = RawServer(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")

    def serve(connection: socket.socket) -> None:
        with (
            suppress(OSError),
            connection if context is None else context.wrap_socket(connection, server_side=True) as it,
        ):
            path = _path(it)
            server.asked.append(path)
            if path == "/robots.txt":
                it.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                answer(it, path)

    def quietly(connection: socket.socket) -> None:
        with suppress(OSError):  # clients that go away are what this is for
            serve(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=quietly, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.close()


def _path(connection: socket.socket) -> str:
    request = b""
    while b"\r\n\r\n" not in request:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError
        request += more
    return request.split(b" ")[1].decode()
