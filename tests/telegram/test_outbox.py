"""Rounds of delivery over a real store, one story for each thing that can become of a message."""

import asyncio
import shutil
from datetime import timedelta

import pytest

from bot import metrics
from bot.core.model import MessageKind, Rendered
from bot.outbox import (
    LIMITS,
    MAX_ATTEMPTS,
    NO_LIMITS,
    Delayed,
    Moved,
    Pace,
    Rejected,
    Result,
    Unauthorized,
    Unknown,
    backoff,
    pace_so_far,
)
from bot.store import MessageState, Store, StoreError
from bot.telegram import texts
from bot.telegram.sender import TelegramSender
from tests.fake_telegram import ResetAfter
from tests.telegram.samples import message
from tests.telegram.scene import NOON, Scene, ScriptedSender


@pytest.fixture
def scene(tmp_path, unused_store):
    store = Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))
    yield Scene(store)
    store.close()


def tell(chat_id, key="k", **fields):
    return message(chat_id, MessageKind.TELL, key=key, **fields)


# ---------------------------------------------------------------- what goes out
async def test_what_is_due_goes_out_and_is_marked_sent(scene: Scene):
    scene.put(tell(1), tell(2))

    delivered = await scene.round()

    assert delivered.count(Result.SENT) == 2
    assert scene.sender.chats == [1, 2]
    assert scene.states() == {"sent": 2}
    assert (await scene.round()).results == ()


async def test_the_urgent_goes_before_the_old(scene: Scene):
    scene.put(tell(1, "old"), tell(1, "urgent", priority=0))

    await scene.round()

    assert scene.sender.keys == ["urgent"]


async def test_a_message_that_hangs_holds_up_no_other(scene: Scene):
    others_done = asyncio.Event()

    class SlowForOne(ScriptedSender):
        async def send(self, due):
            if due.chat_id == 1:
                await others_done.wait()
            number = await super().send(due)
            if len(self.sent) == 2:
                others_done.set()
            return number

    slow = SlowForOne()
    scene.put(tell(1), tell(2), tell(3))
    await scene.round(slow)

    assert slow.chats == [2, 3, 1]


# ---------------------------------------------------------------- the pace
async def test_a_chat_gets_one_message_a_second_and_waiting_is_no_attempt(scene: Scene):
    scene.put(*(tell(1, f"k{n}") for n in range(4)))

    first = await scene.round()
    assert first.results == (Result.SENT,)
    assert (await scene.round()).results == ()

    for _ in range(3):
        scene.clock.passes(seconds=1)
        assert (await scene.round()).count(Result.SENT) == 1
    assert scene.sender.keys == ["k0", "k1", "k2", "k3"]
    assert {due.attempts for due in scene.sender.sent} == {0}
    assert not any(due.repeated for due in scene.sender.sent)


async def test_a_group_gets_twenty_messages_a_minute(scene: Scene):
    scene.put(*(tell(-1, f"k{n:02}") for n in range(25)))

    for _ in range(59):
        await scene.round()
        scene.clock.passes(seconds=1)
    assert len(scene.sender.sent) == 20
    for _ in range(10):
        scene.clock.passes(seconds=1)
        await scene.round()
    assert len(scene.sender.sent) == 25


async def test_thirty_messages_a_second_go_out_to_all_together(scene: Scene):
    scene.put(*(tell(chat_id) for chat_id in range(1, 36)))

    await scene.round()
    await scene.round()
    assert len(scene.sender.sent) == 30
    scene.clock.passes(seconds=1)
    await scene.round()
    assert len(scene.sender.sent) == 35


async def test_a_flood_to_one_chat_does_not_keep_another_waiting(scene: Scene):
    scene.put(*(tell(1, f"k{n:03}") for n in range(100)), tell(2))

    while (await scene.round()).results:
        pass

    assert sorted(scene.sender.chats) == [1, 2]


async def test_a_chat_that_telegram_keeps_waiting_keeps_nobody_else_waiting(scene: Scene):
    scene.sender.refuse(1, Delayed("flood", timedelta(minutes=10)))
    scene.put(*(tell(1, f"k{n:03}", priority=0) for n in range(100)), *(tell(chat) for chat in range(2, 60)))
    assert (await scene.round()).count(Result.DELAYED) == 1

    for _ in range(2):
        scene.clock.passes(seconds=1)
        await scene.round()

    assert sorted(scene.sender.chats) == list(range(2, 60))
    assert scene.states() == {"pending": 100, "sent": 58}


