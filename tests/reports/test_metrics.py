"""What Prometheus reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from crawler.reports.metrics import registry
from storage.types import SourceState, Totals

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = 'a "quoted"\nname\\'


def samples(**fields: Any) -> dict[tuple[str, tuple[str, ...]], float]:
    """Read back what is written of a run of 90 seconds: values by name and labels."""
    given: dict[str, Any] = {"succeeded": True, "counts": {}, "states": [], "totals": None}
    text = generate_latest(registry(NOON, NOON + timedelta(seconds=90), **given | fields)).decode()
    families = text_string_to_metric_families(text)
    return {
        (sample.name.removeprefix("wirefold_"), tuple(sorted(sample.labels.values()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_run_is_told_with_its_end_its_time_and_its_counts() -> None:
    assert samples(counts={"kept": 3, "rejected/extract/too-short": 2}) == {
        ("last_run_timestamp_seconds", ()): NOON.timestamp() + 90,
        ("last_run_duration_seconds", ()): 90,
        ("last_run_success", ()): 1,
        ("last_run_count", ("kept",)): 3,
        ("last_run_rejected", ("extract", "too-short")): 2,
    }


def test_a_run_that_failed_says_so() -> None:
    assert samples(succeeded=False)["last_run_success", ()] == 0


def test_a_source_is_told_by_what_is_known_of_it() -> None:
    state = SourceState(name=HOSTILE, url="https://a.example/rss", last_success=NOON, failures=2)
    found = samples(states=[state])
    assert found["source_last_success_timestamp_seconds", (HOSTILE,)] == NOON.timestamp()
    assert found["source_failures", (HOSTILE,)] == 2
    assert ("source_next_due_timestamp_seconds", (HOSTILE,)) not in found


def test_the_store_is_told_by_its_totals() -> None:
    totals = Totals(**dict.fromkeys(Totals.__slots__, 5))
    assert samples(totals=totals)["store_articles", ()] == 5
