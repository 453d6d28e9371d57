"""When to ask a feed again: pure functions of what is known after one answer.

Feeds with more news are asked more often, by the square root, and more often in the hours that have it. For the same
requests, news then waits half as long where feeds differ as they do in a mixed list, dead ones among them, and a
quarter less where all are about as rare. A newcomer's mistake is to ask in proportion to the news: the rare feeds then
wait for hours, and all news together waits twice as long as if every feed were asked alike (measured).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.core.model import HOURS_OF_DAY, DueWhy, History, Wishes
from bot.core.rhythm import items_per_day, smoothed

BACK_OFF_LIMIT_SECONDS: Final = 86_400.0  # a feed that fails is still asked once a day
RETRY_AFTER_LIMIT: Final = timedelta(days=7)  # a server that says 2099 would silence its feed for good
JITTER: Final = 0.1  # of the wait, so that feeds do not fall into step
EVENLY: Final = 0.3  # of the requests, whatever the news; without it little history does worse than none (measured)
EVEN_ITEMS: Final = 2.0  # spread over the day beside those seen: an hour without news so far may have some yet
FULL_HOUR: Final = timedelta(seconds=30)  # when half the world's timers fire
_BEFORE_FULL_HOUR: Final = timedelta(seconds=5)
_SHORT_WAIT: Final = timedelta(minutes=1)  # whoever asks this often cannot keep clear of the full hour
_DAY_SECONDS: Final = 86_400.0
_HOUR: Final = timedelta(hours=1)
_USUAL_ITEMS: Final = 10.0  # a day, where no feed has any history
_PLENTY: Final = 2.0  # times all that is allowed: enough for what feeds learn until they are measured again
_ROUNDS: Final = 50  # of halving: far finer than a request a day

_NO_WISHES: Final = Wishes()
_NO_HISTORY: Final = History()

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often feeds may be asked.

    `interval_seconds` is the mean over all feeds that the default budget comes to. `shortest_seconds` is for feeds
    with validators, `unconditional_seconds` for those without; wishes of servers hold up to `wished_seconds`. Where
    the bounds contradict each other, `longest_seconds` wins. A feed's own interval is above all of them.
    """

    interval_seconds: float = 300.0
    shortest_seconds: float = 120.0
    unconditional_seconds: float = 900.0
    wished_seconds: float = 900.0
    longest_seconds: float = 1800.0
    requests_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the schedule has to know of one feed."""

    own_seconds: float | None = None
    has_validators: bool = False
    wishes: Wishes = _NO_WISHES
    history: History = _NO_HISTORY


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What one feed is measured against: the average feed's items a day and root of them, and requests per weight."""

    items_per_day: float
    root: float
    scale: float


@dataclass(frozen=True, slots=True)
class Due:
    """When a feed is to be asked next, and why then."""

    at: datetime
    why: DueWhy


# ---------------------------------------------------------------- one feed
def plan(known: Known, bounds: Bounds, yardstick: Yardstick, now: datetime, roll: float) -> Due:
    """The next poll after a success. `roll` is any number from 0 to 1; it only ever lengthens the wait."""
    if known.own_seconds is not None:
        return Due(_spread(now, timedelta(seconds=known.own_seconds), roll), DueWhy.OWN)
    wait, why = _wait(known, bounds, yardstick, now)
    return Due(_spread(now, wait, roll), why)


def _wait(known: Known, bounds: Bounds, yardstick: Yardstick, now: datetime) -> tuple[timedelta, DueWhy]:
    """Walk through the hours until they owe one request. What limits the hour in which that happens is the reason."""
    wished = requests_by_hour(known.history, yardstick)
    owed, at = 1.0, now
    while True:
        per_day, why = _limited(wished[at.hour], known, bounds, at)
        end = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        due = at + timedelta(seconds=owed / per_day * _DAY_SECONDS)
        if due <= end:
            return due - now, why
        owed -= per_day * ((end - at).total_seconds() / _DAY_SECONDS)
        at = end


def _limited(per_day: float, known: Known, bounds: Bounds, at: datetime) -> tuple[float, DueWhy]:
    shortest, why = _shortest(known, bounds, skipped=known.wishes.skips(at))
    if per_day >= _DAY_SECONDS / shortest:
        return _DAY_SECONDS / shortest, why
    if per_day <= _DAY_SECONDS / bounds.longest_seconds:
        return _DAY_SECONDS / bounds.longest_seconds, DueWhy.LONGEST
    return per_day, DueWhy.NEWS


def _shortest(known: Known, bounds: Bounds, *, skipped: bool) -> tuple[float, DueWhy]:
    """The shortest wait that conduct allows; the server's wishes count up to a limit, or some feeds would be mute."""
    wishes = bounds.wished_seconds if skipped else max(known.wishes.fresh_seconds, known.wishes.every_seconds)
    wished = min(wishes, bounds.wished_seconds)
    own, why = bounds.shortest_seconds, DueWhy.SHORTEST
    if not known.has_validators and bounds.unconditional_seconds > own:
        own, why = bounds.unconditional_seconds, DueWhy.UNCONDITIONAL
    seconds, why = (wished, DueWhy.WISHED) if wished > own else (own, why)
    return min(seconds, bounds.longest_seconds), why


