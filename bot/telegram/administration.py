"""/admin: feeds, rules, users, invitations and messages to all, for the administrators that the config names.

A newcomer's mistake is to say "administrators only": whoever is none must not learn that there is such a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatType, MessageLimit

from bot.core.markup import inert
from bot.core.messages import DAYS
from bot.core.tongue import mark, plural
from bot.telegram import texts
from bot.telegram.admission import NOT_ADMITTED, WELCOME, Decided, GateDesk, tell
from bot.telegram.asking import Answer, Ask, View

UNKNOWN_COMMAND = mark("I do not know this command. /help shows those there are.")
IN_PRIVATE = mark("Please say that to me alone: others read along here.")
HELP = mark(
    "/admin feeds: how they are doing\n"
    "/admin feeds check URL, add URL, remove URL\n"
    "/admin rules: what is wrong with them; /admin rules reload\n"
    "/admin users: who may use the bot\n"
    "/admin invite [uses] [days]: a link that lets people in\n"
    "/admin broadcast TEXT: to all chats, once you confirm"
)
NO_FEEDS = mark("There are no feeds. /admin feeds add URL")
FEEDS = plural("{number} feed is asked; failing: {failing}", "{number} feeds are asked; failing: {failing}")
FEED_FAILS = mark("{title} {url}: {error}")
MORE = mark("… and {number} more")
FEED_WHICH = mark("Which feed? For example: /admin feeds {verb} https://example.org/rss")
FEED_FOUND = plural(
    "{title}: {number} entry, the newest of {newest}.", "{title}: {number} entries, the newest of {newest}."
)
FEED_FOUND_EMPTY = mark("{title}: it answers, and holds no entries.")
FEED_REFUSED = mark("That is not of use: {error}")
FEED_PROPOSED = mark("The page names a feed, though: /admin feeds add {url}")
FEED_ADDED = mark("It is asked from now on, and still after a restart. /admin feeds remove {url}")
FEED_KNOWN = mark("It is asked already.")
FEED_REMOVED = mark("It is asked no more; what came of it is kept. /admin feeds add {url}")
FEED_OF_CONFIG = mark("This feed stands in the config: take it out there.")
FEED_UNKNOWN = mark("There is no such feed that is asked.")
RULES_GOOD = plural("{number} rule is in force, and all is right.", "{number} rules are in force, and all is right.")
RULES_BROKEN = plural("{number} rule is in force; this is wrong:", "{number} rules are in force; this is wrong:")
NO_USERS = mark("Nobody has asked to use the bot or was admitted yet.")
USERS = mark("Tap to take away what a chat may, or to give it (back).")
NO_INVITATIONS = mark("Invitations are not in use here: set access.policy to invite in the config.")
INVITATION = mark("This link lets in {chats} for {time}; in a group, say /start {code}.\n{link}")
CHATS = plural("{number} chat", "{number} chats")
INVITE_HOW = mark("For example: /admin invite 5 30, for 5 chats within 30 days; at most {uses} and {days}.")
BROADCAST_WHAT = mark("What shall I say? For example: /admin broadcast The bot rests tonight from 22:00 to 23:00 UTC.")
BROADCAST_TOO_LONG = mark("That is too long for one message.")
BROADCAST_ASK = plural("This goes to {number} chat:\n\n{text}", "This goes to {number} chats:\n\n{text}")
SEND = mark("Send")
CANCEL = mark("Cancel")
BROADCAST_SENT = plural("On its way to {number} chat.", "On its way to {number} chats.")
BROADCAST_CANCELLED = mark("Nothing was sent.")

DATA = re.compile(r"adm:(?:u([-+])(-?[0-9]{1,19}):([0-9]{1,3})|u=([0-9]{1,3})|b([-+])([0-9]{1,18}))")
PAGE_SIZE = 8
MOST_LISTED = 20
LONGEST_LINE = 150
MOST_USES, MOST_DAYS = 1000, 365
ROOM_FOR_WORDS = 400  # around the text of a message to all

STANDING_MARKS = {"asked": "❓", "admitted": "✅", "refused": "🚫"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking a feed. `error` is empty if it is one; `proposed` is a feed that a page names."""

    title: str
    entries: int = 0
    newest: datetime | None = None
    error: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as /admin shows it. `error` is empty while it answers."""

    title: str
    url: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A chat that asked or was admitted. `standing` is "asked", "admitted" or "refused"."""

    chat_id: int
    name: str
    standing: str
    listens_to: int


