"""How places lie to each other: one in the other, one and the same in two tables, so and so far apart.

A newcomer's mistake is to count a town and its district, which share a name, as rivals.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from bot.core.model import Place
from bot.core.places.gazetteer import Known

SAME_KM = 15.0  # nearer than this, two places of one name are one
OUTSKIRTS_KM = 25.0
UNITS = frozenset(["admin1", "admin2"])
EARTH_KM = 6371.0


def relates(place: Place, other: Known) -> bool:
    return other.place.id in place.parents or (place.id in other.place.parents and place.kind != "settlement")


def same(one: Place, other: Place) -> bool:
    """One place in two tables, a town and its province, or so near that nobody cares."""
    if one.id in other.lineage or other.id in one.lineage:
        return True
    if one.country == other.country and one.kind != other.kind and not UNITS.isdisjoint((one.kind, other.kind)):
        return True  # Minsk is a town in one province and the name of the other round it
    return None not in (one.lat, other.lat) and distance_km(one, other) <= SAME_KM


def may_hold(unit: Place, place: Place) -> bool:
    """Does a province hold a place, or lie so near that people say so? Douma is often put into Damascus."""
    return unit.id in place.lineage or (None not in (unit.lat, place.lat) and distance_km(unit, place) <= OUTSKIRTS_KM)


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance of two places that have positions."""
    lat1, lon1, lat2, lon2 = map(radians, (one.lat or 0, one.lon or 0, other.lat or 0, other.lon or 0))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
