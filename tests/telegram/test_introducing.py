"""The menus of commands and the profile that people see before they say a word."""

import pytest
from telegram import Bot

from bot.core.tongue import ENGLISH, Tongue
from bot.telegram import introducing, texts
from bot.telegram.introducing import introduce
from tests.fake_telegram import HtmlPage, Refuse, errors

ALL = [name for name, _ in texts.COMMANDS]
SHOUTED = Tongue("ar", str.upper, lambda one, many, number: many.upper())
ENDLESS = Tongue("fr", lambda pattern: pattern * 100, lambda one, many, number: many)


@pytest.fixture
async def bot(telegram):
    async with Bot(telegram.token, base_url=telegram.url) as speaking:
        yield speaking


def names(menu):
    return [command["command"] for command in menu]


async def test_each_kind_of_chat_has_its_menu(telegram, bot, boss):
    await introduce(bot, [boss.id])

    menus = telegram.world.menus
    assert names(menus["all_private_chats", 0, ""]) == ALL
    assert names(menus["all_chat_administrators", 0, ""]) == ALL
    assert set(names(menus["all_group_chats", 0, ""])) <= introducing.FOR_EVERYBODY_IN_GROUPS
    assert "subscribe" not in names(menus["all_group_chats", 0, ""])
    assert names(menus["chat", boss.id, ""]) == [*ALL, "admin"]


async def test_menus_and_profile_are_there_in_every_language(telegram, bot, boss):
    await introduce(bot, [boss.id], (ENGLISH, SHOUTED))

    scopes = {scope for scope, _, _ in telegram.world.menus}
    assert {(scope, language) for scope, _, language in telegram.world.menus} == {
        (scope, language) for scope in scopes for language in ("", "ar")
    }
    help_in_arabic = telegram.world.menus["all_private_chats", 0, "ar"][-1]["description"]
    assert help_in_arabic == dict(texts.COMMANDS)[ALL[-1]].upper()
    assert telegram.world.descriptions["long", ""] == introducing.DESCRIPTION
    assert telegram.world.descriptions["short", "ar"] == introducing.SHORT_DESCRIPTION.upper()


async def test_translations_that_are_too_long_are_cut(telegram, bot):
    await introduce(bot, [], (ENDLESS,))

    assert len(telegram.world.descriptions["long", "fr"]) == 512
    assert len(telegram.world.descriptions["short", "fr"]) == 120


async def test_an_administrator_who_never_spoke_to_the_bot_hinders_nobody(telegram, bot, boss):
    await introduce(bot, [5, boss.id])

    assert ("chat", boss.id, "") in telegram.world.menus
    assert telegram.world.descriptions


@pytest.mark.parametrize("fault", [HtmlPage(), Refuse(errors.too_many_requests(30))])
async def test_a_menu_that_cannot_be_set_is_logged_and_no_harm(telegram, bot, caplog, fault):
    telegram.faults.plan(fault, "setMyCommands")

    await introduce(bot, [])

    assert "the menu of commands could not be set" in caplog.text
