"""When a digest is due: at an hour of the clock on a chat's wall, every day or every Monday.

A newcomer's mistake is to add 24 hours to the last one: a day has 23 or 25 of them when the clock is changed. A digest
belongs to a date of the chat's calendar, and is due once that date has reached the hour.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.model import ChatSettings, Rhythm

MONDAY = 0
SPANS = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}
LONGEST = {Rhythm.DAILY: timedelta(days=7), Rhythm.WEEKLY: timedelta(days=28)}  # told of at once after a long silence


@dataclass(frozen=True, slots=True)
class Listening:
    """A chat that wants digests of a rhythm, by the clock of its settings."""

    chat_id: int
    rhythm: Rhythm
    settings: ChatSettings

    @property
    def key(self) -> tuple[int, Rhythm]:
        return self.chat_id, self.rhythm


@dataclass(frozen=True, slots=True)
class Due:
    """A digest to be told now: of what happened from `since` until `until`, in UTC."""

    listening: Listening
    since: datetime
    until: datetime


def last_slot(listening: Listening, now: datetime) -> datetime:
    """The last moment, in UTC, at which a digest was due by the clock on the wall.

    An hour that the clock skips comes as much later as it jumped, of an hour that it shows twice the first counts.
    """
    settings, today = listening.settings, now.astimezone(listening.settings.zone).date()
    for days in range(9):  # a week, and a day for zones that changed their date
        day = today - timedelta(days=days)
        at = datetime.combine(day, settings.digest_at, settings.zone).astimezone(UTC)
        if at <= now and (listening.rhythm is Rhythm.DAILY or day.weekday() == MONDAY):
            return at
    raise AssertionError("nine days in a row have a Monday")


def due(listening: Iterable[Listening], told: Mapping[tuple[int, Rhythm], datetime], now: datetime) -> Iterator[Due]:
    """The digests that are due, by what each chat was told last, up to when; those in no `told` are new and wait.

    What was missed is told late, once, as one digest of all the time. An hour that was moved does not bring two in half
    a day or half a week: the second waits for its next time, and then tells of all since the first.
    """
    for each in listening:
        last = told.get(each.key)
        if last is None:
            continue
        slot = last_slot(each, now)
        if slot - last >= SPANS[each.rhythm] / 2:
            yield Due(each, max(last, slot - LONGEST[each.rhythm]), slot)


def first_slots(
    listening: Iterable[Listening], told: Collection[tuple[int, Rhythm]], now: datetime
) -> dict[tuple[int, Rhythm], datetime]:
    """Where those begin who are new: at the slot before now, so that their first digest comes at the next."""
    return {each.key: last_slot(each, now) for each in listening if each.key not in told}
