"""Health and metrics over HTTP while the bot runs."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families
from telegram import Bot

from bot import __version__
from bot.config import Health as Monitored
from bot.health import Health
from bot.offices import Offices
from bot.ops import Condition
from bot.rulebook import LiveRules
from bot.service import utc_now
from bot.store import MessageState
from bot.store.election import Candidate, Office
from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.house import LOOK_SECONDS, House, until
from tests.service.monitoring import complaints, free_port, get

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."


async def test_a_bot_that_is_well_says_so_and_counts_what_it_does(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    health = Monitored(port=free_port())
    async with house.open(health=health):
        orchard.publishes(SARMIN)
        await ana.hears()
        await house.settled(reports=1)

        assert await complaints(health) == []
        status, metrics = await get(health, "/metrics")
    assert status == 200
    assert 'tocsin_reports_total{reason="first-report"}' in metrics
    assert 'tocsin_matches_total{rule="idlib-civilian-casualties"}' in metrics
    assert 'tocsin_alerts_total{loud="true",reason="first-report"}' in metrics
    assert 'tocsin_polls_total{result="read"}' in metrics
    assert 'tocsin_feeds{state="well"}' in metrics
    assert "tocsin_queue_messages " in metrics
    assert 'tocsin_messages_total{result="sent"}' in metrics
    assert 'tocsin_publication_to_send_seconds_bucket{le="30.0"}' in metrics
    assert "tocsin_decided_seconds_count" in metrics
    assert f'tocsin_build_info{{version="{__version__}"}} 1.0' in metrics
    families = {family.name: family for family in text_string_to_metric_families(metrics)}
    assert len(families) > 15
    assert all(family.documentation and family.type != "unknown" for family in families.values())
    assert [name for name in families if not name.startswith(("tocsin_", "process_"))] == []


async def test_a_revoked_token_is_a_complaint_and_costs_no_alert(
    house: House, telegram: FakeTelegram, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.telegram.line.RECHECK_SECONDS", 0.05)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    health = Monitored(port=free_port())
    async with house.open(health=health):
        await until(lambda: telegram.calls("getUpdates"))
        good, telegram.token = telegram.token, "1:another"
        orchard.publishes(SARMIN)
        await until(lambda: "refuses the bot's token" in caplog.text)
        assert await complaints(health) == ["Telegram refuses the bot's token; alerts wait for a good one"]
        await until(lambda: house.store.status().messages == {MessageState.PENDING: 1})

        telegram.token = good
        assert "Sarmin" in (await ana.hears())["text"]
        assert await complaints(health) == []


async def test_a_process_that_polls_nothing_is_not_ready_while_its_server_does_not_answer(shipped: LiveRules):
    health = Health(shipped, utc_now, polls=False)
    nowhere = Candidate(f"postgresql://tocsin@127.0.0.1:{free_port()}/tocsin", [Office.SENDING])
    await Offices(nowhere, health.database_answers).look()

    assert health.condition() == Condition(
        ("the database server does not answer; nothing is sent or heard meanwhile",), stops_alerts=True
    )
    health.database_answers(True)
    assert health.condition() == Condition()


async def test_a_bot_that_cannot_listen_any_more_says_so_and_goes_on_telling(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def stumbles(*_: object) -> None:
        raise ValueError("an update that nobody foresaw")

    monkeypatch.setattr("bot.telegram.polling.watch_token", stumbles)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    health = Monitored(port=free_port())
    async with house.open(health=health):
        orchard.publishes(SARMIN)

        assert "Sarmin" in (await ana.hears())["text"]
        assert "not heard" in " ".join(await complaints(health))
    assert "an update that nobody foresaw" in caplog.text


async def test_a_second_process_with_the_same_token_is_a_complaint(house: House, telegram: FakeTelegram):
    health = Monitored(port=free_port())
    async with house.open(health=health):
        await until(lambda: telegram.calls("getUpdates"))
        async with Bot(telegram.token, base_url=telegram.url) as other:
            await other.get_updates()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "another process listens" not in " ".join(await complaints(health)):  # noqa: ASYNC110  no event
                await asyncio.sleep(LOOK_SECONDS)
