"""What people chose: how a chat is written to, what of a rule it wants to hear, and what it does not, for a while.

A newcomer's mistake is to take a time zone for an offset: quiet hours are hours of the clock on the wall, also in the
night in which it is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum

from bot.core.model.places import PlaceKind
from bot.core.model.rules import Severity

MORNING = time(8)


class Rhythm(StrEnum):
    """When a subscription is heard: each alert when it comes, or all of them together."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the clock on the wall until another, across midnight where the second is the earlier one."""

    start: time
    end: time

    def __contains__(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How a chat is written to. `critical_passes`: critical alerts come at once, whatever the hour and the rhythm.

    `digest_at` is when its digests come, by its own clock.
    """

    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    critical_passes: bool = True
    silent: bool = False
    digest_at: time = MORNING


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The place inside a rule's place that a chat wants to hear of, as it chose it."""

    id: str
    name: str
    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class Preferences:
    """What of a rule a chat wants to hear, and how. `minimum_toll` counts killed and injured, at least so many.

    `language` is an ISO 639-1 code; empty: that of the chat.
    """

    minimum: Severity = Severity.NORMAL
    place: Narrowed | None = None
    minimum_toll: int = 0
    rhythm: Rhythm = Rhythm.INSTANT
    silent: bool = False
    topic_id: int | None = None
    language: str = ""

    @property
    def narrows(self) -> bool:
        """May it keep back the first message of an incident that it lets pass later?"""
        return self.minimum is not Severity.NORMAL or self.minimum_toll > 0 or self.rhythm is not Rhythm.INSTANT


class MuteKind(StrEnum):
    RULE = "rule"
    PLACE = "place"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Mute:
    """Something that a chat does not want to hear of until then. `target` is the id of it, `name` what people call it,
    `by` who asked for that, and `id` the number of its row. `place_kind` is that of a muted place, None where it is not
    known.
    """

    kind: MuteKind
    target: str
    until: datetime
    name: str = ""
    by: str = ""
    muted_at: datetime | None = None
    id: int = 0
    place_kind: PlaceKind | None = None
