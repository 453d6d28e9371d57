"""Starting and stopping while Telegram misbehaves."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.outbox import Unauthorized
from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.polling import Seldom
from tests.fake_telegram import HtmlPage, ResetBefore
from tests.fake_telegram.server import TOKEN
from tests.telegram.desk import MemoryDigests


async def test_telegram_may_be_away_at_the_start(telegram, application, ana):
    await telegram.stop()
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            await telegram.start()

    await polling.start(application, sleep)
    ana.says("/help")

    assert await ana.hears()
    assert waits == [1, 2, 4]


async def test_a_start_that_is_called_off_leaves_nothing_open(telegram, application):
    await telegram.stop()
    starting = asyncio.create_task(polling.start(application))
    await asyncio.sleep(0.05)

    starting.cancel()
    await polling.stop(application)

    assert not application.running


async def test_a_refused_token_ends_the_start_without_being_told(telegram, desk, choosing, admin_desk):
    token = TOKEN[:-1] + "x"
    application = build_application(token, telegram.url, Desks(desk, choosing, admin_desk, MemoryDigests()))

    with pytest.raises(Unauthorized) as refusal:
        await polling.start(application)
    await polling.stop(application)

    assert token not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("fault", [HtmlPage(502), ResetBefore()])
async def test_polling_survives_a_fault(telegram, listening, ana, fault):
    telegram.faults.plan(fault, "getUpdates")
    ana.says("/help")
    assert await ana.hears()

    ana.says("/status")
    assert await ana.hears()


async def test_a_second_poller_is_named_in_the_log(telegram, listening, caplog, until):
    await until(lambda: telegram.calls("getUpdates"))
    async with Bot(telegram.token, base_url=telegram.url) as other:
        await other.get_updates()

    await until(lambda: "Another process listens with the same token" in caplog.text)


def test_a_second_poller_that_stays_is_told_once_per_while_and_felt_every_time(caplog):
    felt, seldom = [], Seldom()
    for _ in range(3):
        polling._polling_failed(lambda: felt.append(True), seldom, Conflict("terminated by other getUpdates request"))

    assert len(felt) == 3
    assert caplog.text.count("Another process listens with the same token") == 1


def test_what_is_said_once_per_while_is_said_again_after_it():
    now = 100.0
    seldom = Seldom(seconds=60, clock=lambda: now)

    assert [seldom(), seldom()] == [True, False]
    now += 60
    assert [seldom(), seldom()] == [True, False]


async def test_a_token_revoked_while_polling_is_noticed(telegram, listening, caplog):
    telegram.faults.plan(HtmlPage(), "getMe")

    async def sleep(_):
        if telegram.calls("getMe"):
            telegram.revoke_token()

    await asyncio.wait_for(polling.watch_token(listening.bot, asyncio.Event(), sleep=sleep), 5)
    await polling.stop(listening)

    assert "refuses the bot's token" in caplog.text
    assert not listening.running


async def test_a_token_that_is_doubted_is_asked_about_at_once(telegram, listening):
    doubted = asyncio.Event()
    watching = asyncio.create_task(polling.watch_token(listening.bot, doubted, check_seconds=3600))
    telegram.revoke_token()
    doubted.set()

    await asyncio.wait_for(watching, 5)


async def test_stopping_waits_for_what_is_being_handled(listening, desk, ana, until):
    asked, release = asyncio.Event(), asyncio.Event()

    async def slow_status(*_):
        asked.set()
        await release.wait()
        return ["slow"]

    desk.status = slow_status
    ana.says("/status")
    await asked.wait()
    stopping = asyncio.create_task(polling.stop(listening))
    await asyncio.sleep(0.05)
    release.set()
    await stopping

    assert (await ana.hears())["text"] == "slow"
