"""How the bot presents itself in Telegram: its menus of commands, and what stands in its profile, in every language.

A newcomer sets one menu: Telegram shows each person the narrowest that fits, by chat first and by language then, so
every scope needs every language, or an Arab in a group reads English.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.constants import BotCommandLimit, BotDescriptionLimit
from telegram.error import BadRequest, TelegramError

from bot.core.tongue import ENGLISH, Tongue, mark
from bot.telegram import texts
from bot.tongues import languages, tongue

DESCRIPTION = mark(
    "I read news from conflicts and write to you within minutes when civilians are harmed in a place you watch: once"
    " for each incident, with the toll, the place and the sentence that says so, and again only when something material"
    " changes."
)
SHORT_DESCRIPTION = mark("Tells you when civilians are harmed in a place you watch, once for each incident.")

FOR_EVERYBODY_IN_GROUPS = frozenset({"latest", "search", "incident", "why", "feeds", "status", "help"})

log = logging.getLogger(__name__)

Commands = Sequence[tuple[str, str]]


async def introduce(bot: Bot, administrators: Collection[int], tongues: Sequence[Tongue] = ()) -> None:
    """Set all menus and descriptions, in all languages there are unless some are named.

    They are a convenience: what fails is logged, and the bot works without.
    """
    try:
        for spoken in tongues or [tongue(language) for language in languages()]:
            await _introduce_in(bot, spoken, administrators)
    except TelegramError as error:
        log.warning("the menu of commands could not be set: %s", error)


async def _introduce_in(bot: Bot, spoken: Tongue, administrators: Collection[int]) -> None:
    code = None if spoken.language == ENGLISH.language else spoken.language  # English is for all whose own is not there
    in_groups = [command for command in texts.COMMANDS if command[0] in FOR_EVERYBODY_IN_GROUPS]
    menus: Sequence[tuple[BotCommandScope, Commands]] = (
        (BotCommandScopeAllPrivateChats(), texts.COMMANDS),
        (BotCommandScopeAllGroupChats(), in_groups),
        (BotCommandScopeAllChatAdministrators(), texts.COMMANDS),
    )
    for scope, commands in menus:
        await bot.set_my_commands(_said(spoken, commands), scope, code)
    for administrator in sorted(administrators):
        await _introduce_to(bot, administrator, _said(spoken, (*texts.COMMANDS, texts.ADMIN_COMMAND)), code)
    await bot.set_my_description(spoken.say(DESCRIPTION)[: BotDescriptionLimit.MAX_DESCRIPTION_LENGTH], code)
    short = spoken.say(SHORT_DESCRIPTION)[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH]
    await bot.set_my_short_description(short, code)


async def _introduce_to(bot: Bot, administrator: int, commands: Commands, code: str | None) -> None:
    """Telegram knows no chat with a person who has never spoken to the bot."""
    try:
        await bot.set_my_commands(commands, BotCommandScopeChat(administrator), code)
    except BadRequest as error:
        log.info("administrator %s has no menu with /admin before the next start: %s", administrator, error)


def _said(spoken: Tongue, commands: Commands) -> Commands:
    return [(name, spoken.say(what)[: BotCommandLimit.MAX_DESCRIPTION]) for name, what in commands]
