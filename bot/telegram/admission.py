"""Strangers: turned away politely, let in by a code, or by an administrator who is asked.

A newcomer's mistake is to trust a button because only administrators were sent it: a tap's data is whatever the client
sends, so whoever taps is looked at.
"""

from __future__ import annotations

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from telegram import Chat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.core.markup import inert
from bot.core.messages import clean
from bot.core.tongue import Tongue, mark
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask, View

NOT_OPEN = mark("This bot is not open to everybody.")
ASK_YOURSELF = mark("This bot is not open to everybody. To be let in, give this number to whoever runs it: {number}")
TURNED_AWAY = mark(
    "This bot is not open to everybody. Those who run it have been asked to let this chat in; you will hear from them"
    " here. If you have an invitation, open its link. Your number: {number}"
)
WELCOME = mark(
    "Welcome: this chat may use the bot now. /subscribe to choose what to hear about, /help for all commands."
)
BAD_CODE = mark("This invitation does not work any more. Ask for a new one.")
ALREADY_IN = mark("This chat may use the bot already. /subscribe to choose what to hear about.")
NOT_ADMITTED = mark("Those who run this bot have decided not to let this chat in.")
REQUEST = mark("{name} asks to use the bot ({number}).")
ADMIT = mark("Admit")
REFUSE = mark("Refuse")
ADMITTED_NOW = mark("Admitted: {name} ({number}).")
REFUSED_NOW = mark("Refused: {name} ({number}).")
DECIDED_ALREADY = mark("Another administrator has decided that already.")

CODE = re.compile(r"join-[A-Za-z0-9_-]{22}")  # 128 random bits behind a word that makes it known in a /start link
DATA = re.compile(r"adm:q([-+])(-?[0-9]{1,19})")
AGAIN_SECONDS = 3600.0  # until a stranger is turned away in words again
ASKED_SECONDS = (
    86_400.0  # in which administrators are asked of a chat once, also one that has itself forgotten meanwhile
)
REMEMBERED = 10_000
LONGEST_NAME = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: the chat's name, and whether it was this one that counted."""

    name: str
    admitted: bool
    changed: bool


class GateDesk(Protocol):
    """What letting people in needs of the service."""

    @property
    def administrators(self) -> Collection[int]: ...

    async def allowed(self, chat_id: int, user_id: int) -> bool: ...

    async def vouch(self, chat_id: int, user_id: int) -> None:
        """If this is an administrator of the bot, and a group that nothing else lets in, they stand for it."""

    async def ask_in(self, chat_id: int, name: str) -> bool:
        """Whether the administrators are to be asked: once for each chat, and not by too many in a day."""

    async def redeem(self, code: str, chat_id: int, name: str) -> bool:
        """Whether the code lets the chat in."""

    async def decide(self, chat_id: int, *, admit: bool, by: int) -> Decided | None:
        """None for a chat that never asked."""

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue: ...


class Noted:
    """Chats, each for a while; those longest noted are forgotten first."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._at: OrderedDict[int, float] = OrderedDict()

    def lately(self, chat_id: int) -> bool:
        last = self._at.get(chat_id)
        return last is not None and self._clock() - last < self._seconds

    def note(self, chat_id: int) -> None:
        self._at[chat_id] = self._clock()
        self._at.move_to_end(chat_id)
        if len(self._at) > REMEMBERED:
            self._at.popitem(last=False)


class Gate:
    """Everything about chats that may not use the bot yet."""

    def __init__(self, desk: GateDesk, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._turned_away = Noted(clock, AGAIN_SECONDS)
        self._asked_in = Noted(clock, ASKED_SECONDS)

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {}

    @property
    def taps(self) -> Mapping[str, Answer]:
        return {DATA.pattern: self.decided}

    # ---------------------------------------------------------------- strangers
    async def lets_in(self, ask: Ask) -> bool:
        return await self._desk.allowed(ask.chat_id, ask.user_id)

    async def vouch(self, ask: Ask) -> None:
        """Who makes a group listen stands for it, if they run the bot and decide for the group."""
        if ask.chat_id < 0 and ask.user_id in self._desk.administrators and await ask.may_change():
            await self._desk.vouch(ask.chat_id, ask.user_id)

    async def turn_away(self, ask: Ask) -> None:
        """Say no once per while, and ask the administrators once."""
        if ask.tapped:
            await ask.say(NOT_OPEN)
        elif not self._is_told(ask.chat_id):
            await ask.say(TURNED_AWAY if self._desk.administrators else ASK_YOURSELF, number=ask.chat_id)
        name = name_of(ask.chat)
        if not self._asked_in.lately(ask.chat_id) and await self._desk.ask_in(ask.chat_id, name):
            self._asked_in.note(ask.chat_id)
            await self._ask_administrators(ask, name)

    def _is_told(self, chat_id: int) -> bool:
        """Whether the chat was turned away in words lately; from now on it was."""
        if self._turned_away.lately(chat_id):
            return True
        self._turned_away.note(chat_id)
        return False

    async def _ask_administrators(self, ask: Ask, name: str) -> None:
        for administrator in sorted(self._desk.administrators):
            tongue = await self._desk.tongue(administrator, None)
            labels = ((ADMIT, "+"), (REFUSE, "-"))
            row = [
                InlineKeyboardButton(tongue.say(label), callback_data=f"adm:q{sign}{ask.chat_id}")
                for label, sign in labels
            ]
            text = tongue.say(REQUEST, name=name, number=ask.chat_id)
            await tell(ask, administrator, text, InlineKeyboardMarkup([row]))

    async def redeem(self, ask: Ask, code: str) -> None:
        """A link with an invitation was opened."""
        if await self._desk.allowed(ask.chat_id, ask.user_id):
            await ask.say(ALREADY_IN)
        elif not await ask.may_change():
            await ask.say(texts.ADMINISTRATORS_ONLY)
        elif await self._desk.redeem(code, ask.chat_id, name_of(ask.chat)):
            await ask.say(WELCOME)
        else:
            await ask.say(BAD_CODE)

    # ---------------------------------------------------------------- administrators
    async def decided(self, ask: Ask) -> None:
        found = DATA.fullmatch(ask.tapped.data or "") if ask.tapped else None
        if found is None or ask.user_id not in self._desk.administrators:
            await ask.say(texts.STALE_BUTTON)
            return
        chat_id, admit = int(found[2]), found[1] == "+"
        decided = await self._desk.decide(chat_id, admit=admit, by=ask.user_id)
        if decided is None:
            await ask.say(texts.STALE_BUTTON)
            return
        await ask.show(View("" if decided.changed else ask.tongue.say(DECIDED_ALREADY)))
        said = ADMITTED_NOW if decided.admitted else REFUSED_NOW
        await ask.redraw(View(ask.tongue.say(said, name=decided.name, number=chat_id)))
        if decided.changed:
            tongue = await self._desk.tongue(chat_id, None)
            await tell(ask, chat_id, tongue.say(WELCOME if decided.admitted else NOT_ADMITTED))


async def tell(ask: Ask, chat_id: int, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Say something in another chat than the one that asked; that it may not be reached is no fault of the asker's."""
    try:
        await ask.bot.send_message(chat_id, text, reply_markup=keyboard)
    except TelegramError as error:
        log.warning("chat %s cannot be told: %s", chat_id, error)


def name_of(chat: Chat) -> str:
    """As people know it, without characters that play tricks."""
    name = inert(clean(chat.title or chat.full_name or "", LONGEST_NAME))
    return f"{name} @{chat.username}" if chat.username else name
