"""A text that was not said yet, said: in the tongue of a reader, or in English with ids as rule files write them.

A newcomer's mistake is to show a reader what the terminal shows: whoever writes rules wants ids, everybody else names.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial, reduce

from bot.core.eventwords import named
from bot.core.messages import VICTIMS, clean, spell
from bot.core.model import Either, Kind, Land, Listed, Place, Said, Spoken, Victims
from bot.core.tongue import ENGLISH, Tongue, mark

OR = mark("{one} or {other}")
LONGEST_WORD = 120  # of what others wrote
MOST_ITEMS = 6
CUT = "…"


def told(said: Said, tongue: Tongue) -> str:
    """In the tongue of a reader: plain, in one line, and no longer than a message can hold."""
    return tongue.say(said.pattern, **{name: _told(value, tongue) for name, value in said.names})


def _told(value: object, tongue: Tongue) -> object:
    match value:
        case Said():
            return told(value, tongue)
        case Either():
            return reduce(partial(_or, tongue), _few(value.items, tongue))
        case Listed():
            return tongue.listed(_few(value.items, tongue))
        case int() | float():
            return value
        case _:
            return _called(value, tongue)


def _called(thing: object, tongue: Tongue) -> str:
    """The name of a thing, or of what somebody else wrote as much as anybody reads."""
    match thing:
        case Kind():
            return named(thing.id, tongue)
        case Spoken():
            return tongue.language_name(thing.code) or thing.code
        case Land():
            return tongue.country(thing.code) or thing.code
        case Place():
            return tongue.isolated(clean(tongue.place(thing).name, LONGEST_WORD))
        case Victims():
            return tongue.say(VICTIMS[thing])
        case timedelta():
            return spell(thing, tongue)
        case _:
            return clean(str(thing), LONGEST_WORD)


def _or(tongue: Tongue, one: str, other: str) -> str:
    return tongue.say(OR, one=one, other=other)


def _few(items: tuple[object, ...], tongue: Tongue) -> list[str]:
    """As many as anybody reads."""
    said = [tongue.isolated(str(_told(item, tongue))) for item in items[:MOST_ITEMS]]
    return [*said, CUT] if len(items) > MOST_ITEMS else said


def written(said: Said) -> str:
    """In English and whole, with ids and codes."""
    return said.pattern.format(**{name: _written(value) for name, value in said.names})


def _written(value: object) -> str:
    match value:
        case Said():
            return written(value)
        case Kind():
            return value.id
        case Spoken() | Land():
            return value.code
        case Place():
            return value.name
        case timedelta():
            return spell(value, ENGLISH)
        case Either():
            return " or ".join(map(_written, value.items))
        case Listed():
            return ", ".join(map(_written, value.items))
        case _:
            return str(value)
