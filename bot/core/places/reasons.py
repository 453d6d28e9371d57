"""Why a name was taken for a place: texts that people read under "Why", each in their own language.

A newcomer looks here for why a name was left: that is told where rules are written, in English, and stands where it is
decided.
"""

from __future__ import annotations

from bot.core.model import Land, Said, saying
from bot.core.places.guards import PARTICLE
from bot.core.tongue import mark

NAME = "name"
DATELINE = mark("dateline; {reason}")
# How the name was found, by `Mention.how`.
HOW = {
    NAME: mark("name; {reason}"),
    "name after a particle": mark("name after a particle; {reason}"),
    "inflected name": mark("inflected name; {reason}"),
}
BESIDE_ITS_AREA = saying("named beside a place round it")
BY_HAND = saying("a name written down by hand")
A_COUNTRY = saying("a country")
A_LARGE_PLACE = saying("a large place")
LARGE_OF_COUNTRY = saying("a large place of a country that is named")
IN_AREA = saying("inside an area named in the report")
THE_ONLY_ONE = saying("the only place of that name")
A_PARTICLE = saying("a particle")


def in_dateline(reason: Said) -> Said:
    """Of a place where a reporter sat."""
    return Said(DATELINE, (("reason", reason),))


def says_dateline(why: Said) -> bool:
    return why.pattern == DATELINE


def known_as(how: str, reason: Said) -> Said:
    """`how` is a key of `HOW`."""
    return Said(HOW[how], (("reason", reason),))


def large_with(cue: str) -> Said:
    return saying("a large place, with '{cue}'", cue=_cue(cue))


def only_with(cue: str) -> Said:
    return saying("the only place of that name, with '{cue}'", cue=_cue(cue))


def _cue(cue: str) -> str | Said:
    """The word that says that a name is a place, unless it is part of the name's own word."""
    return A_PARTICLE if cue == PARTICLE else cue


def of_country(country: str | None) -> Said:
    return saying("its country {country} is named", country=Land(country or ""))


def several_of(country: str | None, number: int) -> Said:
    return saying("several places of {country} are named: {number}", country=Land(country or ""), number=number)
