"""How long news waits to be found, beside asking every feed equally often, for the same number of requests.

Replayed are feeds as they are made up here, and those of an archive whose history is complete: their bodies reach back
over all the days that are learned from and all that are tested, whether there was news in them or not. A newcomer's
mistake is to test a feed on the days before its oldest item: they were not silent, the body only ends there.
"""

from __future__ import annotations

import heapq
import math
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
END = BEGIN + LEARNED + TESTED
LONG_AGO = 60 * DAY  # nobody learns from what is older
MEASURED_EVERY = timedelta(hours=6)
FEEDS = 40
REPLAYS = 5  # of real feeds, each with other dice
EQUALLY = 10  # replays of theirs beside each of ours: they cost little, and two hundred items leave much to luck
QUARTER_HOUR = Bounds(interval_seconds=900, longest_seconds=5400)
FIVE_MINUTES = Bounds(interval_seconds=300, shortest_seconds=30)
SHIPPED = Bounds()  # never asking more often than every two minutes has its price

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


@dataclass(frozen=True, slots=True)
class Replay:
    """Feeds, since when each is watched, and from when to the end news is waited for."""

    feeds: Streams
    since: Sequence[datetime]
    begun: datetime

    @property
    def tested(self) -> timedelta:
        return END - self.begun


def made_up() -> Replay:
    return Replay(streams(seed=5), [BEGIN] * FEEDS, END - TESTED)


def real(days: int) -> Replay:
    """Tested on so many days; watched from their oldest items on, which is for as long as that at least.

    An oldest item is no news: it only says since when its feed can be watched.
    """
    begun = END - days * DAY
    complete = [times for times in real_streams(END) if times[0] <= begun - days * DAY]
    since = [max(times[0], begun - LONG_AGO) for times in complete]
    return Replay([times[1:] for times in complete], since, begun)


def with_news(replay: Replay) -> Replay:
    """Without the feeds that had none in all the time."""
    spoke = [n for n, since in enumerate(replay.since) if between(replay.feeds[n], since, END)]
    return Replay([replay.feeds[n] for n in spoke], [replay.since[n] for n in spoke], replay.begun)


def learned(times: Sequence[datetime], since: datetime, begun: datetime) -> History:
    """What a feed teaches that is looked at once a day; dates tell the hours."""
    history, at = History(at=since), since
    while at < begun:
        until = min(at + DAY, begun)
        history = watched(history, between(times, at, until), until)
        at = until
    return history


def adaptive(replay: Replay, bounds: Bounds, seed: int) -> list[list[datetime]]:
    """When each feed is asked in the tested days, with all that was learned before and meanwhile."""
    dice, asked = Random(seed), [[replay.begun] for _ in replay.feeds]
    histories = [learned(each, since, replay.begun) for each, since in zip(replay.feeds, replay.since, strict=True)]
    queue = [(replay.begun + dice.random() * timedelta(minutes=5), number) for number in range(len(histories))]
    heapq.heapify(queue)
    yardstick, measured_at = measure([known(each) for each in histories], bounds), replay.begun
    while queue[0][0] < END:
        now, number = queue[0]
        if now - measured_at > MEASURED_EVERY:
            yardstick, measured_at = measure([known(each) for each in histories], bounds), now
        news = between(replay.feeds[number], asked[number][-1], now)
        histories[number] = watched(histories[number], news, now)
        asked[number].append(now)
        heapq.heapreplace(queue, (next_poll(histories[number], bounds, yardstick, now, dice), number))
    return [times[1:] for times in asked]


def known(history: History) -> Known:
    return Known(has_validators=True, history=history)


def next_poll(history: History, bounds: Bounds, yardstick: Yardstick, now: datetime, dice: Random) -> datetime:
    return plan(known(history), bounds, yardstick, now, dice.random()).at


def between(times: Sequence[datetime], after: datetime, until: datetime) -> Sequence[datetime]:
    return times[bisect_left(times, after) : bisect_left(times, until)]


