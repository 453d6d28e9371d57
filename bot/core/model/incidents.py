"""What happened, as several reports tell it, and what follows from one more of them.

A newcomer's mistake is to add up tolls: an incident keeps the fullest telling, and each source its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.model.counts import Count, Victims
from bot.core.model.places import Place
from bot.core.model.reading import Event, Reading
from bot.core.model.reports import Report, Told
from bot.core.model.rules import Delivery, Rule, Severity, Titles


class Reason(StrEnum):
    """Why an alert goes out, or why not. The values stand in messages, logs, metrics and `replay`."""

    FIRST_REPORT = "first-report"
    TOLL_CHANGED = "toll-changed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DENIED = "denied"
    MORE_SOURCES = "more-sources"
    FREQUENT = "frequent"
    COPY = "copy"
    NO_MATCH = "no-match"
    WAITING = "waiting"
    TOO_OLD = "too-old"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long an incident may be told of again, and which rise of its toll is said aloud.

    Loud are `loud_rise` more killed than last said, or `loud_share` of that; a message is edited at most once in
    `edit_pause`.
    """

    window: timedelta = timedelta(hours=36)
    loud_rise: int = 3
    loud_share: float = 1 / 3
    edit_pause: timedelta = timedelta(minutes=5)


POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Source:
    """One report that tells of an incident, and the toll it gives to one class of victims.

    `others` are the killed of other classes that it tells of in the same place; `denies` when it says that nothing was.
    `title` is the report's own, cut to what a list shows.
    """

    report_id: str
    name: str
    url: str
    told_at: datetime
    killed: Count | None = None
    injured: Count | None = None
    victims: Victims | None = None
    others: tuple[tuple[Victims, Count], ...] = ()
    denies: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule that told of an incident, as people read it then; its titles too."""

    id: str
    title: str
    severity: Severity
    titles: Titles = ()


@dataclass(frozen=True, slots=True)
class Resembled:
    """An earlier incident that another may be the same as: enough of it to say so."""

    incident_id: str
    place: Place | None
    killed: Count | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened, as told by several reports. The toll shown is never a sum of two tellings.

    `said_killed` and `said_injured` are what was last said aloud; a change is measured against them. `rules` are the
    ids of the rules that have alerted on it, `withdrawn` the numbers of killed that a correction took back. `copies`
    counts republications, `denial` is the sentence that denied it first, `late_at` when somebody last died of wounds,
    `day` the one that a report named; `kinds`, `apart_from`, `actors` and `blamed` are as in its events. `careful` are
    those of the rules that tell it with care, and how; `told` those that told it, as they were read last.
    """

    id: str
    types: frozenset[str]
    place: Place | None
    victims: Victims | None
    first_seen: datetime
    last_seen: datetime
    killed: Count | None
    injured: Count | None
    casualties: Count | None
    said_killed: int
    said_injured: int
    severity: Severity
    quote: str
    sources: tuple[Source, ...] = ()
    rules: frozenset[str] = frozenset()
    withdrawn: frozenset[int] = frozenset()
    copies: int = 0
    denial: str = ""
    late_at: datetime | None = None
    resembles: Resembled | None = None
    day: date | None = None
    kinds: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    careful: tuple[tuple[str, Delivery], ...] = ()
    told: tuple[ToldRule, ...] = ()
    blamed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule and an incident to hear about, and why now. `loud` makes a sound; otherwise a message is edited.

    `said_killed` and `said_place` are what had been said before, `reports` how many came within the rule's `for`.
    """

    rule: Rule
    incident: Incident
    event: Event
    report: Report
    reason: Reason
    severity: Severity
    loud: bool
    said_killed: int = 0
    said_place: Place | None = None
    reports: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report that a rule counts, by `for` or against its `silence`; `told` when an alert of the rule followed."""

    rule_id: str
    report_id: str
    seen_at: datetime
    told: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """What `decide` must know of the past: read under the write lock, or two workers send two first alerts."""

    incidents: tuple[Incident, ...] = ()
    told: tuple[Told, ...] = ()
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that follows from one report; stored whole or not at all."""

    report: Report
    reading: Reading
    reason: Reason
    told: Told
    incidents: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    duplicate_of: str | None = None
    sightings: tuple[Sighting, ...] = ()

    @property
    def incident_ids(self) -> Iterator[str]:
        return (incident.id for incident in self.incidents)
