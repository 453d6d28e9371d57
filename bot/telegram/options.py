"""What of a rule a chat wants to hear, and how: one screen of choices for a subscription, and /only.

A newcomer's mistake is to draw what was tapped: the screen shows what is stored, whoever changed it meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.model import Narrowed, Preferences, Rhythm, Severity, Subscriber
from bot.core.text import fold
from bot.core.tongue import Tongue, titles_of
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.commands import deciders_only
from bot.telegram.deciding import Rights, chat_of, present, stale
from bot.telegram.taps import Origin, Screen, Tap, meant, page_of, pages, pattern, reference, short, turning
from bot.tongues import languages, name_of

EXAMPLE = "Jabal Zawiya"
EVERYWHERE = "all"
AS_THE_CHAT = "chat"


class Options:
    """The options of subscriptions."""

    def __init__(self, desk: ChoosingDesk) -> None:
        self._desk = desk
        self._rights = Rights(desk)

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"only": deciders_only(self.only)}

    @property
    def taps(self) -> Mapping[str, Answer]:
        changing = (Screen.MINIMUM, Screen.TOLL, Screen.RHYTHM, Screen.SOUND, Screen.NARROW, Screen.TONGUE)
        answers = {
            (Screen.OPTIONS,): self.options,
            (Screen.INSIDE,): self.inside,
            (Screen.TONGUES,): self.languages,
            (Screen.HERE,): self.send_here,
            changing: self.change,
        }
        return {pattern(*screens): self._rights.tapped(answer) for screens, answer in answers.items()}

    # ---------------------------------------------------------------- screens
    async def options(self, ask: Ask, tap: Tap, said: str = "") -> None:
        mine = await self._mine(ask, tap)
        if mine is None:
            await stale(ask)
            return
        title, shown = await self._title(ask, mine.rule_id), await self._desk.as_read(mine.preferences, ask.tongue)
        text = "\n\n".join([ask.tongue.say(words.OPTIONS_OF, title=title), chosen_line(ask.tongue, shown)])
        rows = _rows(ask.tongue, tap, shown)
        if ask.chat.is_forum and mine.preferences.topic_id != ask.topic_id:
            rows.insert(-1, [tap.to(Screen.HERE).button(ask.tongue.say(words.HERE))])
        await present(ask, View(text, InlineKeyboardMarkup(rows)), said)

    async def inside(self, ask: Ask, tap: Tap) -> None:
        """The places inside the rule's place."""
        mine = await self._mine(ask, tap)
        if mine is None:
            await stale(ask)
            return
        places = await self._desk.places_in(mine.rule_id)
        chat_id, chosen = chat_of(ask, tap), mine.preferences.place
        page, shown = page_of(tap.page, places)
        rows = [[choice(tap.to(Screen.NARROW, EVERYWHERE), ask.tongue.say(words.EVERYWHERE_BUTTON), chosen is None)]]
        rows += [
            [choice(tap.to(Screen.NARROW, short(chat_id, place.id)), await self._name(ask, place), chosen == place)]
            for place in shown
        ]
        rows += turning(page, pages(places), lambda target: tap.to(Screen.INSIDE, str(target)))
        rows.append([tap.to(Screen.OPTIONS).button(ask.tongue.say(words.BACK))])
        text = words.CHOOSE_INSIDE if places else words.NO_INSIDE
        example = places[0].name if places else EXAMPLE
        said = ask.tongue.say(text, rule=mine.rule_id, example=example)
        await present(ask, View(said, InlineKeyboardMarkup(rows)))

    async def _name(self, ask: Ask, place: Narrowed) -> str:
        shown = await self._desk.as_read(Preferences(place=place), ask.tongue)
        return shown.place.name if shown.place else place.name

    async def languages(self, ask: Ask, tap: Tap) -> None:
        """The languages that a rule can be told in."""
        mine = await self._mine(ask, tap)
        if mine is None:
            await stale(ask)
            return
        chosen, say = mine.preferences.language, ask.tongue.say
        rows = [[choice(tap.to(Screen.TONGUE, AS_THE_CHAT), say(words.AS_THE_CHAT_BUTTON), not chosen)]]
        rows += [[choice(tap.to(Screen.TONGUE, code), name_of(code), code == chosen)] for code in languages()]
        rows.append([tap.to(Screen.OPTIONS).button(say(words.BACK))])
        await present(ask, View(say(words.CHOOSE_LANGUAGE_OF_RULE), InlineKeyboardMarkup(rows)))

    async def send_here(self, ask: Ask, tap: Tap) -> None:
        """The topic of the button is the target from now on."""
        mine = await self._mine(ask, tap)
        if mine is None or not ask.chat.is_forum:
            await stale(ask)
            return
        await self._desk.prefer(ask.chat_id, mine.rule_id, replace(mine.preferences, topic_id=ask.topic_id))
        title = await self._title(ask, mine.rule_id)
        await self.options(ask, tap, ask.tongue.say(words.NOW_HERE, title=title))

    async def change(self, ask: Ask, tap: Tap) -> None:
        mine = await self._mine(ask, tap)
        chosen = None if mine is None else await self._chosen(ask, tap, mine)
        if mine is None or chosen is None:
            await stale(ask)
            return
        await self.options(ask, tap, await self._prefer(ask, chat_of(ask, tap), mine, chosen))

    async def _chosen(self, ask: Ask, tap: Tap, mine: Subscriber) -> Preferences | None:
        """What a tap asks for; None for what no button of ours asks."""
        kept, value = mine.preferences, tap.value
        if tap.screen is Screen.MINIMUM and value in list(Severity):
            return replace(kept, minimum=Severity(value))
        if tap.screen is Screen.TOLL and value in map(str, words.TOLLS):
            return replace(kept, minimum_toll=int(value))
        if tap.screen is Screen.RHYTHM and value in list(Rhythm):
            return replace(kept, rhythm=Rhythm(value))
        if tap.screen is Screen.SOUND and value in ("0", "1"):
            return replace(kept, silent=value == "0")
        if tap.screen is Screen.TONGUE and value in (AS_THE_CHAT, *languages()):
            return replace(kept, language="" if value == AS_THE_CHAT else value)
        if tap.screen is Screen.NARROW and value == EVERYWHERE:
            return replace(kept, place=None)
        if tap.screen is Screen.NARROW:
            chat_id = chat_of(ask, tap)
            place = meant(value, await self._desk.places_in(mine.rule_id), lambda each: short(chat_id, each.id))
            return replace(kept, place=place) if place else None
        return None

    async def _prefer(self, ask: Ask, chat_id: int, mine: Subscriber, chosen: Preferences) -> str:
        await self._desk.prefer(chat_id, mine.rule_id, chosen)
        title, tongue = await self._title(ask, mine.rule_id), ask.tongue
        after, before = [await self._desk.as_read(each, tongue) for each in (chosen, mine.preferences)]
        pairs = zip(_said(tongue, after), _said(tongue, before), strict=True)
        changed = [pair for pair in pairs if pair[0] != pair[1]]
        if not changed:
            return tongue.say(words.UNCHANGED, title=title)
        now, was = (tongue.listed(said) for said in zip(*changed, strict=True))
        return tongue.say(words.CHANGED, title=title, now=now, before=was)

    async def _mine(self, ask: Ask, tap: Tap) -> Subscriber | None:
        chat_id = chat_of(ask, tap)
        return meant(tap.reference, await self._desk.listening(chat_id), lambda s: reference(chat_id, s.rule_id))

    async def _title(self, ask: Ask, rule_id: str) -> str:
        rules = await self._desk.rules()
        return next((ask.tongue.title(rule) for rule in rules if rule.id == rule_id), rule_id)

    # ---------------------------------------------------------------- /only RULE PLACE
    async def only(self, ask: Ask) -> None:
        """Narrow a subscription down to any place, however small; without a place it is heard everywhere again."""
        listening = await self._desk.listening(ask.chat_id)
        mine, asked = await self._named(" ".join(ask.words), listening)
        if mine is None:
            rules = ask.tongue.listed(each.rule_id for each in listening)
            wrong = words.ONLY_HOW if listening else words.NOT_SUBSCRIBED
            first = listening[0].rule_id if listening else ""
            await ask.say(wrong, rule=first, rules=rules, example=EXAMPLE)
            return
        try:
            place = await self._desk.place_in(mine.rule_id, asked) if asked else None
        except LookupError as error:
            await ask.say(words.WRONG_PLACE, why=texts.no_place(error, ask.tongue))
            return
        said = await self._prefer(ask, ask.chat_id, mine, replace(mine.preferences, place=place))
        tap = Tap(Screen.OPTIONS, reference=reference(ask.chat_id, mine.rule_id), origin=Origin("m"))
        row = [tap.button(ask.tongue.say(words.OPTIONS))]
        before = mine.preferences.place
        if before is None or before in await self._desk.places_in(mine.rule_id):
            value = short(ask.chat_id, before.id) if before else EVERYWHERE
            row.append(tap.to(Screen.NARROW, value).button(ask.tongue.say(words.UNDO)))
        await present(ask, View("", InlineKeyboardMarkup([row])), said)

    async def _named(self, asked: str, listening: Sequence[Subscriber]) -> tuple[Subscriber | None, str]:
        """The subscription whose rule's id, or title in any language, the words begin with, and the words after it."""
        titles = {rule.id: titles_of(rule) for rule in await self._desk.rules()}
        for mine in listening:
            for name in (mine.rule_id, *titles.get(mine.rule_id, ())):
                if f"{fold(asked)} ".startswith(f"{fold(name)} "):
                    return mine, " ".join(asked.split()[len(name.split()) :])
        return None, ""


