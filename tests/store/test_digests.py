"""What digests told is remembered with the messages, and forgotten with those who want none."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.core.model import ChatSettings, MessageKind, Preferences, Rhythm
from bot.store import Store, ToldDigest
from tests.store.samples import NOW, claim, enqueue, keys, later, message, send_all, tell

DAILY, WEEKLY = Rhythm.DAILY, Rhythm.WEEKLY
TOLD = ToldDigest(NOW, frozenset({"raid"}))


def test_a_digest_is_queued_and_remembered_at_once_also_when_it_is_told_again(store: Store):
    for _ in range(2):
        store.tell_digest(1, DAILY, TOLD, [tell("digest:daily:1")], NOW)

    assert store.told_digests() == {(1, DAILY): TOLD}
    assert keys(claim(store)) == ["digest:daily:1"]


def test_a_digest_that_cannot_be_queued_is_not_remembered(store: Store):
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(Exception, match="naive"):
        store.tell_digest(1, DAILY, TOLD, [tell()], naive)

    assert store.told_digests() == {}


def test_who_wants_no_digests_any_more_is_forgotten(store: Store):
    store.seat_digests([], {(1, DAILY): TOLD, (1, WEEKLY): TOLD, (2, DAILY): TOLD})
    store.seat_digests([(1, WEEKLY), (3, DAILY)], {(3, DAILY): TOLD})

    assert store.told_digests() == {(1, WEEKLY): TOLD, (3, DAILY): TOLD}


def test_a_group_that_moved_goes_on_where_it_was(store: Store):
    store.seat_digests([], {(-5, DAILY): TOLD})
    store.move_chat(-5, -1005, NOW)

    assert store.told_digests() == {(-1005, DAILY): TOLD}


def test_a_picture_goes_with_its_message_and_is_dropped_when_that_is_sent_or_given_up(store: Store):
    shown = [replace(tell(name), picture=b"png") for name in ("m1", "m2")]
    enqueue(store, *shown)
    assert [due.message.picture for due in claim(store, later(minutes=0))] == [b"png", b"png"]

    first, second = claim(store, later(minutes=2))
    store.message_sent(first.id, 7, NOW)
    store.message_given_up(second.id, "no", NOW)

    with store._reading() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE picture IS NOT NULL").scalar()
    assert kept == 0


def test_the_alerts_that_a_chat_got_in_some_time_are_counted(store: Store):
    enqueue(store, message("m1"), tell("t1"), message("m2", 2))
    send_all(store)
    enqueue(store, message("e1", kind=MessageKind.EDIT))
    send_all(store)

    assert store.alerts_sent(1, NOW, later(minutes=1)) == 1
    assert store.alerts_sent(1, later(minutes=1), later(minutes=2)) == 0
    assert store.alerts_sent(1, later(minutes=-1), NOW) == 0


def test_the_hour_of_digests_is_one_of_the_settings(store: Store):
    store.subscribe(1, "idlib", NOW)
    store.prefer(1, "idlib", Preferences(rhythm=DAILY))
    assert store.digest_subscribers(DAILY, NOW)[0].settings.digest_at == time(8)

    store.choose_settings(1, ChatSettings(digest_at=time(6, 30)), NOW)

    assert store.digest_subscribers(DAILY, NOW)[0].settings.digest_at == time(6, 30)
