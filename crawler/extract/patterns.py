"""Long regular expressions, written as lists of alternatives."""

from __future__ import annotations

import re


def any_of(*alternatives: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Return the pattern of `before`, then one of the alternatives, then `after`; letter case does not matter."""
    return re.compile(f"{before}(?:{'|'.join(alternatives)}){after}", re.IGNORECASE)
