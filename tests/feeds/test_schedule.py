"""When a feed is asked again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import next_due

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
