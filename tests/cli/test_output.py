"""Values in the formats, whatever is in them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cli.options import Format
from crawler.cli.output import Layout, print_json, print_records

LAYOUT = Layout(fields=["value"], titles={"Value": "value"})
capturing = settings(suppress_health_check=[], deadline=None)


def printed(form: Format, text: str) -> str:
    """Return what is printed for one record."""
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        print_records([{"value": text}], form, LAYOUT)
    return out.getvalue()
