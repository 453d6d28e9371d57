"""Looking through the rules and choosing among them: by place, by kind of event, one rule at a time with what it told.

A newcomer's mistake is to remember where somebody is: every button says it, so a screen of last year still works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.core.model import Place, Subscriber
from bot.core.severitywords import graded
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.commands import deciders_only
from bot.telegram.deciding import Rights, chat_of, present, stale
from bot.telegram.desk import RuleCard
from bot.telegram.options import chosen_line
from bot.telegram.taps import Origin, Screen, Tap, meant, page_of, pages, pattern, reference, short, turning

PLACES, EVENTS, ALL, MINE = "p", "e", "a", "m"
GROUPED = {Screen.PLACES: PLACES, Screen.EVENTS: EVENTS}
ROOM_FOR_SAMPLE = MessageLimit.MAX_TEXT_LENGTH - 1000

Rows = list[list[InlineKeyboardButton]]


class Browsing:
    """/subscribe and /unsubscribe, and all that one gets to from there."""

    def __init__(self, desk: ChoosingDesk) -> None:
        self._desk = desk
        self._rights = Rights(desk)

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"subscribe": deciders_only(self.subscribe), "unsubscribe": deciders_only(self.unsubscribe)}

    @property
    def taps(self) -> Mapping[str, Answer]:
        answers = {
            (Screen.BROWSE,): self.browse,
            (Screen.PLACES, Screen.EVENTS): self.groups,
            (Screen.RULES,): self.rules,
            (Screen.CARD,): self.card,
            (Screen.SUBSCRIBE, Screen.UNSUBSCRIBE): self.decide,
            (Screen.MINE,): self.mine,
            (Screen.LEAVE, Screen.RETURN): self.leave,
        }
        return {pattern(*screens): self._rights.tapped(answer) for screens, answer in answers.items()}

    # ---------------------------------------------------------------- commands
    async def subscribe(self, ask: Ask) -> None:
        await self.browse(ask, Tap(Screen.BROWSE))

    async def unsubscribe(self, ask: Ask) -> None:
        await self.mine(ask, Tap(Screen.MINE))

    # ---------------------------------------------------------------- lists
    async def browse(self, ask: Ask, tap: Tap) -> None:
        if not await self._desk.rules():
            await present(ask, View(ask.tongue.say(texts.NO_RULES)))
            return
        channels = await self._desk.channels() if tap.target is not None else {}
        text = ask.tongue.say(words.BROWSE)
        if tap.target is not None:
            text = ask.tongue.say(words.BROWSE_CHANNEL, channel=channels.get(tap.target, ""))
        whole = Origin(ALL)
        rows = [
            [tap.to(Screen.PLACES).button(ask.tongue.say(words.BY_PLACE))],
            [tap.to(Screen.EVENTS).button(ask.tongue.say(words.BY_EVENT))],
            [tap.to(Screen.RULES, origin=whole).button(ask.tongue.say(words.ALL_RULES))],
        ]
        await present(ask, View(text, InlineKeyboardMarkup(rows)))

    async def groups(self, ask: Ask, tap: Tap) -> None:
        """The places, or the kinds of events, that there are rules for."""
        kind, chat_id = GROUPED[tap.screen], chat_of(ask, tap)
        rules = await self._desk.rules()
        counted = Counter(name for rule in rules for name in _groups_of(rule, kind))
        spoken = {name: _spoken(ask, name, kind, rules) for name in counted}
        names = sorted(counted, key=lambda name: (not name, spoken[name]))
        page, shown = page_of(tap.page, names)
        rows = [
            [
                tap.to(Screen.RULES, origin=Origin(kind, short(chat_id, name))).button(
                    words.GROUP.format(name=spoken[name], count=counted[name])
                )
            ]
            for name in shown
        ]
        rows += turning(page, pages(names), lambda target: tap.to(tap.screen, str(target)))
        rows.append([tap.to(Screen.BROWSE).button(ask.tongue.say(words.BACK))])
        text = words.CHOOSE_PLACE if kind == PLACES else words.CHOOSE_EVENT
        await present(ask, View(ask.tongue.say(text), InlineKeyboardMarkup(rows)))

    async def rules(self, ask: Ask, tap: Tap) -> None:
        """The rules of a group, with marks at those that the chat listens to."""
        origin, chat_id = tap.origin or Origin(ALL), chat_of(ask, tap)
        shown = [rule for rule in await self._desk.rules() if _is_in(rule, origin, chat_id)]
        if not shown:
            await stale(ask)
            return
        subscribed = {each.rule_id for each in await self._desk.listening(chat_id)}
        page, on_page = page_of(origin.page, shown)
        here = Origin(origin.kind, origin.group, page)
        rows = [
            [
                Tap(Screen.CARD, tap.target, reference(chat_id, rule.id), origin=here).button(
                    texts.choice(
                        _titled(ask, rule), graded(rule.severities, ask.tongue), subscribed=rule.id in subscribed
                    )
                )
            ]
            for rule in on_page
        ]
        rows += turning(
            page, pages(shown), lambda target: tap.to(Screen.RULES, origin=Origin(origin.kind, origin.group, target))
        )
        above = {PLACES: Screen.PLACES, EVENTS: Screen.EVENTS}.get(origin.kind, Screen.BROWSE)
        rows.append([Tap(above, tap.target).button(ask.tongue.say(words.BACK))])
        await present(ask, View(ask.tongue.say(words.CHOOSE_RULE), InlineKeyboardMarkup(rows)))

    async def mine(self, ask: Ask, tap: Tap, said: str = "") -> None:
        """What the chat listens to: each can be left at once, or looked at."""
        chat_id = chat_of(ask, tap)
        mine = await self._mine(chat_id)
        rows: Rows = []
        if tap.screen is Screen.LEAVE and said:
            rows.append([tap.to(Screen.RETURN, tap.value).button(ask.tongue.say(words.UNDO))])
        page, shown = page_of(tap.page, mine)
        for rule in shown:
            known = Tap(Screen.LEAVE, tap.target, reference(chat_id, rule.id), str(page))
            label = texts.choice(_titled(ask, rule), "", subscribed=True)
            look = known.to(Screen.OPTIONS, origin=Origin(MINE, "", page))
            rows.append([known.button(label), look.button(ask.tongue.say(words.OPTIONS))])
        rows += turning(page, pages(mine), lambda target: Tap(Screen.MINE, tap.target, value=str(target)))
        text = ask.tongue.say(texts.CHOOSE_TO_STOP if mine else texts.NO_SUBSCRIPTIONS)
        await present(ask, View(text, InlineKeyboardMarkup(rows) if rows else None), said)

    async def _mine(self, chat_id: int) -> Sequence[RuleCard]:
        """What a chat listens to can always be left, even when the rule is no more."""
        subscribed = [each.rule_id for each in await self._desk.listening(chat_id)]
        rules = await self._desk.rules()
        known = {rule.id for rule in rules}
        gone = [RuleCard(rule_id, rule_id) for rule_id in subscribed if rule_id not in known]
        return [*(rule for rule in rules if rule.id in subscribed), *gone]

    # ---------------------------------------------------------------- one rule
    async def card(self, ask: Ask, tap: Tap, said: str = "") -> None:
        """What there is to know of a rule before one decides."""
        chat_id = chat_of(ask, tap)
        rule = await self._rule(chat_id, tap)
        if rule is None:
            await stale(ask)
            return
        listening = await self._desk.listening(chat_id)
        mine = next((each for each in listening if each.rule_id == rule.id), None)
        text = await self._card_text(ask, rule, mine)
        await present(ask, View(text, _card_buttons(ask, tap, is_mine=mine is not None)), said)

    async def _rule(self, chat_id: int, tap: Tap) -> RuleCard | None:
        return meant(tap.reference, await self._desk.rules(), lambda rule: reference(chat_id, rule.id))

    async def _card_text(self, ask: Ask, rule: RuleCard, mine: Subscriber | None) -> str:
        fired, say = await self._desk.fired(rule.id, ask.tongue), ask.tongue.say
        sample = [say(words.NO_SAMPLE)]
        if fired.sample:
            sample = [say(words.SAMPLE if fired.is_real else words.EXAMPLE), fired.sample[:ROOM_FOR_SAMPLE]]
        head = [
            ask.tongue.line(_titled(ask, rule)),
            *([say(words.CARD_SEVERITY, severity=graded(rule.severities, ask.tongue))] if rule.severities else []),
            say(words.FIRED, week=fired.in_week, month=fired.in_month),
        ]
        chosen = [chosen_line(ask.tongue, await self._desk.as_read(mine.preferences, ask.tongue))] if mine else []
        return "\n\n".join(["\n".join(head), "\n".join(sample), *chosen])[: MessageLimit.MAX_TEXT_LENGTH]

    async def decide(self, ask: Ask, tap: Tap) -> None:
        """Subscribe or unsubscribe, from a card."""
        chat_id = chat_of(ask, tap)
        rule = await self._rule(chat_id, tap)
        if rule is None:
            await stale(ask)
        elif tap.screen is Screen.SUBSCRIBE:
            await self.card(ask, tap, await self._join(ask, chat_id, rule))
        else:
            await self.card(ask, tap, await self._part(ask, chat_id, rule))

    async def leave(self, ask: Ask, tap: Tap) -> None:
        """Leave a rule of the list of one's own, or take that back."""
        chat_id = chat_of(ask, tap)
        among = await self._mine(chat_id) if tap.screen is Screen.LEAVE else await self._desk.rules()
        rule = meant(tap.reference, among, lambda each: reference(chat_id, each.id))
        if rule is None:
            await self.mine(ask, Tap(Screen.MINE, tap.target), ask.tongue.say(texts.STALE_BUTTON))
            return
        change = self._part if tap.screen is Screen.LEAVE else self._join
        await self.mine(ask, tap, await change(ask, chat_id, rule))

    async def _join(self, ask: Ask, chat_id: int, rule: RuleCard) -> str:
        topic_id = ask.topic_id if chat_id == ask.chat_id else None
        changed = await self._desk.subscribe(chat_id, rule.id, topic_id, ask.tongue.language)
        return ask.tongue.say(texts.SUBSCRIBED if changed else texts.ALREADY_SUBSCRIBED, title=ask.tongue.title(rule))

    async def _part(self, ask: Ask, chat_id: int, rule: RuleCard) -> str:
        changed = await self._desk.unsubscribe(chat_id, rule.id)
        return ask.tongue.say(
            texts.UNSUBSCRIBED if changed else texts.ALREADY_UNSUBSCRIBED, title=ask.tongue.title(rule)
        )


