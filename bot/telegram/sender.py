"""Takes messages of the outbox to Telegram and says what became of each.

A newcomer reorders the cases of `reaction_to`, and sends what was refused again and again: BadRequest is a NetworkError
in python-telegram-bot, as is TimedOut.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from html import escape

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.core.model import MessageKind
from bot.outbox import Delayed, Moved, Rejected, TopicGone, Unauthorized, Unknown
from bot.store import DueMessage
from bot.telegram import alertkeys, texts
from bot.telegram.alert_texts import acknowledged
from bot.telegram.booking import booked_already, duration
from bot.telegram.refusals import (
    BAD_BUTTON,
    CHAT_GONE,
    LIVING_MESSAGE_GONE,
    MAY_NOT_WRITE,
    NOT_MODIFIED,
    TOPIC_GONE,
    UNREADABLE,
    says,
)
from bot.tongues import tongue

log = logging.getLogger(__name__)

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    parse_mode: ParseMode | None
    keyboard: InlineKeyboardMarkup | None


class TelegramSender:
    """A Sender over an initialized bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, due: DueMessage) -> int:
        with booked_already():
            return await self._send(due)

    async def _send(self, due: DueMessage) -> int:
        if due.message.kind is MessageKind.EDIT and due.telegram_id is not None:
            return await self._edit(due, due.telegram_id)
        return await self._post(due)

    async def _post(self, due: DueMessage) -> int:
        if due.repeated:
            await self._require_answers()
        try:
            return await _as_telegram_takes_it(due, self._say)
        except TelegramError as error:
            if due.message.topic_id is not None and says(error, *TOPIC_GONE):
                raise TopicGone(str(error), due.message.topic_id) from error
            raise reaction_to(error) from error

    async def _require_answers(self) -> None:
        """What may be in the chat already is not tried a third time, so whether answers come is tried by other means.

        Or all that was in hand when a connection began to break every request would be given up at its second.
        """
        try:
            await self._bot.get_me()
        except TelegramError as error:
            reaction = reaction_to(error)
            raise reaction if isinstance(reaction, Unauthorized | Delayed) else Delayed(str(reaction)) from error

    async def _edit(self, due: DueMessage, living_id: int) -> int:
        try:
            return await _as_telegram_takes_it(due, self._change)
        except TelegramError as error:
            if says(error, *NOT_MODIFIED):
                return living_id
            if not says(error, *LIVING_MESSAGE_GONE):
                raise _reaction_to_edit(error) from error
        return await self._post(due)

    async def _say(self, due: DueMessage, body: _Body) -> int:
        if due.message.picture and (number := await self._show(due, body)):
            return number
        sent = await self._bot.send_message(
            due.chat_id,
            body.text,
            parse_mode=body.parse_mode,
            link_preview_options=NO_PREVIEW,
            message_thread_id=due.message.topic_id,
            disable_notification=due.message.silent,
            reply_parameters=_answered(due),
            reply_markup=body.keyboard,
        )
        return sent.message_id

    async def _show(self, due: DueMessage, body: _Body) -> int | None:
        """The picture with the text under it; None where the chat takes no picture, so that the text goes alone."""
        try:
            sent = await self._bot.send_photo(
                due.chat_id,
                due.message.picture,
                filename="digest.png",
                caption=body.text,
                parse_mode=body.parse_mode,
                message_thread_id=due.message.topic_id,
                disable_notification=due.message.silent,
                reply_markup=body.keyboard,
            )
        except BadRequest as error:
            if says(error, *UNREADABLE, *TOPIC_GONE, *CHAT_GONE):
                raise
            log.warning("chat %s gets a digest without its picture: %s", due.chat_id, error)
            return None
        return sent.message_id

    async def _change(self, due: DueMessage, body: _Body) -> int:
        await self._bot.edit_message_text(
            body.text,
            due.chat_id,
            due.telegram_id,
            parse_mode=body.parse_mode,
            link_preview_options=NO_PREVIEW,
            reply_markup=body.keyboard,
        )
        return due.telegram_id or 0


