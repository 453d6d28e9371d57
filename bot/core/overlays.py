"""Place files as people write them: places with their names in every script, regions by what they hold, and cues.

A file is a list of places, or keys and values of cues. A newcomer's mistake is to give a village its province's
coordinates: a place without a position is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from bot.core.model import PlaceKind, Problem
from bot.core.places.cues import NO_CUES, Cues, parse_cues
from bot.core.places.table import Row
from bot.core.yamlfile import Mapping as Keyed
from bot.core.yamlfile import Node, Reader, parse, unknown

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
LATITUDE, LONGITUDE = 90.0, 180.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as its file has it: `parent` and `covers` are ids as written, the rest is for problems found later.

    `spoken` is the first name of each language.
    """

    row: Row
    covers: tuple[str, ...]
    file: str
    line: int
    column: int
    spoken: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceFile:
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    cues: Cues = NO_CUES


def parse_places(text: str, file: str) -> PlaceFile:
    """The places of one overlay file, or its cues. A wrong entry never drops its neighbours."""
    document = parse(text, file)
    top = Reader(file)
    if isinstance(document.root, Keyed):
        cues = parse_cues(top, document.root)
        return PlaceFile((), (*document.problems, *top.problems), NO_CUES if top.problems else cues)
    entries = tuple(entry for _, entry in top.sound(document.root, _entry))
    return PlaceFile(entries, (*document.problems, *top.problems))


def _entry(reader: Reader, node: Node) -> Entry:
    fields = reader.fields(
        node,
        required=("id", "name", "kind"),
        optional=("country", "parent", "at", "names", "covers", "codes", "population"),
    )
    lat, lon = _position(reader, fields.get("at"))
    named = {language.text: reader.strings(listed) for language, listed in reader.entries(fields.get("names"))}
    row = Row(
        id=reader.string(fields.get("id")),
        name=reader.string(fields.get("name")),
        kind=reader.choice(fields.get("kind"), "kind of place", KINDS, KINDS[0]),
        country=reader.string(fields.get("country")),
        aliases=tuple(name for names in named.values() for name in names),
        parent=reader.string(fields.get("parent")),
        codes=reader.strings(fields.get("codes")),
        lat=lat,
        lon=lon,
        population=reader.integer(fields.get("population"), low=0),
    )
    spoken = tuple((language, names[0]) for language, names in named.items() if names)
    return Entry(row, reader.strings(fields.get("covers")), reader.file, node.line, node.column, spoken)


def _position(reader: Reader, node: Node | None) -> tuple[float | None, float | None]:
    if node is None:
        return None, None
    items = reader.items(node)
    if len(items) != len(("lat", "lon")):
        reader.expected("a position as [latitude, longitude]", node, None)
        return None, None
    lat, lon = items
    return (
        reader.number(lat, low=-LATITUDE, high=LATITUDE),
        reader.number(lon, low=-LONGITUDE, high=LONGITUDE),
    )


# ---------------------------------------------------------------- together
@dataclass(frozen=True, slots=True)
class Overlays:
    """All places of all files, the regions that hold each id beside its parent, and what is wrong between them.

    `spoken` is how an id is called in a language.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoken: Mapping[tuple[str, str], str] = field(default_factory=dict)


def joined(files: Iterable[PlaceFile], is_known: Callable[[str], bool] = lambda _: False) -> Overlays:
    """The places of all files as one; later entries of an id are refused. `is_known`: is it an id of another table?"""
    by_id: dict[str, Entry] = {}
    problems: list[Problem] = []
    regions: dict[str, tuple[str, ...]] = {}
    for entry in (e for f in files for e in f.entries):
        first = by_id.setdefault(entry.row.id, entry)
        if first is not entry:
            where = f"{first.file}:{first.line}"
            problems.append(_problem(entry, f"the id '{entry.row.id}' is already taken at {where}"))
    for entry in by_id.values():
        named = [("parent", entry.row.parent), *(("covered place", covered) for covered in entry.covers)]
        missing = [(noun, i) for noun, i in named if i and i not in by_id and not is_known(i)]
        problems += [_problem(entry, _unknown(noun, place_id, by_id)) for noun, place_id in missing]
        for covered in entry.covers:
            regions[covered] = (*regions.get(covered, ()), entry.row.id)
    spoken = {(entry.row.id, language): name for entry in by_id.values() for language, name in entry.spoken}
    return Overlays(tuple(entry.row for entry in by_id.values()), tuple(problems), regions, spoken)


MOST_LISTED = 20  # known ids in a message


def _unknown(noun: str, place_id: str, by_id: Mapping[str, Entry]) -> str:
    if len(by_id) <= MOST_LISTED or not place_id.startswith("gn:"):
        return unknown(noun, place_id, by_id.keys()) if len(by_id) <= MOST_LISTED else f"unknown {noun} '{place_id}'"
    return f"unknown {noun} '{place_id}': no place file and no table of GeoNames has it"


def _problem(entry: Entry, message: str) -> Problem:
    return Problem(entry.file, entry.line, entry.column, message)
