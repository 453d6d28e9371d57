"""Starting and stopping while Telegram misbehaves."""

import asyncio

import pytest
from telegram import Bot

from bot.outbox import Unauthorized
from bot.telegram import polling
from bot.telegram.application import build_application
from tests.fake_telegram import HtmlPage, ResetBefore
from tests.fake_telegram.server import TOKEN


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


async def test_a_menu_that_cannot_be_set_does_not_hinder_the_start(telegram, application, ana, caplog):
    telegram.faults.plan(HtmlPage(), "setMyCommands")
    await polling.start(application)
    ana.says("/help")

    assert await ana.hears()
    assert "the menu of commands could not be set" in caplog.text


async def test_a_refused_token_ends_the_start_without_being_told(telegram, desk, choosing):
    token = TOKEN[:-1] + "x"
    application = build_application(token, telegram.url, desk, choosing)

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


async def test_a_token_revoked_while_polling_is_noticed(telegram, listening, caplog):
    telegram.faults.plan(HtmlPage(), "getMe")
    died = []

    async def sleep(_):
        if telegram.calls("getMe"):
            telegram.revoke_token()

    await polling.watch_token(listening.bot, lambda: died.append(True), sleep=sleep)
    await polling.stop(listening)

    assert died == [True]
    assert not listening.running


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
