"""Deciding is one transaction: what is read stays true until it is recorded, and it is recorded whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.exc import StatementError

from bot.core.evidence import hash_of
from bot.core.model import MessageKind, Outcome, Reason, Recent, Report, Severity, Subscriber, Told
from bot.store import Archive, MessageState, Store, StoreError
from tests.store.samples import (
    LONG_AGO,
    NOW,
    at_once,
    claim,
    enqueue,
    incident,
    later,
    message,
    outcome,
    record,
    report,
)


def recent(store: Store, since: datetime = LONG_AGO, like: Report | None = None) -> Recent:
    with store.transaction() as transaction:
        return transaction.recent(since, since, outcome(like or report()).told.lead)


def living_chats(store: Store) -> frozenset[int]:
    with store.transaction() as transaction:
        return transaction.living_chats("raid")


def test_what_was_recorded_is_read_back_as_it_was(store: Store):
    told = outcome(report(), incident())
    record(store, told)
    assert recent(store) == Recent((incident(),), (told.told,))


def test_an_incident_is_replaced_by_what_is_known_later(store: Store):
    record(store, outcome(report("one"), incident()))
    grown = replace(incident(), said_killed=16, severity=Severity.HIGH, place=None, last_seen=later(minutes=5))
    record(store, outcome(report("two"), grown, reason=Reason.TOLL_CHANGED))
    assert recent(store).incidents == (grown,)


def test_only_what_is_recent_is_read(store: Store):
    record(store, outcome(replace(report("old"), published=later(days=-3)), incident("old", last_seen=later(days=-3))))
    record(store, outcome(report("new"), incident("new")))
    since = later(days=-2)
    assert [each.id for each in recent(store, since).incidents] == ["new"]
    assert [each.report_id for each in recent(store, since, like=report("new")).told] == ["new-d1"]
    assert recent(store, since, like=report("old")).told == ()


def test_a_report_that_no_rule_wants_needs_the_incidents_of_what_it_repeats_alone(store: Store):
    first = outcome(report("one"), incident("raid"))
    record(store, replace(first, told=replace(first.told, incidents=("raid",))))
    record(store, outcome(report("two"), incident("another")))

    with store.transaction() as transaction:
        known = transaction.repeated(LONG_AGO, first.told.lead)
        nothing = transaction.repeated(LONG_AGO, "words that nobody wrote")

    assert [(each.report_id, each.incidents) for each in known.told] == [("one-d1", ("raid",))]
    assert [each.id for each in known.incidents] == ["raid"]
    assert nothing == Recent()


def test_of_many_reports_with_one_lead_the_last_recorded_are_read(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.store.leads.MAX_CANDIDATES", 2)
    for minute in (1, 3, 2):
        same = outcome(replace(report(f"r{minute}"), published=later(minutes=minute)))
        record(store, replace(same, told=replace(same.told, lead=outcome(report()).told.lead)))
    assert [each.report_id for each in recent(store).told] == ["r2-d1", "r3-d1"]


def test_what_another_process_recorded_is_found_as_well(open_store: Callable[[], Store]):
    mine, theirs = open_store(), open_store()
    assert recent(mine).told == ()
    told = outcome(report(), incident())
    record(theirs, told)
    assert recent(mine).told == (told.told,)


def test_an_edited_report_is_found_under_its_new_lead_alone(store: Store):
    first = outcome(report())
    record(store, first)
    assert recent(store).told == (first.told,)
    edited = replace(report(), digest="d2")
    record(store, replace(outcome(edited), told=replace(first.told, digest="d2", lead="another lead altogether")))
    assert recent(store).told == ()


def test_a_report_without_a_lead_cannot_be_copied(store: Store):
    silent = replace(outcome(report()), told=Told(report().id, "d1", "", NOW), reason=Reason.NO_MATCH)
    record(store, silent)
    assert recent(store).told == ()


def test_an_exception_while_deciding_undoes_everything(store: Store):
    def decide_wrongly() -> float:
        with store.transaction() as transaction:
            transaction.record(outcome(report(), incident()), [message()], NOW)
            return 1 / 0

    with pytest.raises(ZeroDivisionError):
        decide_wrongly()
    assert recent(store) == Recent()
    assert store.unseen([report()]) == [report()]
    assert claim(store) == []


def test_recording_twice_changes_nothing(store: Store):
    first = outcome(report(), incident())
    record(store, first, message())
    record(store, replace(first, incidents=(replace(incident(), said_killed=99),)), message("another"))
    assert recent(store).incidents == (incident(),)
    assert store.status().messages == {MessageState.PENDING: 1}


def test_the_same_key_is_never_stored_twice_for_a_chat(store: Store):
    enqueue(store, message("m1", chat_id=1), message("m1", chat_id=2))
    enqueue(store, message("m1", chat_id=1), message("m2", chat_id=1, kind=MessageKind.EDIT))
    assert store.status().messages == {MessageState.PENDING: 3}


def test_a_report_recorded_meanwhile_is_known_under_the_lock(store: Store):
    with store.transaction() as transaction:
        assert not transaction.is_known(report())
        transaction.record(outcome(report()), [], NOW)
        assert transaction.is_known(report())


def test_a_naive_time_is_refused_and_nothing_kept(store: Store):
    with pytest.raises(StatementError, match="naive"):
        record(store, outcome(report()), now=NOW.replace(tzinfo=None))
    assert store.unseen([report()]) == [report()]


def test_subscribers_of_any_of_the_rules_are_found_in_active_chats_alone(store: Store):
    for chat_id, rule_id in ((2, "idlib"), (1, "idlib"), (1, "hama"), (3, "idlib"), (4, "gaza")):
        store.subscribe(chat_id, rule_id, NOW)
    store.pause_chat(3, "blocked", NOW)
    with store.transaction() as transaction:
        assert transaction.subscribers({"idlib", "hama"}, NOW) == [
            Subscriber(1, "hama", since=NOW),
            Subscriber(1, "idlib", since=NOW),
            Subscriber(2, "idlib", since=NOW),
        ]
        assert transaction.subscribers((), NOW) == []


def test_a_chat_has_a_living_message_until_it_is_given_up(store: Store):
    enqueue(store, *(message("m1", chat_id=chat_id) for chat_id in (1, 2, 3, 4)))
    enqueue(store, message("m2", chat_id=5, incident_id="another"))
    for due in claim(store):
        match due.chat_id:
            case 1:
                store.message_sent(due.id, 7, NOW)
            case 2:
                store.message_unknown(due.id, NOW, "timeout", NOW)
            case 3:
                store.message_given_up(due.id, "blocked", NOW)
    assert living_chats(store) == {1, 2, 4}


def test_a_worker_waits_for_another_only_so_long(open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.store.engine.LOCK_SECONDS", 0.1)
    mine, theirs = open_store(), open_store()
    with theirs.transaction(), pytest.raises(StoreError, match="is held by another process"):
        mine.transaction().__enter__()


def decide(of: Report, known: Recent) -> Outcome:
    """The smallest decision that goes wrong when two make it at once."""
    if known.incidents:
        return outcome(of, reason=Reason.CONFIRMED)
    return outcome(of, incident())


def test_two_workers_deciding_on_one_event_give_one_first_report(open_store: Callable[[], Store]):
    def work(store: Store) -> Reason:
        with store.transaction() as transaction:
            known = transaction.recent(LONG_AGO, LONG_AGO, "")
            time.sleep(0.05)  # the window in which the other worker would decide
            decided = decide(report(f"by {id(store)}"), known)
            transaction.record(decided, [], NOW)
        return decided.reason

    stores = [open_store(), open_store()]
    reasons = at_once(work, stores)
    assert sorted(reasons) == [Reason.CONFIRMED, Reason.FIRST_REPORT]


def test_two_workers_with_the_same_report_record_it_once(open_store: Callable[[], Store]):
    def work(store: Store) -> bool:
        with store.transaction() as transaction:
            known = transaction.is_known(report())
            transaction.record(outcome(report(), incident()), [message()], NOW)
        return known

    stores = [open_store(), open_store()]
    assert sorted(at_once(work, stores)) == [False, True]
    assert store_counts(stores[0]) == (1, 1)


def store_counts(store: Store) -> tuple[int, int]:
    status = store.status()
    return sum(status.reports.values()), sum(status.messages.values())


def test_what_told_of_an_incident_is_kept_for_good_in_every_edition(url: str):
    with closing(Store.open(url)) as store:
        record(store, outcome(report("silent")))
        record(store, outcome(report("told"), incident()))
        record(store, outcome(report("told", digest="d2"), incident()), now=later(days=1))
        store.forget_reports(later(days=400), 100)

    with closing(Archive.open(url)) as archive:
        assert [each.report_id for each in archive.evidence(LONG_AGO)] == ["told-d1", "told-d2"]
        (second,) = archive.evidence(later(hours=1))
    assert (second.text, second.incident_ids) == ("Text of told", ("raid",))
    assert second.sha256 == hash_of("Title of told", "Text of told")
