"""How long after its publication a report is sent, with the settings as shipped, beside asking every feed alike.

The schedule and the pace of the outbox are the bot's own, the clock is not. Every report alerts, in a private chat and
in a group, which is far more than any desk has. A newcomer's mistake is to add what reading costs: milliseconds.
"""

from __future__ import annotations

import heapq
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from bot.core.rhythm import begun, watched
from bot.feeds.schedule import Bounds, measure
from bot.outbox import LIMITS, Pace
from bot.running import FLUSH_SECONDS, TICK_SECONDS
from tests.bench.corpus import needs_corpora, real_streams
from tests.bench.test_schedule import END, Streams, known, next_poll, percentile, stream

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WATCHED = 3 * DAY  # the bot starts so long before the end, and knows what the feeds show then
MEASURED_EVERY = timedelta(hours=6)
MEDIAN_MINUTES = 5.0  # from publication to send, at most
FEEDS = 120
PERSON, GROUP = 7, -7
BOUNDS = Bounds()


# ---------------------------------------------------------------- what is published
def made_up(seed: int) -> Streams:
    """From one item in three days to sixty a day, by day more than by night; and three bursts that many feeds join."""
    dice = Random(seed)
    feeds = [stream(dice, 0.3 * 200 ** (n / FEEDS), peak=9 + 8 * dice.random()) for n in range(FEEDS)]
    for _ in range(3):
        event = END - WATCHED * dice.random()
        for feed in dice.sample(feeds, FEEDS // 4):
            feed += [event + dice.expovariate(1 / 30) * MINUTE for _ in range(3)]
    return [sorted(at for at in feed if at < END) for feed in feeds]


# ---------------------------------------------------------------- when it is found
def asked(feeds: Streams, seed: int) -> list[list[datetime]]:
    """When each feed is asked, by the bot's schedule. The first poll shows what the feed has by then."""
    dice, begin = Random(seed), END - WATCHED
    histories = [begun(times[: bisect_left(times, begin)], begin) for times in feeds]
    polls: list[list[datetime]] = [[begin] for _ in feeds]
    queue = [(begin + dice.random() * 5 * MINUTE, number) for number in range(len(feeds))]
    heapq.heapify(queue)
    yardstick, measured_at = measure([known(each) for each in histories], BOUNDS), begin
    while queue[0][0] < END + DAY:
        now, number = queue[0]
        if now - measured_at > MEASURED_EVERY:
            yardstick, measured_at = measure([known(each) for each in histories], BOUNDS), now
        histories[number] = watched(histories[number], new(feeds[number], polls[number][-1], now), now)
        polls[number].append(now)
        heapq.heapreplace(queue, (next_poll(histories[number], BOUNDS, yardstick, now, dice), number))
    return polls


def asked_alike(feeds: Streams, requests: int, seed: int) -> list[list[datetime]]:
    """The same number of requests, every feed at the same interval."""
    dice, step = Random(seed), (WATCHED + DAY) * len(feeds) / requests
    offsets = [dice.random() * step for _ in feeds]
    return [[END - WATCHED + offset + n * step for n in range(requests // len(feeds) + 2)] for offset in offsets]


def new(times: Sequence[datetime], after: datetime, until: datetime) -> Sequence[datetime]:
    return times[bisect_left(times, after) : bisect_left(times, until)]


def found(feeds: Streams, polls: Sequence[Sequence[datetime]]) -> list[tuple[datetime, datetime]]:
    """When each report is found, and when it was published; in the order of finding."""
    pairs = [
        (asked_at[bisect_left(asked_at, at)] + timedelta(seconds=TICK_SECONDS), at)
        for times, asked_at in zip(feeds, polls, strict=True)
        for at in new(times, END - WATCHED, END)
    ]
    return sorted(pairs)


# ---------------------------------------------------------------- when it is sent
def minutes_to_send(reports: Sequence[tuple[datetime, datetime]], chat: int) -> list[float]:
    """From publication to sending in one chat, one message after the other; in order of length."""
    pace, waits, last = Pace(LIMITS), [], END - WATCHED
    for found_at, published in reports:
        ready = max(found_at + timedelta(seconds=FLUSH_SECONDS), last)
        while chat in pace.resting(ready) or not pace.room(ready):
            ready += timedelta(seconds=FLUSH_SECONDS)
        last = ready
        pace.book(chat, last)
        waits.append((last - published) / MINUTE)
    return sorted(waits)


def minutes_to_both(reports: Sequence[tuple[datetime, datetime]]) -> list[float]:
    return sorted(minutes_to_send(reports, PERSON) + minutes_to_send(reports, GROUP))


def told(name: str, waits: Sequence[float]) -> None:
    print(f"\n{name:12} {len(waits):,} messages: median {statistics.median(waits):.2f} min, ", end="")
    print(
        f"mean {statistics.mean(waits):.2f}, p90 {percentile(waits, 90):.1f}, p99 {percentile(waits, 99):.1f}", end=""
    )


def compared(feeds: Streams) -> tuple[list[float], list[float]]:
    polls = asked(feeds, seed=3)
    alike = asked_alike(feeds, sum(map(len, polls)), seed=4)
    ours, theirs = (minutes_to_both(found(feeds, each)) for each in (polls, alike))
    told("as shipped", ours)
    told("all alike", theirs)
    print(f"\nratio of medians {statistics.median(theirs) / statistics.median(ours):.2f}, {len(feeds)} feeds")
    return ours, theirs


@pytest.mark.bench
def test_half_of_all_news_is_sent_within_five_minutes_of_its_publication():
    ours, theirs = compared(made_up(seed=5))
    assert statistics.median(ours) <= MEDIAN_MINUTES
    assert statistics.median(ours) < statistics.median(theirs)


@pytest.mark.bench
@needs_corpora
def test_half_of_all_real_news_is_sent_within_five_minutes_of_its_publication():
    ours, _ = compared(real_streams(END))
    assert statistics.median(ours) <= MEDIAN_MINUTES
