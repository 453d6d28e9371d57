"""Time zones as people name them."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from bot import zones


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("europe/kyiv", "Europe/Kyiv"),
        ("Damascus", "Asia/Damascus"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city_in_any_case(asked, name):
    assert zones.find(asked) == name


@pytest.mark.parametrize(("asked", "near"), [("Europe/Kiyv", "Europe/Kyiv"), ("Damascas", "Asia/Damascus"), ("Q", "")])
def test_of_a_name_that_is_none_the_nearest_are_proposed(asked, near):
    with pytest.raises(LookupError) as unknown:
        zones.find(asked)

    assert near in unknown.value.args[0].split(", ")


def test_zones_of_countries_come_before_those_that_many_people_live_in():
    assert zones.common(["SY", "UA", "XX"]) == ["Asia/Damascus", "Europe/Kyiv", *zones.EVERYWHERE]


def test_every_zone_that_is_offered_can_be_chosen_and_keeps_its_name():
    for name in zones.names():
        assert zones.name_of(zones.zone(name)) == name


@pytest.mark.parametrize("name", ["", "UTC", "Mars/Olympus", "../etc/passwd"])
def test_a_zone_that_is_no_more_counts_as_utc(name):
    assert zones.zone(name) is UTC


def test_a_zone_is_that_of_the_database():
    assert zones.zone("Asia/Damascus") == ZoneInfo("Asia/Damascus")
