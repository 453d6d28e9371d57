"""The company that a name keeps: which countries a report is about, and the places in it that are sure.

A newcomer's mistake is to let the place where a reporter sat speak for what the report is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.core.model import Place
from bot.core.places.cases import Case
from bot.core.places.cues import Cues
from bot.core.places.gazetteer import Known
from bot.core.places.keys import has_arabic, without_article
from bot.core.text import Prose

NAMED, PEOPLE, HOME, COMPANY = 3.0, 1.5, 2.5, 1.0  # what the mention of a country, its people and so on is worth
ENOUGH = 1.5  # country context that a small place needs


@dataclass(frozen=True, slots=True)
class Company:
    """What is known of the report so far: countries by weight, and the ids of sure places with all round them."""

    countries: Mapping[str, float] = field(default_factory=dict)
    areas: frozenset[str] = frozenset()

    def of(self, place: Place) -> float:
        return self.countries.get(place.country or "", 0.0)


def named_countries(fields: Sequence[Prose], cases: Sequence[Case], cues: Cues, home: str | None) -> Company:
    """The countries that a report names, whose people it names, and the one its feed covers."""
    peoples = {code for prose in fields for code in _peoples(prose, cues)}
    named = {k.place.country or "" for c in cases if not c.against for k in c.mention.bearers if _is_country(k, c)}
    countries = {
        code: (PEOPLE if code in peoples else 0.0) + (NAMED if code in named else 0.0) for code in peoples | named
    }
    if home:
        countries[home] = countries.get(home, 0.0) + HOME
    return Company(countries)


def _is_country(known: Known, case: Case) -> bool:
    """Does a name stand for a country, not for a province that a town beside it lies in, as in "Atlanta, Georgia"?"""
    if known.place.kind != "country":
        return False
    provinces = {k.place.id for k in case.mention.bearers if k.place.kind != "country"}
    beside = (k.place for m in case.neighbours for k in m.bearers)
    return not any(provinces.intersection(place.parents) for place in beside)


def _peoples(prose: Prose, cues: Cues) -> Iterator[str]:
    """The countries whose people or adjective a text has."""
    words = [*(map(without_article, prose.words) if has_arabic(prose.source) else prose.words), ""]
    if cues.openings.isdisjoint(words):
        return
    for word, following in pairwise(words):
        if word in cues.openings:
            yield from cues.demonyms.get(word, ())
            yield from cues.demonyms.get(f"{word} {following}", ())


def with_places(company: Company, sure: Sequence[Place]) -> Company:
    """The company and places that are sure, without where reporters sat."""
    countries = dict(company.countries)
    for code in {place.country or "" for place in sure}:
        known = company.countries.get(code, 0.0)
        countries[code] = max(known, min(NAMED, known + COMPANY))
    areas = {i for place in sure for i in place.lineage if place.kind != "country"}
    return Company(countries, frozenset(areas))
