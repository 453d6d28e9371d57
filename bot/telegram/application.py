"""The bot's listening half: which answer hears what, who is let in, chats that come, go and move.

Handlers run for repeated updates, edited messages and anybody at all unless they see to it themselves; here
`drop_repeated`, the filters and `_admitted` do.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from telegram import Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.core.tongue import ENGLISH
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask
from bot.telegram.browsing import Browsing
from bot.telegram.channels import Channels
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.commands import Commands
from bot.telegram.desk import Desk
from bot.telegram.digesting import DigestCounter, DigestDesk
from bot.telegram.mutes import Mutes
from bot.telegram.options import Options
from bot.telegram.settings import SettingsCounter

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

FIRST = -1  # the group of handlers that sees an update before all others
CHANNELS = 1  # beside the door's own, which hears of every chat
REMEMBERED_UPDATES = 1000

log = logging.getLogger(__name__)


class Counter(Protocol):
    """A part of the conversation: the commands it answers by name, and the taps by the pattern of their data."""

    @property
    def commands(self) -> Mapping[str, Answer]: ...

    @property
    def taps(self) -> Mapping[str, Answer]: ...


def build_application(
    token: str, api_url: str, desk: Desk, choosing: ChoosingDesk, digests: DigestDesk | None = None
) -> App:
    """The listening half, not started: see polling.py. `api_url` is all that comes before the token."""
    application = Application.builder().token(token).base_url(api_url).job_queue(None).build()
    door = Door(desk)
    application.add_handler(TypeHandler(Update, door.drop_repeated), group=FIRST)
    for counter in (*counters(desk, choosing), *([DigestCounter(digests)] if digests else [])):
        _add(application, door, counter)
    application.add_handler(CallbackQueryHandler(door.admitted(_stale)))
    application.add_handler(ChatMemberHandler(door.came_or_went, ChatMemberHandler.MY_CHAT_MEMBER))
    looked_after = ChatMemberHandler(Channels(choosing).came_or_went, ChatMemberHandler.MY_CHAT_MEMBER)
    application.add_handler(looked_after, group=CHANNELS)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, door.moved))
    application.add_error_handler(door.failed)
    return application


def counters(desk: Desk, choosing: ChoosingDesk) -> Sequence[Counter]:
    """All there is to ask; of two that answer the same, the first does."""
    return (
        Commands(desk),
        Browsing(choosing),
        Options(choosing),
        SettingsCounter(choosing),
        Mutes(choosing),
        Channels(choosing),
    )


def _add(application: App, door: Door, counter: Counter) -> None:
    for name, answer in counter.commands.items():
        new = filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler(name, door.admitted(answer), filters=new))
    for pattern, answer in counter.taps.items():
        application.add_handler(CallbackQueryHandler(door.admitted(answer), pattern=f"^(?:{pattern})$"))


async def _stale(ask: Ask) -> None:
    """For taps that no button of ours can make."""
    await ask.say(texts.STALE_BUTTON)


class Door:
    """Who comes in, and who came, went or moved."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: deque[int] = deque(maxlen=REMEMBERED_UPDATES)

    # ---------------------------------------------------------------- before anything else
    async def drop_repeated(self, update: Update, _: Context) -> None:
        if update.update_id in self._seen:
            raise ApplicationHandlerStop
        self._seen.append(update.update_id)

    def admitted(self, answer: Answer) -> Handler:
        """A handler for those who may use the bot; others are told what number to ask admission for."""

        async def admit(update: Update, context: Context) -> None:
            if update.effective_chat is None:
                return  # a tap under a message sent in some other bot's name
            ask = await self._ask(update, context)
            if await self._desk.allowed(ask.chat_id, ask.user_id):
                await answer(ask)
            else:
                await ask.say(texts.TURNED_AWAY, number=ask.chat_id)

        return admit

    async def _ask(self, update: Update, context: Context) -> Ask:
        chat, user = update.effective_chat, update.effective_user
        tongue = await self._desk.tongue(chat.id if chat else 0, user.language_code if user else None)
        return Ask(update, context.bot, tongue, tuple(context.args or ()))

    # ---------------------------------------------------------------- chats coming, going and moving
    async def came_or_went(self, update: Update, _: Context) -> None:
        change = update.my_chat_member
        if change is None:
            return
        if change.new_chat_member.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}:
            why = texts.BLOCKED if change.chat.type == ChatType.PRIVATE else texts.REMOVED
            await self._desk.pause_chat(change.chat.id, why)
        else:
            await self._desk.resume_chat(change.chat.id)

    async def moved(self, update: Update, _: Context) -> None:
        """Both chats tell of the move, and either message may be lost: hence both count."""
        message = update.message
        if message and message.migrate_to_chat_id:
            await self._desk.move_chat(message.chat.id, message.migrate_to_chat_id)
        elif message and message.migrate_from_chat_id:
            await self._desk.move_chat(message.migrate_from_chat_id, message.chat.id)

    # ---------------------------------------------------------------- when something fails
    async def failed(self, update: object, context: Context) -> None:
        log.error("an update could not be handled: %s", context.error, exc_info=context.error)
        if not isinstance(update, Update) or not (update.message or update.callback_query):
            return
        try:
            await Ask(update, context.bot, ENGLISH).say(texts.APOLOGY)  # the store may be what is broken
        except TelegramError as error:
            log.warning("and the apology for it did not get through: %s", error)
