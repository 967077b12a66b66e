"""The wheel holds all that the program needs: it works from a folder where neither checkout nor scrapy.cfg is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.server import serving

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = folder / "source"  # a copy: setuptools leaves a build folder behind
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "tests", "__pycache__"))
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, source], check=True)
    [wheel] = folder.glob("wirefold-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def test_the_wheel_has_the_publishers_overrides(installed: Path) -> None:
    packaged = sorted(path.name for path in (ROOT / "crawler/extract/publishers").glob("*.toml"))
    assert packaged
    assert sorted(path.name for path in (installed / "crawler/extract/publishers").glob("*")) == packaged


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_the_wheel_has_what_pages_are_made_of(installed: Path, folder: str) -> None:
    packaged = sorted(path.name for path in (ROOT / "crawler/web" / folder).iterdir())
    assert packaged
    assert sorted(path.name for path in (installed / "crawler/web" / folder).iterdir()) == packaged


def test_the_wheel_crawls_politely_stores_and_reports(installed: Path, tmp_path: Path) -> None:
    program = "import crawler.cli; print(crawler.__file__); crawler.cli.main()"

    def wirefold(*arguments: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, *arguments, "--store", "store.sqlite"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            check=True,
        )
        where, *lines = done.stdout.splitlines()
        assert where.startswith(str(installed))
        return lines

    with serving() as web:
        web.write_config(tmp_path / "wirefold.toml")
        [summary] = wirefold("crawl")
        assert "robots-txt 1" in summary
        assert any(request.path == "/robots.txt" for request in web.requests)
    assert wirefold("clusters")
    wirefold("report", "-o", "report.html")
    assert (tmp_path / "report.html").stat().st_size > 10_000
