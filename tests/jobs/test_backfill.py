"""A backfill makes of an archive what importing it makes, however its work is cut and shared out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.fs
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.backfill import INPUTS, of_folder, of_store
from crawler import jobs
from crawler.errors import ArchiveError
from crawler.jobs.backfill import reading
from crawler.jobs.backfill.engines import Engine, LocalEngine
from crawler.jobs.backfill.spark import SparkEngine
from storage.store import Store
from tests.dedupe import prose, translated
from tests.examples import at_most
from tests.jobs.test_archives import write as write_warc
from tests.realdata import needs_data

SITES = ("a.example", "b.example", "c.example")


def record(name: str, body: str, site: str, day: int | None, headline: str) -> dict[str, str]:
    dated = {} if day is None else {"published": f"2026-0{1 + day // 28}-{1 + day % 28:02}T12:00:00Z"}
    return {"url": f"https://{site}/{name}", "title": headline, "text": body, **dated}


RECORDS = st.builds(
    record,
    st.sampled_from("pqr"),
    prose.BODIES,
    st.sampled_from(SITES),
    st.sampled_from([None, 0, 1, 25, 40, 80]),
    st.sampled_from(["Fire kills five", "Rain is on its way"]),
)


def write(path: Path, records: Sequence[dict[str, str]]) -> str:
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return str(path)


def backfill(inputs: Sequence[str], out: Path, engine: Engine) -> jobs.Summary:
    return jobs.backfill(inputs, str(out), engine, jobs.Reading(datetime.now(UTC)))


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    with LocalEngine() as running:
        yield running


@settings(max_examples=at_most(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.lists(RECORDS, min_size=1, max_size=6), min_size=1, max_size=2), cores=st.integers(1, 3))
def test_clusters_are_those_that_importing_one_file_after_the_other_makes(
    files: list[list[dict[str, str]]], cores: int
) -> None:
    """``cores`` is into how many pieces the work is cut; one process does them all."""
    with TemporaryDirectory() as folder, LocalEngine() as engine:
        engine.cores = cores
        paths = [write(Path(folder, f"{number}.jsonl"), records) for number, records in enumerate(files)]
        backfill(paths, Path(folder, "out"), engine)
        with Store.open(f"{folder}/store.sqlite") as store:
            for path in paths:
                jobs.import_file(store, Path(path), keep_id=True, progress=jobs.Silent())
            jobs.rebuild(store, jobs.Silent())
        assert of_folder(Path(folder, "out")) == of_store(Path(folder, "store.sqlite"))


def copies(folder: Path) -> list[str]:
    """Write two files of articles, some of which are copies of others."""
    made = [record(f"{n}", prose.text(n % 7), SITES[n % 3], n % 4, "A headline") for n in range(30)]
    return [write(folder / "1.jsonl", made[:20]), write(folder / "2.jsonl", made[20:])]


def test_several_processes_come_to_what_one_does(tmp_path: Path, engine: LocalEngine) -> None:
    paths = copies(tmp_path)
    one = backfill(paths, tmp_path / "one", engine)
    with LocalEngine(2) as several:
        assert backfill(paths, tmp_path / "two", several) == one
    assert of_folder(tmp_path / "one") == of_folder(tmp_path / "two")
    assert (one.counts["articles"], one.counts["clusters"]) == (30, 7)


def test_articles_without_dates_meet_those_of_all_times_as_importing_has_them_meet(
    tmp_path: Path, engine: LocalEngine
) -> None:
    days = (0, None, 100, None, 200)
    told = [record(str(n), prose.text(1), f"s{n}.example", day, "A headline") for n, day in enumerate(days)]
    path = write(tmp_path / "1.jsonl", told)
    backfill([path], tmp_path / "out", engine)
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        jobs.import_file(store, Path(path), keep_id=True, progress=jobs.Silent())
    found = of_folder(tmp_path / "out")
    assert found == of_store(tmp_path / "store.sqlite")
    assert len(found.edges) == 7  # each of two with the three that are dated, and with each other


def test_translations_are_linked_as_importing_links_them(tmp_path: Path, engine: LocalEngine) -> None:
    texts = (("es", translated.SPANISH[0]), ("en", translated.SPANISH_IN_ENGLISH), ("en", translated.GERMAN_IN_ENGLISH))
    told = [
        record(str(n), text, SITES[n], day, "A headline") | {"lang": language}
        for n, ((language, text), day) in enumerate(zip(texts, (27, 29, 28), strict=True))  # around the end of a bucket
    ]
    paths = [write(tmp_path / "1.jsonl", told[:1]), write(tmp_path / "2.jsonl", told[1:])]
    backfill(paths, tmp_path / "out", engine)
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        for path in paths:
            jobs.import_file(store, Path(path), keep_id=True, progress=jobs.Silent())
    found = of_folder(tmp_path / "out")
    assert found == of_store(tmp_path / "store.sqlite")
    assert [relation for _, _, relation, *_ in found.edges] == ["translation-of"]


def test_pages_of_a_warc_file_are_those_that_ingest_keeps(tmp_path: Path, engine: LocalEngine) -> None:
    file = write_warc(tmp_path / "news.warc.gz", [1, 2, 3, 1])
    assert backfill([str(file)], tmp_path / "out", engine).counts["articles"] == 3
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        jobs.ingest(store, [file], workers=1, progress=jobs.Silent())
    assert of_folder(tmp_path / "out") == of_store(tmp_path / "store.sqlite")


def test_what_is_no_article_is_counted_written_and_named(tmp_path: Path, engine: LocalEngine) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text('{"id": "1", "text": "A text."}\nnot a record\n{"id": "2"}\n')
    summary = backfill([str(file)], tmp_path / "out", engine)
    assert (summary.counts["records"], summary.counts["rejected/import/no-text"]) == (3, 1)
    [problem] = summary.problems
    assert problem.startswith(f"{file}:2: not JSON")
    rows = parquet.read_table(tmp_path / "out" / "rejections").to_pylist()
    assert [row["reason"] for row in rows] == ["not-a-record", "no-text"]
    assert parquet.read_table(tmp_path / "out" / "edges").num_rows == 0


def test_an_input_that_is_damaged_is_read_as_far_as_it_goes(tmp_path: Path, engine: LocalEngine) -> None:
    paths = copies(tmp_path)
    Path(paths[0]).write_bytes(b"PAR1 and nothing more")
    summary = backfill(paths, tmp_path / "out", engine)
    assert [problem.partition(": ")[0] for problem in summary.problems] == paths[:1]
    assert summary.counts["articles"] == 10


def test_a_folder_stands_for_its_files_by_name_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.parquet", "b/10.parquet", "a.warc", "_SUCCESS", "b/.crc", "_temporary/0/c.parquet"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    last = tmp_path / "last.jsonl"
    last.touch()
    found = [each.name for each in reading.find_inputs([str(tmp_path / "in"), str(last)])]
    assert found == [f"{tmp_path}/in/{name}" for name in ("a.warc", "b/10.parquet", "b/2.parquet")] + [str(last)]


@pytest.mark.parametrize(
    ("location", "problem"),
    [("/no/such.parquet", "no such file"), ("gopher://a.example/x", "gopher"), ("file://", "")],
)
def test_an_input_that_is_not_there_is_named(location: str, problem: str) -> None:
    with pytest.raises(ArchiveError, match=f"{location}.*{problem}"):
        reading.find_inputs([location])


def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path: Path, engine: LocalEngine) -> None:
    with pytest.raises(ArchiveError, match="something in this folder"):
        backfill(copies(tmp_path), tmp_path, engine)


def test_files_elsewhere_are_copied_to_be_read_and_go_by_their_addresses(
    tmp_path: Path, engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not this machine's own file system is told by its kind alone: so one that leads to a folder will do."""
    [path, _] = copies(tmp_path)
    with Path(path).open("a") as file:
        file.write("not a record\n")

    def elsewhere(location: str) -> tuple[Any, str]:
        is_remote = location.startswith("far://")
        local = pyarrow.fs.LocalFileSystem()
        return (pyarrow.fs.SubTreeFileSystem(str(tmp_path), local) if is_remote else local), location.partition("//")[
            2
        ] or location

    monkeypatch.setattr(reading, "file_system", elsewhere)
    summary = backfill(["far://1.jsonl"], tmp_path / "out", engine)
    assert summary.counts["articles"] == 20
    assert summary.problems[0].startswith("far://1.jsonl:21: ")
    assert parquet.read_table(tmp_path / "out" / "rejections").to_pylist()[0]["url"] == "far://1.jsonl:21"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine")
    with SparkEngine() as running:
        yield running


@pytest.mark.slow
def test_spark_comes_to_what_one_process_does(tmp_path: Path, spark: SparkEngine, engine: LocalEngine) -> None:
    paths = copies(tmp_path)
    assert backfill(paths, tmp_path / "spark", spark) == backfill(paths, tmp_path / "one", engine)
    assert of_folder(tmp_path / "spark") == of_folder(tmp_path / "one")


@pytest.mark.slow
@needs_data
@pytest.mark.parametrize("name", ["spark", "local"])
def test_real_sentences_give_the_clusters_that_importing_them_gives(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The first articles of planted-20k; benchmarks/backfill.py takes all of them, and newsweb."""
    some = parquet.read_table(INPUTS["planted-20k"]).slice(0, 3000)
    parquet.write_table(some, tmp_path / "some.parquet")
    running: Engine = request.getfixturevalue("spark" if name == "spark" else "engine")
    backfill([str(tmp_path / "some.parquet")], tmp_path / "out", running)
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        jobs.import_file(store, tmp_path / "some.parquet", keep_id=True, progress=jobs.Silent())
    assert of_folder(tmp_path / "out") == of_store(tmp_path / "store.sqlite")
