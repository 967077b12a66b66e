"""Errors of dedupe.

DedupeError
└── SpecMismatch    sketches made under another spec must not be compared
"""

from __future__ import annotations


class DedupeError(Exception):
    """Root of everything dedupe raises on purpose."""


class SpecMismatch(DedupeError):
    """The stored sketches were made under another spec; rebuild before comparing."""

    def __init__(self, stored: str, current: str) -> None:
        super().__init__(
            f"the stored sketches are of spec {stored!r}, this version makes {current!r}: run `wirefold rebuild`"
        )
