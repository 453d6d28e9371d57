"""How long news waits to be found, beside asking every feed equally often, for the same number of requests."""

from __future__ import annotations

import heapq
import math
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import NormalDist

import pytest

from bot.core.model import History
from bot.core.rhythm import watched
from bot.feeds.schedule import JITTER, Bounds, Known, Yardstick, measure, plan
from tests.bench.corpus import needs_corpora, real_streams

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LEARNED, TESTED = 30 * DAY, 15 * DAY
BEGUN = BEGIN + LEARNED
END = BEGUN + TESTED
FEEDS = 40

Streams = Sequence[Sequence[datetime]]


def streams(seed: int) -> Streams:
    """Feeds as uneven as real ones: from an item in ten days to over a hundred a day, half of it in seven hours."""
    dice, spread = Random(seed), NormalDist(1.2, 1.6)
    rates = [math.exp(spread.inv_cdf((number + 0.5) / FEEDS)) for number in range(FEEDS)]
    return [stream(dice, rate, peak=24 * dice.random()) for rate in rates]


def stream(dice: Random, rate: float, peak: float) -> list[datetime]:
    """A Poisson process with a daily rhythm, by thinning."""
    times, at = [], 0.0
    while (at := at + dice.expovariate(rate * 8 / 3)) < (END - BEGIN) / DAY:
        if dice.random() < ((1 + math.cos((at * 24 - peak) / 24 * 2 * math.pi)) / 2) ** 2:
            times.append(BEGIN + at * DAY)
    return times


def adaptive(feeds: Streams, bounds: Bounds, seed: int) -> list[list[datetime]]:
    """When each feed is asked in the tested days, with all that was learned before; rates are measured daily."""
    dice, asked = Random(seed), [[BEGIN] for _ in feeds]
    histories = [History(at=BEGIN)] * len(feeds)
    queue = [(BEGIN + dice.random() * timedelta(minutes=5), number) for number in range(len(feeds))]
    heapq.heapify(queue)
    yardstick, measured_at = measure([known(each) for each in histories], bounds), BEGIN
    while queue[0][0] < END:
        now, number = queue[0]
        if now - measured_at > DAY:
            yardstick, measured_at = measure([known(each) for each in histories], bounds), now
        histories[number] = watched(histories[number], between(feeds[number], asked[number][-1], now), now)
        asked[number].append(now)
        heapq.heapreplace(queue, (next_poll(histories[number], bounds, yardstick, now, dice), number))
    return [[at for at in times if at >= BEGUN] for times in asked]


def known(history: History) -> Known:
    return Known(has_validators=True, history=history)


def next_poll(history: History, bounds: Bounds, yardstick: Yardstick, now: datetime, dice: Random) -> datetime:
    return plan(known(history), bounds, yardstick, now, dice.random()).at


def between(times: Sequence[datetime], after: datetime, until: datetime) -> Sequence[datetime]:
    return times[bisect_left(times, after) : bisect_left(times, until)]


def uniform(feeds: int, requests: int, seed: int) -> list[list[datetime]]:
    """The same requests, shared equally, with the same jitter."""
    dice, asked = Random(seed), []
    step = TESTED * feeds / requests / (1 + JITTER / 2)
    for _ in range(feeds):
        times = [BEGUN + dice.random() * step]
        while times[-1] < END:
            times.append(times[-1] + step * (1 + JITTER * dice.random()))
        asked.append(times[:-1])
    return asked


def minutes_waited(feeds: Streams, asked: Iterable[Sequence[datetime]]) -> list[float]:
    found: list[float] = []
    for published, polls in zip(feeds, asked, strict=True):
        tested = between(published, BEGUN, polls[-1])
        found += [(polls[bisect_left(polls, at)] - at) / timedelta(minutes=1) for at in tested]
    return sorted(found)


def compared(feeds: Streams, bounds: Bounds) -> tuple[list[float], list[float]]:
    asked = adaptive(feeds, bounds, seed=7)
    requests = sum(map(len, asked))
    equally = uniform(len(feeds), requests, seed=8)
    assert sum(map(len, equally)) == pytest.approx(requests, rel=0.01)
    ours, theirs = minutes_waited(feeds, asked), minutes_waited(feeds, equally)
    for name, waits in (("uniform", theirs), ("ours", ours)):
        mean, middle, tail = statistics.mean(waits), statistics.median(waits), percentile(waits, 95)
        print(f"\n{name:8} {requests:,} requests: mean {mean:.2f} min, median {middle:.2f}, p95 {tail:.1f}", end="")
    print(
        f"\nratio of means {statistics.mean(theirs) / statistics.mean(ours):.2f}, budget {budget(feeds, bounds):,.0f}"
    )
    assert requests <= budget(feeds, bounds) * 1.02
    return ours, theirs


def budget(feeds: Streams, bounds: Bounds) -> float:
    return len(feeds) * TESTED.total_seconds() / bounds.interval_seconds


def percentile(waits: Sequence[float], percent: int) -> float:
    return waits[len(waits) * percent // 100]


@pytest.mark.bench
@pytest.mark.parametrize(
    ("bounds", "most"),
    [
        (Bounds(interval_seconds=900, longest_seconds=5400), 0.5),
        (Bounds(interval_seconds=300, shortest_seconds=30), 0.5),
        (Bounds(), 0.6),  # never asking more often than every two minutes has its price
    ],
    ids=["15 minutes", "5 minutes", "as shipped"],
)
def test_news_is_found_in_half_the_time_for_the_same_requests(bounds, most):
    ours, theirs = compared(streams(seed=5), bounds)
    assert statistics.mean(ours) <= statistics.mean(theirs) * most
    assert percentile(ours, 95) <= percentile(theirs, 95)


@pytest.mark.bench
@needs_corpora
def test_real_news_is_found_sooner_for_the_same_requests():
    ours, theirs = compared(real_streams(END), Bounds(interval_seconds=900, longest_seconds=5400))
    assert statistics.mean(ours) <= statistics.mean(theirs)
