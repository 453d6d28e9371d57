"""A report is read once, and again when it was edited; whatever name it comes under."""

from __future__ import annotations

import pytest

from bot.core.model import Report
from bot.store import Store
from tests.store.samples import outcome, record, report


def read(store: Store, of: Report) -> None:
    record(store, outcome(of))


def test_reports_nobody_has_read_are_unseen_in_their_order(store: Store):
    reports = [report(name) for name in ("three", "one", "two")]
    read(store, report("one"))
    assert store.unseen(reports) == [reports[0], reports[2]]


def test_nothing_asked_is_nothing_unseen(store: Store):
    assert store.unseen([]) == []


@pytest.mark.parametrize("known", ["link:a", "guid:a", "text:a"])
def test_any_one_key_makes_a_report_known(store: Store, known: str):
    read(store, report("old", keys=["link:a", "guid:a", "text:a"]))
    assert store.unseen([report("new", keys=["link:b", known])]) == []


def test_a_report_without_keys_is_known_by_its_id(store: Store):
    bare = Report("r1", "Title", "Text", report().published)
    assert store.unseen([bare]) == [bare]
    read(store, bare)
    assert store.unseen([bare]) == []


def test_an_edited_report_is_read_again(store: Store):
    read(store, report("one", digest="toll 15"))
    edited = report("one", digest="toll 35")
    assert store.unseen([edited]) == [edited]
    read(store, edited)
    assert store.unseen([edited]) == []


def test_an_edited_report_may_keep_its_id(store: Store):
    read(store, report("one", report_id="r1", digest="toll 15"))
    edited = report("one", report_id="r1", digest="toll 35")
    assert store.unseen([edited]) == [edited]
    read(store, edited)
    assert store.unseen([edited]) == []
    assert sum(store.status().reports.values()) == 1


def test_a_feed_that_flips_between_two_texts_is_not_read_for_ever(store: Store):
    texts = [report("one", digest="a"), report("one", digest="b")]
    for text in texts:
        read(store, text)
    assert store.unseen(texts * 3) == []


def test_an_edited_report_is_known_under_its_new_names_too(store: Store):
    read(store, report("one", keys=["link:a"], digest="a"))
    read(store, report("one", keys=["link:a", "guid:b"], digest="b"))
    assert store.unseen([report("two", keys=["guid:b"], digest="b")]) == []


def test_a_guid_reused_for_a_new_story_is_read(store: Store):
    read(store, report("old", keys=["link:old", "guid:1"], digest="old"))
    new = report("new", keys=["link:new", "guid:1"], digest="new")
    assert store.unseen([new]) == [new]


def test_keys_and_texts_may_hold_anything(store: Store):
    nasty = Report("r\0\ud800", "Ti\0tle", "Te\udfffxt", report().published, keys=("link:\0\ud800" + "x" * 10_000,))
    assert store.unseen([nasty]) == [nasty]
    read(store, nasty)
    assert store.unseen([nasty]) == []


def test_a_feed_of_twelve_thousand_reports_is_asked_in_one_call(store: Store):
    reports = [report(str(number)) for number in range(12_000)]  # 36,000 keys: more than SQLite takes at once
    read(store, reports[-1])
    assert store.unseen(reports) == reports[:-1]
