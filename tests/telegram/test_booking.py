"""Answers to people and alerts count together, on a clock that moves when told to."""

from datetime import timedelta

import pytest

from bot.core.model import MessageKind
from bot.outbox import LIMITS, Result
from bot.store import Store
from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.booking import Answers
from bot.telegram.floods import GROUP
from bot.telegram.sender import TelegramSender
from tests.fake_telegram import Refuse
from tests.fake_telegram.errors import too_many_requests
from tests.telegram.samples import message
from tests.telegram.scene import NOON, Scene


@pytest.fixture
async def bot(scene, telegram, *, desk, choosing, admin_desk, digests):
    """The bot, which listens and books its answers in the pace of the scene."""
    desks = Desks(desk, choosing, admin_desk, digests)
    application = build_application(telegram.token, telegram.url, desks, Answers(scene.pace, scene.clock))
    await polling.start(application)
    yield application.bot
    await polling.stop(application)


@pytest.fixture
def scene(tmp_path):
    store = Store.open(str(tmp_path / "outbox.db"))
    yield Scene(store)
    store.close()


@pytest.fixture
def sender(bot):
    return TelegramSender(bot)


def tell(chat_id, number=1):
    return message(chat_id, MessageKind.TELL, key=f"k{number}")


async def test_an_alert_comes_a_second_after_an_answer_and_others_at_once(scene, sender, ana, telegram):
    ben = telegram.person(8, "Ben")
    ana.says("/help")
    await ana.hears()
    scene.put(tell(ana.id), tell(ben.id))

    await scene.round(sender)
    assert ana.chat.new.empty()
    assert "Binnish" in (await ben.hears())["text"]
    scene.clock.passes(seconds=1)
    await scene.round(sender)

    assert "Binnish" in (await ana.hears())["text"]


async def test_a_group_that_asks_a_lot_gets_no_more_than_twenty_messages_a_minute(scene, sender, ana, telegram):
    group = telegram.group(-5, "Desk", ana)
    for _ in range(GROUP.number):
        ana.says("/help", group)
        await group.hears()
    scene.put(*(tell(group.id, number) for number in range(20)))

    sent = 0
    while (left := NOON + timedelta(seconds=60) - scene.clock()) > timedelta(0):
        scene.clock.passes(seconds=1)
        if left > timedelta(seconds=1):
            sent += (await scene.round(sender)).count(Result.SENT)

    assert sent == LIMITS.group.messages - GROUP.number
    assert (await scene.round(sender)).count(Result.SENT) == 1


async def test_a_tap_that_redraws_a_screen_counts_and_one_that_is_only_noticed_does_not(scene, bot, ana, telegram):
    ana.says("/start")
    greeting = await ana.hears()
    scene.clock.passes(seconds=10)

    ana.forges_tap(greeting, "zz:::")
    await telegram.notice()
    assert scene.pace.resting(scene.clock()) == frozenset()
    ana.taps(greeting, "By place")
    await ana.chat.sees_edit()
    assert scene.pace.resting(scene.clock()) == {ana.id}


async def test_what_the_outbox_sends_is_booked_once(scene, sender, ana):
    scene.put(tell(ana.id))

    await scene.round(sender)

    assert scene.pace.room(scene.clock()) == LIMITS.overall.messages - 1


async def test_an_answer_that_telegram_puts_off_spares_the_chat(scene, bot, ana, telegram, until):
    telegram.faults.plan(Refuse(too_many_requests(retry_after=40)), "sendMessage")

    ana.says("/help")
    await until(lambda: scene.pace.room(scene.clock()) == 0)

    assert ana.chat.new.empty()  # no apology either
    scene.clock.passes(seconds=39)
    assert scene.pace.resting(scene.clock()) == {ana.id}
    scene.clock.passes(seconds=1)
    assert scene.pace.resting(scene.clock()) == frozenset()