async def test_the_pace_is_kept_over_a_restart(scene: Scene):
    scene.put(tell(1, "a"), tell(1, "b"))
    await scene.round()

    scene.clock.passes(seconds=0.4)
    scene.pace = await pace_so_far(scene.call, scene.clock, LIMITS)
    scene.clock.passes(seconds=0.4)
    await scene.round()
    assert len(scene.sender.sent) == 1
    scene.clock.passes(seconds=0.2)
    await scene.round()
    assert len(scene.sender.sent) == 2


async def test_without_limits_all_goes_at_once(scene: Scene):
    scene.pace = Pace(NO_LIMITS)
    scene.put(*(tell(-1, f"k{n}") for n in range(30)))

    await scene.round()

    assert len(scene.sender.sent) == 30


async def test_too_many_requests_spare_the_chat_for_long_and_the_others_a_moment(scene: Scene):
    scene.sender.refuse(1, Delayed("flood", timedelta(seconds=40)))
    scene.put(tell(1, "a"))
    assert (await scene.round()).results == (Result.DELAYED,)

    scene.put(tell(1, "b"), tell(2))
    assert (await scene.round()).results == ()
    scene.clock.passes(seconds=1)
    await scene.round()
    assert scene.sender.chats == [2]

    scene.clock.passes(seconds=38)
    await scene.round()
    assert scene.sender.chats == [2]
    scene.clock.passes(seconds=1)
    await scene.round()
    assert scene.sender.chats == [2, 1]


# ---------------------------------------------------------------- later
def test_waiting_doubles_up_to_ten_minutes_and_is_never_less_than_asked():
    assert [backoff(n, None).total_seconds() for n in (0, 1, 2, 6, 7, 50)] == [5, 10, 20, 320, 600, 600]
    assert backoff(0, timedelta(minutes=2)) == timedelta(minutes=2)
    assert backoff(3, timedelta(seconds=1)) == timedelta(seconds=40)


async def test_what_cannot_go_now_goes_later(scene: Scene):
    scene.sender.refuse(1, Delayed("connection refused"))
    scene.put(tell(1))

    assert (await scene.round()).results == (Result.DELAYED,)
    scene.clock.passes(seconds=4)
    assert (await scene.round()).results == ()
    scene.clock.passes(seconds=1)
    assert (await scene.round()).results == (Result.SENT,)


async def test_what_was_tried_often_enough_is_given_up(scene: Scene, caplog):
    scene.sender.refuse(1, *[Delayed("connection refused")] * MAX_ATTEMPTS)
    scene.put(tell(1))

    results: list[Result] = []
    for _ in range(MAX_ATTEMPTS):
        results += (await scene.round()).results
        scene.clock.passes(minutes=10)

    assert results == [Result.DELAYED] * (MAX_ATTEMPTS - 1) + [Result.GIVEN_UP]
    assert scene.states() == {"given-up": 1}
    assert f"is given up: tried {MAX_ATTEMPTS} times; the last time: connection refused" in caplog.text


async def test_a_sender_that_breaks_on_one_message_still_sends_the_others(scene: Scene, caplog):
    scene.sender.refuse(1, ZeroDivisionError("a bug"))
    scene.put(tell(1), tell(2))

    delivered = await scene.round()

    assert delivered.results == (Result.DELAYED, Result.SENT)
    assert "a bug" in caplog.text
    scene.clock.passes(seconds=5)
    assert (await scene.round()).results == (Result.SENT,)


# ---------------------------------------------------------------- never, elsewhere, perhaps
async def test_a_rejected_message_is_given_up_and_the_chat_kept(scene: Scene):
    scene.sender.refuse(1, Rejected("can't parse entities"))
    scene.put(tell(1, "bad"), tell(1, "good"))

    assert Result.GIVEN_UP in (await scene.round()).results
    scene.clock.passes(seconds=1)
    await scene.round()
    assert scene.sender.keys == ["good"]
    assert scene.states() == {"given-up": 1, "sent": 1}


async def test_a_chat_that_is_gone_is_paused_with_all_that_waits_for_it(scene: Scene):
    scene.store.subscribe(1, "rule", NOON)
    scene.sender.refuse(1, Rejected("bot was blocked by the user", pause=True))
    scene.put(tell(1, "a"), tell(1, "b"))

    await scene.round()
    scene.clock.passes(seconds=1)

    assert (await scene.round()).results == ()
    chat = scene.store.status(1).chat
    assert chat
    assert (chat.active, chat.paused_why) == (False, "bot was blocked by the user")
    assert chat.rules == {"rule"}
    assert scene.states() == {"given-up": 2}


async def test_a_moved_chat_gets_its_messages_under_its_new_id(scene: Scene):
    scene.store.subscribe(-5, "rule", NOON)
    scene.sender.refuse(-5, Moved(-1005))
    scene.put(tell(-5, "a"), tell(-5, "b"))

    assert Result.MOVED in (await scene.round()).results
    for _ in range(2):
        scene.clock.passes(seconds=1)
        await scene.round()

    assert scene.sender.chats == [-1005, -1005]
    assert scene.store.rules_of(-1005) == {"rule"}


