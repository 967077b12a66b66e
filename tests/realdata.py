"""Where the real test data is: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
DATA: Path | None = _SHARED if _SHARED.is_dir() else None

needs_data = pytest.mark.skipif(DATA is None, reason=f"real test data not found at {_SHARED}")
