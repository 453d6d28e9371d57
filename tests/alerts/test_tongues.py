"""What a chat reads that chose Arabic: of English there are names and commands, and what others wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.core.eventwords import TITLES
from bot.core.pipeline import Rulebook
from tests.alerts.scene import IDLIB, SARMIN, Desk, labels
from tests.fake_telegram import FakeTelegram, Person

TITLE = "ضحايا مدنيون في إدلب"
WRITTEN_BY_OTHERS = (SARMIN.rstrip("."), IDLIB, "Orchard Post", "Morning bulletin", "https://orchard.example/1")
NAMES = {"Tocsin", "UTC", "Sarmin", "Idlib", "Europe/Kyiv", "English", "Español", "Français", "Türkçe"}
TYPED = {"7d", "30d", "at", "k3f9a2xq"}  # after commands
COMMAND = re.compile(r"/[a-z]+")
REFERENCE = re.compile(r"\b[a-z2-7]{8}\b")  # the short name of an incident
LATIN = re.compile(r"[A-Za-zÀ-ž0-9]*[A-Za-zÀ-ž][\w/-]*")


@pytest.fixture
def ana(desk: Desk, telegram: FakeTelegram) -> Person:
    """She listens to a rule, in Arabic."""
    person = telegram.person(7, "Ana")
    desk.subscribe(person.chat)
    desk.store.speak(person.id, "ar", desk.now)
    return person


def foreign(message: dict[str, Any]) -> set[str]:
    """The words in Latin letters that a chat sees, buttons included, but for those that have to be."""
    seen = "\n".join([message["text"], *(labels(message) if "reply_markup" in message else [])])
    for text in WRITTEN_BY_OTHERS:
        seen = seen.replace(text, "")
    return set(LATIN.findall(REFERENCE.sub("", COMMAND.sub("", seen)))) - NAMES - TYPED


async def tapped(telegram: FakeTelegram, person: Person, message: dict[str, Any], number: int) -> dict[str, Any]:
    """The message as it is after a tap on one of its buttons, counted from the top."""
    person.taps(message, labels(message)[number])
    assert not LATIN.findall(await telegram.notice())
    edited: dict[str, Any] = await person.chat.sees_edit()
    return edited


@pytest.mark.parametrize(
    "said",
    [
        *("/start", "/help", "/status", "/latest", "/search villagers", "/settings", "/quiet", "/subscribe"),
        *("/unsubscribe", "/mute", "/unmute", "/pause", "/resume", "/digest x", "/feeds", "/channel", "/incident"),
    ],
)
async def test_what_answers_a_command_is_arabic(desk: Desk, ana: Person, said: str):
    await desk.tells(SARMIN)
    await ana.hears()
    ana.says(said)

    assert foreign(await ana.hears()) == set()


async def test_an_alert_and_all_buttons_under_it_are_arabic(desk: Desk, telegram: FakeTelegram, ana: Person):
    await desk.tells(SARMIN)
    alert = await ana.hears()
    more = await tapped(telegram, ana, alert, -1)

    assert foreign(alert) == set()
    assert foreign(more) == set()
    for number in (4, 5):  # mute, right or wrong
        assert foreign(await tapped(telegram, ana, more, number)) == set()


async def test_the_sources_behind_an_alert_are_told_in_arabic(desk: Desk, telegram: FakeTelegram, ana: Person):
    await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.taps(alert, labels(alert)[1])

    assert foreign(await ana.hears()) == set()


async def test_rules_are_grouped_by_places_and_kinds_of_events_in_arabic(
    telegram: FakeTelegram, ana: Person, shipped: Rulebook
):
    ana.says("/subscribe")
    first = await ana.hears()
    places = await tapped(telegram, ana, first, 0)
    events = await tapped(telegram, ana, await tapped(telegram, ana, places, -1), 1)

    assert foreign(places) == set()
    assert foreign(events) == set()
    assert {each.title for each in shipped.types} == set(TITLES)


async def test_a_rule_its_card_and_its_options_are_arabic(
    desk: Desk, telegram: FakeTelegram, ana: Person, shipped: Rulebook
):
    desk.rulebook = replace(shipped, rules=tuple(rule for rule in shipped.rules if rule.id == IDLIB))
    await desk.tells(SARMIN)
    await ana.hears()
    ana.says("/subscribe")
    listed = await tapped(telegram, ana, await ana.hears(), 2)
    card = await tapped(telegram, ana, listed, 0)
    options = await tapped(telegram, ana, card, 0)
    inside = await tapped(telegram, ana, options, -2)

    for screen in (listed, card, options):
        assert foreign(screen) == set()
    assert foreign(await tapped(telegram, ana, inside, 1)) == set()
