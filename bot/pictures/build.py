"""Makes `outlines.xz` from a GeoJSON file of Natural Earth's lines: python -m bot.pictures.build FILE.geojson

Each feature has a property `kind`: land, lake, country_border or province_border. A newcomer's mistake is to simplify a
closed line from its first to its last point, which are one: see `simplified`.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bot.pictures.outlines import FILE, Kind, Points, packed

KINDS = {
    "land": Kind.LAND,
    "lake": Kind.LAKE,
    "country_border": Kind.COUNTRY,
    "province_border": Kind.PROVINCE,
}
TOLERANCE = 0.01  # degrees by which a line may leave its course
SMALLEST = {Kind.LAND: 0.04, Kind.LAKE: 0.15}  # degrees across; what is smaller is left out
SOUTHERNMOST = -60.0


def build(geojson: Path, file: Path) -> None:
    features = json.loads(geojson.read_text("utf-8"))["features"]
    lines = [
        (kind, simplified(points, TOLERANCE))
        for feature in features
        for kind, points in _lines(feature)
        if points[:, 1].max() > SOUTHERNMOST and np.ptp(points, axis=0).max() >= SMALLEST.get(kind, 0.0)
    ]
    file.write_bytes(lzma.compress(packed(lines), preset=9))


def _lines(feature: dict[str, Any]) -> Iterator[tuple[Kind, Points]]:
    kind, geometry = KINDS[feature["properties"]["kind"]], feature["geometry"]
    parts = geometry["coordinates"]
    if not geometry["type"].startswith("Multi"):
        parts = [parts]
    if geometry["type"].endswith("Polygon"):
        parts = [ring for rings in parts for ring in rings]
    for part in parts:
        yield kind, np.array(part, float)[:, :2]


def simplified(points: Points, tolerance: float) -> Points:
    """The line without points that lie nearer than that to the line between those left (Douglas and Peucker)."""
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    stretches = [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        if last - first < 2:
            continue
        off = _distances(points[first + 1 : last], points[first], points[last])
        farthest = int(off.argmax())
        if off[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            stretches += [(first, middle), (middle, last)]
    return points[kept]


def _distances(points: Points, start: Points, end: Points) -> Points:
    course = end - start
    length = course @ course
    along = np.clip((points - start) @ course / length, 0, 1) if length else np.zeros(len(points))
    away = points - start - along[:, None] * course
    return np.asarray(np.hypot(away[:, 0], away[:, 1]))


if __name__ == "__main__":
    build(Path(sys.argv[1]), FILE)
