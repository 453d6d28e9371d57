"""Rows from the tables that others publish: GeoNames country dumps and OCHA's tables of p-codes.

What is no place for a report (streams, hotels, historical names) is left out. A newcomer's mistake is to trust the
order of OCHA's columns: only their headings are fixed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.model import PlaceKind
from bot.core.places.table import Row
from bot.gazetteer.names import usable, without_units


class TableError(Exception):
    """A file that is no table of places; the message says what is wrong and where."""


# ---------------------------------------------------------------- GeoNames
COLUMNS = 19
# Feature codes of https://www.geonames.org/export/codes.html: everything where people live or can be harmed.
_ADMIN: Mapping[str, PlaceKind] = {"ADM1": "admin1", "ADM2": "admin2", "ADM3": "admin2", "ADM4": "admin2"}
_SITES: Mapping[str, PlaceKind] = {
    "PPLX": "neighbourhood",
    "CMP": "camp",
    "CMPRF": "camp",
    "AIRP": "site",
    "AIRB": "site",
    "AIRF": "site",
    "HSP": "site",
    "MKT": "site",
    "BDG": "site",
    "DAM": "site",
    "RGN": "region",
    "ISL": "region",
    "MT": "region",
    "MTS": "region",
}
_GONE = frozenset(["PPLH", "PPLQ", "PPLW", "PPLCH", "ADM1H", "ADM2H", "ADM3H", "ADM4H"])


def rows_of_geonames(text: str, words: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The places of a country dump such as SY.txt. `words` are plain words that no alternate name may be."""
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split("\t")
        if len(fields) < COLUMNS:
            raise TableError(f"line {number} has {len(fields)} columns instead of the {COLUMNS} of a GeoNames dump")
        row = _geoname(fields, number, words)
        if row is not None:
            yield row


def _geoname(fields: Sequence[str], number: int, words: frozenset[str]) -> Row | None:
    kind = _kind(fields[6], fields[7])
    if kind is None:
        return None
    try:
        lat, lon = float(fields[4]), float(fields[5])
        population = int(fields[14] or 0)
    except ValueError as error:
        raise TableError(f"line {number}: {error}") from error
    spoken = [fields[1], fields[2], *fields[3].split(",")]
    name, *aliases = usable(list(without_units(spoken)) if kind == "admin1" else spoken, words)
    country, admin1 = fields[8], fields[10]
    code = f"{country}.{admin1}"
    return Row(
        id=f"gn:{fields[0]}",
        kind=kind,
        country=country,
        name=name,
        aliases=tuple(aliases),
        parent=code if admin1 and kind != "admin1" else country,
        codes=(code,) if kind == "admin1" and admin1 else (),
        lat=lat,
        lon=lon,
        population=population,
    )


def _kind(feature_class: str, code: str) -> PlaceKind | None:
    if code in _GONE:
        return None
    if feature_class == "A":
        return _ADMIN.get(code)
    return _SITES.get(code) or ("settlement" if feature_class == "P" else None)


# ---------------------------------------------------------------- p-codes
HEADINGS = {"location": "Location", "level": "Admin Level", "code": "P-Code", "name": "Name", "parent": "Parent P-Code"}
_LEVELS: Mapping[str, PlaceKind] = {"0": "country", "1": "admin1", "2": "admin2"}
SETTLEMENTS = 4  # the level of COD-AB tables below sub-districts
_LATITUDES = ("Latitude", "lat", "center_lat", "Y")
_LONGITUDES = ("Longitude", "lon", "center_lon", "X")


def rows_of_pcodes(text: str, words: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The places of an OCHA table: one line a unit, with headings (global p-codes), or one a settlement (COD-AB)."""
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    headings = lines.fieldnames or ()
    if set(HEADINGS.values()) <= set(headings):
        yield from _units(lines, words)
    elif (columns := _levels_of(headings)) is not None:
        yield from _settlements(lines, columns, words)
    else:
        wanted = ", ".join(HEADINGS.values())
        raise TableError(f"the first line must name the columns {wanted}, or ADM1_PCODE, ADM1_EN and so on")


def _units(lines: Iterable[Mapping[str, str | None]], words: frozenset[str]) -> Iterator[Row]:
    for line in lines:
        code, name = (line[HEADINGS["code"]] or "").strip(), (line[HEADINGS["name"]] or "").strip()
        if not code or code.startswith("#") or not name:
            continue  # the second line of humanitarian tables holds tags such as #adm+code
        main, *aliases = usable(list(without_units([name])), words)
        yield Row(
            id=f"im:{code}",
            kind=_LEVELS.get((line[HEADINGS["level"]] or "").strip(), "admin2"),
            country=code[:2] if code[:2].isalpha() else "",
            name=main,
            aliases=tuple(aliases),
            parent=_parent((line[HEADINGS["parent"]] or "").strip()),
            codes=(code,),
        )


def _parent(code: str) -> str:
    """The id of a parent by its p-code; a country's three letters are its own code."""
    return code if len(code) <= len("SYR") else f"im:{code}"


@dataclass(frozen=True, slots=True)
class _Level:
    """The columns of one administrative level: its p-code and its names in all languages."""

    number: int
    code: str
    names: tuple[str, ...]


def _levels_of(headings: Sequence[str]) -> list[_Level] | None:
    """The levels of a COD-AB table, widest first; None when the headings are another table's."""
    levels = []
    for number in range(5):
        codes = [h for h in headings if h.upper() in (f"ADM{number}_PCODE", f"ADMIN{number}PCODE")]
        names = [
            h for h in headings if h.upper().startswith((f"ADM{number}_", f"ADMIN{number}NAME")) and h not in codes
        ]
        names = [h for h in names if not h.upper().endswith(("_PCODE", "_REF", "ALT1EN", "ALT2EN", "TYPE"))]
        if codes and names:
            levels.append(_Level(number, codes[0], tuple(names)))
    return levels if len(levels) > 1 else None


def _settlements(
    lines: Iterable[Mapping[str, str | None]], levels: Sequence[_Level], words: frozenset[str]
) -> Iterator[Row]:
    """Each unit once, from a table that repeats the wider ones on every line."""
    seen: set[str] = set()
    for line in lines:
        parent = ""
        for depth, level in enumerate(levels):
            code = (line[level.code] or "").strip()
            names = [name for column in level.names if (name := (line[column] or "").strip())]
            if not code or code.startswith("#") or not names:
                break
            if code not in seen:
                seen.add(code)
                last = depth == len(levels) - 1
                yield _unit(line, code, names, parent, depth=level.number, last=last, words=words)
            parent = f"im:{code}"


def _unit(
    line: Mapping[str, str | None],
    code: str,
    names: list[str],
    parent: str,
    *,
    depth: int,
    last: bool,
    words: frozenset[str],
) -> Row:
    main, *aliases = usable(list(without_units(names)), words)
    lat, lon = (_number(line, _LATITUDES), _number(line, _LONGITUDES)) if last else (None, None)
    deep = depth >= SETTLEMENTS and lat is not None
    return Row(
        id=f"im:{code}",
        kind="settlement" if deep else _LEVELS.get(str(depth), "admin2"),
        country=code[:2],
        name=main,
        aliases=tuple(aliases),
        parent=parent or code[:2],
        codes=(code,),
        lat=lat if lon is not None else None,
        lon=lon if lat is not None else None,
    )


def _number(line: Mapping[str, str | None], headings: Sequence[str]) -> float | None:
    for heading in headings:
        try:
            return float(line[heading] or "")
        except (KeyError, ValueError):
            continue
    return None
