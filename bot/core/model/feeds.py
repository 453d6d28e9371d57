"""What is remembered of a feed's ways: when it speaks, what its server wishes, where it went, why it is asked when.

A newcomer's mistake is to read `History` as a count: old news weighs less, so its numbers shrink while nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HOURS_OF_DAY = 24


class DueWhy(StrEnum):
    """Why the next poll of a feed is when it is, as people are shown it."""

    NEW = "new"
    NEWS = "how often it has news"
    SHORTEST = "shortest interval"
    UNCONDITIONAL = "no ETag or Last-Modified"
    WISHED = "its server's wish"
    LONGEST = "longest interval"
    OWN = "its own interval"
    FAILING = "backing off"
    PATIENCE = "Retry-After"
    QUARANTINE = "quarantined"
    GONE = "gone"
    CLOCK = "clock set back"
    NETWORK = "our network is back"


@dataclass(frozen=True, slots=True)
class History:
    """Items by hour of the day (UTC) and the days watched, both weighed by age as of `at`.

    `newest_at` is when the feed last had something new.
    """

    hours: tuple[float, ...] = (0.0,) * HOURS_OF_DAY
    watched_days: float = 0.0
    at: datetime | None = None
    newest_at: datetime | None = None

    @property
    def items(self) -> float:
        return sum(self.hours)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How rarely a feed wants to be asked.

    `fresh_seconds` is from the headers of the last answer (max-age, Expires), the rest from the last body:
    `every_seconds` (ttl, updatePeriod), and bits for the hours (UTC, bit 0 is midnight) and days (bit 0 is Monday) to
    be left out.
    """

    fresh_seconds: float = 0.0
    every_seconds: float = 0.0
    skipped_hours: int = 0
    skipped_days: int = 0

    def skips(self, at: datetime) -> bool:
        return bool(self.skipped_hours >> at.hour & 1 or self.skipped_days >> at.weekday() & 1)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a feed answers: `answered` last, `moved_to` for good (empty: where the config says).

    `moving_to` is where it was sent on for good `times` times in a row: not often enough yet.
    """

    answered: str = ""
    moved_to: str = ""
    moving_to: str = ""
    times: int = 0


@dataclass(frozen=True, slots=True)
class Ways:
    """All that is remembered of a feed beside its validators."""

    history: History = History()
    wishes: Wishes = Wishes()
    whereabouts: Whereabouts = Whereabouts()
