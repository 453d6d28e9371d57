"""Commands in private chats, as one person sees them."""

import pytest

from bot.telegram import texts
from bot.telegram.administration import UNKNOWN_COMMAND
from bot.telegram.desk import RuleCard
from tests.fake_telegram.methods import buttons_of

pytestmark = pytest.mark.usefixtures("listening")


def labels(message):
    return [button["text"] for button in buttons_of(message["reply_markup"])]


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


async def test_a_tap_subscribes_and_the_next_one_unsubscribes(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()
    assert labels(menu) == ["▫️ Civilian casualties in Idlib · critical, high", "▫️ Civilian casualties in Gaza"]

    ana.taps(menu, "Idlib")
    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    menu = await ana.chat.sees_edit()
    assert labels(menu)[0].startswith("✅ ")
    assert desk.chosen[ana.id] == {"idlib-civilian-casualties"}

    ana.taps(menu, "Idlib")
    assert await telegram.notice() == "This chat no longer hears about: Civilian casualties in Idlib"
    assert labels(await ana.chat.sees_edit())[0].startswith("▫️ ")
    assert desk.chosen[ana.id] == set()


async def test_two_quick_taps_on_the_same_button_do_what_one_does(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()

    ana.taps(menu, "Gaza")
    ana.taps(menu, "Gaza")

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Gaza"
    assert await telegram.notice() == "This chat heard about it already: Civilian casualties in Gaza"
    assert desk.chosen[ana.id] == {"gaza-civilian-casualties"}


async def test_many_rules_come_eight_a_page(telegram, ana, desk):
    desk.cards = [RuleCard(f"rule-{n}", f"Rule {n:02}") for n in range(1, 21)]
    ana.says("/subscribe")
    first = await ana.hears()
    assert labels(first) == [f"▫️ Rule {n:02}" for n in range(1, 9)] + ["‹", "1/3", "›"]

    ana.taps(first, "‹")
    assert await telegram.notice() == ""
    last = await ana.chat.sees_edit()
    assert labels(last) == [f"▫️ Rule {n}" for n in range(17, 21)] + ["‹", "3/3", "›"]

    ana.taps(last, "Rule 20")
    assert labels(await ana.chat.sees_edit())[3:5] == ["✅ Rule 20", "‹"]
    assert desk.chosen[ana.id] == {"rule-20"}


async def test_without_rules_there_is_nothing_to_choose(ana, desk):
    desk.cards = []
    ana.says("/subscribe")

    message = await ana.hears()
    assert message["text"] == texts.NO_RULES
    assert "reply_markup" not in message


async def test_unsubscribe_shows_only_what_the_chat_listens_to(telegram, ana, desk):
    desk.chosen[ana.id] = {"gaza-civilian-casualties"}
    ana.says("/unsubscribe")
    menu = await ana.hears()
    assert labels(menu) == ["✅ Civilian casualties in Gaza"]

    ana.taps(menu, "Gaza")
    assert await telegram.notice() == "This chat no longer hears about: Civilian casualties in Gaza"
    emptied = await ana.chat.sees_edit()
    assert emptied["text"] == texts.NO_SUBSCRIPTIONS
    assert "reply_markup" not in emptied
    assert desk.chosen[ana.id] == set()


async def test_a_rule_that_is_no_more_can_still_be_left(telegram, ana, desk):
    desk.chosen[ana.id] = {"old-rule"}
    ana.says("/unsubscribe")

    ana.taps(await ana.hears(), "old-rule")

    assert await telegram.notice() == "This chat no longer hears about: old-rule"
    assert desk.chosen[ana.id] == set()


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


async def test_a_command_that_does_not_exist_is_told_of_in_private_and_passed_over_in_groups(telegram, ana):
    group = telegram.group(-5, "Desk", ana)
    ana.says("/weather", group)
    ana.says("/weather")

    assert (await ana.hears())["text"] == UNKNOWN_COMMAND
    assert group.new.empty()


@pytest.mark.parametrize(
    "data", ["", "idlib-civilian-casualties", "a+0:", "a=0:0123456789abcdef", "a+0:0123456789abcdef", "x" * 64]
)
async def test_forged_data_changes_nothing_and_says_so(telegram, ana, desk, data):
    ana.says("/subscribe")
    menu = await ana.hears()

    ana.forges_tap(menu, data)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert desk.chosen[ana.id] == set()


async def test_data_of_one_chat_is_worth_nothing_in_another(telegram, ana, desk):
    ben = telegram.person(8, "Ben")
    for person in (ana, ben):
        person.says("/subscribe")
    data = next(buttons_of((await ana.hears())["reply_markup"]))["callback_data"]

    ben.forges_tap(await ben.hears(), data)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert desk.chosen[ben.id] == set()


async def test_a_button_of_a_rule_that_has_gone_changes_nothing_and_the_list_is_renewed(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()
    desk.cards.pop(0)

    ana.taps(menu, "Idlib")

    assert await telegram.notice() == texts.STALE_BUTTON
    assert labels(await ana.chat.sees_edit()) == ["▫️ Civilian casualties in Gaza"]


async def test_a_tap_on_a_message_too_old_to_change_still_counts(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()
    data = next(buttons_of(menu["reply_markup"]))["callback_data"]

    ana.taps_inaccessible(menu, data)

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    assert telegram.calls("editMessageText") == []


async def test_a_list_deleted_under_the_finger_is_no_accident(telegram, ana, desk, caplog, until):
    ana.says("/subscribe")
    menu = await ana.hears()
    ana.chat.messages.clear()

    ana.taps(menu, "Idlib")

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    await until(lambda: telegram.calls("editMessageText"))
    ana.says("/status")
    await ana.hears()
    assert "could not be handled" not in caplog.text


async def test_what_fails_is_logged_and_apologised_for(telegram, ana, desk, caplog):
    ana.says("/subscribe")
    menu = await ana.hears()
    desk.broken = True

    ana.says("/subscribe")
    ana.taps(menu, "Idlib")

    assert (await ana.hears())["text"] == texts.APOLOGY
    assert await telegram.notice() == texts.APOLOGY
    assert "the disk is gone" in caplog.text


async def test_an_apology_that_does_not_get_through_ends_there(telegram, ana, desk, caplog, until):
    desk.broken = True
    ana.says("/subscribe")
    ana.blocks_bot()

    await until(lambda: "did not get through" in caplog.text)