def uniform(replay: Replay, requests: int, seed: int) -> list[list[datetime]]:
    """The same requests in the same days, shared equally, with the same jitter."""
    dice, asked = Random(seed), []
    step = replay.tested * len(replay.feeds) / requests / (1 + JITTER / 2)
    for _ in replay.feeds:
        times = [replay.begun + dice.random() * step]
        while times[-1] < END:
            times.append(times[-1] + step * (1 + JITTER * dice.random()))
        asked.append(times[:-1])
    return asked


def minutes_waited(replay: Replay, asked: Iterable[Sequence[datetime]]) -> list[float]:
    found: list[float] = []
    for published, polls in zip(replay.feeds, asked, strict=True):
        tested = between(published, replay.begun, polls[-1])
        found += [(polls[bisect_left(polls, at)] - at) / timedelta(minutes=1) for at in tested]
    return found


def compared(replay: Replay, bounds: Bounds, times: int = 1) -> tuple[list[float], list[float]]:
    """Our waits and theirs, of all replays together: where items are few, one alone is down to luck."""
    ours, theirs = [], []
    for seed in range(times):
        asked = adaptive(replay, bounds, seed)
        requests = sum(map(len, asked))
        for dice in range(EQUALLY):
            equally = uniform(replay, requests, seed * EQUALLY + dice)
            assert sum(map(len, equally)) == pytest.approx(requests, rel=0.01)
            theirs += minutes_waited(replay, equally)
        assert requests <= budget(replay, bounds) * 1.02
        ours += minutes_waited(replay, asked)
    told(replay, sorted(ours), sorted(theirs), times)
    return sorted(ours), sorted(theirs)


def told(replay: Replay, ours: Sequence[float], theirs: Sequence[float], times: int) -> None:
    print(f"\n{len(replay.feeds)} feeds, {len(ours) / times:,.0f} items in {replay.tested.days} days", end="")
    for name, waits in (("uniform", theirs), ("ours", ours)):
        mean, middle, tail = statistics.mean(waits), statistics.median(waits), percentile(waits, 95)
        print(f"\n{name:8} mean {mean:.2f} min, median {middle:.2f}, p95 {tail:.1f}", end="")
    print(f"\nratio of means {statistics.mean(theirs) / statistics.mean(ours):.2f}")


def budget(replay: Replay, bounds: Bounds) -> float:
    return len(replay.feeds) * replay.tested.total_seconds() / bounds.interval_seconds


def percentile(waits: Sequence[float], percent: int) -> float:
    return waits[len(waits) * percent // 100]


@pytest.mark.bench
@pytest.mark.parametrize(
    ("bounds", "most"),
    [(QUARTER_HOUR, 0.5), (FIVE_MINUTES, 0.5), (SHIPPED, 0.6)],
    ids=["15 minutes", "5 minutes", "as shipped"],
)
def test_news_is_found_in_half_the_time_for_the_same_requests(bounds, most):
    ours, theirs = compared(made_up(), bounds)
    assert statistics.mean(ours) <= statistics.mean(theirs) * most
    assert percentile(ours, 95) <= percentile(theirs, 95)


@pytest.mark.bench
@needs_corpora
@pytest.mark.parametrize(
    ("days", "bounds", "most"),
    [(60, QUARTER_HOUR, 0.5), (7, QUARTER_HOUR, 0.5), (7, FIVE_MINUTES, 0.5), (7, SHIPPED, 0.6)],
    ids=["15 minutes, two months", "15 minutes, a week", "5 minutes, a week", "as shipped, a week"],
)
def test_real_news_is_found_in_half_the_time_for_the_same_requests(days, bounds, most):
    ours, theirs = compared(real(days), bounds, REPLAYS)
    assert statistics.mean(ours) <= statistics.mean(theirs) * most
    assert percentile(ours, 95) <= percentile(theirs, 95)


@pytest.mark.bench
@needs_corpora
@pytest.mark.parametrize(("days", "most"), [(60, 0.75), (7, 0.5)], ids=["two months of hardly any news each", "a week"])
def test_it_is_not_all_saved_on_feeds_that_have_no_news(days, most):
    ours, theirs = compared(with_news(real(days)), QUARTER_HOUR, REPLAYS)
    assert statistics.mean(ours) <= statistics.mean(theirs) * most
