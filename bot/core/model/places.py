"""A place, and a mention of one in a report.

A newcomer's mistake is to compare names: places meet by the ids in their `lineage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.model.sayings import Said

Field = Literal["title", "text"]
PlaceKind = Literal["country", "admin1", "admin2", "settlement", "neighbourhood", "camp", "site", "region"]
WIDE = frozenset({"country", "region", "admin1", "admin2"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `parents` are the ids of all that contains it, nearest first; `admin` their names, largest first."""

    id: str
    name: str
    kind: PlaceKind
    country: str | None
    admin: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    parents: tuple[str, ...] = ()
    country_name: str = ""

    @property
    def lineage(self) -> tuple[str, ...]:
        """The place itself and all that contains it, nearest first."""
        return (self.id, *self.parents)

    @property
    def is_wide(self) -> bool:
        """Is it an area with many places, so that two events in it need not be near each other?"""
        return self.kind in WIDE


@dataclass(frozen=True, slots=True)
class Toponym:
    """A mention resolved to a place, and why it was."""

    field: Field
    start: int
    end: int
    surface: str
    place: Place
    why: Said


@dataclass(frozen=True, slots=True)
class Area:
    """Where a rule looks: a place with all inside it, or all that lies within so many kilometres of its point."""

    place: Place
    within_km: float | None = None
