"""Tables of others made our own: read, checked, and laid into the data folder, from where every start opens them.

An import replaces the earlier one of the same name, whole or not at all. A newcomer's mistake is to import a country
twice under two names: both stand, and every village has a twin.
"""

from __future__ import annotations

import lzma
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.core.places.table import Row
from bot.gazetteer.dumps import TableError, rows_of_geonames, rows_of_pcodes
from bot.gazetteer.opening import IMPORTED, SUFFIX
from bot.gazetteer.rows import written

LARGEST = 600_000_000  # bytes of an unpacked table; that of the United States has 300 million
README = "readme.txt"
NO_PROVINCE = "00"  # as GeoNames writes it
NEIGHBOUR_DEGREES = 0.3


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought: where it lies, and how many places and names it has."""

    path: Path
    places: int
    names: int


def import_table(source: Path, data: Path) -> Imported:
    """Import a GeoNames dump (`SY.txt`, `SY.zip`) or an OCHA table (`.csv`, `.xlsx`). TableError says what is wrong."""
    try:
        text = _text(source)
    except OSError as error:
        raise TableError(f"{source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{source} is not UTF-8: byte {error.start}") from error
    read: Callable[[str, frozenset[str]], Iterator[Row]] = rows_of_geonames if _is_dump(text) else rows_of_pcodes
    try:
        rows = list(read(text, frozenset()))
    except TableError as error:
        raise TableError(f"{source}: {error}") from error
    if not rows:
        raise TableError(f"{source}: there is no place in it")
    rows = with_provinces(rows)
    return _laid(rows, data / IMPORTED / f"{source.stem}{SUFFIX}", source.name)


def with_provinces(rows: list[Row]) -> list[Row]:
    """Places that lie in no province get that of their nearest neighbour: one GeoNames village in ten has none."""
    settled = [row for row in rows if row.lat is not None and _in_province(row)]
    if not settled:
        return rows
    positions = np.array([(row.lat, row.lon) for row in settled], np.float32)
    return [row if _in_province(row) or row.lat is None else _joined_to(row, settled, positions) for row in rows]


def _in_province(row: Row) -> bool:
    return row.parent not in ("", row.country) and not row.parent.endswith(f".{NO_PROVINCE}")


def _joined_to(row: Row, settled: list[Row], positions: NDArray[np.float32]) -> Row:
    if row.kind in ("country", "admin1"):
        return row
    across = positions - np.array((row.lat, row.lon), np.float32)
    distances = (across**2).sum(axis=1)
    nearest = int(distances.argmin())
    return replace(row, parent=settled[nearest].parent) if distances[nearest] <= NEIGHBOUR_DEGREES**2 else row


def _is_dump(text: str) -> bool:
    return "\t" in text.partition("\n")[0]


def _text(source: Path) -> str:
    if source.suffix.casefold() == ".xlsx":
        return _sheet(source)
    if not zipfile.is_zipfile(source):
        if source.stat().st_size > LARGEST:
            raise TableError(f"{source} is larger than {LARGEST // 1_000_000} MB")
        return source.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(source) as archive:
        tables = [i for i in archive.infolist() if i.filename.casefold() != README and not i.is_dir()]
        if len(tables) != 1:
            raise TableError(
                f"{source} must hold one table, and holds {', '.join(i.filename for i in tables) or 'none'}"
            )
        if tables[0].file_size > LARGEST:
            raise TableError(f"{source}: {tables[0].filename} is larger than {LARGEST // 1_000_000} MB")
        try:
            return archive.read(tables[0]).decode("utf-8-sig")
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise TableError(f"{source} is damaged: {error}") from error


def _sheet(source: Path) -> str:
    from bot.gazetteer.sheets import as_csv  # noqa: PLC0415  openpyxl is slow to import and seldom needed

    return as_csv(source)


def _laid(rows: list[Row], path: Path, origin: str) -> Imported:
    text = f"# Imported from {origin}.\n" + "".join(written(row) + "\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    filling = path.with_name(f".{path.name}.{os.getpid()}")
    filling.write_bytes(lzma.compress(text.encode(), preset=1))
    filling.replace(path)
    return Imported(path, len(rows), sum(1 + len(row.aliases) for row in rows))
