"""`tocsin export`, as somebody runs it who hands incidents on."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Delivery
from bot.store import Store
from tests.store.samples import NOW, PLACE, incident, outcome, record, report
from tests.test_cli import tocsin

CONFIG = "feeds: [{url: 'https://paper.example/rss'}]\n"
LONG = "30000d"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    with closing(Store.open(str(tmp_path / "tocsin.db"))) as store:
        record(store, outcome(report("one"), incident("raid")), now=NOW)
        record(store, outcome(report("two"), incident("strike")), now=NOW)
    return tmp_path


def test_an_export_holds_tables_reports_and_a_manifest_that_holds(home: Path):
    made = tocsin(home, "export", "out", "--since", LONG, "--rule", "idlib")
    assert made.returncode == 0
    assert made.stdout.decode().splitlines() == [
        "out/incidents.csv: 2",
        "out/incidents.geojson: 2",
        "out/evidence.jsonl: 2",
    ]
    first = json.loads((home / "out" / "evidence.jsonl").read_text().splitlines()[0])
    assert (first["text"], first["url"]) == ("Text of one", "https://paper.example/one")

    checked = tocsin(home, "export", "out", "--check")
    assert checked.returncode == 0
    (home / "out" / "incidents.csv").write_text("changed")
    checked = tocsin(home, "export", "out", "--check")
    assert (checked.returncode, checked.stdout.decode()) == (
        1,
        "incidents.csv is not what was handed over: its SHA-256 differs\n",
    )


def test_what_rules_tell_with_care_leaves_the_house_as_chats_are_told_it_unless_one_asks_for_all(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    care = (("idlib", Delivery(place="admin1", hide_names=True)),)
    with closing(Store.open(str(tmp_path / "tocsin.db"))) as store:
        record(store, outcome(report("one"), incident("raid")), now=NOW)
        record(store, outcome(report("two"), replace(incident("strike"), careful=care)), now=NOW)

    careful = tocsin(tmp_path, "export", "out", "--since", LONG)
    assert careful.stdout.decode().splitlines()[2:] == [
        "out/evidence.jsonl: 1",
        "left out, for rules tell of them with care: 1 reports; --whole hands out all there is",
    ]
    assert (tmp_path / "out" / "incidents.csv").read_text().count(PLACE.name) == 1
    assert tocsin(tmp_path, "export", "near", "--since", LONG, "--whole").returncode == 0
    assert (tmp_path / "near" / "incidents.csv").read_text().count(PLACE.name) == 2
    assert len((tmp_path / "near" / "evidence.jsonl").read_text().splitlines()) == 2


def test_an_incident_that_goes_on_is_exported_with_its_first_report_however_long_ago(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    now = datetime.now(UTC)
    goes_on = replace(incident("raid"), first_seen=now - timedelta(days=3), last_seen=now)
    with closing(Store.open(str(tmp_path / "tocsin.db"))) as store:
        record(store, outcome(report("first"), goes_on), now=now - timedelta(days=3))
        record(store, outcome(report("latest"), goes_on), now=now)

    assert "out/evidence.jsonl: 2" in tocsin(tmp_path, "export", "out", "--since", "1d").stdout.decode()


def test_a_file_that_is_missing_or_was_added_is_named(home: Path):
    tocsin(home, "export", "out", "--since", LONG)
    (home / "out" / "incidents.csv").rename(home / "out" / "others.csv")
    checked = tocsin(home, "export", "out", "--check")
    assert checked.stdout.decode().splitlines() == ["incidents.csv is missing", "others.csv is not in the manifest"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["export", "."], ". is not empty, and nothing is mixed into an export"),
        (["export", "out", "--since", "yesterday"], "'yesterday' is no duration"),
        (["export", "out", "--place", "Nowhereville"], "Nowhereville"),
        (["export", "nothing", "--check"], "No such file"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(home: Path, arguments: list[str], why: str):
    refused = tocsin(home, *arguments)
    assert refused.returncode == 2
    assert why in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()
