"""Silence is told of those who usually speak, once, and of nobody else."""

from datetime import datetime, timedelta

import pytest

from bot.core.composing import told_silence
from bot.core.messages import spell
from bot.core.model import Rule, Severity, SeverityStep, Subscriber
from bot.core.silence import Silent, quiet
from tests.core.reports import NOON

HIGH = (SeverityStep(Severity.HIGH, None),)
RULE = Rule("idlib", "Nothing heard from Idlib", frozenset(), silence=timedelta(hours=12), severity=HIGH)


def every(hours: float, times: int) -> list[datetime]:
    """So many reports, that many hours apart, the last one at noon."""
    return [NOON - timedelta(hours=hours * back) for back in range(times)]


@pytest.mark.parametrize(
    ("heard", "hours_later", "silent"),
    [
        (every(6, 20), 13, True),
        (every(6, 20), 11, False),
        (every(12, 4), 13, True),
        (every(12, 3), 13, False),
        (every(1, 11), 13, False),
        (every(24 * 7, 20), 13, False),
        ([], 1000, False),
    ],
    ids=["usual", "too soon", "half of the spans", "hardly ever", "one busy morning", "weekly", "never heard of"],
)
def test_silence_is_a_gap_of_who_usually_speaks(heard, hours_later, silent):
    found = list(quiet([RULE], {"idlib": heard}, NOON + timedelta(hours=hours_later)))

    assert [each.last_at for each in found] == ([NOON] if silent else [])


def test_a_draft_tells_no_silence():
    draft = Rule("idlib", "Nothing", frozenset(), silence=timedelta(hours=12), live=False)

    assert list(quiet([draft], {"idlib": every(6, 20)}, NOON + timedelta(days=1))) == []


def test_the_message_says_since_when_and_what_may_be_why():
    silent = Silent(RULE, NOON, 7)

    (message,) = told_silence(silent, [Subscriber(1, "idlib"), Subscriber(2, "other")], failing_feeds=2, now=NOON)

    assert message.chat_id == 1
    assert message.text.plain == (
        "🟠 Nothing heard from Idlib\n"
        "Nothing heard for 12 h. The last report: 5 March 2020, 12:00 UTC.\n"
        "2 feeds are failing now: that may be why."
    )


def test_one_silence_has_one_key_and_the_next_another():
    first, again, later = (
        next(told_silence(Silent(RULE, at, 7), [Subscriber(1, "idlib")], 0, NOON)).key
        for at in (NOON, NOON, NOON + timedelta(days=2))
    )

    assert first == again != later


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(minutes=90), "90 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=36), "36 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_times_are_said_in_the_unit_that_holds_them(time, said):
    assert spell(time) == said
