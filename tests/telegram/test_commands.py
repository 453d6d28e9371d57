"""Commands in private chats, as one person sees them."""

import pytest

from bot.telegram import texts
from bot.telegram.administration import UNKNOWN_COMMAND
from tests.fake_telegram.methods import labels

pytestmark = pytest.mark.usefixtures("listening")


async def test_start_greets_and_wakes_a_paused_chat(ana, desk):
    ana.says("/start")

    assert (await ana.hears())["text"] == texts.GREETING
    assert desk.happened == [("resumed", ana.id)]


async def test_help_names_every_command(ana):
    ana.says("/help")

    text = (await ana.hears())["text"]
    assert all(f"/{name}: " in text for name, _ in texts.COMMANDS)


async def test_status_is_what_the_desk_says(ana):
    ana.says("/status")

    assert (await ana.hears())["text"] == "Listening to 0 rules.\nAll 12 feeds are well."


async def test_a_command_is_answered_once_however_often_its_update_comes(telegram, ana):
    update = ana.says("/help")
    await ana.hears()

    telegram.updates.repeat(update)
    ana.says("/status")

    assert (await ana.hears())["text"].startswith("Listening")


async def test_an_edited_command_is_not_obeyed_again(telegram, ana):
    update = ana.says("/help")
    await ana.hears()

    telegram.updates.repeat(ana.rewrites(update, "/start"))
    ana.says("/status")

    assert (await ana.hears())["text"].startswith("Listening")


async def test_an_apology_that_does_not_get_through_ends_there(telegram, ana, desk, caplog, until):
    desk.broken = True
    ana.says("/start no-such-rule")
    ana.blocks_bot()

    await until(lambda: "did not get through" in caplog.text)


async def test_what_fails_is_logged_and_apologised_for(ana, desk, caplog):
    desk.broken = True

    ana.says("/start idlib-civilian-casualties")

    assert (await ana.hears())["text"] == texts.APOLOGY
    assert "the disk is gone" in caplog.text


async def test_a_link_subscribes_in_one_tap(ana, desk):
    ana.says("/start idlib-civilian-casualties")

    answer = await ana.hears()
    assert answer["text"] == "This chat now hears about: Civilian casualties in Idlib"
    assert labels(answer) == ["Options", "Unsubscribe"]
    assert desk.chosen[ana.id] == {"idlib-civilian-casualties"}


async def test_who_followed_a_link_by_mistake_leaves_by_a_tap(ana, tap, store, clock):
    store.subscribe(ana.id, "idlib-civilian-casualties", clock())
    ana.says("/start idlib-civilian-casualties")

    _, notice = await tap(await ana.hears(), "Unsubscribe")

    assert notice.startswith("This chat no longer hears about")
    assert store.rules_of(ana.id) == frozenset()


async def test_a_command_that_does_not_exist_is_told_of_in_private_and_passed_over_in_groups(telegram, ana):
    group = telegram.group(-5, "Desk", ana)
    ana.says("/weather", group)
    ana.says("/weather")

    assert (await ana.hears())["text"] == UNKNOWN_COMMAND
    assert group.new.empty()


async def test_who_talks_to_the_bot_in_private_is_shown_the_way_and_a_group_may_talk_as_it_likes(telegram, ana):
    group = telegram.group(-5, "Desk", ana)
    ana.says("good morning", group)
    ana.says("good morning")

    assert (await ana.hears())["text"] == texts.COMMANDS_ALONE
    assert group.new.empty()
