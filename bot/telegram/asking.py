"""One command or tap of somebody's, with all that answering it needs: who, where, in which language.

A newcomer's mistake is to answer a tap with a message: a tap is answered where it was tapped, or its button spins on.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, MessageLimit
from telegram.error import BadRequest

from bot.core.tongue import Tongue
from bot.telegram.refusals import LIVING_MESSAGE_GONE, NOT_MODIFIED, TAP_TOO_OLD, says

DECIDING = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class View:
    """A message with buttons; without a keyboard, words alone. The text is in the asker's language already."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """`words` are those after a command."""

    update: Update
    bot: Bot
    tongue: Tongue
    words: tuple[str, ...] = ()

    @property
    def chat(self) -> Chat:
        """Commands and taps always come from a chat."""
        chat = self.update.effective_chat
        assert chat is not None
        return chat

    @property
    def chat_id(self) -> int:
        return self.chat.id

    @property
    def user_id(self) -> int:
        """0 for those who have none: channels, and groups that speak as such."""
        return self.update.effective_user.id if self.update.effective_user else 0

    @property
    def topic_id(self) -> int | None:
        """The forum topic that it was said in, if it was said in one."""
        message = self.update.effective_message
        return message.message_thread_id if message and message.is_topic_message else None

    @property
    def tapped(self) -> CallbackQuery | None:
        return self.update.callback_query

    # ---------------------------------------------------------------- answering
    async def say(self, pattern: str, /, **names: object) -> None:
        """Answer with a text of `texts`, in the asker's language."""
        await self.show(View(self.tongue.say(pattern, **names)))

    async def show(self, view: View) -> None:
        """A command is answered in its chat (and topic), a tap where it was tapped, without its keyboard."""
        if self.tapped:
            await self.answer_tap(view.text)
        elif self.update.message:
            await self.update.message.reply_text(fitting(view.text), reply_markup=view.keyboard, do_quote=False)

    async def answer_tap(self, text: str = "", *, is_alert: bool = False) -> None:
        """End the waiting of who tapped, with a notice or without one. What the tap asked for holds also when Telegram
        takes no answer any more, as after the bot was away.
        """
        if self.tapped is None:
            return
        try:
            await self.tapped.answer(text[: CallbackQuery.MAX_ANSWER_TEXT_LENGTH], show_alert=is_alert)
        except BadRequest as error:
            if not says(error, *TAP_TOO_OLD):
                raise

    async def redraw(self, view: View) -> None:
        """Change the message that was tapped. Two quick taps draw the same, and it may be deleted: both are well."""
        if self.tapped is None or not isinstance(self.tapped.message, Message):
            return  # too old to be changed
        try:
            await self.tapped.edit_message_text(fitting(view.text), reply_markup=view.keyboard)
        except BadRequest as error:
            if not says(error, *NOT_MODIFIED, *LIVING_MESSAGE_GONE):
                raise

    # ---------------------------------------------------------------- rights
    async def may_change(self) -> bool:
        """In a group its administrators decide, also those who write anonymously, as the group itself."""
        if self.chat.type == ChatType.PRIVATE:
            return True
        message = self.update.message
        if message and message.sender_chat:
            return message.sender_chat.id == self.chat_id
        if not self.user_id:
            return False
        member = await self.bot.get_chat_member(self.chat_id, self.user_id)
        return member.status in DECIDING


def fitting(text: str) -> str:
    """As much of a text as one message holds."""
    if beginning(text, MessageLimit.MAX_TEXT_LENGTH) == text:
        return text
    return beginning(text, MessageLimit.MAX_TEXT_LENGTH - 1) + "…"


def beginning(text: str, longest: int) -> str:
    """So much of a text as Telegram counts: in UTF-16, where some signs are two."""
    return text.encode("utf-16-le", "replace")[: 2 * longest].decode("utf-16-le", "ignore")


Answer = Callable[[Ask], Coroutine[Any, Any, None]]
