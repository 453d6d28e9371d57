"""The first sheet of an XLSX workbook as CSV.

A newcomer's mistake is to trust a workbook's own idea of its size: some say a million rows and hold forty.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl

from bot.gazetteer.dumps import TableError

MOST_ROWS = 1_000_000
EMPTY_ROWS = 100  # in a row: the sheet is over


def as_csv(source: Path) -> str:
    """The first sheet that has anything in it."""
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise TableError(f"{source} is no workbook: {error}") from error
    out = io.StringIO()
    writer = csv.writer(out)
    empty = 0
    for row in book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS):
        cells = ["" if cell is None else str(cell) for cell in row]
        empty = 0 if any(cells) else empty + 1
        if empty == EMPTY_ROWS:
            break
        if any(cells):
            writer.writerow(cells)
    return out.getvalue()
