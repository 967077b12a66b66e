"""How good and how fast dedupe is, beside its peers in the same run: the README's figures of "how good it is".

    .venv/bin/python -m benchmarks.dedupe [SECTION ...]      # all but index, which takes long, unless some are named

    pairs         F1 on the labelled pairs; the largest clusters, to be read                                    3 min
    planted       adjusted Rand index on 20,000 articles with planted copies                                    5 min
    translations  English versions of one article, by machines and people                                       1 min
    signatures    texts a second to MinHash signatures                                                          1 min
    pipeline      articles a second end to end into clusters                                                    5 min
    index         1,000 new articles against a million stored: time, memory, bytes (see benchmarks.dedupe_index)

`make peers` installs datasketch, rensa and gaoya in an environment of their own; without it, datasketch stands alone.
``benchmarks.dedupe_peers`` says whose settings are whose, and where they are published.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import dedupe_index, dedupe_quality, dedupe_speed
from benchmarks.news_please import PYTHON

LEGEND = """\
peers: as published, every candidate a copy, clusters as connected components. datasketch, rensa and gaoya run as they
are; of text-dedup, datatrove and NeMo Curator: how they split texts, their hashes and bands, on datasketch's index."""


def main() -> None:
    chosen = parsed()
    print(LEGEND if PYTHON.exists() else f"{LEGEND}\nwithout rensa and gaoya: no {PYTHON} (make peers)")
    for name in chosen.sections or [name for name in SECTIONS if name != "index"]:
        if name == "index" or dedupe_quality.DATA.is_dir():
            SECTIONS[name](chosen)
        else:
            print(f"\n{name}: skipped, the real texts are not here: no folder {dedupe_quality.DATA}")


def parsed() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}")
    options.add_argument("--rounds", type=int, default=3, help="of what is timed")
    options.add_argument("--articles", type=int, default=1_000_000, help="stored ones, for index")
    options.add_argument(
        "--words", type=int, nargs=2, default=(300, 600), help="least and most of an article, for index"
    )
    options.add_argument("--folder", type=Path, help="where index keeps its store for the next time")
    chosen = options.parse_args()
    if unknown := set(chosen.sections) - set(SECTIONS):
        options.error(f"no such section: {', '.join(sorted(unknown))}")
    return chosen


def index(chosen: argparse.Namespace) -> None:
    """Keep the store where the user wants it, or throw it away."""
    with tempfile.TemporaryDirectory() as folder:
        if chosen.folder:
            chosen.folder.mkdir(parents=True, exist_ok=True)
        dedupe_index.index(chosen.articles, tuple(chosen.words), chosen.folder or Path(folder), chosen.rounds)


SECTIONS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "pairs": lambda _: dedupe_quality.pairs(),
    "planted": lambda _: dedupe_quality.planted(),
    "translations": lambda _: dedupe_quality.translations(),
    "signatures": lambda chosen: dedupe_speed.signatures(chosen.rounds),
    "pipeline": lambda chosen: dedupe_speed.pipeline(chosen.rounds),
    "index": index,
}


if __name__ == "__main__":
    main()
