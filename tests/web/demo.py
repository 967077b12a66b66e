"""Crawl the small web with the installed ``wirefold``, as a user would, and say where the report is."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.web.server import Request, SmallWeb, serving

WIREFOLD = Path(sys.executable).parent / "wirefold"


def main(folder: Path = Path(".demo")) -> int:
    """Run the demo in `folder`, where its store stays; return the exit code of the first command that failed, or 0."""
    folder.mkdir(exist_ok=True)
    config, store, report = (folder / name for name in ("wirefold.toml", "wirefold.sqlite", "report.html"))
    with serving() as web:
        web.write_config(config)
        commands = (
            ["crawl", "--all", "--config", config, "--store", store],
            ["clusters", "--store", store],
            ["report", "--store", store, "-o", report],
        )
        for command in commands:
            if code := _run([str(part) for part in command]):
                return code
        print(f"\nThe small web answered {_summary(web)}.")
    print(f"Report: {report.resolve().as_uri()}")
    return 0


def _run(command: list[str]) -> int:
    print(f"\n$ wirefold {' '.join(command)}", flush=True)
    return subprocess.run([WIREFOLD, *command], check=False).returncode


def _summary(web: SmallWeb) -> str:
    kinds = Counter(_kind(request) for request in web.requests)
    return f"{len(web.requests)} requests: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def _kind(request: Request) -> str:
    if request.path == "/robots.txt":
        return "robots.txt"
    listing = "source files" if request.path.endswith(".xml") else "article links"
    return f"{listing} not modified" if request.status == 304 else listing


if __name__ == "__main__":
    sys.exit(main())
