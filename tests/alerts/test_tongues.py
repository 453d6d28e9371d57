"""What a chat reads that chose Arabic, or chose it for one rule: of English there are names, commands and quotes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.core.eventwords import TITLES
from bot.core.model import Preferences
from bot.core.pipeline import Rulebook
from tests.alerts.scene import IDLIB, SARMIN, VALLEY, Desk, labels
from tests.fake_telegram import FakeTelegram, Person

TITLE = "ضحايا مدنيون في إدلب"
SARMIN_LATER = SARMIN.replace("15", "31")
WRITTEN_BY_OTHERS = (
    *(TITLE, SARMIN.rstrip("."), SARMIN_LATER.rstrip("."), IDLIB, "Orchard Post", "Valley Radio", "Morning bulletin"),
    "https://orchard.example/1",
)
NAMES = {"Tocsin", "UTC", "Sarmin", "Idlib", "Europe/Kyiv", "English", "Español", "Français", "Türkçe"}
TYPED = {"7d", "30d", "at", "k3f9a2xq"}  # after commands
COMMAND = re.compile(r"/[a-z]+")
REFERENCE = re.compile(r"\b[a-z2-7]{8}\b")  # the short name of an incident
LATIN = re.compile(r"[A-Za-zÀ-ž0-9]*[A-Za-zÀ-ž][\w/-]*")


@pytest.fixture
def ana(arabic_reader: Person) -> Person:
    return arabic_reader


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


async def test_why_an_alert_came_is_told_in_arabic(desk: Desk, telegram: FakeTelegram, ana: Person):
    await desk.tells(SARMIN)
    alert = await ana.hears()
    more = await tapped(telegram, ana, alert, -1)
    ana.taps(more, "لماذا")

    assert foreign(await ana.hears()) - {"Shelling", "killed", "wounded", "villagers", "gn"} == set()


@pytest.mark.parametrize(
    "text",
    [
        SARMIN,
        "Two gunmen died in clashes outside Sarmin.",
        "Rain fell on the olive trees.",
        "A blast killed 15 villagers.",
    ],
)
async def test_what_became_of_a_report_is_told_in_arabic(desk: Desk, ana: Person, text: str):
    report = await desk.tells(text)
    if text == SARMIN:
        await ana.hears()
    ana.says(f"/why {report.url}")
    told = await ana.hears()

    told["text"] = re.sub(
        "(event:|# without) .*", "", told["text"].replace(text.rstrip("."), "")
    )  # as it stands in a rule's file
    assert foreign(told) - {"gn"} == set()
    assert "الإنجليزية" in told["text"]


async def test_rules_are_grouped_by_places_and_kinds_of_events_in_arabic(
    telegram: FakeTelegram, ana: Person, rulebook: Rulebook
):
    ana.says("/subscribe")
    first = await ana.hears()
    places = await tapped(telegram, ana, first, 0)
    events = await tapped(telegram, ana, await tapped(telegram, ana, places, -1), 1)

    assert foreign(places) == set()
    assert foreign(events) == set()
    assert {each.title for each in rulebook.types} == set(TITLES)


async def test_a_rule_its_card_and_its_options_are_arabic(
    desk: Desk, telegram: FakeTelegram, ana: Person, rulebook: Rulebook
):
    desk.rulebook = replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id == IDLIB))
    await desk.tells(SARMIN)
    await ana.hears()
    ana.says("/subscribe")
    listed = await tapped(telegram, ana, await ana.hears(), 2)
    card = await tapped(telegram, ana, listed, 0)
    options = await tapped(telegram, ana, card, 0)
    languages = await tapped(telegram, ana, options, -2)
    inside = await tapped(telegram, ana, await tapped(telegram, ana, languages, -1), -3)

    for screen in (listed, card, options, languages):
        assert foreign(screen) == set()
    assert foreign(await tapped(telegram, ana, inside, 1)) == set()


# ---------------------------------------------------------------- one rule in Arabic, in a chat that reads English
@pytest.fixture
def ben(desk: Desk, telegram: FakeTelegram) -> Person:
    """He reads English, and hears of Idlib in Arabic."""
    person = telegram.person(8, "Ben")
    desk.subscribe(person.chat)
    desk.store.speak(person.id, "en", desk.now)
    desk.store.prefer(person.id, IDLIB, Preferences(language="ar"))
    return person


async def test_an_alert_its_answer_and_all_under_it_are_in_the_language_of_the_subscription(
    desk: Desk, telegram: FakeTelegram, ben: Person
):
    await desk.tells(SARMIN)
    alert = await ben.hears()
    assert foreign(alert) == set()
    assert foreign(await tapped(telegram, ben, alert, -1)) == set()
    ben.taps(alert, labels(alert)[1])
    assert foreign(await ben.hears()) == set()

    desk.passes(minutes=5)
    await desk.tells(SARMIN_LATER, VALLEY)
    edited, answer = await ben.chat.sees_edit(), await ben.hears()
    assert foreign(edited) == foreign(answer) == set()
    ben.says("/status")
    assert "Your subscriptions" in (await ben.hears())["text"]


async def test_under_an_alert_of_old_the_buttons_speak_the_language_that_was_chosen_since(
    desk: Desk, telegram: FakeTelegram, ben: Person
):
    await desk.tells(SARMIN)
    alert = await ben.hears()
    desk.store.prefer(ben.id, IDLIB, Preferences())
    ben.taps(alert, labels(alert)[1])

    assert "Sources of Sarmin" in (await ben.hears())["text"]


async def test_who_left_the_rule_reads_what_is_under_its_alerts_in_the_language_of_the_chat(
    desk: Desk, telegram: FakeTelegram, ben: Person
):
    await desk.tells(SARMIN)
    alert = await ben.hears()
    desk.store.unsubscribe(ben.id, IDLIB, desk.now)
    ben.taps(alert, labels(alert)[1])

    assert "Sources of Sarmin" in (await ben.hears())["text"]
