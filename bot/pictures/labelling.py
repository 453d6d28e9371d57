"""Puts names on a map so that they touch neither each other nor what they name.

A newcomer's mistake is to draw every name: one that finds no room is left out, and the text of the digest has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import cos, radians, sin, sqrt
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

DIRECTIONS = (0, 180, 90, 270, 40, 140, 320, 220)  # degrees from east, as names read best
GAP = 3.0  # points between a circle and its name
PIXELS_IN_POINT = 1 / 72
NAME_SIZE, AREA_SIZE, TOWN_SIZE = 8.5, 8.0, 7.0

Position = tuple[float, float, str, str]  # in points from a place, and how text is aligned there


class Labels:
    """The names on one map. First `keep_free` what they may not cover, then `place` them, the most important first."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._taken: list[Bbox] = []
        self._scale = axes.figure.dpi * PIXELS_IN_POINT

    def keep_free(self, lon: float, lat: float, points: float) -> None:
        """No name may cover the circle of so many points across."""
        x, y = self._axes.transData.transform((lon, lat))
        half = points * self._scale / 2 / sqrt(2)  # the square inside: a name may come near its round side
        self._taken.append(Bbox.from_extents(x - half, y - half, x + half, y + half))

    def place(self, lon: float, lat: float, points: float, name: str, *, is_area: bool) -> bool:
        """Whether there was room for a name beside a circle, or on an area."""
        style = {"fontsize": AREA_SIZE, "style": "italic"} if is_area else {"fontsize": NAME_SIZE}
        positions = _positions(points / 2 + GAP, is_area)
        return self._put(lon, lat, name, positions, {**style, "color": "#1f1f1f", "zorder": 8})

    def place_town(self, lon: float, lat: float, name: str) -> bool:
        """Whether there was room for a town, its point and its name."""
        x, y = self._axes.transData.transform((lon, lat))
        point = Bbox.from_extents(x - 3, y - 3, x + 3, y + 3)
        if any(point.overlaps(other) for other in self._taken):
            return False
        style = {"fontsize": TOWN_SIZE, "color": "#6f6a62", "zorder": 4.6}
        return self._put(lon, lat, name, _positions(GAP, False), style)

    def _put(self, lon: float, lat: float, name: str, positions: Iterable[Position], style: Mapping[str, Any]) -> bool:
        text = self._axes.annotate(name, (lon, lat), (0, 0), textcoords="offset points", **style)
        text.set_parse_math(False)  # a name with two dollar signs is no formula
        text.set_path_effects([withStroke(linewidth=2.6, foreground="white")])
        for dx, dy, across, up in positions:
            text.set(position=(dx, dy), ha=across, va=up)
            if self._fits(text):
                self._taken.append(text.get_window_extent().padded(1.5))
                return True
        text.remove()
        return False

    def _fits(self, text: Text) -> bool:
        extent, inside = text.get_window_extent(), self._axes.bbox
        is_inside = inside.x0 < extent.x0 and extent.x1 < inside.x1 and inside.y0 < extent.y0 and extent.y1 < inside.y1
        return is_inside and not any(extent.overlaps(other) for other in self._taken)


def _positions(distance: float, is_area: bool) -> Iterator[Position]:  # noqa: FBT001
    """Where a name may stand, in points from its place, and how it is aligned there."""
    if is_area:
        yield 0, 0, "center", "center"
    for far in (1.0, 1.9):
        for angle in DIRECTIONS:
            x, y = cos(radians(angle)), sin(radians(angle))
            across = "left" if x > 0.3 else "right" if x < -0.3 else "center"
            up = "bottom" if y > 0.3 else "top" if y < -0.3 else "center_baseline"
            yield x * distance * far, y * distance * far, across, up
