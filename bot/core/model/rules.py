"""What people ask to be told, what is wrong with how they wrote it, and which rules a reading meets.

A newcomer's mistake is to drop a file for one wrong rule: problems belong to rules, and the others live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from bot.core.model.counts import Count, Victims
from bot.core.model.places import Area
from bot.core.model.reading import Event, Reading
from bot.core.model.reports import Told


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


Titles = tuple[tuple[str, str], ...]  # of a rule in other languages: ISO 639-1 code and title
Near = Literal["clause", "sentence", "report"]  # how near to the event words, patterns and other events must stand
Coarse = Literal["country", "admin1", "admin2"]


@dataclass(frozen=True, slots=True)
class Frequency:
    """`5 reports in 24h`: how many reports, copies aside, within how long."""

    reports: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Unless:
    """What keeps a rule from holding; any one of these is enough. Empty means that nothing does."""

    events: frozenset[str] = frozenset()
    areas: tuple[Area, ...] = ()
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How carefully an alert is told: the place no finer than so, after a delay, without the names of people."""

    place: Coarse | None = None
    delay: timedelta = timedelta(0)
    hide_names: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test inside a rule file expects; None means that the test does not ask."""

    place: str | None = None
    killed: int | None = None
    injured: int | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """Texts told one after another and the alert expected of the last; `expected` None means no alert.

    The rest is what their reports are taken to be: a source (each text its own where none is named), tags, a language.
    """

    texts: tuple[str, ...]
    expected: Expected | None
    where: str
    source: str = ""
    tags: frozenset[str] = frozenset()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What somebody asked to be told about. Empty conditions ask for nothing; `where` is file:line.

    One event has to meet `events`, `areas`, `victims` and `thresholds`. `all_events`, `words` (any of them),
    `all_words` and `patterns` (any; RE2) have to stand `near` it. `min_sources` and `frequency` ask for what was told
    before. A rule of `silence` holds when nothing is heard; it asks for events only if it names some. `titles` are the
    title in the languages that its author gave.
    """

    id: str
    title: str
    events: frozenset[str]
    areas: tuple[Area, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    victims: frozenset[Victims] = frozenset()
    all_events: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    near: Near = "report"
    languages: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    min_sources: int = 1
    frequency: Frequency | None = None
    silence: timedelta | None = None
    unless: Unless = Unless()
    delivery: Delivery = Delivery()
    severity: tuple[SeverityStep, ...] = (SeverityStep(Severity.NORMAL, None),)
    live: bool = True
    tests: tuple[RuleTest, ...] = ()
    where: str = ""
    titles: Titles = ()


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
    """A rule that holds for a reading, and the event that made it hold; `others` as in Source."""

    rule: Rule
    event: Event
    severity: Severity
    others: Mapping[Victims, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examined:
    """A reading, what shows its copies, and the rules that want it. Depends on nothing but the report and the rules.

    `heard` are the rules of silence whose silence it ends; `follow_ups` its events that a rule is about though they
    lack its words or figures: they count for incidents that the rule has told.
    """

    reading: Reading
    told: Told
    matches: tuple[Match, ...] = ()
    heard: tuple[Rule, ...] = ()
    follow_ups: tuple[Match, ...] = ()
