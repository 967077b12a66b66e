"""What a crawl asked of each host and what it got. Without Scrapy, which is slow to import: the jobs know it, too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCounts:
    """What one crawl did with one host, robots.txt included.

    ``requests`` were sent, ``bytes`` are headers and bodies as they came over the line, whole or not. ``waited_s`` adds
    up how long each request stood ready until the host's pace let it go. ``refused`` ones our own rules
    stopped.
    """

    requests: int = 0
    bytes: int = 0
    not_modified: int = 0
    waited_s: float = 0.0
    refused: int = 0
