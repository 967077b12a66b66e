from __future__ import annotations

from typing import Any

import pytest

from crawler.extract.overrides import PACKAGED, Override
from tests.extract import golden

by_override = pytest.mark.parametrize("override", golden.OVERRIDES.values(), ids=golden.OVERRIDES)


@pytest.mark.parametrize("case", golden.CASES)
def test_a_golden_page_gives_what_stands_beside_it(case: str) -> None:
    assert golden.result(golden.page(case)) == golden.expected(golden.FOLDER, case)


@by_override
def test_an_override_has_a_golden_page_and_gives_what_stands_beside_it(override: Override) -> None:
    found = golden.result(golden.page_of(override), override)
    assert found == golden.expected(golden.OF_OVERRIDES, override.site)
    assert [note for note in of_overrides(found) if "took out" not in note] == []


@by_override
def test_nothing_in_an_override_is_needless(override: Override) -> None:
    page = golden.page_of(override)
    whole = values(golden.result(page, override))
    assert values(golden.result(page)) != whole
    for field in {*override.model_fields_set} - {"site", "why", "since", "valid_until"}:
        without = override.model_copy(update={field: () if field == "drop" else None})
        assert values(golden.result(page, without)) != whole, f"{field} changes nothing"


@by_override
def test_an_override_lapses_and_says_so(override: Override) -> None:
    assert override.valid_until is not None
    page = golden.page_of(override, override.valid_until.replace(year=override.valid_until.year + 1))
    found = golden.result(page, override)
    assert values(found) == values(golden.result(page))
    assert of_overrides(found) == [f"override: {override.site} lapsed, it was valid until {override.valid_until}"]


def test_a_packaged_override_is_named_like_its_site() -> None:
    assert sorted(path.stem for path in PACKAGED.glob("*.toml")) == sorted(golden.OVERRIDES)
    assert sorted(path.stem for path in golden.OF_OVERRIDES.glob("*.html")) == sorted(golden.OVERRIDES)


def values(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was found, not how."""
    return {name: value for name, value in found.items() if name not in ("provenance", "notes")}


def of_overrides(found: dict[str, Any]) -> list[str]:
    """Return the notes on overrides."""
    return [note for note in found.get("notes", ()) if note.startswith("override")]
