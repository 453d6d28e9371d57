"""The past is read as it was recorded, and the store that holds it is left as it is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.model import Reason, Report
from bot.store import Archive, Store, StoreError
from bot.store import archive as archive_module
from tests.store.samples import LONG_AGO, NOW, later, outcome, record, report
from tests.store.test_migrations import run


def published(name: str, **ago: float) -> Report:
    return replace(report(name), published=later(**ago))


def archived(url: str, since=LONG_AGO) -> list[Report]:
    with closing(Archive.open(url)) as archive:
        found = list(archive.reports(since))
        assert archive.count(since) == len(found)
    return found


def test_reports_come_in_the_order_of_publication_then_of_recording(store: Store, url: str, monkeypatch):
    monkeypatch.setattr(archive_module, "PAGE", 2)  # so that reports of one moment stand on two pages
    reports = [published(name, hours=-hours) for name, hours in (("b", 3), ("a", 3), ("z", 9), ("d", 3), ("c", 1))]
    for each in reports:
        record(store, outcome(each))

    assert [each.guid for each in archived(url)] == ["z", "b", "a", "d", "c"]


def test_a_report_comes_back_with_all_that_reading_it_needs(store: Store, url: str):
    given = replace(report(), text="نص التقرير 💥", tags=("front",))
    record(store, outcome(given))

    assert archived(url) == [replace(given, keys=())]


def test_reports_count_whatever_was_decided_of_them_and_older_ones_do_not(store: Store, url: str):
    for reason in (Reason.COPY, Reason.FAILED, Reason.TOO_OLD, Reason.NO_MATCH):
        record(store, outcome(report(reason), reason=reason))
    record(store, outcome(published("old", days=-31)))

    assert {each.guid for each in archived(url)} == {"copy", "failed", "too-old", "no-match"}


def test_a_store_without_reports_has_none(store: Store, url: str):
    assert archived(url) == []


def test_reading_the_past_waits_for_nobody_and_holds_nobody_up(store: Store, url: str):
    record(store, outcome(report("one")))
    with store.transaction() as transaction:
        transaction.record(outcome(report("two")), [], NOW)
        assert [each.guid for each in archived(url)] == ["one"]
    with closing(Archive.open(url)) as archive:
        for _ in archive.reports(LONG_AGO):
            store.subscribe(1, "idlib", NOW)
    assert store.rules_of(1) == {"idlib"}


def test_an_archive_cannot_write(store: Store, url: str):
    with closing(Archive.open(url)) as archive, pytest.raises(Exception, match=r"(?i)read-?only"):
        record(Store(archive._engine), outcome(report()))
    assert archived(url) == []


def test_the_file_and_its_folder_are_left_as_they_were(tmp_path: Path):
    path = tmp_path / "tocsin.db"
    with closing(Store.open(str(path))) as store:
        record(store, outcome(report()))
    before = path.read_bytes(), path.stat().st_mtime_ns

    assert len(archived(str(path))) == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(StoreError, match=r"There is no store .*: nothing was recorded yet, and `tocsin run` makes it"):
        Archive.open(f"sqlite:///{tmp_path / 'missing.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_left_empty(empty_url: str, tmp_path: Path):
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=r"holds nothing yet\. Start `tocsin run`"):
        Archive.open(empty_url)


@pytest.mark.parametrize(("schema", "said"), [("0001", r"older Tocsin \(schema 0001\)"), ("9999", "newer Tocsin")])
def test_a_store_of_another_version_is_neither_read_nor_migrated(empty_url: str, schema: str, said: str):
    Store.open(empty_url).close()
    run(empty_url, f"UPDATE alembic_version SET version_num = '{schema}'")
    for _ in range(2):
        with pytest.raises(StoreError, match=said):
            Archive.open(empty_url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all, " * 500)
    with pytest.raises(StoreError, match="is not a database"):
        Archive.open(str(letter))
