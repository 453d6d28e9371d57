"""When what is told of one place is surely of two things: another day, or a kind that is never told as one with it.

A newcomer's mistake is to part by kind alone: outlets call one strike shelling and an air raid.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.core.model import Event, Incident

DAYS_UNSURE = timedelta(days=1)  # "the army said on Tuesday" is often about Monday, and zones differ


def of_other_days(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs(one - other) > DAYS_UNSURE


def of_other_kinds(one: Event | Incident, other: Event | Incident) -> bool:
    """A landmine is not the shelling of the same village, unless a report tells both in one breath."""
    apart = one.apart_from & other.kinds or other.apart_from & one.kinds
    return bool(apart) and not one.kinds & other.kinds
