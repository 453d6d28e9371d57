"""What rules count is kept with the report that they count."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import MessageKind, Sighting
from bot.store import Store
from tests.store.samples import LONG_AGO, NOW, claim, keys, later, message, outcome, record, report, send_all, tell


def counted(store: Store, name: str, at: datetime, *, told: bool = False) -> None:
    of = outcome(report(name))
    seen = Sighting("spike", of.report.id, at, told)
    record(store, replace(of, sightings=(seen,)), now=at)


def test_what_a_rule_counts_is_found_again_by_rule_and_time(store: Store):
    counted(store, "early", NOW)
    counted(store, "late", later(hours=2), told=True)

    with store.transaction() as transaction:
        found = transaction.sightings({"spike"}, later(hours=1))
        assert found == (Sighting("spike", "late-d1", later(hours=2), told=True),)
        assert transaction.sightings({"other"}, LONG_AGO) == ()
        assert transaction.sightings((), LONG_AGO) == ()
    assert store.heard("spike", LONG_AGO) == [NOW, later(hours=2)]
    assert store.heard("other", LONG_AGO) == []


def test_what_is_old_is_forgotten(store: Store):
    counted(store, "early", NOW)
    counted(store, "late", later(hours=2))

    store.forget_sightings(later(hours=1))

    assert store.heard("spike", LONG_AGO) == [later(hours=2)]


def test_a_message_that_follows_from_no_report_is_queued_once(store: Store):
    store.queue([tell("silence")], NOW)
    store.queue([tell("silence")], later(minutes=1))

    assert keys(claim(store, later(minutes=2))) == ["silence"]


def test_a_message_that_is_held_back_is_not_due_before_its_time(store: Store):
    store.queue([replace(message("careful"), delay=timedelta(minutes=30))], NOW)

    assert keys(claim(store, later(minutes=29))) == []
    assert keys(claim(store, later(minutes=30))) == ["careful"]


def test_edits_that_are_held_back_do_not_replace_each_other_for_ever(store: Store):
    held = [replace(message(f"e{n}", kind=MessageKind.EDIT), delay=timedelta(minutes=30)) for n in range(4)]
    store.queue([message("first")], NOW)
    send_all(store)
    for number, edit in enumerate(held[:2]):
        store.queue([edit], later(minutes=20 * number))
    assert send_all(store, now=later(minutes=29)) == []
    assert send_all(store, now=later(minutes=31)) == ["e0"]
    for number, edit in enumerate(held[2:], start=2):
        store.queue([edit], later(minutes=20 * number))
    assert send_all(store, now=later(minutes=71)) == ["e2"]
    assert send_all(store, now=later(minutes=95)) == ["e3"]
