"""Tables unpacked into arrays: once, whole, and again when they change."""

import lzma

import numpy as np
import pytest

from bot.core.places.table import ARRAYS, hash_of
from bot.gazetteer import open_gazetteer
from bot.gazetteer.rows import rows_of
from bot.gazetteer.unpacking import UnpackError, unpacked

LINES = (
    "# a comment\ncountry\tgn:1\tXA|XAA\tXA\t\t1.0000\t2.0000\t10\tFirstland\tAlpha\n"
    "settlement\tgn:2\t\tXA\tXA\t\t\t\tBeta\t\n"
)


def packed(path, text=LINES):
    path.write_bytes(lzma.compress(text.encode()))
    return path


def test_what_is_unpacked_holds_what_was_packed(tmp_path):
    table = unpacked(packed(tmp_path / "a.tsv.xz"), tmp_path / "state")

    assert [table.row(i).name for i in range(len(table))] == ["Firstland", "Beta"]
    assert table.row(0).aliases == ("Alpha",)
    assert table.row(1).lat is None
    assert table.find(hash_of("alpha")) == [0]
    assert table.find(hash_of("gamma")) == []


def test_a_second_start_maps_what_the_first_unpacked(tmp_path, monkeypatch):
    source = packed(tmp_path / "a.tsv.xz")
    first = unpacked(source, tmp_path / "state")
    monkeypatch.setattr("bot.gazetteer.unpacking.table_of", lambda rows: pytest.fail("unpacked twice"))
    source.touch()  # another time, the same content

    second = unpacked(source, tmp_path / "state")

    assert all(
        np.array_equal(getattr(first, name), getattr(second, name), equal_nan=name == "positions") for name in ARRAYS
    )


def test_a_changed_table_is_unpacked_anew(tmp_path):
    unpacked(packed(tmp_path / "a.tsv.xz"), tmp_path / "state")

    table = unpacked(packed(tmp_path / "a.tsv.xz", LINES.replace("Beta", "Gamma Town")), tmp_path / "state")

    assert table.row(1).name == "Gamma Town"


def test_a_broken_off_unpacking_leaves_nothing_that_counts(tmp_path):
    state = tmp_path / "state"
    (state / "places" / ".filling-x").mkdir(parents=True)

    table = unpacked(packed(tmp_path / "a.tsv.xz"), state)

    assert len(table) == 2
    assert [p.name for p in (state / "places").iterdir() if not p.name.startswith(".")] != []


def test_a_state_folder_that_cannot_be_written_still_gives_the_table(tmp_path):
    (tmp_path / "state").write_text("a file stands here")

    with pytest.raises(UnpackError, match="TOCSIN_STATE") as caught:
        unpacked(packed(tmp_path / "a.tsv.xz"), tmp_path / "state")
    assert len(caught.value.table) == 2


def test_a_broken_table_costs_its_own_places_alone(tmp_path):
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "XX.tsv.xz").write_bytes(b"no archive")

    opened = open_gazetteer([], tmp_path)

    assert [p.file for p in opened.problems] == [str(tmp_path / "places" / "XX.tsv.xz")]
    assert opened.gazetteer.find("Idlib").country == "SY"


def test_a_line_that_is_no_row_is_named():
    with pytest.raises(ValueError, match="line 2"):
        list(rows_of(["# fine", "nonsense\twith\ttabs"]))
