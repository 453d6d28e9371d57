"""When to ask a feed again: a pure function of what is known after one answer.

A newcomer's mistake is to add the jitter to the clock: here it only ever lengthens the wait, so nothing is asked sooner
than its interval or than the server wished.
"""

from datetime import datetime, timedelta
from typing import Final

BACK_OFF_LIMIT_SECONDS: Final = 86_400.0  # a feed that fails is still asked once a day
RETRY_AFTER_LIMIT: Final = timedelta(days=7)  # a server that says 2099 would silence its feed for good


def next_due(
    now: datetime, interval_seconds: float, failures: int, retry_after: timedelta | datetime | None, jitter: float
) -> datetime:
    """The time of the next poll after `failures` failures in a row, 0 after a success.

    The first failure waits one interval, each further one twice as long, up to a day or the interval, whichever is
    longer. `jitter` is the fraction, 0 or more, by which the wait is stretched; whoever calls rolls it.
    """
    wait = max(timedelta(seconds=_back_off_seconds(interval_seconds, failures)), _wished(now, retry_after))
    return now + wait * (1 + jitter)


def _back_off_seconds(interval_seconds: float, failures: int) -> float:
    doublings = min(max(failures - 1, 0), 32)  # 2 ** 32 seconds is past every limit; more would only overflow
    return min(interval_seconds * 2.0**doublings, max(BACK_OFF_LIMIT_SECONDS, interval_seconds))


def _wished(now: datetime, retry_after: timedelta | datetime | None) -> timedelta:
    if retry_after is None:
        return timedelta(0)
    span = retry_after - now if isinstance(retry_after, datetime) else retry_after
    return min(span, RETRY_AFTER_LIMIT)
