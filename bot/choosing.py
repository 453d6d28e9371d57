"""What choosing in Telegram needs, done on the store and the rules in force.

A newcomer's mistake is to show what is in the store: a sample is told as carefully as its rule asks, and no sooner.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import zones
from bot.core.caution import is_finer
from bot.core.listing import told_to
from bot.core.matching import covers
from bot.core.messages import clean, where
from bot.core.model import (
    ChatSettings,
    Incident,
    Mute,
    MuteKind,
    Narrowed,
    Place,
    Preferences,
    Rule,
    Subscriber,
)
from bot.core.pipeline import Rulebook
from bot.core.sampling import sample_of
from bot.core.severitywords import severities_of
from bot.core.tongue import Tongue
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import choosing_texts as words
from bot.telegram.choosingdesk import ChoosingDesk, Fired, Mutable
from bot.telegram.desk import RuleCard

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
LATELY = timedelta(days=3)
MOST_LATELY = 5
LONGEST_LABEL = 50


class StoreChoosing:
    """Answers what is asked in choosing. `rulebook` gives the rules as they are now."""

    def __init__(
        self,
        store: StoreThread,
        rulebook: Callable[[], Rulebook],
        allowed: Callable[[int, int], Awaitable[bool]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._rulebook = rulebook
        self._allowed = allowed
        self._clock = clock

    # ---------------------------------------------------------------- rules
    async def rules(self) -> Sequence[RuleCard]:
        titles = {event_type.id: event_type.title for event_type in self._rulebook().types}
        return [card_of(rule, titles) for rule in self._rulebook().rules if rule.live]

    async def fired(self, rule_id: str, tongue: Tongue) -> Fired:
        now, rulebook = self._clock(), self._rulebook()
        rule = self._rule(rule_id)
        if rule is None:
            return Fired(0, 0, "", is_real=False)
        recent = await self._store(Store.incidents_since, now - MONTH)
        told = [each for each in told_to(recent, {rule_id}, now) if each.first_seen > now - MONTH]
        newest = max(told, key=lambda each: each.first_seen, default=None)
        sample = await asyncio.to_thread(sample_of, rule, newest, rulebook.knowledge, tongue)
        in_week = sum(each.first_seen > now - WEEK for each in told)
        return Fired(in_week, len(told), sample.plain if sample else "", is_real=newest is not None)

    def _rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self._rulebook().rules if rule.id == rule_id), None)

    # ---------------------------------------------------------------- subscriptions
    async def listening(self, chat_id: int) -> Sequence[Subscriber]:
        return await self._store(Store.subscriptions_of, chat_id, self._clock())

    async def subscribe(self, chat_id: int, rule_id: str, topic_id: int | None, language: str) -> bool:
        await self._store(Store.resume_chat, chat_id, self._clock())
        return await self._store(Store.subscribe, chat_id, rule_id, self._clock(), topic_id, language=language)

    async def unsubscribe(self, chat_id: int, rule_id: str) -> bool:
        return await self._store(Store.unsubscribe, chat_id, rule_id, self._clock())

    async def prefer(self, chat_id: int, rule_id: str, chosen: Preferences) -> bool:
        return await self._store(Store.prefer, chat_id, rule_id, chosen)

    async def places_in(self, rule_id: str) -> Sequence[Narrowed]:
        rule = self._rule(rule_id)
        if rule is None:
            return ()
        return await asyncio.to_thread(self._places_in, rule)

    def _places_in(self, rule: Rule) -> list[Narrowed]:
        gazetteer = self._rulebook().knowledge.gazetteer
        areas = [area.place for area in rule.areas if area.within_km is None]
        found = {place.id: place for area in areas for place in gazetteer.regions_in(area)}
        if len(areas) > 1:
            found |= {area.id: area for area in areas}
        return [narrowed(p) for p in found.values() if not is_finer(p.kind, rule.delivery.place)]

    async def as_read(self, chosen: Preferences, tongue: Tongue) -> Preferences:
        known = self._rulebook().knowledge.gazetteer.get(chosen.place.id) if chosen.place else None
        if chosen.place is None or known is None:
            return chosen
        return replace(chosen, place=replace(chosen.place, name=tongue.place(known).name))

    async def place_in(self, rule_id: str, asked: str) -> Narrowed:
        place = self._rulebook().knowledge.gazetteer.find(asked)
        rule = self._rule(rule_id)
        if rule is None or not covers(rule.areas, place):
            raise LookupError(words.OUTSIDE, {"place": place.name})
        if is_finer(place.kind, rule.delivery.place):
            raise LookupError(words.TOO_FINE)
        return narrowed(place)

    # ---------------------------------------------------------------- settings
    async def settings(self, chat_id: int) -> ChatSettings:
        return await self._store(Store.settings_of, chat_id)

    async def choose(self, chat_id: int, chosen: ChatSettings) -> None:
        await self._store(Store.choose_settings, chat_id, chosen, self._clock())

    async def language(self, chat_id: int) -> str:
        return await self._store(Store.language_of, chat_id)

    async def speak(self, chat_id: int, language: str) -> None:
        await self._store(Store.speak, chat_id, language, self._clock())

    async def zones(self, chat_id: int) -> Sequence[str]:
        listened = {each.rule_id for each in await self.listening(chat_id)}
        rules = [rule for rule in self._rulebook().rules if rule.id in listened]
        countries = [area.place.country for rule in rules for area in rule.areas if area.place.country]
        return zones.common(dict.fromkeys(countries))

    async def local(self, chat_id: int, moment: datetime | None = None) -> datetime:
        return (moment or self._clock()).astimezone((await self.settings(chat_id)).zone)

    # ---------------------------------------------------------------- mutes
    async def mutes(self, chat_id: int, tongue: Tongue) -> Sequence[Mute]:
        return [self._as_called(each, tongue) for each in await self._store(Store.mutes_of, chat_id, self._clock())]

    def _as_called(self, muted: Mute, tongue: Tongue) -> Mute:
        """A mute under the name of its rule in this language; of one that is no more, as it was called then."""
        rule = self._rule(muted.target) if muted.kind is MuteKind.RULE else None
        return replace(muted, name=clean(tongue.title(rule), LONGEST_LABEL)) if rule else muted

    async def mute(self, chat_id: int, what: Mutable, span: timedelta, by: str) -> Mute:
        now, name = self._clock(), clean(what.name, LONGEST_LABEL)
        who = clean(by, LONGEST_LABEL)
        asked = Mute(what.kind, what.target, now + span, name, who, now, place_kind=what.place_kind)
        return replace(asked, id=await self._store(Store.mute, chat_id, asked, now))

    async def is_heard_all_the_same(self, chat_id: int, place: Narrowed) -> bool:
        own = await self._store(Store.rules_of, chat_id)
        return any(is_finer(place.kind, r.delivery.place) for r in self._rulebook().rules if r.id in own)

    async def unmute(self, chat_id: int, mute_id: int, tongue: Tongue) -> Mute | None:
        ended = await self._store(Store.unmute, chat_id, mute_id, self._clock())
        return self._as_called(ended, tongue) if ended else None

    async def told_lately(self, chat_id: int, tongue: Tongue) -> Mapping[str, str]:
        now, rules = self._clock(), {each.rule_id for each in await self.listening(chat_id)}
        told = told_to(await self._store(Store.incidents_since, now - LATELY), rules, now)
        newest = sorted(told, key=lambda each: each.last_seen, reverse=True)[:MOST_LATELY]
        return {each.id: label_of(each, tongue) for each in newest}

    async def place(self, asked: str) -> Narrowed:
        return narrowed(self._rulebook().knowledge.gazetteer.find(asked))

    # ---------------------------------------------------------------- channels
    async def channels(self) -> Mapping[int, str]:
        return await self._store(Store.channels)

    async def add_channel(self, chat_id: int, title: str) -> None:
        await self._store(Store.add_channel, chat_id, title, self._clock())

    async def remove_channel(self, chat_id: int) -> None:
        await self._store(Store.remove_channel, chat_id)

    async def forget(self, chat_id: int) -> Mapping[str, int]:
        return await self._store(Store.forget_chat, chat_id)

    async def allowed(self, chat_id: int, user_id: int) -> bool:
        return await self._allowed(chat_id, user_id)


_fits: type[ChoosingDesk] = StoreChoosing


def card_of(rule: Rule, titles: Mapping[str, str]) -> RuleCard:
    """A rule as people choose it; `titles` are those of the kinds of events."""
    places = {area.place.country_name or area.place.name: area.place for area in reversed(rule.areas)}
    events = sorted(titles.get(each, each) for each in rule.events | rule.all_events)
    return RuleCard(rule.id, rule.title, severities_of(rule), tuple(places.values()), tuple(events), rule.titles)


def narrowed(place: Place) -> Narrowed:
    return Narrowed(place.id, place.name, place.kind)


def label_of(incident: Incident, tongue: Tongue) -> str:
    """An incident in a few words, as its chat may see it."""
    return clean(tongue.listed([where(incident.place, tongue), tongue.day(incident.first_seen)]), LONGEST_LABEL)
