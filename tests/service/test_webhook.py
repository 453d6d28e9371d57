"""Telegram calls the bot instead of being asked."""

from __future__ import annotations

import socket
from collections.abc import Callable

import aiohttp
import pytest

from bot.config import Health, Telegram, Webhook
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import House, until
from tests.service.monitoring import complaints, free_port

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
SECRET = "a-secret-of-the-house"


@pytest.fixture
def webhook() -> Webhook:
    port = free_port()
    return Webhook(f"http://127.0.0.1:{port}/telegram", port=port, secret=SECRET)


def called(telegram: FakeTelegram, webhook: Webhook) -> Telegram:
    return Telegram(telegram.token, api_url=telegram.root, webhook=webhook)


def hooked(telegram: FakeTelegram, times: int) -> Callable[[], bool]:
    """Whether a webhook was set so many times."""
    return lambda: len(telegram.calls("setWebhook")) == times


async def test_the_bot_answers_and_alerts_when_telegram_calls_it(
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook
):
    orchard = await house.outlet("Orchard Post")
    async with house.open(telegram=called(telegram, webhook)):
        await until(lambda: telegram.calls("setWebhook"))
        ana.says("/start idlib-civilian-casualties")
        assert "hears about" in (await ana.hears())["text"]
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]

    assert telegram.calls("getUpdates") == []
    assert set(telegram.updates.answers) == {200}


@pytest.mark.parametrize("secret", [None, "", "another-secret"])
async def test_who_does_not_know_the_secret_is_not_heard(
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook, secret: str | None
):
    async with house.open(telegram=called(telegram, webhook)):
        await until(lambda: telegram.calls("setWebhook"))
        forged = ana.says("/help")
        await ana.hears()
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with aiohttp.ClientSession() as http:
            answer = await http.post(webhook.url, json={**forged, "update_id": 5}, headers=headers)
            assert answer.status == 403

        ana.says("/status")
        assert (await ana.hears())["text"].startswith("Tocsin")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"good morning", "application/json", 500),
        (b"[7]", "application/json", 400),
        (b'{"update_id": "x", "message": 7}', "application/json", 400),
        (b"{}", "text/plain", 403),
    ],
)
async def test_what_is_no_update_is_refused_and_the_next_one_heard(  # noqa: PLR0917  three of them are one case
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook, body: bytes, kind: str, status: int
):
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": kind}
    async with house.open(telegram=called(telegram, webhook)):
        await until(lambda: telegram.calls("setWebhook"))
        ana.says("/help")
        await ana.hears()
        async with aiohttp.ClientSession() as http, http.post(webhook.url, data=body, headers=headers) as answer:
            assert answer.status == status

        ana.says("/status")
        assert (await ana.hears())["text"].startswith("Tocsin")


async def test_without_a_secret_of_its_own_the_bot_makes_one_at_every_start(
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook
):
    unsaid = Webhook(webhook.url, port=webhook.port)
    for times in (1, 2):
        async with house.open(telegram=called(telegram, unsaid)):
            await until(hooked(telegram, times))
            ana.says("/help")
            await ana.hears()

    first, second = (call["secret_token"] for call in telegram.calls("setWebhook"))
    assert first != second
    assert min(len(first), len(second)) >= 40


async def test_going_back_to_asking_takes_the_webhook_away(
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook
):
    async with house.open(telegram=called(telegram, webhook)):
        await until(lambda: telegram.calls("setWebhook"))

    async with house.open():
        await until(lambda: telegram.calls("getUpdates"))
        ana.says("/help")
        assert await ana.hears()
    assert telegram.calls("deleteWebhook")


async def test_a_port_that_is_taken_is_told_and_alerts_go_out_all_the_same(
    house: House, telegram: FakeTelegram, ana: Person, webhook: Webhook, caplog: pytest.LogCaptureFixture
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    health = Health(port=free_port())
    with socket.create_server(("127.0.0.1", webhook.port)):
        async with house.open(telegram=called(telegram, webhook), health=health):
            orchard.publishes(SARMIN)
            assert "Sarmin" in (await ana.hears())["text"]
            await until(lambda: "Address already in use" in caplog.text)
            assert "not heard" in " ".join(await complaints(health))
