"""The buttons under an alert, each as somebody taps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import Delivery, Incident, Verdict
from bot.core.references import reference
from bot.core.tongue import END_OF_ISOLATE, ISOLATE, RIGHT_MARK
from bot.store import incidents
from bot.store.engine import writing
from bot.telegram import alert_texts, choosing_texts
from tests.alerts.scene import BINNISH, IDLIB, SARMIN, SARMIN_AGAIN, SYRIA, VALLEY, Desk, data_of, labels
from tests.fake_telegram import Chat, FakeTelegram, Person


async def alerted(desk: Desk, person: Person) -> dict[str, object]:
    """The alert that a person gets, with all its buttons shown."""
    desk.subscribe(person.chat)
    await desk.tells(SARMIN)
    person.taps(await person.hears(), "More")
    return await person.chat.sees_edit()


# ---------------------------------------------------------------- the keyboard
async def test_an_alert_has_one_row_of_buttons_and_the_rest_on_demand(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()
    assert labels(alert) == ["Read report", "Sources", "More…"]
    assert len(alert["reply_markup"]["inline_keyboard"]) == 1

    ana.taps(alert, "More")
    assert await telegram.notice() == ""
    opened = await ana.chat.sees_edit()
    assert labels(opened) == [
        *("Read report", "Sources", "Why", "Map", "Mute…"),
        *("Right or wrong?", "‹ Less"),
    ]
    assert max(len(row) for row in opened["reply_markup"]["inline_keyboard"]) == 2
    assert opened["text"] == alert["text"]

    ana.taps(opened, "Less")
    assert labels(await ana.chat.sees_edit()) == labels(alert)


async def test_an_edit_of_the_alert_has_the_buttons_too(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()
    await desk.tells(SARMIN_AGAIN, VALLEY)
    edited = await ana.chat.sees_edit()
    assert labels(edited) == labels(alert)

    ana.taps(edited, "Sources")
    assert "Valley Radio" in (await ana.hears())["text"]


# ---------------------------------------------------------------- looking
async def test_sources_lists_who_told_what_with_links(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    first = await desk.tells(SARMIN)
    alert = await ana.hears()
    desk.passes(minutes=20)
    second = await desk.tells(SARMIN_AGAIN, VALLEY)
    edited = await ana.chat.sees_edit()
    await desk.tells(SARMIN, VALLEY)  # a copy: nothing is shown anew

    ana.taps(edited, "Sources")

    answer = await ana.hears()
    (incident,) = desk.incidents
    assert answer["text"].splitlines() == [
        "Sources of Sarmin (Idlib, Syria), 14-15 killed, 9 injured (civilians)",
        "• Valley Radio: 14 killed · 2025-03-10 12:20 UTC",
        "• Orchard Post: 15 killed, 9 injured · 2025-03-10 12:00 UTC",
        "1 copy elsewhere is not counted.",
        f"The whole incident: /incident {reference(incident.id)}",
    ]
    links = [entity["url"] for entity in answer["entities"] if entity["type"] == "text_link"]
    assert links == [second.url, first.url]
    assert answer["reply_to_message"]["message_id"] == alert["message_id"]


async def test_every_source_stands_in_a_line_of_the_readers_direction_whatever_it_is_called(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    desk.store.speak(ana.id, "ar", desk.now)
    await desk.tells(SARMIN)

    ana.taps(await ana.hears(), "المصادر")

    (line,) = [line for line in (await ana.hears())["text"].splitlines() if "Orchard Post" in line]
    assert line.startswith(RIGHT_MARK)
    assert f"{ISOLATE}Orchard Post{END_OF_ISOLATE}: 15 " in line
    assert line.endswith(f"{ISOLATE}2025-03-10 12:00 UTC{END_OF_ISOLATE}")


async def test_why_names_the_rule_its_conditions_the_words_and_how_the_place_was_found(desk: Desk, ana: Person):
    opened = await alerted(desk, ana)

    ana.taps(opened, "Why")

    text = (await ana.hears())["text"]
    assert text.startswith("Why this alert\nRule: Civilian casualties in Idlib (idlib-civilian-casualties), critical")
    assert "✓ place: Idlib: Sarmin (gn:164782)" in text
    assert "Words: " in text
    assert "killed" in text
    assert SARMIN.rstrip(".") in text
    assert "Place: Sarmin (Idlib, Syria)\n  “Sarmin”: " in text
    assert "Report: Orchard Post, 2025-03-10 12:00 UTC" in text


async def test_map_sends_the_place(desk: Desk, telegram: FakeTelegram, ana: Person):
    opened = await alerted(desk, ana)

    ana.taps(opened, "Map")

    venue = (await ana.hears())["venue"]
    assert venue["title"] == "Sarmin (Idlib, Syria)"
    assert venue["address"] == "15 killed, 9 injured (civilians)"
    assert venue["location"] == {"latitude": pytest.approx(35.904, abs=1e-3), "longitude": pytest.approx(36.725, 1e-3)}


async def test_without_a_position_the_map_says_so(desk: Desk, telegram: FakeTelegram, ana: Person):
    opened = await alerted(desk, ana)
    careful(desk)

    ana.taps(opened, "Map")

    await telegram.notice()  # of "More…"
    assert await telegram.notice() == alert_texts.NO_POSITION
    assert telegram.calls("sendVenue") == []


async def test_what_a_rule_tells_with_care_is_veiled_under_every_button(desk: Desk, ana: Person):
    opened = await alerted(desk, ana)
    careful(desk)

    ana.taps(opened, "Sources")
    sources = (await ana.hears())["text"]
    ana.taps(opened, "Why")
    why = (await ana.hears())["text"]

    assert sources.startswith("Sources of Idlib (Syria)")
    assert "• a source: 15 killed" in sources
    assert alert_texts.CAREFUL in why
    for hidden in ("Sarmin", "Orchard", "orchard.example", "villagers"):
        assert hidden not in sources + why


async def test_who_left_the_careful_rule_still_sees_only_what_it_told(desk: Desk, ana: Person):
    opened = await alerted(desk, ana)
    careful(desk)
    desk.store.unsubscribe(ana.id, IDLIB, desk.now)

    ana.taps(opened, "Sources")

    assert "Sarmin" not in (await ana.hears())["text"]


def careful(desk: Desk) -> None:
    """From now on the incident is told with care."""
    (incident,) = desk.incidents
    care = ((IDLIB, Delivery("admin1", hide_names=True)),)
    put(desk, replace(incident, careful=care))


def put(desk: Desk, incident: Incident) -> None:
    """Change what is known of an incident, as no report would."""
    with writing(desk.store._engine) as connection:
        incidents.put(connection, [incident])


# ---------------------------------------------------------------- right or wrong
async def test_a_verdict_is_kept_with_the_report_and_can_be_changed(desk: Desk, telegram: FakeTelegram, ana: Person):
    opened = await alerted(desk, ana)
    await telegram.notice()
    ana.taps(opened, "Right or wrong")
    assert await telegram.notice() == ""
    menu = await ana.chat.sees_edit()
    assert labels(menu) == ["Not relevant", "Wrong place", "Duplicate", "Correct", "‹ Less"]

    ana.taps(menu, "Wrong place")
    assert await telegram.notice() == "Noted, thank you: Wrong place. Tap another one to change it."
    ana.taps(menu, "Wrong place")
    assert await telegram.notice() == "You said so already: Wrong place."
    ana.taps(menu, "Correct")
    assert await telegram.notice() == "Changed from “Wrong place” to “Correct”."

    (given,) = desk.store.feedback()
    (incident,) = desk.incidents
    assert (given.chat_id, given.user_id, given.name, given.verdict) == (ana.id, ana.id, "Ana", Verdict.CORRECT)
    assert (given.given_at, given.incident, given.rules) == (desk.now, incident, (IDLIB,))
    assert given.report is not None
    assert given.report.text == SARMIN


# ---------------------------------------------------------------- acknowledging
async def test_in_a_group_somebody_acknowledges_and_the_message_says_who(
    desk: Desk, telegram: FakeTelegram, group: Chat, ben: Person
):
    desk.subscribe(group)
    await desk.tells(SARMIN)
    alert = await group.hears()
    ben.taps(alert, "More")
    await telegram.notice()
    opened = await group.sees_edit()
    assert "✓ Acknowledge" in labels(opened)
    assert "Take back ✓" not in labels(opened)

    desk.passes(minutes=5)
    ben.taps(opened, "Acknowledge")
    assert await telegram.notice() == alert_texts.IS_ACKNOWLEDGED
    await desk.sends()
    shown = await group.sees_edit()
    assert shown["message_id"] == alert["message_id"]
    assert shown["text"] == alert["text"] + "\n✓ Acknowledged by Ben (12:05 UTC)"

    ben.taps(opened, "Acknowledge")
    assert await telegram.notice() == alert_texts.WAS_ACKNOWLEDGED
    await desk.tells(SARMIN_AGAIN, VALLEY)
    assert "✓ Acknowledged by Ben (12:05 UTC)" in (await group.sees_edit())["text"]


async def test_an_acknowledgement_is_taken_back_by_who_gave_it_alone(
    desk: Desk, telegram: FakeTelegram, group: Chat, ana: Person, ben: Person
):
    desk.subscribe(group)
    await desk.tells(SARMIN)
    alert = await group.hears()
    ben.taps(alert, "More")
    await telegram.notice()
    opened = await group.sees_edit()
    ben.taps(opened, "Acknowledge")
    await telegram.notice()
    await desk.sends()
    shown = await group.sees_edit()

    ana.taps(shown, "More")
    await telegram.notice()
    opened = await group.sees_edit()
    ana.taps(opened, "Take back")
    assert await telegram.notice() == alert_texts.NOT_ACKNOWLEDGED
    ben.taps(opened, "Take back")
    assert await telegram.notice() == alert_texts.TAKEN_BACK
    desk.passes(seconds=1)
    await desk.sends()
    assert (await group.sees_edit())["text"] == alert["text"]


async def test_a_name_is_only_a_name(desk: Desk, telegram: FakeTelegram, group: Chat):
    mallory = telegram.person(9, "<b>Mallory</b>\u202e & <a href='https://evil.example'>co</a>")
    desk.subscribe(group)
    await desk.tells(SARMIN)
    mallory.taps(await group.hears(), "More")
    mallory.taps(await group.sees_edit(), "Acknowledge")
    await telegram.notice()
    await telegram.notice()
    await desk.sends()

    shown = await group.sees_edit()
    text = shown["text"].replace("\u2060", "")  # of no width; it keeps names from being commands and mentions
    assert "by <b>Mallory</b> & <a href='https://evil.example'>co</a> (12:00 UTC)" in text
    assert [e["type"] for e in shown["entities"]].count("text_link") == 0


async def test_in_private_there_is_nobody_to_acknowledge_for(desk: Desk, telegram: FakeTelegram, ana: Person):
    opened = await alerted(desk, ana)
    await telegram.notice()
    assert "✓ Acknowledge" not in labels(opened)

    ana.forges_tap(opened, data_of(opened, "Why").replace("alw", "ala+"))

    assert await telegram.notice() == alert_texts.GROUPS_ONLY


# ---------------------------------------------------------------- muting
async def muting(desk: Desk, telegram: FakeTelegram, person: Person, what: str, span: str) -> str:
    """What is said when somebody mutes something under an alert; the keyboard is the short one again."""
    opened = await alerted(desk, person)
    await telegram.notice()
    person.taps(opened, "Mute")
    assert await telegram.notice() == ""
    menu = await person.chat.sees_edit()
    person.taps(menu, what)
    assert await telegram.notice() == ""
    spans = await person.chat.sees_edit()
    assert labels(spans) == ["1 hour", "8 hours", "1 week", "‹ Less"]
    person.taps(spans, span)
    said = await telegram.notice()
    assert labels(await person.chat.sees_edit()) == ["Read report", "Sources", "More…", "Undo"]
    return said


@pytest.mark.parametrize(
    ("what", "span", "muted", "said"),
    [
        ("This incident", "1 hour", ("incident", "", timedelta(hours=1)), "until 2025-03-10 13:00 UTC: This incident"),
        ("Place: Sarmin", "8 hours", ("place", "gn:164782", timedelta(hours=8)), "20:00 UTC: Place: Sarmin (Idlib, Sy"),
        ("Rule: Civilian", "1 week", ("rule", IDLIB, timedelta(weeks=1)), "until 2025-03-17 12:00 UTC: Rule: Civilian"),
    ],
)
async def test_an_incident_its_place_or_a_rule_is_muted_for_a_while(
    desk: Desk,
    telegram: FakeTelegram,
    ana: Person,
    *,
    what: str,
    span: str,
    muted: tuple[str, str, timedelta],
    said: str,
):
    answer = await muting(desk, telegram, ana, what, span)

    assert said in answer
    kind, target, length = muted
    assert desk.muted(ana.chat) == [(ana.id, kind, target or desk.incidents[0].id, desk.now + length, "Ana")]


async def test_a_place_that_is_told_with_care_is_muted_as_the_area_that_is_told(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    careful(desk)
    alert = await ana.hears()

    ana.forges_tap(alert, data_of(alert, "Sources").replace("als", "almp1"))

    assert "Place: Idlib (Syria)" in await telegram.notice()
    assert [(what, target) for _, what, target, _, _ in desk.muted(ana.chat)] == [("place", "gn:169387")]


CAREFULLY = Delivery("admin1", hide_names=True)


async def test_a_muted_village_silences_no_alert_that_tells_the_province_alone(desk: Desk, ana: Person):
    desk.asks_for_care(CAREFULLY)
    desk.subscribe(ana.chat)
    for place in ("Sarmin", "Binnish"):
        ana.says(f"/mute {place} 1w")
        assert (await ana.hears())["text"].endswith(choosing_texts.HEARD_ALL_THE_SAME)

    await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.says("/why https://orchard.example/1")

    assert "Idlib (Syria)" in alert["text"]
    assert "Sarmin" not in alert["text"]
    assert "Muted until" not in (await ana.hears())["text"]


async def test_a_muted_village_takes_back_no_alert_that_waits_and_tells_the_province_alone(desk: Desk, ana: Person):
    desk.asks_for_care(replace(CAREFULLY, delay=timedelta(hours=1)))
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    ana.says("/mute Sarmin")
    await ana.hears()

    desk.passes(hours=1)
    await desk.sends()

    assert "Idlib (Syria)" in (await ana.hears())["text"]


async def test_under_a_careful_alert_the_province_is_offered_and_muted_with_all_inside(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    desk.asks_for_care(CAREFULLY)
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.forges_tap(alert, data_of(alert, "Sources").replace("als", "alm"))
    await telegram.notice()
    menu = await ana.chat.sees_edit()
    assert [label for label in labels(menu) if label.startswith("Place")] == ["Place: Idlib (Syria)"]

    ana.taps(menu, "Place: Idlib")
    await telegram.notice()
    ana.taps(await ana.chat.sees_edit(), "8 hours")
    assert "Place: Idlib (Syria)" in await telegram.notice()
    await desk.tells(BINNISH)

    assert ana.chat.new.empty()
    ana.says("/unmute")
    assert "Sarmin" not in (await ana.hears())["text"]


# ---------------------------------------------------------------- taking a mute back
async def test_what_was_muted_under_an_alert_is_heard_again_by_a_tap(desk: Desk, telegram: FakeTelegram, ana: Person):
    await muting(desk, telegram, ana, "Place: Sarmin", "8 hours")
    shown = ana.chat.messages[max(ana.chat.messages)]

    ana.taps(shown, "Undo")

    assert await telegram.notice() == "“Sarmin (Idlib, Syria)” is heard again."
    assert labels(await ana.chat.sees_edit()) == ["Read report", "Sources", "More…"]
    assert desk.muted(ana.chat) == []


async def test_an_undo_that_comes_late_or_twice_changes_nothing_and_says_so(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    await muting(desk, telegram, ana, "This incident", "1 hour")
    shown = ana.chat.messages[max(ana.chat.messages)]
    desk.passes(hours=2)

    for _ in range(2):
        ana.forges_tap(shown, data_of(shown, "Undo"))
        assert await telegram.notice() == alert_texts.NOT_MUTED


async def test_a_forged_undo_ends_no_mute_of_another_chat_and_none_without_the_right(
    desk: Desk, telegram: FakeTelegram, group: Chat, ana: Person, ben: Person
):
    desk.subscribe(group, ben.chat)
    await desk.tells(SARMIN)
    alert, own = await group.hears(), await ben.hears()
    number, own_number = (data_of(each, "Sources").partition(":")[2] for each in (alert, own))
    ana.forges_tap(alert, f"almi1:{number}")
    await telegram.notice()
    undo = data_of(await group.sees_edit(), "Undo")

    ben.forges_tap(alert, undo)
    assert await telegram.notice() == alert_texts.ADMINISTRATORS_ONLY
    ben.forges_tap(own, undo)
    assert await telegram.notice() == alert_texts.STALE
    ben.forges_tap(own, undo.replace(number, own_number))
    assert await telegram.notice() == alert_texts.NOT_MUTED
    ana.forges_tap(alert, f"alu999999999999999999:{number}")
    assert await telegram.notice() == alert_texts.NOT_MUTED
    assert [who for *_, who in desk.muted(group)] == ["Ana"]


async def test_in_a_group_only_administrators_mute(
    desk: Desk, telegram: FakeTelegram, group: Chat, ana: Person, ben: Person
):
    desk.subscribe(group)
    await desk.tells(SARMIN)
    alert = await group.hears()
    number = data_of(alert, "Sources").partition(":")[2]

    for wish in ("m", "mi", "mi1"):
        ben.forges_tap(alert, f"al{wish}:{number}")
        assert await telegram.notice() == alert_texts.ADMINISTRATORS_ONLY
    assert desk.muted(group) == []
    ana.forges_tap(alert, f"almi1:{number}")
    await telegram.notice()
    assert [who for *_, who in desk.muted(group)] == ["Ana"]


async def test_a_rule_that_did_not_tell_the_incident_cannot_be_muted_under_it(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    ana.forges_tap(alert, data_of(alert, "Sources").replace("als", "almr0123456789abw"))

    assert await telegram.notice() == alert_texts.NOTHING_TO_MUTE
    assert desk.muted(ana.chat) == []


# ---------------------------------------------------------------- channels
async def test_in_a_channel_answers_are_for_who_taps_and_only_administrators_open_the_rest(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person
):
    channel = telegram.group(-1009, "Wire", ana, type="channel")
    desk.subscribe(channel)
    await desk.tells(SARMIN)
    alert = await channel.hears()

    ben.taps(alert, "Sources")
    said = await telegram.notice()
    assert said.startswith("Sources of Sarmin (Idlib, Syria), 15 killed")
    assert len(said) <= 200
    assert telegram.calls("answerCallbackQuery")[-1]["show_alert"] is True
    ben.taps(alert, "More")
    assert await telegram.notice() == alert_texts.ADMINISTRATORS_ONLY
    ana.taps(alert, "More")
    assert await telegram.notice() == ""
    opened = await channel.sees_edit()
    assert "Right or wrong?" in labels(opened)
    ana.taps(opened, "Map")
    place, position = (await telegram.notice()).splitlines()
    assert place == "Sarmin (Idlib, Syria)"
    assert [float(part) for part in position.split(", ")] == [pytest.approx(35.904, 1e-3), pytest.approx(36.725, 1e-3)]
    assert channel.new.empty()


# ---------------------------------------------------------------- taps that are not what they seem
@pytest.mark.parametrize("wish", ["s", "w", "p", "o", "c", "f", "fn", "a+", "a-", "m", "mi1", "mp8"])
async def test_a_tap_on_the_message_of_another_chat_changes_nothing_and_says_so(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person, wish: str
):
    desk.subscribe(ana.chat, ben.chat)
    await desk.tells(SARMIN)
    number = data_of(await ana.hears(), "More").partition(":")[2]
    theirs = await ben.hears()

    ben.forges_tap(theirs, f"al{wish}:{number}")

    assert await telegram.notice() == alert_texts.STALE
    assert desk.store.feedback() == []
    assert ben.chat.new.empty()
    assert ben.chat.edited.empty()


@pytest.mark.parametrize("data", ["als:99999", "als:0", "als:999999999999999999", "alfc:424242"])
async def test_a_tap_that_names_no_message_changes_nothing_and_says_so(
    desk: Desk, telegram: FakeTelegram, ana: Person, data: str
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)

    ana.forges_tap(await ana.hears(), data)

    assert await telegram.notice() == alert_texts.STALE
    assert desk.store.feedback() == []


async def test_a_tap_under_another_message_of_the_chat_is_stale(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await desk.tells(BINNISH)
    first, second = await ana.hears(), await ana.hears()

    ana.forges_tap(second, data_of(first, "Sources"))

    assert await telegram.notice() == alert_texts.STALE


async def test_a_tap_on_a_message_that_the_bot_sees_no_more_is_answered_all_the_same(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    ana.taps_inaccessible(alert, data_of(alert, "Sources"))

    assert "Orchard Post" in (await ana.hears())["text"]


async def test_a_message_deleted_under_the_finger_is_no_accident(
    desk: Desk, telegram: FakeTelegram, ana: Person, caplog: pytest.LogCaptureFixture
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.chat.messages.clear()

    ana.taps(alert, "More")
    ana.taps(alert, "Sources")

    assert "Orchard Post" in (await ana.hears())["text"]
    assert "could not be handled" not in caplog.text


async def test_two_quick_taps_on_more_do_what_one_does(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    ana.taps(alert, "More")
    ana.taps(alert, "More")

    assert [await telegram.notice(), await telegram.notice()] == ["", ""]
    assert "‹ Less" in labels(await ana.chat.sees_edit())
    ana.says("/status")
    assert "Tocsin" in (await ana.hears())["text"]
    assert ana.chat.edited.empty()


async def test_each_chat_sees_its_own_rules(desk: Desk, ana: Person, ben: Person):
    desk.subscribe(ana.chat)
    desk.subscribe(ben.chat, rule=SYRIA)
    await desk.tells(SARMIN)
    for person, title in ((ana, "in Idlib"), (ben, "in Syria")):
        person.taps(await person.hears(), "More")
        person.taps(await person.chat.sees_edit(), "Why")
        text = (await person.hears())["text"]
        assert [title in line for line in text.splitlines() if line.startswith("Rule: ")] == [True]
