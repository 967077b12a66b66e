"""Progress is for a terminal."""

from __future__ import annotations

import io

import pytest

from crawler.cli.progress import progress


class Terminal(io.StringIO):
    """Takes what is written for a person."""

    def isatty(self) -> bool:
        """Say that a person is there."""
        return True


@pytest.mark.parametrize(("total", "shown"), [(10, "100%"), (None, "1,234")])
def test_a_terminal_sees_how_far_a_job_is(total: int | None, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress().step("Reading pages", total) as advance:
        advance(total or 1234)
    assert "Reading pages" in terminal.getvalue()
    assert shown in terminal.getvalue()


def test_a_log_file_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress().step("Reading pages", 10) as advance:
        advance(10)
    assert capsys.readouterr().err == ""