def _titled(ask: Ask, rule: RuleCard) -> str:
    """The title of a rule as a part of a label."""
    return ask.tongue.isolated(ask.tongue.title(rule))


def _card_buttons(ask: Ask, tap: Tap, *, is_mine: bool) -> InlineKeyboardMarkup:
    say = ask.tongue.say
    if is_mine:
        first = [
            tap.to(Screen.OPTIONS).button(say(words.OPTIONS)),
            tap.to(Screen.UNSUBSCRIBE).button(say(words.UNSUBSCRIBE)),
        ]
    else:
        first = [tap.to(Screen.SUBSCRIBE).button(say(words.SUBSCRIBE))]
    origin = tap.origin or Origin(ALL)
    back = Tap(Screen.MINE, tap.target, value=str(origin.page)) if origin.kind == MINE else None
    back = back or Tap(Screen.RULES, tap.target, origin=origin)
    return InlineKeyboardMarkup([first, [back.button(say(words.BACK))]])


def _groups_of(rule: RuleCard, kind: str) -> Collection[str]:
    """The groups that a rule is in; that without a name is of those that ask for nothing."""
    return (tuple(map(_land, rule.places)) if kind == PLACES else rule.events) or ("",)


def _spoken(ask: Ask, name: str, kind: str, rules: Iterable[RuleCard]) -> str:
    """The name of a group in the language of the chat; buttons go by the name itself, whatever is spoken."""
    if kind != PLACES:
        return ask.tongue.say(name or words.ANYTHING)
    places = (place for rule in rules for place in rule.places if _land(place) == name)
    return next((_land(ask.tongue.place(place)) for place in places), ask.tongue.say(words.ANYWHERE))


def _land(place: Place) -> str:
    return place.country_name or place.name


def _is_in(rule: RuleCard, origin: Origin, chat_id: int) -> bool:
    if origin.kind not in (PLACES, EVENTS):
        return True
    return any(short(chat_id, name) == origin.group for name in _groups_of(rule, origin.kind))
