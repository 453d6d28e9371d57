"""`tocsin export`, as somebody runs it who hands incidents on."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Store
from tests.store.samples import NOW, incident, outcome, record, report
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
