"""Who may decide for a chat, and how a decision is answered: where it was tapped, and in groups with who made it.

A newcomer's mistake is to check the right once, when a list is shown: it is checked at every tap, for people leave.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.core.markup import inert
from bot.core.messages import clean
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from bot.telegram.asking import DECIDING, Answer, Ask, View
from bot.telegram.choosingdesk import ChannelsDesk
from bot.telegram.taps import Tap, read_tap

LONGEST_NAME = 60

TapAnswer = Callable[[Ask, Tap], Coroutine[Any, Any, None]]


class Rights:
    """Asks Telegram, each time."""

    def __init__(self, desk: ChannelsDesk) -> None:
        self._desk = desk

    async def may_decide(self, ask: Ask, channel: int | None) -> bool:
        """For the chat it was asked in; or, in a private chat, for a channel that one administers."""
        if channel is None:
            return await ask.may_change()
        if ask.chat.type != ChatType.PRIVATE or channel not in await self._desk.channels():
            return False
        return await is_administrator(ask, channel)

    def tapped(self, answer: TapAnswer) -> Answer:
        """What only those may tap who decide for the chat that it is about."""

        async def check(ask: Ask) -> None:
            tap = read_tap(ask.tapped.data or "") if ask.tapped else None
            if tap is None:
                await ask.say(texts.STALE_BUTTON)
            elif await self.may_decide(ask, tap.target):
                await answer(ask, tap)
            else:
                await ask.say(texts.ADMINISTRATORS_ONLY if tap.target is None else words.NOT_YOUR_CHANNEL)

        return check


async def is_administrator(ask: Ask, chat_id: int) -> bool:
    """Of a chat that cannot be asked about, nobody is."""
    try:
        member = await ask.bot.get_chat_member(chat_id, ask.user_id)
    except TelegramError:
        return False
    return member.status in DECIDING


def chat_of(ask: Ask, tap: Tap) -> int:
    """The chat that a tap is about."""
    return ask.chat_id if tap.target is None else tap.target


def who(ask: Ask) -> str:
    """The name of somebody, without signs that play tricks; that of the group for those who write as the group."""
    message = ask.update.message
    if message and message.sender_chat:
        return inert(clean(message.sender_chat.effective_name or "", LONGEST_NAME))
    return inert(clean(ask.update.effective_user.full_name, LONGEST_NAME)) if ask.update.effective_user else ""


def signed(ask: Ask, said: str) -> str:
    """What was decided, in a group with who decided it."""
    if not said or ask.chat.type == ChatType.PRIVATE:
        return said
    return ask.tongue.say(words.BY, who=who(ask), what=said)


async def present(ask: Ask, view: View, said: str = "") -> None:
    """A screen, and what was decided: a command is answered by both; a tapped message becomes the screen, and what was
    decided is shown to who tapped, in groups in the message as well.
    """
    if ask.tapped is None:
        await ask.show(View("\n\n".join(filter(None, [signed(ask, said), view.text])), view.keyboard))
        return
    await ask.show(View(said))
    note = signed(ask, said) if ask.chat.type != ChatType.PRIVATE else ""
    await ask.redraw(View("\n\n".join(filter(None, [view.text, note])), view.keyboard))


async def stale(ask: Ask) -> None:
    await ask.say(texts.STALE_BUTTON)
