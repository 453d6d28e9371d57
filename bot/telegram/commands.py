"""What people ask of the bot in Telegram: commands, buttons, and their coming and going.

Handlers run for repeated updates, edited messages and anybody at all unless they see to it themselves; here
`drop_repeated`, the filters and `for_admitted` do.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Bot, CallbackQuery, Chat, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError
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

from bot.telegram import buttons, texts
from bot.telegram.buttons import Menu, Tap, Wish
from bot.telegram.desk import Desk
from bot.telegram.refusals import LIVING_MESSAGE_GONE, NOT_MODIFIED, says

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

FIRST = -1  # the group of handlers that sees an update before all others
REMEMBERED_UPDATES = 1000

log = logging.getLogger(__name__)


def build_application(token: str, api_url: str, desk: Desk) -> App:
    """The bot's listening half, not started: see polling.py. `api_url` is all that comes before the token."""
    application = Application.builder().token(token).base_url(api_url).job_queue(None).build()
    commands = Commands(desk)
    application.add_handler(TypeHandler(Update, commands.drop_repeated), group=FIRST)
    for name, answer in commands.by_name().items():
        new = filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler(name, commands.for_admitted(answer), filters=new))
    application.add_handler(CallbackQueryHandler(commands.for_admitted(commands.tapped)))
    application.add_handler(ChatMemberHandler(commands.came_or_went, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, commands.moved))
    application.add_error_handler(commands.failed)
    return application