async def test_a_lost_answer_is_repeated_once_and_labelled(scene: Scene):
    scene.sender.refuse(1, Unknown("timed out"))
    scene.put(tell(1))

    assert (await scene.round()).results == (Result.UNKNOWN,)
    scene.clock.passes(seconds=29)
    assert (await scene.round()).results == ()
    scene.clock.passes(seconds=1)
    assert (await scene.round()).results == (Result.SENT,)
    assert scene.sender.sent[0].repeated


async def test_an_answer_lost_twice_ends_the_matter(scene: Scene):
    scene.sender.refuse(1, Unknown("timed out"), Unknown("timed out"))
    scene.put(tell(1))

    await scene.round()
    scene.clock.passes(seconds=30)
    assert (await scene.round()).results == (Result.GIVEN_UP,)
    scene.clock.passes(days=1)
    assert (await scene.round()).results == ()
    assert scene.states() == {"given-up": 1}


async def test_a_dead_token_is_told_and_costs_nothing(scene: Scene):
    for chat in range(1, 100):
        scene.sender.refuse(chat, Unauthorized("dead"))
        scene.put(tell(chat))

    with pytest.raises(Unauthorized, match="the queue is kept"):
        await scene.round()
    assert scene.states() == {"pending": 99}
    scene.clock.passes(seconds=59)
    assert (await scene.round()).results == ()  # nor are the others tried

    scene.sender = ScriptedSender()
    scene.clock.passes(seconds=1)
    assert (await scene.round()).results == (Result.SENT,) * 30
    assert {(due.attempts, due.repeated) for due in scene.sender.sent} == {(0, False)}


async def test_when_the_token_is_good_again_nothing_waits_any_longer(scene: Scene):
    scene.sender.refuse(1, Unauthorized("dead"))
    scene.put(tell(1))
    with pytest.raises(Unauthorized):
        await scene.round()

    scene.clock.passes(seconds=1)
    scene.pace.go_on()
    assert (await scene.round()).results == (Result.SENT,)


async def test_a_store_that_fails_ends_the_round_when_the_others_are_done(scene: Scene, monkeypatch):
    mark_sent = Store.message_sent

    def failing_once(store, message_id, telegram_id, now):
        monkeypatch.setattr(Store, "message_sent", mark_sent)
        raise StoreError("the disk is full")

    monkeypatch.setattr(Store, "message_sent", failing_once)
    scene.put(tell(1), tell(2))

    with pytest.raises(StoreError, match="the disk is full"):
        await scene.round()
    assert scene.states() == {"sending": 1, "sent": 1}


async def test_results_are_counted(scene: Scene):
    def counted(result):
        return metrics.REGISTRY.get_sample_value("tocsin_messages_total", {"result": result}) or 0

    before = {result: counted(result) for result in ("sent", "given-up")}
    scene.sender.refuse(2, Rejected("no"))
    scene.put(tell(1), tell(2))
    await scene.round()

    assert {result: counted(result) - before[result] for result in before} == {"sent": 1, "given-up": 1}


# ---------------------------------------------------------------- with Telegram at the other end
async def test_an_incident_is_told_changed_and_answered(scene: Scene, telegram, listening, ana):
    by_telegram = TelegramSender(listening.bot)
    scene.put(message(ana.id, key="new"))
    await scene.round(by_telegram)
    first = await ana.hears()

    scene.put(message(ana.id, MessageKind.EDIT, key="edit", text=Rendered("14 killed", "14 killed")))
    scene.put(message(ana.id, MessageKind.REPLY, key="reply", text=Rendered("now 14", "now 14")))
    for _ in range(2):
        scene.clock.passes(seconds=1)
        await scene.round(by_telegram)

    assert (await ana.chat.sees_edit())["text"] == "14 killed"
    reply = await ana.hears()
    assert (reply["text"], reply["reply_to_message"]["message_id"]) == ("now 14", first["message_id"])
    assert scene.states() == {"sent": 3}


async def test_a_message_whose_answer_was_lost_comes_twice_and_says_so(scene: Scene, telegram, listening, ana):
    by_telegram = TelegramSender(listening.bot)
    telegram.faults.plan(ResetAfter(), "sendMessage")
    scene.put(message(ana.id))

    await scene.round(by_telegram)
    scene.clock.passes(seconds=30)
    await scene.round(by_telegram)

    assert texts.SENT_AGAIN not in (await ana.hears())["text"]
    assert texts.SENT_AGAIN in (await ana.hears())["text"]
    assert scene.states() == {MessageState.SENT.value: 1}
