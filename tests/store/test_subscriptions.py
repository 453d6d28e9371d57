"""Who listens to what, and what happens when a chat goes away, comes back or moves."""

from __future__ import annotations

from bot.core.model import MessageKind, Subscriber
from bot.store import MessageState, Store
from tests.store.samples import NOW, claim, enqueue, keys, later, message, send_all, tell

EDIT, REPLY = MessageKind.EDIT, MessageKind.REPLY
GROUP, SUPERGROUP = -5, -1_001_234_567_890


def subscribers(store: Store) -> list[Subscriber]:
    with store.transaction() as transaction:
        return transaction.subscribers(["idlib", "hama"], NOW)


def test_subscribing_twice_is_new_once(store: Store):
    assert store.subscribe(1, "idlib", NOW)
    assert not store.subscribe(1, "idlib", NOW)
    assert store.rules_of(1) == {"idlib"}


def test_unsubscribing_ends_one_rule(store: Store):
    store.subscribe(1, "idlib", NOW)
    store.subscribe(1, "hama", NOW)
    assert store.unsubscribe(1, "idlib", NOW)
    assert not store.unsubscribe(1, "idlib", NOW)
    assert store.rules_of(1) == {"hama"}


def test_unsubscribing_from_all_says_how_many_that_were(store: Store):
    store.subscribe(1, "idlib", NOW)
    store.subscribe(1, "hama", NOW)
    store.subscribe(2, "hama", NOW)
    assert store.unsubscribe_all(1) == 2
    assert store.unsubscribe_all(1) == 0
    assert store.rules_of(2) == {"hama"}


def test_a_paused_chat_keeps_its_subscriptions_and_loses_its_waiting_messages(store: Store):
    store.subscribe(1, "idlib", NOW)
    enqueue(store, tell("m1"), tell("m2", chat_id=2))
    store.pause_chat(1, "bot was blocked by the user", NOW)
    assert subscribers(store) == []
    assert keys(claim(store)) == ["m2"]
    chat = store.status(1).chat
    assert chat is not None
    assert (chat.active, chat.paused_why) == (False, "bot was blocked by the user")
    assert chat.rules == {"idlib"}
    assert chat.messages == {MessageState.GIVEN_UP: 1}


def test_a_paused_chat_that_speaks_to_us_is_active_again(store: Store):
    store.subscribe(1, "idlib", NOW)
    store.pause_chat(1, "blocked", NOW)
    store.resume_chat(1, later(days=1))
    assert subscribers(store) == [Subscriber(1, "idlib", since=NOW)]


def test_a_chat_unknown_so_far_can_be_paused_and_resumed(store: Store):
    store.pause_chat(1, "kicked", NOW)
    store.subscribe(1, "idlib", NOW)
    assert subscribers(store) == []
    store.resume_chat(1, NOW)
    store.resume_chat(2, NOW)
    assert subscribers(store) == [Subscriber(1, "idlib", since=NOW)]


def test_a_message_that_was_sent_all_the_same_is_not_given_up_by_a_pause(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.pause_chat(1, "blocked", NOW)
    store.message_sent(due.id, 7, NOW)
    assert store.status().messages == {MessageState.SENT: 1}


def test_a_message_of_a_paused_chat_is_not_revived_by_its_late_sender(store: Store):
    enqueue(store, tell())
    (due,) = claim(store)
    store.pause_chat(1, "blocked", NOW)
    store.message_postponed(due.id, NOW, "429", NOW)
    store.message_unknown(due.id, NOW, "timeout", NOW)
    assert claim(store) == []


def test_a_group_that_moved_keeps_its_rules_and_its_waiting_messages(store: Store):
    store.subscribe(GROUP, "idlib", NOW)
    store.subscribe(GROUP, "hama", NOW)
    store.subscribe(SUPERGROUP, "hama", NOW)
    enqueue(store, tell("m1", GROUP))
    store.move_chat(GROUP, SUPERGROUP, NOW)
    assert subscribers(store) == [
        Subscriber(SUPERGROUP, "hama", since=NOW),
        Subscriber(SUPERGROUP, "idlib", since=NOW),
    ]
    assert [(due.chat_id, due.message.chat_id) for due in claim(store)] == [(SUPERGROUP, SUPERGROUP)]


def test_a_message_that_both_chats_have_is_sent_once(store: Store):
    enqueue(store, tell("m1", GROUP), tell("m1", SUPERGROUP))
    store.move_chat(GROUP, SUPERGROUP, NOW)
    assert [(due.message.key, due.chat_id) for due in claim(store)] == [("m1", SUPERGROUP)]
    assert store.status().messages == {MessageState.PENDING: 1, MessageState.SUPERSEDED: 1}


def test_an_incident_lives_on_in_the_chat_it_moved_to_but_its_message_is_out_of_reach(store: Store):
    enqueue(store, message("m1", GROUP))
    send_all(store, telegram_id=7)
    enqueue(store, message("m2", GROUP, REPLY))
    store.move_chat(GROUP, SUPERGROUP, NOW)
    (due,) = claim(store)
    assert (due.message.key, due.chat_id, due.telegram_id) == ("m2", SUPERGROUP, None)
    with store.transaction() as transaction:
        assert transaction.living_chats("raid") == {SUPERGROUP}


def test_moving_again_changes_nothing(store: Store):
    store.subscribe(GROUP, "idlib", NOW)
    enqueue(store, tell("m1", GROUP))
    for _ in range(2):
        store.move_chat(GROUP, SUPERGROUP, NOW)
    assert subscribers(store) == [Subscriber(SUPERGROUP, "idlib", since=NOW)]
    assert keys(claim(store)) == ["m1"]