class Commands:
    """The handlers, over the service's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: deque[int] = deque(maxlen=REMEMBERED_UPDATES)

    def by_name(self) -> dict[str, Handler]:
        return {
            "start": self.start,
            "help": self.help,
            "subscribe": self.subscribe,
            "unsubscribe": self.unsubscribe,
            "latest": self.latest,
            "search": self.search,
            "pause": self.pause,
            "resume": self.resume,
            "status": self.status,
        }

    # ---------------------------------------------------------------- before anything else
    async def drop_repeated(self, update: Update, _: Context) -> None:
        if update.update_id in self._seen:
            raise ApplicationHandlerStop
        self._seen.append(update.update_id)

    def for_admitted(self, handler: Handler) -> Handler:
        """The handler, for those who may use the bot; others are told what number to ask admission for."""

        async def admit(update: Update, context: Context) -> None:
            chat = update.effective_chat
            user = update.effective_user
            if chat and user and await self._desk.allowed(chat.id, user.id):
                await handler(update, context)
            else:
                await _say(update, texts.turned_away(chat.id if chat else 0))

        return admit

    # ---------------------------------------------------------------- commands
    async def start(self, update: Update, context: Context) -> None:
        """Greets; a link such as t.me/NameOfTheBot?start=idlib subscribes at once."""
        if context.args:
            await self._for_deciders(update, context, self._follow_link)
            return
        await self._desk.resume_chat(_chat_of(update).id)
        await _say(update, texts.GREETING)

    async def _follow_link(self, update: Update, context: Context) -> None:
        chat_id = _chat_of(update).id
        wanted = next((rule for rule in await self._desk.rules() if [rule.id] == context.args), None)
        if wanted is None:
            await _say(update, texts.UNKNOWN_RULE)
            return
        await self._desk.resume_chat(chat_id)
        changed = await self._desk.subscribe(chat_id, wanted.id)
        await _say(update, texts.subscribed(wanted.title) if changed else texts.already_subscribed(wanted.title))

    async def latest(self, update: Update, context: Context) -> None:
        chat_id = _chat_of(update).id
        if not await self._desk.subscriptions(chat_id):
            await _say(update, texts.NO_SUBSCRIPTIONS)
            return
        try:
            told = await self._desk.latest(chat_id, " ".join(context.args or ()))
        except LookupError as error:
            await _say(update, texts.unknown_place(str(error.args[0])))
            return
        await _say(update, texts.entries(told) or texts.NOTHING_TOLD)

    async def search(self, update: Update, context: Context) -> None:
        if not context.args:
            await _say(update, texts.SEARCH_FOR_WHAT)
            return
        found = await self._desk.search(_chat_of(update).id, " ".join(context.args))
        await _say(update, texts.entries(found) or texts.NOTHING_FOUND)

    async def pause(self, update: Update, context: Context) -> None:
        await self._for_deciders(update, context, self._pause)

    async def _pause(self, update: Update, _: Context) -> None:
        await self._desk.pause_chat(_chat_of(update).id, texts.ASKED_FOR)
        await _say(update, texts.PAUSED)

    async def resume(self, update: Update, context: Context) -> None:
        await self._for_deciders(update, context, self._resume)

    async def _resume(self, update: Update, _: Context) -> None:
        await self._desk.resume_chat(_chat_of(update).id)
        await _say(update, texts.RESUMED)

    async def _for_deciders(self, update: Update, context: Context, handler: Handler) -> None:
        """What only those may do who decide for a chat."""
        if await _may_change(update, context.bot):
            await handler(update, context)
        else:
            await _say(update, texts.ADMINISTRATORS_ONLY)

    async def help(self, update: Update, _: Context) -> None:
        await _say(update, texts.help_text())

    async def status(self, update: Update, _: Context) -> None:
        await _say(update, texts.status(await self._desk.status(_chat_of(update).id)))

    async def subscribe(self, update: Update, context: Context) -> None:
        await self._for_deciders(update, context, lambda update, _: self._list(update, Menu.ALL))

    async def unsubscribe(self, update: Update, context: Context) -> None:
        await self._for_deciders(update, context, lambda update, _: self._list(update, Menu.MINE))

    async def _list(self, update: Update, menu: Menu) -> None:
        chat_id = _chat_of(update).id
        await self._desk.resume_chat(chat_id)
        view = await self._view(Tap(menu, Wish.TURN_PAGE, 0), chat_id)
        if update.message:
            await update.message.reply_text(view.text, reply_markup=view.keyboard, do_quote=False)

    # ---------------------------------------------------------------- buttons
    async def tapped(self, update: Update, context: Context) -> None:
        query = update.callback_query
        tap = buttons.read_tap(query.data or "") if query else None
        if query is None or tap is None or update.effective_chat is None:
            await _say(update, texts.STALE_BUTTON)
            return
        if not await _may_change(update, context.bot):
            await _say(update, texts.ADMINISTRATORS_ONLY)
            return
        await _answer(query, await self._obey(tap, update.effective_chat.id))
        await _redraw(query, await self._view(tap, update.effective_chat.id))

    async def _obey(self, tap: Tap, chat_id: int) -> str:
        """What was done, in words; none for a page that is turned."""
        if tap.wish is Wish.TURN_PAGE:
            return ""
        subscribed = await self._desk.subscriptions(chat_id)
        rule = tap.rule(chat_id, buttons.listed(tap.menu, await self._desk.rules(), subscribed))
        if rule is None:
            return texts.STALE_BUTTON
        if tap.wish is Wish.SUBSCRIBE:
            changed = await self._desk.subscribe(chat_id, rule.id)
            return texts.subscribed(rule.title) if changed else texts.already_subscribed(rule.title)
        changed = await self._desk.unsubscribe(chat_id, rule.id)
        return texts.unsubscribed(rule.title) if changed else texts.already_unsubscribed(rule.title)

    async def _view(self, tap: Tap, chat_id: int) -> buttons.View:
        rules = await self._desk.rules()
        return buttons.view(tap.menu, tap.page, chat_id, rules, await self._desk.subscriptions(chat_id))

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
        if not isinstance(update, Update):
            return
        try:
            await _say(update, texts.APOLOGY)
        except TelegramError as error:
            log.warning("and the apology for it did not get through: %s", error)


async def _say(update: Update, words: str) -> None:
    """Answer a command in its chat (and topic), a tap where it was tapped; coming and going is not answered."""
    if update.callback_query:
        await _answer(update.callback_query, words)
    elif update.message:
        await update.message.reply_text(words, do_quote=False)


async def _answer(query: CallbackQuery, words: str) -> None:
    """Until a tap is answered the button keeps spinning; titles of rules may be longer than an answer."""
    await query.answer(words[: CallbackQuery.MAX_ANSWER_TEXT_LENGTH])


async def _redraw(query: CallbackQuery, view: buttons.View) -> None:
    """Two quick taps draw the same list, and a list may be deleted under the finger: both are well."""
    if not isinstance(query.message, Message):
        return  # too old to be changed
    try:
        await query.edit_message_text(view.text, reply_markup=view.keyboard)
    except BadRequest as error:
        if not says(error, *NOT_MODIFIED, *LIVING_MESSAGE_GONE):
            raise


async def _may_change(update: Update, bot: Bot) -> bool:
    """In a group its administrators decide, also those who write anonymously, as the group itself."""
    chat, user = _chat_of(update), update.effective_user
    if chat.type == ChatType.PRIVATE:
        return True
    if update.message and update.message.sender_chat:
        return update.message.sender_chat.id == chat.id
    if user is None:
        return False
    member = await bot.get_chat_member(chat.id, user.id)
    return member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


def _chat_of(update: Update) -> Chat:
    """Commands and taps on our lists always come from a chat."""
    chat = update.effective_chat
    assert chat is not None
    return chat
