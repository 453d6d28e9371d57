"""Commands of those who look closer, each as somebody sends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.model import Acknowledgement, Delivery, Feed
from bot.core.references import reference
from bot.store import Validators
from bot.telegram import alert_texts, looking_texts, texts
from tests.alerts.scene import BINNISH, IDLIB, ORCHARD, SARMIN, SARMIN_AGAIN, VALLEY, Desk, data_of
from tests.alerts.test_buttons import careful, put
from tests.fake_telegram import Chat, FakeTelegram, Person

CLASHES = "Two gunmen died in clashes outside Sarmin."


async def said(person: Person, text: str, chat: Chat | None = None) -> str:
    """What the bot answers to a message."""
    person.says(text, chat)
    return str((await (chat or person.chat).hears())["text"])


# ---------------------------------------------------------------- /incident
async def test_an_incident_is_shown_whole_by_its_short_name(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    desk.passes(minutes=30)
    await desk.tells(SARMIN_AGAIN, VALLEY)
    await ana.chat.sees_edit()
    (incident,) = desk.incidents
    short = reference(incident.id)

    text = await said(ana, f"/incident {short.upper()}")

    assert text.splitlines() == [
        f"Sarmin (Idlib, Syria) · critical · {short}",
        "14-15 killed, 9 injured (civilians)",
        SARMIN.rstrip("."),
        "First told 2025-03-10 12:00 UTC, last 2025-03-10 12:30 UTC",
        "Told for: Civilian casualties in Idlib",
        "Sources of Sarmin (Idlib, Syria), 14-15 killed, 9 injured (civilians)",
        "• Valley Radio: 14 killed · 2025-03-10 12:30 UTC",
        "• Orchard Post: 15 killed, 9 injured · 2025-03-10 12:00 UTC",
    ]


@pytest.mark.parametrize("asked", ["/incident", "/incident one two"])
async def test_an_incident_needs_its_name(desk: Desk, ana: Person, asked: str):
    assert await said(ana, asked) == looking_texts.WHICH_INCIDENT


async def test_an_incident_that_the_chat_was_not_told_of_is_unknown_to_it(desk: Desk, ana: Person, ben: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    short = reference(desk.incidents[0].id)

    assert await said(ben, f"/incident {short}") == looking_texts.UNKNOWN_INCIDENT
    assert await said(ana, "/incident aaaaaaaa") == looking_texts.UNKNOWN_INCIDENT
    desk.store.unsubscribe(ana.id, IDLIB, desk.now)
    assert "Sarmin" in await said(ana, f"/incident {short}")


async def test_an_incident_that_a_careful_rule_holds_back_is_not_shown_before_its_time(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(BINNISH)
    incident = desk.incidents[0]
    care = ((IDLIB, Delivery("admin1", timedelta(hours=2), hide_names=True)),)
    put(desk, replace(incident, id="held-back", careful=care))
    short = reference("held-back")
    await ana.hears()

    assert await said(ana, f"/incident {short}") == looking_texts.UNKNOWN_INCIDENT
    desk.passes(hours=2)
    text = await said(ana, f"/incident {short}")
    assert text.startswith("Idlib (Syria) · high")
    assert "Binnish" not in text


# ---------------------------------------------------------------- /why
async def test_why_tells_what_became_of_a_report_that_was_told(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    report = await desk.tells(SARMIN)
    await ana.hears()

    lines = (await said(ana, f"/why {report.url}")).splitlines()

    short = reference(desk.incidents[0].id)
    assert lines[:4] == [
        "“Morning bulletin”",
        "Fetched 2025-03-10 12:00 UTC from Orchard Post; published 2025-03-10 12:00 UTC",
        "Read as English",
        "  ✓ harm to civilians, 15 killed, 9 injured, civilians, Sarmin (Idlib, Syria)",
    ]
    assert any(line.strip().startswith("“Sarmin”: ") for line in lines)
    assert lines[-6:] == [
        "Rules of this chat",
        "  ✓ Civilian casualties in Idlib: it holds",
        "Decided: the first report of an incident",
        "This chat",
        f"  Sarmin (Idlib, Syria), 15 killed, 9 injured (civilians): /incident {short}",
        "    alert: sent 2025-03-10 12:00 UTC",
    ]


async def test_why_tells_the_one_condition_that_a_report_lacked(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    report = await desk.tells(CLASHES)

    text = await said(ana, f"/why {report.url}?utm_source=feed")  # as it is shared

    assert "harm to combatants, 2 killed, combatants, Sarmin (Idlib, Syria)" in text
    assert "✗ Civilian casualties in Idlib: it lacks: event: " in text
    assert "would hold with event: [" in text
    assert "Decided: no rule wanted it then" in text
    assert looking_texts.NOTHING_SENT in text


async def test_why_of_a_report_elsewhere_names_the_place(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    report = await desk.tells("Shelling killed 11 villagers near Homs.")

    assert "it lacks: place: Idlib: Homs" in await said(ana, f"/why {report.url}")


async def test_why_tells_of_copies_and_pauses(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    copy = await desk.tells(SARMIN, VALLEY)
    desk.store.pause_chat(ana.id, "the chat asked for a pause", desk.now)

    text = await said(ana, f"/why {copy.url}")

    assert "Copy of a report by Orchard Post, 2025-03-10 12:00 UTC" in text
    assert "Decided: a copy of a known report" in text
    assert "It is paused (the chat asked for a pause)" in text


async def test_why_tells_that_the_place_is_muted(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    report = await desk.tells(SARMIN)
    alert = await ana.hears()
    ana.forges_tap(alert, data_of(alert, "Sources").replace("als", "almp8"))
    assert "Muted until" in await telegram.notice()
    desk.passes(minutes=5)
    again = await desk.tells("A mortar killed two children in Sarmin.", VALLEY)

    for asked in (report, again):
        text = await said(ana, f"/why {asked.url}")
        assert "Muted until 2025-03-10 20:00 UTC: Sarmin (Idlib, Syria)" in text


async def test_why_as_a_reply_to_an_alert_needs_no_link(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    ana.answers(alert, "/why")
    assert "it holds" in (await ana.hears())["text"]
    ana.says("/help")
    ana.answers(await ana.hears(), "/why")
    assert (await ana.hears())["text"] == looking_texts.NO_ALERT


async def test_why_needs_something_to_explain(desk: Desk, ana: Person):
    assert await said(ana, "/why") == looking_texts.WHY_WHAT
    for link in ("https://orchard.example/unknown", "nonsense", "javascript:alert(1)", "https://["):
        assert await said(ana, f"/why {link}") == looking_texts.UNKNOWN_REPORT


async def test_why_is_as_careful_as_the_rule(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    report = await desk.tells(SARMIN)
    alert = await ana.hears()
    careful(desk)

    by_link = await said(ana, f"/why {report.url}")
    ana.answers(alert, "/why")
    by_reply = str((await ana.hears())["text"])

    for text in (by_link, by_reply):
        assert alert_texts.CAREFUL in text
        for hidden in ("Sarmin", "Orchard", "villagers", "Morning"):
            assert hidden not in text


async def test_why_for_a_chat_without_rules_shows_those_that_are_concerned(desk: Desk, ana: Person):
    report = await desk.tells(SARMIN)

    text = await said(ana, f"/why {report.url}")

    assert "Rules (this chat listens to none)" in text
    assert "✓ Civilian casualties in Idlib: it holds" in text


HOSTILE = (
    "<b>bold</b> & <a href='https://evil.example'>here</a>",
    "\u202eturned\u202c \x00 \ud800 </blockquote><tg-spoiler>",
    "&lt;script&gt; *_`[x](https://evil.example)",
    "x" * 5000,
    "@evil /evil tg://resolve?domain=evil t.me/evil",
)
FOUND = {"url", "blockquote"}  # Telegram finds addresses of the web in any text


@pytest.mark.parametrize("foreign", HOSTILE)
async def test_whatever_a_feed_says_no_screen_breaks_and_none_of_it_is_live(desk: Desk, ana: Person, foreign: str):
    desk.subscribe(ana.chat)
    feed = Feed("https://orchard.example/rss", foreign, home="SY")
    report = await desk.tells(f"Shelling killed 15 villagers in Sarmin, {foreign[:300]}", feed, title=foreign)
    alert = await ana.hears()
    short = reference(desk.incidents[0].id)
    desk.store.reconcile_feeds([feed], desk.now)

    for asked in (f"/incident {short}", f"/why {report.url}", "/feeds", "/latest", "/search Sarmin", "/status"):
        ana.says(asked)
        assert_inert(await ana.hears())
    ana.answers(alert, "/why")
    assert_inert(await ana.hears())
    for screen in ("als", "alw"):
        ana.forges_tap(alert, data_of(alert, "Sources").replace("als", screen))
        assert_inert(await ana.hears())


def assert_inert(answer: dict[str, Any]) -> None:
    """Telegram took it, and nothing of the feed in it leads anywhere."""
    text = answer["text"].encode("utf-16-le")
    assert len(answer["text"]) <= 4096
    for entity in answer.get("entities", ()):
        part = text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        assert "evil" not in (entity.get("url", "") if entity["type"] == "text_link" else part) or (
            entity["type"] in FOUND and not part.startswith("tg:")
        ), entity


async def test_a_link_of_some_kilobytes_costs_the_link_alone(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    feed = Feed(f"https://orchard.example/{'x' * 5000}/rss", "Orchard Post", home="SY")
    await desk.tells(SARMIN, feed, title="")
    alert = await ana.hears()

    ana.taps(alert, "Sources")
    assert "Orchard Post: 15 killed" in (await ana.hears())["text"]
    ana.answers(alert, "/why")
    assert "it holds" in (await ana.hears())["text"]


# ---------------------------------------------------------------- /feeds and /status
async def test_feeds_shows_failing_and_silent_ones_first(desk: Desk, ana: Person):
    assert await said(ana, "/feeds") == looking_texts.NO_FEEDS
    new = Feed("https://new.example/rss", "New Herald")
    desk.store.reconcile_feeds([ORCHARD, VALLEY, new], desk.now)
    well, failing = desk.store.claim_feeds(desk.now, 2, 60)
    later = desk.now + timedelta(minutes=5)
    answered = Validators()
    desk.store.feed_polled(well.id, validators=answered, body_digest="", next_due_at=later, now=desk.now)
    error = "https://user:secret@valley.example/rss answered 503"
    desk.store.feed_failed(failing.id, error=error, next_due_at=later, now=desk.now)

    assert (await said(ana, "/feeds")).splitlines() == [
        "❌ Valley Radio: failing since 2025-03-10 12:00 UTC: https://valley.example/rss answered 503",
        "▫️ New Herald: not asked yet",
        "✅ Orchard Post: well, asked 2025-03-10 12:00 UTC",
    ]


async def test_status_says_when_feeds_were_asked_what_waits_since_when_and_that_a_chat_is_paused(
    desk: Desk, telegram: FakeTelegram, ana: Person
):
    lines = (await said(ana, "/status")).splitlines()
    assert lines[1:] == [
        "Feeds: 0, failing: 0; last asked never",
        "Reports read: 0, incidents: 0",
        "Messages waiting: 0",
        "Your subscriptions: 0",
    ]

    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    desk.store.acknowledge(ana.id, desk.incidents[0].id, _by_ana(desk))
    desk.store.pause_chat(ana.id, "holidays", desk.now)
    text = await said(ana, "/status")
    assert "Your subscriptions: 1" in text
    assert "This chat is paused (holidays): /resume" in text


async def test_status_names_the_oldest_message_that_waits(desk: Desk, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    desk.store.acknowledge(ana.id, desk.incidents[0].id, _by_ana(desk))

    assert "Messages waiting: 1, the oldest since 2025-03-10 12:00 UTC" in await said(ana, "/status")


def _by_ana(desk: Desk) -> Acknowledgement:
    return Acknowledgement(7, "Ana", desk.now)


# ---------------------------------------------------------------- /forget
async def test_forget_erases_everything_after_a_second_tap(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person
):
    desk.subscribe(ana.chat, ben.chat)
    await desk.tells(SARMIN)
    ana.taps(await ana.hears(), "More")
    ana.forges_tap(opened := await ana.chat.sees_edit(), data_of(opened, "wrong").replace("alf", "alfn"))
    ana.says("/forget")
    question = await ana.hears()
    assert question["text"] == looking_texts.FORGET
    assert desk.store.rules_of(ana.id)

    ana.taps(question, "Erase everything")

    answer = (await ana.chat.sees_edit())["text"]
    erased = "subscriptions (1), messages (1), feedback (1), settings"
    assert answer == f"Erased: {erased}. Nothing about this chat is kept any more. /start begins anew."
    status = desk.store.status(ana.id)
    assert (status.chat, status.chats, desk.store.feedback()) == (None, 1, [])
    assert desk.store.rules_of(ben.id) == {IDLIB}

    ana.taps(question, "Erase everything")
    assert (await ana.chat.sees_edit())["text"] == looking_texts.NOTHING_KEPT


async def test_forget_can_be_thought_better_of(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    ana.says("/forget")

    ana.taps(await ana.hears(), "Keep it")

    assert await telegram.notice() == looking_texts.KEPT
    assert desk.store.rules_of(ana.id) == {IDLIB}


async def test_a_forged_confirmation_erases_nothing_of_another_chat(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person
):
    desk.subscribe(ana.chat, ben.chat)
    ana.says("/forget")
    data = data_of(await ana.hears(), "Erase")
    ben.says("/forget")

    ben.forges_tap(await ben.hears(), data)

    assert await telegram.notice() == looking_texts.STALE_FORGET
    assert desk.store.rules_of(ana.id) == desk.store.rules_of(ben.id) == {IDLIB}


async def test_in_a_group_only_administrators_have_it_forgotten(
    desk: Desk, telegram: FakeTelegram, group: Chat, ana: Person, ben: Person
):
    desk.subscribe(group)
    assert await said(ben, "/forget", group) == texts.ADMINISTRATORS_ONLY
    ana.says("/forget", group)
    question = await group.hears()

    ben.taps(question, "Erase everything")
    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert desk.store.rules_of(group.id) == {IDLIB}
    ana.taps(question, "Erase everything")
    assert (await group.sees_edit())["text"].startswith("Erased: ")
    assert desk.store.rules_of(group.id) == frozenset()


# ---------------------------------------------------------------- groups
async def test_in_a_group_everybody_may_look(desk: Desk, group: Chat, ben: Person):
    desk.subscribe(group)
    await desk.tells(SARMIN)
    await group.hears()

    assert "Sarmin" in await said(ben, f"/incident {reference(desk.incidents[0].id)}", group)
    assert await said(ben, "/feeds", group) == looking_texts.NO_FEEDS
    ben.says("/export", group)
    assert (await group.hears())["document"]


async def test_in_a_topic_the_answer_is_given_there(desk: Desk, telegram: FakeTelegram, group: Chat, ben: Person):
    group.topics.add(3)
    update = ben.says("/feeds", group)
    await group.hears()
    topic = {"message_thread_id": 3, "is_topic_message": True}

    telegram.updates.repeat({**update, "update_id": 1, "message": {**update["message"], **topic}})

    assert (await group.hears())["message_thread_id"] == 3
