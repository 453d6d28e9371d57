"""What the buttons under an alert need, done on the store; a part of the desk.

A newcomer's mistake is to show an incident as it is kept: a chat sees it as carefully as its rules ask, and one that
left the rules since as carefully as all of them ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.caution import careful, veiled
from bot.core.explaining import explain
from bot.core.messages import clean, where
from bot.core.model import (
    Acknowledgement,
    Delivery,
    Feedback,
    Incident,
    Mute,
    MuteKind,
    Reading,
    Report,
    Toponym,
    Verdict,
)
from bot.core.pipeline import Rulebook
from bot.core.preferences import audible, language_for
from bot.core.reading import read
from bot.core.references import reference
from bot.core.tongue import Tongue
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram.alertdesk import Card, What, Why
from bot.tongues import Tongues

OPENLY = Delivery()
LONGEST_NAME = 60


class AlertAnswers:
    """Answers the taps under alerts."""

    _store: StoreThread
    _rulebook: Callable[[], Rulebook]
    _clock: Callable[[], datetime]
    _tongues: Tongues

    async def card(self, chat_id: int, message_id: int, telegram_id: int) -> Card | None:
        shown = await self._store(Store.shown, chat_id, message_id, telegram_id)
        incident = await self._store(Store.incident, shown.incident_id) if shown else None
        if shown is None or incident is None:
            return None
        return replace(await self._card(chat_id, incident), message_id=shown.id, link=shown.text.link)

    async def _card(self, chat_id: int, incident: Incident) -> Card:
        own = await self._store(Store.subscriptions_of, chat_id, self._clock())
        rules = heard(incident, {each.rule_id for each in own})
        told, delivery = tuple(rule for rule in incident.told if rule.id in rules), careful(incident, rules)
        audibly = list(
            audible((each for each in own if each.rule_id in rules), incident, self._clock(), delivery.place)
        )
        language = language_for(audibly, incident, delivery.place)
        return Card(veiled(incident, delivery), reference(incident.id), told, language=language)

    def tongue_of(self, card: Card, asked_in: Tongue) -> Tongue:
        return replace(self._tongues.of(card.language), zone=asked_in.zone) if card.language else asked_in

    # ---------------------------------------------------------------- why
    async def why(self, card: Card) -> Why:
        incident = await self._store(Store.incident, card.incident.id)
        if incident is None:
            return Why(())
        ids = [rule.id for rule in card.rules]
        rules = [rule for rule in self._rulebook().rules if rule.id in ids]
        gone = tuple(rule_id for rule_id in ids if rule_id not in {rule.id for rule in rules})
        kept = await self._store(Store.report, quoted_in(incident))
        reading = await self._read(kept.report) if kept else None
        if reading is None:
            return Why((), tuple(ids))
        explained = await asyncio.to_thread(explain, reading, rules)
        if careful(incident, ids) != OPENLY:
            return Why(tuple(explained), gone, is_careful=True)
        return Why(tuple(explained), gone, names_of(reading, incident), reading.report)

    async def _read(self, report: Report) -> Reading:
        return await asyncio.to_thread(read, report, self._rulebook().knowledge)

    # ---------------------------------------------------------------- what people do
    async def mute(
        self, chat_id: int, what: What, card: Card, *, rule_id: str, span: timedelta, who: str, tongue: Tongue
    ) -> Mute:
        now, target = self._clock(), await self._target(what, card, rule_id)
        name = clean(_name(what, card, rule_id, tongue), LONGEST_NAME)
        kind = card.incident.place.kind if what is What.PLACE and card.incident.place else None
        muted = Mute(MuteKind(what), target, now + span, name, clean(who, LONGEST_NAME), now, place_kind=kind)
        return replace(muted, id=await self._store(Store.mute, chat_id, muted, now))

    async def unmute(self, chat_id: int, mute_id: int) -> Mute | None:
        return await self._store(Store.unmute, chat_id, mute_id, self._clock())

    async def _target(self, what: What, card: Card, rule_id: str) -> str:
        """The id of what is muted; of a place, that of the area under whose name the chat knows it."""
        if what is What.INCIDENT:
            return card.incident.id
        if what is What.RULE:
            if not rule_id:
                raise LookupError("no such rule")
            return rule_id
        incident = await self._store(Store.incident, card.incident.id)
        shown = card.incident.place
        if incident is None or incident.place is None or shown is None:
            raise LookupError("no place")
        if incident.place.id == shown.id:
            return shown.id
        around = map(self._rulebook().knowledge.gazetteer.find, incident.place.parents)
        for place in around:
            if (place.kind, place.name) == (shown.kind, shown.name):
                return place.id
        raise LookupError(shown.name)

    async def give_feedback(
        self, chat_id: int, card: Card, verdict: Verdict, user_id: int, name: str
    ) -> Verdict | None:
        before = await self._store(Store.verdict_of, chat_id, card.incident.id, user_id)
        incident = await self._store(Store.incident, card.incident.id)
        if incident is None:
            return before
        kept = await self._store(Store.report, quoted_in(incident))
        rules = tuple(rule.id for rule in card.rules)
        report = kept.report if kept else None
        given = Feedback(chat_id, user_id, name, verdict, self._clock(), incident, rules, report)
        await self._store(Store.give_feedback, given)
        return before

    async def acknowledged(self, chat_id: int, incident_id: str) -> Sequence[Acknowledgement]:
        return await self._store(Store.acknowledged, chat_id, incident_id)

    async def acknowledge(self, chat_id: int, incident_id: str, user_id: int, name: str) -> bool:
        by = Acknowledgement(user_id, name, self._clock())
        return await self._store(Store.acknowledge, chat_id, incident_id, by)

    async def take_back(self, chat_id: int, incident_id: str, user_id: int) -> bool:
        return await self._store(Store.take_back, chat_id, incident_id, user_id, self._clock())


def _name(what: What, card: Card, rule_id: str, tongue: Tongue) -> str:
    """What people call it, as far as the chat may know."""
    if what is What.RULE:
        return next((tongue.title(rule) for rule in card.rules if rule.id == rule_id), rule_id)
    place = where(card.incident.place, tongue)
    return place if what is What.PLACE else tongue.listed([place, tongue.isolated(card.reference)])


def heard(incident: Incident, rules: Collection[str]) -> frozenset[str]:
    """The rules by which a chat was told; all there are, where it has left them."""
    return incident.rules.intersection(rules) or incident.rules


def quoted_in(incident: Incident) -> str:
    """The report whose figure stands: the first that told the most."""
    told = [source for source in incident.sources if source.killed == incident.killed]
    return (told or list(incident.sources))[0].report_id


def names_of(reading: Reading, incident: Incident) -> tuple[Toponym, ...]:
    """The mentions that were taken for the place of an incident."""
    place = incident.place
    return tuple(name for name in reading.toponyms if place is not None and name.place.id == place.id)
