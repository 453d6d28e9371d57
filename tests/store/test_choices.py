"""What chats chose is kept, taken back and told in time, and what they do not want to hear any more never goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import (
    ChatSettings,
    Message,
    MessageKind,
    Mute,
    MuteKind,
    Narrowed,
    Preferences,
    QuietHours,
    Rendered,
    Rhythm,
    Severity,
    Subscriber,
)
from bot.store import MessageState, Store
from tests.store.samples import NOW, claim, enqueue, incident, keys, later, message, outcome, record, report, send_all

EDIT, REPLY = MessageKind.EDIT, MessageKind.REPLY
GROUP, SUPERGROUP = -5, -1_001_234_567_890
NIGHT = timedelta(hours=7)
CHOSEN = Preferences(
    Severity.HIGH, Narrowed("gn:1", "Binnish", "settlement"), 5, Rhythm.DAILY, silent=True, language="uk"
)
SETTINGS = ChatSettings(
    ZoneInfo("Asia/Damascus"), QuietHours(time(22), time(7, 30)), critical_passes=False, silent=True
)


def only(store: Store, chat_id: int = 1, at=NOW) -> Subscriber:
    (found,) = store.subscriptions_of(chat_id, at)
    return found


def held(key: str, kind: MessageKind = MessageKind.NEW, delay: timedelta = NIGHT, **more) -> Message:
    return replace(message(key, kind=kind), delay=delay, **more)


def again(store: Store, *messages: Message, now: datetime) -> None:
    """Put messages in with one more report of the same things."""
    record(store, outcome(report(f"of {now}")), *messages, now=now)


def muting(kind: MuteKind, target: str, **span: float) -> Mute:
    return Mute(kind, target, later(**span), name="Something", by="Ana", muted_at=NOW)


# ---------------------------------------------------------------- preferences
def test_what_was_chosen_is_kept_and_a_chat_that_chose_nothing_has_all_as_usual(store: Store):
    store.subscribe(1, "idlib", NOW, topic_id=3)
    assert only(store) == Subscriber(1, "idlib", since=NOW, preferences=Preferences(topic_id=3))
    store.speak(1, "ar", NOW)
    store.choose_settings(1, SETTINGS, NOW)
    assert store.prefer(1, "idlib", CHOSEN)
    assert only(store) == Subscriber(1, "idlib", "ar", NOW, CHOSEN, SETTINGS)
    assert store.settings_of(1) == SETTINGS
    assert store.settings_of(2) == ChatSettings()
    assert not store.prefer(1, "hama", CHOSEN)


def test_who_leaves_by_mistake_finds_all_as_it_was_and_who_returns_later_begins_anew(store: Store):
    store.subscribe(1, "idlib", NOW)
    store.prefer(1, "idlib", CHOSEN)
    for leaves, returns, chosen in ((0, 1, CHOSEN), (2, 48, Preferences())):
        assert store.unsubscribe(1, "idlib", later(hours=leaves))
        assert not store.unsubscribe(1, "idlib", later(hours=leaves))
        assert store.rules_of(1) == frozenset()
        assert store.status().subscriptions == 0
        assert store.subscribe(1, "idlib", later(hours=returns))
        assert only(store).preferences == chosen
        assert only(store).since == later(hours=returns)


def test_subscriptions_that_are_told_together_are_found_by_their_rhythm(store: Store):
    store.choose_settings(1, SETTINGS, NOW)
    for chat_id, rhythm in ((1, Rhythm.DAILY), (2, Rhythm.WEEKLY), (3, Rhythm.DAILY), (4, Rhythm.INSTANT)):
        store.subscribe(chat_id, "idlib", NOW)
        store.prefer(chat_id, "idlib", Preferences(rhythm=rhythm))
    store.pause_chat(3, "blocked", NOW)
    assert [(s.chat_id, s.settings.zone) for s in store.digest_subscribers(Rhythm.DAILY, NOW)] == [(1, SETTINGS.zone)]
    assert [s.chat_id for s in store.digest_subscribers(Rhythm.WEEKLY, NOW)] == [2]


def test_a_group_that_moves_takes_along_what_it_chose(store: Store):
    store.subscribe(GROUP, "idlib", NOW)
    store.speak(GROUP, "fr", NOW)
    store.choose_settings(GROUP, SETTINGS, NOW)
    store.prefer(GROUP, "idlib", CHOSEN)
    store.mute(GROUP, muting(MuteKind.RULE, "hama", hours=1), NOW)
    for _ in range(2):
        store.move_chat(GROUP, SUPERGROUP, NOW)
    moved = only(store, SUPERGROUP)
    assert (moved.language, moved.preferences, moved.settings) == ("fr", CHOSEN, SETTINGS)
    assert [mute.target for mute in moved.mutes] == ["hama"]
    assert store.mutes_of(GROUP, NOW) == ()


# ---------------------------------------------------------------- mutes
def test_a_mute_is_listed_with_who_asked_and_ends_by_itself(store: Store):
    store.subscribe(1, "idlib", NOW)
    number = store.mute(1, muting(MuteKind.PLACE, "gn:2", hours=8), NOW)
    assert only(store).mutes == store.mutes_of(1, NOW)
    assert store.mutes_of(1, NOW) == (replace(muting(MuteKind.PLACE, "gn:2", hours=8), id=number),)
    assert store.mutes_of(1, later(hours=8)) == ()
    assert store.mutes_of(2, NOW) == ()


def test_what_is_muted_again_is_muted_as_it_was_asked_last(store: Store):
    first = store.mute(1, muting(MuteKind.RULE, "idlib", hours=8), NOW)
    assert store.mute(1, muting(MuteKind.RULE, "idlib", hours=1), NOW) == first
    assert [mute.until for mute in store.mutes_of(1, NOW)] == [later(hours=1)]


def test_a_mute_is_taken_back_once_and_by_its_own_chat_alone(store: Store):
    number = store.mute(1, muting(MuteKind.RULE, "idlib", hours=8), NOW)
    assert store.unmute(2, number, NOW) is None
    ended = store.unmute(1, number, NOW)
    assert ended is not None
    assert ended.target == "idlib"
    assert store.unmute(1, number, NOW) is None


# ---------------------------------------------------------------- what is taken back
@pytest.mark.parametrize(
    ("kind", "target", "left"),
    [
        (MuteKind.RULE, "idlib", ["hama", "both"]),
        (MuteKind.INCIDENT, "raid", ["hama", "both"]),
        (MuteKind.PLACE, "gn:2", ["both"]),
        (MuteKind.PLACE, "gn:9", ["raid", "hama", "both"]),
    ],
)
def test_what_is_muted_and_held_back_never_goes_out(store: Store, kind, target, left):
    record(store, outcome(report(), incident("raid"), incident("strike")))
    enqueue(
        store,
        held("raid", rules=("idlib",)),
        held("hama", incident_id="strike", rules=("hama",)),
        held("both", incident_id=None, kind=MessageKind.TELL, rules=("hama", "idlib")),
    )
    store.mute(1, muting(kind, target, days=1), NOW)
    assert keys(claim(store, later(hours=7))) == left


def test_who_leaves_a_rule_gets_nothing_more_of_it_but_what_another_rule_tells_as_well(store: Store):
    for rule in ("idlib", "hama"):
        store.subscribe(1, rule, NOW)
    enqueue(
        store,
        held("mine", rules=("idlib",)),
        held("both", incident_id="strike", rules=("hama", "idlib")),
        replace(message("other", chat_id=2), rules=("idlib",)),
        held("old", incident_id=None, kind=MessageKind.TELL),  # of before the rules of messages were kept
    )
    store.unsubscribe(1, "idlib", NOW)
    assert keys(claim(store, later(hours=7))) == ["both", "other", "old"]


def test_what_was_taken_back_can_be_told_anew_when_the_incident_is_heard_of_again(store: Store):
    enqueue(store, held("first", rules=("idlib",)))
    store.mute(1, muting(MuteKind.RULE, "idlib", hours=1), NOW)
    with store.transaction() as transaction:
        assert transaction.living_chats("raid") == frozenset()
    again(store, message("first"), now=later(hours=2))
    assert keys(claim(store, later(hours=2))) == ["first"]


def test_a_message_that_is_under_way_is_not_taken_back(store: Store):
    enqueue(store, replace(message("first"), rules=("idlib",)))
    (due,) = claim(store)
    store.messages_begun([due.id], NOW)
    store.mute(1, muting(MuteKind.RULE, "idlib", hours=1), NOW)
    store.message_sent(due.id, 7, NOW)
    assert store.status().messages == {MessageState.SENT: 1}


# ---------------------------------------------------------------- what is held back
def test_a_first_message_that_is_held_back_says_what_is_known_when_it_goes_out(store: Store):
    enqueue(store, held("first"))
    with store.transaction() as transaction:
        assert transaction.held_chats("raid", NOW) == {1}
    newer = held("first", text=Rendered("<b>17</b>", "17"), priority=1)
    again(store, replace(newer, delay=NIGHT - timedelta(hours=1)), now=later(hours=1))
    (due,) = claim(store, later(hours=7))
    assert (due.message.text.plain, due.message.priority) == ("17", 1)
    assert store.status().messages == {MessageState.PENDING: 1}


def test_one_that_becomes_urgent_comes_at_once_and_none_comes_later_for_being_replaced(store: Store):
    enqueue(store, held("urgent", incident_id="raid"), held("patient", incident_id="strike"))
    again(
        store,
        held("urgent", incident_id="raid", delay=timedelta(0), silent=False),
        held("patient", incident_id="strike"),
        now=later(hours=1),
    )
    assert send_all(store, now=later(hours=1)) == ["urgent"]
    assert keys(claim(store, later(hours=7))) == ["patient"]


def test_a_first_message_that_went_out_is_not_replaced(store: Store):
    enqueue(store, message("first"))
    with store.transaction() as transaction:
        assert transaction.held_chats("raid", NOW) == frozenset()
    send_all(store)
    again(store, held("first"), now=later(hours=1))
    assert claim(store, later(hours=7)) == []


def test_of_answers_held_back_until_one_hour_the_newest_goes_out(store: Store):
    enqueue(store, message("first"))
    send_all(store)
    enqueue(store, held("twelve", REPLY))
    enqueue(store, held("fifteen", REPLY, NIGHT - timedelta(hours=1)), now=later(hours=1))
    assert send_all(store, now=later(hours=7)) == ["fifteen"]
    enqueue(store, held("later", REPLY, timedelta(hours=2)), now=later(hours=8))
    enqueue(store, held("last", REPLY, timedelta(hours=2)), now=later(hours=9))
    assert keys(claim(store, later(hours=10))) == ["later"]


def test_who_changes_the_quiet_hours_gets_what_was_held_back_when_the_new_ones_end(store: Store):
    enqueue(store, held("quiet", held=NIGHT), held("careful", incident_id="strike"))
    until_two = QuietHours(time(10), time(14))
    store.choose_settings(1, ChatSettings(quiet=until_two), later(hours=1))
    assert claim(store, later(minutes=119)) == []
    assert send_all(store, now=later(hours=2)) == ["quiet"]
    assert keys(claim(store, later(hours=7))) == ["careful"]


def test_who_wants_no_quiet_hours_any_more_gets_it_now_and_critical_ones_when_they_may_pass(store: Store):
    enqueue(store, held("urgent", held=NIGHT, priority=0), held("patient", held=NIGHT, incident_id="strike"))
    store.choose_settings(1, ChatSettings(quiet=QuietHours(time(10), time(20))), NOW)
    assert send_all(store) == ["urgent"]
    store.choose_settings(1, ChatSettings(), NOW)
    assert send_all(store) == ["patient"]


# ---------------------------------------------------------------- topics
def test_what_follows_goes_to_the_topic_of_the_first_message(store: Store):
    enqueue(store, replace(message("first"), topic_id=3))
    assert [due.message.topic_id for due in claim(store)] == [3]
    store.message_sent(1, 7, NOW)
    enqueue(store, replace(message("reply", kind=REPLY), topic_id=4))
    assert [due.message.topic_id for due in claim(store, later(minutes=2))] == [3]


def test_when_a_topic_is_deleted_all_goes_to_the_chat_and_one_message_says_so(store: Store):
    store.subscribe(1, "idlib", NOW, topic_id=3)
    enqueue(store, *(replace(message(key, incident_id=key), topic_id=3) for key in ("first", "second")))
    first, second = claim(store)
    store.lose_topic(first.id, 1, 3)
    for due in (first, second):
        store.message_postponed(due.id, NOW, "message thread not found", NOW)
    assert [(d.message.topic_id, d.topic_lost) for d in claim(store)] == [(None, True), (None, False)]
    assert only(store).preferences.topic_id is None


# ---------------------------------------------------------------- channels
def test_channels_are_known_until_they_are_left(store: Store):
    store.add_channel(-1001, "Desk", NOW)
    store.add_channel(-1002, "News", later(hours=1))
    store.add_channel(-1001, "The desk", later(hours=2))
    assert dict(store.channels()) == {-1002: "News", -1001: "The desk"}
    store.remove_channel(-1002)
    assert dict(store.channels()) == {-1001: "The desk"}
