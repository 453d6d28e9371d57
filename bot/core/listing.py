"""Incidents of the past as a list: which of them a chat may see, and each in a few lines.

A newcomer's mistake is to list what is in the store: a rule that tells with care tells so in lists as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from bot.core.caution import careful, veiled
from bot.core.eventwords import what_and_by_whom
from bot.core.markup import inert
from bot.core.messages import clean, safe_link, sources_line, toll_line, where
from bot.core.model import Incident, Place
from bot.core.references import reference
from bot.core.text import fold
from bot.core.tongue import ENGLISH, Tongue

LONGEST_QUOTE = 160  # characters in one line
LONGEST_LINK = 200
SPACE = " "


def told_to(incidents: Iterable[Incident], rules: Collection[str], now: datetime) -> Iterator[Incident]:
    """The incidents that these rules told of, as carefully as the most careful of them tells, and no sooner."""
    for incident in incidents:
        if incident.rules.isdisjoint(rules):
            continue
        delivery = careful(incident, rules)
        if incident.first_seen + delivery.delay <= now:
            yield veiled(incident, delivery)


def is_in(area: Place | None, incident: Incident) -> bool:
    """Did it happen in a place? No place is anywhere."""
    return area is None or (incident.place is not None and area.id in incident.place.lineage)


def says(words: str, incident: Incident, tongue: Tongue = ENGLISH) -> bool:
    """Do words that begin like all of these stand in what was told of an incident?

    That is its quote, its places by either name, what happened, and the titles and names of its sources.
    """
    asked = fold(words).split()
    told = f" {fold(SPACE.join(_told(incident, tongue)))}" if asked else ""
    return bool(asked) and all(f" {word}" in told for word in asked)


def _told(incident: Incident, tongue: Tongue) -> Iterator[str]:
    yield incident.quote
    for spoken in (ENGLISH, tongue):
        yield where(incident.place, spoken)
        yield what_and_by_whom(incident, spoken)
    for source in incident.sources:
        yield from (source.title, source.name)


def lines(incident: Incident, tongue: Tongue = ENGLISH) -> Iterator[str]:
    """When and where, how many, the short name, the sentence that says so, and the first source."""
    told = _told_at(incident.first_seen, tongue)
    place, toll = where(incident.place, tongue), toll_line(incident, tongue)
    facts = [told, place, toll, sources_line(incident, tongue), reference(incident.id)]
    yield tongue.line("  ".join(filter(None, facts)))
    if incident.quote:
        yield f"    “{inert(clean(incident.quote, LONGEST_QUOTE))}”"
    if 0 < len(link := safe_link(incident.sources[0].url)) <= LONGEST_LINK:
        yield f"    {link}"


def _told_at(moment: datetime, tongue: Tongue) -> str:
    if tongue.zone is not UTC:
        return tongue.clock(moment)
    return tongue.say("{time} UTC", time=f"{moment:%Y-%m-%d %H:%M}")
