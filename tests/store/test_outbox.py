"""Every message goes out once, in its turn, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.core.model import MessageKind
from bot.store import MessageState, Store
from tests.store.samples import (
    LEASE,
    NOW,
    at_once,
    claim,
    enqueue,
    keys,
    later,
    message,
    outcome,
    report,
    send_all,
    tell,
)

EDIT, REPLY = MessageKind.EDIT, MessageKind.REPLY


def states(store: Store) -> dict[str, int]:
    return {str(state): count for state, count in store.status().messages.items()}


def living(store: Store, telegram_id: int | None = 7) -> None:
    """Chat 1 has the living message of the incident `raid`."""
    enqueue(store, message("first"))
    assert send_all(store, telegram_id) == ["first"]


# ---------------------------------------------------------------- turns
def test_a_message_is_given_out_as_it_was_put_in(store: Store):
    enqueue(store, message())
    (due,) = claim(store)
    assert due.message == message()
    assert (due.chat_id, due.attempts, due.telegram_id, due.repeated) == (1, 0, None, False)


def test_the_more_severe_goes_first_then_the_older(store: Store):
    enqueue(store, tell("b", priority=2), tell("c", priority=3), tell("d", priority=2))
    enqueue(store, tell("a", priority=1))
    assert keys(claim(store, limit=3)) == ["a", "b", "d"]
    assert keys(claim(store)) == ["c"]


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(store: Store):
    enqueue(store, tell())
    assert keys(claim(store)) == ["m1"]
    assert claim(store, later(seconds=LEASE - 1)) == []


def test_a_message_whose_sender_died_goes_out_again_labelled(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.messages_begun([due.id], NOW)
    (due,) = claim(store, later(seconds=LEASE))
    assert (due.attempts, due.repeated) == (1, True)


def test_a_message_that_was_claimed_but_not_begun_goes_out_again_without_a_label(store: Store):
    enqueue(store, tell())
    claim(store)
    (due,) = claim(store, later(seconds=LEASE))
    assert (due.attempts, due.repeated) == (0, False)


def test_a_message_that_was_released_is_free_again_without_counting_an_attempt(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.message_released(due.id, NOW)
    (due,) = claim(store)
    assert (due.attempts, due.repeated) == (0, False)


def test_the_only_process_on_a_file_takes_back_at_once_what_the_one_before_it_had_claimed(store: Store, url: str):
    enqueue(store, tell("begun"), tell("claimed"))
    begun, _ = claim(store)
    store.messages_begun([begun.id], NOW)

    store.forget_leases()

    if url.startswith("postgresql"):
        assert claim(store) == []
    else:
        assert [(due.message.key, due.repeated) for due in claim(store)] == [("begun", True), ("claimed", False)]


def test_two_workers_never_claim_the_same_message(open_store: Callable[[], Store]):
    stores = [open_store(), open_store()]
    enqueue(stores[0], *(tell(f"m{number}") for number in range(60)))

    def drain(store: Store) -> list[str]:
        return [key for _ in range(12) for key in keys(claim(store, limit=5))]

    mine, others = at_once(drain, stores)
    assert len(mine + others) == len({*mine, *others}) == 60


def test_two_workers_with_edits_give_out_one_of_them(open_store: Callable[[], Store]):
    stores = [open_store(), open_store()]
    living(stores[0])
    for number in range(10):
        enqueue(stores[0], message(f"e{number}", kind=EDIT))
    found = at_once(lambda store: keys(claim(store)), stores)
    assert sorted(found) == [[], ["e9"]]


# ---------------------------------------------------------------- the wall clock
def test_a_clock_that_is_set_back_holds_no_message_up(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.message_postponed(due.id, later(seconds=40), "busy", NOW)

    assert claim(store, later(hours=-1)) == []
    assert claim(store, later(hours=-1, seconds=39)) == []
    assert keys(claim(store, later(hours=-1, seconds=40))) == ["m1"]


def test_a_message_that_is_held_back_for_hours_waits_as_long_after_the_clock_was_set_back(store: Store):
    enqueue(store, replace(tell(), delay=timedelta(hours=3)))

    assert claim(store, later(hours=-1)) == []
    assert claim(store, later(hours=1, minutes=59)) == []
    assert keys(claim(store, later(hours=2))) == ["m1"]


def test_a_message_that_is_held_back_for_a_day_is_none_of_a_time_to_come(store: Store):
    enqueue(store, replace(tell(), delay=timedelta(days=1)))

    assert claim(store, later(hours=1)) == []
    assert keys(claim(store, later(days=1))) == ["m1"]


def test_a_claim_from_before_the_clock_was_set_back_ends_after_a_lease(store: Store):
    enqueue(store, tell())
    claim(store)

    assert claim(store, later(hours=-1)) == []
    assert keys(claim(store, later(hours=-1, seconds=LEASE))) == ["m1"]


def test_a_quiet_edit_waits_for_its_pause_alone_though_the_clock_was_set_back_after_the_first_message(store: Store):
    living(store)
    earlier, pause = later(hours=-1), timedelta(minutes=5)
    edit = replace(message("edit", kind=EDIT), silent=True)
    with store.transaction() as transaction:
        transaction.record(outcome(report("two")), [edit], earlier, pause)

    assert claim(store, earlier + pause - timedelta(seconds=1)) == []
    assert keys(claim(store, earlier + pause)) == ["edit"]


def test_a_clock_that_jumps_a_day_ahead_and_back_again_holds_nothing_up(store: Store):
    enqueue(store, tell("before"))
    enqueue(store, tell("ahead"), now=later(days=1))
    (first, *rest) = claim(store, later(days=1), limit=1)
    store.message_postponed(first.id, later(days=1, seconds=5), "busy", later(days=1))

    assert rest == []
    assert sorted(keys(claim(store, later(seconds=10)) + claim(store, later(seconds=20)))) == ["ahead", "before"]


# ---------------------------------------------------------------- one incident in one chat
def test_edits_and_replies_wait_until_their_first_message_is_sent(store: Store):
    enqueue(store, message("first"), message("edit", kind=EDIT), message("reply", kind=REPLY, priority=0))
    (due,) = claim(store)
    assert due.message.key == "first"
    assert claim(store) == []
    store.message_sent(due.id, 7, NOW)
    assert [(due.message.key, due.telegram_id) for due in claim(store)] == [("reply", 7), ("edit", 7)]


def test_another_chat_or_incident_does_not_wait(store: Store):
    enqueue(store, message("first"))
    claim(store)
    enqueue(store, message("first", chat_id=2), message("another", incident_id="shelling"), tell("digest"))
    assert keys(claim(store)) == ["first", "another", "digest"]


def test_a_message_sent_where_there_are_no_ids_can_still_be_changed(store: Store):
    living(store, telegram_id=None)
    enqueue(store, message("edit", kind=EDIT))
    assert [(due.message.key, due.telegram_id) for due in claim(store)] == [("edit", None)]


def test_an_edit_that_had_to_be_sent_anew_is_the_living_message_from_then_on(store: Store):
    living(store, telegram_id=7)
    enqueue(store, message("edit", kind=EDIT))
    store.message_sent(claim(store)[0].id, 9, NOW)
    enqueue(store, message("reply", kind=REPLY))
    assert [due.telegram_id for due in claim(store)] == [9]


def test_a_reply_is_not_the_living_message(store: Store):
    living(store, telegram_id=7)
    enqueue(store, message("reply", kind=REPLY))
    store.message_sent(claim(store)[0].id, 8, NOW)
    enqueue(store, message("edit", kind=EDIT))
    assert [due.telegram_id for due in claim(store)] == [7]


def test_of_several_edits_only_the_newest_goes_out(store: Store):
    living(store)
    for key in ("e1", "e2", "e3"):
        enqueue(store, message(key, kind=EDIT))
    assert keys(claim(store)) == ["e3"]
    assert states(store) == {"sent": 1, "superseded": 2, "pending": 1}


def test_a_silent_edit_waits_out_the_pause_and_an_edit_with_an_answer_does_not(store: Store):
    living(store)
    pause = timedelta(minutes=5)
    for key, silent in (("quiet", True), ("quiet again", True)):
        edit = replace(message(key, kind=EDIT), silent=silent)
        with store.transaction() as transaction:
            transaction.record(outcome(report(key)), [edit], later(minutes=1), pause)
    assert claim(store, now=later(minutes=4)) == []
    assert send_all(store, now=later(minutes=6)) == ["quiet again"]

    with store.transaction() as transaction:
        transaction.record(outcome(report("loud")), [message("loud", kind=EDIT)], later(minutes=7), pause)
    assert keys(claim(store, now=later(minutes=7))) == ["loud"]


def test_an_edit_waits_for_the_one_that_is_being_sent(store: Store):
    living(store)
    enqueue(store, message("e1", kind=EDIT))
    (first,) = claim(store)
    enqueue(store, message("e2", kind=EDIT))
    assert claim(store) == []
    store.message_sent(first.id, 7, NOW)
    assert keys(claim(store)) == ["e2"]


def test_a_postponed_edit_is_superseded_by_a_newer_one(store: Store):
    living(store)
    enqueue(store, message("e1", kind=EDIT))
    store.message_postponed(claim(store)[0].id, later(hours=1), "429", NOW)
    enqueue(store, message("e2", kind=EDIT))
    assert keys(claim(store)) == ["e2"]


def test_replies_go_out_in_their_order(store: Store):
    living(store)
    enqueue(store, message("r1", kind=REPLY), message("r2", kind=REPLY, priority=0))
    (first,) = claim(store)
    store.message_postponed(first.id, later(minutes=1), "429", NOW)
    assert claim(store) == []
    assert send_all(store, now=later(minutes=1)) == ["r1"]
    assert keys(claim(store, later(minutes=1))) == ["r2"]


def test_a_reply_does_not_wait_for_a_postponed_edit(store: Store):
    living(store)
    enqueue(store, message("edit", kind=EDIT))
    store.message_postponed(claim(store)[0].id, later(hours=1), "429", NOW)
    enqueue(store, message("reply", kind=REPLY))
    assert keys(claim(store)) == ["reply"]


def test_what_belongs_to_a_message_that_was_given_up_is_given_up_too(store: Store):
    enqueue(store, message("first"), message("edit", kind=EDIT), message("reply", kind=REPLY))
    store.message_given_up(claim(store)[0].id, "text is empty", NOW)
    assert claim(store) == []
    assert states(store) == {"given-up": 3}


def test_an_older_edit_never_changes_a_newer_first_message(store: Store):
    enqueue(store, message("first"), message("old", kind=EDIT))
    store.message_given_up(claim(store)[0].id, "text is empty", NOW)
    enqueue(store, message("second"))
    assert send_all(store) == ["second"]
    assert claim(store) == []
    enqueue(store, message("new", kind=EDIT))
    assert keys(claim(store)) == ["new"]


# ---------------------------------------------------------------- what became of them
def test_a_sent_message_stays_sent(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.message_sent(due.id, 7, NOW)
    store.message_given_up(due.id, "late", NOW)
    store.message_postponed(due.id, NOW, "late", NOW)
    assert claim(store, later(days=1)) == []
    assert states(store) == {"sent": 1}


def test_a_postponed_message_comes_back_when_it_is_due_and_counts_the_attempt(store: Store):
    enqueue(store, tell())
    store.message_postponed(claim(store)[0].id, later(seconds=3), "429", NOW)
    assert claim(store, later(seconds=2)) == []
    (due,) = claim(store, later(seconds=3))
    assert (due.attempts, due.repeated) == (1, False)


def test_a_message_whose_answer_was_lost_is_repeated_once_and_labelled(store: Store):
    enqueue(store, tell())
    store.message_unknown(claim(store)[0].id, later(seconds=5), "timeout", NOW)
    assert claim(store, later(seconds=4)) == []
    (due,) = claim(store, later(seconds=5))
    assert (due.attempts, due.repeated) == (1, True)
    store.message_unknown(due.id, later(seconds=10), "timeout", later(seconds=5))
    assert claim(store, later(days=1)) == []
    assert states(store) == {"given-up": 1}


def test_a_repeated_message_stays_labelled_when_it_has_to_wait(store: Store):
    enqueue(store, tell())
    store.message_unknown(claim(store)[0].id, NOW, "timeout", NOW)
    store.message_postponed(claim(store)[0].id, NOW, "429", NOW)
    (due,) = claim(store)
    assert (due.attempts, due.repeated) == (2, True)


def test_a_message_given_up_is_never_tried_again(store: Store):
    enqueue(store, tell())
    store.message_given_up(claim(store)[0].id, "chat not found", NOW)
    assert claim(store, later(days=1)) == []
    assert states(store) == {"given-up": 1}


def test_what_was_sent_lately_is_remembered_for_the_rate_limits(store: Store):
    for minute, chat_id in ((1, 5), (2, 6), (3, 5)):
        enqueue(store, tell(f"m{minute}", chat_id))
        send_all(store, now=later(minutes=minute))
    enqueue(store, tell("waiting"))
    assert store.sent_at(later(minutes=2)) == [(6, later(minutes=2)), (5, later(minutes=3))]


# ---------------------------------------------------------------- counts
def test_the_status_counts_everything(store: Store):
    enqueue(store, tell("m1"), tell("m2", chat_id=2))
    store.message_sent(claim(store, limit=1)[0].id, 7, NOW)
    store.subscribe(1, "idlib", NOW)
    store.pause_chat(3, "blocked", NOW)
    status = store.status(1)
    assert status.messages == {MessageState.SENT: 1, MessageState.PENDING: 1}
    assert status.reports == {"first-report": 1}
    assert (status.chats, status.paused_chats, status.subscriptions, status.waiting_since) == (1, 1, 1, NOW)
    assert status.chat is not None
    assert status.chat.messages == {MessageState.SENT: 1}


def test_an_empty_store_has_nothing_waiting_and_knows_no_chat(store: Store):
    status = store.status(1)
    assert (status.feeds, status.reports, status.messages, status.waiting_since, status.chat) == (0, {}, {}, None, None)
