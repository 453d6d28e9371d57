"""What people ask of the bot in Telegram: choosing what to hear, looking back, pausing.

A newcomer's mistake is to check rights in each command: those that change what a chat hears are wrapped by
`deciders_only`, and application.py lets nobody in who is not admitted.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.telegram import buttons, texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.buttons import Menu, Tap, Wish
from bot.telegram.desk import Desk


def deciders_only(answer: Answer) -> Answer:
    """What only those may do who decide for a chat."""

    async def check(ask: Ask) -> None:
        if await ask.may_change():
            await answer(ask)
        else:
            await ask.say(texts.ADMINISTRATORS_ONLY)

    return check


class Commands:
    """The answers, over the service's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {
            "start": self.start,
            "help": self.help,
            "subscribe": deciders_only(self.subscribe),
            "unsubscribe": deciders_only(self.unsubscribe),
            "latest": self.latest,
            "search": self.search,
            "pause": deciders_only(self.pause),
            "resume": deciders_only(self.resume),
            "status": self.status,
        }

    @property
    def taps(self) -> Mapping[str, Answer]:
        """By the pattern of a button's data."""
        return {buttons.DATA.pattern: deciders_only(self.tapped)}

    # ---------------------------------------------------------------- commands
    async def start(self, ask: Ask) -> None:
        """Greets; a link such as t.me/NameOfTheBot?start=idlib subscribes at once."""
        if ask.words:
            await deciders_only(self._follow_link)(ask)
            return
        await self._desk.resume_chat(ask.chat_id)
        await ask.say(texts.GREETING)

    async def _follow_link(self, ask: Ask) -> None:
        wanted = next((rule for rule in await self._desk.rules() if (rule.id,) == ask.words), None)
        if wanted is None:
            await ask.say(texts.UNKNOWN_RULE)
            return
        await self._desk.resume_chat(ask.chat_id)
        changed = await self._desk.subscribe(ask.chat_id, wanted.id)
        await ask.say(texts.SUBSCRIBED if changed else texts.ALREADY_SUBSCRIBED, title=wanted.title)

    async def latest(self, ask: Ask) -> None:
        if not await self._desk.subscriptions(ask.chat_id):
            await ask.say(texts.NO_SUBSCRIPTIONS)
            return
        try:
            told = await self._desk.latest(ask.chat_id, " ".join(ask.words))
        except LookupError as error:
            await ask.say(texts.UNKNOWN_PLACE, why=error.args[0])
            return
        await (ask.show(View(texts.entries(told))) if told else ask.say(texts.NOTHING_TOLD))

    async def search(self, ask: Ask) -> None:
        if not ask.words:
            await ask.say(texts.SEARCH_FOR_WHAT)
            return
        found = await self._desk.search(ask.chat_id, " ".join(ask.words))
        await (ask.show(View(texts.entries(found))) if found else ask.say(texts.NOTHING_FOUND))

    async def pause(self, ask: Ask) -> None:
        await self._desk.pause_chat(ask.chat_id, texts.ASKED_FOR)
        await ask.say(texts.PAUSED)

    async def resume(self, ask: Ask) -> None:
        await self._desk.resume_chat(ask.chat_id)
        await ask.say(texts.RESUMED)

    async def help(self, ask: Ask) -> None:
        await ask.show(View(texts.help_text(ask.tongue)))

    async def status(self, ask: Ask) -> None:
        await ask.show(View(texts.status(await self._desk.status(ask.chat_id, ask.tongue))))

    async def subscribe(self, ask: Ask) -> None:
        await self._list(ask, Menu.ALL)

    async def unsubscribe(self, ask: Ask) -> None:
        await self._list(ask, Menu.MINE)

    async def _list(self, ask: Ask, menu: Menu) -> None:
        await self._desk.resume_chat(ask.chat_id)
        await ask.show(await self._view(Tap(menu, Wish.TURN_PAGE, 0), ask))

    # ---------------------------------------------------------------- buttons
    async def tapped(self, ask: Ask) -> None:
        tap = buttons.read_tap(ask.tapped.data or "") if ask.tapped else None
        if tap is None:
            await ask.say(texts.STALE_BUTTON)
            return
        await self._obey(tap, ask)
        await ask.redraw(await self._view(tap, ask))

    async def _obey(self, tap: Tap, ask: Ask) -> None:
        if tap.wish is Wish.TURN_PAGE:
            await ask.show(View(""))
            return
        subscribed = await self._desk.subscriptions(ask.chat_id)
        rule = tap.rule(ask.chat_id, buttons.listed(tap.menu, await self._desk.rules(), subscribed))
        if rule is None:
            await ask.say(texts.STALE_BUTTON)
        elif tap.wish is Wish.SUBSCRIBE:
            changed = await self._desk.subscribe(ask.chat_id, rule.id)
            await ask.say(texts.SUBSCRIBED if changed else texts.ALREADY_SUBSCRIBED, title=rule.title)
        else:
            changed = await self._desk.unsubscribe(ask.chat_id, rule.id)
            await ask.say(texts.UNSUBSCRIBED if changed else texts.ALREADY_UNSUBSCRIBED, title=rule.title)

    async def _view(self, tap: Tap, ask: Ask) -> View:
        rules, subscribed = await self._desk.rules(), await self._desk.subscriptions(ask.chat_id)
        return buttons.view(tap.menu, tap.page, ask.chat_id, rules, subscribed, tongue=ask.tongue)
