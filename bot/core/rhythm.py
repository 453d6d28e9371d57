"""How often a feed has news, and at which hours: counts that forget; pure.

A newcomer's mistake is to believe the dates: feeds leave them out, give the day alone or dates to come. What a poll
found came out since the poll before; where a date says otherwise, the time of finding counts.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.model import HOURS_OF_DAY, History

HALF_LIFE_DAYS: Final = 14.0
PRIOR_DAYS: Final = 1.0  # a new feed counts as the average for as long as it has been watched for less
SILENT_GAPS: Final = 5.0  # usual gaps without news: then a feed that answers is called silent
SILENT_AT_LEAST: Final = timedelta(hours=6)
KNOWN_ITEMS: Final = 5.0  # fewer say nothing about what is usual
_MEMORY_DAYS: Final = HALF_LIFE_DAYS / math.log(2)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_OLDEST: Final = timedelta(days=60)
_ROUNDED: Final = 4  # digits: enough for a count, short in the store


def aged(history: History, now: datetime) -> History:
    """The history as it weighs now; a clock that was set back ages nothing."""
    if history.at is None:
        return replace(history, at=now)
    decay = _decay(now - history.at)
    return replace(
        history,
        hours=tuple(round(count * decay, _ROUNDED) for count in history.hours),
        watched_days=round(history.watched_days * decay + _MEMORY_DAYS * (1 - decay), _ROUNDED),
        at=now,
    )


def begun(published: Iterable[datetime | None], now: datetime) -> History:
    """The history in a feed's first body, which shows how often it had news before anybody watched.

    Its oldest item only says since when; the others are the news since then.
    """
    dated = sorted(at for at in published if at is not None and now - _OLDEST < at <= now)
    if not dated:
        return History(at=now)
    watched = _MEMORY_DAYS * (1 - _decay(now - dated[0]))
    empty = History(watched_days=round(watched, _ROUNDED), at=now, newest_at=dated[-1])
    return _with(empty, dated[1:], now)


def watched(history: History, published: Sequence[datetime | None], now: datetime) -> History:
    """The history after a poll that found these items to be new, none perhaps."""
    before = history.at or now
    found = [at if at is not None and before <= at <= now else now for at in published]
    grown = _with(aged(history, now), found, now)
    return replace(grown, newest_at=max(found)) if found else grown


def _with(history: History, items: Iterable[datetime], now: datetime) -> History:
    hours = list(history.hours)
    for at in items:
        if (at.hour, at.minute, at.second) == (0, 0, 0):  # a day without a time
            hours = [count + _decay(now - at) / HOURS_OF_DAY for count in hours]
        else:
            hours[at.hour] += _decay(now - at)
    return replace(history, hours=tuple(round(count, _ROUNDED) for count in hours))


def _decay(age: timedelta) -> float:
    return math.exp(-max(age / _DAY, 0.0) / _MEMORY_DAYS)


def items_per_day(history: History, usual: float) -> float:
    """The rate, above 0; `usual` is the rate of an average feed, which stands for what is not known yet."""
    return (history.items + PRIOR_DAYS * max(usual, 1e-3)) / (history.watched_days + PRIOR_DAYS)


def smoothed(hours: Sequence[float]) -> list[float]:
    """Each hour with half of its own count and a quarter of both neighbours', round the clock."""
    return [hours[h - 1] / 4 + hours[h] / 2 + hours[(h + 1) % HOURS_OF_DAY] / 4 for h in range(HOURS_OF_DAY)]


def silent_since(history: History, now: datetime) -> datetime | None:
    """When the last news came, if by now several usual gaps went by without any; hours that are always quiet are none.

    The rhythm of the week is not known: a feed that rests on Saturdays may be called silent on them.
    """
    last = history.newest_at
    if last is None or history.items < KNOWN_ITEMS or not history.watched_days:
        return None
    is_long = now - last >= SILENT_AT_LEAST
    return last if is_long and _expected(history, last, now) >= SILENT_GAPS else None


def _expected(history: History, since: datetime, until: datetime) -> float:
    """How many items would have come between the two times, as things usually go."""
    known = aged(history, until)  # silence makes news rarer, too slowly to matter within the gaps of interest
    per_hour = [count / known.watched_days for count in smoothed(known.hours)]
    days = int((until - since) / _DAY)
    total, at = days * sum(per_hour), since + days * _DAY
    while at < until:
        end = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        total += per_hour[at.hour] * ((end - at) / _HOUR)
        at = end
    return total
