"""`tocsin places` as people call it: a village is imported, then found, then read in a report."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Self

import openpyxl
import pytest

from tests.test_cli import tocsin

TABLE = """\
ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE,ADM4_EN,ADM4_AR,ADM4_PCODE,Latitude,Longitude
North Valley,SY97,Qamar,SY9701,Tell Zaytuna,تل زيتونة,C97001,35.71,36.52
"""


class Dumps:
    """A server on loopback that answers every request with one archive."""

    def __init__(self, body: bytes) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self._server.server_port}/dumps/{{country}}.zip"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


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


def test_a_country_is_downloaded_from_where_the_config_says(tmp_path: Path):
    line = "\t".join(["9001", "Tell Zaytuna", "", "", "35.7", "36.5", "P", "PPL", "SY", *[""] * 10])
    dump = io.BytesIO()
    with zipfile.ZipFile(dump, "w") as archive:
        archive.writestr("SY.txt", line + "\n")
    with Dumps(dump.getvalue()) as dumps:
        (tmp_path / "config.yaml").write_text(
            f"feeds: [{{url: https://feeds.example/rss}}]\ndumps: {dumps.address}\n", encoding="utf-8"
        )

        ended = tocsin(tmp_path, "places", "import", "SY", env={"TOCSIN_DATA": str(tmp_path / "data")})

    assert ended.returncode == 0, ended.stderr
    assert dumps.asked == ["/dumps/SY.zip"]
    assert "1 places" in ended.stdout.decode()


def test_a_config_that_cannot_be_used_is_said_before_anything_is_downloaded(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(
        "feeds: [{url: https://feeds.example/rss}]\ndumps: mirror\n", encoding="utf-8"
    )

    ended = tocsin(tmp_path, "places", "import", "SY", env={"TOCSIN_DATA": str(tmp_path / "data")})

    assert ended.returncode == 1
    assert "config.yaml:2:8: " in ended.stderr.decode()
