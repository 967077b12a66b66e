"""What crawls of these tests are given: pages with articles, and a configuration of two sources."""

from __future__ import annotations

from pathlib import Path

from tests.cli import seed


def page(number: int) -> bytes:
    """Make a page with an article of its own."""
    paragraphs = "".join(f"<p>{seed.prose(100 * number + n, 60).capitalize()}.</p>" for n in range(5))
    title = f"Ferry number {number} runs aground"
    article = f"<article><h1>{title}</h1>{paragraphs}</article>"
    return f"<html><head><title>{title}</title></head><body>{article}</body></html>".encode()


def configure(folder: Path, proxy: str) -> None:
    """Write a configuration with a good source and a bad one."""
    sources = "".join(
        f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "http://{host}.example/rss"\n'
        for name, host in (("good", "a"), ("bad", "b"))
    )
    (folder / "wirefold.toml").write_text(f'[crawl]\nproxy = "{proxy}"\ndelay_s = 0\nworkers = 1\n{sources}')


def configure_override(folder: Path, site: str, text: str) -> Path:
    """Write an override, and add its folder to the configuration."""
    (folder / "fixes").mkdir(exist_ok=True)
    (folder / "fixes" / "one.toml").write_text(f"site = '{site}'\nwhy = 'a habit'\n{text}")
    with (folder / "wirefold.toml").open("a") as file:
        file.write('[extract]\noverrides = "fixes"\n')
    return folder / "wirefold.toml"
