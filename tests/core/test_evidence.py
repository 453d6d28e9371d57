"""What is kept of a report that told of an incident: enough to check years later what was said, and why it alerted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.core.evidence import evidence_of, hash_of, version_of
from bot.core.model import Delivery, Frequency, Origin, Recent, Rule
from bot.core.pipeline import decide, examine
from tests.core.reports import report

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ORIGIN = Origin("https://paper.example/rss", "https://paper.example/rss", NOW, (("ETag", '"7"'),), "ab" * 32)
RULE = Rule("r", "Harm", frozenset({"civilian-casualties", "casualties"}))


def test_what_told_of_an_incident_is_kept_with_what_was_found_where(rulebook):
    told = report("Shelling killed five civilians in Binnish on Sunday.", url="https://paper.example/1")
    kept = evidence_of(decide(examine(told, rulebook.knowledge, [RULE]), Recent()), ORIGIN, NOW)

    assert kept is not None
    (finding,) = kept.findings
    assert (finding.rule_id, finding.reason, finding.event, finding.place) == (
        "r", "first-report", "civilian-casualties", "Binnish",
    )  # fmt: skip
    assert finding.incident_id in kept.incident_ids
    assert told.text_of(finding.field)[finding.start : finding.end].startswith("Shelling killed five civilians")
    assert (kept.origin, kept.recorded_at, kept.text) == (ORIGIN, NOW, told.text)


def test_what_told_of_nothing_is_not_kept(rulebook):
    told = report("The market of Binnish opened again.")
    assert evidence_of(decide(examine(told, rulebook.knowledge, [RULE]), Recent()), ORIGIN, NOW) is None


def test_the_hash_is_one_that_anybody_can_compute():
    assert hash_of("Title", "قتل خمسة") == sha256("Title\n\nقتل خمسة".encode()).hexdigest()
    assert hash_of("\ud800", "a lone surrogate") == sha256(b"?\n\na lone surrogate").hexdigest()


def test_a_rule_has_another_version_when_it_asks_for_something_else_and_only_then():
    version = version_of(RULE)
    assert version_of(replace(RULE, where="elsewhere.yaml:7")) == version
    assert version_of(replace(RULE, events=frozenset(["casualties", "civilian-casualties"]))) == version
    others = [
        replace(RULE, events=frozenset({"casualties"})),
        replace(RULE, live=False),
        replace(RULE, frequency=Frequency(3, timedelta(hours=24))),
        replace(RULE, delivery=Delivery(hide_names=True)),
    ]
    assert len({version, *map(version_of, others)}) == 5


def test_every_shipped_rule_has_a_version_of_its_own(rulebook):
    versions = [version_of(rule) for rule in rulebook.rules]
    assert len(set(versions)) == len(versions) >= 20
