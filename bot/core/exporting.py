"""Incidents as rows of a table and as points on a map, for those who take them elsewhere.

A newcomer's mistake is to write cells as they are told: a cell that begins with "=" is a formula to a spreadsheet.
Incidents are given as they may be shown, and go by their short names: an id holds the id of a place.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from bot.core.messages import clean, safe_link
from bot.core.model import Count, Incident
from bot.core.references import reference

Cell = str | int | float | bool | None

LONGEST_TEXT = 2_000
FORMULAS = (*"=+-@", *"＝＋－＠", "\t", "\r")  # what a spreadsheet takes for the beginning of one
BETWEEN = " | "
COLUMNS = (
    *("incident", "first_seen", "last_seen", "country", "admin", "place", "place_kind", "lat", "lon"),
    *("killed_low", "killed_high", "injured_low", "injured_high", "victims", "severity", "events", "rules"),
    *("sources", "copies", "denied", "quote", "outlets", "links"),
)


def row(incident: Incident, rules: Collection[str]) -> Mapping[str, Cell]:
    """The cells of an incident by column; of its rules only those that are given. Times are ISO 8601, in UTC."""
    place, names = incident.place, dict.fromkeys(clean(source.name, LONGEST_TEXT) for source in incident.sources)
    links = dict.fromkeys(safe_link(source.url) for source in incident.sources)
    cells: tuple[Cell, ...] = (
        reference(incident.id),
        _at(incident.first_seen),
        _at(incident.last_seen),
        (place.country or "") if place else "",
        BETWEEN.join(place.admin) if place else "",
        place.name if place else "",
        place.kind if place else "",
        place.lat if place else None,
        place.lon if place else None,
        *_ends(incident.killed),
        *_ends(incident.injured),
        incident.victims or "",
        incident.severity,
        BETWEEN.join(sorted(incident.types)),
        BETWEEN.join(sorted(incident.rules.intersection(rules))),
        len({source.name or source.report_id for source in incident.sources}),
        incident.copies,
        bool(incident.denial),
        clean(incident.quote, LONGEST_TEXT),
        BETWEEN.join(filter(None, names)),
        BETWEEN.join(filter(None, links)),
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _ends(count: Count | None) -> tuple[int | None, int | None]:
    return (count.low, count.high) if count else (None, None)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# ---------------------------------------------------------------- files
def as_csv(rows: Iterable[Mapping[str, Cell]]) -> str:
    """A table with a heading, as RFC 4180 has it; no cell is a formula."""
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(each[name]) for name in COLUMNS] for each in rows)
    return "".join(lines.written)


class _Lines:
    """All of a file that `csv` asks for."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        self.written.append(line)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


def as_geojson(rows: Iterable[Mapping[str, Cell]]) -> str:
    """The incidents as points (RFC 7946); one without a position has no geometry, so that none is lost."""
    features = [{"type": "Feature", "geometry": _point(each), "properties": _properties(each)} for each in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)


def _point(cells: Mapping[str, Cell]) -> dict[str, object] | None:
    lat, lon = cells["lat"], cells["lon"]
    return None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}


def _properties(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {name: cell for name, cell in cells.items() if name not in ("lat", "lon")}