def requests_by_hour(history: History, yardstick: Yardstick) -> list[float]:
    """How often the feed should be asked in each hour, in requests a day, before any bound."""
    daily = yardstick.scale * _weight(history, yardstick)
    likely = smoothed(smoothed(history.hours))  # twice: news of nine o'clock is as much of eight or ten
    shape = [math.sqrt(EVEN_ITEMS / HOURS_OF_DAY + count) for count in likely]
    return [daily * each * HOURS_OF_DAY / sum(shape) for each in shape]


def _weight(history: History, yardstick: Yardstick) -> float:
    root = math.sqrt(items_per_day(history, yardstick.items_per_day))
    return EVENLY * yardstick.root + (1 - EVENLY) * root


def _spread(now: datetime, wait: timedelta, roll: float) -> datetime:
    """The end of the wait, stretched by the jitter and moved behind a full hour."""
    due = now + wait * (1 + JITTER * roll)
    hour = (due + _BEFORE_FULL_HOUR).replace(minute=0, second=0, microsecond=0)
    if wait < _SHORT_WAIT or due >= hour + FULL_HOUR:
        return due
    return hour + FULL_HOUR + timedelta(minutes=roll)


# ---------------------------------------------------------------- all feeds
def measure(feeds: Sequence[Known], bounds: Bounds) -> Yardstick:
    """Share the day's requests among the feeds. O(feeds), 50 ms for 5,000.

    Together the plans then come to the budget: what one feed may not use, the others get. Only where the bounds leave
    no choice are there more requests or fewer. Feeds with an interval of their own take theirs first.
    """
    free = [feed for feed in feeds if feed.own_seconds is None]
    roots = [math.sqrt(feed.history.items / feed.history.watched_days) for feed in free if _is_known(feed.history)]
    usual = float(np.mean(roots)) ** 2 if any(roots) else _USUAL_ITEMS
    if not free:
        return Yardstick(usual, math.sqrt(usual), _DAY_SECONDS / bounds.interval_seconds)
    root = float(np.mean([math.sqrt(items_per_day(feed.history, usual)) for feed in free]))
    unit = Yardstick(usual, root, 1.0)
    wished = np.array([requests_by_hour(feed.history, unit) for feed in free])
    most = np.array([_most_by_hour(feed, bounds) for feed in free])
    scale = _scale(wished, most, _DAY_SECONDS / bounds.longest_seconds, _budget(feeds, free, bounds))
    return Yardstick(usual, root, scale)


def _is_known(history: History) -> bool:
    return history.watched_days >= 0.5  # less says more about the moment than about the feed


def _most_by_hour(feed: Known, bounds: Bounds) -> list[float]:
    usual, _ = _shortest(feed, bounds, skipped=False)
    rarely, _ = _shortest(feed, bounds, skipped=True)
    skipped = feed.wishes.skipped_hours
    return [_DAY_SECONDS / (rarely if skipped >> hour & 1 else usual) for hour in range(HOURS_OF_DAY)]


def _budget(feeds: Sequence[Known], free: Sequence[Known], bounds: Bounds) -> float:
    """Requests a day for the feeds without an interval of their own, and those that the jitter will save."""
    if bounds.requests_per_day is None:
        budget = len(free) * _DAY_SECONDS / bounds.interval_seconds
    else:
        budget = bounds.requests_per_day - _own_requests(feeds)
    return budget * (1 + JITTER / 2)


def _own_requests(feeds: Iterable[Known]) -> float:
    return sum(_DAY_SECONDS / feed.own_seconds for feed in feeds if feed.own_seconds is not None)


def _scale(wished: Floats, most: Floats, least: float, budget: float) -> float:
    """The factor by which all wishes, cut to their bounds, come to the budget."""
    low, high = 0.0, float(np.max(most / wished)) * _PLENTY
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        asked = np.clip(wished * middle, least, most).mean(axis=1).sum()
        low, high = (middle, high) if asked < budget else (low, middle)
    return high


# ---------------------------------------------------------------- failures
def next_due(
    now: datetime, interval_seconds: float, failures: int, retry_after: timedelta | datetime | None, jitter: float
) -> datetime:
    """The time of the next poll after `failures` failures in a row, 0 after a success.

    The first failure waits one interval, each further one twice as long, up to a day or the interval, whichever is
    longer. `jitter` is the fraction, 0 or more, by which the wait is stretched; whoever calls rolls it.
    """
    wait = max(timedelta(seconds=_back_off_seconds(interval_seconds, failures)), _wished(now, retry_after))
    return now + wait * (1 + jitter)


def back_off(
    known: Known,
    bounds: Bounds,
    *,
    failures: int,
    retry_after: timedelta | datetime | None,
    now: datetime,
    roll: float,
) -> Due:
    """The next poll after so many failures in a row."""
    seconds = known.own_seconds or max(bounds.interval_seconds, _shortest(known, bounds, skipped=False)[0])
    alone = next_due(now, seconds, failures, None, 0.0)
    due = next_due(now, seconds, failures, retry_after, 0.0)
    return Due(_spread(now, due - now, roll), DueWhy.PATIENCE if due > alone else DueWhy.FAILING)


def _back_off_seconds(interval_seconds: float, failures: int) -> float:
    doublings = min(max(failures - 1, 0), 32)  # 2 ** 32 seconds is past every limit; more would only overflow
    return min(interval_seconds * 2.0**doublings, max(BACK_OFF_LIMIT_SECONDS, interval_seconds))


def _wished(now: datetime, retry_after: timedelta | datetime | None) -> timedelta:
    if retry_after is None:
        return timedelta(0)
    span = retry_after - now if isinstance(retry_after, datetime) else retry_after
    return min(span, RETRY_AFTER_LIMIT)
