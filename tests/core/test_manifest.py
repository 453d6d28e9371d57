"""An export can be checked by others: nothing in it can be changed, added or taken away unnoticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core import manifest
from bot.core.evidence import hash_of
from bot.core.manifest import Packed, as_lines
from bot.core.model import Evidence, Origin

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEXT = "قتل خمسة مدنيين"
KEPT = Evidence(
    report_id="r1",
    recorded_at=NOW,
    published=NOW,
    source="The Paper",
    url="https://paper.example/1",
    guid="1",
    title="Title",
    text=TEXT,
    sha256=hash_of("Title", TEXT),
    incident_ids=("i1",),
    findings=(),
    origin=Origin("https://paper.example/rss", headers=(("ETag", '"7"'),)),
)
TABLE = Packed("incidents.csv", b"incident\r\nabc\r\n", 1)


def handed_over(*evidence: Evidence) -> tuple[bytes, dict[str, bytes]]:
    files = [TABLE, as_lines(evidence or (KEPT,))]
    return manifest.manifest(files, NOW, NOW, "1"), {each.name: each.content for each in files}


def test_what_was_handed_over_has_no_faults():
    assert list(manifest.faults(*handed_over())) == []


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("incidents.csv", b"incident\r\nabd\r\n", "incidents.csv is not what was handed over: its SHA-256 differs"),
        ("incidents.csv", None, "incidents.csv is missing"),
        ("notes.txt", b"added", "notes.txt is not in the manifest"),
    ],
)
def test_whatever_is_changed_is_named(name: str, content: bytes | None, fault: str):
    said, files = handed_over()
    changed = {other: old for other, old in files.items() if other != name} | ({name: content} if content else {})
    assert list(manifest.faults(said, changed)) == [fault]


def test_a_text_that_is_not_the_recorded_one_is_found_even_under_a_manifest_made_anew():
    assert list(manifest.faults(*handed_over(replace(KEPT, text="قتل ستة مدنيين")))) == [
        "evidence.jsonl:1: the text of r1 is not the one that was recorded"
    ]


def test_a_line_that_is_no_report_is_named():
    said, _ = handed_over()
    assert "evidence.jsonl:1: not a report as we write it" in list(manifest.faults(said, {"evidence.jsonl": b"{}\n"}))


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"files": 7}', b'{"files": {"a": {}}}', b"\xff"])
def test_anything_else_is_no_manifest(said: bytes):
    assert list(manifest.faults(said, {})) == ["MANIFEST.json is no manifest of ours"]
