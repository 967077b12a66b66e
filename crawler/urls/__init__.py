"""The rules that make all addresses of an article one: pure functions over strings, no network.

``identity`` and ``site_of`` look at the address alone, ``claimed`` also at what the page says of itself, ``address``
keeps what to ask for. ``absolute`` and ``refresh_target`` read addresses out of pages.
"""

from __future__ import annotations

from crawler.urls.claims import claimed
from crawler.urls.refresh import refresh_target
from crawler.urls.rules import address, identity
from crawler.urls.spelling import absolute, site_of

__all__ = ["absolute", "address", "claimed", "identity", "refresh_target", "site_of"]
