"""Every command in every kind of chat: it is answered where it was said, and who may not decide changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.telegram import texts
from bot.telegram.floods import Allowance
from tests.alerts.scene import IDLIB, SARMIN, Desk
from tests.fake_telegram import Chat, FakeTelegram, HtmlPage, Person, Refuse, ResetAfter, ResetBefore, errors
from tests.fake_telegram.faults import Fault

SAID_WITH = {
    "only": f"{IDLIB} Sarmin",
    "latest": "Idlib",
    "search": "villagers",
    "incident": "k3f9a2xq",
    "why": "https://orchard.example/1",
    "digest": "at 09:00",
    "export": "7d",
    "mute": "Binnish",
    "timezone": "Asia/Damascus",
    "quiet": "22:00-07:00",
}
CHATS = ("private", "group", "supergroup", "topic", "as the group")
TOPIC = 3


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here is a flood."""
    for measure in ("PERSON", "GROUP", "EVERYBODY"):
        monkeypatch.setattr(f"bot.telegram.floods.{measure}", Allowance(1000, 1))


def commands() -> Iterator[str]:
    """All of them, each as somebody would send it."""
    for name, _ in texts.COMMANDS:
        yield f"/{name} {SAID_WITH.get(name, '')}".strip()


@pytest.mark.parametrize("kind", CHATS)
async def test_every_command_is_answered_where_it_was_said(
    desk: Desk, telegram: FakeTelegram, ana: Person, caplog: pytest.LogCaptureFixture, kind: str
):
    chat = ana.chat if kind == "private" else a_group(telegram, ana, kind)
    topic = TOPIC if kind == "topic" else None
    desk.subscribe(chat)
    await desk.tells(SARMIN)
    await chat.hears()

    for command in commands():
        if kind == "as the group":
            ana.says_anonymously(command, chat)
        else:
            ana.says(command, chat, topic)
        answer = await chat.hears()
        assert answer.get("message_thread_id") == topic, command
        assert texts.APOLOGY not in answer.get("text", ""), command
        assert texts.ADMINISTRATORS_ONLY not in answer.get("text", ""), command
        if command.startswith("/export"):
            assert (await chat.hears())["document"]["file_name"].endswith(".geojson")
    assert chat.new.empty()
    assert "could not be handled" not in caplog.text


@pytest.mark.parametrize("paused", ["", texts.ASKED_FOR])
@pytest.mark.parametrize("kind", ["group", "supergroup", "topic"])
async def test_a_member_changes_nothing_of_a_group_by_any_command(
    desk: Desk, telegram: FakeTelegram, ana: Person, kind: str, paused: str
):
    group = a_group(telegram, ana, kind)
    desk.subscribe(group)
    await desk.tells(SARMIN)
    await group.hears()
    if paused:
        desk.store.pause_chat(group.id, paused, desk.now)
    before, ben = chosen_by(group, desk), telegram.person(8, "Ben")

    for command in commands():
        ben.says(command, group, TOPIC if kind == "topic" else None)
        await group.hears()
        assert chosen_by(group, desk) == before, command
        while not group.new.empty():
            group.new.get_nowait()


FAULTS = (
    *(HtmlPage(), HtmlPage(504), ResetBefore(), ResetAfter()),
    *(Refuse(errors.too_many_requests(1)), Refuse(errors.blocked()), Refuse(errors.bad_request("TOPIC_CLOSED"))),
)


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
async def test_an_answer_that_does_not_get_through_costs_no_other(
    desk: Desk, telegram: FakeTelegram, ana: Person, fault: Fault
):
    telegram.faults.plan(fault, "sendMessage")
    ana.says("/help")
    ana.says("/status")
    while not (await ana.hears())["text"].startswith("Tocsin"):
        """An apology, or the help all the same."""

    ana.says("/settings")
    settings = await ana.hears()
    for method in ("answerCallbackQuery", "editMessageText"):
        telegram.faults.plan(fault, method)
        ana.taps(settings, "Language")
        ana.says("/status")
        while not (await ana.hears())["text"].startswith("Tocsin"):
            """An apology."""
    ana.taps(settings, "Language")
    while "Français" not in str(telegram.world.chats[ana.id].messages[settings["message_id"]]["reply_markup"]):
        await ana.chat.sees_edit()


def a_group(telegram: FakeTelegram, administrator: Person, kind: str) -> Chat:
    group = telegram.group(-77, "Newsroom", administrator, type="group" if kind == "group" else "supergroup")
    if kind == "topic":
        group.topics.add(TOPIC)
    return group


def chosen_by(chat: Chat, desk: Desk) -> tuple[object, ...]:
    """All that somebody could have changed."""
    store, now = desk.store, desk.now
    return (
        store.subscriptions_of(chat.id, now),
        store.settings_of(chat.id),
        store.mutes_of(chat.id, now),
        store.paused_why(chat.id),
        store.language_of(chat.id),
    )
