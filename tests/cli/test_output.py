"""Values in each format, whatever is in them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.cli.options import Format
from crawler.cli.output import Layout, print_records
from tests.cli import seed

LAYOUT = Layout(fields=["value"], titles={"Value": "value"})
TEXTS = st.text() | st.text(alphabet="=+-@\t\r\n\x00\x1b\x9b\u202e\u2066\ud800 a[]\U000e0001")


def printed(form: Format, text: str) -> str:
    """Return what is printed for one record."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        print_records([{"value": text}], form, LAYOUT)
    return out.getvalue()


@given(TEXTS)
@example(seed.ESCAPES)
def test_json_is_harmless_and_means_the_same(text: str) -> None:
    out = printed(Format.JSONL, text)
    assert json.loads(out) == {"value": text}
    assert out[:-1].isprintable()


@given(TEXTS)
@example(seed.FORMULA)
def test_a_csv_cell_is_never_a_formula(text: str) -> None:
    _, [cell] = csv.reader(io.StringIO(printed(Format.CSV, text)))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(TEXTS)
@example(seed.ESCAPES)
def test_a_table_moves_no_cursor(text: str) -> None:
    assert not set(printed(Format.TABLE, text)) & set("\x00\x1b\r\t\x9b\u202e\u2066")
