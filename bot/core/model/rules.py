"""What people ask to be told, what is wrong with how they wrote it, and which rules a reading meets.

A newcomer's mistake is to drop a file for one wrong rule: problems belong to rules, and the others live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """What somebody asked to be told about. Empty `areas` means anywhere; `where` is file:line."""

    id: str
    title: str
    events: frozenset[str]
    areas: tuple[Area, ...] = ()
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
    """A rule that holds for a reading, and the event that made it hold; `others` as in Source."""

    rule: Rule
    event: Event
    severity: Severity
    others: Mapping[Victims, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examined:
    """A reading, what shows its copies, and the rules that want it. Depends on nothing but the report and the rules."""

    reading: Reading
    told: Told
    matches: tuple[Match, ...] = ()
