"""What extraction is given: one page as it was fetched or read from an archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched page. ``url`` is where it was found after redirects, ``content_type`` the HTTP header as sent.

    ``fetched_at`` is aware; a date on the page is believed only up to it. ``source`` names the configured source.
    """

    url: str
    content: bytes
    content_type: str | None
    fetched_at: datetime
    source: str | None = None
    requested_url: str | None = None
