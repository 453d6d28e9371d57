"""A store carried over with something in each table, and one whose carrying was broken off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Engine, Float, Integer, LargeBinary, Table, insert, select

from bot.store import Store
from bot.store.copying import _plain, copy_store
from bot.store.engine import open_engine, reading, writing
from bot.store.tables import metadata
from tests.postgres import PostgresServer

ROWS = 3
TABLES = [_plain(table) for table in metadata.sorted_tables]
Contents = dict[str, list[tuple[Any, ...]]]


class BrokenOff(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def full(tmp_path: Path) -> Engine:
    """A store in a file with rows in every table; each of them is only as true as its columns ask for."""
    path = str(tmp_path / "full.db")
    Store.open(path).close()
    engine = open_engine(path)
    with writing(engine) as connection:
        for table in TABLES:
            connection.execute(insert(table), [_row(table, number) for number in range(1, ROWS + 1)])
    return engine


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    """Another one in each row, and the same in all tables: what refers to a row finds it."""
    match column.type:
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number
        case Float():
            return number + 0.1
        case LargeBinary():
            return bytes([0, 255, number])
        case JSON():
            return {"said": f"قصف {number}", "toll": [number, None, 1.5]}
    return f"قصف {number} \U0001f534\n"


def contents(engine: Engine) -> Contents:
    with reading(engine) as connection:
        found = {table.name: connection.execute(select(table)).all() for table in TABLES}
    return {name: sorted((tuple(map(_said, row)) for row in rows), key=repr) for name, rows in found.items()}


def _said(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_every_table_goes_over_with_all_that_is_in_it(full: Engine, postgres: PostgresServer):
    with postgres.new_database() as address:
        target = open_engine(address)
        copied = copy_store(full, target)

        assert {name: said.rows for name, said in copied.items()} == {table.name: ROWS for table in TABLES}
        assert contents(target) == contents(full)
        target.dispose()


@pytest.mark.parametrize("last", [TABLES[0].name, TABLES[-1].name])
def test_what_is_broken_off_leaves_nothing_behind_and_can_be_done_again(
    full: Engine, postgres: PostgresServer, last: str
):
    def watched(table: str, _rows: int) -> None:
        if table == last:
            raise BrokenOff

    with postgres.new_database() as address:
        target = open_engine(address)
        with pytest.raises(BrokenOff):
            copy_store(full, target, watched)

        assert len(copy_store(full, target)) == len(TABLES)
        assert contents(target) == contents(full)
        target.dispose()
