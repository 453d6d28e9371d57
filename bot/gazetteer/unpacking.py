"""Tables unpacked into arrays on disk, once for each version of a table, and mapped from there.

The folder of arrays appears whole or not at all: it is filled under another name and renamed. A newcomer's mistake is
to fill it in place, where a second process would map half of it.
"""

from __future__ import annotations

import lzma
import os
import shutil
import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.places.table import ARRAYS, FORMAT, Table, as_arrays, table_of
from bot.gazetteer.rows import rows_of

SMALLEST_MAPPED = 4096  # bytes; smaller files are read, and an empty array cannot be mapped at all


class UnpackError(Exception):
    """The arrays could not be kept on disk; `table` holds them in memory."""

    def __init__(self, message: str, table: Table) -> None:
        super().__init__(message)
        self.table = table


def unpacked(source: Path, state: Path) -> Table:
    """The table of a compressed file. Takes seconds the first time, then milliseconds.

    Raises OSError, LZMAError or ValueError for a file that is no table, UnpackError when `state` cannot be written.
    """
    stat = source.stat()
    return _unpacked(source, state, (stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=64)
def _unpacked(source: Path, state: Path, _version: tuple[int, int]) -> Table:
    raw = source.read_bytes()
    name = source.name.partition(".")[0]
    folder = state / "places" / f"{name}-{FORMAT}-{sha256(raw).hexdigest()[:16]}"
    if folder.is_dir():
        return _mapped(folder)
    table = table_of(rows_of(lzma.decompress(raw).decode().splitlines()))
    try:
        _keep(table, folder)
    except OSError as error:
        message = f"cannot be unpacked into {folder}: {error.strerror}; name a folder to write in with TOCSIN_STATE"
        raise UnpackError(message, table) from error
    return _mapped(folder)


def _mapped(folder: Path) -> Table:
    return Table(**{name: _array(folder / f"{name}.npy") for name in ARRAYS})


def _array(path: Path) -> NDArray[Any]:
    mapped = path.stat().st_size >= SMALLEST_MAPPED
    array: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    return array.view(np.ndarray)  # a plain view of the map: np.memmap costs microseconds at every look


def _keep(table: Table, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    filling = Path(tempfile.mkdtemp(prefix=".filling-", dir=folder.parent))
    try:
        for name, array in as_arrays(table).items():
            np.save(filling / f"{name}.npy", array, allow_pickle=False)
        try:
            os.rename(filling, folder)  # noqa: PTH104  Path.rename would do the same, less plainly atomic
        except OSError:
            if not folder.is_dir():  # else another process was faster, and its arrays are the same
                raise
    finally:
        shutil.rmtree(filling, ignore_errors=True)
