"""What the picture of a digest shows: each place once, and the incidents of each day.

A newcomer's mistake is to add up the tolls of a place: a mark is as large as the highest toll of one incident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType

from bot.core.digests.content import Digest, Entry, Period, Reader
from bot.core.digests.wording import title_of
from bot.core.messages import LONGEST_NAME, clean
from bot.core.model import Incident, Mark, Picture, Place, PlaceKind, Town
from bot.core.places import Gazetteer
from bot.core.tongue import ENGLISH, Tongue, mark, plural

WITHIN_KM: Mapping[PlaceKind, float] = MappingProxyType(
    {
        "neighbourhood": 1.0,
        "camp": 1.0,
        "site": 1.0,
        "settlement": 2.0,
        "admin2": 15.0,
        "admin1": 50.0,
    }
)  # countries and regions are no marks: a circle would say more than is known
AREAS = frozenset({"admin1", "admin2"})
MOST_MARKS = 80
MOST_TOWNS = 40
LEAST_AROUND = 0.6  # degrees round a single place
BAR_DAYS = 7
MOST_BAR_DAYS = 28

LEGEND = mark(
    "Circles: killed, the highest figure of one incident. Dashed: so far off it may have been."
    " Hatched: somewhere in this area."
)
BARS = mark("incidents by day")
UNPLACED = plural("{number} incident has no place on the map", "{number} incidents have no place on the map")


def picture_of(digest: Digest, lately: Iterable[Entry], reader: Reader) -> Picture | None:
    """The picture of a digest; None where nothing of it has a place. `lately` are the incidents of the days before as
    well, for the bars.
    """
    marks = list(_marks(digest.entries, reader.tongue))
    if not marks:
        return None
    unplaced = sum(not _can_be_placed(entry.incident.place) for entry in digest.entries)
    return Picture(
        marks=tuple(sorted(marks, key=lambda each: (-each.figure, -each.incidents, each.name))[:MOST_MARKS]),
        days=tuple(_days(lately, digest.period, reader.zone)),
        title=" · ".join(title_of(digest, reader)),
        legend=reader.tongue.say(LEGEND),
        bars=reader.tongue.say(BARS),
        unplaced=reader.tongue.count(*UNPLACED, unplaced) if unplaced else "",
    )


def with_towns(picture: Picture, gazetteer: Gazetteer, tongue: Tongue = ENGLISH) -> Picture:
    """The picture with towns to find one's bearings by, in and round what happened, as readers know them."""
    lats, lons = [each.lat for each in picture.marks], [each.lon for each in picture.marks]
    north, east = (max(at) + max(max(at) - min(at), LEAST_AROUND) for at in (lats, lons))
    south, west = (min(at) - max(max(at) - min(at), LEAST_AROUND) for at in (lats, lons))
    towns = gazetteer.towns_in(south, west, north, east, MOST_TOWNS)
    named = {mark.name for mark in picture.marks}
    known = (Town(_name(t, tongue), t.lat, t.lon) for t in towns if t.lat is not None and t.lon is not None)
    return replace(picture, towns=tuple(town for town in known if town.name not in named))


def bars_since(period: Period) -> datetime:
    """How far back the bars of a period go."""
    return min(period.since, period.until - timedelta(days=BAR_DAYS))


def _can_be_placed(place: Place | None) -> bool:
    return place is not None and place.lat is not None and place.lon is not None and place.kind in WITHIN_KM


def _name(place: Place, tongue: Tongue) -> str:
    return clean(tongue.place(place).name, LONGEST_NAME)


def _marks(entries: Iterable[Entry], tongue: Tongue) -> Iterator[Mark]:
    by_place: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.incident.place is not None and _can_be_placed(entry.incident.place):
            by_place.setdefault(entry.incident.place.id, []).append(entry)
    for there in by_place.values():
        place = there[0].incident.place
        assert place is not None
        yield Mark(
            name=_name(place, tongue),
            lat=place.lat or 0.0,
            lon=place.lon or 0.0,
            within_km=WITHIN_KM[place.kind],
            severity=min((entry.severity for entry in there), key=lambda each: each.rank),
            figure=max(_figure(entry.incident) for entry in there),
            incidents=len(there),
            is_area=place.kind in AREAS,
        )


def _figure(incident: Incident) -> int:
    """The killed of an incident; where none are told, the injured count for nothing here."""
    count = incident.killed or incident.casualties
    return count.figure if count else 0


def _days(entries: Iterable[Entry], period: Period, zone: tzinfo) -> Iterator[tuple[date, int]]:
    """Each day of the chat's calendar, those without incidents as well."""
    last = (period.until - timedelta(microseconds=1)).astimezone(zone).date()
    first = max(bars_since(period).astimezone(zone).date(), last - timedelta(days=MOST_BAR_DAYS - 1))
    first = max(first, last - timedelta(days=BAR_DAYS - 1)) if (last - first).days <= BAR_DAYS else first
    counted = Counter(entry.incident.first_seen.astimezone(zone).date() for entry in entries)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield day, counted[day]
