"""When digests are due: by the clock on the wall, also when that is changed, and however long the bot was away."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.digests import Due, Listening, due, first_slots, last_slot
from bot.core.model import ChatSettings, Rhythm

DAILY, WEEKLY = Rhythm.DAILY, Rhythm.WEEKLY
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
# Their clocks are set forward or back in the time looked at; Lord Howe by half an hour, Apia left out a whole day.
CHANGES = (
    ("Europe/Berlin", datetime(2026, 3, 25, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 21, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 20, tzinfo=UTC)),  # at midnight
    ("America/Santiago", datetime(2026, 9, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 9, 30, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 26, tzinfo=UTC)),
)


def wants(rhythm: Rhythm = DAILY, zone: str = "Europe/Berlin", at: time = time(8)) -> Listening:
    return Listening(1, rhythm, ChatSettings(zone=ZoneInfo(zone), digest_at=at))


def told_by(looks: list[datetime], listening: Listening) -> list[Due]:
    """What is told by a bot that looks at these moments, and remembers what it told."""
    told = first_slots([listening], (), looks[0])
    digests = []
    for look in looks:
        for each in due([listening], told, look):
            digests.append(each)
            told[listening.key] = each.until
    return digests


def test_a_daily_digest_is_due_once_the_clock_on_the_wall_shows_the_hour():
    listening = wants()
    told = {listening.key: datetime(2026, 7, 1, 6, tzinfo=UTC)}

    assert list(due([listening], told, datetime(2026, 7, 2, 5, 59, tzinfo=UTC))) == []
    (each,) = due([listening], told, datetime(2026, 7, 2, 6, tzinfo=UTC))
    assert (each.since, each.until) == (datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 7, 2, 6, tzinfo=UTC))


def test_a_weekly_digest_is_due_on_mondays():
    looks = [NOW + timedelta(hours=hour) for hour in range(24 * 21)]

    days = [each.until.astimezone(BERLIN) for each in told_by(looks, wants(WEEKLY))]

    assert [(day.weekday(), day.hour) for day in days] == [(0, 8)] * 3


def test_who_is_new_is_told_at_the_next_hour_and_not_at_once():
    (first, *_) = told_by([NOW + timedelta(minutes=minute) for minute in range(2000)], wants(at=time(8)))

    assert first.until == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_an_hour_that_is_moved_brings_no_second_digest_in_half_a_day_and_loses_nothing():
    told = {(1, DAILY): datetime(2026, 7, 1, 6, tzinfo=UTC)}  # at eight in the morning
    evening = wants(at=time(18))

    assert list(due([evening], told, datetime(2026, 7, 1, 20, tzinfo=UTC))) == []
    (each,) = due([evening], told, datetime(2026, 7, 2, 20, tzinfo=UTC))
    assert each.since == told[1, DAILY]


def test_what_was_missed_is_told_late_once_and_goes_back_no_longer_than_a_week():
    told = {(1, DAILY): datetime(2026, 6, 1, 6, tzinfo=UTC)}

    (each,) = due([wants()], told, datetime(2026, 7, 2, 20, tzinfo=UTC))

    assert each.until == datetime(2026, 7, 2, 6, tzinfo=UTC)
    assert each.until - each.since == timedelta(days=7)
    assert list(due([wants()], {(1, DAILY): each.until}, datetime(2026, 7, 2, 21, tzinfo=UTC))) == []


def test_a_clock_that_is_set_back_tells_nothing_twice():
    told = {(1, DAILY): datetime(2026, 7, 2, 6, tzinfo=UTC)}

    assert list(due([wants()], told, datetime(2026, 7, 1, 20, tzinfo=UTC))) == []


@pytest.mark.parametrize(("zone", "start"), CHANGES)
@given(minute=st.integers(0, 24 * 60 - 1), step=st.integers(5, 55))
def test_no_day_is_skipped_or_told_twice_when_the_clock_is_changed(zone: str, start: datetime, minute: int, step: int):
    listening = wants(zone=zone, at=time(*divmod(minute, 60)))
    looks = [start + timedelta(minutes=number) for number in range(0, 9 * 24 * 60, step)]

    digests = told_by(looks, listening)

    hours = [(later.until - each.until) / timedelta(hours=1) for each, later in pairwise(digests)]
    assert all(later.since == each.until for each, later in pairwise(digests))
    assert all(22.4 <= hour <= 25.6 for hour in hours)
    dates = [each.until.astimezone(ZoneInfo(zone)).date() for each in digests]
    assert dates == sorted(set(dates))
    assert digests[-1].until == last_slot(listening, looks[-1])


@given(
    zone=st.sampled_from([zone for zone, _ in CHANGES]),
    minute=st.integers(0, 24 * 60 - 1),
    gaps=st.lists(st.integers(1, 3 * 24 * 60), min_size=1, max_size=20),
    rhythm=st.sampled_from([DAILY, WEEKLY]),
)
def test_whenever_the_bot_was_down_the_periods_follow_on_each_other(
    zone: str, minute: int, gaps: list[int], rhythm: Rhythm
):
    looks = [NOW + timedelta(minutes=sum(gaps[:number])) for number in range(len(gaps) + 1)]
    listening = wants(rhythm, zone, time(*divmod(minute, 60)))

    digests = told_by(looks, listening)

    assert all(later.since == each.until for each, later in pairwise(digests))
    assert all(each.since < each.until <= look for each, look in zip(digests, looks[-len(digests) :], strict=False))
    owed = last_slot(listening, looks[-1]) - last_slot(listening, looks[0])
    assert bool(digests) == (owed >= timedelta(days=0.5 if rhythm is DAILY else 3.5))


@given(minutes=st.integers(0, 12_000_000), minute=st.integers(0, 24 * 60 - 1))
def test_the_last_slot_never_lies_ahead_nor_more_than_a_day_and_an_hour_back(minutes: int, minute: int):
    now = datetime(2014, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for zone, _ in CHANGES[:5]:
        slot = last_slot(wants(zone=zone, at=time(*divmod(minute, 60))), now)
        assert timedelta(0) <= now - slot <= timedelta(hours=26)
