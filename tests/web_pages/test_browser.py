"""A person searches, compares and settles, in Chromium."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.cli.conftest import WIREFOLD
from tests.web_pages import hostile, serve
from tests.web_pages.browser import DESKTOP, PHONE, another_page, axe, chromium, look_as, problems, visit
from tests.web_pages.serve import COPY, FERRY, HALF, SHORT, THIRD, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_LOOKS = [*product((DESKTOP, PHONE), ("light", "dark"))]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Give one browser for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Give the location of the small store."""
    location = str(tmp_path / "store.sqlite")
    serve.fill(location, tmp_path)
    return location


@pytest.fixture
def address(store: str) -> Iterator[str]:
    """Give the address at which the small store is served."""
    with serving(store, "--allow-decisions", "--by", "kim") as address:
        yield address


def _type(browser: Chrome, keys: str) -> None:
    """Press keys that lead to another page."""
    with another_page(browser):
        ActionChains(browser).send_keys(keys).perform()


def _text(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


def test_an_article_is_found_and_its_differences_are_marked(browser: Chrome, address: str) -> None:
    visit(browser, address)
    with another_page(browser):
        browser.find_element(By.NAME, "q").send_keys("well", Keys.ENTER)
    assert "q=well" in browser.current_url
    with another_page(browser):
        browser.find_element(By.LINK_TEXT, "Ferry saved").click()
    assert f"/clusters/{FERRY}" in browser.current_url
    assert "All are well." in " ".join(each.text for each in browser.find_elements(By.CSS_SELECTOR, "del"))
    marked = browser.find_element(By.CSS_SELECTOR, ".difference del")
    plain = browser.find_element(By.CSS_SELECTOR, ".difference .text")
    colours = [each.value_of_css_property("background-color") for each in (marked, plain)]
    assert colours[0] != colours[1]


def test_pairs_are_settled_by_keyboard_undone_and_outlast_a_rebuild(browser: Chrome, address: str, store: str) -> None:
    visit(browser, f"{address}/review")
    first, *others = _waiting(browser)
    assert others
    ActionChains(browser).send_keys("j", "k").perform()
    _type(browser, "d")
    assert "different" in browser.find_element(By.CSS_SELECTOR, ".done").text
    assert first not in _waiting(browser) and "1 pair settled" in _text(browser)
    _type(browser, "u")
    assert first in _waiting(browser) and "0 pairs settled" in _text(browser)
    _type(browser, "s")
    subprocess.run([WIREFOLD, "rebuild", "--store", store], check=True, capture_output=True)
    a, b = re.findall(r"\d+", first.partition("/pairs/")[2])[:2]
    visit(browser, f"{address}/pairs/{a}/{b}")
    assert "In one cluster." in _text(browser) and "decided by kim" in _text(browser)


def test_a_pair_that_was_opened_from_the_review_leads_back_there(browser: Chrome, address: str) -> None:
    visit(browser, f"{address}/review")
    opened = _waiting(browser)[1]
    ActionChains(browser).send_keys("j").perform()
    _type(browser, Keys.ENTER)
    assert browser.current_url == opened
    _type(browser, "c")
    assert "/review?done=" in browser.current_url
    assert "canonical-is" in browser.find_element(By.CSS_SELECTOR, ".done").text


def _waiting(browser: Chrome) -> list[str]:
    links = browser.find_elements(By.CSS_SELECTOR, ".queue h2 a")
    return [str(link.get_attribute("href")) for link in links]


def test_letters_that_are_typed_into_a_field_decide_nothing(browser: Chrome, address: str) -> None:
    visit(browser, f"{address}/pairs/{FERRY}/{COPY}")
    note = browser.find_element(By.NAME, "note")
    note.send_keys("jkdscu")
    assert note.get_attribute("value") == "jkdscu"
    assert browser.find_elements(By.CSS_SELECTOR, ".done") == []


def test_axe_finds_no_serious_problem(browser: Chrome, address: str) -> None:
    script = axe()
    visit(browser, f"{address}/pairs/{FERRY}/{COPY}")
    _type(browser, "d")  # so that a decision is shown on each page
    paths = ("/", "/?q=ferry&lang=en", f"/clusters/{COPY}", f"/articles/{FERRY}", f"/pairs/{FERRY}/{HALF}")
    for size, scheme in _LOOKS:
        look_as(browser, size, scheme)
        for path in (*paths, "/review", "/decisions", "/nothing", f"/articles/{SHORT}", f"/pairs/{FERRY}/{COPY}"):
            visit(browser, f"{address}{path}")
            browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
            assert problems(browser, script) == [], (path, size, scheme)


def test_what_is_hostile_runs_nothing_and_breaks_no_layout(browser: Chrome, tmp_path: Path) -> None:
    location = str(tmp_path / "hostile.sqlite")
    hostile.fill(location)
    paths = ("/?role=any&limit=100", "/review", "/decisions", *(f"/pairs/{n}/{n + 20}" for n in range(1, 21)))
    with serving(location, "--allow-decisions") as address:
        for size in (DESKTOP, PHONE):
            look_as(browser, size, "light")
            for path in (*paths, *(f"/articles/{n}" for n in range(1, 21)), *(f"/clusters/{n}" for n in range(1, 21))):
                visit(browser, f"{address}{path}")
                harmed, width, inner = browser.execute_script(
                    "return [window.harmed, document.documentElement.scrollWidth, innerWidth]"
                )
                assert harmed is None, path
                assert width <= inner, path
                assert browser.current_url.startswith(address), path
                assert browser.find_element(By.TAG_NAME, "footer").is_displayed(), path


def test_a_page_works_without_javascript(browser: Chrome, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visit(browser, f"{address}/pairs/{FERRY}/{THIRD}")
        with another_page(browser):
            browser.find_element(By.CSS_SELECTOR, "button[value=different]").click()
        assert "In different clusters." in _text(browser)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
