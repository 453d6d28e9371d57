"""The nouns; every other module speaks in these.

The type says at which station of the flow the data is: Entry (as the feed has it) -> Report (as we keep it) -> Reading
(what it says) -> Examined (which rules want it) -> Outcome (what follows). All times are aware UTC; all offsets are
code points into the field they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Field = Literal["title", "text"]


# ---------------------------------------------------------------- feeds and reports
@dataclass(frozen=True, slots=True)
class Feed:
    """A source that is polled. `home` is the ISO 3166 alpha-2 code of the country it covers."""

    url: str
    title: str = ""
    home: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    interval_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed as the feed has it: nothing trimmed, joined or believed yet."""

    guid: str
    link: str
    title: str
    html: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is kept: title and text are plain, `published` is known.

    `keys` are the names under which the same report may come again (link, guid, text); any one that is known makes
    it known. `digest` is the hash of what it says: known keys with another digest are an edited report.
    """

    id: str
    title: str
    text: str
    published: datetime
    source: str = ""
    url: str = ""
    guid: str = ""
    language: str | None = None
    home: str | None = None
    tags: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    digest: str = ""

    def text_of(self, name: Field) -> str:
        return self.title if name == "title" else self.text


# ---------------------------------------------------------------- numbers
@dataclass(frozen=True, slots=True)
class Count:
    """How many, as far as the report says: both ends inclusive, None for an open end.

    `vague` when there is no number in the words: "dozens", or "civilians were killed", which is at least one.
    """

    low: int | None
    high: int | None
    approximate: bool = False
    vague: bool = False

    @property
    def figure(self) -> int:
        """The one number to compare by: what is certain, or the upper bound where only that is given."""
        return self.low if self.low is not None else self.high or 0


def exactly(n: int) -> Count:
    return Count(n, n)


def at_least(n: int) -> Count:
    return Count(n, None)


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


# ---------------------------------------------------------------- places
PlaceKind = Literal["country", "admin1", "admin2", "settlement", "neighbourhood", "camp", "site", "region"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `parents` are the ids of all that contains it, nearest first; `admin` their names, largest first."""

    id: str
    name: str
    kind: PlaceKind
    country: str | None
    admin: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    parents: tuple[str, ...] = ()
    country_name: str = ""

    @property
    def lineage(self) -> tuple[str, ...]:
        """The place itself and all that contains it, nearest first."""
        return (self.id, *self.parents)


@dataclass(frozen=True, slots=True)
class Toponym:
    """A mention resolved to a place, and why it was."""

    field: Field
    start: int
    end: int
    surface: str
    place: Place
    why: str


# ---------------------------------------------------------------- what a report says
@dataclass(frozen=True, slots=True)
class Event:
    """Something a report says happened. `field[start:end]` is the `quote`; `current` is false for background."""

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


@dataclass(frozen=True, slots=True)
class Reading:
    """A report and all that was found in it."""

    report: Report
    language: str | None
    toponyms: tuple[Toponym, ...] = ()
    events: tuple[Event, ...] = ()
    toll: Toll = field(default_factory=dict)


# ---------------------------------------------------------------- rules
class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"

    @property
    def rank(self) -> int:
        """0 is the most severe."""
        return list(Severity).index(self)


Quantity = Literal["killed", "injured", "casualties"]
Comparison = Literal[">=", ">", "==", "<", "<="]


@dataclass(frozen=True, slots=True)
class Threshold:
    """`killed >= 10`: holds when the figure of that quantity, as the report gives it, compares so."""

    quantity: Quantity
    comparison: Comparison
    value: int


@dataclass(frozen=True, slots=True)
class SeverityStep:
    """A severity and what it takes; no threshold means otherwise."""

    severity: Severity
    threshold: Threshold | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test inside a rule file expects; None means that the test does not ask."""

    place: str | None = None
    killed: int | None = None
    injured: int | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A text and the alert expected of it; `expected` None means no alert."""

    text: str
    expected: Expected | None
    where: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What somebody asked to be told about. Empty `places` means anywhere; `where` is file:line."""

    id: str
    title: str
    events: frozenset[str]
    places: tuple[Place, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    words: tuple[str, ...] = ()
    unless_words: tuple[str, ...] = ()
    severity: tuple[SeverityStep, ...] = (SeverityStep(Severity.NORMAL, None),)
    live: bool = True
    tests: tuple[RuleTest, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file that a person wrote: where, what, and what to do about it."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds for a reading, and the event that made it hold."""

    rule: Rule
    event: Event
    severity: Severity


@dataclass(frozen=True, slots=True)
class Examined:
    """A reading and the rules that want it. Depends on nothing but the report and the rules."""

    reading: Reading
    matches: tuple[Match, ...] = ()


# ---------------------------------------------------------------- incidents
class Reason(StrEnum):
    """Why an alert goes out, or why not. The values stand in messages, logs, metrics and `replay`."""

    FIRST_REPORT = "first-report"
    TOLL_CHANGED = "toll-changed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DENIED = "denied"
    MORE_SOURCES = "more-sources"
    COPY = "copy"
    NO_MATCH = "no-match"
    TOO_OLD = "too-old"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """One report that tells of an incident, and the toll it gives."""

    report_id: str
    name: str
    url: str
    told_at: datetime
    killed: Count | None = None
    injured: Count | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened, as told by several reports. The toll shown is never a sum of two tellings.

    `said_killed` and `said_injured` are what was last said aloud; a change is measured against them. `rules` are the
    ids of the rules that have alerted on it.
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


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule and an incident to hear about, and why now. `loud` makes a sound; otherwise a message is edited."""

    rule: Rule
    incident: Incident
    event: Event
    report: Report
    reason: Reason
    severity: Severity
    loud: bool
    said_killed: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A report of the last days as far as copies need it: folded title and lead."""

    report_id: str
    digest: str
    lead: str
    published: datetime
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recent:
    """What `decide` must know of the past: read under the write lock, or two workers send two first alerts."""

    incidents: tuple[Incident, ...] = ()
    told: tuple[Told, ...] = ()


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

    @property
    def incident_ids(self) -> Iterator[str]:
        return (incident.id for incident in self.incidents)


# ---------------------------------------------------------------- delivery
class MessageKind(StrEnum):
    """NEW makes the living message, EDIT changes it silently, REPLY answers it aloud, TELL belongs to no incident."""

    NEW = "new"
    EDIT = "edit"
    REPLY = "reply"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text for Telegram, as HTML and as the plain words it falls back to. `link` is where its one button leads."""

    html: str
    plain: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One alert to one chat, ready for the outbox. `key` names it for ever: the same key is never stored twice.

    Lower `priority` goes first.
    """

    key: str
    chat_id: int
    kind: MessageKind
    text: Rendered
    incident_id: str | None = None
    priority: int = 2
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A chat that listens to a rule."""

    chat_id: int
    rule_id: str
