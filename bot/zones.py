"""Time zones by their IANA names, as people choose them.

A newcomer keeps a zone as an offset: what is stored is the name, and one that is no more counts as UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rapidfuzz import fuzz, process

NEAR_NAME = 60.0  # similarity from which a name is worth proposing
MOST_PROPOSED = 3
EVERYWHERE = ("UTC", "Europe/London", "Europe/Berlin", "America/New_York")


@cache
def names() -> tuple[str, ...]:
    """All that can be chosen, in order; without the files that only machines ask for."""
    return tuple(sorted(name for name in available_timezones() if name == "UTC" or ("/" in name and name[:3] != "Etc")))


def zone(name: str) -> tzinfo:
    """The zone of a name; UTC for none, and for one that is no more."""
    try:
        return UTC if name in {"", "UTC"} else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def name_of(zone: tzinfo) -> str:
    """The name of a zone that `zone` gave; "UTC" for UTC."""
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def find(asked: str) -> str:
    """The zone that somebody means: its name in any case, or its city. LookupError says what to write instead."""
    wanted = "_".join(asked.split()).casefold()
    exact = [name for name in names() if name.casefold() == wanted]
    by_city = [name for name in names() if name.rpartition("/")[2].casefold() == wanted]
    if found := exact or by_city[:1]:
        return found[0]
    raise LookupError(", ".join(_near(wanted)))


def _near(wanted: str) -> Iterator[str]:
    """The names that look most like it, as a whole or by their city."""
    cities = {name: name.rpartition("/")[2] for name in names()}
    whole = process.extract(wanted, names(), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=NEAR_NAME)
    city = process.extract(wanted, cities, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=NEAR_NAME)
    scores: dict[str, float] = {}
    for name, score in [*((n, s) for n, s, _ in whole), *((n, s) for _, s, n in city)]:
        scores[name] = max(score, scores.get(name, 0.0))
    yield from sorted(scores, key=lambda name: (-scores[name], name))[:MOST_PROPOSED]


@cache
def _by_country() -> dict[str, str]:
    """The zone of each country, ISO 3166 alpha-2, that most of it lives by."""
    owners = {name: countries.split(",")[0] for countries, name in _rows("zone1970.tab")}
    found: dict[str, str] = {}
    for country, name in _rows("zone.tab"):
        if owners.get(name, country) == country:  # what is disputed is listed with both
            found.setdefault(country, name)
    return found


def _rows(file: str) -> Iterator[tuple[str, str]]:
    """The countries and the name in each line of a table of the time zone database."""
    for line in (files("tzdata.zoneinfo") / file).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            countries, _, name, *_ = line.split("\t")
            yield countries, name


def common(countries: Iterable[str]) -> list[str]:
    """The zone of each of these countries, and those that many people live in."""
    own = [name for country in countries if (name := _by_country().get(country))]
    return list(dict.fromkeys([*own, *EVERYWHERE]))