# ---------------------------------------------------------------- in words, and as buttons
def chosen_line(tongue: Tongue, chosen: Preferences) -> str:
    said = _said(tongue, chosen) if chosen.language else _said(tongue, chosen)[:-1]  # most have that of the chat
    return tongue.say(words.CHOSEN_LINE, chosen=tongue.listed(said))


def _said(tongue: Tongue, chosen: Preferences) -> list[str]:
    """Each choice in words, always in the same order; the language last."""
    toll = tongue.count(*words.TOLL, chosen.minimum_toll) if chosen.minimum_toll else tongue.say(words.ANY_TOLL)
    place = tongue.say(words.ONLY, place=chosen.place.name) if chosen.place else tongue.say(words.EVERYWHERE)
    return [
        tongue.say(words.MINIMUM[chosen.minimum]),
        place,
        toll,
        tongue.say(words.RHYTHMS[chosen.rhythm]),
        tongue.say(words.WITHOUT_SOUND if chosen.silent else words.WITH_SOUND),
        _language(tongue, chosen),
    ]


def _language(tongue: Tongue, chosen: Preferences) -> str:
    if not chosen.language:
        return tongue.say(words.AS_THE_CHAT)
    return tongue.say(words.IN_LANGUAGE, language=name_of(chosen.language))


