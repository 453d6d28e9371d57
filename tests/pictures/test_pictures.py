"""Pictures of digests: what is on them, and that a digest never waits for one."""

from __future__ import annotations

import asyncio
import lzma
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from bot.core.model import Mark, Picture, Severity
from bot.pictures import Studio
from bot.pictures.build import build, simplified
from bot.pictures.labelling import Labels
from bot.pictures.outlines import Box, Kind, outlines, packed, unpacked
from bot.pictures.painting import KM_IN_DEGREE, across_of, around, png
from bot.pictures.studio import KEPT

BINNISH = Mark("Binnish", 35.96, 36.71, 2.0, Severity.CRITICAL, 15)
DAYS = tuple((date(2026, 11, 16) + timedelta(days=day), day) for day in range(7))
PICTURE = Picture((BINNISH,), DAYS, "Daily digest", "Circles: killed", "incidents by day", "1 has no place")


def shown(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(png(picture))).convert("RGB")


# ---------------------------------------------------------------- outlines
def test_the_outlines_tell_land_from_sea():
    land = list(outlines().within(Box(36.5, 35.5, 37, 36), Kind.LAND))

    assert len(land) == 1  # all of Europe, Asia and Africa in one line
    assert list(outlines().within(Box(-30, 0, -29, 1), Kind.PROVINCE)) == []
    assert len(list(outlines().within(Box(35, 34, 43, 38), Kind.COUNTRY))) > 10


def test_lines_come_out_of_the_file_as_they_went_in():
    lines = [
        (Kind.LAND, np.array([[-180.0, 83.5], [179.9975, -55.0], [0.0, 0.0]])),
        (Kind.LAKE, np.array([[1.0, 2.0]])),
    ]

    read = unpacked(packed(lines))

    assert read.kinds.tolist() == [Kind.LAND, Kind.LAKE]
    assert np.allclose(read.points, np.concatenate([points for _, points in lines]))
    assert read.starts.tolist() == [0, 3, 4]
    assert read.highest.tolist() == [[179.9975, 83.5], [1.0, 2.0]]


def test_a_simplified_line_keeps_its_ends_and_leaves_its_course_by_no_more_than_is_allowed():
    line = np.array([[0.0, 0.0], [1.0, 0.001], [2.0, 0.0], [2.5, 1.0], [3.0, 0.0], [0.0, 0.0]])

    assert simplified(line, 0.01).tolist() == [[0, 0], [2, 0], [2.5, 1], [3, 0], [0, 0]]


def test_a_file_of_outlines_is_made_from_geojson(tmp_path: Path):
    square = "[[[0,0],[1,0],[1,1],[0,1],[0,0]],[[0.4,0.4],[0.41,0.4],[0.4,0.41],[0.4,0.4]]]"
    features = (
        f'{{"properties": {{"kind": "land"}}, "geometry": {{"type": "Polygon", "coordinates": {square}}}}}',
        '{"properties": {"kind": "country_border"}, "geometry": {"type": "LineString", "coordinates": [[0,0],[5,5]]}}',
    )
    (tmp_path / "lines.geojson").write_text(f'{{"features": [{",".join(features)}]}}', "utf-8")

    build(tmp_path / "lines.geojson", tmp_path / "lines.xz")

    read = unpacked(lzma.decompress((tmp_path / "lines.xz").read_bytes()))
    assert read.kinds.tolist() == [Kind.LAND, Kind.COUNTRY]  # the hole is too small to be seen


# ---------------------------------------------------------------- the map
MARKS = st.lists(
    st.builds(
        Mark,
        name=st.text(max_size=30),
        lat=st.floats(-85, 85),
        lon=st.floats(-180, 180),
        within_km=st.sampled_from([1.0, 2.0, 15.0, 50.0]),
        severity=st.sampled_from(Severity),
        figure=st.integers(0, 5000),
    ),
    min_size=1,
    max_size=20,
).map(tuple)


@given(marks=MARKS)
def test_every_mark_is_on_the_map_with_room_about_it(marks: tuple[Mark, ...]):
    box = around(marks)

    for mark in marks:
        reach = mark.within_km / KM_IN_DEGREE
        assert box.south < mark.lat - reach
        assert mark.lat + reach < box.north
        assert box.west < mark.lon < box.east


