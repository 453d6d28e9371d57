"""People who mean harm, or whose client does: whatever they say or tap, they get an answer, and nothing breaks."""

from __future__ import annotations

from itertools import cycle, product

import pytest

from bot.telegram import alert_texts, texts
from bot.telegram.floods import Allowance
from bot.telegram.replying import fitting
from bot.telegram.taps import Screen
from tests.alerts.scene import SARMIN, Desk, data_of
from tests.fake_telegram import Chat, FakeTelegram, Person, Refuse, errors

LONGEST = 4096 - len("/subscribe ")
COMMANDS = (
    *("start", "help", "latest", "search", "pause", "resume", "status", "incident", "why", "feeds", "export", "forget"),
    *("subscribe", "unsubscribe", "only", "mute", "unmute", "settings", "timezone", "quiet", "channel"),
)
TRICKS = {
    "long word": "x" * LONGEST,
    "many words": "ab " * (LONGEST // 3),
    "astral": "\U0001f4a5" * (LONGEST // 2),
    "overridden": "\u202e\u2066Sarmin\u200f\u0000",
    "html": "<b>&</a><script>",
    "numbers": "999999999999999999999d",
    "combining": "a" + "\u0301" * 2000,
}


@pytest.mark.parametrize("trick", sorted(TRICKS))
async def test_whatever_is_said_after_a_command_is_answered(desk: Desk, ana: Person, caplog, trick: str):
    desk.subscribe(ana.chat)
    for command in COMMANDS:
        ana.says(f"/{command} {TRICKS[trick]}")
        answer = await ana.hears()
        assert texts.APOLOGY not in answer.get("text", ""), command
        assert "\u202e" not in answer.get("text", ""), command
    assert "could not be handled" not in caplog.text


ODD = (
    *("::", "0000000000000000:999999999999:m.999", "ffffffffffffffff:all:pffffffff.999", ":-1:z.0", ":9999-9999:a.0"),
    *("ffffffffffffffff:0:", ":1e9:", "0000000000000000:off:m.0", ":critical:", ":1h:"),
)
ALERT_TAPS = (
    "s",
    "w",
    "p",
    "o",
    "c",
    "f",
    "fz",
    "fc",
    "a+",
    "a-",
    "a",
    "m",
    "mi",
    "mi1",
    "mpw",
    f"mr{'0' * 12}8",
    "mi9",
    "u1",
    "u",
)
ADMIN_TAPS = (
    "u+7:0",
    "u-9999999999999999999:999",
    "u=999",
    "b+1",
    "b-999999999999999999",
    "q+7",
    "q-9999999999999999999",
)


def forged() -> list[str]:
    """What a client could make up: known words with odd numbers, and some that are no words."""
    targets = ("", "-999999999999999", "-0")
    screens = [f"{one}{target}:{odd}" for (one, target), odd in zip(product(Screen, targets), cycle(ODD), strict=False)]
    alerts = [f"al{wish}:{number}" for wish in ALERT_TAPS for number in ("1", "9" * 18, "9" * 19, "٣")]
    others = ["", ":", "\n", "als:1\n", "fg+:" + "0" * 16, "fg-:", "adm:", "x" * 64, "\u202esa:::", "sa:::\n"]
    return [*screens, *alerts, *(f"adm:{each}" for each in ADMIN_TAPS), *others]


async def test_every_forged_tap_is_answered_and_breaks_nothing(
    desk: Desk, telegram: FakeTelegram, ana: Person, caplog, monkeypatch
):
    monkeypatch.setattr("bot.telegram.floods.PERSON", Allowance(100_000, 1))
    monkeypatch.setattr("bot.telegram.floods.EVERYBODY", Allowance(100_000, 1))
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    taps = [data for data in forged() if len(data.encode()) <= 64]
    for data in taps:
        ana.forges_tap(alert, data)
        assert texts.APOLOGY not in await telegram.notice(), data
    assert "could not be handled" not in caplog.text
    assert len(taps) > 150


@pytest.mark.parametrize("wish", ["s", "w", "p", "o", "c", "f", "fc", "a+", "m", "mi1", "u1"])
async def test_a_tap_on_a_message_too_old_to_be_shown_is_answered(
    desk: Desk, telegram: FakeTelegram, ana: Person, caplog, wish: str
):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()

    ana.taps_inaccessible(alert, data_of(alert, "Sources").replace("als", f"al{wish}"))

    assert texts.APOLOGY not in await telegram.notice()
    assert "could not be handled" not in caplog.text


async def test_a_tap_that_waited_too_long_to_be_answered_still_does_what_it_asked_for(
    desk: Desk, telegram: FakeTelegram, ana: Person, caplog
):
    """As after the bot was away for a while: Telegram takes no answer to such a tap any more."""
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    alert = await ana.hears()
    number = data_of(alert, "Sources").partition(":")[2]
    telegram.faults.plan(Refuse(errors.stale_query()), "answerCallbackQuery", times=4)

    ana.taps(alert, "Sources")
    assert "Orchard Post: 15 killed" in (await ana.hears())["text"]
    ana.forges_tap(alert, f"alp:{number}")
    assert "venue" in await ana.hears()
    ana.forges_tap(alert, f"almi8:{number}")
    assert "Undo" in str((await ana.chat.sees_edit())["reply_markup"])
    ana.says("/settings")
    ana.taps(await ana.hears(), "Language")
    assert "Français" in str((await ana.chat.sees_edit())["reply_markup"])

    assert len(desk.muted(ana.chat)) == 1
    assert "could not be handled" not in caplog.text


async def test_two_who_tap_at_once_are_both_answered_and_the_second_undo_finds_nothing(
    desk: Desk, telegram: FakeTelegram, group: Chat, ana: Person, ben: Person
):
    group.administrators.add(ben.id)
    desk.subscribe(group)
    await desk.tells(SARMIN)
    alert = await group.hears()
    number = data_of(alert, "Sources").partition(":")[2]

    for person in (ana, ben):
        person.forges_tap(alert, f"almi8:{number}")
    for _ in range(2):
        assert "Muted until" in await telegram.notice()
    await group.sees_edit()
    (_, _, _, _, who) = desk.muted(group)[0]
    assert (len(desk.muted(group)), who) == (1, "Ben")

    undo = data_of(group.messages[alert["message_id"]], "Undo")
    for person in (ana, ben):
        person.forges_tap(alert, undo)
    assert "is heard again" in await telegram.notice()
    assert await telegram.notice() == alert_texts.NOT_MUTED


async def test_a_name_that_turns_the_line_around_is_shown_without_its_tricks(desk: Desk, telegram: FakeTelegram):
    mallory = telegram.person(66, "Mal\u202elory\n\nPaused by Ana " + "x" * 300)
    group = telegram.group(-66, "Desk", mallory, type="supergroup")

    mallory.says("/pause", group)

    said = (await group.hears())["text"]
    assert "\u202e" not in said
    assert "\n" not in said
    assert len(said) < 200


async def test_a_tap_under_an_old_alert_is_no_sign_that_the_chat_can_be_written_to(
    desk: Desk, telegram: FakeTelegram, ana: Person, ben: Person
):
    channel = telegram.group(-1009, "Wire", ana, type="channel")
    desk.subscribe(channel, ana.chat)
    await desk.tells(SARMIN)
    alert = await channel.hears()
    await ana.hears()
    for chat in (channel, ana.chat):
        desk.store.pause_chat(chat.id, "Forbidden: bot is not a member of the channel chat", desk.now)

    ben.taps(alert, "Sources")
    await telegram.notice()
    ana.says("/help")
    await ana.hears()

    assert [bool(desk.store.paused_why(chat.id)) for chat in (channel, ana.chat)] == [True, False]


@pytest.mark.parametrize(
    "text", ["\U0001f4a5" * 4000, "\U0001f4a5\n" * 2000, "x" * 5000, "x", "x" * 3000 + "\n" + "y" * 1500]
)
def test_an_answer_is_cut_as_telegram_counts_and_between_lines_where_there_are_some(text: str):
    shown = fitting(text, 4000)

    assert len(shown.encode("utf-16-le")) <= 2 * 4000
    assert shown == text or shown.endswith("…")
    assert "\n" not in text[:-1] or shown.endswith("\n…")
