"""One text that is not said yet reads by ids to whoever writes rules, and by names to everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.model import Either, Kind, Land, Listed, Place, Spoken, Victims, bare, saying
from bot.core.sayings import told, written
from bot.tongues import tongue

EVENTS = saying("event: {kinds}", kinds=Either((Kind("airstrike"), Kind("shelling"))))
HAMA = Place("gn:1", "Hama", "admin1", "SY")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "event: air strike or shelling"),
        ("fr", "événement\u00a0: frappe aérienne ou bombardement"),
        ("ru", "событие: авиаудар или обстрел"),
    ],
)
def test_readers_are_told_kinds_of_events_by_their_names(language, said):
    assert told(EVENTS, tongue(language)) == said
    assert written(EVENTS) == "event: airstrike or shelling"


@pytest.mark.parametrize(
    ("thing", "said", "as_in_the_file"),
    [
        (Spoken("ar"), "арабский", "ar"),
        (Spoken("tlh"), "клингонский", "tlh"),
        (Land("SY"), "Сирия", "SY"),
        (HAMA, "Hama", "Hama"),
        (Victims.CIVILIAN, "гражданские лица", "civilian"),
        (timedelta(days=3), "3 дня", "3 days"),
        (Kind("flood-of-tears"), "flood of tears", "flood-of-tears"),
        (4, "4", "4"),
        (saying("draft"), "черновик", "draft"),
    ],
)
def test_each_thing_has_a_name_for_readers_and_one_for_rule_files(thing, said, as_in_the_file):
    assert told(bare(thing), tongue("ru")) == said
    assert written(bare(thing)) == as_in_the_file


def test_what_others_wrote_turns_no_line_and_fills_no_message():
    endless = bare("\u202eword " * 500)

    assert "\u202e" not in told(endless, tongue("en"))
    assert len(told(endless, tongue("en"))) <= 120


def test_of_a_long_list_readers_get_the_first_and_whoever_writes_rules_all():
    words = saying("one of the words {words}", words=Listed(tuple("abcdefghij")))

    assert told(words, tongue("en")) == "one of the words a, b, c, d, e, f, …"
    assert written(words).endswith("h, i, j")


def test_braces_that_others_wrote_are_no_pattern():
    pattern = saying("regex: {patterns}", patterns=Either(("[0-9]{2} dead",)))

    assert told(pattern, tongue("en")) == written(pattern) == "regex: [0-9]{2} dead"
    assert told(saying("without {things}", things=pattern), tongue("en")) == "without regex: [0-9]{2} dead"
