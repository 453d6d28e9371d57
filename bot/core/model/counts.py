"""How many, and who: counts as reports give them, with bounds, for each class of victims.

A newcomer's mistake is to take `low` for the number: "up to 20" has none, and `figure` says what to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Count:
    """How many, as far as the report says: both ends inclusive, None for an open end.

    `vague` when there is no number in the words: "dozens", or "civilians were killed", which is at least one. `above`
    when `low` is one more than the number in the words: "more than 30" is at least 31.
    """

    low: int | None
    high: int | None
    approximate: bool = False
    vague: bool = False
    above: bool = field(default=False, compare=False)

    @property
    def figure(self) -> int:
        """The one number to compare by: what is certain, or the upper bound where only that is given."""
        return self.low if self.low is not None else self.high or 0


@lru_cache(maxsize=1000)  # made forty times per report, mostly of the same few numbers
def exactly(n: int) -> Count:
    return Count(n, n)


@lru_cache(maxsize=1000)
def at_least(n: int) -> Count:
    return Count(n, None)


def more_than(n: int) -> Count:
    return Count(n + 1, None, above=True)


@lru_cache(maxsize=1000)
def vaguely(n: int) -> Count:
    """At least so many, by a word that is no number."""
    return Count(n, None, vague=True)


SOME = vaguely(1)  # killed or injured, without a number


class Victims(StrEnum):
    """Who was harmed. UNKNOWN where the report does not say."""

    CIVILIAN = "civilian"
    COMBATANT = "combatant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figures:
    """Killed and injured of one class of victims; `casualties` where the report gives one number for both."""

    killed: Count | None = None
    injured: Count | None = None
    casualties: Count | None = None


Toll = Mapping[Victims, Figures]
