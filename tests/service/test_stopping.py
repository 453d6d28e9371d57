"""Stopping: at once for people, without loss for alerts."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from bot.store import MessageState
from bot.timers import Timers
from tests.fake_telegram import FakeTelegram, Person, Refuse
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.fake_telegram.errors import stale_query
from tests.fake_telegram.methods import labels
from tests.service.house import House, until
from tests.service.processes import environment, python

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."


async def test_what_was_recorded_but_not_sent_goes_out_once_after_the_next_start(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    with monkeypatch.context() as patch:
        patch.setattr("bot.running.FLUSH_SECONDS", 3600.0)
        async with house.open():
            orchard.publishes(SARMIN)
            await house.recorded(reports=1)
    assert house.store.status().messages == {MessageState.PENDING: 1}

    async with house.open():
        await ana.hears()
        await house.settled(reports=1)
    assert ana.chat.new.empty()


async def test_what_people_said_and_tapped_while_the_bot_was_away_counts_once_at_the_next_start(
    house: House, telegram: FakeTelegram, ana: Person
):
    async with house.open():
        ana.says("/settings")
        settings = await ana.hears()

    ana.says("/start idlib-civilian-casualties")
    ana.taps(settings, "Language")
    telegram.faults.plan(Refuse(stale_query()), "answerCallbackQuery")  # it is too late for an answer
    async with house.open():
        assert "hears about" in (await ana.hears())["text"]
        assert "Français" in labels(await ana.chat.sees_edit())

    async with house.open():
        ana.says("/status")
        assert "Your subscriptions: 1" in (await ana.hears())["text"]
    assert ana.chat.new.empty()
    assert ana.chat.edited.empty()


async def test_a_timer_that_fires_at_the_moment_of_the_stop_is_not_cut_short():
    begun, ended, moment = [], [], asyncio.Event()

    async def work() -> None:
        begun.append(work)
        await asyncio.sleep(0.01)
        ended.append(work)

    timers = Timers()
    timers.every(0.05, work, "work")
    timers.start()
    await until(lambda: ended)
    loop, firing = asyncio.get_running_loop(), timers._scheduler._timeout
    loop.call_at(firing.when() + 0.001, moment.set)
    loop.call_soon(time.sleep, 0.1)  # both are due then, so we stop when the work is handed out and has not begun
    await moment.wait()
    await timers.stop()

    assert len(ended) == len(begun) >= 2


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
async def test_a_real_process_stops_when_told_and_keeps_its_token_to_itself(
    house: House, telegram: FakeTelegram, tmp_path: Path, told: signal.Signals
):
    orchard = await house.outlet("Orchard Post")
    (tmp_path / "config.yaml").write_text(
        f"feeds: [{{url: '{orchard.feed.url}'}}]\n"
        f"telegram: {{api_url: '{telegram.root}'}}\n"
        "polling: {allow_private: [127.0.0.1]}\n",
        encoding="utf-8",
    )
    said = tmp_path / "said"
    env = environment(TELEGRAM_BOT_TOKEN=telegram.token)
    async with python(["-m", "bot", "run"], said, env, cwd=tmp_path) as process:
        await until(lambda: telegram.calls("getUpdates") and orchard.asked_with)
        process.send_signal(told)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0

    words = said.read_text(encoding="utf-8")
    assert "what is in hand is finished first" in words
    assert "Traceback" not in words
    assert telegram.token not in words
