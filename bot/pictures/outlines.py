"""The outlines of land, lakes, countries and provinces that lie beside this file, from Natural Earth.

`outlines.xz` holds, packed: the number of lines and of points, for each line its kind and its number of points, and the
points as differences, in STEPS of a degree, with equal bytes of all of them together. A newcomer's mistake is to read
it for each picture: it takes a third of a second, so `outlines` keeps it.
"""

from __future__ import annotations

import lzma
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).parent / "outlines.xz"
STEPS = 400  # in a degree: 280 m or less
HEAD = struct.Struct("<II")

Points = NDArray[np.float64]


class Kind(IntEnum):
    """What a line is; LAND and LAKE are closed, and land has holes that run the other way round."""

    LAND = 0
    LAKE = 1
    COUNTRY = 2
    PROVINCE = 3


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees; `west` may be beyond -180 and `east` beyond 180, where nothing is."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Outlines:
    """All lines: their points one after another (longitude, latitude), where each begins, and the box round each."""

    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]
    points: Points
    lowest: Points
    highest: Points

    def within(self, box: Box, kind: Kind) -> Iterator[Points]:
        """The lines of a kind that may be seen in a box."""
        touches = (
            (self.kinds == kind)
            & (self.lowest[:, 0] <= box.east)
            & (self.highest[:, 0] >= box.west)
            & (self.lowest[:, 1] <= box.north)
            & (self.highest[:, 1] >= box.south)
        )
        for number in np.flatnonzero(touches):
            yield self.points[self.starts[number] : self.starts[number + 1]]


@cache
def outlines() -> Outlines:
    return unpacked(lzma.decompress(FILE.read_bytes()))


def packed(lines: Sequence[tuple[Kind, Points]]) -> bytes:
    """The lines in the form of the file, before it is compressed."""
    grid = np.concatenate([np.round(points * STEPS).astype(np.int32) for _, points in lines])
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int32))
    folded = ((steps << 1) ^ (steps >> 31)).astype("<u4")  # small whichever way they go
    planes = folded.T.copy().view(np.uint8).reshape(2, -1, 4).transpose(2, 0, 1)
    kinds = np.array([kind for kind, _ in lines], np.uint8)
    lengths = np.array([len(points) for _, points in lines], "<u4")
    return HEAD.pack(len(lines), len(grid)) + kinds.tobytes() + lengths.tobytes() + planes.tobytes()


def unpacked(raw: bytes) -> Outlines:
    lines, count = HEAD.unpack_from(raw)
    at = HEAD.size
    kinds = np.frombuffer(raw, np.uint8, lines, at)
    lengths = np.frombuffer(raw, "<u4", lines, at + lines)
    planes = np.frombuffer(raw, np.uint8, offset=at + 5 * lines).reshape(4, 2, count)
    folded = planes.transpose(1, 2, 0).copy().view("<u4")[:, :, 0].T.astype(np.int64)
    points = np.cumsum((folded >> 1) ^ -(folded & 1), axis=0) / STEPS
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    lowest = np.minimum.reduceat(points, starts[:-1])
    highest = np.maximum.reduceat(points, starts[:-1])
    return Outlines(kinds, starts, points, lowest, highest)
