"""Where people met or spoke is not where something happened, unless nothing else can be meant."""

import pytest

from bot.core.model import Place
from bot.core.reading import read
from tests.core.reports import report

STORIES = [
    # talks in one place, war in another: the sentences between have no place of their own
    (
        "Two presidents are meeting in Moscow about the fighting in Idlib. The bombardment grows heavier by the hour.",
        {"shelling": "Idlib"},
    ),
    ("Talks held in Geneva ended. Shelling went on in Saraqib.", {"shelling": "Saraqib"}),
    ("يعقد الرئيسان اجتماعا في موسكو حول إدلب. القصف المدفعي مستمر على البلدات.", {"shelling": "Idlib"}),
    # those who were hurt were at the gathering
    (
        "A bomb at a peace meeting in Kabul killed 12 civilians, officials in Pakistan said.",
        {"civilian-casualties": "Kabul"},
    ),
    # no other place is named
    ("Shelling interrupted a conference in Saraqib.", {"shelling": "Saraqib"}),
]


@pytest.mark.parametrize(("text", "expected"), STORIES, ids=[text[:40] for text, _ in STORIES])
def test_a_venue_is_no_place_of_war(text, expected, rulebook):
    events = read(report(text), rulebook.knowledge).events

    assert {e.type: _name(e.place) for e in events if e.type in expected} == expected


def _name(place: Place | None) -> str | None:
    return place.name if place else None


ACTORS = [
    ("Kyiv troops shelled Donetsk and killed three people.", "Donetsk region"),
    ("Pro-Russia rebels killed three people in Mariupol.", "Mariupol"),
    ("Damascus-backed fighters killed three civilians in Saraqib.", "Saraqib"),
]


@pytest.mark.parametrize(("text", "place"), ACTORS)
def test_forces_named_after_a_place_say_who_and_not_where(text, place, rulebook):
    events = read(report(text), rulebook.knowledge).events
    assert {e.place.name for e in events if e.killed and e.place} == {place}
