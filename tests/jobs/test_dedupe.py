"""Incremental runs, revisions and rebuilds through the real store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import jobs
from crawler.jobs import dedupe
from crawler.jobs.dedupe import deduplicate
from dedupe.errors import SpecMismatch
from dedupe.similarity import Measures
from storage.columns import MEASURES
from storage.queries import Queries
from storage.relations import relation_of
from storage.store import Store
from storage.types import Article, DecisionKind, IndexState, Outcome
from tests.dedupe import prose, translated
from tests.examples import at_most

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def article(name: str, body: str, site: str = "a.example", hours: float = 0, headline: str = "A headline") -> Article:
    return Article(
        url=f"https://{site}/{name}",
        site=site,
        source=site,
        headline=headline,
        article_body=body,
        date_published=NOON + timedelta(hours=hours),
    )


def put(store: Store, articles: Sequence[Article], hours: float = 0) -> list[Outcome]:
    with store.transaction():
        run_id = store.start_run("test", NOON)
        return [store.put_article(each, run_id=run_id, seen_at=NOON + timedelta(hours=hours)) for each in articles]


def view(store: Store) -> tuple[object, ...]:
    """Everything that dedupe decided."""
    clusters = [(row.id, row.canonical_reason, row.members) for row in Queries(store).clusters(min_size=1)]
    ids = [member.id for _, _, members in clusters for member in members]
    return clusters, Queries(store).edges_of(ids)


def sizes(store: Store) -> list[int]:
    return [len(row.members) for row in Queries(store).clusters(min_size=1)]


def test_copies_on_two_sites_become_one_cluster(store: Store) -> None:
    put(store, [article("x", prose.text(1)), article("y", prose.text(1), "b.example", 1), article("z", prose.text(2))])
    assert deduplicate(store, jobs.Silent()) == {"judged": 3, "joined": 1}
    (cluster,) = Queries(store).clusters()
    assert [member.relation for member in cluster.members] == [None, "identical"]
    assert sizes(store) == [2, 1]


def test_a_second_run_judges_nothing_and_changes_nothing(store: Store) -> None:
    put(store, [article("x", prose.text(1)), article("y", prose.text(1), "b.example")])
    deduplicate(store, jobs.Silent())
    before = view(store)
    assert deduplicate(store, jobs.Silent()) == {"judged": 0, "joined": 0}
    assert view(store) == before


def test_a_text_too_short_to_judge_says_so_and_stays_alone(store: Store) -> None:
    put(store, [article("x", "Please log in to read on."), article("y", "Please log in to read on.", "b.example")])
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [1, 1]
    assert Queries(store).article("https://a.example/x").skip_reason == "too-short"


def test_a_revision_is_judged_again_and_leaves_its_old_cluster(store: Store) -> None:
    put(store, [article("x", prose.text(1)), article("y", prose.text(1), "b.example")])
    deduplicate(store, jobs.Silent())
    assert put(store, [article("y", prose.text(2), "b.example")], hours=5) == [Outcome.REVISED]
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [1, 1]
    put(store, [article("y", prose.text(1) + "\nOne line more.", "b.example")], hours=9)
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [2]


def test_site_text_alone_joins_nothing(store: Store) -> None:
    put(store, [article(str(seed), f"{prose.text(seed, 9)}\n{prose.FOOTER}") for seed in range(1, 6)])
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [1] * 5


def test_sketches_of_another_version_are_refused(store: Store) -> None:
    put(store, [article("x", prose.text(1)), article("y", prose.text(1), "b.example")])
    store.index.put_state(IndexState(spec="minhash-of-old", last_revision=0))
    with pytest.raises(SpecMismatch, match="wirefold rebuild"):
        deduplicate(store, jobs.Silent())
    jobs.rebuild(store, jobs.Silent())
    assert sizes(store) == [2]


def test_a_run_that_broke_off_is_gone_on_with(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, [article(str(i), prose.text(i % 3), f"s{i}.example", i / 10) for i in range(9)])
    monkeypatch.setattr(dedupe, "_BATCH", 4)
    with monkeypatch.context() as broken:
        saved = store.save_edges
        calls: list[int] = []

        def fail_the_second_time(edges: object) -> None:
            calls.append(1)
            if len(calls) == 2:
                raise RuntimeError("power cut")
            saved(edges)  # type: ignore[arg-type]

        broken.setattr(store, "save_edges", fail_the_second_time)
        with pytest.raises(RuntimeError, match="power cut"):
            deduplicate(store, jobs.Silent())
    assert Queries(store).stats().unjudged == 5
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [3, 3, 3]
    whole = view(store)
    jobs.rebuild(store, jobs.Silent())
    assert view(store) == whole


STEPS = st.lists(
    st.builds(
        article,
        st.sampled_from(["p", "q", "r"]),
        prose.BODIES,
        st.sampled_from(["a.example", "b.example"]),
        st.sampled_from([0.0, 5.0, 50.0]),
        st.sampled_from(["Fire kills five", "Rain is on its way"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=at_most(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, cut=st.integers(0, 8))
def test_a_rebuild_gives_what_the_incremental_runs_gave(steps: list[Article], cut: int) -> None:
    with Store.open("sqlite://") as store:
        for hours, step in enumerate(steps):
            put(store, [step], hours)
            if hours % 3 == cut % 3:
                deduplicate(store, jobs.Silent())
        deduplicate(store, jobs.Silent())
        incremental = view(store)
        jobs.rebuild(store, jobs.Silent())
        assert view(store) == incremental


def test_a_speech_is_joined_with_identical_texts_only_and_says_so(store: Store) -> None:
    speech = " ".join(f"“{sentence}”" for sentence in prose.sentences(1, 20))
    others = [article("y", speech, "b.example"), article("z", f"{speech} He left.", "c.example")]
    put(store, [article("x", speech), *others])
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [2, 1]
    assert Queries(store).article("https://a.example/x").skip_reason == "no-own-text"


def test_two_translations_of_one_article_become_one_cluster(store: Store) -> None:
    one, other = translated.ENGLISH
    put(
        store, [article("x", one), article("y", other, "b.example", 3), article("z", translated.REPORT, "c.example", 2)]
    )
    deduplicate(store, jobs.Silent())
    assert sizes(store) == [2, 1]
    (edge,) = (each for each in Queries(store).edges_of([1]) if each.joins)
    assert edge.relation == "translated-copy"


TRANSLATIONS = [
    replace(article("x", translated.SPANISH[0]), in_language="es"),
    replace(article("y", translated.SPANISH_IN_ENGLISH, "b.example", 5), in_language="en-GB"),
    replace(article("z", translated.GERMAN_IN_ENGLISH, "c.example", 2), in_language="en"),
]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0)])
def test_an_article_is_linked_with_its_translation_and_never_joined(store: Store, order: tuple[int, ...]) -> None:
    put(store, [TRANSLATIONS[each] for each in order])
    assert deduplicate(store, jobs.Silent())["joined"] == 0
    (edge,) = Queries(store).edges_of([1, 2, 3])
    original, copy = (Queries(store).article(f"https://{url}").id for url in ("a.example/x", "b.example/y"))
    assert {edge.article_a, edge.article_b} == {original, copy}
    assert relation_of(copy, edge) == "translation-of"
    assert sizes(store) == [1, 1, 1]


def test_what_appears_a_week_later_is_no_translation(store: Store) -> None:
    late = replace(TRANSLATIONS[1], date_published=NOON + timedelta(days=8))
    put(store, [TRANSLATIONS[0], late])
    deduplicate(store, jobs.Silent())
    assert [edge.relation for edge in Queries(store).edges_of([1])] == ["shared-passage"]


def test_translations_are_found_alike_by_every_run_and_by_a_rebuild(store: Store) -> None:
    corrected = f"{translated.SPANISH_IN_ENGLISH} An earlier version of this article named another river."
    for each in [*TRANSLATIONS, replace(TRANSLATIONS[1], article_body=corrected)]:
        put(store, [each])
        deduplicate(store, jobs.Silent())
    incremental = view(store)
    assert [edge.relation for edge in Queries(store).edges_of([1])] == ["translation-of"]
    jobs.rebuild(store, jobs.Silent())
    assert view(store) == incremental


def test_a_person_can_still_put_a_translation_into_the_cluster_of_its_original(store: Store) -> None:
    put(store, TRANSLATIONS)
    deduplicate(store, jobs.Silent())
    jobs.decide(store, jobs.Wanted(kind=DecisionKind.SAME, url_a="1", url_b="2", decided_by="kim"))
    assert sizes(store) == [2, 1]


def test_the_store_has_a_place_for_every_measure() -> None:
    assert set(Measures.__slots__) <= set(MEASURES)