class AdminDesk(GateDesk, Protocol):
    @property
    def invites(self) -> bool:
        """Are invitations in use?"""

    async def feeds(self) -> Sequence[FeedLine]: ...

    async def probe(self, url: str) -> Probe:
        """Ask a feed now, as the bot would."""

    async def add_feed(self, url: str, title: str, by: int) -> bool:
        """Whether that is new."""

    async def remove_feed(self, url: str) -> bool | None:
        """None for a feed of the config; else whether there was one."""

    async def reload_rules(self) -> None: ...

    async def rules_state(self) -> tuple[int, Sequence[str]]:
        """How many are in force, and what is wrong."""

    async def users(self) -> Sequence[User]: ...

    async def set_user(self, chat_id: int, *, admitted: bool, by: int) -> Decided | None: ...

    async def invite(self, by: int, uses: int, days: int) -> str:
        """A new code."""

    async def draft(self, text: str, by: int) -> tuple[int, int]:
        """The number of a message to all, and to how many chats it would go."""

    async def send_all(self, number: int, by: int) -> int | None:
        """To how many chats it goes; None if it went before, or is somebody else's."""


Work = Callable[[Ask, Sequence[str]], Coroutine[Any, Any, None]]


async def unknown(ask: Ask) -> None:
    """The answer to a command that does not exist; in groups none, for it may be another bot's."""
    if ask.chat.type == ChatType.PRIVATE:
        await ask.say(UNKNOWN_COMMAND)


