"""The measures of `benchmarks.dedupe`, and the peers' settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from datasketch import MinHash

from benchmarks import dedupe, dedupe_index, dedupe_peers, dedupe_quality, processes
from benchmarks.synthetic import World
from tests.dedupe import prose


def test_the_rand_index_is_the_published_one() -> None:
    truth, found = dict(zip("abcd", (0, 0, 1, 2), strict=True)), dict(zip("abcd", (5, 5, 6, 6), strict=True))
    assert dedupe_quality.rand_index(truth, found, "abcd") == pytest.approx(4 / 7)
    assert dedupe_quality.rand_index(truth, truth, "abcd") == 1
    assert dedupe_quality.rand_index(truth, found, "abc") == 1  # over those alone they agree


def test_a_pair_is_found_when_both_are_there_in_one_cluster() -> None:
    labelled = [
        {"id_a": "a", "id_b": "b", "cluster": "yes"},
        {"id_a": "a", "id_b": "c", "cluster": "no"},
        {"id_a": "d", "id_b": "e", "cluster": "yes"},
        {"id_a": "gone", "id_b": "lost", "cluster": "no"},
    ]
    found = dedupe_quality.score(labelled, {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3})
    assert found == {"right": 1, "wrong": 1, "missed": 1}


def test_pairs_that_share_a_cluster_are_in_order() -> None:
    assert dedupe_quality.together({"b": 1, "a": 1, "c": 2, "d": 1}) == {("a", "b"), ("a", "d"), ("b", "d")}


def test_components_join_what_is_connected() -> None:
    assert dedupe_peers.components(6, [(4, 2), (2, 1), (5, 3)]) == [0, 1, 1, 3, 1, 3]


@pytest.mark.parametrize("name", dedupe_peers.SETTINGS)
def test_every_peer_finds_a_verbatim_copy_and_joins_nothing_else(name: str) -> None:
    texts = [prose.text(1), prose.text(2), prose.text(1), ""]
    assert dedupe_peers.joined(texts, dedupe_peers.SETTINGS[name], seeds=2) == [[0, 1, 0, 3]] * 2


def test_sets_are_sketched_as_datasketch_does() -> None:
    setting = dedupe_peers.SETTINGS["datasketch 0.5"]
    (hashes,) = dedupe_peers.hashed([prose.text(1)], setting)
    ours, theirs = MinHash(num_perm=128, hashfunc=int), MinHash(num_perm=128)
    ours.update_batch(hashes.tolist())
    theirs.update_batch([shingle.encode() for shingle in setting.features(prose.text(1))])
    assert ours.hashvalues.tolist() == theirs.hashvalues.tolist()


def test_peers_split_texts_as_they_do() -> None:
    assert dedupe_peers.word_shingles("One, two three FOUR five six") == {
        "one two three four five",
        "two three four five six",
    }
    assert dedupe_peers.split_at_non_words(2, 0)("A, b") == {"a ", " b"}
    assert dedupe_peers.split_at_non_words(5, 5)("a b c") == set()
    assert dedupe_peers.simplified("Café 12,345 and 6 more") == {"cafe 00 and 0 more"}
    assert dedupe_peers.characters("x" * 23) == {"x" * 23}


def test_the_peak_of_a_process_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ballast = bytearray(400_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    assert processes.peak_rss_bytes() > 400_000_000
    code = "from benchmarks.processes import peak_rss_bytes; print(peak_rss_bytes())"
    assert processes._answer([sys.executable, "-c", code], None) < 300_000_000


def test_a_section_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["dedupe", "pears"])
    with pytest.raises(SystemExit) as stopped:
        dedupe.main()
    assert stopped.value.code == 2
    assert "no such section: pears" in capsys.readouterr().err


@pytest.mark.slow
def test_a_fresh_process_finds_the_planted_copies(tmp_path: Path) -> None:
    world = World(articles=2000, words=(60, 120), days=2)
    path = tmp_path / "store.sqlite"
    dedupe_index.make_store(path, world, dedupe_index.file)
    done = dedupe_index.fresh_round(path, world, is_cold=True)
    found, _, planted, *_ = done.found.split()
    assert int(planted) > 50
    assert int(found) >= 0.95 * int(planted)
    assert "0 joined wrongly" in done.found
