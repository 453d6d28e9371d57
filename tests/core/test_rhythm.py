"""What is usual of a feed: how often it has news, at which hours, and when it has been silent for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import History
from bot.core.rhythm import HALF_LIFE_DAYS, aged, begun, items_per_day, silent_since, smoothed, watched

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def followed(days: int, *at_hours: int, start: datetime = NOON) -> History:
    """A feed polled every hour that has an item half past each of these hours."""
    history = History(at=start)
    for hours in range(1, days * 24 + 1):
        now = start + hours * HOUR
        news = [now - HOUR / 2] if (now - HOUR).hour in at_hours else []
        history = watched(history, news, now)
    return history


def test_old_news_weighs_half_after_a_half_life():
    history = History((2.0,) * 24, 10.0, NOON)
    assert aged(history, NOON + HALF_LIFE_DAYS * DAY).items == pytest.approx(24.0, abs=0.01)


def test_a_clock_that_was_set_back_makes_nothing_heavier():
    history = History((2.0,) * 24, 10.0, NOON)
    assert aged(history, NOON - DAY).items == 48.0


def test_the_rate_is_that_of_the_last_weeks():
    assert items_per_day(followed(40, 8, 9, 20), usual=3.0) == pytest.approx(3.0, rel=0.02)


def test_items_count_in_the_hour_of_their_date():
    history = followed(10, 8)
    assert history.hours[8] == history.items > 5


def test_a_date_that_no_poll_could_have_missed_is_not_believed():
    before = History(at=NOON)
    for wrong in (NOON - 9 * HOUR, NOON + 9 * HOUR, None):
        assert watched(before, [wrong], NOON + HOUR).hours[13] == 1.0


def test_a_feed_that_nobody_knows_counts_as_the_average():
    assert items_per_day(History(), usual=7.0) == 7.0
    assert 7.0 < items_per_day(followed(1, *range(24)), usual=7.0) < 24.0


def test_the_first_body_tells_of_the_days_before():
    history = begun([NOON - hours * HOUR for hours in range(1, 49)], NOON)
    assert items_per_day(history, usual=1.0) == pytest.approx(47 / 3, rel=0.2)
    assert history.newest_at == NOON - HOUR


def test_a_first_body_without_dates_tells_nothing():
    assert begun([None, None], NOON) == History(at=NOON)


def test_dates_without_a_time_belong_to_no_hour():
    midnights = [NOON.replace(hour=0) - days * DAY for days in range(5)]
    assert len(set(begun(midnights, NOON).hours)) == 1


def test_smoothing_spreads_an_hour_round_midnight_and_loses_nothing():
    spread = smoothed([8.0] + [0.0] * 23)
    assert (spread[23], spread[0], spread[1]) == (2.0, 4.0, 2.0)
    assert sum(spread) == 8.0


def test_five_usual_gaps_without_news_are_silence():
    history = followed(20, 2, 8, 14, 20)
    last = history.newest_at
    assert last is not None
    assert silent_since(history, last + 28 * HOUR) is None
    assert silent_since(history, last + 40 * HOUR) == last


def test_hours_that_are_always_quiet_are_no_silence():
    history = followed(20, *range(8, 18))
    evening = history.newest_at
    assert evening is not None
    end_of_day = evening.replace(hour=17, minute=30)
    working = watched(history, (), end_of_day) if end_of_day > NOON else history
    assert silent_since(working, evening + 5 * HOUR) is None


def test_a_feed_of_which_little_is_known_is_never_silent():
    assert silent_since(followed(2, 9), NOON + 30 * DAY) is None


def test_a_history_is_not_made_longer_by_looking():
    history = followed(3, 9)
    assert watched(history, (), NOON + 3 * DAY).items == history.items
