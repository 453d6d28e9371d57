"""What is remembered of a feed's ways: when it speaks, what its server wishes, where it went, why it is asked when.

A newcomer's mistake is to read `History` as a count: old news weighs less, so its numbers shrink while nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOURS_OF_DAY = 24
CLOCK_JUMP_SECONDS = 60.0  # by less, clocks are put right all the time


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
    PUSHED = "its hub told of news"
    LISTENING = "its hub tells of news"


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
class Hub:
    """Who tells of a feed's news, and the address by which it knows the feed; both empty where the feed names none."""

    address: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """All that is remembered of a feed beside its validators."""

    history: History = History()
    wishes: Wishes = Wishes()
    whereabouts: Whereabouts = Whereabouts()
    hub: Hub = Hub()


@dataclass(frozen=True, slots=True)
class Push:
    """What was agreed with a feed's hub. Until `lease_until` it tells of news at `callback`, signed with `secret`.

    `tries` counts what was asked of it since it last agreed, the last time at `asked_at`; `missed` the news that it did
    not tell, since it last told of any. `pushed_at` is set from when it told until that news was found.
    """

    hub: Hub
    callback: str
    secret: str
    asked_at: datetime | None = None
    tries: int = 0
    missed: int = 0
    lease_until: datetime | None = None
    lease_seconds: int = 0
    pushed_at: datetime | None = None
    error: str = ""

    @property
    def agreed_at(self) -> datetime | None:
        """When the hub agreed the last time, while that lasts."""
        return self.lease_until - timedelta(seconds=self.lease_seconds) if self.lease_until else None

    def is_alive(self, now: datetime) -> bool:
        """May its silence be taken for having no news? A lease longer than was agreed comes of a clock set back."""
        ends = self.lease_until
        return ends is not None and 0 < (ends - now).total_seconds() <= self.lease_seconds + CLOCK_JUMP_SECONDS
