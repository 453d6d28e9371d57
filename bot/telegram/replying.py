"""Answers that are longer than a tap's own: as a silent reply to the message that was tapped or commanded.

A newcomer's mistake is to reply in a channel, where everybody would read it: there, an answer is shown to the one who
tapped alone, cut to what fits.
"""

from __future__ import annotations

import re
from html import unescape

from telegram import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatType, MessageLimit, ParseMode
from telegram.error import BadRequest

from bot.telegram.asking import Ask, beginning
from bot.telegram.refusals import LIVING_MESSAGE_GONE, NOT_MODIFIED, says

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
LONGEST = MessageLimit.MAX_TEXT_LENGTH - 96  # of HTML, so that what is left after parsing always fits
_TAGS = re.compile(r"</?\w[^>]*>")


def in_group(ask: Ask) -> bool:
    return ask.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)


def replying_to(ask: Ask) -> ReplyParameters | None:
    """The message that was tapped; a command is answered without quoting it."""
    if ask.tapped is None or ask.tapped.message is None:
        return None
    return ReplyParameters(ask.tapped.message.message_id, allow_sending_without_reply=True)


async def reply(ask: Ask, html: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Answer with HTML, cut between its lines where it is too long for one message."""
    if ask.tapped and ask.chat.type == ChatType.CHANNEL:
        await pop_up(ask, html)
        return
    await ask.answer_tap()
    await ask.bot.send_message(
        ask.chat_id,
        fitting(html, LONGEST),
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        disable_notification=ask.tapped is not None,
        message_thread_id=ask.topic_id,
        reply_parameters=replying_to(ask),
        reply_markup=keyboard,
    )


async def pop_up(ask: Ask, html: str) -> None:
    """Show something to whoever tapped, and to nobody else."""
    plain = unescape(_TAGS.sub("", html))
    await ask.answer_tap(fitting(plain, CallbackQuery.MAX_ANSWER_TEXT_LENGTH), is_alert=True)


def fitting(text: str, longest: int) -> str:
    """The first lines of a text that fit; the first alone is cut in itself."""
    if beginning(text, longest) == text:
        return text
    first = beginning(text, longest - 2)
    lines = first.rpartition("\n")[0]
    return f"{lines}\n…" if lines else f"{first}…"


async def change_keyboard(ask: Ask, keyboard: InlineKeyboardMarkup) -> None:
    """Of the message that was tapped. Two quick taps ask for the same, and it may be deleted: both are well."""
    if ask.tapped is None or ask.tapped.message is None:
        return
    try:
        await ask.bot.edit_message_reply_markup(ask.chat_id, ask.tapped.message.message_id, reply_markup=keyboard)
    except BadRequest as error:
        if not says(error, *NOT_MODIFIED, *LIVING_MESSAGE_GONE):
            raise
