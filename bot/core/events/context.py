"""Whether what a sentence tells is news of an armed conflict: current or background, war or accident, said or denied.

A newcomer's mistake is to decide by one word: a sentence may hold a quake and a strike; the words around the harm
decide first, then the report as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.core.events.vocabulary import Lexeme, Role

OLDEST_YEAR = 1900
LENGTH_OF_YEAR = 4  # digits


class Context(NamedTuple):
    """The signs of context in a sentence or a report."""

    roles: frozenset[Role]
    past_year: bool = False

    @property
    def conflict(self) -> bool:
        """A sign of conflict; a blast or a protest is one unless an accident or a crime stands beside it."""
        return Role.CONFLICT in self.roles or (Role.AMBIGUOUS in self.roles and not self.disaster)

    @property
    def disaster(self) -> bool:
        return Role.DISASTER in self.roles or Role.CRIME in self.roles

    @property
    def background(self) -> bool:
        return Role.BACKGROUND in self.roles or self.past_year


def context_of(roles: frozenset[Role], words: Sequence[str], published: datetime) -> Context:
    """The context of one sentence from the signs in it and its words."""
    return Context(roles, _past_year(words, published.year))


def _past_year(words: Sequence[str], year: int) -> bool:
    """Is a year before the report's own named? Four digits between 1900 and then; numbers of people look different."""
    years = [word for word in words if len(word) == LENGTH_OF_YEAR and word.isdecimal()]
    return any(OLDEST_YEAR <= int(word) < year for word in years)


# ---------------------------------------------------------------- on which day
def day_of(days: Iterable[Lexeme], published: datetime) -> date | None:
    """The one day that a sentence names, read against the day of publication; None for none and for several."""
    named = {_day(lexeme, published.date()) for lexeme in days}
    return named.pop() if len(named) == 1 else None


def _day(lexeme: Lexeme, today: date) -> date:
    """ "Yesterday", or the last Tuesday, which may be today, or tomorrow where the sun rises earlier."""
    if lexeme.role is Role.DAYS_AGO:
        return today - timedelta(days=lexeme.value)
    ahead = (lexeme.value - today.isoweekday()) % DAYS_OF_WEEK
    return today + timedelta(days=ahead if ahead <= 1 else ahead - DAYS_OF_WEEK)


DAYS_OF_WEEK = 7
