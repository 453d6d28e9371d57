"""What people ask of the bot in Telegram with a single word: greeting, looking back, pausing.

A newcomer's mistake is to check rights in each command: those that change what a chat hears are wrapped by
`deciders_only`, and application.py lets nobody in who is not admitted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from telegram import InlineKeyboardMarkup
from telegram.constants import ChatType

from bot.telegram import choosing_texts as words
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.deciding import signed
from bot.telegram.desk import Desk
from bot.telegram.taps import Origin, Screen, Tap, reference


def deciders_only(answer: Answer) -> Answer:
    """What only those may do who decide for a chat."""

    async def check(ask: Ask) -> None:
        if await ask.may_change():
            await answer(ask)
        else:
            await ask.say(texts.ADMINISTRATORS_ONLY)

    return check


class House(Protocol):
    """Who runs the bot."""

    @property
    def administrators(self) -> Collection[int]: ...


class Commands:
    """The answers, over the service's desk."""

    def __init__(self, desk: Desk, house: House) -> None:
        self._desk = desk
        self._house = house

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {
            "start": self.start,
            "help": self.help,
            "latest": self.latest,
            "search": self.search,
            "pause": deciders_only(self.pause),
            "resume": deciders_only(self.resume),
            "status": self.status,
        }

    @property
    def taps(self) -> Mapping[str, Answer]:
        """None: what is tapped is looked after beside what it belongs to."""
        return {}

    # ---------------------------------------------------------------- commands
    async def start(self, ask: Ask) -> None:
        """Greets; a link such as t.me/NameOfTheBot?start=idlib subscribes at once."""
        if ask.words:
            await deciders_only(self._follow_link)(ask)
            return
        if await ask.may_change():  # or anybody could end a pause that an administrator asked for
            await self._desk.resume_chat(ask.chat_id)
        await ask.show(View(ask.tongue.say(texts.GREETING), _first_steps(ask)))

    async def _follow_link(self, ask: Ask) -> None:
        wanted = next((rule for rule in await self._desk.rules() if (rule.id,) == ask.words), None)
        if wanted is None:
            await ask.say(texts.UNKNOWN_RULE)
            return
        await self._desk.resume_chat(ask.chat_id)
        changed = await self._desk.subscribe(ask.chat_id, wanted.id, ask.topic_id, ask.tongue.language)
        said = texts.SUBSCRIBED if changed else texts.ALREADY_SUBSCRIBED
        await ask.show(View(signed(ask, ask.tongue.say(said, title=ask.tongue.title(wanted))), _joined(ask, wanted.id)))

    async def latest(self, ask: Ask) -> None:
        if not await self._desk.subscriptions(ask.chat_id):
            await ask.say(texts.NO_SUBSCRIPTIONS)
            return
        try:
            told = await self._desk.latest(ask.chat_id, " ".join(ask.words), ask.tongue)
        except LookupError as error:
            await ask.say(texts.UNKNOWN_PLACE, why=texts.no_place(error, ask.tongue))
            return
        await (ask.show(View(texts.entries(told))) if told else ask.say(texts.NOTHING_TOLD))

    async def search(self, ask: Ask) -> None:
        if not ask.words:
            await ask.say(texts.SEARCH_FOR_WHAT)
            return
        found = await self._desk.search(ask.chat_id, " ".join(ask.words), ask.tongue)
        await (ask.show(View(texts.entries(found))) if found else ask.say(texts.NOTHING_FOUND))

    async def pause(self, ask: Ask) -> None:
        await self._desk.pause_chat(ask.chat_id, texts.ASKED_FOR)
        await ask.show(View(signed(ask, ask.tongue.say(texts.PAUSED))))

    async def resume(self, ask: Ask) -> None:
        await self._desk.resume_chat(ask.chat_id)
        await ask.show(View(signed(ask, ask.tongue.say(texts.RESUMED))))

    async def help(self, ask: Ask) -> None:
        """In groups everybody reads along, so that /admin is named to administrators in private alone."""
        is_shown_all = ask.chat.type == ChatType.PRIVATE and ask.user_id in self._house.administrators
        commands = (*texts.COMMANDS, texts.ADMIN_COMMAND) if is_shown_all else texts.COMMANDS
        await ask.show(View(texts.help_text(ask.tongue, commands)))

    async def status(self, ask: Ask) -> None:
        await ask.show(View(texts.status(await self._desk.status(ask.chat_id, ask.tongue))))


def _first_steps(ask: Ask) -> InlineKeyboardMarkup:
    """What a newcomer may want: rules by place or by event, another language. Three in a row are cut on a phone."""
    by_place, by_event, language = (
        Tap(screen).button(ask.tongue.say(label))
        for screen, label in (
            (Screen.PLACES, words.BY_PLACE),
            (Screen.EVENTS, words.BY_EVENT),
            (Screen.LANGUAGES, words.LANGUAGE_BUTTON),
        )
    )
    return InlineKeyboardMarkup([[by_place, by_event], [language]])


def _joined(ask: Ask, rule_id: str) -> InlineKeyboardMarkup:
    """What one may want next of a rule that was joined by a link: its options, or out again."""
    tap = Tap(Screen.OPTIONS, reference=reference(ask.chat_id, rule_id), origin=Origin())
    say = ask.tongue.say
    leave = tap.to(Screen.UNSUBSCRIBE).button(say(words.UNSUBSCRIBE))
    return InlineKeyboardMarkup([[tap.button(say(words.OPTIONS)), leave]])
