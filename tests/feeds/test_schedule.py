"""When a feed is asked again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import DueWhy, History, Wishes
from bot.feeds.schedule import JITTER, Bounds, Known, Yardstick, measure, next_due, plan, requests_by_hour

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
FIVE_MINUTES = 300.0
MINUTES = timedelta(minutes=1)
DAY = timedelta(days=1)


def test_a_feed_that_answers_is_asked_after_its_interval():
    assert next_due(NOW, FIVE_MINUTES, 0, None, 0.0) == NOW + 5 * MINUTES


def test_failures_double_the_wait_up_to_a_day():
    waits = [next_due(NOW, FIVE_MINUTES, failures, None, 0.0) - NOW for failures in (1, 2, 3, 9, 10, 10_000)]
    assert waits == [5 * MINUTES, 10 * MINUTES, 20 * MINUTES, 1280 * MINUTES, DAY, DAY]


def test_an_interval_of_more_than_a_day_is_not_shortened_by_failing():
    assert next_due(NOW, 200_000, 7, None, 0.0) == NOW + timedelta(seconds=200_000)


def test_the_server_may_ask_for_more_patience_but_not_for_less():
    assert next_due(NOW, FIVE_MINUTES, 1, timedelta(hours=1), 0.0) == NOW + timedelta(hours=1)
    assert next_due(NOW, FIVE_MINUTES, 1, NOW + timedelta(hours=2), 0.0) == NOW + timedelta(hours=2)
    assert next_due(NOW, FIVE_MINUTES, 1, timedelta(seconds=1), 0.0) == NOW + 5 * MINUTES
    assert next_due(NOW, FIVE_MINUTES, 1, NOW - DAY, 0.0) == NOW + 5 * MINUTES


def test_a_server_that_says_2099_is_asked_again_in_a_week():
    assert next_due(NOW, FIVE_MINUTES, 1, datetime(2099, 1, 1, tzinfo=UTC), 0.0) == NOW + 7 * DAY


@given(
    st.floats(1, 1e6),
    st.integers(0, 10**6),
    st.none() | st.timedeltas(timedelta(0), 7 * DAY),
    st.floats(0, 1),
)
def test_jitter_never_asks_sooner(interval: float, failures: int, wish: timedelta | None, jitter: float):
    due = next_due(NOW, interval, failures, wish, jitter)
    assert due >= NOW + timedelta(seconds=interval)
    assert due >= NOW + (wish or timedelta(0))


# ---------------------------------------------------------------- after a success
BOUNDS = Bounds()
LOOSE = Bounds(interval_seconds=900, shortest_seconds=1, unconditional_seconds=1, longest_seconds=864_000)
hours_of_items = st.lists(st.floats(0, 500), min_size=24, max_size=24).map(tuple)
histories = st.builds(History, hours=hours_of_items, watched_days=st.floats(0.1, 20))
wishes = st.builds(
    Wishes,
    fresh_seconds=st.floats(0, 1e6),
    every_seconds=st.floats(0, 1e6),
    skipped_hours=st.integers(0, 2**24 - 1),
    skipped_days=st.integers(0, 127),
)
feeds = st.builds(Known, st.none(), st.booleans(), wishes, histories)
rolls = st.floats(0, 1)
moments = st.timedeltas(timedelta(0), 365 * DAY).map(lambda span: NOW + span)


def spoke(*by_hour: tuple[int, float], days: float = 10.0) -> History:
    """A feed with so many items in these hours, in so many days."""
    counts = dict(by_hour)
    return History(tuple(counts.get(hour, 0.0) for hour in range(24)), days)


def requests_per_day(feed: Known, bounds: Bounds, yardstick: Yardstick) -> float:
    """How often the plans of a whole day come to ask, without jitter."""
    asked, at = 0, NOW
    while at < NOW + DAY:
        at = plan(feed, bounds, yardstick, at, 0.0).at
        asked += 1
    return asked


@given(feeds, st.lists(feeds, max_size=4), moments, rolls)
def test_every_wait_is_within_the_bounds(feed: Known, others: list[Known], now: datetime, roll: float):
    yardstick = measure([feed, *others], BOUNDS)
    due = plan(feed, BOUNDS, yardstick, now, roll)
    floor = BOUNDS.shortest_seconds if feed.has_validators else BOUNDS.unconditional_seconds
    hour_and_jitter = timedelta(seconds=0.1 * BOUNDS.longest_seconds + 95)
    assert due.at - now >= timedelta(seconds=floor - 0.001)
    assert due.at - now <= timedelta(seconds=BOUNDS.longest_seconds) + hour_and_jitter


@given(feeds, moments, rolls)
def test_no_wait_is_shorter_than_what_the_feed_wishes_up_to_the_limit(feed: Known, now: datetime, roll: float):
    due = plan(feed, BOUNDS, measure([feed], BOUNDS), now, roll)
    wished = max(feed.wishes.fresh_seconds, feed.wishes.every_seconds)
    if not (feed.wishes.skips(now) or feed.wishes.skips(due.at)):
        assert due.at - now >= timedelta(seconds=min(wished, BOUNDS.wished_seconds) - 0.001)


@given(st.lists(feeds, min_size=1, max_size=8), st.floats(60, 7200))
def test_all_plans_together_come_to_the_budget(some: list[Known], interval: float):
    bounds = replace(LOOSE, interval_seconds=interval, wished_seconds=0)
    yardstick = measure(some, bounds)
    per_day = sum(sum(requests_by_hour(feed.history, yardstick)) / 24 for feed in some)
    assert per_day == pytest.approx(len(some) * 86_400 / interval * (1 + JITTER / 2), rel=0.01)


@given(st.lists(feeds, min_size=2, max_size=5))
def test_what_is_asked_in_a_day_is_the_budget(some: list[Known]):
    bounds = replace(LOOSE, wished_seconds=0)
    yardstick = measure(some, bounds)
    asked = sum(requests_per_day(feed, bounds, yardstick) for feed in some)
    assert asked <= len(some) * (96 * (1 + JITTER / 2) * 1.01 + 1)


@given(histories, histories, st.floats(1, 5))
def test_a_feed_with_more_news_is_never_asked_less_often(history: History, other: History, factor: float):
    more = replace(history, hours=tuple(count * factor for count in history.hours))
    yardstick = measure([Known(history=each) for each in (history, more, other)], LOOSE)
    less_often, more_often = (sum(requests_by_hour(each, yardstick)) for each in (history, more))
    assert more_often >= less_often * 0.999


def test_what_one_feed_may_not_use_the_others_get():
    busy, slow = Known(None, True), Known(None, False)
    yardstick = measure([busy, slow], replace(BOUNDS, shortest_seconds=1))
    asked = [requests_per_day(feed, replace(BOUNDS, shortest_seconds=1), yardstick) for feed in (busy, slow)]
    assert asked[1] == pytest.approx(96, abs=2)
    assert sum(asked) == pytest.approx(2 * 288 * (1 + JITTER / 2), abs=4)


def test_a_budget_is_kept_by_all_feeds_and_those_with_an_interval_of_their_own_take_theirs_first():
    pinned = Known(own_seconds=864.0)
    bounds = replace(LOOSE, requests_per_day=300.0)
    free = [Known(has_validators=True) for _ in range(4)]
    yardstick = measure([pinned, *free], bounds)
    asked = [requests_per_day(feed, bounds, yardstick) for feed in free]
    assert sum(asked) == pytest.approx(200 * (1 + JITTER / 2), abs=5)


def test_a_new_feed_is_asked_as_often_as_the_average():
    known = [Known(None, True, history=spoke((12, items))) for items in (10.0, 250.0, 1000.0)]
    bounds = replace(LOOSE, interval_seconds=300)
    yardstick = measure([*known, Known(None, True)], bounds)
    *others, new = (sum(requests_by_hour(feed.history, yardstick)) for feed in [*known, Known(None, True)])
    assert min(others) < new < max(others)
    assert new == pytest.approx(sum(others) / 3, rel=0.1)


def test_the_hours_with_news_are_asked_more_often():
    feed = Known(None, True, history=spoke((11, 40.0), (12, 60.0), (13, 40.0)))
    yardstick = measure([feed], LOOSE)
    noon = plan(feed, LOOSE, yardstick, NOW, 0.0).at - NOW
    midnight = plan(feed, LOOSE, yardstick, NOW + DAY / 2, 0.0).at - (NOW + DAY / 2)
    assert midnight > 3 * noon


def test_the_hours_beside_the_news_are_asked_more_often_too_and_none_is_given_up():
    feed = Known(None, True, history=spoke((12, 100.0)))
    by_hour = requests_by_hour(feed.history, measure([feed], LOOSE))
    assert by_hour[12] > by_hour[11] > by_hour[10] > by_hour[9] > 0
    assert len({by_hour[hour] for hour in range(24) if not 10 <= hour <= 14}) == 1


def test_a_wait_that_begins_in_quiet_hours_ends_early_where_news_sets_in():
    feed = Known(None, True, history=spoke((6, 400.0), (7, 400.0)))
    yardstick = measure([feed], LOOSE)
    night = NOW.replace(hour=3, minute=40)
    due = plan(feed, LOOSE, yardstick, night, 0.0).at
    quiet = 86_400 / requests_by_hour(feed.history, yardstick)[3]
    assert night + timedelta(seconds=quiet) > due


@pytest.mark.parametrize(
    ("feed", "bounds", "why"),
    [
        (Known(own_seconds=60.0), BOUNDS, DueWhy.OWN),
        (Known(has_validators=True), BOUNDS, DueWhy.NEWS),
        (Known(has_validators=False), BOUNDS, DueWhy.UNCONDITIONAL),
        (Known(has_validators=True, wishes=Wishes(fresh_seconds=600)), BOUNDS, DueWhy.WISHED),
        (Known(has_validators=True), Bounds(interval_seconds=60), DueWhy.SHORTEST),
        (Known(has_validators=True), Bounds(interval_seconds=7200), DueWhy.LONGEST),
    ],
    ids=str,
)
def test_the_reason_is_what_decided(feed: Known, bounds: Bounds, why: DueWhy):
    assert plan(feed, bounds, measure([feed], bounds), NOW, 0.5).why == why


@given(moments, st.floats(60, 86_400), rolls)
def test_nothing_is_planned_for_a_full_hour(now: datetime, seconds: float, roll: float):
    due = plan(Known(own_seconds=seconds), BOUNDS, measure([], BOUNDS), now, roll).at
    assert due - now >= timedelta(seconds=seconds) - timedelta(microseconds=1)
    assert not (due.minute == 0 and due.second < 30)
    assert not (due.minute == 59 and due.second >= 55)
