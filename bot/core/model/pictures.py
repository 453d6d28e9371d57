"""What a picture of a digest shows: marks on a map, and bars.

A newcomer's mistake is to put a pin into a province: a mark says how far off it may be, and an area is drawn as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.model.rules import Severity


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened in one place: its highest figure (0 where none is told), and how many incidents there were.

    `within_km` is how far from the point they may have been; of an area (`is_area`) nothing is known but its name.
    """

    name: str
    lat: float
    lon: float
    within_km: float
    severity: Severity
    figure: int = 0
    incidents: int = 1
    is_area: bool = False


@dataclass(frozen=True, slots=True)
class Town:
    """A place to find one's bearings by."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A map of marks, the heaviest first, among towns, the largest first, and how many incidents each day had, oldest
    first. Words are in the reader's language; empty ones are left out.
    """

    marks: tuple[Mark, ...]
    days: tuple[tuple[date, int], ...] = ()
    title: str = ""
    legend: str = ""
    bars: str = ""
    unplaced: str = ""
    towns: tuple[Town, ...] = ()
