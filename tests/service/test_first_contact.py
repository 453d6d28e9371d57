"""From the first word to the first alert and after, as one person lives it: one language, one clock, no dead end."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import ChatSettings
from bot.telegram import texts
from bot.telegram.application import Desks, counters
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import IDLIB, House

NINE = "Shelling killed nine villagers in Sarmin before sunrise."
DAMASCUS = ChatSettings(zone=ZoneInfo("Asia/Damascus"))


@pytest.fixture
def amal(telegram: FakeTelegram) -> Person:
    """Her app is in Arabic."""
    return telegram.person(10, "Amal", language="ar")


async def answer(person: Person, words: str) -> str:
    person.says(words)
    return str((await person.hears())["text"])


async def test_who_subscribes_in_a_language_hears_alerts_in_it(house: House, amal: Person):
    orchard = await house.outlet("Orchard Post")
    async with house.open():
        assert "هذه المحادثة تتابع الآن" in await answer(amal, f"/start {IDLIB}")
        orchard.publishes(NINE)
        alert = (await amal.hears())["text"]
        assert "العربية" in await answer(amal, "/settings")

    assert "سرمين" in alert
    assert "9 قتلى" in alert


async def test_a_language_that_was_chosen_outlasts_another_subscription(house: House, amal: Person):
    house.store.speak(amal.id, "fr", datetime.now(UTC))
    async with house.open():
        await answer(amal, f"/start {IDLIB}")

    assert house.store.language_of(amal.id) == "fr"


async def test_a_card_shows_its_sample_in_the_language_of_who_reads_it(
    house: House, telegram: FakeTelegram, amal: Person
):
    async with house.open():
        amal.says("/start")
        amal.taps(await amal.hears(), "حسب المكان")
        amal.taps(await amal.chat.sees_edit(), "أفغانستان")
        amal.taps(await amal.chat.sees_edit(), "ضحايا مدنيون في أفغانستان")
        card = await amal.chat.sees_edit()

    assert "مدنيون" in card["text"]
    assert "killed" not in card["text"].splitlines()[5]


async def test_screens_tell_the_time_by_the_clock_of_the_chat(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    house.store.choose_settings(ana.id, DAMASCUS, datetime.now(UTC))
    async with house.open():
        orchard.publishes(NINE)
        ana.taps(await ana.hears(), "Sources")
        screens = [(await ana.hears())["text"]]
        screens += [await answer(ana, words) for words in ("/latest", "/feeds", "/status", "/search shelling")]
        screens.append(await answer(ana, f"/why {orchard.articles[0].link}"))

    assert ["UTC+03" in screen and "UTC\n" not in screen for screen in screens] == [True] * len(screens)


async def test_every_command_stands_in_the_help_once(house: House, ana: Person):
    async with house.open():
        said = await answer(ana, "/help")

    listed = [line.partition(":")[0][1:] for line in said.splitlines()]
    answered = {name for counter in counters(_nothing()) for name in counter.commands}
    assert len(listed) == len(set(listed)) == len(texts.COMMANDS)
    assert set(listed) == answered - {"admin"}  # which is in the menus of administrators alone


async def test_a_pause_is_told_in_the_language_of_the_chat(house: House, amal: Person):
    async with house.open():
        await answer(amal, "/pause")
        status = await answer(amal, "/status")

    assert texts.ASKED_FOR not in status
    assert "طلبت المحادثة" in status


async def test_what_can_be_muted_is_named_in_the_language_of_the_chat(house: House, amal: Person):
    orchard = await house.outlet("Orchard Post")
    async with house.open():
        await answer(amal, f"/start {IDLIB}")
        orchard.publishes(NINE)
        await amal.hears()
        amal.says("/mute")
        listed = await amal.hears()

    labels = [row[0]["text"] for row in listed["reply_markup"]["inline_keyboard"]]
    assert any("سرمين" in label for label in labels)


async def test_a_word_that_is_no_place_is_refused_in_the_language_of_the_chat(house: House, amal: Person):
    async with house.open():
        said = await answer(amal, "/mute Saraqeebb")

    assert "unknown place" not in said
    assert "لا يوجد مكان باسم" in said


def _nothing() -> Desks:
    """What commands there are does not hang on who answers them."""
    return Desks(None, None, None, None)  # type: ignore[arg-type]
