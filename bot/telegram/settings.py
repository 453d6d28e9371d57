"""How a chat is written to: its language, clock, quiet hours and sounds. /settings, /timezone, /quiet.

A newcomer's mistake is to answer a new language in the old one: who chose it would not know that it works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time

from telegram import InlineKeyboardMarkup

from bot import zones
from bot.core.messages import clean
from bot.core.model import ChatSettings, QuietHours
from bot.core.tongue import Tongue
from bot.telegram import choosing_texts as words
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.choosingdesk import ChoosingDesk
from bot.telegram.commands import deciders_only
from bot.telegram.deciding import Rights, chat_of, present, stale
from bot.telegram.looking_texts import FORGET_YES
from bot.telegram.mutes import mute_line
from bot.telegram.options import choice
from bot.telegram.taps import Screen, Tap, meant, pattern, short
from bot.telegram.texts import LONGEST_ECHO
from bot.tongues import languages, name_of, tongue

HOURS = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)?\s*[-–]\s*([01]?\d|2[0-3])[:.]?([0-5]\d)?")
BUTTON_HOURS = re.compile(r"([01]\d|2[0-3])([0-5]\d)-([01]\d|2[0-3])([0-5]\d)", re.ASCII)
OFF = "off"
MOST_MUTES = 8  # in the settings; /unmute has all
ON_THE_WALL = "%H:%M"


class SettingsCounter:
    """The settings of chats."""

    def __init__(self, desk: ChoosingDesk) -> None:
        self._desk = desk
        self._rights = Rights(desk)

    @property
    def commands(self) -> Mapping[str, Answer]:
        asked = {"settings": self.settings, "timezone": self.type_zone, "quiet": self.type_hours}
        return {name: deciders_only(answer) for name, answer in asked.items()}

    @property
    def taps(self) -> Mapping[str, Answer]:
        answers = {
            Screen.SETTINGS: self.screen,
            Screen.LANGUAGES: self.languages,
            Screen.SPEAK: self.speak,
            Screen.ZONES: self.zones,
            Screen.ZONE: self.choose_zone,
            Screen.HOURS: self.hours,
            Screen.QUIET: self.choose_hours,
            Screen.CRITICAL: self.choose_critical,
            Screen.CHAT_SOUND: self.choose_sound,
        }
        return {pattern(screen): self._rights.tapped(answer) for screen, answer in answers.items()}

    # ---------------------------------------------------------------- all at a glance
    async def settings(self, ask: Ask) -> None:
        await self.screen(ask, Tap(Screen.SETTINGS))

    async def screen(self, ask: Ask, tap: Tap, said: str = "") -> None:
        chat_id = chat_of(ask, tap)
        settings, mutes = await self._desk.settings(chat_id), await self._desk.mutes(chat_id, ask.tongue)
        title = ask.tongue.say(words.SETTINGS)
        if tap.target is not None:
            channels = await self._desk.channels()
            title = ask.tongue.say(words.SETTINGS_CHANNEL, channel=channels.get(tap.target, ""))
        language = await self._desk.language(chat_id)
        now = await self._desk.local(chat_id)
        lines = [title, "", _language_line(ask.tongue, language), *_lines(ask.tongue, settings, now)]
        for each in mutes[:MOST_MUTES]:
            until = await self._desk.local(chat_id, each.until)
            lines.append(mute_line(ask.tongue, each, until))
        if len(mutes) > MOST_MUTES:
            lines.append(ask.tongue.say(words.MORE_MUTED, number=len(mutes) - MOST_MUTES))
        keyboard = _buttons(ask.tongue, tap, settings, len(mutes))
        await present(ask, View("\n".join(lines), keyboard), said)

    # ---------------------------------------------------------------- language
    async def languages(self, ask: Ask, tap: Tap) -> None:
        chosen = await self._desk.language(chat_of(ask, tap))
        rows = [[choice(tap.to(Screen.SPEAK, code), name_of(code), code == chosen)] for code in languages()]
        rows.append([tap.to(Screen.SETTINGS).button(ask.tongue.say(words.BACK))])
        await present(ask, View(ask.tongue.say(words.CHOOSE_LANGUAGE), InlineKeyboardMarkup(rows)))

    async def speak(self, ask: Ask, tap: Tap) -> None:
        if tap.value not in languages():
            await stale(ask)
            return
        await self._desk.speak(chat_of(ask, tap), tap.value)
        spoken = replace(ask, tongue=tongue(tap.value)) if tap.target is None else ask
        await self.screen(spoken, tap, tongue(tap.value).say(words.SPOKEN))

    # ---------------------------------------------------------------- clock
    async def zones(self, ask: Ask, tap: Tap) -> None:
        chat_id = chat_of(ask, tap)
        now = zones.name_of((await self._desk.settings(chat_id)).zone)
        rows = [
            [choice(tap.to(Screen.ZONE, short(chat_id, name)), name, name == now)]
            for name in await self._desk.zones(chat_id)
        ]
        rows.append([tap.to(Screen.SETTINGS).button(ask.tongue.say(words.BACK))])
        await present(ask, View(ask.tongue.say(words.CHOOSE_ZONE), InlineKeyboardMarkup(rows)))

    async def choose_zone(self, ask: Ask, tap: Tap) -> None:
        chat_id = chat_of(ask, tap)
        name = meant(tap.value, zones.names(), lambda each: short(chat_id, each))
        if name is None:
            await stale(ask)
            return
        said = await self._set_zone(ask, chat_id, name)
        await self.screen(ask, tap, said)

    async def type_zone(self, ask: Ask) -> None:
        asked = " ".join(ask.words)
        if not asked:
            await self.zones(ask, Tap(Screen.ZONES))
            return
        try:
            name = zones.find(asked)
        except LookupError as error:
            wrong = words.UNKNOWN_ZONE if error.args[0] else words.NO_SUCH_ZONE
            await ask.say(wrong, asked=clean(asked, LONGEST_ECHO), near=error.args[0])
            return
        before = zones.name_of((await self._desk.settings(ask.chat_id)).zone)
        undo = Tap(Screen.ZONE, value=short(ask.chat_id, before)).button(ask.tongue.say(words.UNDO))
        said = await self._set_zone(ask, ask.chat_id, name)
        await present(ask, View("", InlineKeyboardMarkup([[undo]])), said)

    async def _set_zone(self, ask: Ask, chat_id: int, name: str) -> str:
        before = await self._desk.settings(chat_id)
        await self._desk.choose(chat_id, replace(before, zone=zones.zone(name)))
        return ask.tongue.say(words.ZONE_CHANGED, now=name, before=zones.name_of(before.zone))

    # ---------------------------------------------------------------- quiet hours
    async def hours(self, ask: Ask, tap: Tap) -> None:
        settings = await self._desk.settings(chat_of(ask, tap))
        chosen = _on_wall(settings.quiet)
        none = ask.tongue.say(words.NO_QUIET_BUTTON)
        rows = [[choice(tap.to(Screen.QUIET, OFF), none, settings.quiet is None)]]
        rows += [
            [
                choice(
                    tap.to(Screen.QUIET, f"{start}-{end}".replace(":", "")),
                    f"{start}-{end}",
                    f"{start}-{end}" == chosen,
                )
            ]
            for start, end in words.HOURS
        ]
        rows.append([tap.to(Screen.SETTINGS).button(ask.tongue.say(words.BACK))])
        text = ask.tongue.say(words.CHOOSE_QUIET, zone=zones.name_of(settings.zone))
        await present(ask, View(text, InlineKeyboardMarkup(rows)))

    async def choose_hours(self, ask: Ask, tap: Tap) -> None:
        found = BUTTON_HOURS.fullmatch(tap.value)
        if found is None and tap.value != OFF:
            await stale(ask)
            return
        said = await self._set_hours(ask, chat_of(ask, tap), _quiet(*found.groups()) if found else None)
        await self.screen(ask, tap, said)

    async def type_hours(self, ask: Ask) -> None:
        asked = " ".join(ask.words)
        if not asked:
            await self.hours(ask, Tap(Screen.HOURS))
            return
        found = HOURS.fullmatch(asked)
        quiet = _quiet(*found.groups()) if found else None
        if (quiet is None and asked.casefold() != OFF) or (quiet and quiet.start == quiet.end):
            await ask.say(words.BAD_HOURS)
            return
        before = (await self._desk.settings(ask.chat_id)).quiet
        undo = Tap(Screen.QUIET, value=_on_wall(before).replace(":", "") or OFF).button(ask.tongue.say(words.UNDO))
        said = await self._set_hours(ask, ask.chat_id, quiet)
        await present(ask, View("", InlineKeyboardMarkup([[undo]])), said)

    async def _set_hours(self, ask: Ask, chat_id: int, quiet: QuietHours | None) -> str:
        before = await self._desk.settings(chat_id)
        await self._desk.choose(chat_id, replace(before, quiet=quiet))
        none = ask.tongue.say(words.NONE)
        now, was = _on_wall(quiet) or none, _on_wall(before.quiet) or none
        return ask.tongue.say(words.QUIET_CHANGED, now=now, before=was)

    # ---------------------------------------------------------------- what passes, and sounds
    async def choose_critical(self, ask: Ask, tap: Tap) -> None:
        said = words.CRITICAL_PASSES if tap.value == "1" else words.CRITICAL_WAITS
        await self._switch(ask, tap, said, lambda kept: replace(kept, critical_passes=tap.value == "1"))

    async def choose_sound(self, ask: Ask, tap: Tap) -> None:
        said = words.CHAT_LOUD if tap.value == "1" else words.CHAT_SILENT
        await self._switch(ask, tap, said, lambda kept: replace(kept, silent=tap.value == "0"))

    async def _switch(self, ask: Ask, tap: Tap, said: str, change: Callable[[ChatSettings], ChatSettings]) -> None:
        if tap.value not in ("0", "1"):
            await stale(ask)
            return
        chat_id = chat_of(ask, tap)
        await self._desk.choose(chat_id, change(await self._desk.settings(chat_id)))
        await self.screen(ask, tap, ask.tongue.say(said))


# ---------------------------------------------------------------- in words, and as buttons
def _language_line(tongue: Tongue, language: str) -> str:
    if not language:
        return tongue.say(words.NO_LANGUAGE)
    return tongue.say(words.LANGUAGE, language=name_of(language))


def _lines(tongue: Tongue, settings: ChatSettings, now: datetime) -> list[str]:
    quiet, say = settings.quiet, tongue.say
    hours = (
        say(words.QUIET, start=f"{quiet.start:{ON_THE_WALL}}", end=f"{quiet.end:{ON_THE_WALL}}")
        if quiet
        else say(words.NOT_QUIET)
    )
    return [
        say(words.TIME_ZONE, zone=zones.name_of(settings.zone), now=f"{now:{ON_THE_WALL}}"),
        hours,
        say(words.CRITICAL_PASSES if settings.critical_passes else words.CRITICAL_WAITS),
        say(words.CHAT_SILENT if settings.silent else words.CHAT_LOUD),
        say(words.DIGEST_AT, time=f"{settings.digest_at:{ON_THE_WALL}}"),
    ]


def _buttons(tongue: Tongue, tap: Tap, settings: ChatSettings, muted: int) -> InlineKeyboardMarkup:
    say, passes = tongue.say, settings.critical_passes
    critical = words.CRITICAL_WAITS_BUTTON if passes else words.CRITICAL_PASSES_BUTTON
    sound = words.LOUD if settings.silent else words.SILENT
    rows = [
        [
            tap.to(Screen.LANGUAGES).button(say(words.LANGUAGE_BUTTON)),
            tap.to(Screen.ZONES).button(say(words.ZONE_BUTTON)),
        ],
        [tap.to(Screen.CRITICAL, "0" if passes else "1").button(say(critical))],  # long in most languages
        [
            tap.to(Screen.HOURS).button(say(words.QUIET_BUTTON)),
            tap.to(Screen.CHAT_SOUND, "1" if settings.silent else "0").button(say(sound)),
        ],
        [tap.to(Screen.MUTES).button(say(words.MUTES_BUTTON, count=muted))],
    ]
    if tap.target is not None:  # elsewhere there is /forget
        rows.append([tap.to(Screen.FORGET).button(say(FORGET_YES))])
        rows.append([tap.to(Screen.CHANNEL).button(say(words.BACK))])
    return InlineKeyboardMarkup(rows)


def _quiet(start_hour: str, start_minute: str | None, end_hour: str, end_minute: str | None) -> QuietHours:
    return QuietHours(time(int(start_hour), int(start_minute or 0)), time(int(end_hour), int(end_minute or 0)))


def _on_wall(quiet: QuietHours | None) -> str:
    """ "22:00-07:00", or nothing."""
    return f"{quiet.start:{ON_THE_WALL}}-{quiet.end:{ON_THE_WALL}}" if quiet else ""