class Administration:
    """The answers, over the service's desk."""

    def __init__(self, desk: AdminDesk) -> None:
        self._desk = desk
        self._works: Mapping[str, Work] = {
            "feeds": self._feeds,
            "rules": self._rules,
            "users": self._users,
            "invite": self._invite,
            "broadcast": self._broadcast,
        }

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"admin": self.admin}

    @property
    def taps(self) -> Mapping[str, Answer]:
        return {DATA.pattern: self.tapped}

    async def admin(self, ask: Ask) -> None:
        if ask.user_id not in self._desk.administrators:
            await unknown(ask)
        elif ask.chat.type != ChatType.PRIVATE:
            await ask.say(IN_PRIVATE)
        elif ask.words and (work := self._works.get(ask.words[0].lower())):
            await work(ask, ask.words[1:])
        else:
            await ask.say(HELP)

    async def tapped(self, ask: Ask) -> None:
        found = DATA.fullmatch(ask.tapped.data or "") if ask.tapped else None
        if found is None or ask.user_id not in self._desk.administrators:
            await ask.say(texts.STALE_BUTTON)
        elif found[6]:
            await self._confirmed(ask, int(found[6]), send=found[5] == "+")
        elif found[4]:
            await ask.show(View(""))
            await ask.redraw(await self._users_view(ask, int(found[4])))
        else:
            await self._set_user(ask, int(found[2]), int(found[3]), admitted=found[1] == "+")

    # ---------------------------------------------------------------- feeds
    async def _feeds(self, ask: Ask, words: Sequence[str]) -> None:
        verbs: Mapping[str, Callable[[Ask, str], Coroutine[Any, Any, None]]] = {
            "check": self._check_feed,
            "add": self._add_feed,
            "remove": self._remove_feed,
        }
        verb = verbs.get(words[0].lower()) if words else None
        if verb is None:
            await self._list_feeds(ask)
        elif len(words) != 2:
            await ask.say(FEED_WHICH, verb=words[0].lower())
        else:
            await verb(ask, words[1])

    async def _list_feeds(self, ask: Ask) -> None:
        feeds = await self._desk.feeds()
        if not feeds:
            await ask.say(NO_FEEDS)
            return
        failing = [feed for feed in feeds if feed.error]
        lines = [
            ask.tongue.say(FEED_FAILS, title=inert(feed.title), url=feed.url, error=inert(feed.error))
            if feed.error
            else f"{inert(feed.title)} {feed.url}"
            for feed in (*failing, *(feed for feed in feeds if not feed.error))
        ]
        await _show_lines(ask, ask.tongue.count(*FEEDS, len(feeds), failing=len(failing)), lines)

    async def _check_feed(self, ask: Ask, url: str) -> None:
        await ask.show(View(self._probed(ask, await self._desk.probe(url))))

    def _probed(self, ask: Ask, probe: Probe) -> str:
        if probe.error:
            said = ask.tongue.say(FEED_REFUSED, error=inert(probe.error))
            return f"{said}\n{ask.tongue.say(FEED_PROPOSED, url=probe.proposed)}" if probe.proposed else said
        if not probe.entries:
            return ask.tongue.say(FEED_FOUND_EMPTY, title=inert(probe.title))
        newest = f"{probe.newest:%Y-%m-%d %H:%M} UTC" if probe.newest else "?"
        return ask.tongue.count(*FEED_FOUND, probe.entries, title=inert(probe.title), newest=newest)

    async def _add_feed(self, ask: Ask, url: str) -> None:
        probe = await self._desk.probe(url)
        said = self._probed(ask, probe)
        if not probe.error:
            added = await self._desk.add_feed(url, probe.title, ask.user_id)
            said += "\n" + ask.tongue.say(FEED_ADDED if added else FEED_KNOWN, url=url)
        await ask.show(View(said))

    async def _remove_feed(self, ask: Ask, url: str) -> None:
        match await self._desk.remove_feed(url):
            case None:
                await ask.say(FEED_OF_CONFIG)
            case True:
                await ask.say(FEED_REMOVED, url=url)
            case False:
                await ask.say(FEED_UNKNOWN)

    # ---------------------------------------------------------------- rules
    async def _rules(self, ask: Ask, words: Sequence[str]) -> None:
        if words and words[0].lower() == "reload":
            await self._desk.reload_rules()
        rules, problems = await self._desk.rules_state()
        await _show_lines(ask, ask.tongue.count(*(RULES_BROKEN if problems else RULES_GOOD), rules), problems)

    # ---------------------------------------------------------------- users
    async def _users(self, ask: Ask, _: Sequence[str]) -> None:
        await ask.show(await self._users_view(ask, 0))

    async def _users_view(self, ask: Ask, page: int) -> View:
        users = await self._desk.users()
        if not users:
            return View(ask.tongue.say(NO_USERS))
        pages = -(-len(users) // PAGE_SIZE)
        page = min(page, pages - 1)
        rows = [[_user_button(user, page)] for user in users[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]]
        if pages > 1:
            rows.append(_page_buttons(page, pages))
        return View(ask.tongue.say(USERS), InlineKeyboardMarkup(rows))

    async def _set_user(self, ask: Ask, chat_id: int, page: int, *, admitted: bool) -> None:
        decided = await self._desk.set_user(chat_id, admitted=admitted, by=ask.user_id)
        if decided is None:
            await ask.say(texts.STALE_BUTTON)
            return
        await ask.show(View(""))
        await ask.redraw(await self._users_view(ask, page))
        if decided.changed:
            tongue = await self._desk.tongue(chat_id, None)
            await tell(ask, chat_id, tongue.say(WELCOME if admitted else NOT_ADMITTED))

    # ---------------------------------------------------------------- invitations
    async def _invite(self, ask: Ask, words: Sequence[str]) -> None:
        if not self._desk.invites:
            await ask.say(NO_INVITATIONS)
            return
        numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 4]
        uses, days = (*numbers, *(1, 7)[len(numbers) :])[:2]
        if len(numbers) != len(words) or len(words) > 2 or not (0 < uses <= MOST_USES and 0 < days <= MOST_DAYS):
            await ask.say(INVITE_HOW, uses=MOST_USES, days=MOST_DAYS)
            return
        code = await self._desk.invite(ask.user_id, uses, days)
        link = f"https://t.me/{ask.bot.username}?start={code}"
        chats, time = ask.tongue.count(*CHATS, uses), ask.tongue.count(*DAYS, days)
        await ask.say(INVITATION, chats=chats, time=time, code=code, link=link)

    # ---------------------------------------------------------------- messages to all
    async def _broadcast(self, ask: Ask, _: Sequence[str]) -> None:
        message = ask.update.effective_message
        text = ((message.text if message else "") or "").split(maxsplit=2)[2:]  # as it was written, lines and all
        if not text:
            await ask.say(BROADCAST_WHAT)
        elif len(text[0]) > MessageLimit.MAX_TEXT_LENGTH - ROOM_FOR_WORDS:
            await ask.say(BROADCAST_TOO_LONG)
        else:
            number, chats = await self._desk.draft(text[0], ask.user_id)
            row = [
                InlineKeyboardButton(ask.tongue.say(SEND), callback_data=f"adm:b+{number}"),
                InlineKeyboardButton(ask.tongue.say(CANCEL), callback_data=f"adm:b-{number}"),
            ]
            said = ask.tongue.count(*BROADCAST_ASK, chats, text=text[0])
            await ask.show(View(said, InlineKeyboardMarkup([row])))

    async def _confirmed(self, ask: Ask, number: int, *, send: bool) -> None:
        if not send:
            await ask.show(View(""))
            await ask.redraw(View(ask.tongue.say(BROADCAST_CANCELLED)))
            return
        chats = await self._desk.send_all(number, ask.user_id)
        if chats is None:
            await ask.say(texts.STALE_BUTTON)
            return
        await ask.show(View(""))
        await ask.redraw(View(ask.tongue.count(*BROADCAST_SENT, chats)))


def _user_button(user: User, page: int) -> InlineKeyboardButton:
    wish = "-" if user.standing == "admitted" else "+"
    label = f"{STANDING_MARKS[user.standing]} {user.name or user.chat_id} · {user.listens_to}"
    return InlineKeyboardButton(label, callback_data=f"adm:u{wish}{user.chat_id}:{page}")


def _page_buttons(page: int, pages: int) -> list[InlineKeyboardButton]:
    to = {texts.PREVIOUS_PAGE: page - 1, texts.page_of(page, pages): page, texts.NEXT_PAGE: page + 1}
    return [InlineKeyboardButton(label, callback_data=f"adm:u={number % pages}") for label, number in to.items()]


async def _show_lines(ask: Ask, head: str, lines: Collection[str]) -> None:
    shown = [line[:LONGEST_LINE] for line in list(lines)[:MOST_LISTED]]
    more = [ask.tongue.say(MORE, number=len(lines) - MOST_LISTED)] if len(lines) > MOST_LISTED else []
    await ask.show(View("\n".join([head, *shown, *more])))
