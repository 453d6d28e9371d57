"""A rule goes by its title in the reader's language, wherever a chat sees it; it may be asked for by any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model import Rule, Titles
from bot.telegram import texts
from tests.alerts.scene import BINNISH, IDLIB, SARMIN, Desk, data_of, labels
from tests.fake_telegram import FakeTelegram, Person

ENGLISH, ARABIC, FRENCH = "Civilian casualties in Idlib", "ضحايا مدنيون في إدلب", "Victimes civiles à Idlib"
APART = f"\u2068{ENGLISH}\u2069"
RIGHTWARD = "\u200f"


@pytest.fixture
def ana(arabic_reader: Person) -> Person:
    return arabic_reader


def retitled(desk: Desk, titles: Titles) -> None:
    """Somebody edits the rule about Idlib while the bot runs."""

    def edited(rule: Rule) -> Rule:
        return replace(rule, titles=titles) if rule.id == IDLIB else rule

    desk.rulebook = replace(desk.rulebook, rules=tuple(map(edited, desk.rulebook.rules)))


async def said(person: Person, text: str) -> str:
    person.says(text)
    return str((await person.hears())["text"])


async def test_each_chat_reads_the_title_in_its_own_language(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person
):
    desk.subscribe(ben.chat)
    zoe = telegram.person(9, "Zoe")
    desk.subscribe(zoe.chat)
    desk.store.speak(zoe.id, "fr", desk.now)

    await desk.tells(SARMIN)

    first = [(await person.hears())["text"].splitlines()[0] for person in (ana, ben, zoe)]
    assert first == [f"{RIGHTWARD}🔴 {ARABIC}", f"🔴 {ENGLISH}", f"🔴 {FRENCH}"]


async def test_a_rule_without_a_title_in_the_language_goes_by_the_one_for_all(desk: Desk, ana: Person):
    retitled(desk, (("fr", FRENCH),))
    await desk.tells(SARMIN)

    assert (await ana.hears())["text"].splitlines()[0] == f"{RIGHTWARD}🔴 {APART}"


async def test_an_incident_of_old_is_shown_by_the_title_that_stood_then_and_a_new_one_by_todays(
    desk: Desk, ana: Person
):
    await desk.tells(SARMIN)
    alert = await ana.hears()
    retitled(desk, (("ar", "إدلب: ضحايا"),))

    ana.taps(alert, labels(alert)[-1])
    opened = await ana.chat.sees_edit()
    ana.forges_tap(opened, data_of(opened, "لماذا"))
    why = (await ana.hears())["text"]
    assert ARABIC in why
    assert RIGHTWARD * 2 not in why

    await desk.tells(BINNISH)
    assert (await ana.hears())["text"].splitlines()[0].endswith("إدلب: ضحايا")


@pytest.mark.parametrize("asked", [ENGLISH, ARABIC, FRENCH, "victimes CIVILES a idlib", IDLIB])
async def test_what_was_told_last_is_found_by_a_title_in_any_language(desk: Desk, ana: Person, asked: str):
    await desk.tells(SARMIN)
    await ana.hears()

    assert SARMIN.rstrip(".") in await said(ana, f"/latest {asked}")


async def test_a_rule_is_narrowed_down_by_its_title_in_any_language(desk: Desk, ana: Person):
    answer = await said(ana, f"/only {ARABIC} Sarmin")

    assert answer.startswith(ARABIC)
    (mine,) = desk.store.subscriptions_of(ana.id, desk.now)
    assert mine.preferences.place is not None
    assert mine.preferences.place.name == "Sarmin"


async def test_a_link_to_a_rule_is_answered_by_its_title(desk: Desk, ana: Person):
    assert ARABIC in await said(ana, f"/start {IDLIB}")


@pytest.mark.parametrize("command", ["/mute", "/unsubscribe"])
async def test_the_rules_of_a_chat_are_listed_by_their_titles(ana: Person, command: str):
    ana.says(command)

    assert any(ARABIC in label for label in labels(await ana.hears()))


async def test_a_mute_is_listed_by_the_title_in_the_language_that_the_chat_reads_now(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    ana.says("/mute")
    ana.taps(await ana.hears(), ARABIC)
    spans = await ana.chat.sees_edit()
    ana.taps(spans, labels(spans)[0])
    assert ARABIC in (await ana.chat.sees_edit())["text"]

    assert ARABIC in await said(ana, "/settings")
    desk.store.speak(ana.id, "fr", desk.now)
    assert FRENCH in await said(ana, "/unmute")
    desk.rulebook = replace(desk.rulebook, rules=())
    assert ARABIC in await said(ana, "/unmute")


async def test_the_undo_of_a_mute_under_an_alert_names_the_rule_as_the_chat_reads_now(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    await desk.tells(SARMIN)
    shown = await ana.hears()
    for number in (-1, 4, 2, 0):  # more, mute, the rule, for an hour
        ana.taps(shown, labels(shown)[number])
        await telegram.notice()
        shown = await ana.chat.sees_edit()

    desk.store.speak(ana.id, "fr", desk.now)
    ana.taps(shown, labels(shown)[-1])

    assert FRENCH in await telegram.notice()


async def test_why_and_an_incident_name_the_rule_by_its_title(desk: Desk, ana: Person):
    report = await desk.tells(SARMIN)
    await ana.hears()
    traced = await said(ana, f"/why {report.url}")
    short = next(line for line in traced.splitlines() if "/incident" in line).rpartition(" ")[2].strip("\u2068\u2069")

    assert f"\n{RIGHTWARD}  ✓ {ARABIC}: " in traced
    assert ARABIC in await said(ana, f"/incident {short}")


# ---------------------------------------------------------------- and every line of an answer runs their way
async def test_a_line_that_begins_with_a_latin_name_runs_leftward_all_the_same(desk: Desk, ana: Person):
    await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.taps(alert, labels(alert)[1])
    lines = (await ana.hears())["text"].splitlines()

    assert all(line.startswith(RIGHTWARD) for line in lines)
    assert lines[1].startswith(
        f"{RIGHTWARD}• \u2068Orchard Post\u2069: 15 قتيلاً، 9 جرحى · \u20682025-03-10 12:00 UTC\u2069"
    )


@pytest.mark.parametrize("asked", ["/status", "/help", "/incident", "/why"])
async def test_of_a_longer_answer_only_quotes_run_in_a_direction_of_their_own(desk: Desk, ana: Person, asked: str):
    report = await desk.tells(SARMIN)
    await ana.hears()
    name = (await said(ana, "/latest")).splitlines()[0].split()[-1].strip("\u2068\u2069")
    answer = await said(ana, {"/incident": f"/incident {name}", "/why": f"/why {report.url}"}.get(asked, asked))

    assert [line for line in answer.splitlines() if not line.startswith(RIGHTWARD)] in (
        [],
        [SARMIN.rstrip(".")],
        [f"  {SARMIN.rstrip('.')}"] * 2,
    )


async def test_what_is_typed_after_a_command_stays_with_it(ana: Person):
    lines = (await said(ana, "/help")).splitlines()

    for typed in ("/digest 7d", "/digest at 08:00", "/export 30d", "/timezone Europe/Kyiv", "/quiet 22:00-07:00"):
        assert any(f"\u2068{typed}\u2069" in line for line in lines)


# ---------------------------------------------------------------- before one subscribes
async def test_an_example_says_no_time_because_it_never_happened(desk: Desk, ben: Person):
    desk.rulebook = replace(desk.rulebook, rules=tuple(rule for rule in desk.rulebook.rules if rule.id == IDLIB))
    ben.says("/subscribe")
    ben.taps(await ben.hears(), "All rules")
    ben.taps(await ben.chat.sees_edit(), ENGLISH)
    card = (await ben.chat.sees_edit())["text"]

    assert "An example" in card
    assert card.splitlines()[-1] == "1 source"
    assert not [word for word in ("first told", "UTC", "2020") if word in card]
    assert texts.SOURCE_BUTTON not in card
