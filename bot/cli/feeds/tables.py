"""Rows as a table for people, and times and addresses as they read them.

A newcomer's mistake is to trust a title or an error: a server may have written it, and a terminal obeys control codes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.core.links import without_credentials
from bot.core.messages import clean

Row = TypeVar("Row")
Column = tuple[str, Callable[[Row], str]]  # its heading, and what it says of a row

WIDTH_OF_A_FILE = 200  # characters, where the output is no terminal
WIDE_COLUMN = 17  # characters; a table whose columns have less on average cannot be read
LONGEST_CELL = 300


def print_table(columns: Sequence[Column[Row]], rows: Iterable[Row], style: Callable[[Row], str]) -> None:
    """Print the rows, each in its style: as a table, or on a narrow terminal line by line under each other.

    A column in which no row says anything is left out.
    """
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
    said = [([clean(cell(row), LONGEST_CELL) for _, cell in columns], style(row)) for row in rows]
    kept = [at for at in range(len(columns)) if not said or any(cells[at] for cells, _ in said)]
    show = _print_wide if console.width >= WIDE_COLUMN * len(kept) else _print_narrow
    show(console, [columns[at] for at in kept], [([cells[at] for at in kept], look) for cells, look in said])


def _print_wide(console: Console, columns: Sequence[Column[Row]], rows: Sequence[tuple[list[str], str]]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading, _ in columns:
        table.add_column(heading, overflow="fold")  # so that an address can be copied whole
    for cells, style in rows:
        table.add_row(*map(Text, cells), style=style)
    console.print(table)


def _print_narrow(console: Console, columns: Sequence[Column[Row]], rows: Sequence[tuple[list[str], str]]) -> None:
    for cells, style in rows:
        named = [f"{heading}: {cell}" for (heading, _), cell in zip(columns, cells, strict=True) if cell]
        console.print(Text("\n  ".join(named), style=style), soft_wrap=True)


def moment(at: datetime | None) -> str:
    """A time in UTC to the minute, "-" where there is none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def stamp(at: datetime | None) -> str | None:
    """A time as JSON has it."""
    return at.isoformat() if at else None


def shown(url: str) -> str:
    return without_credentials(url)
