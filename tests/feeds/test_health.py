"""Which feeds died, and when it is our own network that did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.model import DueWhy
from bot.feeds.health import Trouble, cut_off, trouble_of
from bot.store import FeedHealth

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def well(number: int) -> FeedHealth:
    url = f"https://{number}.example/rss"
    return FeedHealth(url, "", False, NOW - MINUTE, NOW - MINUTE, "", 0, NOW + MINUTE, id=number)


def failing(number: int, since: timedelta, failures: int = 3) -> FeedHealth:
    """A feed that answered until `since` ago."""
    answered = NOW - since - 5 * MINUTE
    return replace(well(number), failures=failures, failing_since=NOW - since, last_success_at=answered)


def trouble(health: FeedHealth) -> str:
    return trouble_of(health, NOW, frozenset(), None)


def test_a_feed_is_dead_after_many_failures_over_hours():
    assert trouble(well(1)) == Trouble.NONE
    assert trouble(failing(1, 7 * HOUR, failures=5)) == Trouble.FAILING
    assert trouble(failing(1, HOUR, failures=9)) == Trouble.NONE
    assert trouble(failing(1, 9 * HOUR, failures=4)) == Trouble.NONE


def test_a_feed_that_is_gone_or_poisonous_is_told_at_once():
    assert trouble(replace(failing(1, MINUTE), gone_at=NOW)) == Trouble.GONE
    assert trouble(replace(failing(1, MINUTE, 1), due_why=DueWhy.QUARANTINE)) == Trouble.QUARANTINED


def test_what_was_told_stays_until_a_success():
    told = replace(failing(1, HOUR, failures=1), trouble_told=Trouble.FAILING)
    assert trouble(told) == Trouble.FAILING
    assert trouble(replace(well(1), trouble_told=Trouble.FAILING)) == Trouble.NONE


def test_feeds_that_fall_silent_together_mean_our_own_network():
    down = [failing(number, (20 + number) * MINUTE) for number in range(6)]
    assert cut_off(down, NOW) == frozenset(range(6))
    assert trouble_of(failing(3, 7 * HOUR, 9), NOW, frozenset({3}), None) == Trouble.NONE


def test_feeds_that_fell_on_different_days_are_dead_themselves():
    assert cut_off([failing(number, (1 + 30 * number) * HOUR) for number in range(6)], NOW) == frozenset()


def test_feeds_that_never_answered_are_wrong_themselves():
    new = [replace(failing(number, HOUR), last_success_at=None) for number in range(6)]
    assert cut_off(new, NOW) == frozenset()


def test_while_others_answer_the_network_is_well():
    down = [failing(number, HOUR) for number in range(6)]
    assert cut_off([*down, well(7)], NOW) == frozenset()


def test_one_feed_inside_our_own_network_among_many_outside_proves_nothing():
    down = [failing(number, HOUR) for number in range(20)]
    assert len(cut_off([*down, well(21)], NOW)) == 20


def test_a_blip_and_a_few_feeds_are_not_worth_a_word():
    assert cut_off([failing(number, 2 * MINUTE) for number in range(6)], NOW) == frozenset()
    assert cut_off([failing(number, HOUR) for number in range(2)], NOW) == frozenset()


def test_nobody_is_called_dead_for_what_failed_before_the_network_came_back():
    dead = failing(1, 9 * HOUR, failures=9)
    assert trouble_of(dead, NOW, frozenset(), NOW) == Trouble.NONE
    assert trouble_of(dead, NOW, frozenset(), NOW - HOUR) == Trouble.FAILING


def test_feeds_that_are_paused_or_gone_are_no_sign():
    down = [failing(number, HOUR) for number in range(3)]
    away = [replace(failing(9, HOUR), paused=True), replace(failing(10, HOUR), gone_at=NOW)]
    assert cut_off([*down, *away], NOW) == frozenset({0, 1, 2})
