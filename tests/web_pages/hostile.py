"""Two hundred articles that want to run a script, leave their place on the page, or blow it up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler import jobs
from storage.store import Store
from storage.types import Article, DecisionKind
from tests.cli import seed

_RUN = "window.harmed=1"
PAYLOADS = (
    f"<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"</title></head><script>{_RUN}</script>",
    f"</p></bdi></a></main><script>{_RUN}</script>",
    f'<img src=x onerror="{_RUN}">',
    f"' onmouseover='{_RUN}' autofocus onfocus='{_RUN}' x='",
    f'" onfocus="{_RUN}" autofocus="',
    f"<svg onload={_RUN}><circle></svg>",
    f'<a href="javascript:{_RUN}">read</a>',
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button formaction=https://evil.example/>",
    "<style>body{display:none}</style><link rel=stylesheet href=https://evil.example/x.css>",
    "<!-- <textarea> <plaintext> <xmp>",
    "{{ 7 * 7 }}{% raw %}{# }} &lt;script&gt; ]]>",
    "\u202e\u202dright to left\u2066\u2067 and back\u202c\u200f",
    "\x00\x1b[31m\x07\x9b2J\u2028\u2029\ufeff\ufffe",
    "Z" + "\u0301\u0316\u0353" * 300,
    "W" * 5_000,
    "<b>" + "word " * 200_000,
)
_PLACES = 10


def article(number: int) -> Article:
    """Make one: a payload in every field of it; copies of a text come in tens."""
    payload, place = PAYLOADS[number % len(PAYLOADS)], number // len(PAYLOADS)
    urls = (f"https://h{number}.example/{payload[:300]}", f"javascript:{_RUN}//{number}", f"data:text/html,{number}")
    short, text = payload[:2_000], seed.prose(number % len(PAYLOADS), 120)
    return Article(
        url=urls[place % len(urls)],
        site=f"h{number}.example",
        source=f"{short} {number}",
        headline=payload,
        article_body="\n\n".join((text, payload[:50_000], seed.prose(900 + number, 6))),
        address=urls[(place + 1) % len(urls)],
        authors=(short,),
        source_organization=short,
        in_language=short,
        date_published=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number),
    )


def fill(location: str) -> None:
    """Put them into a new store, and judge them."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with Store.open(location) as store:
        run_id = store.start_run("test", now)
        for number in range(_PLACES * len(PAYLOADS)):
            store.put_article(article(number), run_id=run_id, seen_at=now)
        jobs.rebuild(store, jobs.Silent())
        for kind in (DecisionKind.SAME, DecisionKind.DIFFERENT):
            said = jobs.Wanted(kind=kind, url_a="1", url_b="2", decided_by=PAYLOADS[1], note=PAYLOADS[0])
            jobs.decide(store, said)
