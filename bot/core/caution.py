"""How an incident is told where telling all of it could harm somebody: a coarse place, no names, later.

A newcomer's mistake is to hide the place and quote the sentence that names it: a quote loses every word with a capital
letter, and in a script without capitals nothing of it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from bot.core.model import Coarse, Delivery, Incident, Place, PlaceKind, Source

LEFT_OUT = "…"
_RANKS: tuple[Coarse, ...] = ("country", "admin1", "admin2")
_CAPITALISED = re.compile(r"[^\W\d_][\w'’\-]*")
_HANDLE = re.compile(r"\S*[@#/_\\]\S*")
_CASED = re.compile(r"[a-zà-öø-ÿа-яё]")
_UNCASED = re.compile(r"[\u0590-\u08ff\u0900-\u1cff\u3040-\uffff]")  # letters of scripts that have no capitals
_RUN = re.compile(rf"{LEFT_OUT}(?:[\s.]*{LEFT_OUT})+")


def most_careful(deliveries: Iterable[Delivery]) -> Delivery:
    """The coarsest place, the longest delay, and no names if any of them hides names."""
    found = list(deliveries)
    places = [each.place for each in found if each.place is not None]
    return Delivery(
        place=min(places, key=_RANKS.index, default=None),
        delay=max((each.delay for each in found), default=timedelta(0)),
        hide_names=any(each.hide_names for each in found),
    )


def careful(incident: Incident, rules: Collection[str]) -> Delivery:
    """How carefully a chat that listens to these rules is told of an incident."""
    return most_careful(delivery for rule_id, delivery in incident.careful if rule_id in rules)


def veiled(incident: Incident, delivery: Delivery) -> Incident:
    """The incident as it may be shown."""
    if delivery.place is None and not delivery.hide_names:
        return incident
    other = incident.resembles
    return replace(
        incident,
        place=coarse(incident.place, delivery.place),
        quote=without_names(incident.quote),
        sources=tuple(_unnamed(source) for source in incident.sources),
        denial=without_names(incident.denial),
        actors=frozenset(),
        blamed=frozenset(),
        resembles=replace(other, place=coarse(other.place, delivery.place)) if other else None,
    )


def _unnamed(source: Source) -> Source:
    """A source without its name, link and title, which tell the place and whom; counted by its name as ever."""
    return replace(source, name="", url="", title="", report_id=source.name or source.report_id)


def coarse(place: Place | None, kind: Coarse | None) -> Place | None:
    """The country, province or district that a place lies in; the place itself where it is no finer than that."""
    if place is None or kind is None or place.kind == "country":
        return place
    if place.kind in _RANKS and _RANKS.index(place.kind) <= _RANKS.index(kind):
        return place
    names = place.admin[: _RANKS.index(kind)]  # fewer where no district is known
    country = place.country_name or place.country or ""
    return Place(
        id="/".join((place.country or "", *names)),
        name=names[-1] if names else country,
        kind=_RANKS[len(names)],
        country=place.country,
        admin=names[:-1],
        country_name=place.country_name,
    )


def is_finer(kind: PlaceKind, told: Coarse | None) -> bool:
    """Is a place of one kind smaller than those that are told? Regions cut across provinces, so they count as such."""
    if told is None or kind == "country":
        return False
    return kind not in _RANKS or _RANKS.index(kind) > _RANKS.index(told)


def without_names(quote: str) -> str:
    """A quote without any word that has a capital letter, links and handles; nothing of one without capitals."""
    if not any(letter.isupper() for letter in quote) or not _CASED.search(quote) or _UNCASED.search(quote):
        return ""
    shown = _CAPITALISED.sub(lambda found: found[0] if found[0].islower() else LEFT_OUT, _HANDLE.sub(LEFT_OUT, quote))
    signs = "".join(LEFT_OUT if letter.isupper() else letter for letter in shown)  # 🄰 is a capital and no letter
    return _RUN.sub(LEFT_OUT, signs)
