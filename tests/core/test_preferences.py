"""Quiet hours on the wall, in summer and in winter, and what counts as harmed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.caution import careful
from bot.core.model import (
    SOME,
    ChatSettings,
    Count,
    Delivery,
    Mute,
    MuteKind,
    Preferences,
    QuietHours,
    Severity,
    Subscriber,
    ToldRule,
    at_least,
    exactly,
    vaguely,
)
from bot.core.preferences import audible, belongs_in_digest, harmed, held_until
from tests.core.reports import NOON
from tests.core.test_messages import INCIDENT

BERLIN = ZoneInfo("Europe/Berlin")
AT_NIGHT = QuietHours(time(22), time(7))
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Gaza", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]


def wall(year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """What the clock on the wall in Berlin shows."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


def until(local: datetime, quiet: QuietHours = AT_NIGHT) -> datetime | None:
    """When the quiet hours end that a moment of Berlin lies in, in Berlin."""
    end = held_until(ChatSettings(BERLIN, quiet), local.astimezone(UTC))
    return end.astimezone(BERLIN) if end else None


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (wall(2025, 1, 10, 21, 59), None),
        (wall(2025, 1, 10, 22, 0), wall(2025, 1, 11, 7)),
        (wall(2025, 1, 11, 6, 59), wall(2025, 1, 11, 7)),
        (wall(2025, 1, 11, 7, 0), None),
        (wall(2025, 12, 31, 23, 0), wall(2026, 1, 1, 7)),
    ],
)
def test_quiet_hours_reach_across_midnight(at, end):
    assert until(at) == end


def test_the_night_in_which_the_clock_is_changed_ends_when_the_wall_says_so():
    spring = datetime(2025, 3, 29, 23, tzinfo=BERLIN).astimezone(UTC)
    autumn = datetime(2025, 10, 25, 23, tzinfo=BERLIN).astimezone(UTC)
    chat = ChatSettings(BERLIN, AT_NIGHT)

    assert held_until(chat, spring) == spring + timedelta(hours=7)
    assert held_until(chat, autumn) == autumn + timedelta(hours=9)


def test_an_end_that_the_clock_skips_has_come_when_it_was_to_come():
    assert until(wall(2025, 3, 30, 1), QuietHours(time(22), time(2, 30))) == wall(2025, 3, 30, 3, 30)


def test_an_end_that_the_clock_shows_twice_holds_back_until_the_second_whoever_came_after_the_first():
    quiet = QuietHours(time(22), time(2, 30))

    assert until(wall(2025, 10, 26, 1), quiet) == wall(2025, 10, 26, 2, 30)
    assert until(wall(2025, 10, 26, 2, 10, fold=1), quiet) == wall(2025, 10, 26, 2, 30)


def test_hours_that_end_when_they_begin_are_none():
    assert until(wall(2025, 1, 10, 22), QuietHours(time(22), time(22))) is None


MINUTES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 20 * 366 * 24 * 60).map(
    lambda minutes: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(MOMENTS, st.sampled_from(ZONES).map(ZoneInfo), MINUTES, MINUTES)
def test_what_is_held_back_comes_outside_quiet_hours_and_within_two_days(at, zone, start, end):
    chat = ChatSettings(zone, QuietHours(start, end))

    released = held_until(chat, at)

    inside = start != end and at.astimezone(zone).time() in QuietHours(start, end)
    assert (released is not None) is inside
    if released is not None:
        assert timedelta(0) < released - at < timedelta(hours=50)
        assert held_until(chat, released) is None


MUTED = (Mute(MuteKind.RULE, "idlib", NOON + timedelta(hours=9)),)
TOLD = replace(INCIDENT, told=(ToldRule("idlib", "Idlib", Severity.HIGH),))


@pytest.mark.parametrize(
    ("subscriber", "incident", "told"),
    [
        (Subscriber(1, "idlib"), TOLD, True),
        (Subscriber(1, "syria"), TOLD, False),
        (Subscriber(1, "idlib", preferences=Preferences(minimum=Severity.HIGH)), TOLD, True),
        (Subscriber(1, "idlib", preferences=Preferences(minimum=Severity.CRITICAL)), TOLD, False),
        (Subscriber(1, "idlib", mutes=MUTED), TOLD, False),
        (Subscriber(1, "idlib"), replace(TOLD, careful=(("idlib", Delivery(delay=timedelta(hours=2))),)), False),
    ],
)
def test_a_digest_tells_of_what_its_rule_told_and_the_chat_wants_and_no_sooner(subscriber, incident, told):
    now, delivery = NOON + timedelta(hours=1), careful(incident, {subscriber.rule_id})

    assert belongs_in_digest(subscriber, incident, now, delivery) is told


@pytest.mark.parametrize(
    ("kind", "coarse", "is_silent"),
    [
        ("settlement", None, True),
        (None, None, True),
        ("settlement", "admin1", False),
        ("region", "admin1", False),
        ("admin2", "admin1", False),
        (None, "admin1", False),
        ("admin1", "admin1", True),
        ("country", "admin1", True),
        ("admin1", "country", False),
        ("country", "country", True),
    ],
)
def test_a_muted_place_silences_no_incident_that_is_told_less_closely(kind, coarse, is_silent):
    assert INCIDENT.place is not None
    mute = Mute(MuteKind.PLACE, INCIDENT.place.id, NOON + timedelta(hours=1), place_kind=kind)

    heard = list(audible([Subscriber(1, "idlib", mutes=(mute,))], INCIDENT, NOON, coarse))

    assert (heard == []) is is_silent


@pytest.mark.parametrize(
    ("killed", "injured", "casualties", "least"),
    [
        (exactly(3), exactly(4), None, 7),
        (exactly(3), at_least(20), None, 23),
        (vaguely(24), None, None, 24),
        (SOME, None, None, 1),
        (Count(None, 20), None, None, 0),
        (None, None, exactly(12), 12),
        (exactly(3), None, exactly(12), 12),
        (None, None, None, 0),
    ],
)
def test_harmed_are_as_many_as_are_certain(killed, injured, casualties, least):
    assert harmed(replace(INCIDENT, killed=killed, injured=injured, casualties=casualties)) == least
