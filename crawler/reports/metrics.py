"""What Prometheus is told of a run, the sources and the store. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from storage.types import SourceState, Totals

_REJECTED = "rejected/"
_OF_STORE = ("articles", "canonical", "variants", "clusters", "revisions", "unjudged", "edges")
_OF_SOURCE: tuple[tuple[str, str, Callable[[SourceState], float | None]], ...] = (
    ("last_success_timestamp_seconds", "When it was last read.", lambda state: _seconds(state.last_success)),
    ("next_due_timestamp_seconds", "When it is to be asked again.", lambda state: _seconds(state.next_due)),
    ("failures", "Failed attempts in a row.", lambda state: state.failures),
)


def registry(
    began: datetime,
    ended: datetime,
    *,
    succeeded: bool,
    counts: Mapping[str, int],
    states: Sequence[SourceState],
    totals: Totals | None,
) -> CollectorRegistry:
    """Gather all there is to tell.

    Args:
        succeeded: whether the run came to its end, even with a source that failed.
        counts: what the run counted; empty when it failed.
        totals: None when the store could not be read.
    """
    found = CollectorRegistry()
    _run(found, began, ended, succeeded=succeeded)
    _counts(found, counts)
    _sources(found, states)
    if totals is not None:
        _store(found, totals)
    return found


def _run(found: CollectorRegistry, began: datetime, ended: datetime, *, succeeded: bool) -> None:
    _gauge(found, "last_run_timestamp_seconds", "When the last run ended.").set(ended.timestamp())
    _gauge(found, "last_run_duration_seconds", "How long it took.").set((ended - began).total_seconds())
    _gauge(found, "last_run_success", "1 if it came to its end, 0 if it was interrupted or failed.").set(succeeded)


def _counts(found: CollectorRegistry, counts: Mapping[str, int]) -> None:
    plain = _gauge(found, "last_run_count", "What it counted.", "name")
    rejected = _gauge(found, "last_run_rejected", "What it lost, by reason.", "stage", "reason")
    for name, count in counts.items():
        stage, _, reason = name.removeprefix(_REJECTED).partition("/")
        (rejected.labels(stage, reason) if reason else plain.labels(name)).set(count)


def _sources(found: CollectorRegistry, states: Sequence[SourceState]) -> None:
    for name, about, value_of in _OF_SOURCE:
        gauge = _gauge(found, f"source_{name}", about, "source")
        for state in states:
            if (value := value_of(state)) is not None:
                gauge.labels(state.name).set(value)


def _store(found: CollectorRegistry, totals: Totals) -> None:
    for name in _OF_STORE:
        _gauge(found, f"store_{name}", f"{name.capitalize()} in the store.").set(getattr(totals, name))


def _gauge(found: CollectorRegistry, name: str, about: str, *labels: str) -> Gauge:
    return Gauge(f"wirefold_{name}", about, labels, registry=found)


def _seconds(when: datetime | None) -> float | None:
    return when.timestamp() if when else None
