"""Rows of places as text, one a line: the form of the shipped table and of imported ones before they are unpacked.

Columns by tabs: kind, id, codes, country, parent, lat, lon, population, name, aliases. A newcomer's mistake is to
write a name that holds a tab or a bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.model import PlaceKind
from bot.core.places.table import KINDS, Row

COLUMNS = 10
COMMENT = "#"


def written(row: Row) -> str:
    """A row as a line, without its end."""
    at = ("", "") if row.lat is None or row.lon is None else (f"{row.lat:.4f}", f"{row.lon:.4f}")
    aliases, codes = "|".join(map(plain, row.aliases)), "|".join(row.codes)
    population = str(row.population or "")
    return "\t".join([row.kind, row.id, codes, row.country, row.parent, *at, population, plain(row.name), aliases])


def plain(name: str) -> str:
    """A name on one line without the signs that part names and columns."""
    return " ".join(name.replace("|", " ").split())


def rows_of(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a table. ValueError names the first line that is none."""
    kinds: dict[str, PlaceKind] = {kind: kind for kind in KINDS}
    for number, line in enumerate(lines, 1):
        if line.startswith(COMMENT) or not line.strip():
            continue
        fields = line.rstrip("\n").split("\t")
        if len(fields) != COLUMNS or fields[0] not in kinds:
            raise ValueError(f"line {number} is no row of places: {line[:60]!r}")
        kind, place_id, codes, country, parent, lat, lon, population, name, aliases = fields
        yield Row(
            id=place_id,
            kind=kinds[kind],
            country=country,
            name=name,
            aliases=tuple(aliases.split("|")) if aliases else (),
            parent=parent,
            codes=tuple(codes.split("|")) if codes else (),
            lat=float(lat) if lat else None,
            lon=float(lon) if lon else None,
            population=int(population or 0),
        )
