"""Errors of dedupe.

DedupeError
├── SpecMismatch    sketches made under another spec must not be compared
└── RulesMismatch   edges judged by other rules cannot be judged again by their measures
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


class RulesMismatch(DedupeError):
    """A stored edge was judged by another version's rules: it may lack measures that this version's need."""

    def __init__(self, stored: str, current: str) -> None:
        super().__init__(
            f"stored edges were judged by {stored!r}, this version has {current!r}: run `wirefold rebuild`"
        )
