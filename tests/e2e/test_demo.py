"""``make demo``, twice over one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web import demo

pytestmark = pytest.mark.slow


def test_the_demo_run_twice_follows_no_link_the_second_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert demo.main(tmp_path) == 0
    first = capfd.readouterr().out
    assert (tmp_path / "report.html").as_uri() in first
    assert " article links" in first
    assert demo.main(tmp_path) == 0
    assert " article links" not in capfd.readouterr().out.rpartition("small web answered")[2]
