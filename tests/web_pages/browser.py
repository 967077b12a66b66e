"""Chromium, driven as a person would drive it; and axe-core, fetched once with npm."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

DESKTOP, PHONE = (1280, 900), (390, 844)
_LOADED_S = 30
_AXE = "4.14.1"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "wirefold-tests"


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Start a browser that draws no window; skips, with a warning, where there is none."""
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(programs):
        _skip("no Chromium: install Debian's chromium and chromium-driver")
    options = ChromeOptions()
    options.binary_location = str(programs[0])
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    browser = Chrome(options=options, service=Service(programs[1]))
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def another_page(browser: Chrome) -> Iterator[None]:
    """Wait until what is done leads to another page, and that is loaded: ``get`` alone may return before its style."""

    def loaded(_: Chrome) -> bool:
        opened = browser.find_element(By.TAG_NAME, "html").id != page.id
        return opened and browser.execute_script("return document.readyState") == "complete"

    page = browser.find_element(By.TAG_NAME, "html")
    yield
    # while a page is being replaced there is none that could be asked
    WebDriverWait(browser, _LOADED_S, ignored_exceptions=[WebDriverException]).until(loaded)


def visit(browser: Chrome, address: str) -> None:
    """Open a page, and wait until it is loaded."""
    with another_page(browser):
        browser.get(address)


def look_as(browser: Chrome, size: tuple[int, int], scheme: str) -> None:
    """Set the size of the page, and the theme that its reader prefers."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def axe() -> str:
    """Give the script of axe-core; skips, with a warning, where it cannot be had."""
    archive = _CACHE / f"axe-core-{_AXE}.tgz"
    if not archive.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        fetch = ["npm", "pack", f"axe-core@{_AXE}", "--silent", "--pack-destination", str(_CACHE)]
        if shutil.which("npm") is None or subprocess.run(fetch, check=False, stdout=subprocess.DEVNULL).returncode:
            _skip(f"no axe-core: neither {archive} nor npm with a registry")
    with tarfile.open(archive) as files:
        script = files.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def problems(browser: Chrome, script: str) -> list[dict[str, Any]]:
    """List what axe-core finds serious or critical on the page."""
    browser.execute_script(script)
    found = browser.execute_async_script("axe.run(document).then(arguments[0])")
    return [
        {"rule": each["id"], "where": [node["html"][:200] for node in each["nodes"][:3]]}
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def _skip(reason: str) -> None:
    warnings.warn(reason, stacklevel=2)
    pytest.skip(reason)
