"""Starts what must be measured, or must run, in a process of its own: the peers, and anything on one core alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.news_please import PYTHON, ROOT

PEERS = Path(__file__).with_name("dedupe_peers.py")
# One core is one thread, too: what NumPy, Rust and others would share out runs in the thread that asked for it.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


def peers(task: str, texts: Sequence[str], *arguments: str, core: int | None = None) -> Any:
    """Ask the peers, in their environment where there is one, else in ours, which has datasketch alone."""
    python = PYTHON if PYTHON.exists() else Path(sys.executable)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        return _answer([str(python), str(PEERS), task, file.name, *arguments], core)


def alone(module: str, *arguments: str, core: int | None = None) -> Any:
    """Run one of our modules in a fresh process; what it prints last is a line of JSON."""
    return _answer([sys.executable, "-m", module, *arguments], core)


def last_core() -> int:
    """Name a core that this process may use: the last one, which the system itself uses least."""
    return max(os.sched_getaffinity(0))


def peak_rss_bytes() -> int:
    """Return the most memory that this process has held since it began: not what its parent held before it."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _answer(command: Sequence[str], core: int | None) -> Any:
    environment = os.environ if core is None else {**os.environ, **_ONE_THREAD}
    on_core = [] if core is None else ["--core", str(core)]
    done = subprocess.run(
        [*command, *on_core], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])
