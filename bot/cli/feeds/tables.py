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
LONGEST_CELL = 300


def print_table(columns: Sequence[Column[Row]], rows: Iterable[Row], style: Callable[[Row], str]) -> None:
    """Print the rows, each in its style; cells wrap, so that an address can be copied whole."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading, _ in columns:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell(row), LONGEST_CELL)) for _, cell in columns), style=style(row))
    console.print(table)


def moment(at: datetime | None) -> str:
    """A time in UTC to the minute, "-" where there is none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def stamp(at: datetime | None) -> str | None:
    """A time as JSON has it."""
    return at.isoformat() if at else None


def shown(url: str) -> str:
    return without_credentials(url)
