"""`tocsin places` as people call it: a village is imported, then found, then read in a report."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.test_cli import tocsin

TABLE = """\
ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE,ADM4_EN,ADM4_AR,ADM4_PCODE,Latitude,Longitude
North Valley,SY97,Qamar,SY9701,Tell Zaytuna,تل زيتونة,C97001,35.71,36.52
"""


def csv_table(folder: Path) -> str:
    (folder / "valley.csv").write_text(TABLE, encoding="utf-8")
    return "valley.csv"


def xlsx_table(folder: Path) -> str:
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(TABLE)):
        book.worksheets[0].append(row)
    book.save(folder / "valley.xlsx")
    return "valley.xlsx"


@pytest.mark.parametrize("table", [csv_table, xlsx_table])
def test_an_imported_village_is_found_and_read(tmp_path: Path, table):
    data = {"TOCSIN_DATA": str(tmp_path / "data")}
    report = {"id": "r1", "title": "Shelling killed three civilians in Tell Zaytuna", "text": ""}

    imported = tocsin(tmp_path, "places", "import", table(tmp_path), env=data)
    found = tocsin(tmp_path, "places", "find", "تل زيتونة", env=data)
    read = tocsin(tmp_path, "read", "--jsonl", given=json.dumps(report).encode(), env=data)

    assert imported.returncode == 0, imported.stderr
    assert found.returncode == 0
    assert "Tell Zaytuna, settlement, 35.7100, 36.5200" in found.stdout.decode()
    assert [t["place"]["name"] for t in json.loads(read.stdout)["toponyms"]] == ["Tell Zaytuna"]


def test_a_name_that_nothing_has_is_told_with_what_is_like_it(tmp_path: Path):
    ended = tocsin(tmp_path, "places", "find", "Saraqobb")

    assert ended.returncode == 1
    assert "unknown place 'Saraqobb'" in ended.stdout.decode()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "none.csv"),
        ("prose.csv", "This is a letter,\nand no table.\n", "prose.csv"),
        ("broken.xlsx", "no workbook", "broken.xlsx is no workbook"),
    ],
)
def test_what_is_no_table_is_refused_by_name_and_without_a_traceback(tmp_path: Path, name, content, says):
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")

    ended = tocsin(tmp_path, "places", "import", name, env={"TOCSIN_DATA": str(tmp_path / "data")})

    assert ended.returncode == 1
    assert says in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()
