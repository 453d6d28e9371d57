"""What taps under an alert do: look closer, mute, say whether it was right, acknowledge.

A newcomer's mistake is to trust a tap: its data is whatever a client sends, so each is first taken to the store, which
knows whether the message is this chat's. Looking and judging is for everybody, muting for those who decide for a group.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from html import escape

from telegram.constants import ChatType

from bot.core.messages import clean, toll_line, where
from bot.core.model import Mute, Verdict
from bot.telegram import alert_texts, alertkeys, choosing_texts
from bot.telegram.alertdesk import AlertDesk, Card, What
from bot.telegram.alertkeys import MuteTap
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.replying import change_keyboard, in_group, pop_up, reply, replying_to

LONGEST_TITLE = 64  # of a venue
Groups = tuple[str | None, ...]


class AlertButtons:
    """The answers to all taps under alerts."""

    def __init__(self, desk: AlertDesk) -> None:
        self._desk = desk
        self._looking: Mapping[str, Callable[[Ask, Card], Awaitable[None]]] = {
            alertkeys.SOURCES: self.sources,
            alertkeys.WHY: self.why,
            alertkeys.MAP: self.map,
            alertkeys.OPEN: self.open,
            alertkeys.CLOSE: self.close,
        }

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {}

    @property
    def taps(self) -> Mapping[str, Answer]:
        """By the pattern of a button's data."""
        return {
            alertkeys.LOOKING.pattern: self._checked(alertkeys.LOOKING, self._look),
            alertkeys.VERDICT.pattern: self._checked(alertkeys.VERDICT, self._judge),
            alertkeys.ACKNOWLEDGING.pattern: self._checked(alertkeys.ACKNOWLEDGING, self._see_to),
            alertkeys.MUTING.pattern: self._checked(alertkeys.MUTING, self._mute),
            alertkeys.UNMUTING.pattern: self._checked(alertkeys.UNMUTING, self._unmute),
        }

    def _checked(self, pattern: re.Pattern[str], answer: Callable[[Ask, Card, Groups], Awaitable[None]]) -> Answer:
        """Ask the store whether the message is what the tap says; a tap that is not changes nothing and is told so."""

        async def check(ask: Ask) -> None:
            found = pattern.fullmatch(ask.tapped.data or "") if ask.tapped else None
            message = ask.tapped.message if ask.tapped else None
            if found is None or message is None:
                await ask.say(alert_texts.STALE)
                return
            *groups, number = found.groups()
            card = await self._desk.card(ask.chat_id, int(number), message.message_id)
            if card is None:
                await ask.say(alert_texts.STALE)
                return
            spoken = replace(ask, tongue=self._desk.tongue_of(card, ask.tongue))  # as the message above the button
            await answer(spoken, card, tuple(groups))

        return check

    # ---------------------------------------------------------------- looking
    async def _look(self, ask: Ask, card: Card, groups: Groups) -> None:
        await self._looking[groups[0] or ""](ask, card)

    async def sources(self, ask: Ask, card: Card) -> None:
        await reply(ask, alert_texts.sources(card, ask.tongue))

    async def why(self, ask: Ask, card: Card) -> None:
        await reply(ask, alert_texts.why(card, await self._desk.why(card), ask.tongue))

    async def map(self, ask: Ask, card: Card) -> None:
        place = card.incident.place
        if place is None or place.lat is None or place.lon is None:
            await ask.say(alert_texts.NO_POSITION)
            return
        if ask.chat.type == ChatType.CHANNEL:  # where a map would be for everybody
            await pop_up(ask, escape(f"{where(place, ask.tongue)}\n{place.lat:.4f}, {place.lon:.4f}"))
            return
        await ask.answer_tap()
        await ask.bot.send_venue(
            ask.chat_id,
            latitude=place.lat,
            longitude=place.lon,
            title=clean(where(place, ask.tongue), LONGEST_TITLE),
            address=toll_line(card.incident, ask.tongue) or card.reference,
            disable_notification=True,
            message_thread_id=ask.topic_id,
            reply_parameters=replying_to(ask),
        )

    async def open(self, ask: Ask, card: Card) -> None:
        """In a channel the keyboard is everybody's, so that its administrators alone open it."""
        if ask.chat.type == ChatType.CHANNEL and not await ask.may_change():
            await ask.say(alert_texts.ADMINISTRATORS_ONLY)
            return
        seen_to = await self._desk.acknowledged(ask.chat_id, card.incident.id)
        keyboard = alertkeys.opened(card, ask.tongue, in_group=in_group(ask), is_acknowledged=bool(seen_to))
        await ask.show(View(""))
        await change_keyboard(ask, keyboard)

    async def close(self, ask: Ask, card: Card) -> None:
        await ask.show(View(""))
        await change_keyboard(ask, alertkeys.closed(card.message_id, card.link, ask.tongue))

    # ---------------------------------------------------------------- right or wrong
    async def _judge(self, ask: Ask, card: Card, groups: Groups) -> None:
        verdict = alertkeys.VERDICTS.get(groups[0] or "")
        if verdict is None:
            await ask.show(View(""))
            await change_keyboard(ask, alertkeys.verdicts(card, ask.tongue))
            return
        before = await self._desk.give_feedback(ask.chat_id, card, verdict, ask.user_id, _name(ask))
        await ask.show(View(_noted(ask, verdict, before)))

    # ---------------------------------------------------------------- who sees to it
    async def _see_to(self, ask: Ask, card: Card, groups: Groups) -> None:
        if not in_group(ask):
            await ask.say(alert_texts.GROUPS_ONLY)
        elif groups[0] == "+":
            is_new = await self._desk.acknowledge(ask.chat_id, card.incident.id, ask.user_id, _name(ask))
            await ask.say(alert_texts.IS_ACKNOWLEDGED if is_new else alert_texts.WAS_ACKNOWLEDGED)
        else:
            had = await self._desk.take_back(ask.chat_id, card.incident.id, ask.user_id)
            await ask.say(alert_texts.TAKEN_BACK if had else alert_texts.NOT_ACKNOWLEDGED)

    # ---------------------------------------------------------------- muting
    async def _mute(self, ask: Ask, card: Card, groups: Groups) -> None:
        if not await ask.may_change():
            await ask.say(alert_texts.ADMINISTRATORS_ONLY)
            return
        tap = alertkeys.read_mute(*groups)
        if tap.span is None:
            await ask.show(View(""))
            keyboard = alertkeys.mutes(card, ask.tongue) if tap.what is None else alertkeys.spans(card, tap, ask.tongue)
            await change_keyboard(ask, keyboard)
            return
        await self._hush(ask, card, tap, tap.span)

    async def _hush(self, ask: Ask, card: Card, tap: MuteTap, span: timedelta) -> None:
        rule = alertkeys.rule_of(tap.reference, card.rules)
        what = tap.what or What.INCIDENT
        try:
            rule_id = rule.id if rule else ""
            muted = await self._desk.mute(
                ask.chat_id, what, card, rule_id=rule_id, span=span, who=_name(ask), tongue=ask.tongue
            )
        except LookupError:
            await ask.say(alert_texts.NOTHING_TO_MUTE)
            await change_keyboard(ask, alertkeys.closed(card.message_id, card.link, ask.tongue))
            return
        title = ask.tongue.title(rule) if rule else ""
        name = where(card.incident.place, ask.tongue) if what is What.PLACE else title
        said = ask.tongue.say(alert_texts.MUTED[what], name=alert_texts.short(name))
        await pop_up(ask, ask.tongue.say(alert_texts.NOW_MUTED, until=ask.tongue.clock(muted.until), what=said))
        await change_keyboard(ask, alertkeys.muted(card, muted.id, ask.tongue))

    async def _unmute(self, ask: Ask, card: Card, groups: Groups) -> None:
        if not await ask.may_change():
            await ask.say(alert_texts.ADMINISTRATORS_ONLY)
            return
        ended = await self._desk.unmute(ask.chat_id, int(groups[0] or 0))
        said = ask.tongue.say(choosing_texts.NOW_UNMUTED, name=_called(ended, card, ask)) if ended else ""
        await ask.show(View(said or ask.tongue.say(alert_texts.NOT_MUTED)))
        await change_keyboard(ask, alertkeys.closed(card.message_id, card.link, ask.tongue))


def _called(ended: Mute, card: Card, ask: Ask) -> str:
    """What was muted; a rule by its title in the language of who reads it now."""
    return next((ask.tongue.title(rule) for rule in card.rules if rule.id == ended.target), ended.name)


def _noted(ask: Ask, verdict: Verdict, before: Verdict | None) -> str:
    said = ask.tongue.say(alert_texts.VERDICTS[verdict])
    if before is None:
        return ask.tongue.say(alert_texts.THANKS, verdict=said)
    if before is verdict:
        return ask.tongue.say(alert_texts.SAID_ALREADY, verdict=said)
    was = ask.tongue.say(alert_texts.VERDICTS[before])
    return ask.tongue.say(alert_texts.CHANGED, before=was, verdict=said)


def _name(ask: Ask) -> str:
    user = ask.update.effective_user
    return user.full_name if user else ""
