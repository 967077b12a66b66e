"""Lets news-please crawl a list of pages with its own crawlers, as its launcher does.

It lives in an environment of its own, ``.venv-peers`` (`make peers`; ``$WIREFOLD_PEERS`` names another one): its
requirements are not ours.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = Path(os.environ.get("WIREFOLD_PEERS", ROOT / ".venv-peers")) / "bin" / "python"
PARALLEL_CRAWLERS = 5  # its usual number

# What differs from its usual configuration: no robots.txt, no limit for one host, no fetching of pictures, JSON alone.
_OPTIONS = {
    ("Scrapy", "ROBOTSTXT_OBEY"): "False",
    ("Scrapy", "CONCURRENT_REQUESTS_PER_DOMAIN"): "16",
    ("Scrapy", "LOG_LEVEL"): "ERROR",
    ("Scrapy", "ITEM_PIPELINES"): (
        "{'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100,"
        " 'newsplease.pipeline.pipelines.JsonFileStorage': 300}"
    ),
    ("ArticleMasterExtractor", "extractors"): (
        "[('newspaper_extractor_no_images', 'NewspaperExtractorNoImages'),"
        " 'readability_extractor', 'date_extractor', 'lang_detect_extractor']"
    ),
}


def package() -> Path | None:
    """Return where news-please is installed, None if it is not."""
    return next(PYTHON.parents[1].glob("lib/python3*/site-packages/newsplease"), None) if PYTHON.exists() else None


def version(package: Path) -> str:
    """Return its version."""
    return next(package.parent.glob("news_please-*.dist-info")).name.split("-")[1].removesuffix(".dist")


def crawl(package: Path, urls: Sequence[str], proxy: str, folder: Path) -> int:
    """Crawl the pages over a proxy; returns how many articles it stored.

    The pages are dealt out evenly to its parallel crawlers. They are started as its launcher starts them, which itself
    looks only every ten seconds whether they have ended.
    """
    config = _configure(package, urls, folder)
    command = [str(PYTHON), str(package / "single_crawler.py"), str(config), str(folder / "sitelist.json")]
    environment = _environment(proxy, folder)
    commands = [[*command, str(site), "False", "False"] for site in range(PARALLEL_CRAWLERS)]
    with ThreadPoolExecutor(PARALLEL_CRAWLERS) as pool:
        list(pool.map(lambda each: _run(each, environment), commands))
    return sum(1 for _ in folder.glob("data/**/*.json"))


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def _configure(package: Path, urls: Sequence[str], folder: Path) -> Path:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(package / "config" / "config.cfg")
    for (section, option), value in _OPTIONS.items():
        parser.set(section, option, value)
    parser.set("Files", "working_path", str(folder))
    with (folder / "config.cfg").open("w") as file:
        parser.write(file)
    sites = [{"url": urls[place::PARALLEL_CRAWLERS], "crawler": "Download"} for place in range(PARALLEL_CRAWLERS)]
    (folder / "sitelist.json").write_text(json.dumps({"base_urls": sites}))
    return folder / "config.cfg"


def _environment(proxy: str, folder: Path) -> dict[str, str]:
    """Return an environment in which nothing leaves the machine."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy)
    return {**os.environ, **proxies, "no_proxy": "", "HOME": str(folder), "PYTHONWARNINGS": "ignore"}
