"""What a chat does not want to hear of for a while: /mute and /unmute.

A newcomer's mistake is to mute for ever: a mute has an end, is listed with who asked for it, and a tap takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from telegram import InlineKeyboardMarkup

from bot.core.model import Mute, MuteKind
from bot.core.tongue import Tongue
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from bot.telegram.alert_texts import MUTE
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.choosingdesk import ChoosingDesk, Mutable
from bot.telegram.commands import deciders_only
from bot.telegram.deciding import Rights, chat_of, present, stale, who
from bot.telegram.taps import Screen, Tap, meant, page_of, pages, pattern, reference, turning

SPANS = {"1h": timedelta(hours=1), "8h": timedelta(hours=8), "1w": timedelta(weeks=1)}
USUAL = "8h"  # of a place that is typed without a span
UNTIL = "%Y-%m-%d %H:%M"
MUTING = {Screen.SPANS: Screen.MUTE_RULE, Screen.INCIDENT_SPANS: Screen.MUTE_INCIDENT}


class Mutes:
    """The mutes of chats."""

    def __init__(self, desk: ChoosingDesk) -> None:
        self._desk = desk
        self._rights = Rights(desk)

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"mute": deciders_only(self.mute), "unmute": deciders_only(self.unmute)}

    @property
    def taps(self) -> Mapping[str, Answer]:
        answers = {
            (Screen.MUTABLE,): self.mutable,
            (Screen.SPANS, Screen.INCIDENT_SPANS): self.spans,
            (Screen.MUTE_RULE, Screen.MUTE_INCIDENT): self.mute_for,
            (Screen.MUTES,): self.mutes,
            (Screen.UNMUTE,): self.take_back,
        }
        return {pattern(*screens): self._rights.tapped(answer) for screens, answer in answers.items()}

    # ---------------------------------------------------------------- muting
    async def mute(self, ask: Ask) -> None:
        """Without words what there is to mute; with the name of a place, and perhaps 1h, 8h or 1w, that place."""
        if not ask.words:
            await self.mutable(ask, Tap(Screen.MUTABLE))
            return
        *name, last = ask.words
        span = last if name and last in SPANS else USUAL
        asked = " ".join(name if name and last in SPANS else ask.words)
        try:
            place = await self._desk.place(asked)
        except LookupError as error:
            await ask.say(words.WRONG_PLACE, why=texts.no_place(error, ask.tongue))
            return
        is_careful = await self._desk.is_heard_all_the_same(ask.chat_id, place)
        note = ask.tongue.say(words.HEARD_ALL_THE_SAME) if is_careful else ""
        what = Mutable(MuteKind.PLACE, place.id, place.name, place.kind)
        await self._mute(ask, Tap(Screen.MUTABLE), what, span, note)

    async def mutable(self, ask: Ask, tap: Tap) -> None:
        """The rules of the chat, and what they told lately."""
        chat_id = chat_of(ask, tap)
        rules = list((await self._rules(ask, chat_id)).items())
        page, shown = page_of(tap.page, rules)
        rows = [[Tap(Screen.SPANS, tap.target, reference(chat_id, rule_id)).button(title)] for rule_id, title in shown]
        rows += turning(page, pages(rules), lambda target: Tap(Screen.MUTABLE, tap.target, value=str(target)))
        rows += [
            [Tap(Screen.INCIDENT_SPANS, tap.target, reference(chat_id, each)).button(f"{words.INCIDENT_MARK} {said}")]
            for each, said in (await self._desk.told_lately(chat_id, ask.tongue)).items()
        ]
        text = words.WHAT_TO_MUTE if rows else words.NOTHING_TO_MUTE
        await present(ask, View(ask.tongue.say(text), InlineKeyboardMarkup(rows) if rows else None))

    async def spans(self, ask: Ask, tap: Tap) -> None:
        found = await self._meant(ask, tap)
        if found is None:
            await stale(ask)
            return
        row = [tap.to(MUTING[tap.screen], span).button(ask.tongue.say(label)) for span, label in words.SPANS.items()]
        rows = [row, [Tap(Screen.MUTABLE, tap.target).button(ask.tongue.say(words.BACK))]]
        await present(ask, View(ask.tongue.say(words.HOW_LONG, name=found.name), InlineKeyboardMarkup(rows)))

    async def mute_for(self, ask: Ask, tap: Tap) -> None:
        found = await self._meant(ask, tap)
        if found is None or tap.value not in SPANS:
            await stale(ask)
            return
        await self._mute(ask, tap, found, tap.value)

    async def _mute(self, ask: Ask, tap: Tap, what: Mutable, span: str, note: str = "") -> None:
        chat_id = chat_of(ask, tap)
        muted = await self._desk.mute(chat_id, what, SPANS[span], who(ask))
        until = await self._desk.local(chat_id, muted.until)
        said = ask.tongue.say(words.NOW_MUTED, name=muted.name, until=f"{until:{UNTIL}}")
        undo = Tap(Screen.UNMUTE, tap.target, value=str(muted.id)).button(ask.tongue.say(words.UNDO))
        await present(ask, View(said if ask.tapped else note, InlineKeyboardMarkup([[undo]])), said)

    async def _meant(self, ask: Ask, tap: Tap) -> Mutable | None:
        """The rule or incident that a tap is about, with what people call it."""
        chat_id = chat_of(ask, tap)
        if tap.screen in (Screen.SPANS, Screen.MUTE_RULE):
            kind, names = MuteKind.RULE, await self._rules(ask, chat_id)
        else:
            kind, names = MuteKind.INCIDENT, dict(await self._desk.told_lately(chat_id, ask.tongue))
        target = meant(tap.reference, names, lambda each: reference(chat_id, each))
        return None if target is None else Mutable(kind, target, names[target])

    async def _rules(self, ask: Ask, chat_id: int) -> dict[str, str]:
        """The titles of the rules that a chat listens to."""
        titles = {rule.id: ask.tongue.title(rule) for rule in await self._desk.rules()}
        return {each.rule_id: titles.get(each.rule_id, each.rule_id) for each in await self._desk.listening(chat_id)}

    # ---------------------------------------------------------------- taking back
    async def unmute(self, ask: Ask) -> None:
        await self.mutes(ask, Tap(Screen.MUTES))

    async def mutes(self, ask: Ask, tap: Tap, said: str = "") -> None:
        chat_id = chat_of(ask, tap)
        mutes = await self._desk.mutes(chat_id, ask.tongue)
        page, shown = page_of(tap.page if tap.screen is Screen.MUTES else 0, mutes)
        lines = [mute_line(ask.tongue, each, await self._desk.local(chat_id, each.until)) for each in shown]
        rows = [
            [Tap(Screen.UNMUTE, tap.target, value=str(each.id)).button(ask.tongue.say(words.UNMUTE, name=each.name))]
            for each in shown
        ]
        rows += turning(page, pages(mutes), lambda target: Tap(Screen.MUTES, tap.target, value=str(target)))
        if tap.target is not None:  # elsewhere there is /mute
            rows.append([Tap(Screen.MUTABLE, tap.target).button(ask.tongue.say(MUTE))])
        rows.append([Tap(Screen.SETTINGS, tap.target).button(ask.tongue.say(words.BACK))])
        text = "\n".join([*lines, "", ask.tongue.say(words.TAP_TO_UNMUTE)]) if mutes else ask.tongue.say(words.NO_MUTES)
        await present(ask, View(text, InlineKeyboardMarkup(rows)), said)

    async def take_back(self, ask: Ask, tap: Tap) -> None:
        ended = None
        if tap.value.isdecimal():
            ended = await self._desk.unmute(chat_of(ask, tap), int(tap.value), ask.tongue)
        if ended is None:
            await stale(ask)
            return
        await self.mutes(ask, tap, ask.tongue.say(words.NOW_UNMUTED, name=ended.name))


def mute_line(tongue: Tongue, mute: Mute, until: datetime) -> str:
    """What is muted, until when by the clock of the chat, and by whom."""
    pattern = words.MUTED_BY if mute.by else words.MUTED
    return tongue.say(pattern, name=mute.name, until=f"{until:{UNTIL}}", who=mute.by)
