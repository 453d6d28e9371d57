"""What a report says: its events with their places and victims, and its toll.

A newcomer's mistake is to alert on the toll: rules hold through one event, whose place and counts belong together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.core.model.counts import Count, Toll, Victims
from bot.core.model.places import Field, Place, Toponym
from bot.core.model.reports import Report


@dataclass(frozen=True, slots=True)
class Event:
    """Something a report says happened. `field[start:end]` is the `quote`; `current` is false for background;
    `corrects` when it says that an earlier toll was wrong, `denies` when somebody says that it did not happen, `late`
    when the dead had been wounded before. `day` is the one that its sentence names, `kinds` are the types of events
    told in it, `apart_from` those that it is never one incident with, `instead_of` where its sentence says it was not.
    `actors` are the countries said to have done it, ISO 3166 alpha-2, and `blamed` the ids of the armed actors, which
    never tell two incidents apart; `told_at` and `told_until` bound the words of the sentence that tell it.
    """

    type: str
    field: Field
    start: int
    end: int
    quote: str
    killed: Count | None = None
    injured: Count | None = None
    casualties: Count | None = None
    victims: Victims | None = None
    place: Place | None = None
    current: bool = True
    why: tuple[str, ...] = ()
    corrects: bool = False
    denies: bool = False
    late: bool = False
    day: date | None = None
    kinds: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()
    instead_of: Place | None = None
    actors: frozenset[str] = frozenset()
    told_at: int = 0
    told_until: int = 0
    blamed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """A report and all that was found in it."""

    report: Report
    language: str | None
    toponyms: tuple[Toponym, ...] = ()
    events: tuple[Event, ...] = ()
    toll: Toll = field(default_factory=dict)