async def _as_telegram_takes_it(due: DueMessage, perform: Callable[[DueMessage, _Body], Awaitable[int]]) -> int:
    """An alert in plain words, or without its button, is better than none."""
    body = _html(due)
    try:
        return await perform(due, body)
    except BadRequest as error:
        body = _cured(due, body, error)
    return await perform(due, body)


def _cured(due: DueMessage, body: _Body, error: BadRequest) -> _Body:
    """The body without what was refused; the same error if there is nothing to leave out."""
    if says(error, *UNREADABLE):
        return replace(body, text=_plain(due), parse_mode=None)
    if says(error, *BAD_BUTTON):
        return replace(body, keyboard=_keyboard(due, link=""))
    raise error


def reaction_to(error: TelegramError) -> Exception:
    """What the outbox has to know of an error of a message being posted."""
    match error:
        case RetryAfter():
            return Delayed(str(error), duration(error.retry_after))
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Rejected(str(error), pause=True)
        case BadRequest() if says(error, *MAY_NOT_WRITE):
            return Delayed(str(error))  # a group is closed for a night and opens again, and nothing tells us of it
        case BadRequest():
            return Rejected(str(error), pause=says(error, *CHAT_GONE))
        case InvalidToken():
            return Unauthorized(texts.TOKEN_REFUSED)
        case _ if not isinstance(error.__cause__, httpx.HTTPError) or isinstance(error.__cause__, NEVER_LEFT):
            return Delayed(str(error))  # it answered 5xx, or nothing ever left: an outage must not use up the repeat
        case _:
            return Unknown(str(error))


def _reaction_to_edit(error: TelegramError) -> Exception:
    """An edit done twice is an edit done once: a lost answer is no reason to doubt."""
    reaction = reaction_to(error)
    return Delayed(str(reaction)) if isinstance(reaction, Unknown) else reaction


def _html(due: DueMessage) -> _Body:
    text = _labelled(due, due.message.text.html + escape(_seen_to(due)), "<i>{}</i>")
    return _Body(text, ParseMode.HTML, _keyboard(due, due.message.text.link))


def _plain(due: DueMessage) -> str:
    return _labelled(due, due.message.text.plain + _seen_to(due), "{}")


def _seen_to(due: DueMessage) -> str:
    """A line more in the message that shows the incident; an answer to it is not changed later, so it has none."""
    spoken = tongue(due.message.text.language)
    line = acknowledged(due.acknowledged, spoken) if due.message.kind is not MessageKind.REPLY else ""
    return f"\n{spoken.line(line)}" if line else ""


def _labelled(due: DueMessage, text: str, label: str) -> str:
    """An edit done twice is seen once, so it needs no label."""
    spoken = tongue(due.message.text.language)
    repeated = due.repeated and due.message.kind is not MessageKind.EDIT
    labels = [*([texts.SENT_AGAIN] if repeated else []), *([texts.TOPIC_LOST] if due.topic_lost else [])]
    return "\n\n".join([text, *(spoken.line(label.format(spoken.say(each))) for each in labels)])


def _answered(due: DueMessage) -> ReplyParameters | None:
    """What a message answers: the living one, also when it can be edited no more and is told afresh: so it is found."""
    if due.message.kind not in (MessageKind.REPLY, MessageKind.EDIT) or due.telegram_id is None:
        return None
    return ReplyParameters(due.telegram_id, allow_sending_without_reply=True)


def _keyboard(due: DueMessage, link: str) -> InlineKeyboardMarkup | None:
    """What is on an incident has the buttons of alerts, everything else its link alone."""
    spoken = tongue(due.message.text.language)
    if due.message.incident_id is not None:
        return alertkeys.closed(due.id, link, spoken)
    if not link.startswith(("https://", "http://")):
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(spoken.say(texts.SOURCE_BUTTON), url=link)]])
