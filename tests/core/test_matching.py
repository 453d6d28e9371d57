"""A rule holds through one event: its type, its place and its counts belong together."""

import pytest

from bot.core.matching import holds, match
from bot.core.model import Area, Count, Event, Rule, Severity, SeverityStep, Threshold, Unless, at_least, exactly
from bot.core.reading import read
from tests.core.reports import report


def rule(rulebook, place: str, **more) -> Rule:
    areas = (Area(rulebook.knowledge.gazetteer.find(place), more.pop("within_km", None)),)
    return Rule("r", "R", frozenset({"civilian-casualties", "casualties"}), areas, **more)


def matches(text: str, rulebook, asked: Rule) -> list[tuple[str, int]]:
    found = match(read(report(text), rulebook.knowledge), [asked])
    return [
        (m.event.place.name if m.event.place else "", m.event.killed.figure if m.event.killed else 0) for m in found
    ]


def test_everything_inside_the_place_counts(rulebook):
    text = "Shelling killed three civilians in Binnish."

    assert matches(text, rulebook, rule(rulebook, "Idlib")) == [("Binnish", 3)]
    assert matches(text, rulebook, rule(rulebook, "Aleppo")) == []


def test_a_circle_holds_what_lies_near_and_no_province_that_is_larger(rulebook):
    near = rule(rulebook, "Maarat Misrin", within_km=30)

    assert matches("Shelling killed three civilians in Binnish.", rulebook, near) == [("Binnish", 3)]
    assert matches("Shelling killed three civilians in Maarat Misrin.", rulebook, near) == [("Maarat Misrin", 3)]
    assert matches("Shelling killed three civilians in Kafr Nabl.", rulebook, near) == []
    assert matches("Shelling killed three civilians in Idlib province.", rulebook, near) == []


def test_the_place_of_another_sentence_does_not_count(rulebook):
    text = "Ministers met in Moscow. Shelling killed three civilians in Binnish."

    assert matches(text, rulebook, rule(rulebook, "Moscow")) == []


def test_two_towns_in_one_report_are_two_matches(rulebook):
    text = "Shelling killed three civilians in Binnish. An air strike killed two civilians in Sarmin."

    assert matches(text, rulebook, rule(rulebook, "Idlib")) == [("Binnish", 3), ("Sarmin", 2)]


def test_a_landmine_and_the_shelling_of_one_village_are_two_matches_each_with_its_own_dead(rulebook):
    text = "A landmine killed two farmers in Binnish. In the evening shelling of Binnish killed three civilians."

    assert matches(text, rulebook, rule(rulebook, "Idlib")) == [("Binnish", 2), ("Binnish", 3)]


def test_two_days_of_one_village_are_two_matches_and_a_day_more_or_less_is_none(rulebook):
    text = (
        "On {} shelling killed two civilians in Binnish. On Thursday an air strike killed three civilians in Binnish."
    )

    assert matches(text.format("Monday"), rulebook, rule(rulebook, "Idlib")) == [("Binnish", 2), ("Binnish", 3)]
    assert matches(text.format("Wednesday"), rulebook, rule(rulebook, "Idlib")) == [("Binnish", 3)]


def test_a_draft_never_matches(rulebook):
    assert matches("Shelling killed three civilians in Binnish.", rulebook, rule(rulebook, "Idlib", live=False)) == []


def test_a_word_of_unless_silences_the_rule_and_a_word_of_when_is_needed(rulebook):
    text = "Shelling killed three civilians in Binnish during a fair."

    assert matches(text, rulebook, rule(rulebook, "Idlib", unless=Unless(words=("fair",)))) == []
    assert matches(text, rulebook, rule(rulebook, "Idlib", words=("shelling",))) == [("Binnish", 3)]
    assert matches(text, rulebook, rule(rulebook, "Idlib", words=("chlorine",))) == []


@pytest.mark.parametrize(
    ("killed", "threshold", "expected"),
    [
        (exactly(10), Threshold("killed", ">=", 10), True),
        (exactly(9), Threshold("killed", ">=", 10), False),
        (at_least(10), Threshold("killed", ">=", 10), True),
        (Count(None, 20), Threshold("killed", ">=", 10), True),
        (None, Threshold("killed", "==", 0), True),
        (exactly(3), Threshold("casualties", ">", 2), True),
        (exactly(3), Threshold("injured", "<", 1), True),
    ],
)
def test_a_threshold_compares_what_is_certain(killed, threshold, expected):
    assert holds(threshold, Event("casualties", "text", 0, 1, "x", killed=killed)) is expected


def test_the_first_step_that_holds_gives_the_severity(rulebook):
    steps = (
        SeverityStep(Severity.CRITICAL, Threshold("killed", ">=", 10)),
        SeverityStep(Severity.HIGH, Threshold("killed", ">=", 1)),
        SeverityStep(Severity.NORMAL, None),
    )
    asked = rule(rulebook, "Idlib", severity=steps)

    (three,) = match(read(report("Shelling killed three civilians in Binnish."), rulebook.knowledge), [asked])
    (none,) = match(read(report("Shelling wounded three civilians in Binnish."), rulebook.knowledge), [asked])

    assert (three.severity, none.severity) == (Severity.HIGH, Severity.NORMAL)
