"""Channels as targets: whoever makes the bot administrator of one is asked in private what it shall hear. /channel.

A newcomer's mistake is to trust who added the bot: who may decide for a channel is asked of Telegram at every tap.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from telegram import InlineKeyboardMarkup, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.telegram import choosing_texts as words
from bot.telegram import looking_texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.deciding import Rights, is_administrator, present, stale
from bot.telegram.taps import Screen, Tap, pattern
from bot.tongues import tongue

MOST_ASKED = 30  # channels that Telegram is asked about for one /channel

log = logging.getLogger(__name__)


class Channels:
    """The channels that people look after from their private chats."""

    def __init__(self, desk: ChoosingDesk) -> None:
        self._desk = desk
        self._rights = Rights(desk)

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"channel": self.channel}

    @property
    def taps(self) -> Mapping[str, Answer]:
        return {
            pattern(Screen.CHANNEL): self._rights.tapped(self.home),
            pattern(Screen.CHANNELS): self._rights.tapped(self.own),
            pattern(Screen.FORGET): self._rights.tapped(self.forget),
            pattern(Screen.FORGOTTEN): self._rights.tapped(self.forgotten),
        }

    async def channel(self, ask: Ask) -> None:
        await self.own(ask, Tap(Screen.CHANNELS))

    async def own(self, ask: Ask, _: Tap) -> None:
        """The channels that the asker administers."""
        if ask.chat.type != ChatType.PRIVATE:
            await ask.say(words.PRIVATE_ONLY)
            return
        known = list((await self._desk.channels()).items())[:MOST_ASKED]
        rows = [
            [Tap(Screen.CHANNEL, chat_id).button(title)]
            for chat_id, title in known
            if await is_administrator(ask, chat_id)
        ]
        text = ask.tongue.say(words.YOUR_CHANNELS if rows else words.NO_CHANNELS)
        await present(ask, View(text, InlineKeyboardMarkup(rows) if rows else None))

    async def home(self, ask: Ask, tap: Tap) -> None:
        title = (await self._desk.channels()).get(tap.target or 0, "")
        text = ask.tongue.say(words.CHANNEL_HOME, channel=title)
        await present(ask, View(text, _buttons(ask, tap)))

    # ---------------------------------------------------------------- being forgotten
    async def forget(self, ask: Ask, tap: Tap) -> None:
        """What would be erased, to be tapped once more."""
        if tap.target is None:
            await stale(ask)
            return
        yes, no = tap.to(Screen.FORGOTTEN), tap.to(Screen.SETTINGS)
        row = [yes.button(ask.tongue.say(looking_texts.FORGET_YES)), no.button(ask.tongue.say(looking_texts.FORGET_NO))]
        await present(ask, View(ask.tongue.say(looking_texts.FORGET), InlineKeyboardMarkup([row])))

    async def forgotten(self, ask: Ask, tap: Tap) -> None:
        """The bot may still post there, and does not know of it until it is made administrator anew."""
        if tap.target is None:
            await stale(ask)
            return
        said = looking_texts.forgotten(await self._desk.forget(tap.target), ask.tongue)
        await present(ask, View(said))

    # ---------------------------------------------------------------- coming and going
    async def came_or_went(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The bot became administrator of a channel, or is none any more."""
        change = update.my_chat_member
        if change is None or change.chat.type != ChatType.CHANNEL:
            return
        if change.new_chat_member.status != ChatMemberStatus.ADMINISTRATOR:
            await self._desk.remove_channel(change.chat.id)
            return
        if change.old_chat_member.status == ChatMemberStatus.ADMINISTRATOR:
            return  # some right of ours was changed
        if not await self._desk.allowed(change.from_user.id, change.from_user.id):
            log.warning("a stranger, %s, made the bot administrator of channel %s", change.from_user.id, change.chat.id)
            return
        await self._desk.add_channel(change.chat.id, change.chat.title or str(change.chat.id))
        await self._greet(Ask(update, context.bot, tongue(change.from_user.language_code)))

    async def _greet(self, ask: Ask) -> None:
        """Who never spoke to the bot cannot be written to: /channel is there for them."""
        tap = Tap(Screen.CHANNEL, ask.chat_id)
        text = ask.tongue.say(words.CHANNEL_ADDED, channel=ask.chat.title or ask.chat_id)
        try:
            await ask.bot.send_message(ask.user_id, text, reply_markup=_buttons(ask, tap))
        except TelegramError as error:
            log.warning("who made the bot administrator of channel %s cannot be told: %s", ask.chat_id, error)


def _buttons(ask: Ask, tap: Tap) -> InlineKeyboardMarkup:
    labels = {
        Screen.BROWSE: words.CHOOSE_RULES,
        Screen.MINE: words.WHAT_IT_HEARS,
        Screen.SETTINGS: words.HOW_IT_HEARS,
    }
    return InlineKeyboardMarkup([[tap.to(screen).button(ask.tongue.say(label))] for screen, label in labels.items()])
