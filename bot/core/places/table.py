"""A table of places as arrays: sorted hashes of keys that point at rows, so that a million names need no objects.

The shell maps the arrays from disk; the core never sees a file. A newcomer's mistake is to loop over `keys`: a look-up
is a binary search, and only the pages it touches are ever in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import accumulate, pairwise
from math import cos, inf, radians
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bot.core.model import PlaceKind
from bot.core.places.keys import (
    ARABIC_COUNTRIES,
    consonants_of,
    is_arabic,
    is_latin,
    joined_keys,
    sounds_of,
    unqualified,
    without_articles,
    words_of,
)

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
FORMAT = 9  # raise it when keys or arrays change: unpacked tables of another format are made anew
NOWHERE = float("nan")
DEGREE_KM = 111.2
SHORTEST_SOUND = 3  # letters; shorter names have the sounds of too many others
SHORTEST_CONSONANTS = 2
# Each class of keys has its own first letter, so that sounds never meet names.
SOUND, CONSONANTS, CODE, OPENING = "2", "3", "#", "^"


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a source: `parent` is the id of what contains it, `codes` further ids such as SY-ID or SY07."""

    id: str
    kind: PlaceKind
    country: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    codes: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    population: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Places of one source. Row i has `kinds[i]` and so on; its texts are `texts[offsets[i]:offsets[i + 1]]`."""

    keys: NDArray[np.uint64]
    rows: NDArray[np.uint32]
    openings: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    countries: NDArray[np.bytes_]
    parents: NDArray[np.uint64]
    positions: NDArray[np.float32]
    populations: NDArray[np.uint32]
    offsets: NDArray[np.uint32]
    texts: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.kinds)

    def find(self, hashed: int) -> list[int]:
        """The rows that have a key."""
        wanted = np.uint64(hashed)
        first = int(self.keys.searchsorted(wanted))
        if first == len(self.keys) or self.keys[first] != wanted:  # nine of ten keys of a text
            return []
        last = first + 1
        while last < len(self.keys) and self.keys[last] == wanted:
            last += 1
        return [int(row) for row in self.rows[first:last]]

    def opens(self, hashed: int) -> bool:
        """Does some name of several words begin like this?"""
        wanted = np.uint64(hashed)
        at = int(self.openings.searchsorted(wanted))
        return at < len(self.openings) and bool(self.openings[at] == wanted)

    def nearest_km(self, parent: int, lat: float, lon: float) -> float:
        """How far the nearest place right inside a parent, given by its hash, is. Looks at all rows: ask it rarely."""
        held = self.positions[self.parents == np.uint64(parent)]
        north, east = (held[:, 0] - lat) * DEGREE_KM, (held[:, 1] - lon) * DEGREE_KM * cos(radians(lat))
        distances = np.hypot(north, east)
        return float(np.min(distances[~np.isnan(distances)], initial=inf))

    def row(self, index: int) -> Row:
        """A row as it was given, but for its parent, of which the hash is known: `parents[index]`."""
        text = self.texts[int(self.offsets[index]) : int(self.offsets[index + 1])].tobytes().decode()
        place_id, name, codes, *aliases = text.split("\t")
        lat, lon = (float(at) for at in self.positions[index])
        known = lat == lat  # noqa: PLR0124  not-a-number stands for no position
        return Row(
            id=place_id,
            kind=KINDS[int(self.kinds[index])],
            country=self.countries[index].decode(),
            name=name,
            aliases=tuple(aliases),
            codes=tuple(codes.split("|")) if codes else (),
            lat=round(lat, 5) if known else None,
            lon=round(lon, 5) if known else None,
            population=int(self.populations[index]),
        )

    def names(self) -> Iterator[tuple[int, str]]:
        """The main name of every row. Reads the whole table: for suggestions alone."""
        blob = self.texts.tobytes()
        starts = self.offsets.tolist()
        for index, (first, last) in enumerate(pairwise(starts)):
            yield index, blob[first:last].split(b"\t", 2)[1].decode()


ARRAYS = tuple(f.name for f in fields(Table))


def hash_of(key: str) -> int:
    """64 bits of a key. With a million keys, an unknown word meets one by chance once in 10^13."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def code_key(code: str) -> str:
    """The key under which an id, an ISO 3166-2 code or a p-code is found, whatever its case."""
    return CODE + code.casefold()


# ---------------------------------------------------------------- compiling
def table_of(rows: Iterable[Row]) -> Table:
    """A table of places from their rows."""
    kept = list(rows)
    pairs: dict[tuple[int, int], None] = {}
    openings: set[int] = set()
    for index, row in enumerate(kept):
        for key in keys_of(row):
            pairs[hash_of(key), index] = None
        openings.update(hash_of(OPENING + opening) for opening in openings_of(row))
    return _arranged(kept, list(pairs), openings)


def keys_of(row: Row) -> set[str]:
    """All keys under which a place is found."""
    found = {code_key(code) for code in (row.id, *row.codes)}
    by_sound = row.country in ARABIC_COUNTRIES
    names = [words for name in (row.name, *row.aliases) if (words := words_of(name))]
    if by_sound and row.kind == "settlement":
        names += filter(None, map(unqualified, names))
    for words in names:
        latin = is_latin(words[0])
        if latin and not by_sound:
            found.add("".join(words))
        else:
            found.update(key for key in joined_keys(words) if len(key) > 1)
        if by_sound and (latin or is_arabic(words[0])):
            found.update(_by_sound(words, latin=latin))
    return found


def _by_sound(words: tuple[str, ...], *, latin: bool) -> Iterator[str]:
    if latin and len(sound := sounds_of(words)) >= SHORTEST_SOUND:
        yield SOUND + sound
    if len(consonants := consonants_of(words)) >= SHORTEST_CONSONANTS:
        yield CONSONANTS + consonants


def openings_of(row: Row) -> Iterator[str]:
    """How the names of several words in scripts without capitals begin, without their article."""
    for name in (row.name, *row.aliases):
        words = words_of(name)
        if len(words) > 1 and not is_latin(words[0]):
            yield from accumulate(without_articles(words)[:-1])


def _arranged(rows: list[Row], pairs: list[tuple[int, int]], openings: set[int]) -> Table:
    texts = [_text(row).encode("utf-8", "replace") for row in rows]
    keys = np.array([key for key, _ in pairs], np.uint64)
    targets = np.array([row for _, row in pairs], np.uint32)
    order = np.lexsort((targets, keys))
    return Table(
        keys=keys[order],
        rows=targets[order],
        openings=np.array(sorted(openings), np.uint64),
        kinds=np.array([KINDS.index(row.kind) for row in rows], np.uint8),
        countries=np.array([row.country.encode("ascii", "replace") for row in rows], "S2"),
        parents=np.array([hash_of(code_key(row.parent)) if row.parent else 0 for row in rows], np.uint64),
        positions=np.array([_position(row) for row in rows], np.float32).reshape(len(rows), 2),
        populations=np.array([row.population for row in rows], np.uint32),
        offsets=np.array([0, *accumulate(map(len, texts))], np.uint32),
        texts=np.frombuffer(b"".join(texts), np.uint8),
    )


def _text(row: Row) -> str:
    return "\t".join([row.id, row.name, "|".join(row.codes), *row.aliases])


def _position(row: Row) -> tuple[float, float]:
    return (NOWHERE, NOWHERE) if row.lat is None or row.lon is None else (row.lat, row.lon)


def as_arrays(table: Table) -> Mapping[str, NDArray[Any]]:
    return {name: getattr(table, name) for name in ARRAYS}
