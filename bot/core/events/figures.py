"""The figure of a toll: what "the death toll" or "the number of soldiers killed" rose to, and who is among it.

A newcomer's mistake is to take the nearest number: a toll rises from one number to another, and may rise to a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from bot.core.events.groups import Group
from bot.core.events.numbers import is_from
from bot.core.events.tagged import Tagged
from bot.core.events.vocabulary import AUXILIARIES, HARM, Role


def is_numbered(text: Tagged, verb: int) -> bool:
    """Does "the number of" stand before the people before a word of harm, with nothing else in between?"""
    if Role.NUMBER_OF not in text.present:
        return False
    roles = (text.role(i) for i in range(verb - 1, verb - REACH_NUMBERED, -1))
    return next((role for role in roles if role in _ENDS_NUMBERED), None) is Role.NUMBER_OF


REACH_NUMBERED = 10  # words: "the number of members of the coast guard killed"
_ENDS_NUMBERED = frozenset({*HARM, *AUXILIARIES, Role.BARRIER, Role.BY, Role.NUMBER_OF})


def figure_of_toll(text: Tagged, after: int, everyone: Sequence[Group]) -> list[Group]:
    """The number a toll "rose to" or "stands at": the first one after the word that it did not rise "from"."""
    for group in everyone:
        near = after <= group.first < after + REACH_TOLL
        rose_to = any(text.role(i) is Role.RANGE for i in range(group.first, group.end))
        if near and group.stated and not group.part and (rose_to or not is_from(text, group.first - 1)):
            return [] if _may_be(text, after, group) else [group]
    return []


REACH_TOLL = 20  # words: "the death toll from the attack on the old quarter in the city of ... rose to 8"


def _may_be(text: Tagged, after: int, group: Group) -> bool:
    """ "The toll could rise to 200": nobody says that it did."""
    first = max(after, group.first - REACH_MAY)
    return Role.HYPOTHETICAL in text.present and any(
        text.role(i) is Role.HYPOTHETICAL for i in range(first, group.first)
    )


REACH_MAY = 4  # words: "could yet rise to"


def parts_of_toll(text: Tagged, chain: Sequence[Group], everyone: Sequence[Group]) -> list[Group]:
    """ "The toll rose to eight, among them two children": the parts that follow, up to who is counted apart."""
    if not chain:
        return []
    end = next((t.first for t in text.tags if t.role in HARM and t.first > chain[0].end), text.sentence.end)
    following = [g for g in everyone if chain[0].end <= g.first and (g.end < end or not g.bare)]
    return list(takewhile(lambda g: g.part and g.first < end, following))
