"""Articles meant to harm whoever looks at them: what can be written into a field, by kind of attack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

# Each would leave a mark in the page that holds the report's frame, or in the report, if it were anything but text.
_RUN = "parent.document.body.dataset.ran=1"
ATTACKS = (
    f"<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"</style></title></textarea><script>{_RUN}</script>",
    f'<img src=x onerror="{_RUN}">',
    f'" onmouseover="{_RUN}" autofocus onfocus="{_RUN}',
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<details open ontoggle={_RUN}>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>">',
    f"<a href=javascript:{_RUN}>click</a>",
    f"[click](javascript:{_RUN}) ![x](https://evil.example/x.png) <https://evil.example>",
    "<table><tr><td></main></body></html><plaintext>",
    "<div style='position:fixed;width:9999px'><marquee><!-- <![CDATA[ ",
    "\u202e\u2066gnp.exe\u202d\u2069\u200f\x00\x1b[31m\x9b2J\ud800\ufffe",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    "&lt;script&gt;&#60;script&#62;&#x3c;script>\\u003cscript\\u003e",
    "W" * 1_000_000,
    "\u0336" * 400 + "Z̴" * 400,
    "| a | b |\n|---|---|\n# Heading\n\n- list\n\n```\ncode",
    "ﷺ﷽" * 200,
    "http://evil.example/" + "a" * 5_000,
)
URLS = (
    f"javascript:{_RUN}//",
    f"JaVaScRiPt:{_RUN}//",
    f"data:text/html,<script>{_RUN}</script>",
    f"vbscript:{_RUN}",
    f'https://evil.example/"><script>{_RUN}</script>',
    "https://user:secret@evil.example/",
    "https://evil.example/)>[x](<javascript:1>",
    "//evil.example/",
)


def articles(count: int) -> Iterator[dict[str, Any]]:
    """Give the fields of so many articles: every attack in headline, source, agency and text, and hostile URLs."""
    pairs = zip(cycle(ATTACKS), cycle(URLS), range(count))
    for attack, url, number in islice(pairs, count):
        yield {
            "url": f"{url}{number}",
            "headline": attack,
            "source": attack[:2_000],
            "source_organization": attack[:2_000],
            "article_body": f"{attack[:5_000]}\n\nThe ferry sank at dawn off the northern cape, number {number}.",
        }
