"""The bot's listening half: which answer hears what, who is let in, chats that come, go and move.

A newcomer adds a handler and is done: they run for repeated updates, edited messages and anybody at all unless they see
to it themselves; here `drop_repeated`, the filters and `_admitted` do.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from telegram import Chat, ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import RetryAfter, TelegramError
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
from bot.store.access import NOT_ALLOWED
from bot.telegram import texts
from bot.telegram.administration import AdminDesk, Administration, unknown
from bot.telegram.admission import CODE, Gate
from bot.telegram.alertbuttons import AlertButtons
from bot.telegram.alertdesk import AlertDesk
from bot.telegram.asking import Answer, Ask
from bot.telegram.booking import Answers
from bot.telegram.browsing import Browsing
from bot.telegram.channels import Channels
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.commands import Commands
from bot.telegram.desk import Desk
from bot.telegram.digesting import DigestCounter, DigestDesk
from bot.telegram.floods import Floods, Verdict
from bot.telegram.looking import FORGETTING, Looking
from bot.telegram.lookingdesk import LookingDesk
from bot.telegram.mutes import Mutes
from bot.telegram.options import Options
from bot.telegram.settings import SettingsCounter

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

FIRST = -2  # the group of handlers that sees an update before all others
CHANNELS = 1  # beside the door's own, which hears of every chat
REMEMBERED_UPDATES = 1000
FOR_ANYBODY = frozenset({"forget", FORGETTING.pattern})  # also strangers, of whom something may be kept
WAKING = frozenset({"start", "subscribe", "resume"})  # what makes a group listen
ANY_COMMAND = filters.COMMAND & filters.UpdateType.MESSAGE
UNKNOWN = ANY_COMMAND & filters.ChatType.PRIVATE
TALK = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & ~filters.COMMAND & ~filters.StatusUpdate.ALL

log = logging.getLogger(__name__)


class Counter(Protocol):
    """A part of the conversation: the commands it answers by name, and the taps by the pattern of their data."""

    @property
    def commands(self) -> Mapping[str, Answer]: ...

    @property
    def taps(self) -> Mapping[str, Answer]: ...


class Seen:
    """The last updates, which may come again."""

    def __init__(self) -> None:
        self._numbers: deque[int] = deque(maxlen=REMEMBERED_UPDATES)

    def again(self, number: int) -> bool:
        """Whether it was seen before; from now on it was."""
        if number in self._numbers:
            return True
        self._numbers.append(number)
        return False


class ChatDesk(Desk, AlertDesk, LookingDesk, Protocol):
    """What chats ask beside choosing."""


@dataclass(frozen=True, slots=True)
class Desks:
    """What the conversation needs of the service, and what outlives an application whose token died."""

    chats: ChatDesk
    choosing: ChoosingDesk
    admin: AdminDesk
    digests: DigestDesk
    seen: Seen = field(default_factory=Seen)
    floods: Floods = field(default_factory=Floods)


def build_application(token: str, api_url: str, desks: Desks, answers: Answers | None = None) -> App:
    """The listening half, not started: see polling.py. `api_url` is all that comes before the token."""
    builder = Application.builder().token(token).base_url(api_url).job_queue(None)
    application = (builder.rate_limiter(answers) if answers else builder).build()
    door = Door(desks)
    application.add_handler(TypeHandler(Update, door.drop_repeated), group=FIRST)
    application.add_handler(TypeHandler(Update, door.stem_flood), group=FIRST + 1)
    for counter in counters(desks):
        _add(application, door, counter)
    application.add_handler(CallbackQueryHandler(door.admitted(_stale)))
    application.add_handler(MessageHandler(UNKNOWN, door.admitted(unknown)))
    application.add_handler(MessageHandler(TALK, door.admitted(_talked_to)))
    application.add_handler(ChatMemberHandler(door.came_or_went, ChatMemberHandler.MY_CHAT_MEMBER))
    looked_after = ChatMemberHandler(Channels(desks.choosing).came_or_went, ChatMemberHandler.MY_CHAT_MEMBER)
    application.add_handler(looked_after, group=CHANNELS)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, door.moved))
    application.add_error_handler(door.failed)
    return application


def counters(desks: Desks) -> Sequence[Counter]:
    """All there is to ask; of two that answer the same, the first does."""
    return (
        Commands(desks.chats, desks.admin),
        Browsing(desks.choosing),
        Options(desks.choosing),
        SettingsCounter(desks.choosing),
        Mutes(desks.choosing),
        Channels(desks.choosing),
        AlertButtons(desks.chats),
        Looking(desks.chats),
        Gate(desks.admin),
        Administration(desks.admin),
        DigestCounter(desks.digests),
    )


def _add(application: App, door: Door, counter: Counter) -> None:
    for name, answer in counter.commands.items():
        new = filters.UpdateType.MESSAGE
        heard = door.vouched(answer) if name in WAKING else answer
        let_in = door.anybody if name in FOR_ANYBODY else door.admitted
        application.add_handler(CommandHandler(name, let_in(heard), filters=new))
    for pattern, answer in counter.taps.items():
        let_in = door.anybody if pattern in FOR_ANYBODY else door.admitted
        application.add_handler(CallbackQueryHandler(let_in(answer), pattern=f"^(?:{pattern})$"))


def _speaker(update: Update) -> int:
    """Who is measured: groups and channels that speak as such have one account in common, so they are by their own."""
    if update.message and update.message.sender_chat:
        return update.message.sender_chat.id
    return update.effective_user.id if update.effective_user else 0


def _may_write(chat: Chat, bot: ChatMember) -> bool:
    """Whether a member such as the bot may write in the chat; in a channel its administrators alone may."""
    if chat.type == ChatType.CHANNEL:
        return bot.status == ChatMemberStatus.ADMINISTRATOR
    if isinstance(bot, ChatMemberRestricted):
        return bot.is_member and bot.can_send_messages
    return bot.status not in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}


async def _stale(ask: Ask) -> None:
    """For taps that no button of ours can make."""
    await ask.say(texts.STALE_BUTTON)


async def _talked_to(ask: Ask) -> None:
    """For whoever writes to the bot as to a person, in private: it answers to commands alone."""
    await ask.say(texts.COMMANDS_ALONE)


class Door:
    """Who comes in, and who came, went or moved."""

    def __init__(self, desks: Desks) -> None:
        self._desk = desks.chats
        self._seen = desks.seen
        self._floods = desks.floods
        self._gate = Gate(desks.admin)
        self._allowed = desks.admin.allowed
        self._commands = {name for counter in counters(desks) for name in counter.commands}

    # ---------------------------------------------------------------- before anything else
    async def drop_repeated(self, update: Update, _: Context) -> None:
        if self._seen.again(update.update_id):
            raise ApplicationHandlerStop

    async def stem_flood(self, update: Update, context: Context) -> None:
        """Drop what is too much. What nobody would answer anyway, such as talk in a group, is no flood."""
        if update.effective_chat is None or not self._is_for_us(update, context.bot.username):
            return
        verdict = self._floods.verdict(update.effective_chat.id, _speaker(update))
        if verdict is Verdict.SAY_ENOUGH:
            await (await self._ask(update, context)).say(texts.ENOUGH)
        if verdict is not Verdict.ANSWER:
            raise ApplicationHandlerStop

    def _is_for_us(self, update: Update, own_name: str) -> bool:
        if update.callback_query or UNKNOWN.check_update(update) or TALK.check_update(update):
            return True
        if not (update.message and update.message.text and ANY_COMMAND.check_update(update)):
            return False
        name, _, addressed = update.message.text.split(maxsplit=1)[0][1:].partition("@")
        return name.lower() in self._commands and addressed.lower() in ("", own_name.lower())

    def admitted(self, answer: Answer) -> Handler:
        """A handler for those who may use the bot; others are turned away, or let in by their invitation."""

        async def admit(update: Update, context: Context) -> None:
            if update.effective_chat is None:
                return  # a tap under a message sent in some other bot's name
            ask = await self._ask(update, context)
            if not ask.tapped and ask.words and CODE.fullmatch(ask.words[0]):
                await self._gate.redeem(ask, ask.words[0])
            elif await self._gate.lets_in(ask):
                if not ask.tapped:  # old messages can be tapped also where the bot may write no more
                    await self._desk.heard_from(ask.chat_id)
                await answer(ask)
            else:
                await self._gate.turn_away(ask)

        return admit

    def anybody(self, answer: Answer) -> Handler:
        """A handler for whoever asks, let in or not."""

        async def hear(update: Update, context: Context) -> None:
            if update.effective_chat is not None:
                await answer(await self._ask(update, context))

        return hear

    def vouched(self, answer: Answer) -> Answer:
        """The same answer, for what makes a chat listen: an administrator of the bot who says so stands for it."""

        async def vouch(ask: Ask) -> None:
            await self._gate.vouch(ask)
            await answer(ask)

        return vouch

    async def _ask(self, update: Update, context: Context) -> Ask:
        chat, user = update.effective_chat, update.effective_user
        tongue = await self._desk.tongue(chat.id if chat else 0, user.language_code if user else None)
        return Ask(update, context.bot, tongue, tuple(context.args or ()))

    # ---------------------------------------------------------------- chats coming, going and moving
    async def came_or_went(self, update: Update, _: Context) -> None:
        change = update.my_chat_member
        if change is None:
            return
        if not _may_write(change.chat, change.new_chat_member):
            why = texts.BLOCKED if change.chat.type == ChatType.PRIVATE else texts.REMOVED
            await self._desk.pause_chat(change.chat.id, why)
        elif change.chat.type != ChatType.CHANNEL and not await self._allowed(change.chat.id, change.from_user.id):
            await self._desk.pause_chat(change.chat.id, NOT_ALLOWED)
        elif _may_write(change.chat, change.old_chat_member):  # other rights are no end of a pause that was asked for
            await self._desk.heard_from(change.chat.id)
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
        if isinstance(context.error, RetryAfter):
            return  # one more message is the last thing that Telegram wants
        try:
            await Ask(update, context.bot, ENGLISH).say(texts.APOLOGY)  # the store may be what is broken
        except TelegramError as error:
            log.warning("and the apology for it did not get through: %s", error)