def test_the_area_of_a_circle_grows_with_the_figure():
    sizes = across_of([100, 25, 0])

    assert sizes[0] == pytest.approx(2 * sizes[1])
    assert sizes[2] > 0


def test_a_place_is_a_circle_and_an_area_is_none():
    strong = count_of(shown(PICTURE), (179, 18, 43))
    area = count_of(shown(replace(PICTURE, marks=(replace(BINNISH, within_km=50.0, is_area=True),))), (179, 18, 43))

    assert strong > 1000
    assert area < strong / 4


def count_of(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels are nearly of a colour."""
    return int((np.abs(np.asarray(image, int) - colour).sum(axis=2) < 60).sum())


def test_a_picture_is_a_size_that_telegram_takes():
    data = png(replace(PICTURE, marks=tuple(replace(BINNISH, lat=n, lon=2.0 * n, name=f"Town {n}") for n in range(60))))

    assert len(data) < 400_000
    assert sum(Image.open(BytesIO(data)).size) < 10_000


def test_names_on_a_map_neither_touch_each_other_nor_cover_circles():
    figure = Figure(figsize=(8, 6), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    labels = Labels(axes)
    places = [(x / 2, y / 2) for x in range(20) for y in range(20)]
    for place in places:
        labels.keep_free(*place, 8)

    placed = [place for place in places if labels.place(*place, 8, "Khirbet al-Joz", is_area=False)]

    extents = [text.get_window_extent() for text in axes.texts]
    assert 10 < len(extents) == len(placed) < len(places)
    assert not any(one.overlaps(other) for one, other in combinations(extents, 2))


@pytest.mark.filterwarnings("ignore:Glyph")  # what the font lacks is an empty box
@pytest.mark.filterwarnings("ignore:Matplotlib currently does not support")
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])  # making it small takes minutes
@example(marks=(replace(BINNISH, name="$\\frac{$"),), title="a $ and $x^{$", days=DAYS)
@given(marks=MARKS, title=st.text(max_size=60), days=st.sampled_from([(), DAYS, DAYS * 4]))
def test_whatever_is_on_it_a_picture_can_be_drawn(
    marks: tuple[Mark, ...], title: str, days: tuple[tuple[date, int], ...]
):
    assert shown(Picture(marks, days, title)).size[0] > 1000


# ---------------------------------------------------------------- the studio
@pytest.fixture
async def studio():
    opened = Studio()
    yield opened
    await opened.close()


async def test_pictures_are_drawn_one_after_another_in_a_process_of_their_own(studio: Studio):
    one, other = await asyncio.gather(studio.draw(PICTURE), studio.draw(replace(PICTURE, title="Another")))

    assert Image.open(BytesIO(one)).format == "PNG"
    assert one != other


async def test_chats_that_see_the_same_share_a_picture_until_the_studio_closes(studio: Studio):
    first = await studio.draw(PICTURE)
    process = studio._child._process
    studio._child._process = None

    assert await studio.draw(PICTURE) is first
    assert studio._child._process is None  # nobody was asked
    studio._child._process = process
    for number in range(KEPT):
        studio._drawn[str(number).encode()] = b""
    await studio.draw(replace(PICTURE, title="Another"))
    assert len(studio._drawn) <= KEPT + 1
    await studio.close()
    assert studio._drawn == {}


async def test_what_cannot_be_drawn_is_told_in_the_log_and_the_next_is_drawn(studio: Studio, caplog):
    assert await studio.draw(replace(PICTURE, marks=())) == b""
    assert "without its picture" in caplog.text
    assert await studio.draw(PICTURE)


async def test_a_picture_that_takes_too_long_is_given_up(caplog):
    hasty = Studio(deadline_seconds=0.01)
    try:
        assert await hasty.draw(PICTURE) == b""
    finally:
        await hasty.close()
    assert "takes longer than 0.01 s" in caplog.text


async def test_without_matplotlib_nothing_is_drawn(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.pictures.studio.can_draw", lambda: False)

    assert await studio.draw(PICTURE) == b""
    assert studio._child._process is None
