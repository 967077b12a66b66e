"""How many examples of a property are tried: fewer where the slow tests are left out; `make test` tries them all."""

from __future__ import annotations

from hypothesis import settings

QUICK, WHOLE = "quick", "whole"
_USUAL = 100

settings.register_profile(WHOLE, deadline=None, max_examples=_USUAL)  # on a busy machine the time of one says nothing
settings.register_profile(QUICK, deadline=None, max_examples=_USUAL * 3 // 10)


def at_most(count: int) -> int:
    """Return how many to try where all are ``count``."""
    return -(-count * settings().max_examples // _USUAL)
