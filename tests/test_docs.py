"""What the documentation lists is what the program has."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import tomllib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.config import Config, DedupeOptions
from crawler.extract.judge import BEGINNING_WORDS, KINDS, MIN_WORDS, STUB_WORDS
from crawler.extract.metadata import FIELDS
from crawler.extract.overrides import Override
from crawler.jobs.deciding import Wanted
from crawler.jobs.labels import ClusterLine, PairLine
from crawler.reports import health
from crawler.reports.metrics import registry
from crawler.sources.revisit import may_become_article
from dedupe.canonical import MARGIN, SIGNALS
from dedupe.clusters import DOUBT, LEAST_JOINS
from dedupe.judge import RULES, Relation
from dedupe.sketches import MIN_SHINGLES
from dedupe.thresholds import Thresholds
from storage.types import LIVE_BLOG, ONLY_THE_BEGINNING, DecisionKind, SourceState, Totals
from tests.cli import reference
from tests.crawl import settings
from tests.dedupe import thresholds

DOCS = Path(__file__).parent.parent / "docs"
EXTRACTION = (DOCS / "explanation" / "extraction.md").read_text()
JUDGEMENT = (DOCS / "explanation" / "judgement.md").read_text()
REJECTIONS = (DOCS / "reference" / "rejections.md").read_text()
HOW_TO = {page.stem: page.read_text() for page in (DOCS / "how-to").glob("*.md")}
PAGES = [DOCS.parent / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]


def test_the_rules_are_documented_in_their_order() -> None:
    rows = re.findall(r"^\| (.+) \| [^|]+ \|$", JUDGEMENT.partition("## The rules")[2].partition("##")[0], re.MULTILINE)
    assert rows[1:] == [rule.reason for rule in RULES]


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_is_documented(relation: Relation) -> None:
    assert relation.value in JUDGEMENT


def test_the_signals_are_documented_with_their_weights() -> None:
    rows = re.findall(r"^\| (.+) \| (-?\d+) \|$", JUDGEMENT, re.MULTILINE)
    assert [float(weight) for _, weight in rows] == [signal.weight for signal in SIGNALS]
    assert all(said.startswith(signal.reason) for (said, _), signal in zip(rows, SIGNALS, strict=True))


def test_the_thresholds_are_documented() -> None:
    assert [name for name, *_ in thresholds.rows()] == [*Thresholds.__slots__]
    assert {name: float(default) for name, default, _ in thresholds.rows()} == asdict(Thresholds())
    assert thresholds.PATH.read_text() == thresholds.render(), "run: python -m tests.dedupe.thresholds"


def test_the_settings_are_documented() -> None:
    assert settings.PATH.read_text() == settings.render(), "run: python -m tests.crawl.settings"


def test_the_margin_and_the_window_are_documented() -> None:
    assert MARGIN == 0.5 and "less than half a point behind" in JUDGEMENT
    assert (DOUBT, LEAST_JOINS) == (
        1 / 3,
        3,
    ) and "three or more pairs are joined, each doubtful one counts a third" in JUDGEMENT
    assert {*DedupeOptions.model_fields} == {"window_days", "rules"}
    assert all(f"`{name}`" in thresholds.render() for name in DedupeOptions.model_fields)


def test_the_labels_that_are_shown_are_labels() -> None:
    pairs, clusters = blocks(HOW_TO["evaluate"], "json")
    assert [PairLine.model_validate_json(line).cluster for line in pairs.splitlines()] == ["yes", "no"]
    assert [ClusterLine.model_validate_json(line).cluster for line in clusters.splitlines()] == ["fire", "fire"]
    what_if, configuration = map(tomllib.loads, blocks(HOW_TO["evaluate"], "toml"))
    assert what_if.keys() <= {*Thresholds.__slots__}
    assert Config.model_validate(configuration).dedupe.rules == Path("what-if.toml")


def test_the_decisions_that_are_shown_are_decisions() -> None:
    [lines] = blocks(HOW_TO["decide"], "json")
    shown = {Wanted.model_validate_json(line).kind for line in lines.splitlines()}
    assert shown == {DecisionKind.SAME, DecisionKind.IGNORE_SOURCE}


def test_the_least_size_of_a_text_is_documented() -> None:
    assert f"fewer than {MIN_SHINGLES} shingles" in JUDGEMENT


def test_the_reasons_of_rejection_are_documented() -> None:
    found = re.findall(r"^\| `([a-z-]+)` \| .+ \| (yes|no) \|$", REJECTIONS, re.MULTILINE)
    sources = "".join(path.read_text() for path in (DOCS.parent / "crawler" / "extract").glob("*.py"))
    used = {kind.reason for kind in KINDS} | set(re.findall(r'(?:Refused|_limit)\("([a-z-]+)"', sources))
    assert dict(found) == {reason: "yes" if may_become_article(reason) else "no" for reason in used}
    assert [reason for reason, _ in found] == sorted(used)


def test_the_rules_of_every_field_are_documented_in_their_order() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", EXTRACTION, re.MULTILINE))
    assert rows == {field: ", ".join(rule.name for rule in rules) for field, rules in FIELDS.items()}


def test_the_notes_are_documented() -> None:
    assert all(f"| `{note}` |" in REJECTIONS for note in (LIVE_BLOG, ONLY_THE_BEGINNING))
    assert all(f"fewer than {count} words" in REJECTIONS for count in (MIN_WORDS, STUB_WORDS, BEGINNING_WORDS))


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [str(page) + link for page, link in links if not (page.parent / link).exists()] == []


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def command_lines() -> list[str]:
    """Return what the pages say to type after ``wirefold``."""
    text = "\n".join("\n".join(blocks(page.read_text(), r"\w+")) for page in PAGES).replace("\\\n", " ")
    return sorted(set(re.findall(r"(?:[$*] +|bin/|volume )wirefold ([^#\n|&]+)", text)))


@pytest.mark.parametrize("line", command_lines())
def test_every_command_that_is_shown_is_there_with_its_options(line: str) -> None:
    words = shlex.split(re.sub(r" \d?>+ .*", "", line))
    path = next(" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in reference.commands())
    assert [word for word in words if word.startswith("-") and word not in reference.options(path)] == []


def test_the_signs_of_a_source_are_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", HOW_TO["sources"], re.MULTILINE)
    assert rows == [rule for rule, needs_look, _ in health.RULES if needs_look]
    assert [
        rule for rule, needs_look, _ in health.RULES if not needs_look and f"`{rule}`" not in HOW_TO["sources"]
    ] == []


def test_every_metric_is_documented() -> None:
    now = datetime.now(UTC)
    totals = Totals(**dict.fromkeys(Totals.__slots__, 0))
    state = SourceState(name="a", url="https://a.example/", last_success=now, next_due=now)
    found = registry(now, now, succeeded=True, counts={"kept": 1}, states=[state], totals=totals)
    names = [family.name for family in found.collect()]
    page = HOW_TO["cron"]
    assert [n for n in names if n not in page and f"`{n.removeprefix('wirefold_store_')}`" not in page] == []


def test_a_block_of_a_source_is_a_configuration() -> None:
    [block] = blocks(HOW_TO["sources"], "toml")
    [spec] = Config.model_validate(tomllib.loads(block)).sources
    assert spec.model_fields_set == {*type(spec).model_fields}


def test_the_blocks_of_an_override_are_a_configuration_and_an_override() -> None:
    configuration, override = map(tomllib.loads, blocks(HOW_TO["publisher-fixes"], "toml"))
    assert Config.model_validate(configuration).extract.overrides is not None
    assert Override.model_validate(override).model_fields_set == {*Override.model_fields}


def test_the_units_are_what_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    for name, block in zip(("wirefold.service", "wirefold.timer"), blocks(HOW_TO["systemd"], "ini"), strict=True):
        (tmp_path / name).write_text(block.replace("/usr/local/bin/wirefold", "/bin/true"))
    units = [tmp_path / "wirefold.service", tmp_path / "wirefold.timer"]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line or "wirefold" in line] == []


def test_the_container_hands_its_end_on_and_waits(tmp_path: Path) -> None:
    [image] = blocks(HOW_TO["container"], "dockerfile")
    command = json.loads(image.rpartition("\nCMD ")[2])
    program = tmp_path / "wirefold"
    program.write_text("#!/bin/sh\ntrap 'sleep 0.2; echo ended; exit' TERM\necho begun\nwhile :; do sleep 0.05; done\n")
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    process = subprocess.Popen(command, env={"PATH": path}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0] == "ended\n"
