"""Draws the picture of a digest: a map with a circle for each place, and bars by day.

A newcomer's mistake is to use pyplot: its figures live on in a global list. Here a Figure has its own canvas and is
forgotten with it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, PathPatch
from matplotlib.path import Path as Course
from matplotlib.patheffects import withStroke
from PIL import Image

from bot.core.model import Mark, Picture, Severity, Town
from bot.pictures.labelling import Labels
from bot.pictures.outlines import Box, Kind, Points, outlines

WIDTH, HEIGHT, DPI = 8.0, 7.0, 140  # inches, and points in one: 1,120 x 980, which phones show whole
MAP = (0.0, 0.21, 1.0, 0.735)  # left, bottom, width, height, as shares of the picture
BARS = (0.055, 0.052, 0.50, 0.095)
SEA, LAND, PAPER, INK, FAINT = "#d3e3ec", "#f6f3ea", "#ffffff", "#2b2b2b", "#6f6a62"
COUNTRY: dict[str, Any] = {"color": "#7d7467", "lw": 1.3}
PROVINCE: dict[str, Any] = {"color": "#b9b2a6", "lw": 0.7, "ls": (0, (4, 3))}
COLOURS = {Severity.CRITICAL: "#b3122b", Severity.HIGH: "#dd6b1f", Severity.NORMAL: "#c9a20c"}
ATTRIBUTION = "Natural Earth · GeoNames CC BY 4.0"

KM_IN_DEGREE = 111.32
NARROWEST = 0.7  # degrees from south to north
MARGIN = 0.16  # of the marks' extent, on each side
PROVINCES_UP_TO = 26.0  # degrees from west to east; beyond that they are a thicket
SMALLEST_POINTS, LARGEST_POINTS = 6.0, 48.0  # across, of a circle
POINTS_FOR_ONE = 10.0  # across, of a circle for one killed, where none is so large that all have to be smaller
POINTS_OF_DIGIT = 6.0  # in width
MOST_TOWNS = 9  # named
COLOURS_KEPT = 255  # of the picture: a third of the bytes
AREA_POINTS = 46.0  # across; how far an area goes is not known here


def png(picture: Picture) -> bytes:
    """The picture as a PNG. ValueError if nothing has a place."""
    if not picture.marks:
        raise ValueError("a picture needs at least one place to show")
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    box = around(picture.marks)
    ground = _ground(figure, box)
    _marks(ground, picture, box)
    _scale(ground, box)
    _words(figure, picture)
    _bars(figure, picture)
    canvas.draw()  # type: ignore[no-untyped-call]
    return _small(Image.fromarray(np.asarray(canvas.buffer_rgba())))  # type: ignore[no-untyped-call]


def _small(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.convert("RGB").quantize(COLOURS_KEPT, Image.Quantize.MAXCOVERAGE).save(file, "PNG", optimize=True)
    return file.getvalue()


# ---------------------------------------------------------------- the ground
def around(marks: Sequence[Mark]) -> Box:
    """What the map shows: all marks with room about them, in the shape of the map."""
    south = min(mark.lat - _degrees(mark) for mark in marks)
    north = max(mark.lat + _degrees(mark) for mark in marks)
    stretch = _stretch((south + north) / 2)
    west = min(mark.lon - _degrees(mark) * stretch for mark in marks)
    east = max(mark.lon + _degrees(mark) * stretch for mark in marks)
    shape = WIDTH * MAP[2] / (HEIGHT * MAP[3])  # of the map, from west to east by south to north
    tall = max((north - south) * (1 + 2 * MARGIN), (east - west) * (1 + 2 * MARGIN) / stretch / shape, NARROWEST)
    wide = tall * shape * stretch
    lat, lon = (south + north) / 2, (west + east) / 2
    return Box(lon - wide / 2, lat - tall / 2, lon + wide / 2, lat + tall / 2)


def _degrees(mark: Mark) -> float:
    return mark.within_km / KM_IN_DEGREE


def _stretch(lat: float) -> float:
    """How much more degrees of longitude there are in a kilometre, at that latitude."""
    return 1 / max(math.cos(math.radians(lat)), 0.1)


def _ground(figure: Figure, box: Box) -> Axes:
    axes = figure.add_axes(MAP)
    axes.set(xlim=(box.west, box.east), ylim=(box.south, box.north), aspect="auto", xticks=[], yticks=[])
    axes.set_facecolor(SEA)
    for spine in axes.spines.values():
        spine.set(color="#c9c3b8", lw=0.8)
    _fill(axes, outlines().within(box, Kind.LAND), LAND, 1)
    _fill(axes, outlines().within(box, Kind.LAKE), SEA, 2)
    if box.east - box.west <= PROVINCES_UP_TO:
        _draw(axes, outlines().within(box, Kind.PROVINCE), 3, PROVINCE)
    _draw(axes, outlines().within(box, Kind.COUNTRY), 4, COUNTRY)
    return axes


def _fill(axes: Axes, rings: Iterable[Points], colour: str, order: int) -> None:
    """Fill rings as one course: holes run the other way round, and stay empty."""
    closed = [Course(ring, closed=True) for ring in rings if len(ring) > 3]
    if closed:
        whole = Course.make_compound_path(*closed)
        edge = "#a9bcc6" if colour == LAND else "none"
        axes.add_patch(PathPatch(whole, fc=colour, ec=edge, lw=0.6, zorder=order))


def _draw(axes: Axes, lines: Iterable[Points], order: int, style: dict[str, Any]) -> None:
    gap = np.full((1, 2), np.nan)
    points = [part for line in lines for part in (line, gap)]
    if points:
        whole = np.concatenate(points)
        axes.plot(whole[:, 0], whole[:, 1], zorder=order, scalex=False, scaley=False, **style)


def _scale(axes: Axes, box: Box) -> None:
    """A bar of so many kilometres, at the left below."""
    stretch = _stretch((box.south + box.north) / 2)
    wide_km = (box.east - box.west) / stretch * KM_IN_DEGREE
    power = 10 ** math.floor(math.log10(wide_km / 5))
    km = max(step * power for step in (1, 2, 5) if step * power <= wide_km / 5)
    share, left = km / wide_km, 0.025
    for colour, width in ((PAPER, 5.0), (INK, 1.8)):
        line = axes.plot([left, left + share], [0.035] * 2, transform=axes.transAxes, color=colour, lw=width, zorder=9)
        line[0].set_solid_capstyle("butt")
    text = axes.text(
        left + share / 2, 0.045, f"{km:g} km", transform=axes.transAxes, fontsize=7.5, ha="center", zorder=9
    )
    text.set_path_effects([withStroke(linewidth=2.5, foreground=PAPER)])


# ---------------------------------------------------------------- what happened
@dataclass(frozen=True, slots=True)
class Dot:
    """A mark as a circle: how large it is drawn, in points. `numbered`: its figure stands in it."""

    mark: Mark
    across: float
    numbered: bool


def _marks(axes: Axes, picture: Picture, box: Box) -> None:
    """The largest below, so that no circle hides another; the heaviest get their names first, and towns the last."""
    marks = picture.marks
    labels, stretch = Labels(axes), _stretch((box.south + box.north) / 2)
    dots = list(_dots(axes, [mark for mark in marks if not mark.is_area]))
    km = 72 / DPI / KM_IN_DEGREE * (axes.transData.transform((0, 1)) - axes.transData.transform((0, 0)))[1]  # in points
    for mark in marks:
        if mark.is_area:
            _area(axes, mark)
    for dot in dots:
        if dot.across < 2 * dot.mark.within_km * km:
            _vicinity(axes, dot.mark, stretch)
    for order, dot in enumerate(dots):
        _circle(axes, dot, 6 + order / len(dots))
        labels.keep_free(dot.mark.lon, dot.mark.lat, dot.across)
    for dot in dots:
        labels.place(dot.mark.lon, dot.mark.lat, dot.across, _label(dot.mark, numbered=dot.numbered), is_area=False)
    for mark in marks:
        if mark.is_area:
            labels.place(mark.lon, mark.lat, 0, _label(mark, numbered=False), is_area=True)
    _towns(axes, picture.towns, labels, box)


def _towns(axes: Axes, towns: Iterable[Town], labels: Labels, box: Box) -> None:
    """As many of the largest as leave the map quiet."""
    inside = [t for t in towns if box.south < t.lat < box.north and box.west < t.lon < box.east]
    named = 0
    for town in inside:
        if named < MOST_TOWNS and labels.place_town(town.lon, town.lat, town.name):
            axes.plot(town.lon, town.lat, "s", ms=2.4, color=FAINT, zorder=4.5)
            named += 1


def _dots(axes: Axes, marks: Sequence[Mark]) -> Iterator[Dot]:
    """The circles, the largest first: a figure is left out of one that a smaller one covers in its middle."""
    sizes = across_of([mark.figure for mark in marks])
    at = [tuple(map(float, axes.transData.transform((mark.lon, mark.lat)))) for mark in marks]
    for number, mark in enumerate(marks):
        reach = POINTS_OF_DIGIT * len(str(mark.figure)) / 2
        is_covered = any(
            math.dist(at[number], at[above]) * 72 / DPI < sizes[above] / 2 + reach
            for above in range(number + 1, len(marks))
        )
        has_room = mark.figure > 0 and sizes[number] >= 2 * reach + 5
        yield Dot(mark, sizes[number], has_room and not is_covered)


def across_of(figures: Sequence[int]) -> list[float]:
    """How large circles are, in points: their areas stand for the figures."""
    for_one = min(POINTS_FOR_ONE, LARGEST_POINTS / math.sqrt(max([1, *figures])))
    return [max(for_one * math.sqrt(figure), SMALLEST_POINTS) for figure in figures]


def _vicinity(axes: Axes, mark: Mark, stretch: float) -> None:
    """How far from its point it may have been."""
    high = 2 * _degrees(mark)
    at, wide, colour = (mark.lon, mark.lat), high * stretch, COLOURS[mark.severity]
    axes.add_patch(Ellipse(at, wide, high, fc=colour, ec="none", alpha=0.10, zorder=5))
    axes.add_patch(Ellipse(at, wide, high, fc="none", ec=colour, alpha=0.45, lw=1, ls="--", zorder=5))


def _area(axes: Axes, mark: Mark) -> None:
    """Hatching without an edge or a middle: it happened somewhere round here."""
    colour = COLOURS[mark.severity]
    size = AREA_POINTS**2  # as matplotlib's scatter has it
    axes.scatter([mark.lon], [mark.lat], s=size, fc=colour, ec="none", alpha=0.10, zorder=5)
    axes.scatter([mark.lon], [mark.lat], s=size, fc="none", ec=colour, alpha=0.45, lw=0, hatch="////", zorder=5)


def _circle(axes: Axes, dot: Dot, order: float) -> None:
    """Its area stands for the figure."""
    mark, colour = dot.mark, COLOURS[dot.mark.severity]
    axes.plot(mark.lon, mark.lat, "o", ms=dot.across, color=colour, mec=PAPER, mew=0.9, alpha=0.88, zorder=order)
    if dot.numbered:
        axes.annotate(
            str(mark.figure), (mark.lon, mark.lat), ha="center", va="center_baseline", color=PAPER, fontsize=8,
            weight="bold", zorder=order,
        )  # fmt: skip


def _label(mark: Mark, *, numbered: bool) -> str:
    """The name, the figure where it does not stand in the circle, and how many incidents there were."""
    figure = f": {mark.figure}" if mark.figure and not numbered else ""
    times = f" (×{mark.incidents})" if mark.incidents > 1 else ""
    return f"{mark.name}{figure}{times}"


# ---------------------------------------------------------------- round the map
def _words(figure: Figure, picture: Picture) -> None:
    figure.text(0.02, 0.972, picture.title, fontsize=10.5, weight="bold", color=INK, va="center", parse_math=False)
    lines = [text for text in (picture.legend.replace(". ", ".\n"), picture.unplaced) if text]
    figure.text(
        0.98, 0.185, "\n".join(lines), fontsize=7.5, color=INK, ha="right", va="top", linespacing=1.5, parse_math=False
    )
    figure.text(0.98, 0.018, ATTRIBUTION, fontsize=6.5, color=FAINT, ha="right", va="bottom")


def _bars(figure: Figure, picture: Picture) -> None:
    if not picture.days:
        return
    axes = figure.add_axes(BARS)
    counts = [count for _, count in picture.days]
    places = range(len(counts))
    axes.bar(places, counts, width=0.72, color="#8a5a5f", zorder=2)
    axes.set(xlim=(-0.6, len(counts) - 0.4), ylim=(0, max(*counts, 1) * 1.28), facecolor=PAPER)
    axes.set_title(picture.bars, fontsize=7.5, color=INK, loc="left", pad=3, parse_math=False)
    every = math.ceil(len(counts) / 10)
    shown = [place for place in places if (len(counts) - 1 - place) % every == 0]
    axes.set_xticks(shown, [_day(picture.days[place][0]) for place in shown], fontsize=7, color=FAINT)
    axes.set_yticks([])
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color="#c9c3b8")
    for place, count in zip(places, counts, strict=True):
        if count:
            axes.text(place, count, str(count), fontsize=7, ha="center", va="bottom", color=INK)


def _day(day: date) -> str:
    return f"{day:%d.%m.}"
