"""Place files as people write them: places with their names in every script, and regions by what they hold.

A newcomer's mistake is to give a village its province's coordinates: a place without a position is better than a
wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from bot.core.model import Place, PlaceKind, Problem
from bot.core.yamlfile import Node, Reader, parse, unknown

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
LATITUDE, LONGITUDE = 90.0, 180.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as its file has it: `parent` and names still as written, `node` for problems found later."""

    place: Place
    parent: str | None
    names: tuple[str, ...]
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class PlaceFile:
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def parse_places(text: str, file: str) -> PlaceFile:
    """The places of one overlay file. A wrong entry never drops its neighbours."""
    document = parse(text, file)
    problems = list(document.problems)
    entries = []
    for node in Reader(file).items(document.root):
        reader = Reader(file)
        entry = _entry(reader, node)
        problems += reader.problems
        if not reader.problems:
            entries.append(entry)
    return PlaceFile(tuple(entries), tuple(problems))


def _entry(reader: Reader, node: Node) -> Entry:
    fields = reader.fields(node, required=("id", "name", "kind"), optional=("country", "parent", "at", "names"))
    lat, lon = _position(reader, fields.get("at"))
    names = [name for _, listed in reader.entries(fields.get("names")) for name in reader.strings(listed)]
    place = Place(
        id=reader.string(fields.get("id")),
        name=reader.string(fields.get("name")),
        kind=reader.choice(fields.get("kind"), "kind of place", KINDS, KINDS[0]),
        country=reader.string(fields.get("country")) or None,
        lat=lat,
        lon=lon,
    )
    parent = reader.string(fields.get("parent")) or None
    return Entry(place, parent, tuple(names), reader.file, node.line, node.column)


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
    """All places of all files, each with its parents, and what is wrong between them."""

    named: tuple[tuple[Place, Sequence[str]], ...]
    problems: tuple[Problem, ...]


def joined(files: Iterable[PlaceFile]) -> Overlays:
    """The places of all files as one: parents found, later entries of an id refused."""
    by_id: dict[str, Entry] = {}
    problems: list[Problem] = []
    for entry in (e for f in files for e in f.entries):
        first = by_id.setdefault(entry.place.id, entry)
        if first is not entry:
            where = f"{first.file}:{first.line}"
            problems.append(_problem(entry, f"the id '{entry.place.id}' is already taken at {where}"))
    problems += [
        _problem(entry, unknown("parent", entry.parent, by_id.keys()))
        for entry in by_id.values()
        if entry.parent and entry.parent not in by_id
    ]
    named = tuple((_with_parents(entry, by_id), entry.names) for entry in by_id.values())
    return Overlays(named, tuple(problems))


def _problem(entry: Entry, message: str) -> Problem:
    return Problem(entry.file, entry.line, entry.column, message)


def _with_parents(entry: Entry, by_id: Mapping[str, Entry]) -> Place:
    """The place with the ids of all that holds it and the names of provinces and country. A ring ends itself."""
    chain: list[Entry] = []
    at = by_id.get(entry.parent or "")
    while at is not None and at is not entry and at not in chain:
        chain.append(at)
        at = by_id.get(at.parent or "")
    country = next((e.place.name for e in [entry, *chain] if e.place.kind == "country"), "")
    admin = [e.place.name for e in reversed(chain) if e.place.kind in ("admin1", "admin2", "region")]
    parents = tuple(e.place.id for e in chain)
    return replace(entry.place, parents=parents, admin=tuple(admin), country_name=country)