def _rows(tongue: Tongue, tap: Tap, chosen: Preferences) -> list[list[InlineKeyboardButton]]:
    """A row for each thing to choose; what is chosen now has a mark."""
    say = tongue.say
    minimum = [
        choice(tap.to(Screen.MINIMUM, severity), say(label), chosen.minimum is severity)
        for severity, label in words.MINIMUM_BUTTONS.items()
    ]
    tolls = [
        choice(
            tap.to(Screen.TOLL, str(toll)),
            words.TOLL_BUTTON.format(number=toll) if toll else say(words.ANY_TOLL_BUTTON),
            chosen.minimum_toll == toll,
        )
        for toll in words.TOLLS
    ]
    rhythms = [
        choice(tap.to(Screen.RHYTHM, rhythm), say(label), chosen.rhythm is rhythm)
        for rhythm, label in words.RHYTHM_BUTTONS.items()
    ]
    sounds = [
        choice(tap.to(Screen.SOUND, "1"), say(words.LOUD), not chosen.silent),
        choice(tap.to(Screen.SOUND, "0"), say(words.SILENT), chosen.silent),
    ]
    where = chosen.place.name if chosen.place else say(words.EVERYWHERE_BUTTON)
    place = [tap.to(Screen.INSIDE).button(say(words.INSIDE_BUTTON, place=where))]
    named = name_of(chosen.language) if chosen.language else say(words.AS_THE_CHAT_BUTTON)
    language = [tap.to(Screen.TONGUES).button(say(words.LANGUAGE, language=named))]
    origin = tap.origin or Origin("a")
    above = Tap(Screen.MINE, tap.target, value=str(origin.page)) if origin.kind == "m" else tap.to(Screen.CARD)
    return [minimum, tolls, rhythms, sounds, place, language, [above.button(say(words.BACK))]]


def choice(tap: Tap, label: str, is_chosen: bool) -> InlineKeyboardButton:  # noqa: FBT001  the one thing it is about
    return tap.button(f"{words.CHOSEN} {label}" if is_chosen else label)
