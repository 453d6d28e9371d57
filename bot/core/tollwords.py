"""How many were killed or injured, in words: as sure as it was told, and by the grammar of each language.

A whole phrase is one text, because languages bend the number and what is counted together. A newcomer's mistake is to
translate "killed" alone and put a number before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import SOME, Count
from bot.core.tongue import ENGLISH, Tongue, mark, plural

KILLED, INJURED, KILLED_AND_INJURED, BARE = "killed", "injured", "killed and injured", ""
Plural = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Phrases:
    """What can be said of one kind of harm. A range bends with its higher end, which is its `number`.

    `vague` are words without a number and what each counts at least, as `rules/events/vocabulary` has it; `some` is
    said where there is not even a word.
    """

    exactly: Plural
    about: Plural
    between: Plural
    about_between: Plural
    up_to: Plural
    at_least: Plural
    more_than: Plural
    vague: tuple[tuple[int, str], ...] = ()
    some: str = ""


PHRASES = {
    KILLED: Phrases(
        plural("{number} killed", "{number} killed"),
        plural("about {number} killed", "about {number} killed"),
        plural("{low}-{number} killed", "{low}-{number} killed"),
        plural("about {low}-{number} killed", "about {low}-{number} killed"),
        plural("up to {number} killed", "up to {number} killed"),
        plural("at least {number} killed", "at least {number} killed"),
        plural("more than {number} killed", "more than {number} killed"),
        (
            (2000, mark("thousands killed")),
            (200, mark("hundreds killed")),
            (40, mark("scores killed")),
            (20, mark("dozens killed")),
            (3, mark("several killed")),
        ),
        mark("killed, number not given"),
    ),
    INJURED: Phrases(
        plural("{number} injured", "{number} injured"),
        plural("about {number} injured", "about {number} injured"),
        plural("{low}-{number} injured", "{low}-{number} injured"),
        plural("about {low}-{number} injured", "about {low}-{number} injured"),
        plural("up to {number} injured", "up to {number} injured"),
        plural("at least {number} injured", "at least {number} injured"),
        plural("more than {number} injured", "more than {number} injured"),
        (
            (2000, mark("thousands injured")),
            (200, mark("hundreds injured")),
            (40, mark("scores injured")),
            (20, mark("dozens injured")),
            (3, mark("several injured")),
        ),
        mark("injured, number not given"),
    ),
    KILLED_AND_INJURED: Phrases(
        plural("{number} killed and injured", "{number} killed and injured"),
        plural("about {number} killed and injured", "about {number} killed and injured"),
        plural("{low}-{number} killed and injured", "{low}-{number} killed and injured"),
        plural("about {low}-{number} killed and injured", "about {low}-{number} killed and injured"),
        plural("up to {number} killed and injured", "up to {number} killed and injured"),
        plural("at least {number} killed and injured", "at least {number} killed and injured"),
        plural("more than {number} killed and injured", "more than {number} killed and injured"),
        (
            (2000, mark("thousands killed and injured")),
            (200, mark("hundreds killed and injured")),
            (40, mark("scores killed and injured")),
            (20, mark("dozens killed and injured")),
            (3, mark("several killed and injured")),
        ),
        mark("killed and injured, number not given"),
    ),
    BARE: Phrases(
        plural("{number}", "{number}"),
        plural("about {number}", "about {number}"),
        plural("{low}-{number}", "{low}-{number}"),
        plural("about {low}-{number}", "about {low}-{number}"),
        plural("up to {number}", "up to {number}"),
        plural("at least {number}", "at least {number}"),
        plural("more than {number}", "more than {number}"),
    ),
}


def counted(count: Count | None, harm: str, tongue: Tongue = ENGLISH) -> str:
    """ "At least 15 killed", "dozens injured"; nothing for no count. `harm` is a key of `PHRASES`."""
    phrases = PHRASES[harm]
    if count is None:
        return ""
    if count.low is None:
        return tongue.count(*phrases.up_to, count.high or 0)
    if count.high is None:
        return _open_ended(count, count.low, phrases, tongue)
    if count.high == count.low:
        return tongue.count(*(phrases.about if count.approximate else phrases.exactly), count.low)
    between = phrases.about_between if count.approximate else phrases.between
    return tongue.count(*between, count.high, low=count.low)


def _open_ended(count: Count, low: int, phrases: Phrases, tongue: Tongue) -> str:
    """ "At least 15", "more than 30", "dozens": as it was told."""
    if count == SOME and phrases.some:
        return tongue.say(phrases.some)
    if count.vague:
        word = next((word for least, word in phrases.vague if low >= least), "")
        return tongue.say(word) if word else tongue.count(*phrases.at_least, low)
    return tongue.count(*phrases.more_than, low - 1) if count.above else tongue.count(*phrases.at_least, low)
