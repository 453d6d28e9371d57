"""What people do about alerts: verdicts, who sees to an incident, what a tap may name, and forgetting it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, Integer, Text, cast, select

from bot.core.model import Acknowledgement, Feedback, MessageKind, Verdict
from bot.core.references import reference
from bot.store import MessageState, Store
from bot.store.engine import open_engine
from bot.store.tables import metadata
from tests.store.samples import NOW, claim, enqueue, incident, later, message, outcome, record, report, send_all

ANA = Acknowledgement(7, "Ana", NOW)
BEN = Acknowledgement(8, "Ben", later(minutes=1))
EDIT, REPLY = MessageKind.EDIT, MessageKind.REPLY


def given(verdict: Verdict = Verdict.WRONG_PLACE, *, chat_id: int = 1, user_id: int = 7) -> Feedback:
    return Feedback(chat_id, user_id, "Ana", verdict, NOW, incident(), ("idlib",), replace(report(), keys=()))


# ---------------------------------------------------------------- verdicts
def test_a_verdict_keeps_the_report_and_the_incident_as_they_were(store: Store):
    store.give_feedback(given())

    (kept,) = store.feedback()
    assert replace(kept, id=0) == given()
    assert store.verdict_of(1, "raid", 7) is Verdict.WRONG_PLACE
    assert store.verdict_of(1, "raid", 8) is None


def test_a_person_has_one_verdict_for_an_incident_which_the_next_replaces(store: Store):
    store.give_feedback(given())
    store.give_feedback(given(Verdict.CORRECT))
    store.give_feedback(given(user_id=8))

    assert [(each.user_id, each.verdict) for each in store.feedback()] == [(7, "correct"), (8, "wrong-place")]


# ---------------------------------------------------------------- who sees to it
def test_who_sees_to_an_incident_is_told_with_every_message_of_it(store: Store):
    enqueue(store, message("m1"))
    send_all(store)
    assert store.acknowledge(1, "raid", ANA)
    assert not store.acknowledge(1, "raid", ANA)
    assert store.acknowledge(1, "raid", BEN)

    enqueue(store, message("m2", kind=EDIT), message("m3", 2), now=later(minutes=2))
    shown = {due.message.key: due.acknowledged for due in claim(store, later(minutes=2))}
    assert shown["m2"] == (ANA, BEN)
    assert shown["m3"] == ()
    assert store.take_back(1, "raid", 7, later(minutes=3))
    assert not store.take_back(1, "raid", 7, later(minutes=3))
    assert store.acknowledged(1, "raid") == (BEN,)


def test_the_living_message_is_shown_again_when_somebody_acknowledges(store: Store):
    enqueue(store, message("m1"))
    send_all(store, telegram_id=70)

    store.acknowledge(1, "raid", ANA)

    (again,) = claim(store)
    assert (again.message.kind, again.telegram_id, again.message.silent) == (EDIT, 70, True)
    assert again.message.text.plain == "m1"
    assert again.acknowledged == (ANA,)


def test_an_edit_that_is_held_back_goes_at_once_instead_of_the_old_text(store: Store):
    enqueue(store, message("m1"))
    send_all(store)
    edit = replace(message("m2", kind=EDIT), silent=True)
    with store.transaction() as transaction:
        transaction.record(outcome(report("two")), [edit], NOW, timedelta(minutes=5))
    assert claim(store) == []

    store.acknowledge(1, "raid", ANA)

    assert [(due.message.key, due.acknowledged) for due in claim(store)] == [("m2", (ANA,))]


def test_what_was_never_sent_is_not_shown_again(store: Store):
    store.acknowledge(1, "raid", ANA)

    assert claim(store) == []


# ---------------------------------------------------------------- what a tap may name
def test_a_tap_names_a_message_of_its_own_chat_that_has_arrived(store: Store):
    enqueue(store, message("m1"), message("m2", 2))
    first, second = claim(store)
    assert store.shown(1, first.id, 70) is None  # it still waits
    store.messages_begun([first.id], NOW)
    assert store.shown(1, first.id, 70)
    store.message_sent(first.id, 70, NOW)

    shown = store.shown(1, first.id, 70)
    assert shown is not None
    assert (shown.incident_id, shown.text.plain) == ("raid", "m1")
    assert store.shown(1, first.id, 71) is None
    assert store.shown(2, first.id, 70) is None
    assert store.shown(1, 999, 70) is None
    assert store.shown(2, second.id, None) is None


def test_the_message_that_was_replied_to_is_found_by_its_number(store: Store):
    enqueue(store, message("m1"), message("m2", kind=REPLY))
    send_all(store, telegram_id=70)
    send_all(store, telegram_id=71)

    found = store.shown_as(1, 71)
    assert found is not None
    assert found.kind is REPLY
    assert store.shown_as(1, 72) is None
    assert store.shown_as(2, 71) is None
    assert [each.state for each in store.followed(1, "raid")] == [MessageState.SENT] * 2


# ---------------------------------------------------------------- incidents and reports by name
def test_an_incident_is_found_by_its_short_name(store: Store):
    record(store, outcome(report(), incident()))

    assert store.incident_referred_to(reference("raid")) == incident()
    assert store.incident_referred_to("nothing7") is None
    assert store.incident("raid") == incident()


def test_a_report_is_found_by_any_of_its_names_and_by_its_address(store: Store):
    record(store, outcome(report("one"), incident()))

    for kept in (store.report_named("link:one", ""), store.report_named("", "https://paper.example/one")):
        assert kept is not None
        assert (kept.report.title, kept.incidents, kept.reason) == ("Title of one", ("raid",), "first-report")
    assert store.report_named("link:two", "https://paper.example/two") is None


# ---------------------------------------------------------------- chats that move and go
def test_a_group_that_moves_takes_its_verdicts_along(store: Store):
    for chat_id, user_id in ((-5, 7), (-5, 8), (-1005, 8)):
        store.give_feedback(given(chat_id=chat_id, user_id=user_id))
        store.acknowledge(chat_id, "raid", Acknowledgement(user_id, "Somebody", NOW))

    store.move_chat(-5, -1005, NOW)

    assert sorted((each.chat_id, each.user_id) for each in store.feedback()) == [(-1005, 7), (-1005, 8)]
    assert [each.user_id for each in store.acknowledged(-1005, "raid")] == [7, 8]


@pytest.mark.parametrize("chat_id", [4242, -100777])
def test_of_a_forgotten_chat_nothing_is_left_in_any_table(store: Store, url: str, chat_id: int):
    for key, each in (("theirs", chat_id), ("another's", 1)):
        store.subscribe(each, "idlib", NOW)
        store.give_feedback(given(chat_id=each, user_id=each))
        store.acknowledge(each, "raid", Acknowledgement(each, "Somebody", NOW))
        enqueue(store, message(key, each))
    store.give_feedback(given(chat_id=-9, user_id=chat_id))
    store.move_chat(-6, chat_id, NOW)
    assert holding(url, chat_id)

    gone = store.forget_chat(chat_id)

    assert gone["subscriptions"] == gone["outbox"] == 1
    assert holding(url, chat_id) == []
    assert len(holding(url, 1)) >= 4
    assert store.forget_chat(chat_id) == {}


def holding(url: str, number: int) -> list[str]:
    """Every column of every table that holds the number, by itself or within a text."""
    engine = open_engine(url)
    found = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for column in table.c:
                asked = column == number if isinstance(column.type, BigInteger | Integer) else None
                if asked is None:
                    asked = cast(column, Text).contains(str(number))
                if connection.execute(select(table).where(asked)).first():
                    found.append(f"{table.name}.{column.name}")
    engine.dispose()
    return found
