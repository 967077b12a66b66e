"""A small store to be served: copies, a borderline pair, a revision, a text too short; and clients to ask for it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from crawler import jobs
from crawler.web.app import create_app
from crawler.web.serving import Serving
from storage.store import Store
from tests.cli import seed
from tests.cli.conftest import WIREFOLD

ORIGIN = "http://localhost:8765"
_FERRY = seed.prose(1, 300)
_HALF = " ".join(" ".join(_FERRY.split()[n : n + 11]) + " " + seed.prose(50 + n, 29) for n in range(0, 300, 30))

RECORDS: tuple[dict[str, Any], ...] = (
    {"id": "ferry", "url": "https://one.example/ferry", "title": "Ferry sinks off the coast", "text": _FERRY},
    {"id": "copy", "url": "https://two.example/ferry", "title": "Ferry sinks", "text": _FERRY.rsplit(" ", 9)[0]},
    {"id": "third", "url": "https://three.example/f", "title": "Boat down", "text": f"{_FERRY} {seed.prose(7, 20)}"},
    {"id": "half", "url": "https://four.example/half", "title": "What the ferry carried", "text": _HALF},
    {"id": "short", "url": "https://four.example/short", "title": "In brief", "text": "Nothing more is known."},
    {"id": "other", "url": "https://five.example/o", "title": "Lighthouse", "text": f"lighthouse {seed.prose(3, 200)}"},
    {
        "id": "ferry",
        "url": "https://one.example/ferry",
        "title": "Ferry saved",
        "text": f"{_FERRY} All are well.",
        "published": "2026-03-01T12:00:00Z",
    },
)
FERRY, COPY, THIRD, HALF, SHORT, OTHER = range(1, 7)


def fill(location: str, folder: Path, records: tuple[dict[str, Any], ...] = RECORDS) -> None:
    """Import the records into a new store, an hour apart."""
    file = folder / "records.jsonl"
    dated = ({"published": f"2026-03-01T{12 + n % 12}:00:00Z", "lang": "en"} | each for n, each in enumerate(records))
    file.write_text("".join(f"{json.dumps(each)}\n" for each in dated), encoding="utf-8")
    with Store.open(location) as store:
        jobs.import_file(store, file, keep_id=True, progress=jobs.Silent())


def client(location: str, **serving: Any) -> TestClient:
    """Give a client of an application that lets decide."""
    served = Serving(**{"location": location, "allow_decisions": True, "decided_by": "kim", **serving})
    return TestClient(create_app(served), base_url=ORIGIN)


def form_of(page: str, action: str) -> dict[str, str]:
    """Read the hidden fields of the first form of a page that leads to ``action``."""
    [form, *_] = re.findall(rf'<form method="post" action="{action}".*?</form>', page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def decide(asked: TestClient, kind: str, a: int, b: int, **fields: str) -> Any:
    """Press a button on the page of a pair."""
    form = form_of(asked.get(f"/pairs/{a}/{b}").text, "/decide")
    said = {"a": str(a), "b": str(b), "kind": kind}
    return asked.post("/decide", data={**form, **said, **fields}, headers={"Origin": ORIGIN})


@contextmanager
def serving(store: str, *options: str) -> Iterator[str]:
    """Have the installed program serve a store; gives its address, and interrupts it at the end."""
    command = [str(WIREFOLD), "serve", "--port", "0", "--store", store, *options]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ})
    assert server.stderr is not None
    try:
        [address] = re.findall(r"http://\S+(?=/ )", server.stderr.readline())
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        server.stderr.close()
